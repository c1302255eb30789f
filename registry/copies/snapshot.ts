import { createWriteStream, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import type { PoolClient } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { fileSha256, literal, tableName } from './files.ts'
import type { Registry } from '../open.ts'
import { RegistryProblem, registryProblem } from '../problem.ts'
import { type Actor, actorSettings } from '../transaction.ts'

export interface SnapshotOptions {
  out_dir: string
  /** Names of tables or views. */
  tables: string[]
  /** Whose eyes: row-level security applies to what is copied. */
  actor: Actor
  on_progress?: (done: number, total: number, table: string) => void
}

export interface SnapshotTable {
  table: string
  file: string
  rows: number
  bytes: number
  sha256: string
  columns: { name: string; type: string }[]
}

export interface SnapshotManifest {
  taken_at: string
  scope: string[]
  role: string
  tables: SnapshotTable[]
}

/**
 * Writes tables as Parquet for DuckDB, as they stood at one moment (one repeatable-read transaction), with a
 * `manifest.json` beside them. An earlier snapshot in `out_dir` is replaced table by table. Types: bigint BIGINT,
 * integer INTEGER, numeric DECIMAL(38, 9) (exact to nine decimals), double DOUBLE, boolean BOOLEAN, date DATE,
 * timestamptz TIMESTAMPTZ, jsonb JSON text, text[] VARCHAR[], the rest VARCHAR.
 */
export async function snapshot(registry: Registry, options: SnapshotOptions): Promise<SnapshotManifest> {
  const out_dir = resolve(options.out_dir)
  const client = await registry.pools.read.connect()
  try {
    mkdirSync(out_dir, { recursive: true })
    await client.query('start transaction isolation level repeatable read read only')
    for (const statement of actorSettings(options.actor)) await client.query(statement)
    const { rows } = await client.query<{ at: string }>('select now() as at')
    const tables: SnapshotTable[] = []
    for (const table of options.tables) {
      tables.push(await writeTable(client, tableName(table), out_dir))
      options.on_progress?.(tables.length, options.tables.length, table)
    }
    await client.query('commit')
    const manifest = { taken_at: rows[0]?.at ?? '', scope: options.actor.scope, role: options.actor.role, tables }
    writeFileSync(join(out_dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    return manifest
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw registryProblem(error, out_dir) ?? error
  } finally {
    client.release()
  }
}

interface Column {
  name: string
  type: string
}

// format_type() names; anything else travels as text.
const DUCKDB_TYPES: Record<string, string> = {
  bigint: 'BIGINT',
  integer: 'INTEGER',
  smallint: 'SMALLINT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  'double precision': 'DOUBLE',
  real: 'FLOAT',
  numeric: 'DECIMAL(38, 9)',
  'text[]': 'VARCHAR[]',
}

function duckType(type: string): string {
  if (type.startsWith('timestamp')) return type.endsWith('with time zone') ? 'TIMESTAMPTZ' : 'TIMESTAMP'
  return DUCKDB_TYPES[type.replace(/\(.*\)/, '')] ?? 'VARCHAR'
}

async function columnsOf(client: PoolClient, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
       and has_column_privilege(attrelid, attnum, 'select') order by attnum`,
    [`doorstep.${table}`],
  )
  if (rows.length > 0) return rows
  throw new RegistryProblem(
    'registry_table_unknown',
    `There is no table ${table} that the read role may see.`,
    'Name tables of the registry; sessions and secrets are never part of a snapshot.',
  )
}

async function writeTable(client: PoolClient, table: string, out_dir: string): Promise<SnapshotTable> {
  const columns = await columnsOf(client, table)
  const csv = join(out_dir, `${table}.csv.making`)
  const parquet = join(out_dir, `${table}.parquet`)
  try {
    // An array goes as JSON, which DuckDB reads back as a list.
    const list = columns.map(({ name, type }) => (type.endsWith('[]') ? `to_json("${name}")` : `"${name}"`)).join(', ')
    // COPY (select ...), never COPY table: the latter looks past row-level security on Citus. `force quote` tells an
    // empty text from a missing one.
    const copy = `copy (select ${list} from ${table}) to stdout with (format csv, force_quote *)`
    await pipeline(client.query(copyTo(copy)), createWriteStream(csv))
    const rows = await toParquet(csv, `${parquet}.making`, columns)
    renameSync(`${parquet}.making`, parquet)
    return {
      table,
      file: `${table}.parquet`,
      rows,
      bytes: statSync(parquet).size,
      sha256: await fileSha256(parquet),
      columns: columns.map(({ name, type }) => ({ name, type: duckType(type) })),
    }
  } finally {
    rmSync(csv, { force: true })
    rmSync(`${parquet}.making`, { force: true })
  }
}

async function toParquet(csv: string, parquet: string, columns: Column[]): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB' })
  const connection = await instance.connect()
  try {
    await connection.run("set timezone = 'UTC'")
    // DuckDB sets aside sixteen times the longest line it is told to expect; lines here end at 16 MB.
    const longest = Math.min(Math.max(statSync(csv).size, 2_000_000), 16_000_000)
    const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(csvType(type))}`).join(', ')
    const list = columns.map(({ name, type }) =>
      type.endsWith('[]') ? `cast("${name}"::json as ${duckType(type)}) as "${name}"` : `"${name}"`,
    )
    const result = await connection.runAndReadAll(
      `copy (select ${list.join(', ')} from read_csv(${literal(csv)}, header = false, auto_detect = false, delim = ',',
         quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\\n', parallel = false,
         max_line_size = ${longest}, columns = {${types}}))
       to ${literal(parquet)} (format parquet, compression zstd)`,
    )
    return Number(result.getRows()[0]?.[0] ?? 0)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const csvType = (type: string): string => (type.endsWith('[]') ? 'VARCHAR' : duckType(type))
