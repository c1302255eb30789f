// Two at once, on two connections: somebody merges two households while a run or a clerk writes for them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdStanding } from '#cycle/05-register/store.ts'
import { holdHouseholds as holdGiven } from '#cycle/08-deliver/store.ts'
import { holdHouseholds as holdWatched } from '#cycle/09-monitor/store.ts'
import type { Registry } from '#registry/open.ts'
import { testRegistry } from '#registry/testing.ts'
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

test.each([
  ['05-register', async (tx: Tx) => [...(await holdStanding(tx, county_code, [first, second]))]],
  ['08-deliver', async (tx: Tx) => standing(await holdGiven(tx, county_code, [first, second]))],
  ['09-monitor', async (tx: Tx) => standing(await holdWatched(tx, county_code, [first, second]))],
])('%s waits for a merger under way and sees it; a merger waits for what is being written', async (_, hold) => {
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

const standing = (found: ReadonlyMap<string, { household_id: string; merged_into: string | null }>) =>
  [...found.values()].filter((each) => each.merged_into === null).map((each) => each.household_id)
