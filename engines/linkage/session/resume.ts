import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { LinkageError } from '../errors.ts'

export const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/**
 * The engine's own sources, or what they were built to, as a hash: tables of a work folder made by another version are
 * not gone on with.
 */
export async function engineDigest(): Promise<string> {
  const engine = join(import.meta.dirname, '..')
  const ending = extname(import.meta.filename)
  const files = (await readdir(engine, { recursive: true })).filter(
    (name) => name.endsWith(ending) && !name.endsWith('.test.ts') && !name.startsWith('dist'),
  )
  const texts = await Promise.all(files.sort().map((name) => readFile(join(engine, name), 'utf8')))
  return digest(JSON.stringify(texts))
}

/** What makes a finished table the same table: its SQL. Inputs, model and options are the whole folder's key. */
export const stepKey = (sql: string) => digest(sql).slice(0, 32)

/** The file of a work folder's tables; the folder is made if need be. */
export async function workFile(work_dir: string): Promise<string> {
  await mkdir(work_dir, { recursive: true })
  return join(work_dir, 'tables.duckdb')
}

/**
 * Opens the tables of a work folder. Throws `linkage_work_in_use` while another run has them open; tables that cannot be
 * opened are taken away and made anew: they are kept to save time, and hold nothing that cannot be made again.
 */
export async function openWorkFile(work_dir: string): Promise<DuckDBInstance> {
  const file = await workFile(work_dir)
  try {
    return await DuckDBInstance.create(file)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (/lock/i.test(message)) {
      throw new LinkageError('linkage_work_in_use', `The work folder ${work_dir} is in use by another run.`, {
        work_dir,
      })
    }
    await clearWorkFolder(work_dir)
    return await DuckDBInstance.create(file)
  }
}

/** What DuckDB says of a file whose header is whole and whose blocks are not. */
const damage =
  /checksum|corrupt|serialization error|deserialize|failed to (?:load|read)|could not read|not a valid duckdb/i

/**
 * Runs `work` on a work folder. Tables that turn out to be damaged on the way are taken away, so that the next run is not
 * stopped by them too; throws `linkage_work_damaged` then.
 */
export async function onWorkFolder<T>(work_dir: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (work_dir === undefined || error instanceof LinkageError) throw error
    const message = error instanceof Error ? error.message : String(error)
    if (!damage.test(message)) throw error
    await clearWorkFolder(work_dir)
    const detail = { work_dir, said: message.split('\n')[0]?.slice(0, 300) }
    throw new LinkageError(
      'linkage_work_damaged',
      `The tables in ${work_dir} were damaged and have been removed.`,
      detail,
    )
  }
}

/** Empties a work folder that belongs to another run (other inputs, model or options) and marks it as this one's. */
export async function claimWorkFolder(work_dir: string, key: string): Promise<void> {
  await workFile(work_dir)
  const mark = join(work_dir, 'run.json')
  const found = await readFile(mark, 'utf8').catch(() => '')
  if (found === key) return
  // Another run's tables are taken away only where that run is over.
  const other = await openWorkFile(work_dir)
  other.closeSync()
  await clearWorkFolder(work_dir)
  await writeFile(mark, key)
}

/** Takes a finished run's tables away, and first what says that an index is ready. */
export async function clearWorkFolder(work_dir: string): Promise<void> {
  const file = await workFile(work_dir)
  const paths = [join(work_dir, 'index.json'), join(work_dir, 'run.json'), file, `${file}.wal`]
  for (const path of paths) await rm(path, { force: true })
}
