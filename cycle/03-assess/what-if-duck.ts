import { DuckDBInstance } from '@duckdb/node-api'

/** A DuckDB in memory for one what-if; spills beside the temporary files when a partition is large. */
export interface Duck {
  run: (statement: string) => Promise<void>
  rows: <Row>(statement: string) => Promise<Row[]>
  close: () => void
}

/** Two threads: the machine also serves. 1 GB holds a partition of 400,000 households. */
export async function openDuck(): Promise<Duck> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    preserve_insertion_order: 'false',
  })
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  return {
    run: async (statement) => void (await connection.run(statement)),
    rows: async <Row>(statement: string) =>
      (await connection.runAndReadAll(statement)).getRowObjectsJS() as unknown as Row[],
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
