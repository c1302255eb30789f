import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { solveLinear } from './solver.ts'
import { cheapestSufficientSet, type Need, type Option } from './sufficient.ts'

const option = (
  option_id: string,
  cost: number,
  closes: Record<string, number>,
  more: Partial<Option> = {},
): Option => ({
  option_id,
  cost,
  closes,
  ...more,
})

describe('the cheapest sufficient set', () => {
  test('one measure that closes two needs beats two cheaper ones', () => {
    const answer = cheapestSufficientSet({
      needs: [
        { need_id: 'income', amount: 100 },
        { need_id: 'water', amount: 1 },
      ],
      options: [
        option('a', 6, { income: 100 }),
        option('b', 5, { water: 1 }),
        option('c', 9, { income: 120, water: 1 }),
      ],
    })
    expect(answer).toMatchObject({ chosen: ['c'], cost: 9, uncovered: [], proven: true, problems: [] })
    expect(answer.covered).toEqual({ income: 100, water: 1 })
  })

  test('amounts add up, and the greedy choice by price per unit is not the answer', () => {
    // By price the 70 for 6 comes first and forces a second; 60 + 40 for 11 is cheapest.
    const answer = cheapestSufficientSet({
      needs: [{ need_id: 'income', amount: 100 }],
      options: [option('x40', 5, { income: 40 }), option('x60', 6, { income: 60 }), option('x70', 6.5, { income: 70 })],
    })
    expect(answer.chosen).toEqual(['x40', 'x60'])
  })

  test('of sets equally cheap the one with fewer options wins, then the first identifiers', () => {
    const needs = [{ need_id: 'n', amount: 2 }]
    const two = [option('a', 1, { n: 1 }), option('b', 1, { n: 1 }), option('z', 2, { n: 2 })]
    expect(cheapestSufficientSet({ needs, options: two }).chosen).toEqual(['z'])
    const same = [option('c', 2, { n: 2 }), option('b', 2, { n: 2 })]
    expect(cheapestSufficientSet({ needs, options: same }).chosen).toEqual(['b'])
  })

  test('exclusions hold both ways and requirements bring their options along', () => {
    const needs = [
      { need_id: 'house', amount: 1 },
      { need_id: 'income', amount: 1 },
    ]
    const options = [
      option('move', 1, { house: 1 }, { excludes: ['farm'] }),
      option('repair', 5, { house: 1 }),
      option('farm', 1, { income: 1 }, { requires: ['training'] }),
      option('training', 2, {}),
    ]
    const answer = cheapestSufficientSet({ needs, options })
    expect(answer.chosen).toEqual(['farm', 'repair', 'training'])
    expect(answer.cost).toBe(8)
  })

  test('a need left open says why', () => {
    const answer = cheapestSufficientSet({
      needs: ['a', 'b', 'c', 'd'].map((need_id) => ({ need_id, amount: 10 })),
      options: [
        option('some_b', 1, { b: 4 }),
        option('all_c', 1, { c: 10 }, { excludes: ['all_d'] }),
        option('all_d', 2, { d: 10 }),
      ],
    })
    expect(answer.chosen).toEqual(['all_c', 'some_b'])
    expect(answer.uncovered).toEqual([
      { need_id: 'a', amount: 10, covered: 0, reason: 'no_option' },
      { need_id: 'b', amount: 10, covered: 4, reason: 'not_enough' },
      { need_id: 'd', amount: 10, covered: 0, reason: 'conflict' },
    ])
  })

  test('what cannot be weighed is left out and named', () => {
    const answer = cheapestSufficientSet({
      needs: [{ need_id: 'n', amount: 1 }],
      options: [
        option('negative', -1, { n: 1 }),
        option('twice', 4, { n: 1 }),
        option('twice', 1, { n: 1 }),
        option('alone', 1, { n: 1 }, { requires: ['gone'] }),
        option('behind', 1, { n: 1 }, { requires: ['alone'] }),
      ],
    })
    expect(answer.chosen).toEqual(['twice'])
    expect(answer.problems.map(({ code, about }) => [code, about])).toEqual([
      ['bad_number', 'negative'],
      ['duplicate', 'twice'],
      ['unknown_requirement', 'alone'],
      ['unknown_requirement', 'behind'],
    ])
  })

  test('thirds that add up to one close a need of one', () => {
    const thirds = ['a', 'b', 'c'].map((id) => option(id, 1, { n: 1 / 3 }))
    const answer = cheapestSufficientSet({ needs: [{ need_id: 'n', amount: 1 }], options: thirds })
    expect(answer).toMatchObject({ chosen: ['a', 'b', 'c'], uncovered: [], proven: true })
    const tenths = Array.from({ length: 10 }, (_, i) => option(`o${i}`, 1, { n: 0.1 }))
    expect(cheapestSufficientSet({ needs: [{ need_id: 'n', amount: 1 }], options: tenths }).uncovered).toEqual([])
  })

  test('what is offered just suffices: another need is in the way, not the amount', () => {
    const answer = cheapestSufficientSet({
      needs: [
        { need_id: 'a', amount: 0.3 },
        { need_id: 'b', amount: 1 },
      ],
      options: [option('x', 1, { a: 0.1 }, { excludes: ['z'] }), option('y', 1, { a: 0.2 }), option('z', 1, { b: 1 })],
    })
    expect(answer.uncovered.map(({ need_id, reason }) => [need_id, reason])).toEqual([['a', 'conflict']])
  })

  test('an option that excludes itself is never chosen', () => {
    const answer = cheapestSufficientSet({
      needs: [{ need_id: 'n', amount: 1 }],
      options: [option('self', 1, { n: 1 }, { excludes: ['self'] }), option('z', 9, { n: 1 })],
    })
    expect(answer.chosen).toEqual(['z'])
  })

  test('at its limit the search says that it proved nothing', () => {
    const options = Array.from({ length: 20 }, (_, i) =>
      option(`o${i}`, 10 + (i % 3), { n: 7 + (i % 5), m: 3 + (i % 4) }),
    )
    const needs = [
      { need_id: 'n', amount: 50 },
      { need_id: 'm', amount: 31 },
    ]
    const short = cheapestSufficientSet({ needs, options, node_limit: 30 })
    const long = cheapestSufficientSet({ needs, options })
    expect(short.proven).toBe(false)
    expect(long.proven).toBe(true)
    expect(long.uncovered).toEqual([])
  })
})

const needIds = ['n0', 'n1', 'n2']
const ids = Array.from({ length: 9 }, (_, i) => `o${i}`)
const problem = fc.record({
  needs: fc.uniqueArray(fc.record({ need_id: fc.constantFrom(...needIds), amount: fc.integer({ min: 1, max: 9 }) }), {
    selector: (need) => need.need_id,
  }),
  options: fc.uniqueArray(
    fc.record({
      option_id: fc.constantFrom(...ids),
      cost: fc.integer({ min: 0, max: 9 }),
      closes: fc.dictionary(fc.constantFrom(...needIds), fc.integer({ min: 0, max: 6 })),
      excludes: fc.array(fc.constantFrom(...ids), { maxLength: 1 }),
      requires: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...ids), { maxLength: 1 }) },
      ),
    }),
    { selector: (o) => o.option_id },
  ),
})

/** Every subset, scored as the docstring says. */
function byHand(needs: Need[], options: Option[]): [number, number, number, number] {
  let best: [number, number, number, number] = [Infinity, Infinity, Infinity, Infinity]
  for (let mask = 0; mask < 2 ** options.length; mask++) {
    const set = options.filter((_, i) => mask & (1 << i))
    const has = new Set(set.map((o) => o.option_id))
    if (set.some((o) => o.excludes?.some((id) => has.has(id)) || o.requires?.some((id) => !has.has(id)))) continue
    const gaps = needs.map((n) => Math.max(0, n.amount - set.reduce((s, o) => s + (o.closes[n.need_id] ?? 0), 0)))
    const score: typeof best = [
      gaps.filter((gap) => gap > 0).length,
      needs.reduce((s, n, j) => s + gaps[j]! / n.amount, 0),
      set.reduce((s, o) => s + o.cost, 0),
      set.length,
    ]
    const at = score.findIndex((x, i) => Math.abs(x - best[i]!) > 1e-9)
    if (at >= 0 && score[at]! < best[at]!) best = score
  }
  return best
}

describe('properties', () => {
  test('it is what trying every subset finds, in whatever order the options come', () => {
    fc.assert(
      fc.property(problem, ({ needs, options }) => {
        const answer = cheapestSufficientSet({ needs, options })
        const [open, shortfall, cost, count] = byHand(needs, options)
        expect(answer.proven).toBe(true)
        expect(answer.uncovered.length).toBe(open)
        const left = answer.uncovered.reduce((s, n) => s + (n.amount - n.covered) / n.amount, 0)
        expect(left).toBeCloseTo(shortfall, 9)
        expect(answer.cost).toBe(cost)
        expect(answer.chosen.length).toBe(count)
        const turned = cheapestSufficientSet({ needs: needs.toReversed(), options: options.toReversed() })
        expect(turned.chosen).toEqual(answer.chosen)
      }),
      { numRuns: 150 },
    )
  })

  test('a mixed-integer solver finds no cheaper cover of 25 options', async () => {
    const random = fc.sample(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 100, maxLength: 100 }), {
      numRuns: 6,
      seed: 7,
    })
    for (const numbers of random) {
      const options = Array.from({ length: 25 }, (_, i) =>
        option(`o${String(i).padStart(2, '0')}`, 20 + numbers[i]!, {
          a: numbers[25 + i]!,
          b: numbers[50 + i]!,
          c: numbers[75 + i]!,
        }),
      )
      const needs = ['a', 'b', 'c'].map((need_id) => ({ need_id, amount: 90 }))
      const answer = cheapestSufficientSet({ needs, options })
      expect(answer.proven).toBe(true)
      const solved = await solveLinear(
        {
          gains: options.map((o) => -o.cost),
          lower: options.map(() => 0),
          rows: needs.map((n) => ({
            upper: -n.amount,
            columns: options.map((_, i) => i),
            values: options.map((o) => -o.closes[n.need_id]!),
          })),
        },
        { integer: true, relative_gap: 0, node_limit: 100_000 },
      )
      expect(solved.status).toBe('solved')
      expect(answer.cost).toBeCloseTo(-solved.bound, 6)
    }
  })
})
