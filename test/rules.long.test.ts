// The rules engine in DuckDB and PostgreSQL: what engines/ may not test alone, since PostgreSQL is the registry's.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { celSpecPage, missesOf, readCelSpec } from '#engines/rules/compare/cel-spec.ts'
import { compareAll } from '#engines/rules/compare/compare.ts'
import type { RunSql } from '#engines/rules/compare/compare.ts'
import { emptyDatabase, settingsOf } from '#registry/testing/testing.ts'

let databases: { duckdb: RunSql; postgres: RunSql }
let close: () => Promise<void>

beforeAll(async () => {
  const { options, drop } = await emptyDatabase()
  const client = new pg.Client(settingsOf(new URL(options.database_url!)))
  await client.connect()
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  databases = {
    duckdb: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    postgres: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
  }
  close = async () => {
    connection.closeSync()
    await client.end()
    await drop()
  }
})
afterAll(() => close())

// `npm run check:rules` does the same for a million pairs and more.
test('JavaScript, DuckDB and PostgreSQL give the same results for random rules and households', async () => {
  const result = await compareAll(databases, 20_140_101, 20_000)
  expect(result.differences).toEqual([])
  expect(result.pairs).toBeGreaterThanOrEqual(20_000)
  // The comparison must mean something: every kind of pair is among them.
  for (const kind of ['true_results', 'false_results', 'unknown', 'empty_lists', 'blank_items'] as const)
    expect(result[kind]).toBeGreaterThan(300)
  expect(result.boundary_birthdays).toBeGreaterThan(100)
})

test('engines/rules/compare/cel-spec.md says what the three back ends do today', async () => {
  const spec = readCelSpec()
  const page = readFileSync(path.join(import.meta.dirname, '../engines/rules/compare/cel-spec.md'), 'utf8')
  expect(celSpecPage(spec, await missesOf(spec, databases))).toBe(page)
})
