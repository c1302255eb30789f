import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkBatch, prepareIndex } from './batch.ts'
import type { Relation } from './load.ts'
import type { LinkageModel } from './model.ts'
import { chinesePersonModel } from './models/chinese_person.ts'
import { sampleCountryside } from './sample.ts'
import { linkTables } from './tables.ts'
import type { TableOptions } from './tables.ts'

let folder: string
const file = (name: string) => join(folder, name)
const parquet = (name: string) => ({ relation: `read_parquet('${file(name)}')` })

async function query(sql: string) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

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

class Stopped extends Error {}
/** Stops a run after so many tables. */
const stopAfter = (count: number) => {
  let seen = 0
  return () => {
    if (++seen === count) throw new Stopped()
  }
}

describe('a run that was stopped', () => {
  const outs = () => ({ out: file('o.csv'), clusters_out: file('c.csv'), frequencies_out: file('f.csv') })
  const read = () =>
    Promise.all(Object.values({ ...outs(), h: file('h.csv') }).map((name) => readFile(name, 'utf8').catch(() => null)))

  it.each(['households', 'one list', 'families'] as const)(
    'goes on from any table to the same bytes: %s',
    async (shape) => {
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
      // every table from the links on, where all else is spent, and a few of those before
      const stops = tables.flatMap((_, k) => (k >= last || k % 25 === 4 ? [k + 1] : []))
      for (const stop of stops) {
        const run = linkTables(records, model, { ...options, work_dir, on_step: stopAfter(stop) })
        await expect(run).rejects.toBeInstanceOf(Stopped)
      }
      const resumed = await linkTables(records, model, { ...options, work_dir })
      expect(resumed.steps.filter((step) => !step.resumed).every(({ table }) => table.endsWith('_out'))).toBe(true)
      expect(await read()).toEqual(wanted)
      expect(resumed.model).toEqual(whole.model)
      expect(resumed.counts).toEqual(whole.counts)
    },
  )

  it('starts anew where the same values stand under other names', async () => {
    const swapped = (name: string, phone: string): Relation => ({
      relation: `(select record_id, name as ${name}, phone as ${phone}, area_code from ${parquet('left.parquet').relation})`,
    })
    const plain = chinesePersonModel()
    const model: LinkageModel = {
      ...plain,
      ...{ comparisons: [{ name: 'name', columns: ['name'], kind: 'exact', levels: levels() }] },
      ...{ blocking_rules: [['name']], accept_requires: [], vetoes: [], households: undefined },
    }
    const of = (name: string, phone: string) => ({ left: swapped(name, phone), right: swapped(name, phone) })
    const work_dir = file('renamed')
    const stopped = linkTables(of('name', 'phone'), model, { out: file('n.csv'), work_dir, on_step: stopAfter(25) })
    await expect(stopped).rejects.toBeInstanceOf(Stopped)
    const found = await linkTables(of('phone', 'name'), model, { out: file('n.csv'), work_dir })
    const fresh = await linkTables(of('phone', 'name'), model, { out: file('n.csv') })
    expect(found.steps.some(({ resumed }) => resumed)).toBe(false)
    expect(found.counts).toEqual(fresh.counts)
  })
})

const levels = () => [
  { name: 'exact', m: 0.9, u: 0.01 },
  { name: 'different', m: 0.1, u: 0.99 },
]

describe('an index', () => {
  const model: LinkageModel = {
    format: 'linkage-model/1',
    name: 'index',
    comparisons: [{ name: 'name', columns: ['name'], kind: 'exact', levels: levels(), term_frequency: true }],
    blocking_rules: [['name']],
    prior: 0.5,
    thresholds: { accept: 3, review: 0 },
  }
  const people = (count: number) =>
    query(
      `copy (select i::varchar as record_id, 'n' || i as name from range(${count}) t(i)) to '${file('people.parquet')}' (format parquet)`,
    )
  const batch = [{ record_id: 1, name: 'n200' }]

  it('is that of the list as it stands and of the shares given, not of an earlier one', async () => {
    const index = file('index')
    await people(100)
    expect(await prepareIndex(parquet('people.parquet'), model, { folder: index })).toEqual({ left: 100 })
    expect((await linkBatch(index, batch)).links).toEqual([])
    await people(250)
    expect(await prepareIndex(parquet('people.parquet'), model, { folder: index })).toEqual({ left: 250 })
    const [found] = (await linkBatch(index, batch)).links
    expect(found).toMatchObject({ left_id: '200', band: 'accept' })
    const frequencies = { name: new Map([['n200', 0.5]]) }
    await prepareIndex(parquet('people.parquet'), model, { folder: index, frequencies })
    const [common] = (await linkBatch(index, batch, { least_weight: -99 })).links
    expect(common!.match_weight).toBeLessThan(found!.match_weight - 4)
  })

  it('is not ready while another model is prepared in its folder', async () => {
    const index = file('half')
    await people(250)
    await prepareIndex(parquet('people.parquet'), model, { folder: index })
    expect(existsSync(join(index, 'index.json'))).toBe(true)
    const stopped = prepareIndex(
      parquet('people.parquet'),
      { ...model, prior: 0.1 },
      { folder: index, on_step: stopAfter(8) },
    )
    await expect(stopped).rejects.toBeInstanceOf(Stopped)
    await expect(linkBatch(index, batch)).rejects.toMatchObject({ code: 'linkage_no_index' })
    await prepareIndex(parquet('people.parquet'), { ...model, prior: 0.1 }, { folder: index })
    expect((await linkBatch(index, batch)).links).toHaveLength(1)
  })
})
