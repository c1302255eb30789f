import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds } from '#test/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import type { RunResult } from './run.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const run = async (): Promise<RunResult> => {
  const officer = await world.as('zhong.wei')
  const answer = await unwrap(officer.api.match.run.$post({ json: { area_code: world.county_code } }))
  return answer.result as unknown as RunResult
}

test('families that have nothing in common are numbered in order of place and id', async () => {
  const ids = await someHouseholds(world, [
    { instance_id: 'uuid:b', members: [{}, {}] },
    { instance_id: 'uuid:a', members: [{}] },
    { instance_id: 'uuid:c', area_code: `${world.village_codes[0]}002`, members: [{}] },
  ])
  expect(ids).toEqual(['360781-0000002', '360781-0000001', '360781-0000003'])
  const again = await run()
  expect(again).toMatchObject({ submissions: 0, households_created: 0, persons_created: 0, reviews_opened: 0 })
})
