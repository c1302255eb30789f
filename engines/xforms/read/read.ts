// Makes a form's workbook of what a spreadsheet holds. Reading the file itself is somebody else's matter.
import { sheetName, type Row, type Sheet, type Workbook } from './workbook.ts'

export { readMarkdown } from './markdown.ts'
export type { Row, Sheet, Workbook } from './workbook.ts'

/** A sheet as any reader of spreadsheets gives it: rows and columns numbered from 1, empty cells left out. */
export interface ReadSheet {
  name: string
  rows: readonly { row: number; cells: readonly { column: number; text: string }[] }[]
}

// Non-breaking spaces come with text pasted from word processors and break every comparison.
const clean = (text: string) => text.replaceAll('\u00a0', ' ').trim()

function formSheet(sheet: ReadSheet): Sheet {
  const headers: string[] = []
  const at: (string | undefined)[] = []
  const rows: Row[] = []
  for (const line of sheet.rows) {
    const cells = line.cells.map(({ column, text }) => [column, clean(text)] as const).filter(([, text]) => text !== '')
    if (cells.length === 0) continue
    if (headers.length === 0) {
      for (const [column, text] of cells) {
        headers.push(text)
        at[column] = text
      }
      continue
    }
    const row: Row = { row: line.row, cells: {} }
    for (const [column, text] of cells) {
      const header = at[column]
      if (header !== undefined) row.cells[header] = text
    }
    if (Object.keys(row.cells).length > 0) rows.push(row)
  }
  return { name: sheetName(sheet.name), headers, rows }
}

/**
 * The sheets of a spreadsheet as an XLSForm. Blank rows are skipped and keep the numbers of the rows after them right;
 * blank leading rows above the headers are skipped too.
 */
export function formWorkbook(sheets: readonly ReadSheet[]): Workbook {
  return { sheets: Object.fromEntries(sheets.map((sheet) => formSheet(sheet)).map((sheet) => [sheet.name, sheet])) }
}
