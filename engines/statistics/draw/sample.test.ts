import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clusterDesignEffect, neymanSizes, proportionalSizes, sampleSizeForProportion } from './sample-size.ts'
import { ppsSystematicDraw, stratifiedDraw, twoStageDraw } from './sample.ts'

const frame = Array.from({ length: 60 }, (_, i) => ({
  unit_id: `h${String(i).padStart(2, '0')}`,
  stratum: i < 20 ? 'exited' : 'other',
}))
const code = (text: string): unknown => expect.objectContaining({ code: text })

const draw = (sizes: Record<string, number>, of = frame) => stratifiedDraw({ frame: of, sizes, seed: 's' })

describe('stratified draw', () => {
  test('sizes, probabilities and weights by stratum', () => {
    const drawn = stratifiedDraw({ frame, sizes: { exited: 5, other: 8 }, seed: 'county 1' })
    const exited = drawn.filter((d) => d.stratum === 'exited')
    expect(exited.map((d) => d.order)).toEqual([1, 2, 3, 4, 5])
    expect(exited.every((d) => d.inclusion_probability === 0.25 && d.weight === 4)).toBe(true)
    expect(drawn.reduce((sum, d) => sum + d.weight, 0)).toBeCloseTo(60, 12)
  })

  test('the order of the frame does not matter, the seed does', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(frame, { minLength: frame.length }), fc.string(), (mixed, seed) => {
        const sizes = { exited: 7, other: 7 }
        expect(stratifiedDraw({ frame: mixed, sizes, seed })).toEqual(stratifiedDraw({ frame, sizes, seed }))
      }),
      { numRuns: 30 },
    )
    const ids = (seed: string): string[] =>
      stratifiedDraw({ frame, sizes: { exited: 7, other: 7 }, seed }).map((d) => d.unit_id)
    expect(ids('a')).not.toEqual(ids('b'))
  })

  test('a stratum draws for itself: a change elsewhere leaves it, and a larger size only adds', () => {
    const small = stratifiedDraw({ frame, sizes: { exited: 5, other: 5 }, seed: 's' })
    const large = stratifiedDraw({ frame: frame.slice(0, 50), sizes: { exited: 9, other: 2 }, seed: 's' })
    const ids = (d: typeof small): string[] => d.filter((u) => u.stratum === 'exited').map((u) => u.unit_id)
    expect(ids(large).slice(0, 5)).toEqual(ids(small))
  })

  test('what would bias the draw is refused', () => {
    expect(() => draw({ exited: 5 })).toThrow(code('stratum_without_size'))
    expect(() => draw({ exited: 5, other: 0, third: 1 })).toThrow(code('unknown_stratum'))
    expect(() => draw({ exited: 21, other: 0 })).toThrow(code('size_exceeds_frame'))
    expect(() => draw({ exited: 1, other: 1 }, [...frame, frame[0]!])).toThrow(code('duplicate_unit'))
  })

  test('each unit comes as often as its probability says', () => {
    let hits = 0
    for (let i = 0; i < 2_000; i++) {
      const drawn = stratifiedDraw({ frame, sizes: { exited: 5, other: 4 }, seed: `run ${i}` })
      if (drawn.some((d) => d.unit_id === 'h03')) hits++
    }
    // Binomial(2000, 1/4): four standard deviations are 77.
    expect(Math.abs(hits - 500)).toBeLessThan(78)
  })
})

describe('two stages', () => {
  const areas = Array.from({ length: 12 }, (_, i) => ({
    area_id: `v${String(i).padStart(2, '0')}`,
    stratum: i < 6 ? 'poor' : 'rest',
    size: 10 + 3 * i,
  }))
  const units = areas.flatMap((a) =>
    Array.from({ length: a.size }, (_, i) => ({ unit_id: `${a.area_id}-${i}`, area_id: a.area_id })),
  )

  test('self-weighting where the measure of size is the number of units', () => {
    const drawn = twoStageDraw({ areas, units, areas_to_draw: { poor: 3, rest: 2 }, units_per_area: 5, seed: 's' })
    expect(drawn.length).toBe(25)
    for (const stratum of ['poor', 'rest']) {
      const weights = drawn.filter((d) => d.stratum === stratum).map((d) => d.weight)
      const population = areas.filter((a) => a.stratum === stratum).reduce((s, a) => s + a.size, 0)
      expect(Math.max(...weights) - Math.min(...weights)).toBeLessThan(1e-9)
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(population, 8)
    }
  })

  test('areas come as often as their probabilities say, which sum to the number drawn', () => {
    const counts = new Map<string, number>()
    const probability = new Map<string, number>()
    for (let i = 0; i < 3_000; i++) {
      for (const a of ppsSystematicDraw({ areas, sizes: { poor: 2, rest: 0 }, seed: `run ${i}` })) {
        counts.set(a.area_id, (counts.get(a.area_id) ?? 0) + 1)
        probability.set(a.area_id, a.inclusion_probability)
      }
    }
    expect([...probability.values()].reduce((a, b) => a + b, 0)).toBeCloseTo(2, 12)
    for (const [id, p] of probability) {
      expect(Math.abs(counts.get(id)! - 3_000 * p)).toBeLessThan(4 * Math.sqrt(3_000 * p * (1 - p)))
    }
  })

  test('an area larger than the interval is certain, and the rest share what is left', () => {
    const sizes = [100, 40, 5, 5, 5, 5]
    const big = sizes.map((size, i) => ({ area_id: `a${i}`, stratum: 's', size }))
    const drawn = ppsSystematicDraw({ areas: big, sizes: { s: 3 }, seed: 'x' })
    expect(drawn.filter((a) => a.certain).map((a) => a.area_id)).toEqual(['a0', 'a1'])
    expect(drawn[2]!.inclusion_probability).toBeCloseTo(0.25, 12)
  })

  test('always exactly as many areas as asked for, in whatever order they come', () => {
    const area = fc.record({ size: fc.double({ min: 0.01, max: 1000, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(area, { minLength: 1, maxLength: 20 }), fc.nat(), fc.string(), (list, k, seed) => {
        const own = list.map(({ size }, i) => ({ area_id: `a${i}`, stratum: 's', size }))
        const n = k % (own.length + 1)
        const drawn = ppsSystematicDraw({ areas: own, sizes: { s: n }, seed })
        expect(new Set(drawn.map((a) => a.area_id)).size).toBe(n)
        const turned = ppsSystematicDraw({ areas: own.toReversed(), sizes: { s: n }, seed })
        expect(turned).toEqual(drawn)
      }),
    )
  })
})

describe('sizes', () => {
  test('the table of Krejcie and Morgan (1970): 95 %, half-width 5 %, p = 1/2', () => {
    for (const [population, n] of [
      [100, 80],
      [1_000, 278],
      [10_000, 370],
      [75_000, 382],
    ] as const) {
      // Their table rounds to the nearest, ours up: never fewer, one more at most.
      const ours = sampleSizeForProportion({ half_width: 0.05, population })
      expect(ours - n === 0 || ours - n === 1).toBe(true)
    }
    expect(sampleSizeForProportion({ half_width: 0.05 })).toBe(385)
    expect(sampleSizeForProportion({ half_width: 0.05, design_effect: 2 })).toBe(769)
    expect(sampleSizeForProportion({ half_width: 0.001, population: 50 })).toBe(50)
    expect(clusterDesignEffect(36, 0.03)).toBeCloseTo(2.05, 12)
  })

  test('Neyman by hand: population x deviation 100 : 300 : 100 of 50', () => {
    const sizes = neymanSizes({ a: 100, b: 100, c: 50 }, { a: 1, b: 3, c: 2 }, 50)
    expect(sizes).toEqual({ a: 10, b: 30, c: 10 })
    expect(() => neymanSizes({ a: 9 }, {}, 3)).toThrow(code('stratum_without_deviation'))
  })

  test('a stratum too small gives its surplus to the others; each has two at least', () => {
    expect(neymanSizes({ a: 5, b: 100, c: 100 }, { a: 100, b: 1, c: 1 }, 25)).toEqual({ a: 5, b: 10, c: 10 })
    expect(proportionalSizes({ a: 1, b: 3, c: 1_000 }, 20)).toEqual({ a: 1, b: 2, c: 17 })
    expect(() => proportionalSizes({ a: 10, b: 10 }, 3)).toThrow(code('minimum_exceeds_size'))
  })

  test('sums to n, keeps the bounds, and follows proportion where no bound binds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 }), fc.nat(), (list, k) => {
        const populations = Object.fromEntries(list.map((p, i) => [`s${i}`, p]))
        const least = list.reduce((s, p) => s + Math.min(2, p), 0)
        const N = list.reduce((a, b) => a + b, 0)
        const n = least + (k % (N - least + 1))
        const sizes = proportionalSizes(populations, n)
        expect(Object.values(sizes).reduce((a, b) => a + b, 0)).toBe(n)
        for (const [s, size] of Object.entries(sizes)) {
          expect(size).toBeLessThanOrEqual(populations[s]!)
          expect(size).toBeGreaterThanOrEqual(Math.min(2, populations[s]!))
          if (list.every((p) => (n * p) / N >= 2)) expect(Math.abs(size - (n * populations[s]!) / N)).toBeLessThan(1)
        }
      }),
    )
  })
})
