// Tables as offices send them: CSV in UTF-8 or the Chinese national encoding, Excel workbooks with titles above the
// headers and cells merged down.
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { problem } from '#door/problems.ts'
import { looksLikeWorkbook, NotAWorkbook, readSheets, type Sheet } from '#engines/sheets/read.ts'

export interface TableRow {
  /** The number a person sees beside the row. */
  row: number
  cells: Record<string, string>
}

export interface TableSheet {
  name: string
  columns: string[]
  rows: TableRow[]
}

export interface Table {
  encoding: 'utf-8' | 'gb18030' | 'xlsx'
  sheets: TableSheet[]
}

type Line = { row: number; cells: string[] }

/** Read a file by its content. Throws `survey_not_a_table` for what is neither a workbook nor text. */
export async function readTable(bytes: Uint8Array): Promise<Table> {
  if (looksLikeWorkbook(bytes)) {
    const sheets = openSheets(bytes).map((sheet) => sheetOf(sheet.name, linesOf(sheet)))
    return { encoding: 'xlsx', sheets: sheets.filter((sheet) => sheet.columns.length > 0) }
  }
  if (bytes.includes(0)) throw problem('survey_not_a_table', { detail: 'The file is neither text nor a workbook.' })
  const { text, encoding } = decode(bytes)
  return { encoding, sheets: [sheetOf('', readCsv(text))] }
}

/** UTF-8 where the bytes are that, with or without a mark; else GB18030, which takes in GBK and GB2312. */
function decode(bytes: Uint8Array): { text: string; encoding: 'utf-8' | 'gb18030' } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' }
  } catch {
    return { text: iconv.decode(Buffer.from(bytes), 'gb18030'), encoding: 'gb18030' }
  }
}

function readCsv(text: string): Line[] {
  const head = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'))
  const delimiter = [',', '\t', ';', '，'].reduce((best, each) =>
    head.split(each).length > head.split(best).length ? each : best,
  )
  try {
    const records = parse(text, { delimiter, relax_column_count: true, relax_quotes: true, info: true }) as unknown as {
      record: string[]
      info: { lines: number }
    }[]
    // `lines` counts to the record's last line; what a spreadsheet shows is the record's own number.
    return records.map(({ record }, index) => ({ row: index + 1, cells: record.map(clean) }))
  } catch (error) {
    throw problem('survey_not_a_table', { detail: error instanceof Error ? error.message : String(error) })
  }
}

const clean = (text: string): string => text.replaceAll(/[\u00a0\u3000]/g, ' ').trim()

/** The sheets of a workbook. Throws `survey_not_a_table` for bytes that are none. */
export function openSheets(bytes: Uint8Array): Sheet[] {
  try {
    return readSheets(bytes)
  } catch (error) {
    if (error instanceof NotAWorkbook) throw problem('survey_not_a_table', { detail: error.message })
    throw error
  }
}

/** A cell merged down has its value in every row, as a person reads it; merged across, in its first cell alone. */
function linesOf(sheet: Sheet): Line[] {
  const lines = new Map<number, string[]>()
  const put = (row: number, column: number, text: string) => {
    const cells = lines.get(row) ?? []
    cells[column - 1] = clean(text)
    lines.set(row, cells)
  }
  for (const { row, cells } of sheet.rows) for (const { column, text } of cells) put(row, column, text)
  for (const { top, left, bottom } of sheet.merges) {
    const text = lines.get(top)?.[left - 1]
    // A block may reach to the last row that a sheet can have.
    const last = Math.min(bottom, sheet.rows.at(-1)?.row ?? 0)
    if (text !== undefined) for (let row = top + 1; row <= last; row++) put(row, left, text)
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .map(([row, cells]) => ({ row, cells: Array.from(cells, (text) => text ?? '') }))
}

// Titles, dates and notes above the headers are a few lines at most.
const header_within = 10

/** The header is the first of the upper lines that fills most columns; what stands above it is a title. */
function sheetOf(name: string, lines: readonly Line[]): TableSheet {
  const filled = (line: Line) => new Set(line.cells.filter((text) => text !== '')).size
  const upper = lines.slice(0, header_within)
  const widest = Math.max(0, ...upper.map(filled))
  const at = upper.findIndex((line) => filled(line) > 0 && filled(line) >= widest * 0.6)
  const header = lines[at]
  if (!header) return { name, columns: [], rows: [] }
  const seen = new Map<string, number>()
  const columns = header.cells.map((text, index) => {
    if (text === '') return `#${index + 1}`
    const times = (seen.get(text) ?? 0) + 1
    seen.set(text, times)
    return times === 1 ? text : `${text} (${times})`
  })
  const rows = lines.slice(at + 1).flatMap(({ row, cells }) => {
    if (cells.every((text) => text === '')) return []
    return [{ row, cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) }]
  })
  return {
    name,
    columns: columns.filter((column) => !/^#\d+$/.test(column) || rows.some((row) => row.cells[column] !== '')),
    rows,
  }
}
