import { expect, test } from 'vitest'
import { randomFrom } from '#engines/statistics/draw/random.ts'
import { draw, frameText, hashOf, populationsOf, readFrame, rerun, sizesOf, type FrameRow } from './draw.ts'
import { estimateAll, overall, personInterval, type Seen } from './estimate.ts'

const thresholds = { incidence: 0.02, wrong_exit: 0.02, missed: 0.02, recognition: 0.9 }
const unit = (household_id: string, more: Partial<Seen> = {}): Seen => ({
  household_id,
  stratum: 'exited',
  people: 4,
  people_met: 4,
  found_poor: false,
  recognises_help: true,
  ...more,
})
const many = (count: number, more: Partial<Seen> = {}) =>
  Array.from({ length: count }, (_, i) => unit(`${more.stratum ?? 'exited'}-${i}`, more))
const populations = {
  exited: { households: 2000, people: 8000 },
  registered: { households: 10, people: 40 },
  never_registered: { households: 15_000, people: 60_000 },
}
const of = (units: Seen[], measure: string) => {
  const found = estimateAll({ units, populations, confidence: 0.95, thresholds }).find(
    (each) => each.measure === measure,
  )
  if (!found) throw new Error(measure)
  return found
}

test('nobody found poor is not a rate of nought for certain: the upper limit falls as more are inspected', () => {
  const few = of(many(50), 'wrong_exit')
  const more = of(many(1000), 'wrong_exit')
  expect([few.estimate, few.low, few.result]).toEqual([0, 0, 'not_shown'])
  expect(few.high).toBeCloseTo(0.0697, 2)
  expect(more.high ?? 1).toBeLessThan(0.005)
  expect(more.result).toBe('shown')
})

test('people of one household are one observation: the interval is that of households, not of people', () => {
  const units = [...many(380), ...Array.from({ length: 20 }, (_, i) => unit(`p${i}`, { found_poor: true }))]
  const people = of(units, 'wrong_exit')
  const households = of(units, 'wrong_exit_households')
  expect([people.numerator, people.denominator]).toEqual([80, 1600])
  expect(people.estimate).toBeCloseTo(0.05, 12)
  expect(people.low).toBeCloseTo(households.low ?? 0, 2)
  expect(people.high).toBeCloseTo(households.high ?? 0, 2)
})

test('the limits of the person rate hold the truth about as often as they say', () => {
  const random = randomFrom('coverage')
  const truth = Array.from({ length: 3000 }, (_, i) =>
    unit(`h${i}`, { people_met: 1 + random.below(7), found_poor: random.uniform() < 0.04 }),
  )
  const whole = personInterval(truth, truth.length, 0.95)
  let held = 0
  const rounds = 300
  for (let round = 0; round < rounds; round++) {
    const sample = truth
      .map((each) => ({ each, at: random.uniform() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, 400)
      .map(({ each }) => each)
    const interval = personInterval(sample, truth.length, 0.95)
    if (interval && whole && interval.lower <= whole.estimate && whole.estimate <= interval.upper) held++
  }
  // 95 % +- three standard errors of 300 rounds.
  expect(held / rounds).toBeGreaterThan(0.91)
})

test('who could not be met counts for nothing, and how far that could matter is told', () => {
  const units = [...many(80), ...many(20, { found_poor: null, recognises_help: null, people_met: 0 })]
  const rate = of(
    units.map((each, i) => ({ ...each, household_id: `h${i}` })),
    'wrong_exit',
  )
  expect(rate).toMatchObject({ numerator: 0, denominator: 320 })
  expect(rate.detail).toMatchObject({ drawn: 100, known: 80, without_result: 20, if_none_poor: 0, if_all_poor: 0.2 })
})

test('combined incidence: the list counted, the missed and the wrongly exited projected', () => {
  const units = [
    ...many(99),
    unit('e', { found_poor: true }),
    ...many(995, { stratum: 'never_registered' }),
    ...Array.from({ length: 5 }, (_, i) => unit(`m${i}`, { stratum: 'never_registered', found_poor: true })),
  ]
  const combined = of(units, 'incidence')
  // (40 on the list + 1 % of 8,000 + 0.5 % of 60,000) / 68,040
  expect(combined.estimate).toBeCloseTo((40 + 80 + 300) / 68_040, 12)
  expect([combined.numerator, combined.denominator]).toEqual([420, 68_040])
  expect(combined.low ?? 0).toBeLessThan(combined.estimate ?? 0)
  expect(combined.high ?? 0).toBeGreaterThan(combined.estimate ?? 1)
  // Without anybody inspected outside the list, nothing can be said.
  expect(of(many(100), 'incidence')).toMatchObject({ estimate: null, result: 'not_shown' })
})

test('passed only where all four limits are shown; one refuted fails', () => {
  const good = [...many(1000), ...many(1000, { stratum: 'never_registered' }), ...many(10, { stratum: 'registered' })]
  const judged = (units: Seen[]) => overall(estimateAll({ units, populations, confidence: 0.95, thresholds }))
  expect(judged(good)).toBe('passed')
  expect(judged(good.map((each) => ({ ...each, recognises_help: false })))).toBe('failed')
  expect(judged(many(20))).toBe('not_shown')
})

const frame: FrameRow[] = Array.from({ length: 500 }, (_, i) => ({
  household_id: `h${String(i).padStart(4, '0')}`,
  stratum: i % 5 === 0 ? 'exited' : 'never_registered',
  people: 1 + (i % 6),
}))

test('the frame reads back as it was written, in whatever order it came', () => {
  const text = frameText(frame)
  expect(frameText([...frame].reverse())).toBe(text)
  expect(frameText(readFrame(text))).toBe(text)
  expect(populationsOf(frame)).toMatchObject({ exited: { households: 100 }, registered: { households: 0, people: 0 } })
})

test('sizes: as given but never more than there are; or from a half-width', () => {
  const base = { expected: 0.5, confidence: 0.95, thresholds, reference_date: '2015-12-31' }
  const counts = populationsOf(frame)
  expect(sizesOf({ ...base, sizes: { exited: 1000 } }, counts)).toEqual({
    exited: 100,
    registered: 0,
    never_registered: 0,
  })
  // Cochran: 385 of an endless population, 80 of 100, 197 of 400.
  expect(sizesOf({ ...base, half_width: 0.05 }, counts)).toEqual({ exited: 80, registered: 0, never_registered: 197 })
})

test('a repeated draw tells the seed, the frame and the draw apart', () => {
  const sizes = { exited: 10, registered: 0, never_registered: 20 }
  const witness = { source: 'lottery of 2 December', value: '3 14 15 9 26' }
  const units = draw(frame, sizes, 'a seed', witness).map((each) => ({
    household_id: each.unit_id,
    stratum: each.stratum,
    draw_order: each.order,
  }))
  const text = frameText(frame)
  const given = {
    frame: text,
    frame_sha256: hashOf(text),
    seed: 'a seed',
    seed_sha256: hashOf('a seed'),
    witness,
    sizes,
    units,
  }
  expect(rerun(given)).toMatchObject({ equal: true, drawn: 30 })
  expect(rerun({ ...given, seed: 'another' })).toMatchObject({ seed_equal: false, draw_equal: false, equal: false })
  expect(rerun({ ...given, witness: null })).toMatchObject({ seed_equal: true, draw_equal: false })
  const shorter = text.slice(text.indexOf('\n') + 1)
  expect(rerun({ ...given, frame: shorter })).toMatchObject({ seed_equal: true, frame_equal: false, equal: false })
  expect(rerun({ ...given, units: units.slice(1), partial: true })).toMatchObject({ draw_equal: true })
})

test('where all of a stratum were found as they are, the rate is known: no interval around it', () => {
  for (const count of [1, 2, 5]) {
    for (let poor = 0; poor <= count; poor++) {
      const units = Array.from({ length: count }, (_, nth) => unit(`u${nth}`, { found_poor: nth < poor }))
      const rate = poor / count
      expect(personInterval(units, count, 0.95), `${poor} of ${count}`).toEqual({
        estimate: rate,
        lower: rate,
        upper: rate,
      })
      // One more on the frame, and something is not known.
      const sampled = personInterval(units, count + 1, 0.95)
      expect((sampled?.upper ?? 0) - (sampled?.lower ?? 0)).toBeGreaterThan(0)
    }
  }
})
