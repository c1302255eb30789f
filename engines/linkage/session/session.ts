import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { openWorkFile, stepKey } from './resume.ts'
import { openWriter } from './writer.ts'
import type { ColumnType, Writer } from './writer.ts'

export type { ColumnType } from './writer.ts'

/** One named table of the chain: print `sql` to see how it came to be. `resumed`: found ready from an earlier run. */
export type Step = { table: string; sql: string; rows: number; milliseconds: number; resumed?: boolean }

/** Columns of ints and doubles of one chunk, reused by the next. */
export type Numbers = Int32Array | Float64Array

export type Session = {
  connection: DuckDBConnection
  steps: Step[]
  /** Writes the table `lk_<table>` anew from a select and remembers it. */
  step(table: string, select: string): Promise<number>
  /** Names a select `lk_<name>`, to be computed when it is read. */
  view(name: string, select: string): Promise<void>
  /** As `step`, filled from JavaScript; `source` says from what. True when it has rows. */
  fill(
    table: string,
    source: string,
    columns: Readonly<Record<string, ColumnType>>,
    write: (writer: Writer) => Promise<void>,
  ): Promise<boolean>
  /** Writes a select to a file, as a step named `<name>_out` that is done again in a run that goes on. */
  copy(name: string, select: string, file: string): Promise<void>
  /** Reads columns of ints and doubles without nulls, chunk by chunk as they are made: nothing may be written meanwhile. */
  eachInts(sql: string, read: (columns: Numbers[], rows: number) => void): Promise<void>
  /** Frees a table that no later step reads; kept where the caller wants to look at it. */
  drop(table: string): Promise<void>
  close(): Promise<void>
}

export type SessionOptions = {
  /**
   * A connection of the caller's; its tables may be named as inputs. One run at a time, and its temporary tables lk_* are
   * ours: they are overwritten, and dropped at the end. Without one a private in-memory DuckDB is used.
   */
  connection?: DuckDBConnection
  threads?: number
  /** As DuckDB writes it: `4GB`. */
  memory_limit?: string
  /** Where DuckDB may put what does not fit the memory limit. */
  temp_directory?: string
  /**
   * A folder for the tables of the run. Each finished table stays: a run that was killed goes on from there when it is
   * started again with the same inputs, model and options, and starts anew with others. Not with `connection`.
   */
  work_dir?: string
  /** Leaves the chain's temporary tables in the caller's connection, to look at. */
  keep_tables?: boolean
  /** Called after every table of the chain. */
  on_step?: (step: Step) => void
}

export const quote = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Rows up to which a table of a work folder outlives its use: a run that goes on may read it again. */
const SMALL_KEPT_TABLE = 10
/** The same in memory, where nobody reads it again: what it holds is less than the time of a statement is worth. */
const SMALL_TABLE = 2000

/** Opens a session: tables of one connection, all named lk_*, temporary unless they are kept in a work folder. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { work_dir } = options
  const instance = options.connection
    ? null
    : work_dir === undefined
      ? await DuckDBInstance.create(':memory:')
      : await openWorkFile(work_dir)
  const connection = options.connection ?? (await instance!.connect())
  // a caller's connection keeps its own settings unless it asks otherwise
  if (options.threads) await connection.run(`set threads = ${Math.trunc(options.threads)}`)
  if (options.memory_limit) await connection.run(`set memory_limit = ${literal(options.memory_limit)}`)
  if (options.temp_directory) await connection.run(`set temp_directory = ${literal(options.temp_directory)}`)
  const kind = work_dir === undefined ? 'temp table' : 'table'
  const done = new Map<string, { key: string; rows: number }>()
  const sizes = new Map<string, number>()
  if (work_dir !== undefined) {
    // choosing a compression for every column costs six times as much as writing it
    await connection.run(`set force_compression = 'uncompressed'`)
    await connection.run('create table if not exists lk_manifest (step varchar primary key, key varchar, rows double)')
    const [steps, keys, rows] = await readColumns(connection, 'select step, key, rows from lk_manifest')
    for (const [i, step] of steps!.entries()) done.set(String(step), { key: String(keys![i]), rows: Number(rows![i]) })
  }
  const steps: Step[] = []
  const tell = (step: Step) => {
    steps.push(step)
    options.on_step?.(step)
  }

  /** Makes one table, once: in a work folder together with its line in the manifest, or not at all. */
  const remember = async (table: string, sql: string, make: () => Promise<number>): Promise<number> => {
    const started = performance.now()
    const key = stepKey(sql)
    const known = done.get(table)
    const resumed = known?.key === key
    let rows = known?.rows ?? 0
    if (!resumed) {
      if (work_dir !== undefined) await connection.run('begin')
      rows = await make()
      if (work_dir !== undefined) {
        await connection.run(`insert or replace into lk_manifest values (${literal(table)}, '${key}', ${rows})`)
        await connection.run('commit')
        done.set(table, { key, rows })
      }
    }
    sizes.set(table, rows)
    tell({
      table: `lk_${table}`,
      sql,
      rows,
      milliseconds: performance.now() - started,
      ...(resumed ? { resumed } : {}),
    })
    return rows
  }

  return {
    connection,
    steps,
    async step(table, select) {
      const sql = `create or replace ${kind} lk_${table} as\n${select.trim()}`
      // DuckDB answers with the number of rows
      return remember(table, sql, async () => Number((await readColumns(connection, sql))[0]![0]))
    },
    async view(name, select) {
      const temporary = work_dir === undefined ? 'temp ' : ''
      try {
        await connection.run(`create or replace ${temporary}view lk_${name} as\n${select.trim()}`)
      } catch (error) {
        // what it looks at was made, read by all who need it and dropped in an earlier run
        const spent = work_dir !== undefined && steps.length > 0 && steps.every((step) => step.resumed)
        if (!spent) throw error
      }
    },
    async fill(table, source, columns, write) {
      const sql = `create or replace ${kind} lk_${table} (${Object.entries(columns)
        .map(([name, type]) => `${quote(name)} ${type}`)
        .join(', ')})`
      const rows = await remember(table, `${sql}\n-- filled from JavaScript: ${source}`, async () => {
        const writer = await openWriter(connection, sql, `lk_${table}`, columns, work_dir === undefined)
        await write(writer)
        return writer.close()
      })
      return rows > 0
    },
    async copy(name, select, file) {
      const started = performance.now()
      const format = file.toLowerCase().endsWith('.csv') ? 'format csv, header' : 'format parquet'
      const sql = `copy (${select}) to ${literal(file)} (${format})`
      const [counted] = await readColumns(connection, sql)
      tell({ table: `${name}_out`, sql, rows: Number(counted![0]), milliseconds: performance.now() - started })
    },
    async eachInts(sql, read) {
      const result = await connection.stream(sql)
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        const columns: Numbers[] = []
        for (let i = 0; i < result.columnCount; i++) columns.push(itemsOf(chunk.getColumnVector(i)))
        read(columns, chunk.rowCount)
      }
    },
    async drop(table) {
      // what a run that goes on found ready it may not have made again
      const rows = sizes.get(table) ?? done.get(table)?.rows ?? 0
      if (rows <= (work_dir === undefined ? SMALL_TABLE : SMALL_KEPT_TABLE)) return
      if (!options.keep_tables) await connection.run(`drop table if exists lk_${table}`)
    },
    async close() {
      if (instance) {
        connection.closeSync()
        instance.closeSync()
      } else if (!options.keep_tables) {
        for (const kind of ['view', 'table']) {
          const [names] = await readColumns(
            connection,
            `select ${kind}_name from duckdb_${kind}s() where temporary and starts_with(${kind}_name, 'lk_')`,
          )
          const drops = names!.map((name) => `drop ${kind} if exists temp.${quote(String(name))}`)
          if (drops.length > 0) await connection.run(drops.join('; '))
        }
      }
    },
  }
}

/** The values of a vector of ints or doubles, as they lie in memory. */
function itemsOf(vector: object): Numbers {
  const items: unknown = 'items' in vector ? vector.items : null
  if (items instanceof Int32Array || items instanceof Float64Array) return items
  throw new TypeError('eachInts reads columns of type integer and double')
}

/** A query's result by columns; integers and doubles are numbers, text strings, missing null. */
export async function readColumns(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await connection.run(sql)
  const columns: DuckDBValue[][] = Array.from({ length: result.columnCount }, () => [])
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (let i = 0; i < columns.length; i++) {
      const into = columns[i]!
      for (const value of chunk.getColumnValues(i)) into.push(value)
    }
  }
  return columns
}
