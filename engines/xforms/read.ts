// Reads XLSForm workbooks. The only file of this engine that needs Node: exceljs unpacks the .xlsx.
import ExcelJS from 'exceljs'
import type { Row, Sheet, Workbook } from './workbook.ts'
import { sheetName } from './workbook.ts'

export { readMarkdown } from './markdown.ts'
export type { Row, Sheet, Workbook } from './workbook.ts'

const pad = (value: number) => String(value).padStart(2, '0')

function dateText(value: Date): string {
  const day = `${value.getUTCFullYear()}-${pad(value.getUTCMonth() + 1)}-${pad(value.getUTCDate())}`
  const time = `${pad(value.getUTCHours())}:${pad(value.getUTCMinutes())}:${pad(value.getUTCSeconds())}`
  return time === '00:00:00' ? day : `${day} ${time}`
}

function textOfValue(value: ExcelJS.CellValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  // Excel turns a typed `true` into a logical cell; XLSForm means the word.
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (value instanceof Date) return dateText(value)
  if ('richText' in value) return value.richText.map((part) => part.text).join('')
  if ('hyperlink' in value) return textOfValue(value.text)
  if ('formula' in value || 'sharedFormula' in value) return textOfValue(value.result)
  return ''
}

// Non-breaking spaces come with text pasted from word processors and break every comparison.
const clean = (text: string) => text.replaceAll('\u00a0', ' ').trim()

function readSheet(sheet: ExcelJS.Worksheet): Sheet {
  const name = sheetName(sheet.name)
  const headers: string[] = []
  const at: (string | undefined)[] = []
  const rows: Row[] = []
  let header_row = 0
  sheet.eachRow({ includeEmpty: false }, (line, number) => {
    const cells: [number, string][] = []
    line.eachCell({ includeEmpty: false }, (cell, column) => {
      // A merged block shows its value once, in its first cell; exceljs repeats it in every cell of the block.
      if (cell.isMerged && cell.master.address !== cell.address) return
      const text = clean(textOfValue(cell.value))
      if (text !== '') cells.push([column, text])
    })
    if (cells.length === 0) return
    if (header_row === 0) {
      header_row = number
      for (const [column, text] of cells) {
        headers.push(text)
        at[column] = text
      }
      return
    }
    const row: Row = { row: number, cells: {} }
    for (const [column, text] of cells) {
      const header = at[column]
      if (header !== undefined) row.cells[header] = text
    }
    if (Object.keys(row.cells).length > 0) rows.push(row)
  })
  return { name, headers, rows }
}

/**
 * Reads the sheets of an .xlsx file. Blank rows are skipped and keep the numbers of the rows after them right;
 * blank leading rows above the headers are skipped too. Throws an Error when the bytes are not an .xlsx file.
 */
export async function readXlsForm(bytes: Uint8Array): Promise<Workbook> {
  const book = new ExcelJS.Workbook()
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  try {
    await book.xlsx.load(copy)
  } catch (error) {
    throw new Error('Not an .xlsx workbook: save it again as "Excel workbook (.xlsx)".', { cause: error })
  }
  const sheets: Record<string, Sheet> = {}
  for (const sheet of book.worksheets) {
    const read = readSheet(sheet)
    sheets[read.name] = read
  }
  return { sheets }
}
