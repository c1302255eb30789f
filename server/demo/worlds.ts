// The demo's worlds: what each is, where it stands, and which of them a registry holds. They are lived by synthetic/demo.
import type { Registry } from '#registry/open.ts'

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

/** Whether nobody has an account here yet: no demo was lived, and nobody works in it. */
export async function isEmpty(registry: Registry): Promise<boolean> {
  return (await registry.app.selectFrom('account').select('account_id').limit(1).executeTakeFirst()) === undefined
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
