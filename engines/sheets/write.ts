import { utils, write, type WorkSheet } from '@e965/xlsx'
import type { Merge } from './sheets.ts'

export type WrittenCell = string | number | boolean | Date | { formula: string; result: string | number } | null

export interface WrittenSheet {
  name: string
  /** Rows from the first on; a missing or null cell stays empty. */
  rows: readonly (readonly WrittenCell[])[]
  merges?: readonly Merge[]
  /** Width of every column, in characters. */
  width?: number
}

/** An .xlsx workbook. Days given as Date are taken in UTC. */
export function writeSheets(sheets: readonly WrittenSheet[]): Uint8Array<ArrayBuffer> {
  const book = utils.book_new()
  for (const { name, rows, merges = [], width } of sheets) {
    const sheet = utils.aoa_to_sheet(rows.map(plainRow), { UTC: true })
    writeFormulas(sheet, rows)
    if (merges.length > 0) {
      sheet['!merges'] = merges.map(({ top, left, bottom, right }) => ({
        s: { r: top - 1, c: left - 1 },
        e: { r: bottom - 1, c: right - 1 },
      }))
    }
    const columns = Math.max(0, ...rows.map((row) => row.length))
    if (width !== undefined) sheet['!cols'] = Array.from({ length: columns }, () => ({ wch: width }))
    utils.book_append_sheet(book, sheet, name)
  }
  return new Uint8Array(write(book, { type: 'array', bookType: 'xlsx', compression: true }) as ArrayBuffer)
}

type PlainCell = string | number | boolean | Date | null

const isFormula = (cell: WrittenCell): cell is { formula: string; result: string | number } =>
  cell !== null && typeof cell === 'object' && !(cell instanceof Date)

const plainRow = (row: readonly WrittenCell[]): PlainCell[] =>
  // A hole of a sparse array is no cell either.
  Array.from(row, (cell) => (cell === undefined ? null : isFormula(cell) ? cell.result : cell))

function writeFormulas(sheet: WorkSheet, rows: readonly (readonly WrittenCell[])[]): void {
  rows.forEach((row, r) =>
    row.forEach((cell, c) => {
      if (!isFormula(cell)) return
      const written = sheet[utils.encode_cell({ r, c })]
      if (written) written.f = cell.formula
    }),
  )
}
