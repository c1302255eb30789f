import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import { actedAt, actingAt } from './acting.ts'
import { eventHash, type AuditEvent } from './audit.ts'

// One time, or both named (F11): what a demonstration plays in 2014 is written down today, and the record says both.
let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test('an entry names the time of what was done where it is not the machine’s, and no other', () => {
  const now = new Date().toISOString()
  expect(actedAt(now)).toBeNull()
  expect(actingAt(now, () => actedAt(now))).toBeNull()
  expect(actingAt('2014-05-01T08:00:00Z', () => actedAt(now))).toBe('2014-05-01T08:00:00.000Z')
})

test('the audit page and the rooms say the same time; the chain holds both', async () => {
  world.at('2014-05-01T08:00:00.000Z')
  const [household_id = ''] = await someHouseholds(world, [{}])
  const change = { household_id, kind: 'disaster', happened_on: '2014-04-30', source: 'a neighbour', detail: '' }
  const village = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  await unwrap(village.api.monitor.changes.$post({ json: { changes: [change] } }))
  const county = await world.as('zhong.wei')
  const { events } = await unwrap(
    county.api.audit.$get({ query: { county_code: world.county_code, action: 'monitor.record' } }),
  )
  const file = await unwrap(county.api.monitor.households[':household_id'].$get({ param: { household_id } }))
  expect(events[0]?.acted_at).toBe(file.changes[0]?.recorded_at)
  expect(Date.parse(events[0]?.recorded_at ?? '')).toBeGreaterThan(Date.now() - 600_000)
  // The time is part of the entry's hash: whoever changes it, or takes it away, is found.
  const row = await world.registry.app
    .selectFrom('audit_event')
    .selectAll()
    .where('county_code', '=', world.county_code)
    .where('action', '=', 'monitor.record')
    .executeTakeFirstOrThrow()
  const hashed = (acted_at: string | null) => eventHash(row.previous_hash, { ...row, acted_at } as AuditEvent)
  expect(hashed(row.acted_at)).toBe(row.hash)
  expect(hashed('2014-05-02T08:00:00.000Z')).not.toBe(row.hash)
  expect(hashed(null)).not.toBe(row.hash)
})
