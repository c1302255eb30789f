// PostgreSQL (embedded, as the product starts it) beside ours: the questions by hand, one at a time, and our own compiled
// statement there.
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { DIALECTS, quoteName, sqlType } from '#engines/rules/sql/dialect.ts'
import type { FieldType } from '#engines/rules/schema.ts'
import { assessSql } from '#packs/nation.ts'
import type { Rulebook, Standpoint } from '#packs/rulebook.ts'
import { startEmbedded } from '#registry/embedded/supervisor.ts'
import { quote, rowsOf, type Duck } from '#synthetic/duck.ts'
import { naiveRules, naiveVerdict } from './naive.ts'
import { KEY } from './tables.ts'

export type PostgresRun = {
  version: string
  seconds_load: number
  naive: { seconds: number; by_rule: Record<string, number>; verdicts_file: string }
  compiled: { seconds: number; verdicts_file: string }
}

// A machine of its own for once: room to sort and join in memory, two workers as ours has two.
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '1GB',
  work_mem: '256MB',
  maintenance_work_mem: '512MB',
  max_parallel_workers_per_gather: '2',
  min_dynamic_shared_memory: '256MB',
  max_wal_size: '8GB',
}

/** Tables `households`, `members` and `registers` of `duck`, loaded, indexed by household and analysed before the clock. */
export async function runPostgres(
  duck: Duck,
  book: Rulebook,
  at: Standpoint,
  work: string,
  progress: (step: string) => void,
): Promise<PostgresRun> {
  const folder = path.join(work, 'postgres')
  await mkdir(folder, { recursive: true })
  const embedded = await startEmbedded({ data_dir: folder, settings: SETTINGS, flush_new: false })
  const client = new pg.Client({ ...embedded.connection, database: 'postgres' })
  try {
    await client.connect()
    const run = (sql: string) => client.query<Record<string, string>>(sql)
    const { compiled } = book
    const types: Record<string, Record<string, FieldType>> = {
      households: compiled.schema.household,
      members: compiled.schema.lists['members']!,
      registers: compiled.schema.lists['registers']!,
    }
    const seconds_load = await timed(async () => {
      for (const [table, known] of Object.entries(types)) await load(duck, client, table, known, folder)
    })
    const take = async (table: string): Promise<string> => {
      const file = path.join(work, `${table}.csv`)
      const { rows } = await client.query<{ line: string }>({
        text: `select string_agg(verdict, E'\\n' order by household_id) as line from ${table}`,
      })
      await duck.connection.run(
        `create or replace temp table taken as select unnest(string_split($lines, chr(10))) as v`,
        {
          lines: rows[0]!.line,
        },
      )
      await duck.connection.run(`copy taken to ${quote(file)} (format csv, header false)`)
      return file
    }
    const rules = naiveRules(at)
    const by_rule: Record<string, number> = {}
    for (const { name, sql } of rules) {
      by_rule[name] = await timed(() =>
        run(`create unlogged table naive_${name} as select household_id, (${sql}) as answer from households h`),
      )
      progress(`PostgreSQL by hand, ${name}: ${by_rule[name].toFixed(1)} s`)
    }
    by_rule['verdict'] = await timed(() => run(`create unlogged table naive as ${naiveVerdict(rules)}`))
    const list_tables = { members: { table: 'members' }, registers: { table: 'registers' } }
    const tables = { household_table: 'households', list_tables, key: KEY }
    const seconds = await timed(() =>
      run(`create unlogged table compiled as ${assessSql(book, tables, at, 'postgres')}`),
    )
    const [version] = (await run('show server_version')).rows
    return {
      version: Object.values(version!)[0]!,
      seconds_load,
      naive: {
        seconds: Object.values(by_rule).reduce((a, b) => a + b, 0),
        by_rule,
        verdicts_file: await take('naive'),
      },
      compiled: { seconds, verdicts_file: await take('compiled') },
    }
  } finally {
    await client.end().catch(() => {})
    await embedded.stop()
  }
}

async function load(
  duck: Duck,
  client: pg.Client,
  table: string,
  known: Record<string, FieldType>,
  folder: string,
): Promise<void> {
  const names = (await rowsOf<{ column_name: string }>(duck, `describe ${table}`)).map((each) => each.column_name)
  const kind = (name: string) =>
    name === 'household_id' ? 'integer' : sqlType(known[name]?.type ?? 'text', DIALECTS.postgres)
  const file = path.join(folder, `${table}.csv`)
  const columns = names.map((name) =>
    known[name]?.type === 'choices' ? `'{' || array_to_string(${name}, ',') || '}' as ${name}` : name,
  )
  await duck.connection.run(
    `copy (select ${columns.join(', ')} from ${table}) to ${quote(file)} (format csv, header false)`,
  )
  await client.query(
    `create unlogged table ${table} (${names.map((name) => `${quoteName(name)} ${kind(name)}`).join(', ')})`,
  )
  await pipeline(createReadStream(file), client.query(copyFrom(`copy ${table} from stdin (format csv)`)))
  await client.query(`create index on ${table} (household_id)`)
  await client.query(`vacuum analyze ${table}`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}
