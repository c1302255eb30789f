// DuckDB over Parquet folders, for questions about a whole county or nation that must not weigh on the registry.
import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { literal } from './files.ts'

/** A DuckDB in memory; it spills beside the temporary files when a partition is large. */
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

/** Files of one partition: households, and one of each list; a list without a file is read as empty. */
export interface Partition {
  households: string
  lists: Record<string, string | null>
}

/** The partitions of a folder in the layout of a nation's snapshot: `households/<name>.parquet`, `members/<name>.parquet`. */
export function partitionsIn(folder: string, lists: readonly string[]): Partition[] {
  const households = join(folder, 'households')
  if (!existsSync(households)) return []
  const names = readdirSync(households).filter((name) => name.endsWith('.parquet'))
  return names.sort().map((name) => ({
    households: join(households, name),
    lists: Object.fromEntries(
      lists.map((list) => {
        const file = join(folder, list, name)
        return [list, existsSync(file) ? file : null]
      }),
    ),
  }))
}

export const folderExists = (folder: string): boolean => existsSync(folder)

/** Makes a folder by `write`, whole or not at all; one that is there already is left as it is. */
export async function makeFolder(folder: string, write: (making: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return
  const making = `${folder}.${randomUUID().slice(0, 8)}.making`
  mkdirSync(making, { recursive: true, mode: 0o700 })
  try {
    await write(making)
    if (!existsSync(folder)) renameSync(making, folder)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

/** Hands a file of JSON lines to `use` and removes it afterwards. */
export async function withLines(
  file: string,
  batches: AsyncIterable<string[]>,
  use: (file: string) => Promise<void>,
): Promise<void> {
  const stream = createWriteStream(file, { mode: 0o600 })
  for await (const lines of batches) {
    if (!stream.write(`${lines.join('\n')}\n`)) await new Promise<void>((resolve) => stream.once('drain', resolve))
  }
  stream.end()
  await finished(stream)
  await use(file)
  rmSync(file)
}

/** Writes a select as `<folder>/<part>/<name>.parquet`. */
export async function writePart(duck: Duck, folder: string, part: string, name: string, select: string): Promise<void> {
  mkdirSync(join(folder, part), { recursive: true })
  const file = literal(join(folder, part, `${name}.parquet`))
  await duck.run(`copy (${select}) to ${file} (format parquet, compression zstd)`)
}

/** Lets go of all but the `kept` newest folders in `folder`; half-written ones are another run's. */
export function dropOlderFolders(folder: string, kept: number): void {
  const whole = readdirSync(folder).filter((name) => !name.endsWith('.making'))
  const aged = whole.map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
  for (const { path } of aged.sort((a, b) => b.at - a.at).slice(kept)) rmSync(path, { recursive: true, force: true })
}
