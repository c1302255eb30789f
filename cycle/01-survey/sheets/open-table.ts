// Files that people send are opened in a thread of their own: a workbook of four megabytes may stand for hundreds, and
// the thread that answers everybody must not wait for it.
import { heavy, heavyParts } from '#door/heavy/pool.ts'
import { problem } from '#door/problems.ts'
import { checkSize, TooMuch } from '#engines/sheets/size.ts'
import type { Form } from '#engines/xforms/model.ts'
import { toXForm } from '#engines/xforms/write/xform.ts'
import type { Encoding } from './csv.ts'
import { readTable, type Table, type TableRow } from './table.ts'
import { readUpload, type ReadXlsx, type toXlsx } from '../forms/xlsform.ts'

// A county's list of 70,000 people with 30 columns is 2 million cells and 110 MB of XML.
const limits = { bytes: 150_000_000, entries: 2_000, cells: 2_500_000 }
const seconds = 90
// A part is made in a few milliseconds, taken in one: between two the main thread answers others.
const rows_a_part = 500

type Part = { table: Table } | { sheet: number; rows: TableRow[] }

/** `readTable` in a thread. Throws its problems, and `body_too_large` for what expands to too much. */
export async function openTable(bytes: Uint8Array, encoding?: Encoding, signal?: AbortSignal): Promise<Table> {
  let table: Table | undefined
  const take = (part: Part) => {
    if ('table' in part) table = part.table
    else table?.sheets[part.sheet]?.rows.push(...part.rows)
  }
  await heavyParts<Part>(new URL(import.meta.url), 'tableParts', [bytes, encoding], take, { signal, seconds })
  if (!table) throw new Error('a table without its beginning')
  return table
}

/** A form as it was read, and what is kept of it. */
export interface ReadForm extends ReadXlsx {
  /** As phones get it; absent where there is no form. */
  xform?: string
}

/**
 * `readUpload` in a thread, and the form written as phones get it. A form without a version gets `version`. Throws its
 * problems, and `body_too_large` for what expands to too much.
 */
export async function openForm(
  bytes: Uint8Array,
  file_name: string,
  files: readonly string[],
  version: string,
  signal?: AbortSignal,
): Promise<ReadForm> {
  const asked: Parameters<typeof formWork> = [bytes, file_name, files, version]
  const { definition, ...read } = await heavy<typeof formWork>(new URL(import.meta.url), 'formWork', asked, {
    signal,
    seconds,
  })
  return definition === undefined ? read : { ...read, form: JSON.parse(definition) as Form }
}

/** `toXlsx` in a thread. */
export async function writeForm(xlsform: string, signal?: AbortSignal): Promise<Uint8Array> {
  return await heavy<typeof toXlsx>(new URL('../forms/xlsform.ts', import.meta.url), 'toXlsx', [xlsform], {
    signal,
    seconds,
  })
}

/** Runs in the thread: the table without its rows, then these, some at a time. */
export async function* tableParts(bytes: Uint8Array, encoding?: Encoding): AsyncGenerator<Part> {
  await withinSize(bytes)
  const table = await readTable(bytes, encoding)
  const cells = table.sheets.reduce((sum, sheet) => sheet.rows.reduce((all, row) => all + row.texts.length, sum), 0)
  if (cells > limits.cells)
    throw problem('body_too_large', { detail: `${cells} cells; at most ${limits.cells} are read.` })
  yield { table: { ...table, sheets: table.sheets.map((sheet) => ({ ...sheet, rows: [] })) } }
  for (const [sheet, { rows }] of table.sheets.entries()) {
    for (let at = 0; at < rows.length; at += rows_a_part) yield { sheet, rows: rows.slice(at, at + rows_a_part) }
  }
}

/** Runs in the thread. The form goes as text: a form of 50,000 choices as an object takes three times as long to arrive. */
export async function formWork(
  bytes: Uint8Array,
  file_name: string,
  files: readonly string[],
  version: string,
): Promise<Omit<ReadForm, 'form'> & { definition?: string }> {
  await withinSize(bytes)
  const { form, ...read } = readUpload(bytes, file_name, files)
  if (!form) return read
  form.version ??= version
  return { ...read, definition: JSON.stringify(form), xform: toXForm(form) }
}

async function withinSize(bytes: Uint8Array): Promise<void> {
  try {
    await checkSize(bytes, limits)
  } catch (error) {
    if (error instanceof TooMuch) throw problem('body_too_large', { detail: error.message })
    throw error
  }
}
