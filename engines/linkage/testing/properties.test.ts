import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparerOf } from '../compare/comparers.ts'
import { levelWeight } from '../model/model.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { latinPersonModel } from '../models/latin-person.ts'
import { meaningOf, patternOf } from '../learn/patterns.ts'
import { scorer } from '../score.ts'
import { monotone, train } from '../learn/train.ts'

// Properties that hold for every model and all records, not for an example.

const model = chinesePersonModel()
const latin = latinPersonModel({ given_name: 'a', surname: 'b', birth_date: 'c', number: 'd', email: 'e' })

const name = fc.oneof(
  fc.constantFrom(
    '王小明',
    '王晓明',
    '王明',
    '明小王',
    '王小民',
    '王□明',
    '欧阳修',
    '欧阳休',
    'wang xiaoming',
    '張三',
    '张三',
  ),
  fc.stringMatching(/^[王李张陈][小晓明民国果]{1,2}$/),
)
const day = fc
  .date({ min: new Date('1925-01-01'), max: new Date('2024-12-31'), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10))
const number = fc.oneof(
  fc.constantFrom('11010519491231002X', '110105491231002', '11010519491231020X', '440524188001010014', '无'),
  fc.stringMatching(/^1101051949123100[0-9]{2}$/),
)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const person = fc.record({
  name: maybe(name),
  national_id: maybe(number),
  birth_date: maybe(fc.oneof(day, fc.constant('1949-12-31'))),
  sex: maybe(fc.constantFrom('男', '女')),
  area_code: maybe(fc.constantFrom('110105100201', '110105100202', '110105200201', '522301100201')),
  phone: maybe(fc.constantFrom('13800000001', '13800000002', '13912345678')),
})

describe('properties of every model', () => {
  it('weighs a pair the same from either side', () => {
    const of = scorer(model, { name: new Map([['王小明', 0.002]]) })
    fc.assert(
      fc.property(person, person, (a, b) => {
        const [one, other] = [of(a, b), of(b, a)]
        expect(one.levels).toEqual(other.levels)
        expect(one.match_weight).toBeCloseTo(other.match_weight, 9)
        expect(one.band).toBe(other.band)
      }),
      { numRuns: 500 },
    )
  })

  it('finds nobody more like another than himself', () => {
    for (const comparison of model.comparisons) {
      const { prepare, level } = comparerOf(comparison)
      fc.assert(
        fc.property(person, person, (a, b) => {
          const [x, y] = [a, b].map((row) =>
            prepare(comparison.columns.map((c) => (row as Record<string, string | null>)[c] ?? null)),
          )
          if (x === null || y === null) return
          const [self, pair] = [level(x, x), level(x, y)]
          // a number that its own record contradicts, an unreadable character: not even himself for certain
          const lent = (v: unknown) => v as { lent?: boolean; wildcards?: boolean }
          if (lent(x).lent || lent(x).wildcards || self < 0 || pair < 0) return
          expect(pair).toBeGreaterThanOrEqual(self)
        }),
        { numRuns: 300 },
      )
    }
  })

  it('does not depend on the order of comparisons', () => {
    const turned: LinkageModel = { ...model, comparisons: model.comparisons.toReversed() }
    const [straight, reversed] = [scorer(model), scorer(turned)]
    fc.assert(
      fc.property(person, person, (a, b) => {
        const [x, y] = [straight(a, b), reversed(a, b)]
        expect(y.levels.toReversed()).toEqual(x.levels)
        expect(y.match_weight).toBeCloseTo(x.match_weight, 9)
      }),
    )
  })

  it('never weighs a better level less, whatever it has learnt from', () => {
    const facts = (learnt: LinkageModel, seeds: readonly number[]) => ({
      frequencies: learnt.comparisons.map((c, i) => {
        const row = c.levels.map((_, k) => 1e-6 + seeds[(7 * i + k) % seeds.length]!)
        const sum = row.reduce((a, b) => a + b, 0)
        return row.map((x) => x / sum)
      }),
      total_pairs: 1e7,
      most_matches: 3000,
      sampled_pairs: 1000,
    })
    const pattern = (of: LinkageModel) =>
      fc.tuple(...of.comparisons.map((c) => fc.integer({ min: -1, max: c.levels.length - 1 })))
    for (const tried of [model, latin]) {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(pattern(tried), fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 25 }),
          fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 20 }),
          (groups, seeds) => {
            const counts = new Map<number, number>()
            for (const [levels, n] of groups) {
              const p = patternOf(levels, tried)
              counts.set(p, (counts.get(p) ?? 0) + n)
            }
            const patterns = Int32Array.from(counts.keys())
            const { model: learnt, training } = train(
              tried,
              { patterns, counts: Float64Array.from(counts.values()) },
              'all',
              facts(tried, seeds),
            )
            expect(learnt.prior).toBeGreaterThan(0)
            expect(learnt.prior).toBeLessThanOrEqual(0.5)
            for (const comparison of learnt.comparisons) checkLearnt(comparison)
            for (const { levels } of training.comparisons) {
              for (const level of levels) expect(level.matches).toBeGreaterThanOrEqual(0)
            }
            expect(
              training.history.every((n) => n >= 0 && n <= [...counts.values()].reduce((a, b) => a + b, 0) + 1e-6),
            ).toBe(true)
          },
        ),
        { numRuns: 60 },
      )
    }
  })

  it('adds up a better agreement to no less evidence, level by level', () => {
    for (const tried of [model, latin]) {
      const levels = tried.comparisons.map((c) => c.levels.length - 1)
      for (const [i, comparison] of tried.comparisons.entries()) {
        const weights = comparison.levels.map((_, k) => meaningOf(patternOf(levels.with(i, k), tried), tried).weight)
        const found = weights.toSorted((a, b) => b - a)
        expect(weights, comparison.name).toEqual(found)
      }
    }
  })

  it('pools levels in the wrong order and loses no probability', () => {
    const shares = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        const n = Math.min(a.length, b.length)
        const norm = (row: number[]) => row.slice(0, n).map((x) => x / row.slice(0, n).reduce((s, y) => s + y, 0))
        const [before, u] = [norm(a), norm(b)]
        const levels = before.map((x, k) => ({ m: x, u: u[k]! }))
        monotone(levels)
        const m = levels.map((level) => level.m)
        expect(m.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9)
        for (let k = 1; k < n; k++) expect(m[k]! / u[k]!).toBeLessThanOrEqual((m[k - 1]! / u[k - 1]!) * (1 + 1e-9))
      }),
    )
  })
})

function checkLearnt({ name: called, levels }: Comparison): void {
  expect(
    levels.reduce((sum, level) => sum + level.m, 0),
    called,
  ).toBeCloseTo(1, 6)
  for (const [k, level] of levels.entries()) {
    expect(Number.isFinite(levelWeight(level))).toBe(true)
    if (k > 0) expect(levelWeight(level)).toBeLessThanOrEqual(levelWeight(levels[k - 1]!) + 1e-9)
  }
}
