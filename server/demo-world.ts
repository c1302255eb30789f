// The demo's world: made once by living the journey (synthetic/journey.ts), kept ready to copy, so that `npm start` shows
// a township in seconds. The kept copy belongs to one state of the code and pack; any change makes another.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Settings } from '#door/settings.ts'
import type { Pack } from '#packs/load.ts'
import { cloneEmbedded, embeddedFolders, hasEmbedded } from '#registry/clone.ts'
import { openRegistry, type Registry } from '#registry/open.ts'
import { withLock } from '#registry/presence.ts'
import { journey } from '#synthetic/journey.ts'
import type { Say } from '#synthetic/journey/stage.ts'
import { officers, villagePeople } from '#synthetic/people.ts'
import { score, type Report } from '#synthetic/score.ts'
import { placePack } from './place-pack.ts'
import { placePeople } from './place-people.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'doorstep')

// The township's published figures: more than 70,000 inhabitants in 399 groups (about 17,000 households).
const demo = { households: 17_000, seed: 1 }
export const begins_at = '2014-04-01T00:00:00.000Z'

/** The folder of the kept world for the code as it is. */
export function keptWorld(pack: Pack): string {
  const hash = createHash('sha256').update(pack.pack_hash)
  for (const folder of ['cycle', 'door', 'engines', 'packs', 'registry', 'server', 'synthetic']) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((each) => /\.(ts|sql)$/.test(each) && !/\.test\.ts$|pages/.test(each)).sort()) {
      hash.update(`${folder}/${name}\n`).update(readFileSync(join(root, folder, name)))
    }
  }
  return join(cache, `demo-${hash.digest('hex').slice(0, 16)}`)
}

interface Lived {
  registry: Registry
  settings: Settings
  pack: Pack
  households?: number
}

/** Live the journey in an empty registry that has its pack; returns the report that holds it against the truth. */
export async function liveDemo(
  { registry, settings, pack, households }: Lived,
  world_dir: string,
  say: Say,
): Promise<Report> {
  const began = performance.now()
  const villages = await registry.app
    .selectFrom('area')
    .select('area_code')
    .where('parent_code', '=', pack.demo_area ?? '')
    .where('level', '=', 'village')
    .execute()
  await placePeople(registry, [...officers, ...villagePeople(villages.map((village) => village.area_code))])
  const lived = await journey({
    registry,
    settings,
    pack,
    world_dir,
    ...demo,
    ...(households ? { households } : {}),
    say,
  })
  return score(registry, world_dir, pack.demo_county ?? '', lived, (performance.now() - began) / 1000, pack)
}

/**
 * Make the kept world if the code has none yet: about four minutes on two cores, at install or at the first start. A second process
 * waits for the first. It is built where it stays, since PostgreSQL's own files may lie elsewhere by the folder's name.
 */
export async function keepDemo(settings: Settings, pack: Pack, say: Say): Promise<string> {
  const kept = keptWorld(pack)
  await mkdir(kept, { recursive: true })
  const work = async () => {
    if (existsSync(join(kept, 'report.json'))) return
    forget(kept)
    await buildDemo(kept, settings, pack, say)
    forgetOthers(kept)
  }
  await withLock(kept, work, 20 * 60_000)
  return kept
}

async function buildDemo(kept: string, settings: Settings, pack: Pack, say: Say): Promise<void> {
  const data_dir = join(kept, 'data')
  try {
    // A copy may be made anew at any time: no need to wait for the disk while it grows.
    const registry = await openRegistry({
      data_dir,
      settings: {
        fsync: 'off',
        synchronous_commit: 'off',
        full_page_writes: 'off',
        // The log is copied too: keep it small.
        max_wal_size: '160MB',
        min_wal_size: '32MB',
      },
    })
    try {
      await placePack(registry, pack, say, begins_at)
      const report = await liveDemo({ registry, settings, pack }, join(kept, 'synthetic'), say)
      // Statistics for the planner and all rows marked visible: a copy starts warm.
      await registry.pools.owner.query('vacuum (analyze)')
      writeFileSync(join(kept, 'report.json.part'), `${JSON.stringify(report, null, 2)}\n`)
    } finally {
      await registry.close()
    }
    renameSync(join(kept, 'report.json.part'), join(kept, 'report.json'))
  } catch (error) {
    forget(kept)
    throw error
  }
}

/** Remove a world's files, wherever they lie; the folder itself, which holds the lock, stays. */
function forget(kept: string): void {
  const data_dir = join(kept, 'data')
  if (existsSync(data_dir))
    for (const folder of embeddedFolders(data_dir)) rmSync(folder, { recursive: true, force: true })
  rmSync(join(kept, 'synthetic'), { recursive: true, force: true })
  rmSync(join(kept, 'report.json'), { force: true })
}

/** Worlds of other states of the code are of no use any more. */
function forgetOthers(kept: string): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    if (!name.startsWith('demo-') || folder === kept) continue
    // Another process may be making one; only finished worlds go.
    if (!existsSync(join(folder, 'report.json'))) continue
    forget(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Put the kept world into an empty data folder, making it first where there is none. False: the folder is in use. */
export async function restoreDemo(settings: Settings, pack: Pack, say: Say): Promise<boolean> {
  if (hasEmbedded(settings.data_dir)) return false
  const kept = await keepDemo(settings, pack, say)
  say('Copying the township into the data folder')
  await mkdir(settings.data_dir, { recursive: true })
  cloneEmbedded(join(kept, 'data'), settings.data_dir)
  return true
}

/** On a server given by DATABASE_URL the demo is lived in place, once, where it was asked for. */
export async function ensureDemo(lived: Lived, say: Say): Promise<void> {
  const any = await lived.registry.app.selectFrom('account').select('account_id').limit(1).executeTakeFirst()
  if (any || !lived.settings.database_url) return
  await liveDemo(lived, join(lived.settings.data_dir, 'synthetic'), say)
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
