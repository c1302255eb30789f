import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { chunksOf } from './chunks.ts'
import type { NumberChunk } from './chunks.ts'
import { openManifest } from './manifest.ts'
import { readNumber, readRows } from './read.ts'
import { openWorkFile } from './resume.ts'
import { literal, quote } from './text.ts'
import { openWriter } from './writer.ts'
import type { ColumnType, Writer } from './writer.ts'

export { readColumns } from './read.ts'
export type { ColumnType } from './writer.ts'

/** One named table of the chain: print `sql` to see how it came to be. `resumed`: found ready from an earlier run. */
export type Step = { table: string; sql: string; rows: number; milliseconds: number; resumed?: boolean }

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
  eachChunk(sql: string, read: (chunk: NumberChunk) => void): Promise<void>
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

export { literal, quote }

/** Rows up to which a table of a work folder outlives its use: a run that goes on may read it again. */
const SMALL_KEPT_TABLE = 10
/** The same in memory, where nobody reads it again: what it holds is less than the time of a statement is worth. */
const SMALL_TABLE = 2000

/** The database of a run, and what closes it where it is the run's own. A caller's connection stays open. */
async function connect({ connection, work_dir }: SessionOptions) {
  if (connection) return { connection, instance: null }
  const instance = work_dir === undefined ? await DuckDBInstance.create(':memory:') : await openWorkFile(work_dir)
  return { connection: await instance.connect(), instance }
}

/** A caller's connection keeps its own settings unless it asks otherwise. */
async function configure(connection: DuckDBConnection, options: SessionOptions): Promise<void> {
  if (options.threads) await connection.run(`set threads = ${Math.trunc(options.threads)}`)
  if (options.memory_limit) await connection.run(`set memory_limit = ${literal(options.memory_limit)}`)
  if (options.temp_directory) await connection.run(`set temp_directory = ${literal(options.temp_directory)}`)
}

/** Takes the run's temporary tables and views from a caller's connection. */
async function dropTemporary(connection: DuckDBConnection): Promise<void> {
  for (const kind of ['view', 'table']) {
    const names = await readRows(
      connection,
      `select ${kind}_name from duckdb_${kind}s() where temporary and starts_with(${kind}_name, 'lk_')`,
      (row) => row.text(0),
    )
    const drops = names.map((name) => `drop ${kind} if exists temp.${quote(name)}`)
    if (drops.length > 0) await connection.run(drops.join('; '))
  }
}

/** Opens a session: tables of one connection, all named lk_*, temporary unless they are kept in a work folder. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { work_dir } = options
  const { connection, instance } = await connect(options)
  await configure(connection, options)
  const temporary = work_dir === undefined ? 'temp ' : ''
  const small = work_dir === undefined ? SMALL_TABLE : SMALL_KEPT_TABLE
  const steps: Step[] = []
  const tell = (step: Step) => {
    steps.push(step)
    options.on_step?.(step)
  }
  const manifest = await openManifest(connection, work_dir !== undefined)

  /** Makes one table, once, and reports it. */
  const remember = async (table: string, sql: string, make: () => Promise<number>): Promise<number> => {
    const started = performance.now()
    const { rows, resumed } = await manifest.once(table, sql, make)
    const milliseconds = performance.now() - started
    tell({ table: `lk_${table}`, sql, rows, milliseconds, ...(resumed ? { resumed } : {}) })
    return rows
  }

  return {
    connection,
    steps,
    async step(table, select) {
      const sql = `create or replace ${temporary}table lk_${table} as\n${select.trim()}`
      // DuckDB answers with the number of rows
      return remember(table, sql, () => readNumber(connection, sql))
    },
    async view(name, select) {
      try {
        await connection.run(`create or replace ${temporary}view lk_${name} as\n${select.trim()}`)
      } catch (error) {
        // what it looks at was made, read by all who need it and dropped in an earlier run
        const spent = work_dir !== undefined && steps.length > 0 && steps.every((step) => step.resumed)
        if (!spent) throw error
      }
    },
    async fill(table, source, columns, write) {
      const sql = `create or replace ${temporary}table lk_${table} (${Object.entries(columns)
        .map(([name, type]) => `${quote(name)} ${type}`)
        .join(', ')})`
      const rows = await remember(table, `${sql}\n-- filled from JavaScript: ${source}`, async () => {
        await connection.run(sql)
        const writer = await openWriter(connection, `lk_${table}`, columns, work_dir === undefined)
        await write(writer)
        return writer.close()
      })
      return rows > 0
    },
    async copy(name, select, file) {
      const started = performance.now()
      const format = file.toLowerCase().endsWith('.csv') ? 'format csv, header' : 'format parquet'
      const sql = `copy (${select}) to ${literal(file)} (${format})`
      const rows = await readNumber(connection, sql)
      tell({ table: `${name}_out`, sql, rows, milliseconds: performance.now() - started })
    },
    async eachChunk(sql, read) {
      for await (const chunk of chunksOf(connection, sql)) read(chunk)
    },
    async drop(table) {
      // what a run that goes on found ready it may not have made again
      if (manifest.rowsOf(table) <= small || options.keep_tables) return
      await connection.run(`drop table if exists lk_${table}`)
    },
    async close() {
      if (instance) {
        connection.closeSync()
        instance.closeSync()
      } else if (!options.keep_tables) await dropTemporary(connection)
    },
  }
}
