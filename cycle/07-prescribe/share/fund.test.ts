import { describe, expect, test } from 'vitest'
import { budgetOf, fund, paidFrom, type Fundable } from './fund.ts'

const village = '360781107001'
const item = (index: number, more: Partial<Fundable> = {}): Fundable => ({
  item_id: `i${index}`,
  household_id: `360781-${String(index).padStart(7, '0')}`,
  area_code: village,
  measure_code: 'pigs',
  batch: 'production',
  cost: 100,
  value: 1,
  funded: true,
  unfunded_reason: null,
  settled: false,
  right: false,
  requires: [],
  score: null,
  compared_in: village,
  ...more,
})
const budget = (amount: number, more = {}) => ({
  budget_id: 'b',
  area_code: '360781',
  batch: 'production',
  amount,
  ...more,
})
const posts = (places: number, more = {}) => ({
  place_id: 'p',
  area_code: '360781',
  measure_code: 'ranger',
  places,
  ...more,
})
const no_money = { funded: false, unfunded_reason: 'no_money' }
const no_place = { funded: false, unfunded_reason: 'no_place' }
const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))

describe('sharing out the budgets', () => {
  test('without a budget everything is funded', async () => {
    const shared = await fund([item(1, { funded: false, unfunded_reason: 'no_money' }), item(2)], { budgets: [] })
    expect(shared).toMatchObject({ funded: 2, unfunded: 0 })
    expect([...shared.changed]).toEqual([['i1', { funded: true, unfunded_reason: null }]])
  })

  test('a budget is never overspent; where the pack says so, the more urgent count more', async () => {
    const items = [item(1, { score: 10 }), item(2, { score: 90 }), item(3, { score: 50 })]
    const shared = await fund(items, { budgets: [budget(250)], rule: { depth_percent: 100 } })
    expect(shared).toMatchObject({ funded: 2, unfunded: 1, spent: { b: 200 }, plans: 3, whole: 2 })
    expect([...shared.changed]).toEqual([['i1', no_money]])
  })

  test('what was promised is paid first, however little it is worth, and beyond the money if it must', async () => {
    const promised = item(1, { value: 0.1, settled: true })
    const shared = await fund([promised, item(2, { score: 100 })], { budgets: [budget(50)] })
    expect([...shared.changed]).toEqual([['i2', no_money]])
    expect(shared.spent).toEqual({ b: 100 })
  })

  test('what is a right is paid before any plan', async () => {
    const items = [item(1, { value: 0, right: true }), item(2, { value: 9, score: 100 })]
    const shared = await fund(items, { budgets: [budget(100)] })
    expect([...shared.changed]).toEqual([['i2', no_money]])
  })

  test('a cheaper plan is not paid twice over by halves: whole plans first, then parts', async () => {
    // Each plan has a part of 60 and one of 40; 500 pay five whole plans, or eight parts of 60 and none whole.
    const items = many(10, (i) => [
      item(2 * i, { household_id: `h${i}`, cost: 60, value: 3 }),
      item(2 * i + 1, { household_id: `h${i}`, measure_code: 'course', cost: 40, value: 0.1 }),
    ]).flat()
    const shared = await fund(items, { budgets: [budget(560)] })
    expect(shared).toMatchObject({ plans: 10, whole: 5, spent: { b: 560 }, funded: 11 })
  })

  test('the village’s money first, then the county’s: nothing lies idle above a need', async () => {
    const near = budget(100, { budget_id: 'near', area_code: village })
    const far = budget(100, { budget_id: 'far', area_code: '360781' })
    const shared = await fund([item(1), item(2), item(3, { area_code: '360781107002' })], { budgets: [far, near] })
    expect(shared).toMatchObject({ funded: 2, spent: { near: 100, far: 100 } })
  })

  test('fifty for ten posts: ten have one, the others hear that no place is left; a lot decides, and the same one again', async () => {
    const asked = many(50, (i) => item(i, { measure_code: 'ranger', funded: false, unfunded_reason: 'no_place' }))
    const means = { budgets: [budget(1_000_000)], places: [posts(10)] }
    const first = await fund(asked, { ...means, seed: 'a' })
    expect(first).toMatchObject({ funded: 10, unfunded: 40, spent: { b: 1_000, p: 10 } })
    const again = await fund(asked.toReversed(), { ...means, seed: 'a' })
    expect([...again.changed.keys()].sort()).toEqual([...first.changed.keys()].sort())
    const other = await fund(asked, { ...means, seed: 'b' })
    expect([...other.changed.keys()].sort()).not.toEqual([...first.changed.keys()].sort())
    const told = await fund(
      many(2, (i) => item(i, { measure_code: 'ranger' })),
      { budgets: [], places: [posts(1)], seed: 'a' },
    )
    expect([...told.changed.values()]).toEqual([no_place])
  })

  test('a village one percent dearer is not left with nothing, where the pack holds villages against one another', async () => {
    const dear = '360781107002'
    const items = many(100, (i) => item(i, i < 50 ? {} : { area_code: dear, compared_in: dear, cost: 101 }))
    const served = async (rule: { floor_percent?: number }) => {
      const { changed } = await fund(items, { budgets: [budget(5_025)], rule })
      return items.filter((each) => each.compared_in === dear && !changed.has(each.item_id)).length
    }
    expect(await served({})).toBe(0)
    expect(await served({ floor_percent: 80 })).toBeGreaterThanOrEqual(19)
    expect(await served({ floor_percent: 100 })).toBeGreaterThanOrEqual(24)
  })

  test('what nobody has set a limit for is paid, though its plan waits for money and it closes nothing by itself', async () => {
    const items = [item(1, { household_id: 'h' }), item(2, { household_id: 'h', batch: 'health', value: 0 })]
    const shared = await fund(items, { budgets: [budget(50)] })
    expect([...shared.changed]).toEqual([['i1', no_money]])
  })

  test('no part is paid before what it needs', async () => {
    const items = [
      item(1, { household_id: 'h', cost: 90, value: 1 }),
      item(2, { household_id: 'h', measure_code: 'farm', cost: 20, value: 9, requires: ['pigs'] }),
    ]
    const poor = await fund(items, { budgets: [budget(50)] })
    expect([...poor.changed.keys()].sort()).toEqual(['i1', 'i2'])
    const better = await fund(items, { budgets: [budget(100)] })
    expect([...better.changed]).toEqual([['i2', no_money]])
  })

  test('the nearest budget above pays first; one of another batch or place does not', () => {
    const near = budget(1, { budget_id: 'near', area_code: '360781107' })
    const other = budget(1, { budget_id: 'other', area_code: village, batch: 'education' })
    expect(budgetOf([budget(1), near, other], item(1))?.budget_id).toBe('near')
    expect(budgetOf([other], item(1))).toBeNull()
    expect(budgetOf([budget(1, { area_code: '360782' })], item(1))).toBeNull()
  })

  test('what each budget paid is the same in whatever order the amounts come', () => {
    const budgets = [budget(100), budget(30, { budget_id: 'near', area_code: village })]
    const amounts = [
      { area_code: village, batch: 'production', amount: 50 },
      { area_code: '360781107002', batch: 'production', amount: 60 },
      { area_code: village, batch: 'education', amount: 999 },
    ]
    expect(paidFrom(budgets, amounts)).toEqual({ b: 80, near: 30 })
    expect(paidFrom(budgets, amounts.toReversed())).toEqual({ b: 80, near: 30 })
  })
})
