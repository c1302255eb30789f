import ExcelJS from 'exceljs'
import { attachmentsOf } from '#engines/xforms/attachments.ts'
import { fieldProblems } from '#engines/xforms/fields.ts'
import { buildForm, type Form, type FormProblem } from '#engines/xforms/form.ts'
import { readMarkdown, readXlsForm, type Workbook } from '#engines/xforms/read.ts'
import { problem } from '#door/problems.ts'

/** The source of a form as the registry keeps it: Markdown tables (the pack's) or a workbook as JSON (uploads). */
export function sheetsOf(source: string): Workbook {
  return source.startsWith('{') ? (JSON.parse(source) as Workbook) : readMarkdown(source)
}

/** The source of a form as an Excel workbook: a sheet each for survey, choices, settings, headers in bold. */
export async function toXlsx(source: string): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  for (const sheet of Object.values(sheetsOf(source).sheets)) {
    const into = book.addWorksheet(sheet.name, { views: [{ state: 'frozen', ySplit: 1 }] })
    into.addRow(sheet.headers)
    into.getRow(1).font = { bold: true }
    into.columns.forEach((column) => (column.width = 24))
    // Rows stay on their numbers, so that a problem's row is the row a person sees.
    for (const { row, cells } of sheet.rows) {
      sheet.headers.forEach((header, index) => {
        const text = cells[header]
        if (text !== undefined) into.getRow(row).getCell(index + 1).value = text
      })
    }
  }
  return Buffer.from(await book.xlsx.writeBuffer())
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
export async function readUpload(bytes: Uint8Array, file_name: string, files: readonly string[]): Promise<ReadXlsx> {
  const workbook = await readXlsForm(bytes).catch((error: unknown) => {
    throw problem('survey_not_a_table', { detail: error instanceof Error ? error.message : String(error) })
  })
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
