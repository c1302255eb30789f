// Reads workbooks with SheetJS (the npm package @e965/xlsx, Apache-2.0, is its current release; the one called xlsx is not).
import { read, SSF, type CellObject, type WorkSheet } from '@e965/xlsx'
import type { Sheet, SheetCell, SheetRow } from './sheets.ts'

export type { Merge, Sheet, SheetCell, SheetRow } from './sheets.ts'

/** Bytes that are no workbook, or one that cannot be opened. The message says what to do. */
export class NotAWorkbook extends Error {}

const save_again = 'save it again as "Excel workbook (.xlsx)".'

/** Whether bytes begin as a workbook does: a ZIP file (.xlsx, .ods) or an OLE compound document (.xls). */
export function looksLikeWorkbook(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes
  return (a === 0x50 && b === 0x4b) || (a === 0xd0 && b === 0xcf && c === 0x11 && d === 0xe0)
}

/**
 * Reads every sheet of an .xlsx, .xls or .ods file: values of formulas as they were last calculated, dates by their
 * format. Throws NotAWorkbook. Reading takes time and memory in proportion to what the file expands to: check its size
 * first, and read large ones in a worker.
 */
export function readSheets(bytes: Uint8Array): Sheet[] {
  // The header of an OLE document alone has 512 bytes; SheetJS takes what is shorter for a line of text.
  const cut_off = bytes[0] === 0xd0 && bytes.length < 512
  if (!looksLikeWorkbook(bytes) || cut_off) throw new NotAWorkbook(`Not an .xlsx workbook: ${save_again}`)
  try {
    const book = read(bytes, { type: 'array', dense: true, cellHTML: false, cellText: false, cellNF: true })
    const from_1904 = book.Workbook?.WBProps?.date1904 === true
    return book.SheetNames.map((name, index) => {
      const hidden = (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0
      return readSheet(name, hidden, book.Sheets[name], from_1904)
    })
  } catch (error) {
    throw new NotAWorkbook(`The workbook cannot be opened: ${save_again}`, { cause: error })
  }
}

function readSheet(name: string, hidden: boolean, sheet: WorkSheet | undefined, from_1904: boolean): Sheet {
  const rows: SheetRow[] = []
  // An array with holes: a sheet whose last cell stands in row 1,048,576 has as many rows, nearly all empty.
  for (const [index, line] of Object.entries(sheet?.['!data'] ?? [])) {
    const cells: SheetCell[] = []
    for (const [column, cell] of Object.entries(line ?? [])) {
      const read = cell && readCell(Number(column) + 1, cell, from_1904)
      if (read) cells.push(read)
    }
    if (cells.length > 0) rows.push({ row: Number(index) + 1, cells })
  }
  const merges = (sheet?.['!merges'] ?? []).map(({ s, e }) => ({
    top: s.r + 1,
    left: s.c + 1,
    bottom: e.r + 1,
    right: e.c + 1,
  }))
  return { name, hidden, rows, merges }
}

// Excel's own codes of errors, ECMA-376 18.17.2.1 and [MS-XLS] 2.5.10.
const errors = new Map([
  [0x00, '#NULL!'],
  [0x07, '#DIV/0!'],
  [0x0f, '#VALUE!'],
  [0x17, '#REF!'],
  [0x1d, '#NAME?'],
  [0x24, '#NUM!'],
  [0x2a, '#N/A'],
  [0x2b, '#GETTING_DATA'],
])

function readCell(column: number, cell: CellObject, from_1904: boolean): SheetCell | null {
  const { t, v } = cell
  if (v === undefined || v === null) {
    // A formula that no program has calculated yet says something, though nobody can say what.
    return typeof cell.f === 'string' ? { column, kind: 'error', text: `=${cell.f}` } : null
  }
  if (v === '') return null
  if (t === 'b') return { column, kind: 'boolean', text: v === true ? 'TRUE' : 'FALSE' }
  if (t === 'e') return { column, kind: 'error', text: errors.get(Number(v)) ?? `#ERROR ${String(v)}` }
  if (t !== 'n' || typeof v !== 'number') return { column, kind: 'text', text: String(v) }
  const date = typeof cell.z === 'string' && SSF.is_date(cell.z) ? dateText(v, from_1904) : null
  if (date !== null) return { column, kind: 'date', text: date }
  return { column, kind: 'number', text: plainNumber(v), exact: Math.abs(v) <= Number.MAX_SAFE_INTEGER }
}

/** Without an exponent: `1e21` reads as digits. */
function plainNumber(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20 }) : text
}

interface DateParts {
  y: number
  m: number
  d: number
  H: number
  M: number
  S: number
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A serial number under a date format; null where it is no date (negative, or beyond the year 9999). */
function dateText(serial: number, from_1904: boolean): string | null {
  // To whole seconds: a time of day is a fraction that a double rarely keeps exactly.
  const seconds = Math.round(serial * 86_400) / 86_400
  const at = SSF.parse_date_code(seconds, { date1904: from_1904 }) as DateParts | null | undefined
  if (!at) return null
  const time = `${two(at.H)}:${two(at.M)}:${two(Math.round(at.S))}`
  if (seconds < 1 && !from_1904) return time
  const day = `${String(at.y).padStart(4, '0')}-${two(at.m)}-${two(at.d)}`
  return time === '00:00:00' ? day : `${day} ${time}`
}
