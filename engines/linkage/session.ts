import { DuckDBDataChunk, DuckDBInstance, DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'

/** One named table of the chain: print `sql` to see how it came to be. */
export type Step = { table: string; sql: string; rows: number; milliseconds: number }

export type Session = {
  connection: DuckDBConnection
  steps: Step[]
  /** Writes the table `lk_<table>` anew from a select and remembers it. */
  step(table: string, select: string): Promise<number>
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
  /** Leaves the chain's temporary tables in the caller's connection, to look at. */
  keep_tables?: boolean
  /** Called after every table of the chain. */
  on_step?: (step: Step) => void
}

export type ColumnType = 'int' | 'double' | 'text'

const TYPES = { int: INTEGER, double: DOUBLE, text: VARCHAR }
const SQL_TYPES = { int: 'integer', double: 'double', text: 'varchar' }
/** DuckDB's vector size: a chunk holds no more. */
const CHUNK_ROWS = 2048

export const quote = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`

/** Opens a session: temporary tables of one connection, all named lk_*, dropped at close. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const instance = options.connection ? null : await DuckDBInstance.create(':memory:')
  const connection = options.connection ?? (await instance!.connect())
  // a caller's connection keeps its own settings unless it asks otherwise
  if (options.threads) await connection.run(`set threads = ${Math.trunc(options.threads)}`)
  if (options.memory_limit) await connection.run(`set memory_limit = '${options.memory_limit.replaceAll("'", "''")}'`)
  const steps: Step[] = []
  return {
    connection,
    steps,
    async step(table, select) {
      const started = performance.now()
      const sql = `create or replace temp table lk_${table} as\n${select.trim()}`
      await connection.run(sql)
      const rows = Number((await readColumns(connection, `select count(*)::double from lk_${table}`))[0]![0])
      const step = { table: `lk_${table}`, sql, rows, milliseconds: performance.now() - started }
      steps.push(step)
      options.on_step?.(step)
      return rows
    },
    async close() {
      if (instance) {
        connection.closeSync()
        instance.closeSync()
      } else if (!options.keep_tables) {
        const [names] = await readColumns(
          connection,
          `select table_name from duckdb_tables() where temporary and starts_with(table_name, 'lk_')`,
        )
        for (const name of names!) await connection.run(`drop table if exists temp.${quote(String(name))}`)
      }
    },
  }
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

/** Integer columns of a query as Int32Array; null becomes `missing`. */
export async function readInts(connection: DuckDBConnection, sql: string, missing = 0): Promise<Int32Array[]> {
  const columns = await readColumns(connection, sql)
  return columns.map((column) => Int32Array.from(column, (value) => (value === null ? missing : Number(value))))
}

/** Opens `lk_<table>` for writing by columns: `write` takes one array per column, `close` ends it. */
export async function openWriter(session: Session, table: string, columns: Record<string, ColumnType>) {
  const started = performance.now()
  const types = Object.values(columns)
  const sql = `create or replace temp table lk_${table} (${Object.entries(columns)
    .map(([name, type]) => `${quote(name)} ${SQL_TYPES[type]}`)
    .join(', ')})`
  await session.connection.run(sql)
  const appender = await session.connection.createAppender(`lk_${table}`, 'main', 'temp')
  let written = 0
  return {
    write(arrays: readonly ArrayLike<DuckDBValue>[]) {
      const rows = arrays[0]!.length
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const to = Math.min(rows, from + CHUNK_ROWS)
        const chunk = DuckDBDataChunk.create(
          types.map((type) => TYPES[type]),
          to - from,
        )
        chunk.setColumns(arrays.map((array) => Array.prototype.slice.call(array, from, to) as DuckDBValue[]))
        appender.appendDataChunk(chunk)
      }
      written += rows
    },
    close() {
      appender.closeSync()
      const step = {
        table: `lk_${table}`,
        sql: `${sql}\n-- filled from JavaScript`,
        rows: written,
        milliseconds: performance.now() - started,
      }
      session.steps.push(step)
    },
  }
}
