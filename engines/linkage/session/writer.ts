import { DuckDBDataChunk, DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'

export type ColumnType = 'int' | 'double' | 'text'

/** Takes one array per column; all of one length. `close` tells how many rows were written. */
export type Writer = { write(arrays: readonly ArrayLike<DuckDBValue>[]): void; close(): number }

const TYPES = { int: INTEGER, double: DOUBLE, text: VARCHAR }
/** DuckDB's vector size: a chunk holds no more. */
const CHUNK_ROWS = 2048

/** Opens a table for writing by columns. */
export async function openWriter(
  connection: DuckDBConnection,
  table: string,
  columns: Readonly<Record<string, ColumnType>>,
  temporary: boolean,
): Promise<Writer> {
  const types = Object.values(columns).map((type) => TYPES[type])
  const appender = await (temporary
    ? connection.createAppender(table, 'main', 'temp')
    : connection.createAppender(table, 'main'))
  let written = 0
  return {
    write(arrays) {
      const rows = arrays[0]?.length ?? 0
      written += rows
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const to = Math.min(rows, from + CHUNK_ROWS)
        const chunk = DuckDBDataChunk.create(types, to - from)
        for (const [column, array] of arrays.entries()) fillColumn(chunk, column, array, { from, to })
        appender.appendDataChunk(chunk)
      }
    },
    close() {
      appender.closeSync()
      return written
    },
  }
}

/** One column of a chunk from part of an array; ints and doubles as they lie in memory, a third of the time of value by value. */
function fillColumn(
  chunk: DuckDBDataChunk,
  column: number,
  array: ArrayLike<DuckDBValue>,
  { from, to }: { from: number; to: number },
) {
  const vector = chunk.getColumnVector(column)
  const items: unknown = 'items' in vector ? vector.items : null
  const fits =
    (items instanceof Int32Array && array instanceof Int32Array) ||
    (items instanceof Float64Array && array instanceof Float64Array)
  if (!fits) {
    const values = Array.from({ length: to - from }, (_, i): DuckDBValue => array[from + i] ?? null)
    return chunk.setColumnValues(column, values)
  }
  items.set(array.subarray(from, to))
  vector.flush()
}
