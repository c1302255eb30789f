// Two apps on one registry, as two servers have it, and the villages that live the same life over both.
import { secondRegistry } from '#registry/testing/testing.ts'
import { makeApp } from '#server/app.ts'
import { placedRegistry, readPack, villagesOf, worldSettings } from '../world.ts'
import { makeStage, type Door } from './stage.ts'
import { stepsOf } from './steps.ts'

/** The first village sends everything once, each other one so many times at once. */
export async function twoApps(times: readonly number[]) {
  const pack = await readPack()
  const first = await placedRegistry(pack)
  const second = await secondRegistry(first)
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
    times,
    at: async (iso: string) => {
      clock = iso
    },
  }
  const acting = makeStage(stage, await villagesOf(first))
  return {
    registry: first,
    acting,
    steps: stepsOf(stage, acting),
    routes: (apps[0]?.routes ?? []).map((route) => ({ method: route.method, path: route.path })),
    async close() {
      await second.close()
      await first.close()
    },
  }
}
