import { afterAll, beforeAll, expect, test } from 'vitest'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

// A published rate says of what it speaks: one surveyed township is not the nation (F13).
let world: World
beforeAll(async () => {
  world = await openWorld()
  // Six, so that nothing is withheld for being few.
  await someHouseholds(
    world,
    Array.from({ length: 6 }, () => ({})),
  )
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

const page = async (area_code: string) =>
  unwrap(world.client.api.open.areas[':area_code'].$get({ param: { area_code } }))
const children = async (area_code: string) =>
  (
    await world.registry.app
      .selectFrom('area')
      .select('area_code')
      .where('area_code', '^@', area_code)
      .where('level', '=', area_code.length === 9 ? 'village' : 'township')
      .execute()
  ).length

test('every published page above the village says how many areas were surveyed, of how many', async () => {
  const village = world.village_codes[0] ?? ''
  const township = village.slice(0, 9)
  expect((await page(township)).coverage).toEqual({ level: 'village', surveyed: 1, areas: await children(township) })
  const county = (await page(world.county_code)).coverage
  expect(county).toEqual({ level: 'township', surveyed: 1, areas: await children(world.county_code) })
  expect(county?.areas).toBeGreaterThan(5)
  const nation = await page('CN')
  expect(nation.coverage).toEqual(county)
  expect(nation.incidence).not.toBeUndefined()
  expect((await page(village)).coverage).toBeNull()
  // A township where nobody was surveyed says so, in place of a rate of nought.
  const other = await world.registry.app
    .selectFrom('area')
    .select('area_code')
    .where('level', '=', 'township')
    .where('area_code', '<>', township)
    .orderBy('area_code')
    .executeTakeFirstOrThrow()
  const empty = await page(other.area_code)
  expect(empty.coverage?.surveyed).toBe(0)
  expect(empty.incidence).toBeNull()
})
