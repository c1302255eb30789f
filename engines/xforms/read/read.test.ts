import { describe, expect, test } from 'vitest'
import { buildForm } from '../form.ts'
import { formWorkbook, readMarkdown, type ReadSheet } from './read.ts'

/** Rows by their number; holes are empty cells. */
function sheet(name: string, lines: Record<number, (string | null)[]>): ReadSheet {
  const rows = Object.entries(lines).map(([row, texts]) => ({
    row: Number(row),
    cells: texts.flatMap((text, index) => (text === null ? [] : [{ column: index + 1, text }])),
  }))
  return { name, rows }
}

describe('formWorkbook', () => {
  test('keeps row numbers over blank rows and trims', () => {
    const { survey } = formWorkbook([
      sheet(' Survey ', {
        2: ['Type', ' Name', 'label::Chinese (zh)', 'Relevance ', 'Required'],
        4: ['text', 'head_name\u00a0', '户主姓名', null, 'TRUE'],
        5: [' ', null, '\u00a0'],
        7: ['integer', 'rooms', '房间', '${head_name} != ""'],
        9: ['note', 'thanks', 'text'],
      }),
    ]).sheets
    expect(survey?.rows.map((row) => row.row)).toEqual([4, 7, 9])
    expect(survey?.rows[2]?.cells).toEqual({ Type: 'note', Name: 'thanks', 'label::Chinese (zh)': 'text' })
    const { form, problems } = buildForm({ sheets: survey ? { survey } : {} })
    expect(problems).toEqual([])
    expect(form?.items[0]).toMatchObject({
      name: 'head_name',
      labels: { 'Chinese (zh)': '户主姓名' },
      bind: { required: 'TRUE' },
    })
    expect(form?.items[1]).toMatchObject({
      name: 'rooms',
      labels: { 'Chinese (zh)': '房间' },
      bind: { relevant: '${head_name} != ""' },
    })
    expect(form?.languages).toEqual(['Chinese (zh)'])
  })
})

test('readMarkdown reads sheets, blank cells and escaped bars', () => {
  const book = readMarkdown(`
    | survey  |      |      |       |
    |         | type | name | label |
    |         | text | a    | x \\| y |
    |         |      |      |       |
    |         | text | b    |       |
    | choices |
    |         | list_name | name |
    |         | l         | 1    |`)
  expect(book.sheets['survey']?.rows).toEqual([
    { row: 2, cells: { type: 'text', name: 'a', label: 'x | y' } },
    { row: 4, cells: { type: 'text', name: 'b' } },
  ])
  expect(book.sheets['choices']?.headers).toEqual(['list_name', 'name'])
})
