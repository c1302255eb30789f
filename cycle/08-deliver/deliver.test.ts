import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { someHouseholds, type Given } from '#test/steps/households.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import { incomeByYear, itemFor, progressOf, standing, type Delivered, type PlannedItem } from './deliver.ts'

const planned: PlannedItem = {
  plan_id: 'p',
  item_id: 'i',
  measure_code: 'pigs',
  batch: 'production',
  year: 2015,
  state: 'approved',
  cost: 1000,
  funded: true,
  held: false,
}
const given = (delivery_id: string, more: Partial<Delivered> = {}): Delivered => ({
  delivery_id,
  item_id: 'i',
  measure_code: 'pigs',
  delivered_on: '2015-05-02',
  quantity: 1,
  cost: 500,
  head_signed: true,
  reverses: null,
  ...more,
})

describe('planned and given', () => {
  test('an item is begun, then given; a reversal takes it back', () => {
    const state = (deliveries: Delivered[]) => progressOf([planned], deliveries)[0]
    expect(state([])).toMatchObject({ state_of_delivery: 'nothing_yet', given: 0, signed: false })
    expect(state([given('a')])).toMatchObject({ state_of_delivery: 'begun', given: 500, quantity: 1, signed: true })
    const both = [given('a'), given('b', { head_signed: false, delivered_on: '2015-03-01' })]
    expect(state(both)).toMatchObject({
      state_of_delivery: 'given',
      given: 1000,
      signed: false,
      first_on: '2015-03-01',
      last_on: '2015-05-02',
    })
    expect(state([...both, given('c', { reverses: 'b', cost: -500, quantity: -1 })])).toMatchObject({
      state_of_delivery: 'begun',
      given: 500,
      signed: true,
    })
  })

  test('whatever was reversed, what stands adds up to the sum of all entries', () => {
    const entries = fc.array(fc.record({ cost: fc.integer({ min: 0, max: 1000 }), undone: fc.boolean() }))
    fc.assert(
      fc.property(entries, (each) => {
        const all = each.flatMap(({ cost, undone }, index) => [
          given(`d${index}`, { cost }),
          ...(undone ? [given(`r${index}`, { cost: -cost, reverses: `d${index}` })] : []),
        ])
        const sum = (of: Delivered[]) => of.reduce((total, one) => total + one.cost, 0)
        expect(sum(standing(all))).toBe(sum(all))
      }),
    )
  })

  test('a delivery belongs to the item named, else to the latest plan not after its year', () => {
    const plans = [planned, { ...planned, plan_id: 'q', item_id: 'j', year: 2016 }]
    const find = (more: object, delivered_on = '2016-05-01') =>
      itemFor(plans, { measure_code: 'pigs', delivered_on, ...more })?.item_id ?? null
    expect(find({ item_id: 'i' })).toBe('i')
    expect(find({ plan_id: 'p' })).toBe('i')
    expect(find({})).toBe('j')
    expect(find({}, '2015-12-31')).toBe('i')
    expect(find({}, '2017-01-01')).toBe('j')
    expect(find({}, '2014-12-31')).toBeNull()
    expect(find({ item_id: 'i', measure_code: 'solar' })).toBeNull()
  })

  test('income adds up by year and source', () => {
    const row = { ledger_id: 'l', year: 2015, source: 'wage_income', amount: 5, reverses: null }
    expect(
      incomeByYear([
        row,
        { ...row, source: 'pension_income', amount: 9 },
        { ...row, year: 2014 },
        { ...row, amount: -5 },
      ]),
    ).toEqual([
      { year: 2014, total: 5, sources: [{ source: 'wage_income', amount: 5 }] },
      {
        year: 2015,
        total: 9,
        sources: [
          { source: 'pension_income', amount: 9 },
          { source: 'wage_income', amount: 0 },
        ],
      },
    ])
  })
})

describe('through the door', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => world.rollback())
  afterAll(async () => world.close())

  const poor: Given = { wage_income: 100_000, business_income: 50_000, production_cost: 0, house_grade: 'D' }
  const clerk = () => world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  const code = async (call: Promise<unknown>) => {
    const failed = await call.then(
      () => null,
      (error: unknown) => error,
    )
    return failed instanceof CallFailed ? failed.problem.code : failed
  }
  const house = (household_id: string, more = {}) => ({
    household_id,
    measure_code: 'house_rebuild',
    delivered_on: '2015-03-20',
    quantity: 1,
    unit: '户',
    cost: 2_900_000,
    provider: '县住建局',
    head_signed: true,
    ...more,
  })
  const deliver = async (...deliveries: ReturnType<typeof house>[]) =>
    await unwrap((await clerk()).api.deliver.deliveries.$post({ json: { deliveries } }))
  const story = async (household_id: string) =>
    await unwrap((await clerk()).api.deliver.households[':household_id'].$get({ param: { household_id } }))

  /** A household whose plan for 2015 was agreed and approved. */
  async function plannedHousehold(): Promise<string> {
    const [household_id = ''] = await someRegistered(world, [poor])
    const county = await world.as('zhong.wei')
    await unwrap(county.api.prescribe.run.$post({ json: { area_code: world.county_code, year: 2015 } }))
    const { items } = await unwrap(county.api.prescribe.plans.$get({ query: { area_code: world.county_code } }))
    const plan_ids = items.map((plan) => plan.plan_id)
    const village = await clerk()
    await unwrap(village.api.prescribe.plans.agree.$post({ json: { plan_ids, agreed_on: '2014-10-08' } }))
    await unwrap((await world.as('chen.lihua')).api.prescribe.plans.approve.$post({ json: { plan_ids } }))
    world.at('2015-06-01T02:00:00.000Z')
    return household_id
  }

  test('what is due comes page by page, each line once, as many as are counted (F42)', async () => {
    await plannedHousehold()
    const client = await world.as('zhong.wei')
    const ask = (query: object) =>
      client.api.deliver.due.$get({ query: { area_code: world.county_code, year: '2015', ...query } })
    const whole = await unwrap(ask({ limit: '2000' }))
    expect(whole.items.length).toBe(whole.total)
    expect(whole.items.length).toBeGreaterThan(1)
    expect(whole.next).toBeNull()
    expect(whole.by_measure.reduce((sum, each) => sum + each.count, 0)).toBe(whole.total)
    const paged: typeof whole.items = []
    let after: string | null | undefined
    do {
      const page = await unwrap(ask({ limit: '1', ...(after ? { after } : {}) }))
      paged.push(...page.items)
      after = page.next
    } while (after)
    expect(paged).toEqual(whole.items)
    await expect(unwrap(ask({ after: 'somewhere' }))).rejects.toBeInstanceOf(CallFailed)
  })

  test('what is due for some households is found by indexes alone (F42)', async () => {
    const household_id = await plannedHousehold()
    const found = await transact(world.registry, SYSTEM, async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx)
      const { rows } = await sql<{
        'QUERY PLAN': string
      }>`explain select * from delivery_due_of(${[household_id]}::text[])
        where county_code = ${world.county_code} and year = 2015`.execute(tx)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(found).toMatch(/Index .*Scan using delivery_item/)
    expect(found).toMatch(/Index .*Scan using delivery_reverse/)
    expect(found).not.toMatch(/Seq Scan on (?:delivery|plan|plan_item|household)\b/)
  })

  test('what was given meets the plan; what is outside it is recorded and marked', async () => {
    const household_id = await plannedHousehold()
    const outside = house(household_id, { measure_code: 'camellia', cost: 300_000 })
    const due = async () => {
      const query = { area_code: world.village_codes[0] ?? '', year: '2015' }
      return (await unwrap((await clerk()).api.deliver.due.$get({ query }))).items.map((item) => item.measure_code)
    }
    const before = await due()
    expect(before).toContain('house_rebuild')
    const sent = await deliver(house(household_id), outside)
    expect(sent).toMatchObject({ recorded: 2, duplicates: 0, warnings: [{ index: 1, code: 'not_in_plan' }] })
    expect(await deliver(house(household_id), house(household_id))).toMatchObject({ recorded: 0, duplicates: 2 })
    expect(await due()).toEqual(before.filter((measure_code) => measure_code !== 'house_rebuild'))
    const told = await story(household_id)
    const rebuilt = told.items.find((item) => item.measure_code === 'house_rebuild')
    expect(rebuilt).toMatchObject({ state_of_delivery: 'given', given: 2_900_000, signed: true, deliveries: 1 })
    expect(told.outside_plan).toEqual([sent.delivery_ids[1]])
    const county = await world.as('zhong.wei')
    const summary = await unwrap(county.api.deliver.summary.$get({ query: { area_code: '360781107', year: '2015' } }))
    expect(summary.total).toMatchObject({ delivered: 1, signed: 1, given_cost: 2_900_000, outside_plan: 1 })
    expect(summary.total.delivered_share).toBeCloseTo(1 / told.items.length)
    expect(summary.areas).toMatchObject([{ area_code: world.village_codes[0], delivered: 1 }])
    expect(summary.areas[0]?.name.zh).toBeTruthy()
    const of = (measure_code: string) => summary.measures.find((each) => each.measure_code === measure_code)
    expect(of('house_rebuild')).toMatchObject({ planned: 1, delivered: 1, delivered_share: 1 })
    expect(of('camellia')).toMatchObject({ planned: 0, outside_plan: 1, delivered_share: null })
  })

  test('a mistake is undone by an entry of its own, once; nothing is removed', async () => {
    const household_id = await plannedHousehold()
    const { delivery_ids } = await deliver(house(household_id))
    const undo = async (delivery_id: string, by = 'li.guoqiang') =>
      unwrap(
        (await world.as(by)).api.deliver.deliveries[':delivery_id'].reverse.$post({
          param: { delivery_id },
          json: { reason: '登记错户' },
        }),
      )
    const first = delivery_ids[0] ?? ''
    // Not by whoever wrote it down (F57).
    expect(await code(undo(first, `committee.${world.village_codes[0]?.slice(9)}`))).toBe('same_person')
    const reversal = await undo(first)
    expect(await code(undo(first))).toBe('already_done')
    expect(await code(undo(reversal.delivery_id))).toBe('wrong_state')
    const told = await story(household_id)
    expect(told.deliveries).toHaveLength(2)
    expect(told.items.find((item) => item.measure_code === 'house_rebuild')).toMatchObject({
      state_of_delivery: 'nothing_yet',
      given: 0,
    })
    const list = await unwrap(
      (await clerk()).api.deliver.deliveries.$get({ query: { area_code: world.village_codes[0] ?? '' } }),
    )
    expect(list.items.map((each) => each.cost).sort((a, b) => a - b)).toEqual([-2_900_000, 2_900_000])
    // The same line may be entered again once the first is undone.
    expect(await deliver(house(household_id))).toMatchObject({ recorded: 1, duplicates: 0 })
  })

  test('the income ledger adds up by year; its entries are undone, not changed', async () => {
    const [household_id = ''] = await someHouseholds(world, [{ members: [{}, {}] }])
    world.at('2015-05-01T08:00:00.000Z')
    const entry = { household_id, year: 2015, source: 'wage_income', amount: 400_000, paid_on: '2015-03-01' }
    const record = async (entries: (typeof entry)[]) =>
      unwrap((await clerk()).api.deliver.income.$post({ json: { entries } }))
    const { ledger_ids } = await record([entry, { ...entry, paid_on: '2015-04-01' }])
    expect(ledger_ids).toHaveLength(2)
    expect(await record([entry])).toMatchObject({ recorded: 0, duplicates: 1 })
    expect((await story(household_id)).income).toMatchObject([{ year: 2015, total: 800_000, per_person: 400_000 }])
    const undo = async () =>
      unwrap(
        (await world.as('li.guoqiang')).api.deliver.income[':ledger_id'].reverse.$post({
          param: { ledger_id: ledger_ids[0] ?? '' },
          json: { reason: '重复登记' },
        }),
      )
    await undo()
    expect(await code(undo())).toBe('already_done')
    const told = await story(household_id)
    expect(told.income).toMatchObject([{ year: 2015, total: 400_000 }])
    expect(told.ledger).toHaveLength(3)
  })

  test('one helper at a time: the next ends the one before', async () => {
    const [household_id = ''] = await someHouseholds(world, [{}])
    world.at('2015-03-01T08:00:00.000Z')
    const name = async (who: string, valid_from: string) =>
      unwrap(
        (await world.as('zhong.wei')).api.deliver.helpers.$post({
          json: { helpers: [{ household_id, name: who, unit: '县教育局', valid_from }] },
        }),
      )
    expect(await name('刘建国', '2014-11-20')).toEqual({ named: 1 })
    expect(await name('刘建国', '2014-11-20')).toEqual({ named: 0 })
    expect(await name('杨丽', '2015-02-01')).toEqual({ named: 1 })
    expect((await story(household_id)).helpers).toMatchObject([
      { name: '杨丽', valid_to: null },
      { name: '刘建国', valid_to: '2015-02-01' },
    ])
  })

  test('nothing is recorded where one line is wrong', async () => {
    const [household_id = ''] = await someHouseholds(world, [{}])
    const good = house(household_id, { delivered_on: '2014-04-30' })
    expect(await code(deliver(good, { ...good, measure_code: 'gold' }))).toBe('deliver_unknown_measure')
    expect(await code(deliver(good, { ...good, delivered_on: '2014-05-02' }))).toBe('day_in_future')
    expect(await code(deliver(good, { ...good, household_id: '360781-9999999' }))).toBe('deliver_unknown_household')
    const auditor = await world.as('he.zhiyuan')
    expect(await code(unwrap(auditor.api.deliver.deliveries.$post({ json: { deliveries: [good] } })))).toBe(
      'not_permitted',
    )
    expect((await story(household_id)).deliveries).toEqual([])
  })

  test('F57: what cannot be is refused, what is unusual is taken with a reason alone', async () => {
    const household_id = await plannedHousehold()
    const planned = house(household_id)
    const asked = async (more: object) => {
      const call = deliver({ ...planned, ...more } as typeof planned)
      return await call.then(
        () => 'passed',
        (error: unknown) => {
          const { problem } = error as { problem: { code: string; doubts?: { code: string }[] } }
          return `${problem.code}: ${(problem.doubts ?? []).map((each) => each.code).join(', ')}`
        },
      )
    }
    expect(await asked({ cost: 9_000_000_000 })).toBe('deliver_impossible: too_large')
    expect(await asked({ delivered_on: '1990-01-01' })).toMatch(/^deliver_impossible: too_early/)
    expect(await asked({ quantity: 7 })).toBe('deliver_unusual: quantity')
    expect(await asked({ cost: planned.cost * 2 })).toBe('deliver_unusual: over_plan')
    // With a reason it is taken, and the reason stays with it.
    expect(await deliver({ ...planned, quantity: 2, confirm: '两处房屋' } as typeof planned)).toMatchObject({
      recorded: 1,
    })
    const { rows } = await sql<{ confirmed: string }>`select confirmed from delivery`.execute(world.registry.app)
    expect(rows).toEqual([{ confirmed: '两处房屋' }])
    // Nearly the same again, and past the plan with what was given before.
    expect(await asked({ provider: '另一家' })).toBe('deliver_unusual: over_plan, alike')
    const [stranger = ''] = await someHouseholds(world, [{}])
    expect(await asked({ household_id: stranger, plan_id: undefined, item_id: undefined })).toBe(
      'deliver_unusual: never_registered',
    )
  })

  test('F57: income that cannot be is refused, unusual income is taken with a reason', async () => {
    const [household_id = ''] = await someHouseholds(world, [{}])
    world.at('2015-05-01T08:00:00.000Z')
    const record = async (more: object) =>
      unwrap(
        (await clerk()).api.deliver.income.$post({
          json: { entries: [{ household_id, year: 2015, source: 'wage_income', amount: 400_000, ...more }] },
        }),
      )
    expect(await code(record({ amount: -1_000_000_000_000 }))).toBe('deliver_impossible')
    expect(await code(record({ year: 2099 }))).toBe('deliver_impossible')
    expect(await code(record({ paid_on: '2015-12-01' }))).toBe('day_in_future')
    expect(await code(record({ amount: 30_000_000 }))).toBe('deliver_unusual')
    expect(await code(record({ amount: -5_000 }))).toBe('deliver_unusual')
    expect(await record({ amount: 30_000_000, confirm: '卖房所得' })).toMatchObject({ recorded: 1 })
  })
})
