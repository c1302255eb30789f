import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from '../audit/audit.ts'
import { fileSha256 } from './files.ts'
import type { Registry } from '../open.ts'
import { snapshot } from './snapshot.ts'
import { testRegistry } from '../testing/testing.ts'
import { SYSTEM, transact } from '../transaction.ts'

const out_dir = mkdtempSync(join(tmpdir(), 'doorstep-snapshot-'))
const AWKWARD = { zh: '叶坪乡，"引号"\n第二行', en: 'O’Brien, \\N "x"' }
let registry: Registry

beforeAll(async () => {
  registry = await testRegistry()
  await transact(registry, SYSTEM, async (tx) => {
    const areas = [
      { area_code: '36', level: 'province', county_code: null, longitude: 115.9, population: 45_000_000 },
      { area_code: '3607', level: 'prefecture', county_code: null, longitude: null, population: null },
      { area_code: '360781', level: 'county', county_code: '360781', longitude: 1 / 3, population: 0 },
    ] as const
    await tx
      .insertInto('area')
      .values(
        areas.map((area) => ({
          ...area,
          name: JSON.stringify(AWKWARD),
          valid_from: '1994-05-18',
          successor_codes: ['a,b', '', '"'],
        })),
      )
      .execute()
    await audit(tx, { county_code: '360781', action: 'made', subject_kind: 'area', subject_id: '' })
    await audit(tx, { county_code: '360782', action: 'made', subject_kind: 'area', subject_id: '360782' })
  })
})
afterAll(async () => {
  await registry.close()
  rmSync(out_dir, { recursive: true, force: true })
})

async function ask(query: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson()
  connection.closeSync()
  instance.closeSync()
  return rows
}

test('tables come out as they are, types and awkward texts included', async () => {
  const manifest = await snapshot(registry, { out_dir, tables: ['area', 'audit_event', 'account'], actor: SYSTEM })
  expect(manifest.tables.map(({ table, rows }) => [table, rows])).toEqual([
    ['area', 3],
    ['audit_event', 2],
    ['account', 0],
  ])
  expect(readdirSync(out_dir).sort()).toEqual([
    'account.parquet',
    'area.parquet',
    'audit_event.parquet',
    'manifest.json',
  ])
  for (const { file, sha256 } of manifest.tables) expect(await fileSha256(join(out_dir, file))).toBe(sha256)
  const [county] = (await ask(`select * from '${out_dir}/area.parquet' where area_code = '360781'`)) as [
    Record<string, unknown>,
  ]
  expect({ ...county, name: JSON.parse(String(county.name)) }).toEqual({
    area_code: '360781',
    parent_code: null,
    level: 'county',
    name: AWKWARD,
    county_code: '360781',
    valid_from: '1994-05-18',
    valid_to: null,
    successor_codes: ['a,b', '', '"'],
    longitude: 1 / 3,
    latitude: null,
    population: 0,
  })
  const types = (await ask(`describe select * from '${out_dir}/audit_event.parquet'`)) as {
    column_name: string
    column_type: string
  }[]
  const type = Object.fromEntries(types.map((row) => [row.column_name, row.column_type]))
  expect(type).toMatchObject({ sequence: 'BIGINT', recorded_at: 'TIMESTAMP WITH TIME ZONE', detail: 'VARCHAR' })
  // An empty text is not a missing one.
  expect(
    await ask(`select subject_id, account_id from '${out_dir}/audit_event.parquet' where county_code = '360781'`),
  ).toEqual([{ subject_id: '', account_id: null }])
})

test('a snapshot holds what its actor may see, and never a password', async () => {
  const actor = { account_id: null, role: 'county_officer', scope: ['360782'] }
  const manifest = await snapshot(registry, { out_dir, tables: ['audit_event', 'account'], actor })
  expect(manifest.tables[0]?.rows).toBe(1)
  expect(manifest.tables[1]?.columns.map((column) => column.name)).not.toContain('password_hash')
  for (const table of ['session', 'nothing', 'area; drop table account']) {
    await expect(snapshot(registry, { out_dir, tables: [table], actor })).rejects.toMatchObject({
      code: 'registry_table_unknown',
    })
  }
})
