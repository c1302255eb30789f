import { describe, expect, it } from 'vitest'
import { comparerOf } from './comparers.ts'
import { dedupe, link } from '../link.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { checkModel } from '../model/model.ts'
import { scorer } from '../score.ts'

const name: Comparison = {
  name: 'name',
  columns: ['first', 'last', 'both'],
  kind: 'tests',
  levels: [
    { name: 'exact', tests: [{ test: 'equal', column: 'both' }], term_frequency: 'both', m: 0.6, u: 0.001 },
    { name: 'reversed', tests: [{ test: 'reversed', columns: ['first', 'last'] }], m: 0.02, u: 0.0001 },
    {
      name: 'close',
      tests: [
        { test: 'jaro_winkler', column: 'first', at_least: 0.88 },
        { test: 'damerau_levenshtein', column: 'last', at_most: 1 },
      ],
      // the share of the commoner of the two names
      term_frequency: 'last',
      m: 0.2,
      u: 0.002,
    },
    { name: 'last', tests: [{ test: 'equal', column: 'last' }], term_frequency: 'last', m: 0.1, u: 0.05 },
    { name: 'different', m: 0.08, u: 0.9469 },
  ],
}
const born: Comparison = {
  name: 'born',
  columns: ['date', 'day'],
  kind: 'tests',
  levels: [
    { name: 'exact', tests: [{ test: 'equal', column: 'date' }], m: 0.8, u: 0.01 },
    { name: 'slip', tests: [{ test: 'levenshtein', column: 'date', at_most: 1 }], m: 0.1, u: 0.02 },
    { name: 'month', tests: [{ test: 'within', column: 'day', at_most: 30 }], m: 0.05, u: 0.05 },
    { name: 'different', m: 0.05, u: 0.92 },
  ],
}
const model: LinkageModel = {
  format: 'linkage-model/1',
  name: 'tests',
  comparisons: [name, born],
  blocking_rules: [['all']],
  prior: 0.01,
  thresholds: { accept: 5, review: -1000 },
}

const person = (record_id: string, first: string | null, last: string | null, date: string | null) => ({
  record_id,
  first,
  last,
  both: first && last ? `${first} ${last}` : null,
  date,
  day: date && Math.round(Date.parse(date) / 86_400_000),
  all: 'x',
})

describe('levels as tests', () => {
  const level = (comparison: Comparison, a: ReturnType<typeof person>, b: ReturnType<typeof person>) => {
    const comparer = comparerOf(comparison)
    const [x, y] = [a, b].map((row) =>
      comparer.prepare(
        comparison.columns.map((c) =>
          row[c as keyof typeof row] === null ? null : String(row[c as keyof typeof row]),
        ),
      ),
    )
    if (x === null || y === null) return null
    const found = comparer.level(x, y)
    expect(comparer.level(y, x)).toBe(found)
    return found < 0 ? null : comparison.levels[found]!.name
  }

  it('the first level whose tests all hold; missing where no column stands on both sides', () => {
    const of = (first: string | null, last: string | null) => person('a', first, last, null)
    expect(level(name, of('ann', 'lee'), of('ann', 'lee'))).toBe('exact')
    expect(level(name, of('ann', 'lee'), of('lee', 'ann'))).toBe('reversed')
    expect(level(name, of('martha', 'miller'), of('marhta', 'milelr'))).toBe('close')
    expect(level(name, of('martha', 'miller'), of('marhta', 'moeller'))).toBe('different')
    expect(level(name, of('ann', 'lee'), of('zoe', 'lee'))).toBe('last')
    expect(level(name, of(null, 'lee'), of('zoe', 'lee'))).toBe('last')
    expect(level(name, of('ann', null), of('zoe', 'lee'))).toBe('different')
    expect(level(name, of('ann', null), of(null, 'lee'))).toBeNull()
    expect(level(name, of(null, null), of('ann', 'lee'))).toBeNull()
    const on = (date: string | null) => person('a', 'ann', 'lee', date)
    expect(level(born, on('1980-05-07'), on('1980-05-07'))).toBe('exact')
    expect(level(born, on('1980-05-07'), on('1980-05-17'))).toBe('slip')
    expect(level(born, on('1980-05-07'), on('1980-06-01'))).toBe('month')
    expect(level(born, on('1980-05-07'), on('1981-06-12'))).toBe('different')
    expect(level(born, on(null), on('1981-06-12'))).toBeNull()
  })

  it('columns stand as they are: nothing is folded', () => {
    expect(level(name, person('a', 'Ann', 'Lee', null), person('b', 'ann', 'lee', null))).toBe('different')
  })

  it('a level that names no column of its own, or asks for a frequency that no level measures, is refused', () => {
    const spoilt = (change: Partial<Comparison['levels'][0]>): LinkageModel => ({
      ...model,
      comparisons: [{ ...born, levels: [{ ...born.levels[0]!, ...change }, ...born.levels.slice(1)] }],
    })
    expect(() => checkModel(spoilt({ tests: [{ test: 'equal', column: 'town' }] }))).toThrow(/no column of born/)
    expect(() => checkModel(spoilt({ tests: [] }))).toThrow(/needs tests/)
    expect(() => checkModel(spoilt({ term_frequency: 'day' }))).toThrow(/equality of "day" alone/)
    expect(() => checkModel(model)).not.toThrow()
  })
})

describe('term frequencies of several levels', () => {
  const firsts = ['martha', 'marhta', 'anna', 'ana', null]
  const lasts = ['miller', 'milller', 'muller', 'lee', 'lee', 'lee', null]
  const dates = ['1980-05-07', '1980-05-08', '1979-11-30', null]
  const people = (side: string, from: number) =>
    Array.from({ length: 60 }, (_, i) => {
      const k = i * 11 + from
      return person(`${side}${String(i).padStart(2, '0')}`, firsts[k % 5]!, lasts[(k * 3) % 7]!, dates[(k * 5) % 4]!)
    })

  it('the batch gives every pair the weight that single pairs get; a fuzzy level takes the commoner value', async () => {
    const [left, right] = [people('l', 0), people('r', 3)]
    const options = { train: 'none', one_to_one: false, least_weight: -1000 } as const
    const { links, frequencies } = await link({ left, right }, model, options)
    expect(links).toHaveLength(3600)
    const score = scorer(model, frequencies)
    const by = new Map([...left, ...right].map((row) => [row.record_id, row]))
    let adjusted = 0
    for (const found of links) {
      const scored = score(by.get(found.left_id)!, by.get(found.right_id)!)
      expect(found.match_weight).toBeCloseTo(scored.match_weight, 9)
      expect(found.levels).toEqual(scored.levels)
      if (found.levels[0] === 2) adjusted++
    }
    expect(adjusted).toBeGreaterThan(20)
    const share = (last: string) => frequencies['name.last']!.get(last)!
    const [a, b] = [person('a', 'martha', 'miller', null), person('b', 'marhta', 'milller', null)]
    const common = Math.max(share('miller'), share('milller'))
    const expected = Math.log2(0.01 / 0.99) + Math.log2(0.2 / 0.002) + Math.log2(0.05 / common)
    expect(score(a, b).match_weight).toBeCloseTo(expected, 9)
    expect(score(b, a).match_weight).toBeCloseTo(expected, 9)
  })

  it('the same within one list', async () => {
    const rows = people('l', 0)
    const { links, frequencies } = await dedupe(rows, model, { train: 'none', least_weight: -1000 })
    expect(links).toHaveLength(1770)
    const score = scorer(model, frequencies)
    const by = new Map(rows.map((row) => [row.record_id, row]))
    for (const { left_id, right_id, match_weight } of links) {
      expect(match_weight).toBeCloseTo(score(by.get(left_id)!, by.get(right_id)!).match_weight, 9)
    }
  })
})
