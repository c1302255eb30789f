import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Purse, takeInOrder } from './purse.ts'
import { shareOut } from './share.ts'
import type { Bundle, ShareInput } from './types.ts'

const bundle = (unit_id: string, amount: number, more: Partial<Bundle> = {}): Bundle => ({
  unit_id,
  place: 'v1',
  weight: 1,
  draws: [{ pools: ['county'], amount }],
  ...more,
})
const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))

/** The greatest weight of any choice that the pools can pay. */
function bestOf({ bundles, pools }: ShareInput): number {
  let best = 0
  for (let choice = 0; choice < 2 ** bundles.length; choice++) {
    const chosen = bundles.filter((_, i) => (choice >> i) & 1)
    const served = new Set<string>()
    takeInOrder(new Purse(pools), chosen, served)
    if (served.size === chosen.length)
      best = Math.max(
        best,
        chosen.reduce((sum, each) => sum + each.weight, 0),
      )
  }
  return best
}

describe('sharing out whole bundles', () => {
  test('as many whole ones as there can be: no halves beside them', async () => {
    // A hundred plans of two parts: by parts 62 cheap ones and 38 halves would be paid.
    const bundles = many(100, (i) =>
      bundle(`h${i}`, 100, {
        draws: [
          { pools: ['a'], amount: 60 },
          { pools: ['b'], amount: 40 },
        ],
      }),
    )
    const shared = await shareOut({ bundles, pools: { a: 3_000, b: 2_000 } })
    expect(shared).toMatchObject({ value: 50, gap: 0, spent: { a: 3_000, b: 2_000 } })
  })

  test('the village’s money first, then what stands behind it', async () => {
    const at = (village: string) => [{ pools: [village, 'town', 'county'], amount: 10 }]
    const bundles = [
      bundle('h1', 0, { draws: at('v1') }),
      bundle('h2', 0, { draws: at('v1') }),
      bundle('h3', 0, { draws: at('v2') }),
    ]
    const shared = await shareOut({ bundles, pools: { v1: 12, v2: 0, town: 10, county: 8 } })
    expect(shared.served).toEqual(['h1', 'h2', 'h3'])
    expect(shared.spent).toEqual({ v1: 12, v2: 0, town: 10, county: 8 })
  })

  test('fifty for ten posts: ten have one, by lot, and the others hear what is full', async () => {
    const bundles = many(50, (i) => bundle(`h${i}`, 1, { draws: [{ pools: ['posts'], amount: 1 }] }))
    const shared = await shareOut({ bundles, pools: { posts: 10 }, lot: (unit_id) => -Number(unit_id.slice(1)) })
    expect(shared.served).toEqual(many(10, (i) => `h${40 + i}`))
    expect(shared.short_of.get('h0')).toBe('posts')
    expect(shared.short_of.size).toBe(40)
  })

  test('a village that is one percent dearer is not left with nothing', async () => {
    const bundles = [
      ...many(50, (i) => bundle(`a${i}`, 100)),
      ...many(50, (i) => bundle(`b${i}`, 101, { place: 'v2' })),
    ]
    const pools = { county: 5_025 }
    const plain = await shareOut({ bundles, pools })
    expect([...plain.served_share.values()]).toEqual([1, 0])
    const fair = await shareOut({ bundles, pools, floor: 1 })
    expect(Math.min(...fair.served_share.values())).toBeGreaterThanOrEqual(0.48)
    const nearly = await shareOut({ bundles, pools, floor: 0.8 })
    expect(Math.min(...nearly.served_share.values())).toBeGreaterThanOrEqual(0.38)
    expect(nearly.value).toBeGreaterThanOrEqual(49)
  })

  test('leximin: a village with money of its own is not held back by one without', async () => {
    const bundles = [
      ...many(10, (i) => bundle(`a${i}`, 10, { draws: [{ pools: ['v1'], amount: 10 }] })),
      ...many(10, (i) => bundle(`b${i}`, 10, { place: 'v2', draws: [{ pools: ['v2', 'county'], amount: 10 }] })),
      ...many(10, (i) => bundle(`c${i}`, 10, { place: 'v3', draws: [{ pools: ['county'], amount: 10 }] })),
    ]
    const shared = await shareOut({ bundles, pools: { v1: 20, v2: 60, county: 80 }, floor: 1 })
    expect(Object.fromEntries(shared.served_share)).toEqual({ v1: 0.2, v2: 0.7, v3: 0.7 })
  })

  test('an amount below nothing is nothing; who costs nothing is served; who is worth nothing is not', async () => {
    const bundles = [bundle('h1', 5), bundle('h2', 0), bundle('h3', 0, { weight: 0 })]
    const shared = await shareOut({ bundles, pools: { county: -100 } })
    expect(shared).toMatchObject({ served: ['h2'], spent: { county: 0 } })
  })
})

const random = fc.record({
  bundles: fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 9 }),
      village: fc.integer({ min: 1, max: 3 }),
      money: fc.nat(30),
      post: fc.boolean(),
    }),
    { minLength: 1, maxLength: 9 },
  ),
  pools: fc.record({ v1: fc.nat(40), v2: fc.nat(40), v3: fc.nat(40), county: fc.nat(60), posts: fc.nat(3) }),
})
const built = ({ bundles, pools }: typeof random extends fc.Arbitrary<infer T> ? T : never): ShareInput => ({
  pools,
  bundles: bundles.map(({ weight, village, money, post }, i) => ({
    unit_id: `h${i}`,
    place: `v${village}`,
    weight,
    draws: [{ pools: [`v${village}`, 'county'], amount: money }, ...(post ? [{ pools: ['posts'], amount: 1 }] : [])],
  })),
})

test('of few bundles, none could be shared out better, and no pool is passed', async () => {
  await fc.assert(
    fc.asyncProperty(random, async (drawn) => {
      const input = built(drawn)
      const shared = await shareOut(input)
      expect(shared.value).toBe(bestOf(input))
      for (const [pool, spent] of Object.entries(shared.spent))
        expect(spent).toBeLessThanOrEqual(input.pools[pool] ?? 0)
      const other = await shareOut({ ...input, bundles: input.bundles.toReversed() })
      expect(other.served).toEqual(shared.served)
    }),
    { numRuns: 150 },
  )
})

test('with a floor no place is short of it by more than its greatest bundle', async () => {
  await fc.assert(
    fc.asyncProperty(random, async (drawn) => {
      const input = built(drawn)
      const free = await shareOut(input)
      const fair = await shareOut({ ...input, floor: 1 })
      expect(fair.bound).toBeLessThanOrEqual(free.bound + 1e-6)
      for (const [pool, spent] of Object.entries(fair.spent)) expect(spent).toBeLessThanOrEqual(input.pools[pool] ?? 0)
    }),
    { numRuns: 60 },
  )
})
