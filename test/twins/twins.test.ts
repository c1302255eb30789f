// Every write of every room, once and ten times at once, over two apps on one registry. `npm run check:twins` sends twice
// too, over two processes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '#registry/verify.ts'
import type { Registry } from '#registry/open.ts'
import { secondRegistry } from '#registry/testing.ts'
import { makeApp } from '#server/app.ts'
import { placedRegistry, readPack, villagesOf, worldSettings } from '../world.ts'
import { makeStage, type Door } from './stage.ts'
import { stepsOf } from './steps.ts'

let first: Registry
let second: Registry
beforeAll(async () => {
  first = await placedRegistry(await readPack())
  second = await secondRegistry(first)
})
afterAll(async () => {
  await second.close()
  await first.close()
})

test('F63: of every write sent at once one takes effect and the others are told', async () => {
  const pack = await readPack()
  let clock = '2014-05-01T08:00:00.000Z'
  const apps = [first, second].map((registry) =>
    makeApp({ registry, settings: worldSettings(registry.data_dir), pack, clock: () => clock }),
  )
  const doors = apps.map(
    (app): Door =>
      async (path, init) =>
        await app.fetch(new Request(`http://doorstep${path}`, init)),
  )
  const stage = {
    registry: first,
    pack,
    doors,
    times: [1, 10],
    at: async (iso: string) => {
      clock = iso
    },
  }
  const acting = makeStage(stage, await villagesOf(first))
  const steps = stepsOf(stage, acting)

  // Every write route has its example: a new one without fails here.
  const writes = new Set(
    (apps[0]?.routes ?? [])
      .filter((route) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(route.method))
      .map((route) => `${route.method} ${route.path}`),
  )
  const shown = new Set(steps.map((step) => step.route))
  expect([...writes].filter((route) => !shown.has(route) && !same_door.has(route))).toEqual([])
  expect([...shown].filter((route) => !writes.has(route))).toEqual([])

  const findings = await acting.live(steps, (finding) => console.error(JSON.stringify(finding)))
  expect(findings).toEqual([])
  expect((await verifyAudit(first)).problems).toEqual([])
  // Not how long it takes, but that it ends: a request that is never answered is a finding too.
}, 1_200_000)

/** Other addresses of routes that have an example: the same function answers. */
const same_door = new Set(['POST /v1/submission'])
