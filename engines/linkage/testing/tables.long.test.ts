import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { link } from '../link.ts'
import type { LinkResult } from '../link.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { sampleCountryside } from './sample.testkit.ts'
import { linkTables } from '../tables.ts'

const model = chinesePersonModel()
let folder: string
let records: { left: { relation: string }; right: { relation: string } }
let direct: LinkResult

/** Rows of a Parquet file, as objects. */
async function rowsOf(path: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  return (await connection.runAndReadAll(`from read_parquet('${path}')`)).getRowObjectsJson()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'linkage-'))
  const { left, right } = sampleCountryside(105, 11)
  direct = await link({ left, right }, model)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const [side, rows] of Object.entries({ left, right })) {
    await writeFile(join(folder, `${side}.json`), JSON.stringify(rows))
    const types = Object.keys(rows[0]!).map((name) => `${name}: 'varchar'`)
    await connection.run(
      `copy (from read_json('${join(folder, `${side}.json`)}', columns = {${types.join(', ')}})) to '${join(folder, `${side}.parquet`)}' (format parquet)`,
    )
  }
  const of = (side: string) => ({ relation: `read_parquet('${join(folder, `${side}.parquet`)}')` })
  records = { left: of('left'), right: of('right') }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const brief = (rows: readonly Record<string, unknown>[]) =>
  rows.map((x) => [x.left_id, x.right_id, x.match_weight, x.band, x.doubt, x.pass, x.support, x.levels])

describe('linkTables', () => {
  it('writes the links and households that link gives back', async () => {
    const [out, households_out] = [join(folder, 'links.parquet'), join(folder, 'households.parquet')]
    const { counts } = await linkTables(records, model, { out, households_out })
    expect(counts).toMatchObject({
      accept: direct.counts.accept,
      review: direct.counts.review,
      pairs: direct.counts.pairs,
    })
    expect(brief(await rowsOf(out))).toEqual(brief(direct.links))
    const households = (await rowsOf(households_out)).map((x) => [
      x.left_household,
      x.right_household,
      Number(x.shared),
      x.kind,
    ])
    expect(households).toEqual(direct.households.map((x) => [x.left_household, x.right_household, x.shared, x.kind]))
  })

  it('finds the same links in many passes', async () => {
    const out = join(folder, 'passes.parquet')
    const { steps, counts } = await linkTables(records, model, { out, records_a_pass: 300 })
    expect(steps.filter((step) => step.table.startsWith('lk_pairs_others_')).length).toBeGreaterThan(2)
    expect(counts.pairs).toBe(direct.counts.pairs)
    expect(brief(await rowsOf(out))).toEqual(brief(direct.links))
  })

  it('deduplicates to files', async () => {
    const [out, clusters_out] = [join(folder, 'same.parquet'), join(folder, 'clusters.parquet')]
    const both = { relation: `(from ${records.left.relation} union all by name from ${records.right.relation})` }
    const { counts } = await linkTables({ left: both }, model, { out, clusters_out })
    const clusters = await rowsOf(clusters_out)
    expect(clusters).toHaveLength(counts.left)
    expect(new Set(clusters.map((x) => x.cluster_id)).size).toBeLessThan(counts.left - 250)
  })

  it('goes on after being killed, from any table, and writes the same links', async () => {
    const run = join(folder, 'run.ts')
    await writeFile(
      run,
      `import { linkTables } from '${join(import.meta.dirname, '../tables.ts')}'
import { chinesePersonModel } from '${join(import.meta.dirname, '../models/chinese-person.ts')}'
const [records, out, work_dir, last] = process.argv.slice(2)
await linkTables(JSON.parse(records), chinesePersonModel(), {
  out, work_dir, threads: 2,
  on_step: (step) => { if (step.table === last) process.kill(process.pid, 'SIGKILL') },
})`,
    )
    const [out, work_dir] = [join(folder, 'resumed.parquet'), join(folder, 'work')]
    // resume.test.ts stops at many more tables, without a process for each
    for (const table of ['lk_rows_right', 'lk_pairs_2', 'lk_links']) {
      const child = spawn(process.execPath, [run, JSON.stringify(records), out, work_dir, table], { stdio: 'inherit' })
      const signal = await new Promise((done) => child.on('exit', (_, reason) => done(reason)))
      expect(signal).toBe('SIGKILL')
      expect(existsSync(out)).toBe(false)
    }
    const { steps } = await linkTables(records, model, { out, work_dir })
    expect(steps.filter((step) => !step.resumed).map((step) => step.table)).toEqual(['links_out'])
    expect(brief(await rowsOf(out))).toEqual(brief(direct.links))
    expect(existsSync(join(work_dir, 'tables.duckdb'))).toBe(false)
  })

  it('starts anew in the folder of a run with another model', async () => {
    const work_dir = join(folder, 'other')
    await writeFile(join(folder, 'note'), 'not ours')
    const stop = new Error('stopped')
    const halted = linkTables(records, model, {
      out: join(folder, 'a.parquet'),
      work_dir,
      train: 'none',
      on_step: (step) => {
        if (step.table === 'lk_rows_left') throw stop
      },
    })
    await expect(halted).rejects.toBe(stop)
    const other = { out: join(folder, 'b.parquet'), work_dir, train: 'none' } as const
    const again = await linkTables(records, { ...model, prior: 1e-4 }, other)
    expect(again.steps.some((step) => step.resumed)).toBe(false)
    expect(await readFile(join(folder, 'note'), 'utf8')).toBe('not ours')
  })
})
