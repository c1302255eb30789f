import pg from 'pg'
import { expect, test } from 'vitest'
import { compareBackends } from './compare.ts'

const url = process.env.DATABASE_URL

test.skipIf(url === undefined)(
  'JavaScript and PostgreSQL give the same results (needs DATABASE_URL)',
  async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      const runSql = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows
      const seed = Number(process.env.RULES_SEED ?? 20_140_101)
      const pairs = Number(process.env.RULES_PAIRS ?? 30_000)
      const result = await compareBackends(runSql, 'postgres', seed, pairs)
      expect(result.differences).toEqual([])
      expect(result.pairs).toBeGreaterThanOrEqual(pairs)
    } finally {
      await client.end()
    }
  },
  600_000,
)
