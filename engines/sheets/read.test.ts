import { SSF, utils, write, type BookType, type WorkSheet } from '@e965/xlsx'
import { describe, expect, test } from 'vitest'
import { looksLikeWorkbook, NotAWorkbook, readSheets } from './read.ts'
import { writeSheets } from './write.ts'

type Cells = Record<string, WorkSheet[string]>

/** A workbook of one sheet with these cells, written by SheetJS. */
function bookOf(cells: Cells, { type = 'xlsx', from_1904 = false }: { type?: BookType; from_1904?: boolean } = {}) {
  const book = utils.book_new()
  utils.book_append_sheet(book, { ...cells, '!ref': 'A1:A20' }, 'a')
  book.Workbook = { WBProps: { date1904: from_1904 } }
  return new Uint8Array(write(book, { type: 'buffer', bookType: type }))
}
const column = (bytes: Uint8Array) =>
  readSheets(bytes).flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ kind, text }) => [kind, text])))

// ECMA-376 18.17.4.1: January 1st, 2008 is 39448 counted from 1900 and 37986 from 1904.
describe('dates by their serial number', () => {
  const day = (v: number, z = 'yyyy-mm-dd') => ({ A1: { t: 'n', v, z } })

  test.each([
    [39_448, false, '2008-01-01'],
    [37_986, true, '2008-01-01'],
    [1, false, '1900-01-01'],
    // Lotus 1-2-3 took 1900 for a leap year, and every program after it does.
    [61, false, '1900-03-01'],
    [0, true, '1904-01-01'],
    [1, true, '1904-01-02'],
    [2_958_465, false, '9999-12-31'],
    [39_448.5, false, '2008-01-01 12:00:00'],
    // A second before midnight, and what a double makes of 07:30.
    [39_448 + 86_399 / 86_400, false, '2008-01-01 23:59:59'],
    [0.3125, false, '07:30:00'],
    [0.3125, true, '1904-01-01 07:30:00'],
  ])('%d, from 1904: %s, is %s', (serial, from_1904, text) => {
    expect(column(bookOf(day(serial), { from_1904 }))).toEqual([['date', text]])
  })

  test('what no calendar has stays a number', () => {
    expect(column(bookOf(day(-5)))).toEqual([['number', '-5']])
    expect(column(bookOf(day(39_448, '0.00')))).toEqual([['number', '39448']])
    expect(SSF.is_date('0.00')).toBe(false)
  })
})

// [MS-XLS] 2.5.10, BErr.
test.each([
  [0x00, '#NULL!'],
  [0x07, '#DIV/0!'],
  [0x0f, '#VALUE!'],
  [0x17, '#REF!'],
  [0x1d, '#NAME?'],
  [0x24, '#NUM!'],
  [0x2a, '#N/A'],
])('the error %d reads as %s, in .xls too', (v, text) => {
  const cells = { A1: { t: 'e', v }, A2: { t: 's', v: 'x' } }
  for (const type of ['xlsx', 'biff8'] as const)
    expect(column(bookOf(cells, { type }))).toEqual([
      ['error', text],
      ['text', 'x'],
    ])
})

test('numbers read without an exponent, however small or large', () => {
  const cells = { A1: { t: 'n', v: 1e-7 }, A2: { t: 'n', v: -1e21 }, A3: { t: 'n', v: 0.1 } }
  expect(column(bookOf(cells)).map(([, text]) => text)).toEqual(['0.0000001', '-1000000000000000000000', '0.1'])
})

test('an empty text is no cell, false is one', () => {
  expect(column(bookOf({ A1: { t: 's', v: '' }, A2: { t: 'b', v: false } }))).toEqual([['boolean', 'FALSE']])
})

test('a formula that nothing has calculated shows itself; one that was shows its result', () => {
  const bytes = writeSheets([{ name: 'a', rows: [[{ formula: '1+1', result: 2 }, 'x']] }])
  expect(column(bytes)).toEqual([
    ['number', '2'],
    ['text', 'x'],
  ])
  expect(column(bookOf({ A1: { t: 'n', f: 'A2*2' }, A2: { t: 'n', v: 1 } }))).toEqual([
    ['error', '=A2*2'],
    ['number', '1'],
  ])
})

test('hidden sheets say so, in the order of the book', () => {
  const book = utils.book_new()
  for (const name of ['seen', 'hidden', 'very hidden']) utils.book_append_sheet(book, utils.aoa_to_sheet([['x']]), name)
  book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }, { Hidden: 2 }] }
  const sheets = readSheets(new Uint8Array(write(book, { type: 'buffer', bookType: 'xlsx' })))
  expect(sheets.map(({ name, hidden }) => [name, hidden])).toEqual([
    ['seen', false],
    ['hidden', true],
    ['very hidden', true],
  ])
})

test('an .ods file, which has no properties of a workbook, is read too', () => {
  expect(column(bookOf({ A1: { t: 's', v: '户主' }, A2: { t: 'n', v: 3 } }, { type: 'ods' }))).toEqual([
    ['text', '户主'],
    ['number', '3'],
  ])
})

describe('the first bytes', () => {
  const zip = [0x50, 0x4b, 3, 4]
  const ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]

  test('a ZIP file and an OLE document look like workbooks; with any byte changed they do not', () => {
    for (const bytes of [zip, ole]) expect(looksLikeWorkbook(new Uint8Array(bytes))).toBe(true)
    for (const [bytes, length] of [
      [zip, 2],
      [ole, 4],
    ] as const)
      for (let i = 0; i < length; i++) {
        const changed = new Uint8Array(bytes)
        changed[i] = 0
        expect(looksLikeWorkbook(changed)).toBe(false)
      }
  })

  test('an OLE document is at least as long as its header, 512 bytes ([MS-CFB] 2.2)', () => {
    const header = (length: number) => {
      const bytes = new Uint8Array(length)
      bytes.set(ole)
      return bytes
    }
    expect(() => readSheets(header(511))).toThrow(/Not an \.xlsx workbook/)
    expect(() => readSheets(header(512))).toThrow(/cannot be opened/)
    for (const length of [511, 512]) expect(() => readSheets(header(length))).toThrow(NotAWorkbook)
  })
})
