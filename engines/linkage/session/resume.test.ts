import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linkBatch, prepareIndex } from '../batch.ts'
import type { Relation } from '../pairs/load.ts'
import type { LinkageModel } from '../model/model.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { file, inFolder, parquet, query, stopAfter, Stopped } from '../testing/resume.testkit.ts'
import { linkTables } from '../tables.ts'

inFolder()

describe('a run that was stopped', () => {
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
