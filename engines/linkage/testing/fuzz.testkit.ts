// Small random lists under small random models: every pair, weight, band and doubt of a run against a reference that knows
// neither SQL nor the engine's shortcuts, written from what README.md says. Of use to fuzz.test.ts and fuzz.long.test.ts.
import { DuckDBInstance } from '@duckdb/node-api'
import { expect } from 'vitest'
import { link } from '../link.ts'
import type { Link, LinkOptions } from '../link.ts'
import { checkModel } from '../model/model.ts'
import type { Comparison, Level, LevelTest, LinkageModel } from '../model/model.ts'
import { naiveLinks } from './naive.testkit.ts'
import { seeded } from './sample.testkit.ts'

type Row = Record<string, string | null>

const COLUMNS = ['name', "o'clock", 'a$&b"', 'id', 'weight', '生日', 'lk_left', 'l.x']
const WORDS = [
  'Anna',
  'ANNA ',
  'Ana',
  'Hanna',
  'ＡＮＮＡ',
  "O'Neil",
  'O"Neil',
  'a\nb',
  'a\0b',
  '',
  ' ',
  '𠮷野',
  '𠮶野',
  '𠮷田',
]
const MORE_WORDS = [
  'é',
  'e\u0301',
  '👨‍👩‍👧',
  '王小明',
  '王晓明',
  '\ud842',
  'null',
  '007',
  '7',
  '7.0',
  'x'.repeat(40),
  'x'.repeat(39),
]
const NUMBERS = [
  '1',
  '2',
  '2.5',
  '007',
  '7',
  '-3',
  '1e3',
  '9007199254740993',
  '9007199254740992',
  ' 4 ',
  'NaN',
  '½',
  '12345',
  '12346',
  '１２３４５',
]
const DATES = [
  '1980-03-12',
  '19800312',
  '1980/12/03',
  '1980-01-01',
  '1981-03-12',
  '1980-03-13',
  '1980-04-20',
  '1980年3月12日',
  '2020-02-31',
  'gestern',
  '0099-01-01',
]

/** One random case: a model, lists and options; the same of the same seed. */
function makeCase(seed: number) {
  const random = seeded(seed)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const chance = (p: number) => random() < p
  const columns = [...COLUMNS].sort(() => random() - 0.5).slice(0, 3 + below(3))
  const pools = new Map(
    columns.map((column) => [column, pick([WORDS, [...WORDS, ...MORE_WORDS], NUMBERS, DATES, ['a', 'b', 'c', 'd']])]),
  )
  const value = (column: string) => (chance(0.1) ? null : pick(pools.get(column)!))
  const shares = (names: string[], more: (k: number) => Partial<Level> = () => ({})): Level[] =>
    names.map((name, k) => ({
      name,
      m: 0.02 + random() * (k === 0 ? 0.9 : 0.3),
      u: 0.005 + random() * (k === names.length - 1 ? 0.9 : 0.1),
      ...more(k),
    }))
  const testOf = (own: string[]): LevelTest => {
    const column = pick(own)
    return pick<LevelTest>([
      { test: 'equal', column },
      { test: 'levenshtein', column, at_most: 1 + below(3) },
      { test: 'damerau_levenshtein', column, at_most: 1 + below(3) },
      { test: 'jaro_winkler', column, at_least: pick([0.7, 0.85, 0.92]) },
      { test: 'within', column, at_most: pick([0, 1, 2.5]) },
      { test: 'reversed', columns: [column, pick(own)] },
    ])
  }
  const comparison = (_: unknown, i: number): Comparison => {
    const column = pick(columns)
    const name = `c${i}`
    const kind = pick(['exact', 'text', 'digits', 'number', 'prefix', 'date', 'tests'] as const)
    const term_frequency = kind !== 'number' && kind !== 'tests' && chance(0.4)
    const plain = { name, columns: [column], kind, ...(term_frequency ? { term_frequency } : {}) }
    const shared = chance(0.2) ? { shared_in_household: true } : {}
    const some = (names: string[]) => names.filter((_, k) => k === 0 || k === names.length - 1 || chance(0.7))
    if (kind === 'exact') return { ...plain, ...shared, levels: shares(['exact', 'different']) }
    if (kind === 'digits') return { ...plain, ...shared, levels: shares(some(['exact', 'one_edit', 'different'])) }
    if (kind === 'date') return { ...plain, levels: shares(some(['exact', 'near', 'year', 'different'])) }
    if (kind === 'number')
      return { ...plain, levels: shares(['same', 'near', 'far'], (k) => (k < 2 ? { within: [0, 1.5][k]! } : {})) }
    if (kind === 'prefix')
      return {
        ...plain,
        ...shared,
        levels: shares(['all', 'two', 'one', 'none'], (k) => (k === 1 ? { length: 2 } : k === 2 ? { length: 1 } : {})),
      }
    if (kind === 'text') {
      const how = [{}, { at_least: 0.9 }, { max_edits: 1 }, { at_least: 0.75, max_edits: 2 }]
      return { ...plain, levels: shares(['same', 'like', 'slip', 'alike', 'other'], (k) => how[k] ?? {}) }
    }
    const own = [...new Set([column, pick(columns)])]
    const first: LevelTest[] = [{ test: 'equal', column }]
    const between = Array.from({ length: 1 + below(3) }, () => Array.from({ length: 1 + below(2) }, () => testOf(own)))
    const levels = shares(['first', ...between.map((__, k) => `t${k}`), 'last'], (k) =>
      k === 0 ? { tests: first } : k <= between.length ? { tests: between[k - 1]! } : {},
    )
    if (chance(0.4)) for (const level of levels.slice(0, 1 + below(2))) level.term_frequency = column
    return { name, columns: own, kind, levels }
  }
  const comparisons = Array.from({ length: 1 + below(4) }, comparison)
  const key = () =>
    `${pick(columns)}:${pick(['text', 'exact', 'prefix1', 'suffix2', 'date', 'year', 'digits', 'code', 'month_day', 'date_unordered'])}`
  const reference = () => {
    const { name, levels } = pick(comparisons)
    return { comparison: name, levels: [pick(levels).name] }
  }
  const review = -6 + random() * 4
  const model: LinkageModel = {
    format: 'linkage-model/1',
    name: `fuzz ${seed}`,
    comparisons,
    blocking_rules: [
      ...Array.from({ length: 1 + below(3) }, () => Array.from({ length: 1 + below(2) }, key)),
      ['all:exact'],
    ],
    prior: 0.02 + random() * 0.3,
    thresholds: { accept: review + random() * 8, review, ...(chance(0.5) ? { margin: random() * 3 } : {}) },
    ...(chance(0.4) ? { accept_requires: [reference()] } : {}),
    ...(chance(0.3) ? { vetoes: [reference()] } : {}),
  }
  const dedupe = chance(0.25)
  const households = !dedupe && chance(0.8)
  if (households) {
    model.households = {
      anchor: review + random() * 4,
      bits_per_anchor: 1 + random(),
      max_anchors: 1 + below(3),
      vetoes: [],
    }
    if (chance(0.4)) model.households.vetoes = [reference()]
    if (chance(0.5)) model.households.second_evidence = [reference()]
  }
  const list = (side: string): Row[] =>
    Array.from({ length: 1 + below(11) }, (_, i) => ({
      record_id: `${pick(['', '中', 'ａ', '𠀀', "'"])}${side}${(i * 7) % 12}`,
      household_id: chance(0.15) ? null : pick(['h1', 'h2', 'h3', '𠀀']),
      all: chance(0.85) ? pick(['x', 'y']) : null,
      ...Object.fromEntries(columns.map((column) => [column, value(column)])),
    }))
  const left = list('l')
  // a third of the right list are records of the left one, some of them spoilt
  const right = list('r').map((row) => {
    if (!chance(0.5)) return row
    const twin = { ...pick(left), record_id: row.record_id!, household_id: row.household_id! }
    return chance(0.4) ? { ...twin, [pick(columns)]: value(pick(columns)) } : twin
  })
  const options: LinkOptions = {
    train: pick(['none', 'none', 'prior', 'all']),
    ...(chance(0.3) ? { one_to_one: chance(0.5) } : {}),
    ...(chance(0.4) ? { least_weight: review - random() * 6 } : {}),
  }
  return { model, left, ...(dedupe ? {} : { right }), options, random }
}

const brief = (found: Link) => ({
  ...{
    left: found.left_id,
    right: found.right_id,
    levels: found.levels.join(' '),
    band: found.band,
    doubt: found.doubt,
  },
  ...{ pass: found.pass, support: found.support, weight: found.match_weight.toFixed(7) },
  ...{ margin: found.margin?.toFixed(7) ?? null, probability: found.match_probability.toFixed(5) },
})

/** Links the lists of so many seeds and holds each against the reference; what the cases met comes back. */
export async function fuzz(first: number, runs: number) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const met = { links: 0, passes: new Set<string>(), doubts: new Set<string>() }
  for (let seed = first; seed < first + runs; seed++) {
    const { model, left, right, options, random } = makeCase(seed)
    const shuffled = (rows: Row[]) => [...rows].sort(() => random() - 0.5)
    const sides = { left: shuffled(left), ...(right ? { right: shuffled(right) } : {}) }
    let learnt = model
    let matches: { matches?: number } = {}
    const run = link(sides, model, { ...options, connection, threads: 1 + (seed % 2) })
    const links = await run.then(
      (found) => {
        // what was learnt is not the reference's to learn: it weighs by the model that came back
        learnt = found.model
        const { best_pairs, expected_matches } = found.training
        if (best_pairs !== null) matches = { matches: expected_matches }
        return found.links
      },
      (error: { code?: string }) => {
        // nobody has a key at all
        if (error.code === 'linkage_no_usable_rule') return []
        throw new Error(`seed ${seed}`, { cause: error })
      },
    )
    // a model that was learnt can be read again
    checkModel(learnt)
    const wanted = naiveLinks(learnt, left, right ?? null, { ...options, ...matches })
    expect({ seed, links: links.map(brief) }).toEqual({ seed, links: wanted.map(brief) })
    met.links += links.length
    for (const { pass, doubt } of links) {
      met.passes.add(pass)
      met.doubts.add(doubt ?? 'none')
    }
  }
  connection.closeSync()
  instance.closeSync()
  return met
}
