import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool, PoolClient } from 'pg'
import { RegistryProblem, errorMessage } from './problem.ts'
import { dropViews, makeViews, readViews } from './views.ts'

export const MIGRATIONS = join(import.meta.dirname, 'migrations')

export interface Migration {
  name: string
  sql: string
  sha256: string
}

/** The migration files in order: `0001-ground.sql`, ... Throws when two carry the same number. */
export function readMigrations(folder = MIGRATIONS): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
  const twice = names.find((name, index) => names[index + 1]?.slice(0, 4) === name.slice(0, 4))
  if (twice) throw new Error(`two migrations carry the number ${twice.slice(0, 4)}`)
  return names.map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
  })
}

/** One name for a whole set of migrations and the views on them: what a template database was made with. */
export function migrationsDigest(migrations = readMigrations()): string {
  return createHash('sha256')
    .update([...migrations.map((migration) => migration.sha256), readViews().sha256].join('\n'))
    .digest('hex')
}

// What came before made its views itself.
const viewsSince = '0040'

// Any fixed number: it keeps two processes that open the same registry from migrating at once.
const LOCK = 7_361_290_441

/**
 * Brings the schema up to the newest file, forward only, each file in its own transaction and recorded with its
 * sha256, and makes the views anew (views.ts), unless `migrations` ends before those they read. Runs as the owner, whose
 * search path is `doorstep`. Returns the names applied.
 */
export async function migrate(owner: Pool, migrations = readMigrations()): Promise<string[]> {
  const client = await owner.connect()
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`)
    await client.query(
      `create table if not exists schema_migration (
        name text not null, sha256 text not null, applied_at timestamptz(3) not null default now(),
        constraint schema_migration_pkey primary key (name))`,
    )
    await client.query('grant select on schema_migration to doorstep_app, doorstep_read')
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'select name, sha256 from schema_migration order by name',
    )
    const pending = check(rows, migrations)
    const views = readViews()
    const dropped = pending.length > 0 && (await dropViews(client, views))
    try {
      for (const migration of pending) await apply(client, migration)
    } catch (error) {
      // Whoever works on with what there is finds the views; where they fit no more, the next start that succeeds mends it.
      // Only those that were dropped above: views that older migrations made are theirs to drop.
      if (dropped) await makeViews(client, views).catch(() => {})
      throw error
    }
    if (migrations.some((migration) => migration.name >= viewsSince)) await makeViews(client, views)
    return pending.map((migration) => migration.name)
  } finally {
    await client.query(`select pg_advisory_unlock(${LOCK})`).catch(() => {})
    client.release()
  }
}

function check(applied: { name: string; sha256: string }[], migrations: Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, sha256 } of applied) {
    const file = known.get(name)
    if (!file) {
      throw new RegistryProblem(
        'registry_newer',
        `This registry holds the migration ${name}, which this program does not know.`,
        'Start the newer version of Doorstep that made it.',
      )
    }
    if (file.sha256 !== sha256) {
      throw new RegistryProblem(
        'registry_migration_changed',
        `The migration ${name} was changed after it had been applied here.`,
        'Put the file back as it was and write the change as a new migration; a demo registry may simply be deleted.',
      )
    }
  }
  const last = applied.at(-1)?.name ?? ''
  const pending = migrations.filter((migration) => !applied.some((row) => row.name === migration.name))
  const late = pending.find((migration) => migration.name < last)
  if (late) {
    throw new RegistryProblem(
      'registry_migration_late',
      `The migration ${late.name} comes before ${last}, which has been applied.`,
      'Give it the next free number.',
    )
  }
  return pending
}

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(migration.sql)
    await client.query('insert into schema_migration (name, sha256) values ($1, $2)', [
      migration.name,
      migration.sha256,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new RegistryProblem(
      'registry_migration_failed',
      `The migration ${migration.name} failed and was rolled back: ${errorMessage(error)}.`,
      'Nothing was changed; mend the migration or the data it met.',
      error,
    )
  }
}
