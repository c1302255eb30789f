// A life of the demo, in a process of its own: `node synthetic/demo/program.ts <villages|township|here>`, with the settings
// of the product in the environment. Tells its steps to the process that started it, and ends with it. `here`: the
// township in the registry of DATABASE_URL; the others in a database of the embedded registry.
import { mkdtempSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSettings, type Settings } from '#door/settings.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import { databasesOf } from '#registry/embedded/databases.ts'
import { openRegistry, type Registry } from '#registry/open.ts'
import { startEmbedded } from '#registry/embedded/supervisor.ts'
import type { Say, Told } from '#server/demo/steps.ts'
import { begins_at, keepName, worlds, type World } from '#server/demo/worlds.ts'
import { placePack } from '#server/place/pack.ts'
import { live } from './live.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const say: Say = (message, done = 0, total = 1) => {
  process.send?.({ message, done, total } satisfies Told)
}
const settings: Settings = { ...readSettings(process.env, root), demo: true }
const secret = settings.secret_key ? { secret_key: settings.secret_key } : {}
const made_in = mkdtempSync(join(tmpdir(), 'doorstep-world-'))
process.once('exit', () => rmSync(made_in, { recursive: true, force: true }))
// Without the process that asked for it nobody wants this life; what there is of it goes at the next start.
process.once('disconnect', () => process.exit(1))

const { pack, problems } = await loadPack(settings.pack_dir)
if (!pack) throw new Error(problems.map((each) => each.message).join('\n'))
const what = process.argv[2]
if (what === 'here') await liveHere(pack)
else await liveAside(what === 'township' ? worlds.township : worlds.villages, pack)
process.exit(0)

/** The township in a registry that stands and has its pack. */
async function liveHere(pack: Pack): Promise<void> {
  const registry = await openRegistry({
    data_dir: settings.data_dir,
    database_url: settings.database_url ?? '',
    ...secret,
  })
  try {
    await live({ registry, settings, pack }, made_in, say)
  } finally {
    await registry.close()
  }
}

/** A world in a database of its own, which has its name only when it is whole. */
async function liveAside(world: World, pack: Pack): Promise<void> {
  const embedded = await startEmbedded({ data_dir: settings.data_dir })
  const databases = await databasesOf(embedded)
  await databases.create(world.making)
  await databases.waitForDisk(world.making, false)
  const registry = await openRegistry({ data_dir: settings.data_dir, database: world.making, ...secret })
  try {
    if (world.name === 'township') await stepBack(registry)
    await placePack(registry, pack, say, begins_at)
    await live({ registry, settings, pack, ...world }, made_in, say)
    await keepName(registry, world)
    say('Tidying up')
    // Written and written again, tables are an eighth larger than what is in them.
    await registry.pools.owner.query(world.name === 'township' ? 'vacuum (full, analyze)' : 'vacuum (analyze)')
  } finally {
    await registry.close()
  }
  await databases.waitForDisk(world.making, true)
  await databases.rename(world.making, world.database)
  await databases.close()
  await embedded.stop()
}

/** Behind whoever works in the product meanwhile: this process, and PostgreSQL's beneath it where that is allowed. */
async function stepBack({ pools }: Registry): Promise<void> {
  setPriority(10)
  const lower = (pid: number) => {
    try {
      setPriority(pid, 10)
    } catch {
      // Another user's process: it stays as it is.
    }
  }
  for (const pool of Object.values(pools)) {
    pool.on('connect', (client) => {
      void client.query<{ pid: number }>('select pg_backend_pid() as pid').then(
        ({ rows }) => lower(rows[0]?.pid ?? 0),
        () => {},
      )
    })
  }
  const { rows } = await pools.owner.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  )
  for (const { pid } of rows) lower(pid)
}
