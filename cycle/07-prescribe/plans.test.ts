import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds, type Given } from '#test/steps/households.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const poor: Given = { wage_income: 100_000, business_income: 50_000, production_cost: 0 }
const dry: Given = { ...poor, water_safe: false }
const ruined: Given = { ...poor, house_grade: 'D' }
const year = 2015

const run = async (login = 'zhong.wei', area_code = world.county_code) => {
  const client = await world.as(login)
  const job = await unwrap(client.api.prescribe.run.$post({ json: { area_code, year } }))
  return job.result as Record<string, number>
}

const planOf = async (household_id: string) => {
  const client = await world.as('he.zhiyuan')
  const { current, history } = await unwrap(
    client.api.prescribe.households[':household_id'].$get({ param: { household_id }, query: {} }),
  )
  if (!current) throw new Error(`${household_id} has no plan`)
  return { ...current, history }
}

const budgets = async (amount: number) =>
  await unwrap(
    (await world.as('zhong.wei')).api.prescribe.budgets.$post({
      json: { budgets: [{ area_code: '360781', year, batch: 'relocation', amount, source: '2015 special fund' }] },
    }),
  )

const committee = () => world.as(`committee.${world.village_codes[0]?.slice(9)}`)
const agree = async (plan_ids: string[]) =>
  await unwrap(
    (await committee()).api.prescribe.plans.agree.$post({
      json: { plan_ids, agreed_on: '2014-10-08', responsible_person: '刘建国' },
    }),
  )
const approve = async (login: string, plan_ids: string[]) =>
  await unwrap((await world.as(login)).api.prescribe.plans.approve.$post({ json: { plan_ids } }))

const code = async (call: Promise<unknown>) => {
  const failed = await call.then(
    () => null,
    (error: unknown) => error,
  )
  return failed instanceof CallFailed ? failed.problem.code : failed
}

test('every registered household has one plan; a second run changes nothing', async () => {
  const [first = '', second = ''] = await someRegistered(world, [dry, ruined])
  expect(await run()).toMatchObject({ planned: 2, unchanged: 0, uncovered: 0, unfunded: 0 })
  const before = await planOf(first)
  expect(before.items.map((item) => item.measure_code)).toContain('drinking_water')
  expect(before.cost).toBe(before.items.reduce((sum, item) => sum + item.cost, 0))
  expect(before.cost_once + before.cost_yearly).toBe(before.cost)
  expect((await planOf(second)).items.map((item) => item.measure_code)).toContain('house_rebuild')
  expect(await run()).toMatchObject({ planned: 0, unchanged: 2 })
  expect((await planOf(first)).plan_id).toBe(before.plan_id)
  const list = await unwrap(
    (await world.as('li.guoqiang')).api.prescribe.plans.$get({ query: { area_code: '360781107', year: String(year) } }),
  )
  expect(list).toMatchObject({ total: 2, by_state: [{ state: 'draft', count: 2 }], next: null })
})

test('agreed with the household, approved by another officer; after that a run leaves it alone', async () => {
  const [first = ''] = await someRegistered(world, [dry])
  await run()
  const { plan_id } = await planOf(first)
  expect(await code(approve('chen.lihua', [plan_id]))).toBe('wrong_state')
  expect(await agree([plan_id])).toEqual({ agreed: 1 })
  expect(await code(agree([plan_id]))).toBe('wrong_state')
  expect(await code(approve('zhong.wei', [plan_id]))).toBe('same_person')
  expect(await code(approve('li.guoqiang', [plan_id]))).toBe('not_permitted')
  expect(await approve('chen.lihua', [plan_id])).toEqual({ approved: 1 })
  expect(await planOf(first)).toMatchObject({
    state: 'approved',
    responsible_person: '刘建国',
    made_by: { en: 'Zhong Wei' },
    approved_by: { en: 'Chen Lihua' },
  })
  expect(await run()).toMatchObject({ planned: 0, unchanged: 1 })
})

test('a budget decides what is funded, first what was promised; more money funds the rest', async () => {
  const [first = '', second = ''] = await someRegistered(world, [ruined, { ...ruined, water_safe: false }])
  expect(await budgets(3_000_000)).toEqual({ saved: 1 })
  expect(await run()).toMatchObject({ planned: 2, unfunded: 1 })
  const house = async (household_id: string) =>
    (await planOf(household_id)).items.find((item) => item.measure_code === 'house_rebuild')?.funded
  // The second also lacks safe water, so it is the more urgent.
  expect([await house(first), await house(second)]).toEqual([false, true])
  const county = await world.as('zhong.wei')
  const shown = await unwrap(county.api.prescribe.budgets.$get({ query: { area_code: '360781', year: String(year) } }))
  expect(shown.items).toMatchObject([{ batch: 'relocation', amount: 3_000_000, planned: 6_000_000, funded: 3_000_000 }])
  expect(shown.without_budget.map((each) => each.batch)).toContain('production')
  await budgets(6_000_000)
  expect(await run('li.guoqiang', '360781107')).toMatchObject({ planned: 0, unfunded: 0 })
  expect([await house(first), await house(second)]).toEqual([true, true])
})

test('when the diagnosis changes a draft is made anew and the old one kept; an agreed plan stays', async () => {
  const people = ['360781197503151210', '360781196806201218'].map((national_id, index) => ({
    name: ['朱春生', '谢发明'][index] ?? '',
    sex: 'male',
    birth_date: ['1975-03-15', '1968-06-20'][index] ?? '',
    national_id,
  }))
  const given = people.map((person) => ({ ...dry, members: [person] }))
  const ids = await someRegistered(world, given)
  const [first = '', second = ''] = ids
  await run()
  const before = await planOf(first)
  const agreed = await planOf(second)
  await agree([agreed.plan_id])
  await someHouseholds(
    world,
    given.map((each, index) => ({
      ...each,
      house_grade: 'C',
      surveyed_on: '2014-10-07',
      household_code: ids[index] ?? '',
    })),
  )
  const county = await world.as('zhong.wei')
  await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code, reference_date: '2014-10-08' } }))
  await unwrap(county.api.diagnose.run.$post({ json: { area_code: world.county_code } }))
  expect(await run()).toMatchObject({ planned: 1, unchanged: 1 })
  const after = await planOf(first)
  expect(after.items.map((item) => item.measure_code)).toContain('house_repair')
  expect(after.history.map((plan) => [plan.plan_id, plan.superseded_at !== null])).toEqual([
    [after.plan_id, false],
    [before.plan_id, true],
  ])
  expect(await planOf(second)).toMatchObject({ plan_id: agreed.plan_id, state: 'agreed' })
})

test('who may not, may not', async () => {
  await someRegistered(world, [dry])
  expect(await code(run('li.guoqiang', '360781'))).toBe('outside_area')
  expect(await code(run('he.zhiyuan'))).toBe('not_permitted')
  const township = await world.as('li.guoqiang')
  const budget = { area_code: '360781107', year, batch: 'relocation', amount: 1, source: 'x' }
  expect(await code(unwrap(township.api.prescribe.budgets.$post({ json: { budgets: [budget] } })))).toBe(
    'not_permitted',
  )
  const county = await world.as('zhong.wei')
  expect(
    await code(unwrap(county.api.prescribe.budgets.$post({ json: { budgets: [{ ...budget, batch: 'gold' }] } }))),
  ).toBe('prescribe_unknown_batch')
})
