import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Registry } from '#registry/open.ts'
import type { Pack } from '#packs/load.ts'
import type { Settings } from '#door/settings.ts'
import { journey, type JourneyResult } from '#synthetic/journey.ts'
import { villagesOf, type Say } from '#synthetic/journey/stage.ts'
import { officers, villagePeople } from '#synthetic/country/people.ts'
import { score, type Report } from '#synthetic/truth/score.ts'
import { placePeople } from '../place/people.ts'

/** A life of the demo: so many households in the township's first so many villages (all where absent). */
export interface World {
  name: 'villages' | 'township'
  households: number
  villages?: number
  /** Its database when it is whole; until then it has another name, and nobody opens it. */
  database: string
  making: string
}

// The township's published figures: more than 70,000 inhabitants in 399 groups (about 17,000 households). Its first two
// villages, with fifty households a group, make 850: enough for every room to have something in it, and lived in half a minute.
const households = 17_000
const seed = 1

/** What a newcomer sees first. */
export const villages: World = {
  name: 'villages',
  households: 850,
  villages: 2,
  database: 'doorstep',
  making: 'doorstep_villages_making',
}

/** The whole township, lived where it is asked for; it takes the villages' place once it is opened. */
export const township: World = {
  name: 'township',
  households,
  database: 'doorstep_township',
  making: 'doorstep_township_making',
}

export const worlds = { villages, township }

export const begins_at = '2014-04-01T00:00:00.000Z'

interface Lived {
  registry: Registry
  settings: Settings
  pack: Pack
  households?: number
  villages?: number
}

/** Live the journey in an empty registry that has its pack; `world_dir` is the folder of the synthetic world. */
export async function live(lived: Lived, world_dir: string, say: Say): Promise<JourneyResult> {
  const { registry, settings, pack, villages: so_many } = lived
  const codes = await villagesOf(registry, pack.demo_area ?? '')
  await placePeople(registry, [...officers, ...villagePeople(codes.slice(0, so_many ?? codes.length))])
  return await journey({
    registry,
    settings,
    pack,
    world_dir,
    seed,
    households: lived.households ?? households,
    ...(so_many === undefined ? {} : { villages: so_many }),
    say,
  })
}

/** As `live`, with the report that holds it against the truth. */
export async function liveDemo(lived: Lived, world_dir: string, say: Say): Promise<Report> {
  const began = performance.now()
  const result = await live(lived, world_dir, say)
  const { registry, pack } = lived
  return score(registry, world_dir, pack.demo_county ?? '', result, (performance.now() - began) / 1000, pack)
}

/** On a server given by DATABASE_URL the demo is lived in place, once, where it was asked for. */
export async function ensureDemo(lived: Lived, say: Say): Promise<void> {
  const any = await lived.registry.app.selectFrom('account').select('account_id').limit(1).executeTakeFirst()
  if (any || !lived.settings.database_url) return
  const world_dir = mkdtempSync(join(tmpdir(), 'doorstep-world-'))
  try {
    await live(lived, world_dir, say)
  } finally {
    rmSync(world_dir, { recursive: true, force: true })
  }
}

/** The demo's clock: from the last day lived, as fast as ours. Null where no demo was lived. */
export async function demoClock(registry: Registry): Promise<(() => string) | null> {
  const row = await registry.app
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'demo_clock')
    .executeTakeFirst()
  if (typeof row?.value !== 'string') return null
  const start = Date.parse(row.value)
  const began = Date.now()
  return () => new Date(start + (Date.now() - began)).toISOString()
}

/** Which of the demo's worlds a registry holds; null where it holds none, or one made before there were two. */
export async function shownWorld(registry: Registry): Promise<World['name'] | null> {
  const row = await registry.app
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'demo_world')
    .executeTakeFirst()
  return row?.value === 'villages' || row?.value === 'township' ? row.value : null
}

/** Write down which world it is. */
export async function keepName(registry: Registry, world: World): Promise<void> {
  const value = JSON.stringify(world.name)
  await registry.app
    .insertInto('setting')
    .values({ key: 'demo_world', value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
