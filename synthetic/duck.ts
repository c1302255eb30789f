import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { readFile } from 'node:fs/promises'
import { withAssumptions } from './country/assumptions.ts'

export type Duck = { connection: DuckDBConnection; close: () => void }

/** A DuckDB of our own; `file` keeps it on disk so that large worlds spill instead of filling memory. */
export async function openDuck(options: { file?: string; threads?: number; memory?: string } = {}): Promise<Duck> {
  const instance = await DuckDBInstance.create(options.file ?? ':memory:', {
    threads: String(options.threads ?? 2),
    memory_limit: options.memory ?? '3GB',
    preserve_insertion_order: 'true',
  })
  const connection = await instance.connect()
  return {
    connection,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Runs a file of `sql/` with the assumptions and `values` written in. */
export async function runSql(duck: Duck, file: string, values: Record<string, number | string>): Promise<void> {
  const text = await readFile(new URL(`sql/${file}.sql`, import.meta.url), 'utf8')
  try {
    await duck.connection.run(withAssumptions(text, values))
  } catch (error) {
    throw new Error(`synthetic/sql/${file}.sql failed`, { cause: error })
  }
}

/** Rows of a query as plain objects; big integers come as text unless cast in the query. */
export async function rowsOf<T>(duck: Duck, sql: string): Promise<T[]> {
  const reader = await duck.connection.runAndReadAll(sql)
  return reader.getRowObjectsJson() as unknown as T[]
}

// One statement's share of rows, so that none grows without bound.
const chunk = 5000

/** Makes a table of these columns and rows. As JSON: DuckDB takes six times as long over as many literals. */
export async function makeTable(
  duck: Duck,
  name: string,
  columns: Record<string, string>,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const typed = Object.entries(columns).map(([column, type]) => `${column} ${type}`)
  await duck.connection.run(`create or replace table ${name} (${typed.join(', ')})`)
  const types = quote(JSON.stringify([columns]))
  for (let from = 0; from < rows.length; from += chunk) {
    const given = quote(JSON.stringify(rows.slice(from, from + chunk)))
    await duck.connection.run(`insert into ${name} select unnest(from_json(${given}, ${types}), recursive := true)`)
  }
}

/** Text as an SQL literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
