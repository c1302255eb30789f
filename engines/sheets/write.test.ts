// What is written, as a spreadsheet program reads it.
import { read, utils, type WorkSheet } from '@e965/xlsx'
import { expect, test } from 'vitest'
import { writeSheets, type WrittenSheet } from './write.ts'

function sheetOf(sheet: WrittenSheet): WorkSheet {
  const book = read(writeSheets([sheet]), { type: 'array', cellFormula: true, cellStyles: true, cellNF: true })
  const found = book.Sheets[sheet.name]
  if (!found) throw new Error('no sheet')
  return found
}

test('a formula stands in its cell with its result; a text that looks like one stays a text', () => {
  const sheet = sheetOf({ name: 'a', rows: [[{ formula: 'B1*2', result: 6 }, 3, '=B1']] })
  expect(sheet['A1']).toMatchObject({ f: 'B1*2', v: 6, t: 'n' })
  expect(sheet['B1']).not.toHaveProperty('f')
  expect(sheet['C1']).toMatchObject({ t: 's', v: '=B1' })
  expect(sheet['C1']).not.toHaveProperty('f')
})

test('every column is as wide as was asked, up to the longest row', () => {
  const sheet = sheetOf({ name: 'a', rows: [['x'], ['x', 'y', 'z'], []], width: 24 })
  expect(sheet['!cols']?.map((column) => Math.round(column.width ?? 0))).toEqual(
    [24, 24, 24].map((w) => expect.closeTo(w, -1)),
  )
  expect(sheetOf({ name: 'a', rows: [['x']] })['!cols']).toBeUndefined()
})

test('a day is the day in Greenwich, wherever the program runs', () => {
  const sheet = sheetOf({ name: 'a', rows: [[new Date(Date.UTC(2008, 0, 1))]] })
  // ECMA-376 18.17.4.1.
  expect(sheet['A1']).toMatchObject({ t: 'n', v: 39_448 })
})

test('holes and nulls are no cells, 0 and false are', () => {
  const holes: (string | number | boolean | null)[] = []
  holes[2] = 0
  const sheet = sheetOf({ name: 'a', rows: [holes, [null, false]] })
  expect(utils.sheet_to_json(sheet, { header: 1, blankrows: true })).toEqual([
    [undefined, undefined, 0],
    [undefined, false],
  ])
  expect(Object.keys(sheet).filter((name) => !name.startsWith('!'))).toEqual(['C1', 'B2'])
})
