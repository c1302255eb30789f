import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows } from './read.ts'
import { stepKey } from './resume.ts'
import { literal } from './text.ts'

/** Which tables of a run are ready, by their names without lk_. */
export type Manifest = {
  /**
   * Makes one table, once: in a work folder together with its line in the manifest, or not at all. `resumed`: it was made by
   * an earlier run with the same SQL.
   */
  once(table: string, sql: string, make: () => Promise<number>): Promise<{ rows: number; resumed: boolean }>
  /** Rows of a table of this run or an earlier one; 0 for one that was never made. */
  rowsOf(table: string): number
}

/** The manifest of a connection: lk_manifest where its tables are `kept`, else of this run alone. */
export async function openManifest(connection: DuckDBConnection, kept: boolean): Promise<Manifest> {
  const done = kept ? await readManifest(connection) : new Map<string, { key: string; rows: number }>()
  const sizes = new Map<string, number>()

  const keep = async (table: string, key: string, make: () => Promise<number>): Promise<number> => {
    if (!kept) return make()
    await connection.run('begin')
    const rows = await make()
    await connection.run(`insert or replace into lk_manifest values (${literal(table)}, '${key}', ${rows})`)
    await connection.run('commit')
    done.set(table, { key, rows })
    return rows
  }
  return {
    async once(table, sql, make) {
      const key = stepKey(sql)
      const known = done.get(table)
      const resumed = known?.key === key
      const rows = known && resumed ? known.rows : await keep(table, key, make)
      sizes.set(table, rows)
      return { rows, resumed }
    },
    rowsOf: (table) => sizes.get(table) ?? done.get(table)?.rows ?? 0,
  }
}

async function readManifest(connection: DuckDBConnection) {
  // choosing a compression for every column costs six times as much as writing it
  await connection.run(`set force_compression = 'uncompressed'`)
  await connection.run('create table if not exists lk_manifest (step varchar primary key, key varchar, rows double)')
  const lines = await readRows(connection, 'select step, key, rows from lk_manifest', (row) => {
    return [row.text(0), { key: row.text(1), rows: row.number(2) }] as const
  })
  return new Map(lines)
}
