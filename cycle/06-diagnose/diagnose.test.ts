import path from 'node:path'
import { expect, test } from 'vitest'
import { base, head } from '#packs/china-2014/example.ts'
import { loadPack } from '#packs/load.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { diagnose } from './diagnose.ts'

const { pack } = await loadPack(path.join(import.meta.dirname, '../../packs/china-2014'))
const book = rulebookOf(pack!)

/** Three people at the line of 2014, changed. The line asks 840,000 fen of them. */
const household = (change: Record<string, unknown>) => ({
  county_code: '360781',
  household_id: '360781-0000001',
  area_code: '360781107201001',
  head_name: '朱春生',
  instance_id: 'uuid:1',
  surveyed_on: '2014-04-20',
  evidence_sha256: 'e',
  record: { ...base, registers: [], ...change } as Record<string, unknown>,
})
const found = (change: Record<string, unknown>, of = book) => diagnose(of, household(change), '2014-12-31')
const ranked = (change: Record<string, unknown>) =>
  found(change).causes.map(({ code, closes_share }) => [code, Math.round(closes_share * 100)])
const withHead = (change: object) => ({ members: [{ ...head, ...change }, ...base.members.slice(1)] })

test('the shortfall is what the household lacks to the fen', () => {
  expect(found({ wage_income: 839_999 }).income_shortfall).toBe(1)
  expect(found({ wage_income: 840_000 }).income_shortfall).toBe(0)
  expect(found({ wage_income: 0, production_cost: 100_000 }).income_shortfall).toBe(940_000)
  expect(found({ wage_income: null }).income_shortfall).toBeNull()
})

test('causes are ranked by the share of the whole need that would close without them', () => {
  // Short of 640,000 fen, and not insured: two units. Insurance closes its own unit and none of the money.
  const answers = {
    wage_income: 200_000,
    ...withHead({ medical_insurance: false }),
    capital_needed: true,
    hardships: ['death'],
  }
  expect(ranked(answers)).toEqual([
    ['01', 50],
    ['09', 31],
    ['12', 16],
  ])
  const { causes, main_cause, other_causes, unmet_indicators } = found(answers)
  expect([main_cause, other_causes, unmet_indicators]).toEqual(['01', ['09', '12'], ['medical']])
  expect(causes[0]).toMatchObject({
    state: 'present',
    closes_income: 0,
    closes_indicators: ['medical'],
    reason: { en: 'Illness: 0 seriously ill, ¥0 paid for care in a year.' },
  })
})

test('unsafe water registers nobody: it is a further cause, and the harvest of dry fields counts', () => {
  const { causes, main_cause, other_causes } = found({
    wage_income: 200_000,
    water_safe: false,
    hardships: ['death'],
  })
  expect([main_cause, other_causes, causes[1]!.closes_income]).toEqual(['12', ['06'], 0])
  // Four mu that bear half of 800 yuan each.
  const dry = found({ wage_income: 200_000, irrigated_land: 0.5 })
  expect([dry.main_cause, dry.causes[0]!.closes_income]).toEqual(['06', 160_000])
})

test('a dangerous house is a lack of money, unless a disaster explains it', () => {
  expect(found({ house_grade: 'D' }).main_cause).toBe('09')
  expect(found({ house_grade: 'D', hardships: ['disaster'] })).toMatchObject({ main_cause: '04', other_causes: [] })
})

test('bills are spared beside the line and close nothing of it', () => {
  const bills = found({ wage_income: 200_000, medical_expense: 2_000_000, hardships: ['death'] })
  expect(bills.main_cause).toBe('12')
  expect(bills.causes.map(({ code, closes_income }) => [code, closes_income])).toEqual([
    ['12', 200_000],
    ['01', 0],
  ])
})

test('a cause never closes more than the need', () => {
  const ill = found({
    ...withHead({ health: 'serious_illness', illness_treated: true, labour_capacity: 'none' }),
    wage_income: 800_000,
    medical_expense: 2_000_000,
  })
  expect(ill.causes[0]).toMatchObject({ code: '01', closes_share: 1, closes_income: 1_200_000 })
})

test('equal shares: more money goes first, then the lower code, however the pack lists them', () => {
  // Both close the whole shortfall of 100,000; the gain from a start is 400,000, the loss to a disaster the same.
  const both = { wage_income: 740_000, capital_needed: true, hardships: ['disaster'] }
  expect(ranked(both)).toEqual([
    ['04', 100],
    ['09', 100],
  ])
  // An ordinary worker's half year is 400,000 too, a lost job a quarter: 200,000.
  expect(ranked({ ...both, hardships: ['job_loss'] })).toEqual([
    ['09', 100],
    ['12', 100],
  ])
  const turned: Pack = { ...pack!, causes: pack!.causes.toReversed() }
  expect(found(both, rulebookOf(turned)).causes.map((cause) => cause.code)).toEqual(['04', '09'])
})

test('a cause whose evidence is missing is told as unknown, last, and is never main', () => {
  const { causes, main_cause, other_causes } = found({ wage_income: 0, capital_needed: null, hardships: ['death'] })
  expect(causes.map(({ code, state }) => [code, state])).toEqual([
    ['12', 'present'],
    ['09', 'unknown'],
  ])
  expect(causes[1]).toMatchObject({
    closes_share: 0,
    closes_income: null,
    missing: ['capital_needed'],
    reason: { en: 'We do not know whether money is what holds production back.' },
  })
  expect([main_cause, other_causes]).toEqual(['12', []])
})

test('with the income unknown, needs still rank and money breaks the tie', () => {
  const { income_shortfall, causes } = found({
    business_income: null,
    ...withHead({ medical_insurance: false }),
    capital_needed: true,
  })
  expect(income_shortfall).toBeNull()
  expect(causes.map(({ code, closes_share }) => [code, closes_share])).toEqual([
    ['01', 1],
    ['09', 0],
  ])
})

test('nothing lacking and nothing found: the surveyor’s word alone is not sure, and agrees with nothing', () => {
  expect(found({ stated_cause: '01' })).toMatchObject({
    main_cause: '01',
    computed_cause: null,
    sure: false,
    causes: [],
    agrees: null,
    stated_cause: '01',
  })
  expect(found({})).toMatchObject({ main_cause: null, computed_cause: null, certainty: null, sure: null })
})

test('the surveyor’s word is weighed with the computed cause, which stands beside it', () => {
  const answers = { wage_income: 200_000, irrigated_land: 0 }
  const silent = found(answers)
  const right = found({ ...answers, stated_cause: '06', stated_other_causes: ['09'] })
  const other = found({ ...answers, stated_cause: '11' })
  expect([silent.agrees, right.agrees, other.agrees]).toEqual([null, true, false])
  expect([right.stated_cause, right.stated_other_causes]).toEqual(['06', ['09']])
  for (const each of [right, other]) expect(each.computed_cause).toBe(silent.main_cause)
  // Where both agree it is the surer; where they differ a person looks at it.
  expect(right.main_cause).toBe('06')
  expect(right.certainty ?? 0).toBeGreaterThan(silent.certainty ?? 1)
  expect(other.sure).toBe(false)
  expect([other.main_cause, ...other.other_causes]).toContain(silent.main_cause)
})

test('the cost of a marriage is only ever a further cause', () => {
  const { main_cause, other_causes } = found({ wage_income: 200_000, stated_other_causes: ['13'] })
  expect([main_cause, other_causes]).toEqual([null, ['13']])
})
