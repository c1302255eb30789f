// The calendar against the one of ECMAScript (ECMA-262 21.4.1), which is the proleptic Gregorian of ISO 8601.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as dates from './dates.ts'

const DAY = 86_400_000
const first = Date.parse('0001-01-01T00:00:00Z')
const last = Date.parse('9999-12-31T00:00:00Z')
const dayCount = (last - first) / DAY
const textOf = (count: number): string => new Date(first + count * DAY).toISOString().slice(0, 10)
const anyDay = fc.nat(dayCount).map((count) => ({ count, text: textOf(count) }))
const numberOf = (text: string): number => Number(text.replaceAll('-', ''))

describe('days', () => {
  test('every day from 0001 to 9999 is read, and written as it was', () => {
    fc.assert(
      fc.property(anyDay, ({ text }) => {
        expect(dates.dateNumber(text)).toBe(numberOf(text))
        expect(dates.dateText(numberOf(text))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('the last day of each month, and not the one after it, in common and leap years', () => {
    for (const year of [2015, 2016, 1900, 2000, 2100])
      for (let month = 1; month <= 12; month++) {
        const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
        const text = (day: number) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        expect(dates.dateNumber(text(1)), text(1)).toBe(numberOf(text(1)))
        expect(dates.dateNumber(text(days)), text(days)).toBe(numberOf(text(days)))
        expect(dates.dateNumber(text(days + 1)), text(days + 1)).toBeUndefined()
        expect(dates.dateNumber(text(0))).toBeUndefined()
      }
  })

  test.each([
    '0000-01-01',
    '2016-00-10',
    '2016-13-10',
    '2016-1-10',
    '16-01-10',
    '2016/01/10',
    '2016-01/10',
    '2016-01-1 ',
    ' 016-01-10',
    '2016-01-10T00:00',
    '2016-0a-10',
    '2016-01-:0',
    '',
    20160110,
    null,
    undefined,
  ])('%s is none', (text) => expect(dates.dateNumber(text)).toBeUndefined())

  test('days between two, either way', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        expect(dates.daysBetween(numberOf(a.text), numberOf(b.text))).toBe(b.count - a.count)
      }),
      { numRuns: 500 },
    )
  })
})

describe('ages', () => {
  test.each([
    // Born, on, years, months.
    ['2000-05-17', '2016-05-16', 15, 191],
    ['2000-05-17', '2016-05-17', 16, 192],
    ['2000-02-29', '2015-02-28', 14, 179],
    ['2000-02-29', '2015-03-01', 15, 180],
    ['2000-02-29', '2016-02-29', 16, 192],
    ['2000-01-31', '2000-02-29', 0, 0],
    ['2000-01-31', '2000-03-01', 0, 1],
    ['2000-12-31', '2001-01-01', 0, 0],
    ['2000-12-01', '2001-01-01', 0, 1],
    ['2000-05-17', '2000-05-17', 0, 0],
  ])('born on %s, on %s: %d years, %d months', (birth, on, years, months) => {
    expect(dates.completedYears(numberOf(birth), numberOf(on))).toBe(years)
    expect(dates.completedMonths(numberOf(birth), numberOf(on))).toBe(months)
  })

  test('nobody is born after the day', () => {
    expect(dates.completedYears(20_000_518, 20_000_517)).toBeUndefined()
    expect(dates.completedMonths(20_000_518, 20_000_517)).toBeUndefined()
  })

  test('the last day of birth of somebody who is as old: that age is reached, by the next day of birth it is not', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(120), ({ text }, years) => {
        const born = dates.yearsBefore(text, years)
        if (born === undefined) {
          expect(Number(text.slice(0, 4)) - years).toBeLessThan(1)
          return
        }
        const on = numberOf(text)
        expect(dates.completedYears(numberOf(born), on)).toBeGreaterThanOrEqual(years)
        const next = new Date(Date.parse(`${born}T00:00:00Z`) + DAY).toISOString().slice(0, 10)
        expect(dates.completedYears(numberOf(next), on) ?? -1).toBeLessThan(years)
      }),
      { numRuns: 500 },
    )
    expect(dates.yearsBefore('2016-02-29', 1)).toBe('2015-02-28')
    expect(dates.yearsBefore('2016-02-29', 4)).toBe('2012-02-29')
    expect(dates.yearsBefore('0016-03-01', 15)).toBe('0001-03-01')
    expect(dates.yearsBefore('0016-03-01', 16)).toBeUndefined()
    expect(dates.yearsBefore('2016-02-30', 1)).toBeUndefined()
    expect(dates.yearsBefore('9999-01-01', -1)).toBeUndefined()
    expect(dates.yearsBefore('9998-01-01', -1)).toBe('9999-01-01')
  })
})
