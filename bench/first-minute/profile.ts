// `node bench/first-minute/profile.ts [--households 800] [--villages 0] [--top 20] [--setting name=value ...]`: lives the
// demo's journey in a folder of its own and prints where the time went: each step, and PostgreSQL's dearest statements.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { readSettings } from '#door/settings.ts'
import { loadPack } from '#packs/load.ts'
import { embeddedFolders } from '#registry/embedded/folders.ts'
import { openRegistry } from '#registry/open.ts'
import { startEmbedded } from '#registry/embedded/supervisor.ts'
import { begins_at } from '#server/demo/worlds.ts'
import { liveDemo } from '#synthetic/demo/live.ts'
import { placePack } from '#server/place/pack.ts'

const { values: asked } = parseArgs({
  options: {
    households: { type: 'string', default: '800' },
    villages: { type: 'string', default: '0' },
    top: { type: 'string', default: '20' },
    setting: { type: 'string', multiple: true, default: [] },
  },
})
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'doorstep-profile-'))
const data_dir = join(folder, 'data')
const settings = readSettings({ ...process.env, DOORSTEP_DATA: data_dir, DOORSTEP_DEMO: '1' }, root)
const steps = new Map<string, { wall: number; cpu: number }>()
let step = 'start'
let since = performance.now()
let cpu = process.cpuUsage()
const say = (message: string): void => {
  if (message === step) return
  const now = performance.now()
  const used = process.cpuUsage(cpu)
  const before = steps.get(step) ?? { wall: 0, cpu: 0 }
  steps.set(step, { wall: before.wall + now - since, cpu: before.cpu + (used.user + used.system) / 1000 })
  step = message
  since = now
  cpu = process.cpuUsage()
}

try {
  const { pack } = await loadPack(settings.pack_dir)
  if (!pack) throw new Error('the pack has faults')
  const extra = Object.fromEntries(asked.setting.map((each) => each.split('=') as [string, string]))
  const server = {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track': 'all',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    ...extra,
  }
  const embedded = await startEmbedded({ data_dir, settings: server })
  const registry = await openRegistry({ data_dir })
  const admin = new Client({ ...embedded.connection, database: 'doorstep' })
  await admin.connect()
  await admin.query('create extension if not exists pg_stat_statements schema public')
  try {
    await placePack(registry, pack, say, begins_at)
    const report = await liveDemo(
      {
        registry,
        settings,
        pack,
        households: Number(asked.households),
        ...(Number(asked.villages) ? { villages: Number(asked.villages) } : {}),
      },
      join(folder, 'synthetic'),
      say,
    )
    say('end')
    for (const [name, { wall, cpu: used }] of steps)
      console.log(`${(wall / 1000).toFixed(1).padStart(7)} s  node ${(used / 1000).toFixed(1).padStart(6)} s  ${name}`)
    const { rows } = await admin.query<{ calls: string; ms: number; buffers: string; query: string }>(
      `select calls, round(total_exec_time) as ms, shared_blks_hit + shared_blks_read as buffers, query
       from public.pg_stat_statements order by total_exec_time desc limit $1`,
      [Number(asked.top)],
    )
    for (const row of rows) {
      console.log(
        `${String(row.ms).padStart(8)} ms ${row.calls.padStart(6)} calls ${row.buffers.padStart(10)} buffers  ${row.query.replace(/\s+/g, ' ').slice(0, 260)}`,
      )
    }
    const sum = await admin.query(
      'select round(sum(total_exec_time)) as ms, sum(shared_blks_hit + shared_blks_read) as buffers from public.pg_stat_statements',
    )
    console.log('PostgreSQL', sum.rows[0])
    const sizes = await admin.query(
      `select relname, pg_total_relation_size(c.oid) as bytes from pg_class c join pg_namespace n on n.oid = relnamespace
       where nspname = 'doorstep' and relkind = 'r' order by 2 desc limit 12`,
    )
    console.log(sizes.rows.map((row) => `${row.relname} ${(row.bytes / 1e6).toFixed(1)}`).join(', '))
    console.log(JSON.stringify(report))
  } finally {
    await admin.end()
    await registry.close()
    await embedded.stop()
  }
} finally {
  for (const each of embeddedFolders(data_dir)) rmSync(each, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}
