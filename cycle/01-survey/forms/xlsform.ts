import { writeSheets } from '#engines/sheets/write.ts'
import { attachmentsOf } from '#engines/xforms/write/attachments.ts'
import { fieldProblems } from '#engines/xforms/answers/fields.ts'
import { buildForm, type Form, type FormProblem } from '#engines/xforms/form.ts'
import { formWorkbook, readMarkdown, type Workbook } from '#engines/xforms/read/read.ts'
import { openSheets } from '../sheets/table.ts'

/** The source of a form as the registry keeps it: Markdown tables (the pack's) or a workbook as JSON (uploads). */
export function sheetsOf(source: string): Workbook {
  return source.startsWith('{') ? (JSON.parse(source) as Workbook) : readMarkdown(source)
}

/** The source of a form as an Excel workbook: a sheet each for survey, choices, settings. */
export function toXlsx(source: string): Uint8Array<ArrayBuffer> {
  const sheets = Object.values(sheetsOf(source).sheets).map(({ name, headers, rows }) => {
    // Rows stay on their numbers, so that a problem's row is the row a person sees.
    const lines: (string | null)[][] = [headers]
    for (const { row, cells } of rows) lines[row - 1] = headers.map((header) => cells[header] ?? null)
    return { name, rows: Array.from(lines, (line) => line ?? []), width: 24 }
  })
  return writeSheets(sheets)
}

export interface ReadXlsx {
  form?: Form
  /** The workbook as JSON, to be kept. */
  source: string
  problems: FormProblem[]
}

/**
 * Read an uploaded XLSForm: all that is wrong with it, each with sheet, row and a way out. `files` are the names of the
 * files that came beside it. Throws `survey_not_a_table` for bytes that are no workbook.
 */
export function readUpload(bytes: Uint8Array, file_name: string, files: readonly string[]): ReadXlsx {
  const workbook = formWorkbook(openSheets(bytes))
  const source = JSON.stringify(workbook)
  const stem = file_name.replace(/\.xlsx$/i, '').replaceAll(/[^\p{L}\p{N}_.-]+/gu, '_')
  const { form, problems } = buildForm(workbook, { form_id: stem })
  if (!form) return { source, problems }
  const missing = attachmentsOf(form)
    .filter((name) => !files.includes(name))
    .map((name): FormProblem => ({
      code: 'form_missing_list',
      message: `The form uses the file ${name}, which was not sent with it.`,
      sheet: 'survey',
      row: 1,
      hint: `Upload ${name} together with the form.`,
    }))
  const all = [...problems, ...fieldProblems(form), ...missing]
  return all.length > 0 ? { source, problems: all } : { form, source, problems: [] }
}
