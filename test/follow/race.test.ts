// Two at once, on two connections: somebody merges two households while a run or a clerk writes for them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdArea, holdHouseholds } from '#door/hold.ts'
import type { Registry } from '#registry/open.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { SYSTEM, transact, type Tx } from '#registry/transaction.ts'

let registry: Registry
const county_code = '360781'
const [first, second] = ['360781-0000001', '360781-0000002'] as const

beforeAll(async () => {
  registry = await testRegistry()
  await transact(registry, SYSTEM, (tx) =>
    tx
      .insertInto('household')
      .values(
        [first, second].map((household_id) => ({
          county_code,
          household_id,
          area_code: '360781107001001',
          head_name: '朱春生',
          household_size: 1,
          first_instance_id: `uuid:${household_id}`,
          current_instance_id: `uuid:${household_id}`,
          surveyed_on: '2014-04-20',
          state: 'active',
          merged_into: null,
          created_at: '2014-05-01T08:00:00.000Z',
          changed_at: '2014-05-01T08:00:00.000Z',
        })),
      )
      .execute(),
  )
})
afterAll(() => registry.close())

const merge = (tx: Tx, merged_into: string | null) =>
  tx
    .updateTable('household')
    .set({ merged_into, state: merged_into === null ? 'active' : 'merged' })
    .where('county_code', '=', county_code)
    .where('household_id', '=', second)
    .execute()

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const hold = async (tx: Tx) =>
  [...(await holdHouseholds(tx, county_code, [second, first])).values()]
    .filter((each) => each.merged_into === null)
    .map((each) => each.household_id)

test('who writes waits for a merger under way and sees it; a merger waits for what is being written', async () => {
  const order: string[] = []
  // The merger came first: who writes waits, and is told.
  const merging = transact(registry, SYSTEM, async (tx) => {
    await merge(tx, first)
    await pause(300)
    order.push('merged')
  })
  await pause(100)
  const told = await transact(registry, SYSTEM, async (tx) => {
    const found = await hold(tx)
    order.push('held')
    return found
  })
  await merging
  expect(order).toEqual(['merged', 'held'])
  expect(told).toEqual([first])
  await transact(registry, SYSTEM, (tx) => merge(tx, null))
  // The writing came first: the merger waits until it is there, and takes it along.
  order.length = 0
  const writing = transact(registry, SYSTEM, async (tx) => {
    expect(await hold(tx)).toEqual([first, second])
    await pause(300)
    order.push('written')
  })
  await pause(100)
  await transact(registry, SYSTEM, async (tx) => {
    await merge(tx, first)
    order.push('merged')
    await merge(tx, null)
  })
  await writing
  expect(order).toEqual(['written', 'merged'])
})

test('of two who write about one household, or one area, the second sees what the first did', async () => {
  await transact(registry, SYSTEM, (tx) =>
    tx
      .insertInto('area')
      .values({
        area_code: county_code,
        level: 'county',
        name: JSON.stringify({ en: 'Ruijin', zh: '瑞金市' }),
      } as never)
      .execute(),
  )
  for (const take of [hold, (tx: Tx) => holdArea(tx, county_code)]) {
    let count = 0
    const checkThenWrite = () =>
      transact(registry, SYSTEM, async (tx) => {
        await take(tx)
        const seen = count
        await pause(20)
        count = seen + 1
      })
    await Promise.all(Array.from({ length: 5 }, checkThenWrite))
    expect(count).toBe(5)
  }
})

test('a household that somebody holds may still be pointed at by foreign keys', async () => {
  await transact(registry, SYSTEM, async (tx) => {
    await hold(tx)
    // The lock a foreign key takes, on another connection: it would fail here, did it have to wait.
    const { rows } = await registry.pools.owner.query(
      'select household_id from household where household_id = $1 for key share nowait',
      [first],
    )
    expect(rows).toHaveLength(1)
  })
})
