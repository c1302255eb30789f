import type { Registry } from './open.ts'
import { pinOf } from './testing/pinned.ts'

/** A write of less than this has not filled a table; the look at the tables' sizes (1 ms) is left out after it. */
const BULK_MS = 40

// A smaller table fits in a few pages, and any plan will do.
const SMALL_BYTES = 32_768

/** Tables whose files have grown by half since they were last analysed, or that never were. */
const GROWN = `select c.relname from pg_class c
  where c.relnamespace = 'doorstep'::regnamespace and c.relkind = 'r' and pg_relation_size(c.oid) > ${SMALL_BYTES}
    and (c.reltuples < 0 or pg_relation_size(c.oid) > 1.5 * 8192 * c.relpages)`

type Pools = Registry['pools']

const running = new WeakMap<Pools, Promise<void>>()
const following = new WeakMap<Pools, Promise<void>>()

/**
 * After a committed write that took `ms`: bring the planner's statistics up to date where tables have grown by half. A
 * table just filled counts as one row until then, and whatever joins it is planned as nested loops over the whole
 * district; autovacuum looks once a minute, which the next step of a job does not wait for. A table is analysed once for
 * every growth by half, so the cost stays a small share of what was written.
 */
export async function freshStatistics(registry: Registry, ms: number): Promise<void> {
  if (ms < BULK_MS || pinOf(registry)) return
  const { pools } = registry
  const before = running.get(pools)
  if (!before) return await start(pools)
  // One that began before our commit may not have seen it: one more follows for all that come meanwhile.
  const next = following.get(pools) ?? before.then(() => start(pools))
  following.set(pools, next)
  await next
}

function start(pools: Pools): Promise<void> {
  following.delete(pools)
  const work = analyseGrown(pools).finally(() => {
    if (running.get(pools) === work) running.delete(pools)
  })
  running.set(pools, work)
  return work
}

async function analyseGrown(pools: Pools): Promise<void> {
  try {
    const { rows } = await pools.owner.query<{ relname: string }>(GROWN)
    if (rows.length === 0) return
    // skip_locked: another server's work, or autovacuum's, is as good as ours.
    await pools.owner.query(`analyze (skip_locked) ${rows.map((row) => `doorstep."${row.relname}"`).join(', ')}`)
  } catch {
    // The work is committed and must not fail for want of statistics; the next bulk write tries again.
  }
}
