import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate, type AllocateInput, type Candidate } from './allocate.ts'

const give = (
  unit_id: string,
  option_id: string,
  cost: number,
  value: number,
  more: Partial<Candidate> = {},
): Candidate => ({
  unit_id,
  option_id,
  cost,
  value,
  group: 'g',
  ...more,
})
const names = (chosen: Candidate[]): string[] => chosen.map((c) => `${c.unit_id}/${c.option_id}`)

describe('allocate', () => {
  test('a knapsack where the best value per cost is not the answer', async () => {
    // Value per cost prefers the first; the other two together fill the budget for more.
    const answer = await allocate({
      candidates: [give('h1', 'x', 60, 100), give('h2', 'x', 50, 80), give('h3', 'x', 50, 80)],
      budgets: { g: 100 },
    })
    expect(answer).toMatchObject({ total_value: 160, total_cost: 100, method: 'exact', spent: { g: 100 } })
    expect(answer.gap).toBeCloseTo(0, 9)
    expect(answer.not_chosen).toEqual([{ unit_id: 'h1', option_id: 'x', why: 'budget' }])
  })

  test('a classic 0-1 knapsack with a known optimum (Martello and Toth 1990, example 2.1)', async () => {
    const p = [70, 20, 39, 37, 7, 5, 10]
    const w = [31, 10, 20, 19, 4, 3, 6]
    const candidates = p.map((value, i) => give(`h${i + 1}`, 'x', w[i]!, value))
    const answer = await allocate({ candidates, budgets: { g: 50 } })
    expect(answer.total_value).toBe(107)
    expect(names(answer.chosen)).toEqual(['h1/x', 'h4/x'])
  })

  test('capacities per option and per group and option, the rules of one unit, and the reasons', async () => {
    const answer = await allocate({
      candidates: [
        give('h1', 'job', 1, 10),
        give('h1', 'move', 1, 9),
        give('h2', 'job', 1, 8),
        give('h3', 'job', 1, 7, { group: 'k' }),
        give('h3', 'loan', 1, 0, { group: 'k' }),
        give('h4', 'loan', 9, 5, { group: 'k' }),
      ],
      budgets: { g: 10, k: 5 },
      capacities: { job: 2, 'g|job': 1 },
      at_most_one_of: [['job', 'move']],
    })
    expect(names(answer.chosen)).toEqual(['h1/move', 'h2/job', 'h3/job'])
    expect(answer.used).toEqual({ job: 2, 'g|job': 1 })
    expect(answer.not_chosen.map(({ why }) => why)).toEqual(['unit_rule', 'no_value', 'budget'])
  })

  test('what is required comes first, and what of it does not fit is said', async () => {
    const answer = await allocate({
      candidates: [
        give('h1', 'grant', 6, 1, { required: true }),
        give('h2', 'grant', 6, 1, { required: true }),
        give('h3', 'grant', 4, 50),
        give('h4', 'grant', 9, 99),
        give('h5', 'grant', 1, 1, { group: 'none', required: true }),
      ],
      budgets: { g: 10 },
    })
    expect(names(answer.chosen)).toEqual(['h1/grant', 'h3/grant'])
    expect(answer.problems.map(({ code, about }) => [code, about])).toEqual([
      ['group_without_budget', 'none'],
      ['required_missing', 'h5 | grant'],
      ['required_exceeds_budget', 'h2 | grant'],
    ])
  })

  test('equals are told apart by the published lot, then by identifier', async () => {
    const candidates = ['h3', 'h1', 'h2'].map((id) => give(id, 'x', 5, 5))
    const plain = await allocate({ candidates, budgets: { g: 10 } })
    expect(names(plain.chosen)).toEqual(['h1/x', 'h2/x'])
    const lot = await allocate({ candidates, budgets: { g: 10 }, tie_rank: { h3: 1, h2: 2, h1: 3 } })
    expect(names(lot.chosen)).toEqual(['h2/x', 'h3/x'])
  })

  test('bad numbers and duplicates are reported, the rest is worked out', async () => {
    const answer = await allocate({
      candidates: [give('h1', 'x', Number.NaN, 1), give('h2', 'x', 1, 1), give('h2', 'x', 1, 1)],
      budgets: { g: 10, k: -1 },
    })
    expect(answer.problems.map(({ code }) => code)).toEqual(['bad_number', 'bad_number', 'duplicate'])
    expect(names(answer.chosen)).toEqual(['h2/x'])
  })

  test('what is required and breaks a capacity or its own unit says so', async () => {
    const required = { required: true }
    const answer = await allocate({
      candidates: [
        give('h1', 'job', 1, 1, required),
        give('h2', 'job', 1, 1, required),
        give('h3', 'move', 1, 1, required),
        give('h3', 'loan', 1, 1, required),
      ],
      budgets: { g: 100 },
      capacities: { job: 1 },
      at_most_one_of: [['move', 'loan']],
    })
    expect(names(answer.chosen)).toEqual(['h1/job', 'h3/loan'])
    expect(answer.problems.map(({ code, about }) => [code, about])).toEqual([
      ['required_exceeds_capacity', 'h2 | job'],
      ['required_conflict', 'h3 | move'],
    ])
  })

  test('a required candidate is not given away to another unit of equal worth', async () => {
    const answer = await allocate({
      candidates: [give('h1', 'x', 5, 5), give('h2', 'x', 5, 5, { required: true })],
      budgets: { g: 5 },
      tie_rank: { h1: 1, h2: 2 },
    })
    expect(names(answer.chosen)).toEqual(['h2/x'])
  })

  test('a limit of 0 gives nothing, one below 0 counts as 0', async () => {
    const candidates = [give('h1', 'x', 1, 1), give('h1', 'y', 0, 1)]
    for (const limit of [0, -5]) {
      const answer = await allocate({ candidates, budgets: { g: 10 }, capacities: { x: limit } })
      expect(names(answer.chosen)).toEqual(['h1/y'])
      expect(answer.not_chosen).toEqual([{ unit_id: 'h1', option_id: 'x', why: 'capacity' }])
    }
    const poor = await allocate({ candidates, budgets: { g: -1 } })
    expect(names(poor.chosen)).toEqual(['h1/y'])
  })

  test('what is worth nothing is not given though there is room, by any of the three ways', async () => {
    const of = { candidates: [give('h1', 'x', 1, 0), give('h2', 'x', 1, 3)], budgets: { g: 10 } }
    for (const limits of [{}, { exact_limit: 0 }, { exact_limit: 0, relaxed_limit: 0 }]) {
      const answer = await allocate({ ...of, ...limits })
      expect(names(answer.chosen)).toEqual(['h2/x'])
      expect(answer.not_chosen).toEqual([{ unit_id: 'h1', option_id: 'x', why: 'no_value' }])
    }
  })

  test('as many candidates as a limit says are still within it', async () => {
    const of = { candidates: [give('h1', 'x', 1, 1), give('h2', 'x', 1, 1)], budgets: { g: 1 } }
    const methodOf = async (limits: Partial<AllocateInput>) => (await allocate({ ...of, ...limits })).method
    expect(await methodOf({ exact_limit: 2 })).toBe('exact')
    expect(await methodOf({ exact_limit: 1, relaxed_limit: 2 })).toBe('relaxed')
    expect(await methodOf({ exact_limit: 1, relaxed_limit: 1 })).toBe('greedy')
  })

  test('value per cost and value alone are both tried without a solver', async () => {
    // By value per cost a comes first and leaves no room for b.
    const few = await allocate({
      candidates: [give('a', 'x', 1, 2), give('b', 'x', 10, 10)],
      budgets: { g: 10 },
      exact_limit: 0,
      relaxed_limit: 0,
    })
    expect(names(few.chosen)).toEqual(['b/x'])
    // By value b comes first; a and c fill the budget for more. Dantzig's bound fills what is left in part.
    const many = await allocate({
      candidates: [give('a', 'x', 5, 8), give('b', 'x', 10, 10), give('c', 'x', 4, 6)],
      budgets: { g: 10 },
      exact_limit: 0,
      relaxed_limit: 0,
    })
    expect(names(many.chosen)).toEqual(['a/x', 'c/x'])
    expect(many.bound).toBeCloseTo(8 + 6 + 1, 9)
    expect(many.gap).toBeCloseTo(1 / 15, 9)
  })

  test('of options equal in everything the first of the unit is given, by any of the three ways', async () => {
    const of = { candidates: ['z', 'x', 'y'].map((id) => give('h1', id, 5, 5)), budgets: { g: 15 }, per_unit: 1 }
    for (const limits of [{ exact_limit: 0, relaxed_limit: 0 }, {}])
      expect((await allocate({ ...of, ...limits })).total_value).toBe(5)
    expect(names((await allocate({ ...of, exact_limit: 0, relaxed_limit: 0 })).chosen)).toEqual(['h1/x'])
  })

  test('nothing to choose from', async () => {
    const answer = await allocate({ candidates: [], budgets: { g: 1 } })
    expect(answer).toMatchObject({ chosen: [], total_value: 0, bound: 0, gap: 0, spent: { g: 0 } })
  })
})

const units = ['u0', 'u1', 'u2', 'u3', 'u4']
const options = ['a', 'b', 'c']
const groupOf = (unit: string): string => (unit < 'u2' ? 'g' : 'k')
const input = fc.record({
  candidates: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...units), fc.constantFrom(...options)), { selector: String, maxLength: 13 })
    .chain((pairs) =>
      fc.tuple(
        ...pairs.map(([unit_id, option_id]) =>
          fc.record({
            unit_id: fc.constant(unit_id),
            option_id: fc.constant(option_id),
            group: fc.constant(groupOf(unit_id)),
            cost: fc.integer({ min: 0, max: 9 }),
            value: fc.integer({ min: 0, max: 9 }),
            required: fc.oneof(
              { weight: 9, arbitrary: fc.constant(false) },
              { weight: 1, arbitrary: fc.constant(true) },
            ),
          }),
        ),
      ),
    ),
  budgets: fc.record({ g: fc.integer({ min: 0, max: 20 }), k: fc.integer({ min: 0, max: 30 }) }),
  total_budget: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  capacities: fc.dictionary(fc.constantFrom('a', 'b', 'g|c', 'k|a'), fc.integer({ min: 0, max: 3 })),
  at_most_one_of: fc.constantFrom(
    [],
    [['a', 'b']],
    [
      ['b', 'c'],
      ['a', 'b'],
    ],
  ),
  per_unit: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
})

const cost = (list: readonly Candidate[]): number => list.reduce((s, c) => s + c.cost, 0)

/** Whether a choice keeps every limit, counted from the input alone. */
function keeps(of: AllocateInput, chosen: readonly Candidate[]): boolean {
  return (
    Object.entries(of.budgets).every(([g, limit]) => cost(chosen.filter((c) => c.group === g)) <= limit) &&
    cost(chosen) <= (of.total_budget ?? Infinity) &&
    Object.entries(of.capacities ?? {}).every(
      ([key, limit]) =>
        chosen.filter((c) => c.option_id === key || `${c.group}|${c.option_id}` === key).length <= limit,
    ) &&
    units.every((u) => {
      const own = chosen.filter((c) => c.unit_id === u)
      return (
        own.length <= (of.per_unit ?? Infinity) &&
        (of.at_most_one_of ?? []).every((set) => own.filter((c) => set.includes(c.option_id)).length <= 1)
      )
    })
  )
}

const draw = (i: number, m: number): number => ((i * 7919 + 104_729) % 1_000_003) % m

describe('properties', () => {
  test('every limit is kept, nothing beats it, and the order of the input does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(input, async (of) => {
        const exact = await allocate(of)
        expect(keeps(of, exact.chosen)).toBe(true)
        const turned = await allocate({ ...of, candidates: of.candidates.toReversed() })
        expect(turned.chosen).toEqual(exact.chosen)

        const given = exact.chosen.filter((c) => c.required)
        let best = 0
        for (let mask = 0; mask < 2 ** of.candidates.length; mask++) {
          const set = of.candidates.filter((c, i) => (mask & (1 << i)) !== 0 && !c.required)
          const value = [...set, ...given].reduce((s, c) => s + c.value, 0)
          if (value > best && keeps(of, [...set, ...given])) best = value
        }
        expect(exact.total_value).toBe(
          Math.max(
            best,
            given.reduce((s, c) => s + c.value, 0),
          ),
        )
        expect(exact.bound).toBeGreaterThanOrEqual(exact.total_value)

        const rough = await allocate({ ...of, exact_limit: -1, relaxed_limit: -1 })
        const relaxed = await allocate({ ...of, exact_limit: -1 })
        for (const other of [rough, relaxed]) {
          expect(keeps(of, other.chosen)).toBe(true)
          expect(other.total_value).toBeLessThanOrEqual(exact.total_value)
          expect(other.bound).toBeGreaterThanOrEqual(exact.total_value - 1e-6)
        }
        expect(relaxed.total_value).toBeGreaterThanOrEqual(rough.total_value)
        expect([exact.method, relaxed.method, rough.method]).toEqual(['exact', 'relaxed', 'greedy'])
      }),
      { numRuns: 40 },
    )
  })

  test('a township of 400 households: rounding the relaxation stays within 1 % of the bound', async () => {
    const candidates = Array.from({ length: 2_000 }, (_, i) =>
      give(`h${Math.floor(i / 5)}`, `m${i % 5}`, 500 + draw(i, 4500), 1 + draw(i * 31, 100), { group: `v${i % 4}` }),
    )
    const of = {
      candidates,
      budgets: { v0: 200_000, v1: 200_000, v2: 150_000, v3: 100_000 },
      capacities: { m0: 40, m1: 60 },
      at_most_one_of: [['m2', 'm3']],
      per_unit: 3,
    }
    const relaxed = await allocate({ ...of, exact_limit: 0 })
    expect(relaxed.gap).toBeLessThan(0.01)
    const rough = await allocate({ ...of, exact_limit: 0, relaxed_limit: 0 })
    expect(relaxed.total_value).toBeGreaterThanOrEqual(rough.total_value)
    expect(rough.bound).toBeGreaterThanOrEqual(relaxed.total_value)
  })
})
