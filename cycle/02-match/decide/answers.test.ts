import { expect, test } from 'vitest'
import { answeredTwice, outcomeOf, paceOf, type Answer, type Decision } from './answers.ts'
import { curveOf, thresholdsFor, type Labelled } from './thresholds.ts'

const [yes, no, unsure] = ['accepted', 'rejected', 'unsure'] as const

test.each<[Decision[], 'registered' | 'drawn' | null, string | null]>([
  [[yes], null, yes],
  [[no], null, no],
  [[unsure], null, null],
  [[unsure, no], null, no],
  [[yes], 'registered', null],
  [[no], 'registered', no],
  [[yes, yes], 'registered', yes],
  [[yes, no], 'registered', null],
  [[yes, no, no], 'registered', no],
  [[yes, no, yes], 'registered', yes],
  [[yes, unsure], 'registered', null],
  [[no], 'drawn', null],
  [[no, no], 'drawn', no],
  [[no, yes], 'drawn', null],
  [[no, yes, no], 'drawn', no],
])('answers %j, second: %s come to %s', (answers, second, outcome) => {
  expect(outcomeOf(answers, second)).toBe(outcome)
})

const at = (review_id: string, account_id: string, decision: Decision, seconds: number): Answer => ({
  review_id,
  account_id,
  decision,
  answered_at: new Date(Date.UTC(2014, 5, 1) + 1000 * seconds).toISOString(),
})

test('agreement counts questions that two people answered yes or no, the first two answers of each', () => {
  const answers = [
    at('a', 'li', yes, 0),
    at('a', 'liu', no, 40),
    at('a', 'chen', no, 80),
    at('b', 'liu', no, 10),
    at('b', 'li', unsure, 20),
    at('c', 'liu', no, 30),
    at('c', 'li', no, 5),
  ]
  expect(answeredTwice(answers)).toEqual([
    [yes, no],
    [no, no],
  ])
})

test('the pace is the median time between answers of one person; breaks and simultaneous answers do not count', () => {
  const times = [0, 20, 60, 60, 4000, 4030]
  const answers = times.map((seconds, index) => at(String(index), 'li', yes, seconds))
  expect(paceOf(answers)).toBe(30)
  expect(paceOf(answers.slice(0, 3))).toBeNull()
  // Another person's answers in between are another pace.
  expect(paceOf([...answers, at('x', 'liu', no, 25)])).toBe(30)
})

test('a pause of just ten minutes is work still; a second longer is a break', () => {
  const paced = (seconds: number) => paceOf([0, 1, 2, 3].map((nth) => at(String(nth), 'li', yes, nth * seconds)))
  expect(paced(600)).toBe(600)
  expect(paced(601)).toBeNull()
})

const pair = (decisive: number, same: boolean, from: Labelled['from'] = 'asked'): Labelled => ({ decisive, same, from })

test('a higher threshold links fewer pairs: precision and recall by hand', () => {
  const labelled = [pair(1, false), pair(3, true), pair(5, false), pair(7, true), pair(9, true)]
  const curve = curveOf(labelled, { asked: 5, check: 0 }, [0, 4, 8, 20])
  expect(curve.map(({ linked, right }) => [linked, right])).toEqual([
    [5, 3],
    [3, 2],
    [1, 1],
    [0, 0],
  ])
  expect(curve.map((point) => point.precision?.estimate ?? null)).toEqual([0.6, 2 / 3, 1, null])
  expect(curve.map((point) => point.recall?.estimate)).toEqual([1, 2 / 3, 1 / 3, 0])
  // Wilson, 3 of 5 at 95 %.
  expect(curve[0]?.precision?.lower).toBeCloseTo(0.2307, 4)
  expect(curve[0]?.precision?.upper).toBeCloseTo(0.8824, 4)
})

test('checked links count for all those that were not checked', () => {
  // 2 of 200 links were checked, one of them wrong; all 2 questions were answered, both one household.
  const labelled = [pair(20, true, 'check'), pair(20, false, 'check'), pair(5, true), pair(6, true)]
  const [point] = curveOf(labelled, { asked: 2, check: 200 }, [0])
  expect(point?.precision?.estimate).toBeCloseTo(102 / 202, 12)
  // As sure as two checks are, not as two hundred and two.
  expect((point?.precision?.upper ?? 0) - (point?.precision?.lower ?? 0)).toBeGreaterThan(0.6)
})

test('the thresholds shown cover what was decided, and those in force', () => {
  const shown = thresholdsFor([pair(-3.2, true), pair(17.5, true)], { accept: 9.5, review: 0, second_share: 0 })
  expect(shown[0]).toBe(-4)
  expect(shown.at(-1)).toBe(18)
  expect(shown).toContain(9.5)
  expect(shown).toEqual(shown.toSorted((a, b) => a - b))
})
