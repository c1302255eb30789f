// Tables as offices send them: CSV in UTF-8 or the Chinese national encoding, Excel workbooks with titles above the
// headers and cells merged down.
import { parse } from 'csv-parse/sync'
import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { dayIn } from '#door/day.ts'
import { problem } from '#door/problems.ts'

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
  // Every .xlsx is a ZIP file and begins so; old .xls files begin with the mark of OLE compound documents.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return { encoding: 'xlsx', sheets: await readWorkbook(bytes) }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw problem('survey_not_a_table', { detail: 'An .xls file of the old kind: save it again as .xlsx.' })
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

async function readWorkbook(bytes: Uint8Array): Promise<TableSheet[]> {
  const book = new ExcelJS.Workbook()
  try {
    await book.xlsx.load(Uint8Array.from(bytes).buffer)
  } catch {
    throw problem('survey_not_a_table', { detail: 'The workbook cannot be opened: save it again as .xlsx.' })
  }
  return book.worksheets
    .map((sheet) => {
      const lines: Line[] = []
      sheet.eachRow({ includeEmpty: false }, (line, row) => {
        const cells: string[] = []
        // A cell merged down has its value in every row, as a person reads it; merged across, in its first cell alone.
        line.eachCell({ includeEmpty: false }, (cell, column) => {
          const across = cell.isMerged && cell.master.fullAddress.col !== cell.fullAddress.col
          if (!across) cells[column - 1] = clean(cellText(cell.value))
        })
        lines.push({ row, cells: Array.from(cells, (text) => text ?? '') })
      })
      return sheetOf(sheet.name, lines)
    })
    .filter((sheet) => sheet.columns.length > 0)
}

function cellText(value: ExcelJS.CellValue): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return dayIn('UTC', value.toISOString())
  if (typeof value !== 'object') return String(value)
  if ('richText' in value) return value.richText.map((part) => part.text).join('')
  if ('hyperlink' in value) return cellText(value.text as ExcelJS.CellValue)
  if ('result' in value) return cellText(value.result as ExcelJS.CellValue)
  return ''
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
