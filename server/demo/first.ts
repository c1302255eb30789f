import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '#door/settings.ts'
import { databasesOf, type Databases } from '#registry/embedded/databases.ts'
import { markDemo, sweepDemos } from '#registry/embedded/folders.ts'
import { startEmbedded } from '#registry/embedded/supervisor.ts'
import { liveBeside } from './background.ts'
import type { Say } from './steps.ts'
import { township, villages, worlds } from './worlds.ts'

// Any fixed numbers, in the database `postgres` of an embedded server: one process makes a world, the others wait; and
// what one server has open, no other takes away.
export const HOLDS = { villages: 7_361_290_443, township: 7_361_290_444, open: 7_361_290_445 }

/** The log of a demo stays small: it is made data, and disk is what a newcomer's machine may lack. */
const demoServer = { max_wal_size: '64MB', min_wal_size: '32MB' }

/** The ground a demo stands on, for as long as its server runs. */
export interface Ground {
  databases: Databases
  leave(): Promise<void>
}

/**
 * Before a demo's registry is opened: half-made worlds of a killed process go, a township that is whole takes the
 * villages' place, and where there is nothing the villages are lived first.
 */
export async function prepareDemo(settings: Settings, say: Say, log: (line: string) => void): Promise<Ground> {
  sweepDemos(log)
  const embedded = await startEmbedded({ data_dir: settings.data_dir, settings: demoServer, log })
  const databases = await databasesOf(embedded)
  const leave = async (): Promise<void> => {
    await databases.close()
    await embedded.stop()
  }
  try {
    await tidy(databases)
    while (!(await databases.has(villages.database))) {
      if (await databases.hold(HOLDS.villages)) {
        const hear = (told: { message: string; done: number; total: number }) =>
          say(told.message, told.done, told.total)
        await liveBeside(villages, settings, hear).done
        markDemo(settings.data_dir, true)
      } else await sleep(500)
    }
    for (const purpose of [HOLDS.villages, HOLDS.township]) await databases.letGo(purpose)
    return { databases, leave }
  } catch (error) {
    await leave()
    throw error
  }
}

async function tidy(databases: Databases): Promise<void> {
  for (const world of Object.values(worlds)) {
    // Where it is held, another process is making it at this moment.
    if (await databases.hold(HOLDS[world.name])) await databases.drop(world.making)
  }
  const alone = await databases.hold(HOLDS.open)
  if (alone && (await databases.has(township.database))) await openTownship(databases)
}

/** The township takes the villages' place; nobody may be in either. */
export async function openTownship(databases: Databases): Promise<void> {
  await databases.drop(villages.database)
  await databases.rename(township.database, villages.database)
}
