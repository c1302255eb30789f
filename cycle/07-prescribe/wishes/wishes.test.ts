import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someRegistered } from '#test/steps/registered.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const year = 2015
const poor = { wage_income: 100_000, business_income: 50_000, production_cost: 0 }
const run = async () => {
  const county = await world.as('zhong.wei')
  const job = await unwrap(county.api.prescribe.run.$post({ json: { area_code: world.county_code, year } }))
  return job.result as Record<string, number>
}
const planOf = async (household_id: string) => {
  const client = await world.as('he.zhiyuan')
  const { current } = await unwrap(
    client.api.prescribe.households[':household_id'].$get({ param: { household_id }, query: {} }),
  )
  if (!current) throw new Error(`${household_id} has no plan`)
  return current
}
const committee = () => world.as(`committee.${world.village_codes[0]?.slice(9)}`)
type Kind = 'refused' | 'added' | 'taken_out'
const wish = async (household_id: string, measure_code: string, kind: Kind, reason = '家里不愿意') =>
  await unwrap(
    (await committee()).api.prescribe.households[':household_id'].wishes.$post({
      param: { household_id },
      json: { year, measure_code, kind, reason },
    }),
  )
const withdraw = async (household_id: string, wish_id: string) =>
  await unwrap(
    (await committee()).api.prescribe.households[':household_id'].wishes.withdraw.$post({
      param: { household_id },
      json: { year, wish_id },
    }),
  )
const codes = (plan: { items: { measure_code: string }[] }) => plan.items.map((each) => each.measure_code).sort()
const code = async (call: Promise<unknown>) => {
  const failed = await call.then(
    () => null,
    (error: unknown) => error,
  )
  return failed instanceof CallFailed ? failed.problem.code : failed
}

test('what the family refuses is not planned again; the need is met otherwise or stays open with that reason', async () => {
  const [household_id = ''] = await someRegistered(world, [{ ...poor, water_safe: false }])
  await run()
  const before = await planOf(household_id)
  expect(codes(before)).toContain('drinking_water')
  const { wish_id } = await wish(household_id, 'drinking_water', 'refused', '自家有井')
  const after = await planOf(household_id)
  expect(codes(after)).not.toContain('drinking_water')
  expect(after.weighed.find((each) => each.measure_code === 'drinking_water')).toMatchObject({
    state: 'declined',
    note: '自家有井',
  })
  const open = after.uncovered.filter((each) => each.reason === 'declined')
  expect(open.length).toBeGreaterThan(0)
  expect(open[0]?.text['en']).toMatch(/declined/)
  // The next run plans around it too, and the family may change its mind.
  await run()
  expect(codes(await planOf(household_id))).not.toContain('drinking_water')
  expect(await withdraw(household_id, wish_id)).toEqual({ planned: true })
  expect(codes(await planOf(household_id))).toContain('drinking_water')
  expect(await code(withdraw(household_id, wish_id))).toBe('already_done')
})

test('an officer adds a measure that was weighed and left out; it is paid at the next sharing out', async () => {
  const [household_id = ''] = await someRegistered(world, [{ ...poor, water_safe: false }])
  await run()
  const before = await planOf(household_id)
  const other = before.weighed.find((each) => each.state === 'not_needed')?.measure_code ?? ''
  expect(before.weighed.find((each) => each.measure_code === other)?.instead.length).toBeGreaterThan(0)
  await wish(household_id, other, 'added', '有销路')
  const after = await planOf(household_id)
  const added = after.items.find((each) => each.measure_code === other)
  expect(added).toMatchObject({ funded: false, unfunded_reason: 'not_shared' })
  expect(added?.reason['zh']).toContain('有销路')
  expect(await run()).toMatchObject({ planned: 0, unfunded: 0 })
  expect((await planOf(household_id)).items.every((each) => each.funded && each.unfunded_reason === null)).toBe(true)
})

test('a right is the family’s to give up, not an officer’s to take; what is not open cannot be added; agreed plans stay', async () => {
  const disabled = { name: '朱春生', sex: 'male', birth_date: '1975-03-15', national_id: '360781197503151210' }
  const [household_id = ''] = await someRegistered(world, [
    {
      ...poor,
      disability_allowance_income: 0,
      members: [{ ...disabled, disability: 'severe', labour_capacity: 'none' }],
    },
  ])
  await run()
  const plan = await planOf(household_id)
  const right = world.pack.measures.filter((each) => each.right).map((each) => each.code)
  const own = codes(plan).find((each) => right.includes(each)) ?? ''
  expect(own).not.toBe('')
  expect(await code(wish(household_id, own, 'taken_out'))).toBe('prescribe_right_stays')
  const closed = plan.weighed.find((each) => each.state === 'not_eligible')?.measure_code ?? ''
  expect(await code(wish(household_id, closed, 'added'))).toBe('prescribe_not_possible')
  expect(await code(wish(household_id, 'gold', 'added'))).toBe('prescribe_unknown_measure')
  expect(await code(wish(household_id, own, 'refused', '  '))).toBe('request_invalid')
  expect(await wish(household_id, own, 'refused')).toMatchObject({ planned: true })
  expect(codes(await planOf(household_id))).not.toContain(own)
  const { plan_id } = await planOf(household_id)
  await unwrap(
    (await committee()).api.prescribe.plans.agree.$post({ json: { plan_ids: [plan_id], agreed_on: '2014-10-08' } }),
  )
  expect(await code(wish(household_id, own, 'refused'))).toBe('wrong_state')
})

test('places are entered, given by lot and shown; who had none hears it', async () => {
  const ids = await someRegistered(world, [poor, poor, poor])
  await run()
  const plans = await Promise.all(ids.map(planOf))
  const wanted = codes(plans[0] ?? { items: [] })[0] ?? ''
  const asked = plans.filter((each) => codes(each).includes(wanted)).length
  const county = await world.as('zhong.wei')
  const entry = {
    area_code: world.county_code,
    year,
    measure_code: wanted,
    places: asked - 1,
    source: 'programme 2015',
  }
  expect(await unwrap(county.api.prescribe.places.$post({ json: { places: [entry] } }))).toEqual({ saved: 1 })
  expect(await run()).toMatchObject({ planned: 0, unfunded: 1 })
  const after = await Promise.all(ids.map(planOf))
  const missed = after.flatMap((each) => each.items).filter((each) => !each.funded)
  expect(missed).toMatchObject([{ measure_code: wanted, unfunded_reason: 'no_place' }])
  const query = { area_code: world.county_code, year: String(year) }
  const { items } = await unwrap(county.api.prescribe.places.$get({ query }))
  expect(items).toMatchObject([{ measure_code: wanted, places: asked - 1, asked, given: asked - 1 }])
  const shared = await unwrap(county.api.prescribe.sharing.$get({ query }))
  expect(shared).toMatchObject({ plans: ids.length, whole: ids.length - 1 })
  expect(shared.lot?.seed).toMatch(/^[0-9a-f]{32}$/)
  // Running again gives the same lot and the same answer.
  await run()
  expect((await unwrap(county.api.prescribe.sharing.$get({ query }))).lot).toEqual(shared.lot)
  expect(
    await code(unwrap(county.api.prescribe.places.$post({ json: { places: [{ ...entry, measure_code: 'gold' }] } }))),
  ).toBe('prescribe_unknown_measure')
  const township = await world.as('li.guoqiang')
  expect(await code(unwrap(township.api.prescribe.places.$post({ json: { places: [entry] } })))).toBe('not_permitted')
})
