import { DuckDBInstance } from '@duckdb/node-api'
import type { Relation } from '../pairs/load.ts'
import { readColumns } from '../session/session.ts'

/** What relations hold, whatever the order of their rows, as text: names and types of their columns, hashes of their rows. */
export async function contentsOf(relations: readonly Relation[]): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const found: string[][] = []
    for (const { relation } of relations) {
      const sql = `select count(*)::varchar, bit_xor(hash(t))::varchar, sum(hash(t) >> 8)::varchar, version() from ${relation} t`
      const columns = `select column_name, column_type from (describe select * from ${relation})`
      for (const each of [sql, columns]) found.push((await readColumns(connection, each)).flat().map(String))
    }
    return found
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
