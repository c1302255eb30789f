import { expect, test } from 'vitest'
import { counting, faultsOf, type Evaluated } from './evaluated.ts'

const rule = {
  confidence: 0.95,
  households: { exited: 1100, registered: 100, never_registered: 1100 },
  label: {},
  plain: {},
  valid_from: '2016-01-01',
  source: { title: {}, date: '2016-01-01', confidence: 'assumption' as const },
}
const whole: Evaluated = {
  evaluation_id: 'a',
  year: 2016,
  closed_at: '2017-04-18T12:00:00.000Z',
  overall: 'passed',
  confidence: 0.95,
  open_appeals: 0,
  rates: {},
  strata: {
    exited: { known: 1100, population: 9000 },
    registered: { known: 100, population: 400 },
    never_registered: { known: 1100, population: 80_000 },
  },
}

test('exactly what the rule asks for is enough; the least less is not', () => {
  expect(faultsOf(whole, rule)).toEqual([])
  expect(faultsOf({ ...whole, confidence: 0.949 }, rule)).toEqual(['less_sure'])
  expect(faultsOf({ ...whole, overall: 'not_shown' }, rule)).toEqual(['not_passed'])
  expect(faultsOf({ ...whole, open_appeals: 1 }, rule)).toEqual(['appeal_open'])
  for (const stratum of ['exited', 'registered', 'never_registered'] as const) {
    const { known, population } = whole.strata[stratum]
    const fewer = { ...whole, strata: { ...whole.strata, [stratum]: { known: known - 1, population } } }
    expect(faultsOf(fewer, rule), stratum).toEqual(['too_few'])
    // All of them, where there are fewer than the rule asks for.
    const all = { ...whole, strata: { ...whole.strata, [stratum]: { known: 7, population: 7 } } }
    expect(faultsOf(all, rule), stratum).toEqual([])
  }
})

test('of several the first that did not pass counts, whatever came before or after it', () => {
  const at = (evaluation_id: string, month: string, more: Partial<Evaluated> = {}): Evaluated => ({
    ...whole,
    evaluation_id,
    closed_at: `2017-${month}-01T00:00:00.000Z`,
    ...more,
  })
  expect(counting([], rule)).toBeNull()
  const failed = at('failed', '03', { overall: 'failed' })
  for (const month of ['02', '04']) {
    expect(counting([at('passed', month), failed], rule)).toMatchObject({
      evaluated: { evaluation_id: 'failed' },
      faults: ['not_passed'],
    })
  }
  // A small one that passed says nothing either way: the whole one counts.
  const small = at('small', '01', { strata: { ...whole.strata, exited: { known: 20, population: 9000 } } })
  expect(counting([at('whole', '05'), small], rule)).toMatchObject({
    evaluated: { evaluation_id: 'whole' },
    faults: [],
  })
  expect(counting([small], rule)).toMatchObject({ evaluated: { evaluation_id: 'small' }, faults: ['too_few'] })
})
