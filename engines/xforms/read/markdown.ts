// XLSForm as a Markdown table: the form in which examples are written in tests and documentation.
// A line `| survey |` opens a sheet; its rows begin with an empty cell, the first of them holds the headers.
import type { Row, Sheet, Workbook } from './workbook.ts'
import { sheetName } from './workbook.ts'

function cellsOf(line: string): string[] {
  const cells: string[] = []
  let cell = ''
  const body = line.trim().replace(/^\|/, '').replace(/\|$/, '')
  for (let at = 0; at < body.length; at += 1) {
    if (body[at] === '\\' && body[at + 1] === '|') {
      cell += '|'
      at += 1
    } else if (body[at] === '|') {
      cells.push(cell.trim())
      cell = ''
    } else cell += body[at]
  }
  cells.push(cell.trim())
  return cells
}

/** Reads the Markdown table form. Row numbers count as in a spreadsheet: headers are row 1 of their sheet. */
export function readMarkdown(text: string): Workbook {
  const sheets: Record<string, Sheet> = {}
  let sheet: Sheet | undefined
  let row_number = 0
  for (const line of text.split(/\r?\n/)) {
    if (
      !line.trim().startsWith('|') ||
      (/^[\s|:-]*$/.test(line.replace(/\|\s*\|/g, '|-|')) === true && /-{3}/.test(line))
    )
      continue
    const cells = cellsOf(line)
    const [head = '', ...rest] = cells
    if (head !== '') {
      const name = sheetName(head)
      sheet = { name, headers: [], rows: [] }
      sheets[name] = sheet
      row_number = 0
      continue
    }
    if (!sheet) continue
    row_number += 1
    if (row_number === 1) {
      sheet.headers = rest
      continue
    }
    const row: Row = { row: row_number, cells: {} }
    rest.forEach((value, at) => {
      const header = sheet?.headers[at]
      if (value !== '') row.cells[header === undefined || header === '' ? `__${at}` : header] = value
    })
    if (Object.keys(row.cells).length > 0) sheet.rows.push(row)
  }
  for (const one of Object.values(sheets)) one.headers = one.headers.filter((header) => header !== '')
  return { sheets }
}
