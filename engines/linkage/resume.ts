import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** The engine's own sources as a hash: tables of a work folder made by another version are not gone on with. */
export async function engineDigest(): Promise<string> {
  const files = (await readdir(import.meta.dirname, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  const texts = await Promise.all(files.sort().map((name) => readFile(join(import.meta.dirname, name), 'utf8')))
  return digest(JSON.stringify(texts))
}

/** What makes a finished table the same table: its SQL. Inputs, model and options are the whole folder's key. */
export const stepKey = (sql: string) => digest(sql).slice(0, 32)

/** The file of a work folder's tables; the folder is made if need be. */
export async function workFile(work_dir: string): Promise<string> {
  await mkdir(work_dir, { recursive: true })
  return join(work_dir, 'tables.duckdb')
}

/** Empties a work folder that belongs to another run (other inputs, model or options) and marks it as this one's. */
export async function claimWorkFolder(work_dir: string, key: string): Promise<void> {
  await workFile(work_dir)
  const mark = join(work_dir, 'run.json')
  const found = await readFile(mark, 'utf8').catch(() => '')
  if (found === key) return
  await clearWorkFolder(work_dir)
  await writeFile(mark, key)
}

/** Takes a finished run's tables away, and first what says that an index is ready. */
export async function clearWorkFolder(work_dir: string): Promise<void> {
  const file = await workFile(work_dir)
  const paths = [join(work_dir, 'index.json'), join(work_dir, 'run.json'), file, `${file}.wal`]
  for (const path of paths) await rm(path, { force: true })
}
