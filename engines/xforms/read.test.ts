import ExcelJS from 'exceljs'
import { describe, expect, test } from 'vitest'
import { buildForm } from './form.ts'
import { readMarkdown, readXlsForm } from './read.ts'

async function bytesOf(fill: (book: ExcelJS.Workbook) => void): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  fill(book)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

describe('readXlsForm', () => {
  test('keeps row numbers over blank rows, takes merged cells once and trims', async () => {
    const bytes = await bytesOf((book) => {
      const survey = book.addWorksheet(' Survey ')
      survey.getRow(2).values = ['Type', ' Name', 'label::Chinese (zh)', 'Relevance ', 'Required']
      survey.getRow(4).values = ['text', 'head_name ', '户主姓名', null, true]
      survey.getRow(7).values = [
        'integer',
        'rooms',
        { richText: [{ text: '房' }, { text: '间' }] },
        '${head_name} != ""',
      ]
      survey.getRow(9).values = ['note', 'thanks', 'merged text']
      survey.mergeCells('C9:E9')
    })
    const { survey } = (await readXlsForm(bytes)).sheets
    expect(survey?.rows.map((row) => row.row)).toEqual([4, 7, 9])
    expect(survey?.rows[2]?.cells).toEqual({ Type: 'note', Name: 'thanks', 'label::Chinese (zh)': 'merged text' })
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

  test('reads formulas by their result, numbers and dates as they look', async () => {
    const bytes = await bytesOf((book) => {
      const survey = book.addWorksheet('survey')
      survey.addRow(['type', 'name', 'label', 'default'])
      survey.addRow(['decimal', { formula: 'CONCAT("a","b")', result: 'ab' }, 'A', 1.5])
      survey.addRow(['date', 'd', 'D', new Date(Date.UTC(2026, 0, 31))])
    })
    const rows = (await readXlsForm(bytes)).sheets['survey']?.rows
    expect(rows?.[0]?.cells).toMatchObject({ name: 'ab', default: '1.5' })
    expect(rows?.[1]?.cells).toMatchObject({ default: '2026-01-31' })
  })

  test('says what to do with bytes that are no workbook', async () => {
    await expect(readXlsForm(new TextEncoder().encode('type,name'))).rejects.toThrow(/save it again as/)
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
