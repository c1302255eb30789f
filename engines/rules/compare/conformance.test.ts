import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { errorsOf, missesOf, readCelSpec } from './cel-spec.ts'

/** What the profile covered when this was last looked at; it may grow, never shrink. */
const INSIDE_AT_LEAST = 311

const spec = readCelSpec()

test('the count of cases inside does not shrink, and every case is counted', () => {
  expect(spec.inside.length).toBeGreaterThanOrEqual(INSIDE_AT_LEAST)
  expect(spec.inside.length + [...spec.outside.values()].reduce((sum, count) => sum + count, 0)).toBe(spec.cases)
})

test('a case that expects an error is refused or unknown, never answered', () => {
  expect(spec.failing.length).toBeGreaterThan(200)
  expect(errorsOf(spec).answered).toEqual([])
})

test('the evaluator and DuckDB give the expected value in every case inside', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const duckdb = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
  expect(await missesOf(spec, { duckdb })).toEqual({ javascript: [], duckdb: [] })
  connection.closeSync()
})

test('a wrong value is noticed', async () => {
  const wrong = await missesOf(spec, { postgres: async () => [{ result: 'no' }] })
  expect(wrong.postgres).toHaveLength(spec.inside.length)
})
