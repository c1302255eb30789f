import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'

/** A query's result by columns, of which there is one at least; integers and doubles are numbers, missing is null. */
export async function readColumns(
  connection: DuckDBConnection,
  sql: string,
): Promise<[DuckDBValue[], ...DuckDBValue[][]]> {
  const result = await connection.run(sql)
  const others: DuckDBValue[][] = Array.from({ length: result.columnCount - 1 }, () => [])
  const columns: [DuckDBValue[], ...DuckDBValue[][]] = [[], ...others]
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [i, into] of columns.entries()) {
      for (const value of chunk.getColumnValues(i)) into.push(value)
    }
  }
  return columns
}

/** Text of a value of DuckDB; null where it is missing. */
export const textOrNull = (value: DuckDBValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value)

/** One row of a result, by the places of its columns. Throws RangeError for a column that the query does not give. */
export class ResultRow {
  readonly #columns: readonly DuckDBValue[][]
  readonly #row: number

  constructor(columns: readonly DuckDBValue[][], row: number) {
    this.#columns = columns
    this.#row = row
  }

  value(column: number): DuckDBValue {
    const value = this.#columns[column]?.[this.#row]
    if (value === undefined) throw new RangeError(`The query gives no row ${this.#row} with a column ${column}`)
    return value
  }

  number(column: number): number {
    return Number(this.value(column))
  }

  text(column: number): string {
    return String(this.value(column))
  }

  textOrNull(column: number): string | null {
    return textOrNull(this.value(column))
  }

  /** A word of an enum; throws RangeError for any other. */
  word<T extends string>(column: number, words: readonly T[]): T {
    const value = this.value(column)
    const found = words.find((word) => word === value)
    if (found === undefined) throw new RangeError(`${String(value)} is none of ${words.join(', ')}`)
    return found
  }

  numbers(): number[] {
    return this.#columns.map((_, column) => this.number(column))
  }
}

/** What `make` makes of each row of a result. */
export async function readRows<T>(
  connection: DuckDBConnection,
  sql: string,
  make: (row: ResultRow) => T,
): Promise<T[]> {
  const columns = await readColumns(connection, sql)
  return columns[0].map((_, row) => make(new ResultRow(columns, row)))
}

/** The columns of a relation and their types. */
export const describe = (connection: DuckDBConnection, relation: string) =>
  readRows(connection, `select column_name, column_type from (describe select * from ${relation})`, (row) => ({
    name: row.text(0),
    type: row.text(1),
  }))

/** The first row of a result that always has one, a sum or a count; throws RangeError where it has none. */
export async function readRow(connection: DuckDBConnection, sql: string): Promise<ResultRow> {
  return new ResultRow(await readColumns(connection, sql), 0)
}

/** The one number that a query gives. */
export async function readNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  return (await readRow(connection, sql)).number(0)
}

/** The first row of a result as numbers. */
export async function readNumbers(connection: DuckDBConnection, sql: string): Promise<number[]> {
  return (await readRow(connection, sql)).numbers()
}
