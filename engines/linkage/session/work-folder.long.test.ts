import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LinkageModel } from '../model/model.ts'
import { linkTables } from '../tables.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'linkage-work-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const people = {
  relation:
    "(select 'p' || i as record_id, 'family ' || i // 2 as family, (i // 2)::varchar as number from range(200) t(i))",
}
const model: LinkageModel = {
  format: 'linkage-model/1',
  name: 'numbers',
  comparisons: ['family', 'number'].map((name) => ({
    name,
    columns: [name],
    kind: 'exact' as const,
    levels: [
      { name: 'exact', m: 0.9, u: 0.01 },
      { name: 'different', m: 0.1, u: 0.99 },
    ],
  })),
  blocking_rules: [['number']],
  prior: 0.01,
  thresholds: { accept: 5, review: 0 },
}

class Stopped extends Error {}

/** A run that is stopped after its third table: its work folder stays. */
async function halfway(work_dir: string): Promise<void> {
  let steps = 0
  const stopped = linkTables({ left: people }, model, {
    out: join(folder, 'half.parquet'),
    work_dir,
    on_step: () => {
      if (++steps === 3) throw new Stopped()
    },
  })
  await expect(stopped).rejects.toThrow(Stopped)
}

const run = (work_dir: string) => linkTables({ left: people }, model, { out: join(folder, 'links.parquet'), work_dir })

it('a work folder whose tables are cut off or overwritten does not stop the next run', async () => {
  for (const damage of ['cut', 'overwritten', 'nonsense'] as const) {
    const work_dir = join(folder, damage)
    await halfway(work_dir)
    const file = join(work_dir, 'tables.duckdb')
    const { size } = await stat(file)
    if (damage === 'cut') await truncate(file, Math.floor(size / 2))
    if (damage === 'overwritten') await writeFile(file, Buffer.alloc(size, 0x5a))
    if (damage === 'nonsense') await writeFile(file, 'not a database')
    // At worst the run that meets the damage names it and takes the tables away; the one after it succeeds.
    const first = await run(work_dir).catch((error: { code?: string }) => error.code)
    if (typeof first !== 'object') expect(first).toBe('linkage_work_damaged')
    const again = await run(work_dir)
    expect(again.counts.accept).toBe(100)
  }
}, 300_000)

it('a folder in which another run is at work is named, and its tables are left alone', async () => {
  const work_dir = join(folder, 'held')
  await mkdir(work_dir, { recursive: true })
  const script = `
    const { DuckDBInstance } = await import('@duckdb/node-api')
    await DuckDBInstance.create(process.argv[1])
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', script, join(work_dir, 'tables.duckdb')], {
    cwd: join(import.meta.dirname, '../../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise((resolve) => other.stdout.once('data', resolve))
    await expect(run(work_dir)).rejects.toMatchObject({ code: 'linkage_work_in_use' })
  } finally {
    other.kill('SIGKILL')
    await new Promise((resolve) => other.once('exit', resolve))
  }
  expect((await run(work_dir)).counts.accept).toBe(100)
}, 300_000)
