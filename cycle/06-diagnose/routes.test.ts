import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds, submissionXml, type Given } from '#test/steps/households.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import type { RunResult } from './run.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

/** One person of working age who lives alone, short of 180,000 fen to the line of 2014. */
const poor = (birth_year: number): Given => ({
  wage_income: 100_000,
  business_income: 0,
  production_cost: 0,
  members: [{ education: 'college', birth_date: `${birth_year}-03-15`, national_id: null }],
})
const thirsty: Given = { ...poor(1970), water_safe: false, stated_cause: '06' }
const without_funds: Given = {
  ...poor(1973),
  capital_needed: true,
  stated_cause: '11',
  stated_other_causes: ['09', '13'],
}
const no_cause: Given = poor(1976)

async function run(area_code = world.county_code): Promise<RunResult> {
  const county = await world.as('zhong.wei')
  return (await unwrap(county.api.diagnose.run.$post({ json: { area_code } }))).result as unknown as RunResult
}
const show = async (household_id: string, known_on?: string, login = 'zhong.wei') => {
  const client = await world.as(login)
  const query = known_on ? { known_on } : {}
  return unwrap(client.api.diagnose.households[':household_id'].$get({ param: { household_id }, query }))
}
const failure = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )

test('only the registered are diagnosed, each once, with the surveyor’s word beside', async () => {
  const [water, funds, none] = await someRegistered(world, [thirsty, without_funds, no_cause])
  await someHouseholds(world, [{ ...thirsty, members: [{}, {}] }])
  expect(await run()).toEqual({ diagnosed: 0, unchanged: 3, by_main_cause: {} })
  expect((await show(water!)).current).toMatchObject({
    main_cause: '06',
    stated_cause: '06',
    agrees: true,
    income_shortfall: 180_000,
    unmet_indicators: ['water'],
    // Nobody was asked for further causes: whether a marriage was one is not known.
    causes: [
      { code: '06', label: { zh: '缺水' }, state: 'present' },
      { code: '13', state: 'unknown', missing: ['stated_other_causes'] },
    ],
  })
  expect((await show(funds!)).current).toMatchObject({
    main_cause: '09',
    other_causes: ['13'],
    stated_cause: '11',
    stated_other_causes: ['09', '13'],
    agrees: false,
  })
  expect((await show(none!)).current).toMatchObject({ main_cause: null, other_causes: [], agrees: null })

  const county = await world.as('zhong.wei')
  const of = (area_code: string) => unwrap(county.api.diagnose.summary.$get({ query: { area_code } }))
  const summary = await of(world.county_code)
  expect(summary).toMatchObject({ registered: 3, diagnosed: 3, without_cause: 1, compared: 2, agree: 1 })
  expect(summary.causes.map(({ code, main, other, stated, agree }) => [code, main, other, stated, agree])).toEqual([
    ['06', 1, 0, 1, 1],
    ['09', 1, 0, 0, 0],
    ['11', 0, 0, 1, 0],
    ['13', 0, 1, 0, 0],
  ])
  expect(await of(world.village_codes[1]!)).toMatchObject({ registered: 0, causes: [] })
  const analyst = await world.as('wang.jing')
  const nation = await unwrap(analyst.api.diagnose.summary.$get({ query: { area_code: 'CN' } }))
  expect(nation.registered).toBe(3)
})

test('where the surveyor says otherwise, both have their evidence beside them', async () => {
  const [funds, water] = await someRegistered(world, [without_funds, thirsty])
  expect((await show(funds!)).compared).toMatchObject([
    {
      code: '09',
      label: { en: 'Lack of money' },
      computed: 'main',
      stated: 'other',
      evidence: [
        { en: 'Would the family start or enlarge some production if it had the money? yes' },
        { en: 'People of working age who can work: 1 person' },
      ],
    },
    {
      code: '11',
      computed: 'no',
      stated: 'main',
      // Why the rules do not see it.
      evidence: [
        {
          en: 'Your impression: the will to do better: Strong: already trying hard to do better, not “Weak: could work, but sees no reason to try”',
          zh: expect.stringContaining('不是“弱'),
        },
      ],
    },
    { code: '13', computed: 'other', stated: 'other' },
  ])
  const { compared } = await show(water!)
  expect(compared).toMatchObject([{ code: '06', computed: 'main', stated: 'main' }])
  expect(JSON.stringify(compared)).not.toMatch(/national_id|\d{17}/)
})

test('new evidence gives a new diagnosis; the old one stays and is what was known then', async () => {
  const [household_id] = await someRegistered(world, [without_funds])
  world.at('2015-05-02T08:00:00.000Z')
  const surveyor = await world.as(`surveyor.${world.village_codes[0]!.slice(9)}.1`)
  const again = { ...without_funds, capital_needed: false, hardships: ['death'], household_code: household_id! }
  const submissions = [
    submissionXml(world, { ...again, surveyed_on: '2015-05-01', members: await people(household_id!) }),
  ]
  await unwrap(surveyor.api.survey.submissions.$post({ json: { submissions } }))
  const county = await world.as('zhong.wei')
  await unwrap(county.api.match.run.$post({ json: { area_code: world.county_code } }))
  expect(await run()).toMatchObject({ diagnosed: 0, unchanged: 1 })
  await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code } }))
  expect(await run()).toEqual({ diagnosed: 1, unchanged: 0, by_main_cause: { '12': 1 } })
  const { current, history } = await show(household_id!)
  expect(current!.main_cause).toBe('12')
  expect(history.map((each) => each.main_cause)).toEqual(['12', '09'])
  const then = await show(household_id!, '2015-05-02T07:59:59Z')
  expect(then.current).toMatchObject({ main_cause: '09', superseded_at: null })
  expect((await show(household_id!, '2014-01-01T00:00:00Z')).current).toBeNull()
})

/** The members by name and date of birth, as a second visit finds them. */
async function people(household_id: string) {
  const county = await world.as('zhong.wei')
  const file = await unwrap(
    county.api.register.households[':household_id'].$get({ param: { household_id }, query: {} }),
  )
  const { members } = file as unknown as { members: { name: string; birth_date: string; sex: string }[] }
  return members.map(({ name, birth_date, sex }) => ({
    name,
    birth_date,
    sex,
    national_id: null,
    education: 'college',
  }))
}

test('who may start and who may read', async () => {
  const [household_id] = await someRegistered(world, [thirsty])
  const township = await world.as('li.guoqiang')
  expect(await failure(unwrap(township.api.diagnose.run.$post({ json: { area_code: '360781107' } })))).toBe(
    'not_permitted',
  )
  const village = world.village_codes
  expect((await show(household_id!, undefined, `committee.${village[0]!.slice(9)}`)).current).not.toBeNull()
  // Row-level security: for another village the household is not there.
  expect(await failure(show(household_id!, undefined, `committee.${village[1]!.slice(9)}`))).toBe('not_found')
  expect(await failure(run('CN'))).toBe('outside_area')
  const nobody = world.client.api.diagnose.summary.$get({ query: { area_code: '360781107' } })
  expect(await failure(unwrap(nobody))).toBe('sign_in_required')
})
