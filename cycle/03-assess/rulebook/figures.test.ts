import { parse, stringify } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkRules } from '#packs/check/check.ts'
import { ruleTexts, withRules } from '#packs/overlay.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

// F74: a pack declares a figure of an area (median, quota), it is worked out from the households, and a rule reads it.
let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

const both = (text: string) => ({ en: text, zh: text })
const source = { title: both('the test'), date: '2014-01-01', confidence: 'assumption' }
const median = {
  code: 'village_median',
  label: both('Median income of the village'),
  plain: both('Half of the households have no more.'),
  type: 'money',
  unit: 'yuan',
  valid_from: '2014-01-01',
  computed: { of: 'net_income_per_capita', statistic: 'median', level: 'village', least: 3, source },
}
const quota = {
  ...median,
  code: 'village_cutoff',
  computed: { ...median.computed, statistic: 'quota', places: 2 },
}

/** China's pack with these parameters, and with an indicator that reads one. */
function declared(parameters: object[], met?: string): ReturnType<typeof withRules> {
  const texts = { ...ruleTexts(world.pack) }
  const own = parse(texts['rules/parameters.yaml'] ?? '', { merge: true, maxAliasCount: -1 })
  own.parameters.push(...parameters)
  texts['rules/parameters.yaml'] = stringify(own, { aliasDuplicateObjects: false })
  if (met !== undefined) {
    const all = parse(texts['rules/indicators.yaml'] ?? '', { merge: true, maxAliasCount: -1 })
    const income = all.indicators.find((each: { code: string }) => each.code === 'income')
    Object.assign(income, { met, examples: [{ note: both('x'), record: {}, expect: 'unknown' }] })
    texts['rules/indicators.yaml'] = stringify(all, { aliasDuplicateObjects: false })
  }
  return withRules(world.pack, texts)
}

const problemsOf = (parameters: object[]) => {
  const { pack, problems } = declared(parameters)
  return (pack ? checkRules(pack) : problems).map(({ code, at }) => `${code} ${at}`)
}
const packOf = (parameters: object[], met?: string): Pack => {
  const { pack, problems } = declared(parameters, met)
  if (!pack) throw new Error(JSON.stringify(problems))
  return pack
}

test('a declaration that cannot be worked out is refused by the check', () => {
  const how = (more: object) => [{ ...median, computed: { ...median.computed, ...more } }]
  const bad = ['pack_bad_computed village_median.computed']
  expect(problemsOf([median, quota])).toEqual([])
  expect(problemsOf(how({ of: 'wealth' }))).toEqual(bad)
  expect(problemsOf(how({ of: 'household_size' }))).toEqual(bad)
  expect(problemsOf(how({ of: 'house_grade' }))).toEqual(bad)
  expect(problemsOf(how({ level: 'hamlet' }))).toEqual(bad)
  expect(problemsOf(how({ statistic: 'quota' }))).toEqual(bad)
  expect(problemsOf(how({ statistic: 'percentile' }))).toEqual(bad)
  expect(problemsOf(how({ percent: 10 }))).toEqual(bad)
  expect(problemsOf(how({ statistic: 'percentile', percent: 12.345 }))).toEqual(bad)
  expect(problemsOf(how({ places: 0 }))).toEqual(
    ['pack_bad_shape parameters[24].computed.places'].map(() => expect.stringContaining('pack_bad_shape')),
  )
  expect(problemsOf(how({ least: undefined }))).toEqual([expect.stringContaining('pack_bad_shape')])
  const value = { from: '2014-01-01', value: 1, confidence: 'assumption', source }
  expect(problemsOf([{ ...median, values: [{ ...value, area: '360781' }] }])).toEqual(bad)
  // Neither values nor a way to them.
  const { computed: _, ...nothing } = median
  expect(problemsOf([nothing])).toEqual([expect.stringContaining('pack_bad_shape')])
})

test('a rule reads the figure that was worked out; before that it is unknown', async () => {
  const village = world.village_codes[0] ?? ''
  const incomes = [100_000, 300_000, 500_000, 700_000, 900_000]
  const households = await someHouseholds(
    world,
    incomes.map((income) => ({ wage_income: income, business_income: 0, production_cost: 0 })),
  )
  // A village with too few answers has no figure.
  await someHouseholds(world, [{ area_code: `${world.village_codes[1]}001` }])
  const met = 'net_income_per_capita * 10 >= params.village_median * 6'
  const empty = packOf([median, quota], met)
  expect(checkRules(empty)).toEqual([])
  const now = '2014-07-01T08:00:00.000Z'
  const asked = await unwrap(
    (await world.under('zhong.wei', empty, now)).api.assess.figures.$get({
      query: { area_code: world.county_code, on: '2014-06-30' },
    }),
  )
  expect(asked.figures).toEqual([
    { code: 'village_cutoff', label: median.label, area_code: village, value: 300_000, households: 5 },
    { code: 'village_median', label: median.label, area_code: village, value: 500_000, households: 5 },
  ])
  const state = async (rules: Pack, household_id: string, reference_date: string) => {
    const county = await world.under('zhong.wei', rules, now)
    await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code, reference_date } }))
    const { current } = await unwrap(
      county.api.assess.households[':household_id'].$get({ param: { household_id }, query: {} }),
    )
    return current?.indicators.find((each) => each.code === 'income')?.state
  }
  const [poorest = '', , middle = ''] = households
  expect(await state(empty, poorest, '2014-06-30')).toBe('unknown')
  const full = packOf(
    [
      { ...median, values: asked.values['village_median'] },
      { ...quota, values: asked.values['village_cutoff'] },
    ],
    met,
  )
  expect(checkRules(full)).toEqual([])
  expect(await state(full, poorest, '2014-06-30')).toBe('unmet')
  expect(await state(full, middle, '2014-06-30')).toBe('met')
  // Before the day it was worked out for it does not hold.
  expect(await state(full, middle, '2014-06-29')).toBe('unknown')
  // Within a village nothing is said of what only the whole village tells; from the township it is the same figure.
  const of = async (area_code: string) =>
    (
      await unwrap(
        (await world.under('zhong.wei', full, now)).api.assess.figures.$get({ query: { area_code, on: '2014-06-30' } }),
      )
    ).figures.map((each) => each.value)
  expect(await of(village.slice(0, 9))).toEqual([300_000, 500_000])
  expect(await of(`${village}001`)).toEqual([])
})
