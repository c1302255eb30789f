import type { DuckDBConnection } from '@duckdb/node-api'

/** Columns of ints and doubles without nulls, as they lie in memory: the next chunk takes the same place. */
export type NumberChunk = { rows: number; ints(column: number): Int32Array; doubles(column: number): Float64Array }

/** The chunks of a result as they are made: nothing may be written meanwhile. */
export async function* chunksOf(connection: DuckDBConnection, sql: string): AsyncGenerator<NumberChunk> {
  const result = await connection.stream(sql)
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const { rowCount: rows } = chunk
    const vectors = Array.from({ length: result.columnCount }, (_, i) => chunk?.getColumnVector(i))
    yield {
      rows,
      ints(column) {
        const items = itemsOf(vectors[column])
        if (items instanceof Int32Array) return items
        throw new TypeError(`Column ${column} is not of type integer`)
      },
      doubles(column) {
        const items = itemsOf(vectors[column])
        if (items instanceof Float64Array) return items
        throw new TypeError(`Column ${column} is not of type double`)
      },
    }
  }
}

const itemsOf = (vector: object | undefined): unknown => (vector && 'items' in vector ? vector.items : null)
