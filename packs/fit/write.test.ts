import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { writeValues } from './write.ts'

const before = `# A comment of the author.
sources: {}

parameters:
  - code: w_rooms
    label: { en: Rooms }
    values:
      - { from: '2010-01-01', value: -40, confidence: P }
      - { from: '2014-07-01', value: -44, confidence: P, area: CR01 }
`
const source = { title: { en: 'A fit' }, date: '2014-09-01', confidence: 'P' as const }

test('a fit adds a dated value with its source and leaves comments, other days and other areas', () => {
  const after = writeValues(before, { w_rooms: -50 }, '2014-07-01', source)
  expect(after).toContain('# A comment of the author.')
  const values = parse(after).parameters[0].values
  expect(values).toEqual([
    { from: '2010-01-01', value: -40, confidence: 'P' },
    { from: '2014-07-01', value: -44, confidence: 'P', area: 'CR01' },
    { from: '2014-07-01', value: -50, confidence: 'P', source },
  ])
})

test('a second fit of the same day replaces the first, a later one stands beside it', () => {
  const once = writeValues(before, { w_rooms: -50 }, '2014-07-01', source)
  expect(writeValues(once, { w_rooms: -50 }, '2014-07-01', source)).toBe(once)
  const again = writeValues(once, { w_rooms: -51 }, '2014-07-01', { ...source, date: '2014-10-01' })
  const later = writeValues(again, { w_rooms: -60 }, '2015-07-01', source)
  const values: { from: string; value: number; source?: { date: string } }[] = parse(later).parameters[0].values
  expect(values.map(({ from, value }) => [from, value])).toEqual([
    ['2010-01-01', -40],
    ['2014-07-01', -44],
    ['2014-07-01', -51],
    ['2015-07-01', -60],
  ])
  expect(values[2]?.source?.date).toBe('2014-10-01')
})

test('a parameter that the pack does not have is an error, not a new parameter', () => {
  expect(() => writeValues(before, { w_roof: 1 }, '2014-07-01', source)).toThrow('w_roof')
})
