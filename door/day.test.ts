// Days where the campaign is: places ahead of and behind Greenwich, those whose clocks change, and days that are none.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as day from './day.ts'
import { steadyIso, steadyNow } from './steady.ts'

describe('the day of a moment', () => {
  test.each([
    ['Asia/Shanghai', '2016-01-07T23:00:00.000Z', '2016-01-08'],
    ['Asia/Shanghai', '2016-01-08T15:59:59.999Z', '2016-01-08'],
    ['Asia/Shanghai', '2016-01-08T16:00:00.000Z', '2016-01-09'],
    ['America/Costa_Rica', '2016-01-08T05:59:59.000Z', '2016-01-07'],
    ['America/Costa_Rica', '2016-01-08T06:00:00.000Z', '2016-01-08'],
    ['Asia/Kathmandu', '2016-01-08T18:15:00.000Z', '2016-01-09'],
    ['UTC', '2016-02-29T12:00:00.000Z', '2016-02-29'],
  ])('in %s at %s is %s', (zone, iso, there) => {
    expect(day.dayIn(zone, iso)).toBe(there)
    expect(day.today({ var: { pack: { time_zone: zone }, now: iso } })).toBe(there)
  })

  test('ends one millisecond before the next begins, where clocks change too', () => {
    // Berlin's clocks went forward on 27 March and back on 30 October 2016.
    expect(day.endOfDay('Europe/Berlin', '2016-03-26')).toBe('2016-03-26T22:59:59.999Z')
    expect(day.endOfDay('Europe/Berlin', '2016-03-27')).toBe('2016-03-27T21:59:59.999Z')
    expect(day.endOfDay('Europe/Berlin', '2016-10-30')).toBe('2016-10-30T22:59:59.999Z')
    expect(day.endOfDay('Asia/Shanghai', '2016-01-08')).toBe('2016-01-08T15:59:59.999Z')
    for (const zone of [
      'Asia/Shanghai',
      'America/Costa_Rica',
      'Asia/Kathmandu',
      'UTC',
      'Europe/Berlin',
      'Pacific/Apia',
    ])
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 4000 }), (n) => {
          const one = day.addDays('2012-01-01', n)
          const end = day.endOfDay(zone, one)
          expect(day.dayIn(zone, end)).toBe(one)
          expect(day.dayIn(zone, new Date(Date.parse(end) + 1).toISOString())).toBe(day.addDays(one, 1))
        }),
        { numRuns: 60 },
      )
  })
})

describe('counting', () => {
  test('days, over months and leap days, either way', () => {
    expect(day.addDays('2016-02-28', 1)).toBe('2016-02-29')
    expect(day.addDays('2015-02-28', 1)).toBe('2015-03-01')
    expect(day.addDays('2016-01-01', -1)).toBe('2015-12-31')
    expect(day.daysBetween('2016-01-01', '2017-01-01')).toBe(366)
    expect(day.daysBetween('2016-03-01', '2016-02-28')).toBe(-2)
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (n) => {
        expect(day.daysBetween('2016-02-29', day.addDays('2016-02-29', n))).toBe(n)
      }),
    )
  })

  test('months; a day that the month has not runs over', () => {
    expect(day.addMonths('2016-01-15', 1)).toBe('2016-02-15')
    expect(day.addMonths('2016-01-31', 1)).toBe('2016-03-02')
    expect(day.addMonths('2015-11-30', 3)).toBe('2016-03-01')
    expect(day.addMonths('2016-01-15', -1)).toBe('2015-12-15')
    expect(day.addMonths('2016-01-15', 12)).toBe('2017-01-15')
  })

  test('the later of two', () => {
    expect(day.laterOf('2016-01-01', '2016-01-02')).toBe('2016-01-02')
    expect(day.laterOf('2016-01-02', '2016-01-01')).toBe('2016-01-02')
    expect(day.laterOf('2016-01-02', null)).toBe('2016-01-02')
    expect(day.yearOf('2016-12-31')).toBe(2016)
    expect(day.startOfDay('2016-12-31')).toBe('2016-12-31T00:00:00')
  })
})

test.each([
  ['2016-02-29', true],
  ['2015-02-29', false],
  ['2016-04-31', false],
  ['2016-13-01', false],
  ['2016-00-01', false],
  ['2016-1-1', false],
  ['2016-01-01T00:00', false],
  ['x2016-01-01', false],
  ['2016-01-011', false],
  ['', false],
])('%s is a day: %s', (text, is) => expect(day.isDay(text)).toBe(is))

test('a time to come is written as the registry stores it', () => {
  const before = steadyNow()
  const at = Date.parse(steadyIso(60_000))
  expect(at).toBeGreaterThanOrEqual(Math.floor(before) + 60_000)
  expect(at).toBeLessThanOrEqual(steadyNow() + 60_000)
  expect(steadyIso()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})
