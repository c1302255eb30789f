import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { leftOverWaterfall } from '../explain.ts'
import { modelOf, two } from './hostile.testkit.ts'
import { dedupe, link } from '../link.ts'
import { checkModel } from '../model/model.ts'
import type { LinkageModel } from '../model/model.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { sampleCountryside } from './sample.testkit.ts'
import { scorer } from '../score.ts'
import { byCodePoint } from '../compare/values.ts'

/** The levels of one pair, in a run and by itself; -1 for a pair that the run does not give. */
async function levelsOf(model: LinkageModel, left: Record<string, unknown>, right: Record<string, unknown>) {
  const { links } = await link(
    { left: [{ record_id: 1, k: 1, ...left }], right: [{ record_id: 1, k: 1, ...right }] },
    model,
    {
      train: 'none',
      least_weight: -99,
    },
  )
  expect(scorer(model)(left, right).levels).toEqual(links[0]!.levels)
  return links[0]!.levels
}

describe('values that nobody expected', () => {
  it('a remark of any length where a number or a name is meant', async () => {
    const model = modelOf([two('phone', 'phone', 'digits'), two('name', 'name', 'chinese_name')], [['k']])
    const of = (n: number) => ({ phone: '1'.repeat(n), name: '王'.repeat(n) })
    expect(await levelsOf(model, of(300), of(300))).toEqual([0, 0])
    expect(await levelsOf(model, of(300), of(10_000))).toEqual([1, 1])
    expect(await levelsOf(model, of(254), of(300))).toEqual([1, 1])
  })

  it('a prefix is of characters, of which one may take two places', async () => {
    const model = modelOf([{ ...two('start', 'name', 'prefix') }], [['k']])
    model.comparisons[0]!.levels[0]!.length = 1
    expect(await levelsOf(model, { name: '𠮷野' }, { name: '𠮶野' })).toEqual([1])
    expect(await levelsOf(model, { name: '𠮷野' }, { name: '𠮷田' })).toEqual([0])
  })

  it('dates, objects with a writing of their own, half a surrogate pair, NUL: the same alone and in a run', async () => {
    const model = modelOf([two('born', 'born', 'date'), two('word', 'word')], [['k']])
    const [day, plain] = [new Date('1980-05-07T00:00:00Z'), { toString: () => '1980-05-07' }]
    expect(await levelsOf(model, { born: day, word: 'a\0b' }, { born: plain, word: 'a\0b' })).toEqual([0, 0])
    expect(await levelsOf(model, { born: new Date(NaN), word: 'a\0b' }, { born: day, word: 'a\0c' })).toEqual([-1, 1])
    expect(await levelsOf(model, { born: day, word: '\ud842' }, { born: day, word: '\ufffd' })).toEqual([0, 0])
    expect(await levelsOf(model, { born: day, word: { a: [1n.toString()] } }, { born: day, word: ['1'] })).toEqual([
      0, 1,
    ])
  })

  it.each([
    ['a$$b', 'a$&b'],
    ["a$'b", 'a"b'],
    ["a'b", 'l.x'],
    ['rowid', 'source_id'],
    ['weight', 'select'],
    ['姓 名', '"'],
  ])('columns called %s and %s', async (...columns) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const cells = columns.map((column) => `5 as "${column.replaceAll('"', '""')}"`)
    await connection.run(`create table people as select 1 as record_id, 5 as k, ${cells.join(', ')}`)
    const people = { relation: 'people' }
    const direct = modelOf(
      columns.map((column, i) => two(`number_${i}`, column, 'number')),
      [['k:exact']],
    )
    const wide = modelOf(
      columns.flatMap((column, i) => [
        two(`number_${i}`, column, 'number'),
        two(`text_${i}`, column),
        two(`digits_${i}`, column, 'digits'),
      ]),
      columns.flatMap((column) => [[`${column}:exact`], [`${column}:text`, 'k']]),
    )
    for (const model of [direct, wide]) {
      const { links } = await link({ left: people, right: people }, model, {
        connection,
        train: 'none',
        least_weight: -99,
      })
      expect(links.map(({ levels }) => levels)).toEqual([model.comparisons.map(() => 0)])
    }
  })

  it('refuses columns that differ by case alone, and a level to share from that is not there', async () => {
    const rows = [{ record_id: 1, Name: 'x', name: 'y' }]
    const cases = link({ left: rows, right: rows }, modelOf([two('a', 'Name'), two('b', 'name')], [['name']]))
    await expect(cases).rejects.toMatchObject({ code: 'linkage_bad_model', detail: { column: 'name' } })
    const typo = { ...two('a', 'name'), shared_from_level: 'exakt' }
    expect(() => checkModel(modelOf([typo], [['name']]))).toThrow('no level "exakt"')
  })
})

describe('options at their ends', () => {
  const rows = [1, 2].map((record_id) => ({ record_id, name: 'x', place: record_id }))
  const model = modelOf([{ ...two('name', 'name'), term_frequency: true }, two('place', 'place')], [['name']])

  it('every pair, however little it weighs', async () => {
    const options = { train: 'none', one_to_one: false, least_weight: -Infinity } as const
    expect((await link({ left: rows, right: rows }, model, options)).links).toHaveLength(4)
  })

  it('refuses a share of none, and more levels than are counted', async () => {
    const frequencies = { name: new Map([['x', 0]]) }
    const run = link({ left: rows, right: rows }, model, { frequencies })
    await expect(run).rejects.toMatchObject({ code: 'linkage_bad_frequencies', detail: { value: 'x', share: 0 } })
    const levels = Array.from({ length: 128 }, (_, k) => ({ name: `l${k}`, within: k, m: 0.5, u: 0.5 }))
    expect(() => checkModel(modelOf([{ ...two('n', 'place', 'number'), levels }], [['name']]))).toThrow('more than 127')
  })
})

describe('ids of rare characters', () => {
  it('stand in one order in clusters and links', async () => {
    const ids = ['ａ', '𠀀', 'z', '𠀀b', '\ud840\udc01', '﷐']
    const rows = ids.map((record_id) => ({ record_id, name: 'x' }))
    const { links, clusters } = await dedupe(rows, modelOf([two('name', 'name')], [['name']]), {
      train: 'none',
      least_weight: -99,
    })
    const sorted = [...new Set(links.flatMap(({ left_id, right_id }) => [left_id, right_id]))].sort(byCodePoint)
    expect(sorted).toEqual(ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    expect([links[0]!.left_id, links.at(-1)!.right_id]).toEqual([sorted[0], sorted.at(-1)])
    expect([...clusters.keys()]).toEqual(sorted)
  })
})

describe('one to one', () => {
  it('within one list each record has one partner, on whichever side of the pair it stands', async () => {
    const near = two('n', 'n', 'number')
    near.levels = [
      { name: 'one', within: 1, m: 0.9, u: 0.01 },
      { name: 'two', within: 2, m: 0.09, u: 0.02 },
      { name: 'far', m: 0.01, u: 0.97 },
    ]
    const rows = ['a', 'b', 'c', 'd'].map((record_id, i) => ({ record_id, k: 1, n: [1, 2, 4, 5.5][i] }))
    const options = { one_to_one: true, train: 'none', least_weight: -99 } as const
    const { links } = await dedupe(rows, modelOf([near], [['k']]), options)
    // b is nearer to a than to c; c and d are left over
    expect(links.map(({ left_id, right_id, pass }) => [left_id, right_id, pass])).toEqual([
      ['a', 'b', 'pair'],
      ['c', 'd', 'pair'],
    ])
    const tied = await dedupe(
      rows.slice(0, 3).map((row, i) => ({ ...row, n: i })),
      modelOf([near], [['k']]),
      options,
    )
    expect(tied.links.map(({ left_id, right_id, doubt }) => [left_id, right_id, doubt])).toEqual([
      ['a', 'b', 'tie'],
      ['b', 'c', 'tie'],
    ])
  })
})

describe('term frequencies', () => {
  it('are of the value behind the first level, where that is not equality to the letter', async () => {
    const name = { ...two('name', 'name', 'chinese_name'), term_frequency: true }
    name.levels[0]!.name = 'variant'
    const left = ['吕伟', '王伟', '呂伟'].map((text, i) => ({ record_id: i, k: i, name: text }))
    const right = ['呂伟', '呂伟', '吕伟'].map((text, i) => ({ record_id: i, k: i, name: text }))
    const run = await link({ left, right }, modelOf([name], [['k']]), {
      train: 'none',
      one_to_one: false,
      least_weight: -99,
    })
    expect(run.links).toHaveLength(3)
    const alone = scorer(run.model, run.frequencies)
    for (const [i, found] of run.links.entries())
      expect(found.match_weight).toBeCloseTo(alone(left[i]!, right[i]!).match_weight, 9)
  })
})

describe('households that are none', () => {
  it('thousands under one code vouch for nobody and are not compared each with each', async () => {
    const { left, right } = sampleCountryside(400, 5)
    const [lefts, rights] = [left, right].map((rows) => rows.map((row) => ({ ...row, household_id: '0' })))
    expect(Math.min(left.length, right.length)).toBeGreaterThan(1000)
    const { links, steps, counts, problems } = await link({ left: lefts!, right: rights! }, chinesePersonModel())
    expect(problems.map(({ code, detail }) => [code, detail.side, detail.household])).toEqual([
      ['linkage_crowded_household', 'left', '0'],
      ['linkage_crowded_household', 'right', '0'],
    ])
    expect(counts.accept).toBeGreaterThan(right.length * 0.9)
    expect(links.every(({ support, pass }) => support === 0 && pass !== 'household')).toBe(true)
    expect(steps.find(({ table }) => table === 'lk_free_pairs')!.rows).toBe(0)
    expect(steps.find(({ table }) => table === 'lk_housemates')!.rows).toBe(0)
  })

  it('a rare value that the household shares tells nothing of which member it is', async () => {
    const place = { ...two('place', 'place'), term_frequency: true, shared_in_household: true }
    const model = modelOf([two('id', 'number'), two('name', 'name'), place], [['number']])
    model.households = { anchor: 1, bits_per_anchor: 1, max_anchors: 2, vetoes: [] }
    const home = { household_id: 'h', place: 'far away' }
    const rows = [
      { record_id: 1, number: 11, name: 'a', ...home },
      { record_id: 2, number: null, name: 'b', ...home },
      { record_id: 3, number: 33, name: 'c', household_id: 'g', place: 'here' },
    ]
    const others = Array.from({ length: 2000 }, (_, i) => ({ record_id: 100 + i, number: 100 + i, place: 'here' }))
    const { links } = await link({ left: [...rows, ...others], right: [...rows, ...others] }, model, { train: 'none' })
    const found = links.find(({ pass }) => pass === 'household')!
    // even odds and the name; nothing of the place
    expect(found.left_id).toBe('2')
    expect(found.match_weight).toBeCloseTo(Math.log2(0.9 / 0.01), 6)
    const pair = { left: rows[1]!, right: rows[1]! }
    const told = leftOverWaterfall(pair, model, 1, { place: new Map([['far away', 0.001]]) })
    expect(told.match_weight).toBeCloseTo(found.match_weight, 6)
  })
})
