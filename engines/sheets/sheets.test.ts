import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { looksLikeWorkbook, NotAWorkbook, readSheets } from './read.ts'
import { writeSheets } from './write.ts'

const utc = (...parts: [number, number, number, number?, number?]) => new Date(Date.UTC(...parts))

test('says what each cell holds: text, number, logical value, date, time, the result of a formula', () => {
  const rows = [
    ['a', 1500.5, true, utc(2026, 0, 31), utc(1962, 2, 4, 7, 30)],
    [],
    [{ formula: 'CONCAT("a","b")', result: 'ab' }, { formula: '1/4', result: 0.25 }, null, 0],
  ]
  const [sheet] = readSheets(writeSheets([{ name: '农户', rows }]))
  expect(sheet).toMatchObject({ name: '农户', hidden: false, merges: [] })
  expect(
    sheet?.rows.map(({ row, cells }) => [row, cells.map(({ column, kind, text }) => [column, kind, text])]),
  ).toEqual([
    [
      1,
      [
        [1, 'text', 'a'],
        [2, 'number', '1500.5'],
        [3, 'boolean', 'TRUE'],
        [4, 'date', '2026-01-31'],
        [5, 'date', '1962-03-04 07:30:00'],
      ],
    ],
    [
      3,
      [
        [1, 'text', 'ab'],
        [2, 'number', '0.25'],
        [4, 'number', '0'],
      ],
    ],
  ])
})

test('a number with more digits than a double keeps says that some are lost', () => {
  const [sheet] = readSheets(writeSheets([{ name: 'a', rows: [[2 ** 58, 9007199254740991, 1e21]] }]))
  const cells = sheet?.rows[0]?.cells.map(({ text, exact }) => [text, exact])
  expect(cells).toEqual([
    [String(2 ** 58), false],
    ['9007199254740991', true],
    ['1000000000000000000000', false],
  ])
})

test('merged blocks, and sheets of any number', () => {
  const merges = [{ top: 1, left: 1, bottom: 3, right: 2 }]
  const sheets = readSheets(
    writeSheets([
      { name: 'one', rows: [['x']], merges },
      { name: 'two', rows: [] },
    ]),
  )
  expect(sheets.map(({ name, merges }) => [name, merges])).toEqual([
    ['one', merges],
    ['two', []],
  ])
})

test('the last row that a sheet can have takes no time', () => {
  const rows: string[][] = []
  rows[0] = ['a']
  const bytes = writeSheets([{ name: 'a', rows, merges: [{ top: 1, left: 1, bottom: 1_048_576, right: 1 }] }])
  expect(readSheets(bytes)[0]?.rows).toHaveLength(1)
})

describe('bytes that are no workbook', () => {
  test.each([
    ['text', new TextEncoder().encode('type,name')],
    ['nothing', new Uint8Array()],
    ['a ZIP file that is cut off', writeSheets([{ name: 'a', rows: [['x']] }]).slice(0, 300)],
    ['the mark of an .xls file and nothing after it', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])],
  ])('%s', (_, bytes) => {
    expect(() => readSheets(bytes)).toThrow(NotAWorkbook)
    expect(() => readSheets(bytes)).toThrow(/save it again as/)
  })
})

test('whatever is written is read again, cell by cell', () => {
  const cell = fc.oneof(
    // What XML 1.0 can hold, without blanks at the ends, which are kept but make failures hard to read.
    fc.string({ minLength: 1, unit: fc.constantFrom(...'aZ09 ,;"<&>\'户编号é') }).map((text) => `x${text}x`),
    fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((value) => value / 1024),
    fc.boolean(),
    fc.constant(null),
  )
  const rows = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 8 })
  fc.assert(
    fc.property(rows, (rows) => {
      const bytes = writeSheets([{ name: 'a', rows }])
      expect(looksLikeWorkbook(bytes)).toBe(true)
      const read = readSheets(bytes)[0]?.rows.flatMap(({ row, cells }) =>
        cells.map(({ column, kind, text }) => [row, column, kind === 'number' ? Number(text) : text]),
      )
      const written = rows.flatMap((row, r) =>
        row.flatMap((value, c) =>
          value === null ? [] : [[r + 1, c + 1, typeof value === 'boolean' ? String(value).toUpperCase() : value]],
        ),
      )
      expect(read).toEqual(written)
    }),
    { numRuns: 60 },
  )
})
