import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect } from 'vitest'
import type { LinkageModel } from '../model/model.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { sampleCountryside } from './sample.testkit.ts'
import { linkTables } from '../tables.ts'
import type { TableOptions } from '../tables.ts'

// Runs that are stopped and go on: of use to resume.test.ts and resume.long.test.ts.
let folder: string
export const file = (name: string) => join(folder, name)
export const parquet = (name: string) => ({ relation: `read_parquet('${file(name)}')` })

export async function query(sql: string) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

/** Two lists of some 210 people as Parquet files, in a folder of the test file's own. */
export function inFolder(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'linkage-'))
    const { left, right } = sampleCountryside(60, 11)
    const types = Object.keys(left[0]!).map((name) => `${name}: 'varchar'`)
    for (const [side, rows] of Object.entries({ left, right })) {
      await writeFile(file(`${side}.json`), JSON.stringify(rows))
      const read = `read_json('${file(`${side}.json`)}', columns = {${types.join(', ')}})`
      await query(`copy (from ${read}) to '${file(`${side}.parquet`)}' (format parquet)`)
    }
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
}

/** 150 houses of six who share surname and telephone; one list has four of each, the other four too, two of them the same. */
const families = (side: 'left' | 'right') => ({
  relation: `(select 'p' || i as record_id, 'given ' || (i * 7 + i // 6) % 12 as given, 'family ' || (i // 6 * 7919) % 997 as family,
    (10000000 + (i * 7368787) % 89999999)::varchar as number, (500000000 + (i // 6 * 7368787) % 99999999)::varchar as phone
    from range(900) t(i) where i % 6 ${side === 'left' ? '< 4' : '> 1'})`,
})
const level = (name: string, m: number, u: number) => ({ name, m, u })
const familyModel: LinkageModel = {
  format: 'linkage-model/1',
  name: 'families',
  comparisons: ['given', 'family', 'number', 'phone'].map((name) => ({
    ...{ name, columns: [name], kind: 'exact' as const },
    levels: [level('exact', 0.8, 0.01), level('different', 0.2, 0.99)],
  })),
  blocking_rules: [['number'], ['phone']],
  prior: 0.001,
  thresholds: { accept: 10, review: 0 },
}

export class Stopped extends Error {}
/** Stops a run after so many tables. */
export const stopAfter = (count: number) => {
  let seen = 0
  return () => {
    if (++seen === count) throw new Stopped()
  }
}

const outs = () => ({ out: file('o.csv'), clusters_out: file('c.csv'), frequencies_out: file('f.csv') })
const read = () =>
  Promise.all(Object.values({ ...outs(), h: file('h.csv') }).map((name) => readFile(name, 'utf8').catch(() => null)))

/** Holds that a run of this shape, stopped after every table from the links on and one in `every` before, writes the same bytes. */
export async function goesOn(shape: 'households' | 'one list' | 'families', every: number): Promise<void> {
  const one = {
    relation: `(from ${parquet('left.parquet').relation} union all by name from ${parquet('right.parquet').relation})`,
  }
  const model = shape === 'families' ? familyModel : chinesePersonModel()
  const records = {
    households: { left: parquet('left.parquet'), right: parquet('right.parquet') },
    'one list': { left: one },
    families: { left: families('left'), right: families('right') },
  }[shape]
  const options: TableOptions = {
    ...outs(),
    ...(shape === 'households' ? { households_out: file('h.csv') } : {}),
  }
  const clear = async () => {
    for (const name of [...Object.values(outs()), file('h.csv')]) await rm(name, { force: true })
  }
  await clear()
  const whole = await linkTables(records, model, options)
  expect(whole.training.best_pairs !== null).toBe(shape === 'families')
  const wanted = await read()
  await clear()
  const work_dir = file(`work ${shape}`)
  const tables = whole.steps.map(({ table }) => table)
  const last = tables.indexOf('lk_links')
  // every table from the links on, where all else is spent, and one in so many of those before
  const stops = tables.flatMap((_, k) => (k >= last || k % every === 4 ? [k + 1] : []))
  for (const stop of stops) {
    const run = linkTables(records, model, { ...options, work_dir, on_step: stopAfter(stop) })
    await expect(run).rejects.toBeInstanceOf(Stopped)
  }
  const resumed = await linkTables(records, model, { ...options, work_dir })
  expect(resumed.steps.filter((step) => !step.resumed).every(({ table }) => table.endsWith('_out'))).toBe(true)
  expect(await read()).toEqual(wanted)
  expect(resumed.model).toEqual(whole.model)
  expect(resumed.counts).toEqual(whole.counts)
}
