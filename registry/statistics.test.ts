import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testRegistry } from './testing/testing.ts'
import { SYSTEM, transact } from './transaction.ts'

const rows = 60_000

test('a table just filled is known to the planner before the next step reads it', async () => {
  const registry = await testRegistry()
  try {
    const fill = (prefix: string) =>
      transact(registry, SYSTEM, (tx) =>
        sql`insert into setting (key, value) select ${prefix} || g, '1' from generate_series(1, ${sql.lit(rows)}) g`.execute(
          tx,
        ),
      )
    const known = async () => {
      const { rows: found } = await registry.pools.owner.query<{ reltuples: number }>(
        `select reltuples from pg_class where oid = 'doorstep.setting'::regclass`,
      )
      return found[0]?.reltuples ?? 0
    }
    await fill('a')
    // Statistics are a sample; within a tenth is as good as exact.
    expect(Math.abs((await known()) - rows)).toBeLessThan(rows / 10)
    // Several at once: whoever commits first is known. Rows of those still under way lie in pages that are counted
    // already, so that their own commit need not look like growth by half.
    await Promise.all(['b', 'c', 'd'].map(fill))
    expect(await known()).toBeGreaterThan(2 * rows * 0.9)
  } finally {
    await registry.close()
  }
})
