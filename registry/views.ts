// Views, and the functions they are read through, stand once each in views/*.sql. They hold no data: they are dropped
// before migrations and made anew afterwards, so that a migration may change what they read, and `select t.*` has the
// columns that there are now.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { RegistryProblem, errorMessage } from './problem.ts'

export const VIEWS = join(import.meta.dirname, 'views')

/** What the files of a folder make. */
export interface Views {
  files: { name: string; sql: string }[]
  /** Of the files' text: what is kept in the registry to tell whether its views are these. */
  sha256: string
}

/** The files in order: a later one may read what an earlier one makes. */
export function readViews(folder = VIEWS): Views {
  const names = readdirSync(folder)
    .filter((name) => /^\d{2}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
  const files = names.map((name) => ({
    name,
    sql: readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n'),
  }))
  const text = files.map(({ name, sql }) => `${name}\n${sql}`).join('\n')
  return { files, sha256: createHash('sha256').update(text).digest('hex') }
}

const making = /^create (view|function) (\w+)/gm

/** Names that the files make, views and functions. */
export function namesOf({ files }: Views): { views: string[]; functions: string[] } {
  const made = files.flatMap(({ sql }) => [...sql.matchAll(making)])
  const of = (kind: string) => made.filter((found) => found[1] === kind).map((found) => found[2] ?? '')
  return { views: of('view'), functions: of('function') }
}

// Kept as the schema's comment: a table of its own would have to be left out of backups and counted nowhere.
const mark = 'views '

/** The digest of the views that a registry has; null where they were dropped for migrations, or never made. */
async function madeOf(client: PoolClient): Promise<string | null> {
  const { rows } = await client.query<{ said: string | null }>(
    `select obj_description('doorstep'::regnamespace, 'pg_namespace') as said`,
  )
  const said = rows[0]?.said ?? ''
  return said.startsWith(mark) ? said.slice(mark.length) : null
}

/**
 * Before migrations: takes away the views that files made, in one transaction, so that they are there or wholly gone.
 * False where there were none of them.
 */
export async function dropViews(client: PoolClient, views: Views): Promise<boolean> {
  if ((await madeOf(client)) === null) return false
  await inOne(client, 'dropping the views', async () => {
    await client.query(dropping(views))
    await client.query('comment on schema doorstep is null')
  })
  return true
}

/** After migrations: makes the views where they are not those of the files. Says whether it did. */
export async function makeViews(client: PoolClient, views: Views): Promise<boolean> {
  if ((await madeOf(client)) === views.sha256) return false
  await inOne(client, 'making the views', async () => {
    await client.query(dropping(views))
    for (const { sql } of views.files) await client.query(sql)
    await client.query(`comment on schema doorstep is '${mark}${views.sha256}'`)
  })
  return true
}

// Without `cascade`: what rests on a view and is not ours must not vanish with it.
function dropping(views: Views): string {
  const { views: shown, functions } = namesOf(views)
  return [
    ...(shown.length === 0 ? [] : [`drop view if exists ${shown.join(', ')}`]),
    ...functions.toReversed().map((name) => `drop function if exists ${name}`),
  ].join('; ')
}

async function inOne(client: PoolClient, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await client.query('begin')
    await work()
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new RegistryProblem(
      'registry_migration_failed',
      `Beside the migrations, ${what} failed and was undone: ${errorMessage(error)}.`,
      'Views of your own that read those of Doorstep stand in the way: drop them, start again, and make them anew.',
      error,
    )
  }
}
