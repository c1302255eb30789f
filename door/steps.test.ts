import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, daysBetween } from './day.ts'
import { mustDiffer, type Actor } from './permit/permit.ts'
import { checkClaims, faultOf, latestDay, periodOver, periodTo } from './steps.ts'

const at = (now: string) => ({ var: { pack: { time_zone: 'Asia/Shanghai' }, now } })
const claim = (day: string, after: string | null = null) => faultOf({ path: 'day', day, after }, '2016-01-08')

test('today, and the very day of the step before, may be claimed; a day later or earlier may not', () => {
  expect(claim('2016-01-08')).toBeNull()
  expect(claim('2016-01-09')).toBe('day_in_future')
  expect(claim('2016-01-05', '2016-01-05')).toBeNull()
  expect(claim('2016-01-04', '2016-01-05')).toBe('day_before_step')
  // What lies ahead is told first: it is wrong whatever came before.
  expect(claim('2016-01-09', '2016-01-10')).toBe('day_in_future')
})

test('the problem names every claim that is wrong', () => {
  const claims = [
    { path: 'a', day: '2016-01-08' },
    { path: 'b', day: '2016-01-10' },
    { path: 'c', day: '2030-01-01' },
  ]
  expect(() => checkClaims(at('2016-01-08T08:00:00.000Z'), claims)).toThrow(
    expect.objectContaining({
      code: 'day_in_future',
      extras: expect.objectContaining({
        errors: [
          { path: 'b', message: 'after 2016-01-08', got: '2016-01-10' },
          { path: 'c', message: 'after 2016-01-08', got: '2030-01-01' },
        ],
      }),
    }),
  )
})

test('a period is over on its last day, there and then', () => {
  const hung = at('2016-01-08T15:59:59.000Z')
  expect(periodTo(hung, 7)).toBe('2016-01-15')
  // A second later it is the 9th in Shanghai.
  expect(periodTo(at('2016-01-08T16:00:00.000Z'), 7)).toBe('2016-01-16')
  expect(periodOver(at('2016-01-14T15:59:59.000Z'), '2016-01-15')).toBe(false)
  expect(periodOver(at('2016-01-14T16:00:00.000Z'), '2016-01-15')).toBe(true)
})

test('of what is claimed and what is on record the later day counts', () => {
  const c = at('2016-01-08T08:00:00.000Z')
  expect(latestDay(c, null)).toBeNull()
  expect(latestDay(c, null, null, undefined)).toBeNull()
  expect(latestDay(c, '2016-01-03', '2016-01-02T17:00:00.000Z')).toBe('2016-01-03')
  expect(latestDay(c, '2016-01-03', '2016-01-03T17:00:00.000Z')).toBe('2016-01-04')
})

test('days added are days counted, over leap years and summer time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: -800, max: 800 }), (start, days) => {
      const from = addDays('1990-01-01', start)
      expect(daysBetween(from, addDays(from, days))).toBe(days)
    }),
  )
})

test('nobody is no person: two steps without an account are not by one and the same', () => {
  const nobody: Actor = { account_id: null, name: null, role: 'public', area_code: null, scope: [] }
  expect(() => mustDiffer(nobody, [null, undefined, 'li'], 'a step')).not.toThrow()
  expect(() => mustDiffer({ ...nobody, account_id: 'li' }, [null, 'li'], 'a step')).toThrow(
    expect.objectContaining({ code: 'same_person' }),
  )
  expect(() => mustDiffer({ ...nobody, account_id: 'liu' }, [null, 'li'], 'a step')).not.toThrow()
})
