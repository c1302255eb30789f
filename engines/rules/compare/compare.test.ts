import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { compareBackends } from './compare.ts'

test('JavaScript and DuckDB give the same results for random rules and households', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const runSql = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
  const seed = Number(process.env.RULES_SEED ?? 20_140_101)
  const pairs = Number(process.env.RULES_PAIRS ?? 10_000)
  const result = await compareBackends(runSql, 'duckdb', seed, pairs)
  connection.closeSync()
  expect(result.differences).toEqual([])
  expect(result.pairs).toBeGreaterThanOrEqual(pairs)
  // Neither everything unknown nor nothing: the comparison must mean something.
  expect(result.unknown / result.pairs).toBeGreaterThan(0.1)
  expect(result.unknown / result.pairs).toBeLessThan(0.7)
})
