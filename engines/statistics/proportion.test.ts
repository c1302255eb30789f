import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptancePlan, decideAgainstLimit, passProbability } from './draw/acceptance.ts'
import { betaCdf, betaQuantile, binomialCdf, hypergeometricCdf, normalQuantile, tQuantile } from './distributions.ts'
import {
  clopperPearsonInterval,
  designInterval,
  exactUpperLimit,
  stratifiedProportion,
  wilsonInterval,
} from './proportion.ts'
import { hasReference, readReference } from './testing/reference.testing.ts'

describe('distributions', () => {
  test('points that stand in every table', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
    expect(tQuantile(0.975, 1)).toBeCloseTo(12.706204736432095, 9)
    expect(tQuantile(0.975, 14)).toBeCloseTo(2.144786687916925, 11)
    expect(tQuantile(0.975, Infinity)).toBeCloseTo(1.959963984540054, 12)
    expect(binomialCdf(3, 10, 0.5)).toBeCloseTo(176 / 1024, 13)
    // All four marked among eight: of 70 ways to draw four, 1 + 16 have at most one.
    expect(hypergeometricCdf(1, 8, 4, 4)).toBeCloseTo(17 / 70, 12)
  })

  test('the beta quantile undoes the beta probability', () => {
    const shape = fc.double({ min: 1, max: 2000, noNaN: true })
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), shape, shape, (p, a, b) => {
        expect(betaCdf(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 8)
      }),
    )
  })
})

describe('Newcombe 1998, table I: what two methods give for four samples', () => {
  test.each([
    [81, 263, 0.2553, 0.3662, 0.2527, 0.3676],
    [15, 148, 0.0624, 0.1605, 0.0578, 0.1617],
    [0, 20, 0, 0.1611, 0, 0.1684],
    [1, 29, 0.0061, 0.1718, 0.0009, 0.1776],
  ])('%i of %i', (events, n, wLower, wUpper, cLower, cUpper) => {
    const wilson = wilsonInterval({ events, n })
    expect(wilson.lower).toBeCloseTo(wLower, 4)
    expect(wilson.upper).toBeCloseTo(wUpper, 4)
    const exact = clopperPearsonInterval({ events, n })
    expect(exact.lower).toBeCloseTo(cLower, 4)
    expect(exact.upper).toBeCloseTo(cUpper, 4)
  })
})

describe('against R', () => {
  test.skipIf(!hasReference)('Wilson, Clopper-Pearson and the one-sided limit for nine samples', () => {
    const rows = readReference('reference-sampling.csv').filter((r) => r.set === 'intervals')
    let compared = 0
    for (const row of rows) {
      const [, events, n] = /x=(\d+) n=(\d+)/.exec(row.case!)!.map(Number) as [number, number, number]
      const wilson = wilsonInterval({ events, n })
      const exact = clopperPearsonInterval({ events, n })
      const ours = {
        Wilson_lo: wilson.lower,
        Wilson_hi: wilson.upper,
        CP_lo: exact.lower,
        CP_hi: exact.upper,
        CPupper1s_hi: exactUpperLimit({ events, n }),
      }[row.stat!]
      if (ours === undefined) continue
      expect(ours).toBeCloseTo(Number(row.value), 10)
      compared++
    }
    expect(compared).toBe(45)
  })

  test.skipIf(!hasReference)('acceptance plans, binomial and hypergeometric, and their chances of passing', () => {
    const rows = readReference('reference-sampling.csv').filter((r) => /^plans p0=2%|^plans dissat/.test(r.set!))
    let compared = 0
    for (const row of rows) {
      const limit = row.set!.includes('10%') ? 0.1 : 0.02
      const allowed = Number(/c=(\d+)/.exec(row.case!)![1])
      const population = /N=(\d+)/.exec(row.case!)?.[1]
      const plan = acceptancePlan({ allowed, limit, population: population ? Number(population) : undefined })
      const rate = /p=([\d.]+)%/.exec(row.stat!)?.[1]
      if (rate) expect(passProbability({ ...plan, rate: Number(rate) / 100 })).toBeCloseTo(Number(row.value), 9)
      else expect(`${row.set} ${row.case} ${plan.n}`).toBe(`${row.set} ${row.case} ${row.value}`)
      compared++
    }
    expect(compared).toBeGreaterThan(140)
  })
})

describe('Wilson', () => {
  test('a census has no width, half of the population less than an endless one', () => {
    expect(wilsonInterval({ events: 3, n: 50, population: 50 })).toMatchObject({ lower: 0.06, upper: 0.06 })
    const half = wilsonInterval({ events: 3, n: 50, population: 100 })
    const endless = wilsonInterval({ events: 3, n: 50 })
    expect(half.upper - half.lower).toBeLessThan(endless.upper - endless.lower)
  })

  test('a design effect of 2 is half the sample', () => {
    const clustered = wilsonInterval({ events: 20, n: 400, design_effect: 2 })
    const small = wilsonInterval({ events: 10, n: 200 })
    expect(clustered.lower).toBeCloseTo(small.lower, 12)
    expect(clustered.upper).toBeCloseTo(small.upper, 12)
  })

  test('the ends are the rates that the score test just does not reject', () => {
    const z = normalQuantile(0.975)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const events = Math.floor(share * n)
        const { lower, upper, estimate } = wilsonInterval({ events, n })
        expect(lower >= 0 && lower <= estimate && estimate <= upper && upper <= 1).toBe(true)
        for (const p of [lower, upper]) {
          if (p > 0 && p < 1) expect(Math.abs(estimate - p)).toBeCloseTo(z * Math.sqrt((p * (1 - p)) / n), 9)
        }
      }),
    )
  })

  test('counts that cannot be are refused', () => {
    for (const [events, n] of [
      [1, 0],
      [-1, 5],
      [6, 5],
    ] as const) {
      expect(() => wilsonInterval({ events, n })).toThrow(expect.objectContaining({ code: 'bad_count' }))
    }
  })
})

describe('strata', () => {
  test('by hand: 4 of 100 in 1,000 and 1 of 50 in 250', () => {
    const got = stratifiedProportion({
      strata: [
        { stratum: 'a', population: 1_000, n: 100, events: 4 },
        { stratum: 'b', population: 250, n: 50, events: 1 },
      ],
    })
    expect(got.estimate).toBeCloseTo(0.8 * 0.04 + 0.2 * 0.02, 14)
    const variance = 0.64 * 0.9 * ((0.04 * 0.96) / 99) + 0.04 * 0.8 * ((0.02 * 0.98) / 49)
    expect(got.se).toBeCloseTo(Math.sqrt(variance), 14)
    expect(got.df).toBe(148)
    expect(got.lower).toBeLessThan(got.estimate)
    expect(got.upper).toBeGreaterThan(got.estimate)
  })

  test('no event anywhere: the exact limit on the effective size of the weights, not a width of 0', () => {
    const strata = [
      { stratum: 'a', population: 1_000, n: 100, events: 0 },
      { stratum: 'b', population: 1_000, n: 100, events: 0 },
    ]
    const got = stratifiedProportion({ strata })
    expect(got).toMatchObject({ estimate: 0, lower: 0, degenerate: true })
    expect(got.effective_n).toBeCloseTo(200, 10)
    expect(got.upper).toBeCloseTo(clopperPearsonInterval({ events: 0, n: 200 }).upper, 12)
    const uneven = stratifiedProportion({ strata: [{ ...strata[0]!, population: 9_000 }, strata[1]!] })
    expect(uneven.effective_n).toBeCloseTo(1e8 / (81e6 / 100 + 1e6 / 100), 9)
  })

  test('everybody looked at, nobody looked at, one looked at', () => {
    const all = stratifiedProportion({ strata: [{ stratum: 'a', population: 10, n: 10, events: 3 }] })
    expect(all).toMatchObject({ estimate: 0.3, lower: 0.3, upper: 0.3 })
    expect(() => stratifiedProportion({ strata: [{ stratum: 'a', population: 10, n: 0, events: 0 }] })).toThrow(
      expect.objectContaining({ code: 'unsampled_stratum' }),
    )
    const one = stratifiedProportion({
      strata: [
        { stratum: 'a', population: 10, n: 1, events: 1 },
        { stratum: 'b', population: 90, n: 30, events: 3 },
      ],
    })
    expect(one.upper).toBeGreaterThan(one.estimate)
    expect(one.se).toBeGreaterThan(0)
  })

  test('the effective size is never more than the sample unless asked', () => {
    const of = { estimate: 0.5, se: 0.01, df: 99, n: 100 }
    expect(designInterval(of).effective_n).toBe(100)
    expect(designInterval({ ...of, cut_at_n: false }).effective_n).toBeCloseTo(2_500, 9)
  })
})

test('degrees of freedom below 0 and samples of none are refused', () => {
  const of = { estimate: 0.5, se: 0.05, df: 99, n: 100 }
  for (const wrong of [{ df: -1 }, { df: Number.NaN }, { n: 0 }, { n: Infinity }])
    expect(() => designInterval({ ...of, ...wrong })).toThrow(expect.objectContaining({ code: 'bad_count' }))
})

test('a rate of 1 is one', () => {
  expect(passProbability({ allowed: 2, n: 10, rate: 1 })).toBe(0)
  expect(passProbability({ allowed: 2, n: 10, rate: 0 })).toBe(1)
  expect(() => passProbability({ allowed: 2, n: 10, rate: 1.01 })).toThrow(
    expect.objectContaining({ code: 'bad_probability' }),
  )
})

test('on the limit itself: not below it, and at least it', () => {
  expect(decideAgainstLimit({ lower: 0, upper: 0.02 }, 0.02, 'below')).toBe('not_shown')
  expect(decideAgainstLimit({ lower: 0.02, upper: 0.03 }, 0.02, 'below')).toBe('refuted')
  expect(decideAgainstLimit({ lower: 0.9, upper: 0.95 }, 0.9, 'at_least')).toBe('shown')
  expect(decideAgainstLimit({ lower: 0.8, upper: 0.9 }, 0.9, 'at_least')).toBe('not_shown')
})

test('three answers about a limit', () => {
  expect(decideAgainstLimit({ lower: 0, upper: 0.019 }, 0.02, 'below')).toBe('shown')
  expect(decideAgainstLimit({ lower: 0.001, upper: 0.03 }, 0.02, 'below')).toBe('not_shown')
  expect(decideAgainstLimit({ lower: 0.021, upper: 0.03 }, 0.02, 'below')).toBe('refuted')
  expect(decideAgainstLimit({ lower: 0.91, upper: 0.95 }, 0.9, 'at_least')).toBe('shown')
  expect(decideAgainstLimit({ lower: 0.85, upper: 0.89 }, 0.9, 'at_least')).toBe('refuted')
})
