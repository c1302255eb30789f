import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIGRATIONS, type Migration, migrate, readMigrations } from './migrate.ts'
import type { Registry } from './open.ts'
import { testRegistry } from './testing/testing.ts'

let registry: Registry
const folder = mkdtempSync(join(tmpdir(), 'doorstep-migrations-'))
beforeAll(async () => {
  registry = await testRegistry()
  cpSync(MIGRATIONS, folder, { recursive: true })
})
afterAll(async () => {
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
})

const owner = () => registry.pools.owner
const withFile = (name: string, sql: string): Migration[] => {
  writeFileSync(join(folder, name), sql)
  const migrations = readMigrations(folder)
  rmSync(join(folder, name))
  return migrations
}

test('a migrated registry needs nothing more', async () => {
  expect(await migrate(owner())).toEqual([])
})

test('a new file is applied once, however many processes open at the same time', async () => {
  const migrations = withFile(
    '9001-new.sql',
    'create table fresh (county_code text not null); insert into fresh values (1)',
  )
  const applied = await Promise.all([1, 2, 3].map(() => migrate(owner(), migrations)))
  expect(applied.flat()).toEqual(['9001-new.sql'])
  const { rows } = await owner().query('select * from fresh')
  expect(rows).toHaveLength(1)
  await expect(migrate(owner())).rejects.toMatchObject({ code: 'registry_newer' })
  await owner().query("drop table fresh; delete from schema_migration where name = '9001-new.sql'")
})

test('a file that fails leaves nothing behind and says which it was', async () => {
  const migrations = withFile('9002-bad.sql', 'create table half (x integer); select 1 / 0')
  await expect(migrate(owner(), migrations)).rejects.toMatchObject({
    code: 'registry_migration_failed',
    detail: expect.stringContaining('9002-bad.sql'),
  })
  const { rows } = await owner().query("select to_regclass('doorstep.half') as half")
  expect(rows).toEqual([{ half: null }])
})

test('a changed old file and a late one are refused before anything is done', async () => {
  const [first, ...rest] = readMigrations()
  const changed = [{ ...(first as Migration), sha256: 'other' }, ...rest]
  await expect(migrate(owner(), changed)).rejects.toMatchObject({ code: 'registry_migration_changed' })
  const late = withFile('0000-late.sql', 'select 1')
  await expect(migrate(owner(), late)).rejects.toMatchObject({ code: 'registry_migration_late' })
})

test('two files of one number are refused', () => {
  expect(() => withFile('0001-twin.sql', 'select 1')).toThrow('0001')
  rmSync(join(folder, '0001-twin.sql'), { force: true })
})
