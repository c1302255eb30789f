import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIGRATIONS, migrate, readMigrations } from './migrate.ts'
import { openRegistry, type Registry } from './open.ts'
import { emptyDatabase, testRegistry } from './testing/testing.ts'
import { VIEWS, dropViews, makeViews, namesOf, readViews } from './views.ts'

let registry: Registry
let client: PoolClient
const folder = mkdtempSync(join(tmpdir(), 'doorstep-views-'))
beforeAll(async () => {
  registry = await testRegistry()
  client = await registry.pools.owner.connect()
})
afterAll(async () => {
  client.release()
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
})

const there = async (): Promise<string[]> =>
  (
    await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'doorstep'::regnamespace and relkind = 'v'`,
    )
  ).rows.map((row) => row.name)

test('every view of the registry stands in the files, once', async () => {
  const { views, functions } = namesOf(readViews())
  expect(views.length).toBeGreaterThan(20)
  expect(new Set([...views, ...functions]).size).toBe(views.length + functions.length)
  expect((await there()).toSorted()).toEqual(views.toSorted())
})

test('they are made anew where the files say something else, and only there', async () => {
  const views = readViews()
  expect(await makeViews(client, views)).toBe(false)
  cpSync(VIEWS, folder, { recursive: true })
  writeFileSync(join(folder, '99-new.sql'), 'create view fresh with (security_invoker = true) as select 1 as one;')
  expect(await makeViews(client, readViews(folder))).toBe(true)
  expect(await there()).toContain('fresh')
  await dropViews(client, readViews(folder))
  expect(await makeViews(client, views)).toBe(true)
  expect(await there()).not.toContain('fresh')
})

test('a migration may change what a view reads, and `t.*` has its new column', async () => {
  const migrations = mkdtempSync(join(tmpdir(), 'doorstep-migrations-'))
  cpSync(MIGRATIONS, migrations, { recursive: true })
  writeFileSync(
    join(migrations, '9001-delivery.sql'),
    'alter table delivery add column seat text; alter table delivery alter column provider type varchar(200)',
  )
  writeFileSync(join(migrations, '9002-bad.sql'), 'select 1 / 0')
  await expect(migrate(registry.pools.owner, readMigrations(migrations))).rejects.toMatchObject({
    code: 'registry_migration_failed',
  })
  rmSync(migrations, { recursive: true, force: true })
  // The first went through, and the failure of the second left the views to whoever works on.
  expect((await client.query('select seat from delivery_now')).rows).toEqual([])
  expect((await there()).length).toBe(namesOf(readViews()).views.length)
})

test('a registry whose views older migrations made, and whose next migration fails, goes on later', async () => {
  const made = await emptyDatabase()
  const all = readMigrations()
  const before = all.filter((migration) => migration.name < '0040')
  const old = await openRegistry({ ...made.options, migrations: before })
  const broken = all.map((each) => (each.name === '0040-views.sql' ? { ...each, sql: 'select 1 / 0' } : each))
  await expect(migrate(old.pools.owner, broken)).rejects.toMatchObject({ code: 'registry_migration_failed' })
  expect((await old.pools.owner.query('select count(*) from timeline')).rows).toHaveLength(1)
  expect(await migrate(old.pools.owner)).toEqual(all.slice(before.length).map((each) => each.name))
  await old.close()
  await made.drop()
})

test("somebody's own view of ours is told of, and nothing is lost", async () => {
  await client.query('create view own with (security_invoker = true) as select household_id from plan_now')
  const before = await there()
  await expect(dropViews(client, readViews())).rejects.toMatchObject({ code: 'registry_migration_failed' })
  expect((await there()).toSorted()).toEqual(before.toSorted())
  await client.query('drop view own')
})
