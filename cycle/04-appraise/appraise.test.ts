import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { addDays, dayIn, daysBetween } from '#door/day.ts'
import { loadPack } from '#packs/load.ts'
import type { Appraisal } from '#packs/schema/schema.ts'
import {
  hasQuorum,
  moves,
  noticeDays,
  noticeRole,
  notices,
  returned_to,
  review_at,
  states,
  twice,
  votePasses,
} from './appraise.ts'

let rules: Appraisal
beforeAll(async () => {
  const { pack } = await loadPack(fileURLToPath(new URL('../../packs/china-2014', import.meta.url)))
  if (!pack?.appraisal) throw new Error('the pack has no appraisal')
  rules = pack.appraisal
})

describe('quorum of the 2014 pack', () => {
  // Organic Law of Villagers' Committees: two thirds present, more than half of those present.
  test.each([
    [20, 30, true],
    [19, 30, false],
    [21, 31, true],
    [20, 31, false],
    [1, 1, true],
    [0, 1, false],
  ])('%i of %i present: %s', (present, entitled, enough) => {
    expect(hasQuorum(rules, present, entitled)).toBe(enough)
  })

  test.each([
    [16, 30, true],
    [15, 30, false],
    [16, 31, true],
    [15, 31, false],
    [0, 0, false],
  ])('%i for of %i present: %s', (votes_for, present, passes) => {
    expect(votePasses(rules, votes_for, present)).toBe(passes)
  })

  test('one more vote never turns a yes into a no', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (votes_for, present) => {
        if (votePasses(rules, votes_for, present)) expect(votePasses(rules, votes_for + 1, present)).toBe(true)
      }),
    )
  })
})

describe('days', () => {
  test('notices hang seven days, the announcement none', () => {
    expect(noticeDays(rules, 'first_notice')).toBe(7)
    expect(noticeDays(rules, 'second_notice')).toBe(7)
    expect(noticeDays(rules, 'announcement')).toBe(0)
  })

  test('the day of posting is not counted, over months and leap years', () => {
    expect(addDays('2014-06-28', 7)).toBe('2014-07-05')
    expect(addDays('2016-02-25', 7)).toBe('2016-03-03')
    expect(addDays('2014-12-31', 0)).toBe('2014-12-31')
  })

  test('days between undo days added', () => {
    const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(day, fc.integer({ min: -5000, max: 5000 }), (date, days) => {
        const from = date.toISOString().slice(0, 10)
        expect(daysBetween(from, addDays(from, days))).toBe(days)
      }),
    )
  })

  test('morning in Shanghai is already today', () => {
    expect(dayIn('Asia/Shanghai', '2014-06-30T23:30:00.000Z')).toBe('2014-07-01')
    expect(dayIn('Asia/Shanghai', '2014-06-30T15:59:59.000Z')).toBe('2014-06-30')
  })
})

describe('the way of a case', () => {
  test('each move begins where another ends, up to the two ends', () => {
    const reached = new Set<string>(['applied', ...Object.values(moves).map((move) => move.to)])
    expect([...reached].sort()).toEqual([...states].sort())
    for (const move of Object.values(moves)) expect(reached).toContain(move.from)
  })

  test('what is returned goes to an earlier state than where it was reviewed', () => {
    for (const level of ['village', 'township', 'county'] as const) {
      expect(states.indexOf(returned_to[level])).toBeLessThan(states.indexOf(review_at[level]))
    }
  })

  test('a notice takes what its level has reviewed, and each office hangs its own', () => {
    expect(notices.first_notice).toMatchObject({ takes: review_at.village, closes_to: review_at.township })
    expect(notices.second_notice).toMatchObject({ takes: review_at.township, closes_to: review_at.county })
    expect(noticeRole(rules, 'first_notice')).toBe('village_committee')
    expect(noticeRole(rules, 'second_notice')).toBe('township_officer')
    expect(noticeRole(rules, 'announcement')).toBe('county_officer')
  })

  test('twice finds the first value that stands twice', () => {
    expect(twice(['a', 'b', 'a', 'b'])).toBe('a')
    expect(twice(['a', 'b'])).toBeUndefined()
  })
})
