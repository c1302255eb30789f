// Tables as offices send them: CSV in the encodings of the world, Excel workbooks with titles above the headers and
// cells merged down, and the ZIP of CSV files that ODK Central exports. Every filled cell of the file is in what is
// returned: nothing is dropped here.
import { problem } from '#door/problems.ts'
import { looksLikeWorkbook, NotAWorkbook, readSheets, type Sheet, type SheetCell } from '#engines/sheets/read.ts'
import { decode, linesOf, readings, type Encoding } from './csv.ts'
import { readZip, zipNames, type ZipEntry } from './zip.ts'

/**
 * What a cell was: t text, n number, d date or time (ISO 8601), b true or false, e an error or a formula without a value,
 * r a number of more digits than a spreadsheet keeps (the last ones are lost), q text that swallowed the cells after it
 * (a quote not closed).
 */
export type CellKind = 't' | 'n' | 'd' | 'b' | 'e' | 'r' | 'q'

export interface TableRow {
  /** The number a person sees beside the row. */
  row: number
  /** By column; '' is blank. */
  texts: string[]
  /** A letter for each column (CellKind); absent where all are text. */
  kinds?: string
  /** More cells than headings: a separator stands inside a value, so what follows it has slipped. */
  long?: true
}

export interface TableSheet {
  name: string
  hidden?: true
  /** Headings, each once; `#3` for a column without one. */
  columns: string[]
  rows: TableRow[]
  /** Titles and notes above the headings. */
  above: TableRow[]
}

export interface Table {
  encoding: Encoding | 'xlsx' | 'zip'
  /** False where the encoding is a guess; `readings` then shows the other ways to read it. */
  encoding_sure: boolean
  readings: { encoding: Encoding; sample: string }[]
  sheets: TableSheet[]
  /** Files of an archive that are no tables. */
  others: string[]
}

/** Read a file by its content. Throws `survey_not_a_table` for what is neither a workbook nor text. */
export async function readTable(bytes: Uint8Array, chosen?: Encoding): Promise<Table> {
  if (looksLikeWorkbook(bytes)) return readPacked(bytes, chosen)
  return textTable(bytes, '', chosen)
}

function textTable(bytes: Uint8Array, name: string, chosen: Encoding | undefined): Table {
  const { text, encoding, sure } = decode(bytes, chosen)
  if (text.includes('\u0000')) {
    throw problem('survey_not_a_table', { detail: 'The file is neither text nor a workbook.' })
  }
  const table = { encoding, encoding_sure: sure, readings: sure && !chosen ? [] : readings(bytes), others: [] }
  return { ...table, sheets: [sheetOf(name, csvRows(text), true)] }
}

function csvRows(text: string): TableRow[] {
  try {
    return linesOf(text).map(({ cells, delimiter }, index) => {
      const swallowed = (cell: string) =>
        cell.includes('\n') && cell.split(delimiter).length > Math.max(2, cells.length)
      const kinds = cells.some(swallowed) ? cells.map((cell) => (swallowed(cell) ? 'q' : 't')).join('') : undefined
      return { row: index + 1, texts: cells.map(clean), ...(kinds ? { kinds } : {}) }
    })
  } catch (error) {
    throw problem('survey_not_a_table', { detail: error instanceof Error ? error.message : String(error) })
  }
}

/** A workbook, or a ZIP of CSV files, which begins as a workbook does. */
function readPacked(bytes: Uint8Array, chosen: Encoding | undefined): Table {
  const entries = csvEntries(bytes)
  if (entries === null) {
    const sheets = openSheets(bytes).map((sheet) => {
      const read = sheetOf(sheet.name, rowsOf(sheet), false)
      return sheet.hidden ? { ...read, hidden: true as const } : read
    })
    return { encoding: 'xlsx', encoding_sure: true, readings: [], others: [], sheets }
  }
  const tables = entries
    .filter((entry) => isTable(entry.name))
    .map((entry) => textTable(entry.bytes, entry.name.replace(/^.*\//, '').replace(/\.\w+$/, ''), chosen))
  const unsure = tables.find((table) => !table.encoding_sure)
  return {
    encoding: 'zip',
    encoding_sure: unsure === undefined,
    readings: tables.find((table) => table.readings.length > 0)?.readings ?? [],
    sheets: tables.flatMap((table) => table.sheets),
    others: entries.filter((entry) => !isTable(entry.name)).map((entry) => entry.name),
  }
}

const isTable = (name: string) => /\.(csv|tsv|txt)$/i.test(name) && !/(^|\/)(__MACOSX|media)\//.test(name)

/** The files of an archive that holds CSV; null where it is a workbook, or none that can be opened as an archive. */
function csvEntries(bytes: Uint8Array): ZipEntry[] | null {
  if (bytes[0] !== 0x50) return null
  try {
    const names = zipNames(bytes)
    return names.includes('[Content_Types].xml') || !names.some(isTable) ? null : readZip(bytes)
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
function rowsOf(sheet: Sheet): TableRow[] {
  const lines = new Map<number, { texts: string[]; kinds: string[] }>()
  const put = (row: number, column: number, text: string, kind: CellKind) => {
    const line = lines.get(row) ?? { texts: [], kinds: [] }
    line.texts[column - 1] = clean(text)
    line.kinds[column - 1] = kind
    lines.set(row, line)
  }
  for (const { row, cells } of sheet.rows) {
    for (const cell of cells) put(row, cell.column, shownText(cell), kindOf(cell))
  }
  for (const { top, left, bottom } of sheet.merges) {
    const first = lines.get(top)
    const text = first?.texts[left - 1]
    // A block may reach to the last row that a sheet can have.
    const last = Math.min(bottom, sheet.rows.at(-1)?.row ?? 0)
    const kind = (first?.kinds[left - 1] ?? 't') as CellKind
    if (text !== undefined) for (let row = top + 1; row <= last; row++) put(row, left, text, kind)
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .map(([row, { texts, kinds }]) => ({
      row,
      texts: Array.from(texts, (text) => text ?? ''),
      kinds: Array.from(texts, (_, index) => kinds[index] ?? 't').join(''),
    }))
}

const kinds: Record<SheetCell['kind'], CellKind> = { text: 't', number: 'n', boolean: 'b', date: 'd', error: 'e' }

/** As a spreadsheet shows a sum of tenths: 0.3, not 0.30000000000000004. */
const shownText = (cell: SheetCell): string =>
  cell.kind === 'number' && cell.text.length > 16 && cell.text.includes('.')
    ? String(Number(Number(cell.text).toPrecision(15)))
    : cell.text

/** A spreadsheet keeps 15 digits: of a longer whole number the last ones are lost. */
const kindOf = (cell: SheetCell): CellKind =>
  cell.kind === 'number' && (cell.exact === false || /^-?\d{16,}$/.test(cell.text)) ? 'r' : kinds[cell.kind]

// Titles, dates and notes above the headers are a few lines at most.
const header_within = 10

const isBlank = (row: TableRow) => row.texts.every((text) => text === '')

/** The header is the first of the upper lines that fills most columns; what stands above it is a title. */
function sheetOf(name: string, lines: readonly TableRow[], text: boolean): TableSheet {
  const filled = (line: TableRow) => new Set(line.texts.filter((each) => each !== '')).size
  const upper = lines.slice(0, header_within)
  const widest = Math.max(0, ...upper.map(filled))
  const at = upper.findIndex((line) => filled(line) > 0 && filled(line) >= widest * 0.6)
  const header = lines[at]
  const above = lines.slice(0, Math.max(0, at)).filter((line) => !isBlank(line))
  if (!header) return { name, columns: [], rows: [], above }
  const body = lines.slice(at + 1).filter((line) => !isBlank(line))
  const last = (line: TableRow) => line.texts.findLastIndex((each) => each !== '') + 1
  const headed = last(header)
  const width = body.reduce((most, line) => Math.max(most, last(line)), headed)
  // In text a row longer than its headings has slipped; in a workbook somebody wrote beside the table.
  const rows = body.map((line) => (text && last(line) > headed ? { ...line, long: true as const } : line))
  const columns = headings(Array.from({ length: width }, (_, index) => header.texts[index] ?? ''))
  return { name, columns, rows, above }
}

/** Every heading once: a second `name` is `name (2)`, a column without one is `#` and its number. */
function headings(texts: readonly string[]): string[] {
  const taken = new Set<string>()
  return texts.map((text, index) => {
    const base = text === '' ? `#${index + 1}` : text
    let name = base
    for (let times = 2; taken.has(name); times++) name = `${base} (${times})`
    taken.add(name)
    return name
  })
}
