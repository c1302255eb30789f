// Against closed forms, and values of Abramowitz and Stegun, Handbook of Mathematical Functions (1964).
import { describe, expect, test } from 'vitest'
import * as d from '../distributions.ts'

/** Equal to this share, not this many decimals. */
const expectClose = (value: number, to: number, share = 1e-12) =>
  expect(Math.abs(value / to - 1), `${value} against ${to}`).toBeLessThan(share)
const refusal = (code: string) => expect.objectContaining({ code })

test('ln Gamma: factorials, halves, and below a half by reflection', () => {
  let factorial = 1
  for (let n = 2; n <= 20; n++) expectClose(d.logGamma(n + 1), Math.log((factorial *= n)))
  expect(d.logGamma(1)).toBeCloseTo(0, 14)
  expectClose(d.logGamma(0.5), Math.log(Math.PI) / 2)
  expectClose(d.logGamma(2.5), Math.log((3 * Math.sqrt(Math.PI)) / 4))
  // Table 6.1, and Gamma(1/4) Gamma(3/4) = pi sqrt 2.
  expectClose(d.logGamma(0.25), Math.log(3.625609908221908))
  expectClose(d.logGamma(0.1), Math.log(9.513507698668732))
  expectClose(d.logGamma(0.25) + d.logGamma(0.75), Math.log(Math.PI * Math.SQRT2))
  for (const x of [0, -1, Infinity, Number.NaN]) expect(() => d.logGamma(x)).toThrow(refusal('bad_shape'))
})

describe('gamma', () => {
  test('a whole shape is a sum, on both sides of a + 1, where the method changes', () => {
    for (const x of [0.01, 0.5, 1.9, 2, 2.1, 3, 5, 30]) {
      expectClose(d.gammaCdf(x, 1), -Math.expm1(-x))
      expect(d.gammaCdf(x, 2)).toBeCloseTo(1 - (1 + x) * Math.exp(-x), 14)
      expect(d.gammaCdf(x, 4)).toBeCloseTo(1 - (1 + x + x ** 2 / 2 + x ** 3 / 6) * Math.exp(-x), 14)
    }
  })

  test('outside its range it is 0 and 1; what is no number is refused', () => {
    expect([d.gammaCdf(0, 2), d.gammaCdf(-1, 2), d.gammaCdf(Infinity, 2)]).toEqual([0, 0, 1])
    expect(() => d.gammaCdf(Number.NaN, 2)).toThrow(refusal('not_a_number'))
    for (const a of [0, -1, Infinity]) expect(() => d.gammaCdf(1, a)).toThrow(refusal('bad_shape'))
  })
})

describe('normal', () => {
  test('table 26.1', () => {
    for (const [z, p] of [
      [0, 0.5],
      [1, 0.841344746068543],
      [1.96, 0.97500210485178],
      [3, 0.99865010196837],
    ] as const) {
      expect(d.normalCdf(z)).toBeCloseTo(p, 14)
      expect(d.normalCdf(-z)).toBeCloseTo(1 - p, 14)
    }
    expect([d.normalCdf(-Infinity), d.normalCdf(Infinity)]).toEqual([0, 1])
  })

  test('quantiles, refused at the ends', () => {
    expect(d.normalQuantile(0.5)).toBe(0)
    expect(d.normalQuantile(0.95)).toBeCloseTo(1.644853626951472, 12)
    expect(d.normalQuantile(0.005)).toBeCloseTo(-2.575829303548901, 12)
    for (const p of [0, 1, -0.1, 1.1, Number.NaN]) expect(() => d.normalQuantile(p)).toThrow(refusal('bad_probability'))
  })
})

describe("Student's t", () => {
  test('with 1, 2 and 3 degrees of freedom it is written in a line (26.7.5)', () => {
    for (const t of [-40, -3, -1, -0.2, 0.3, 1, 2.5, 12]) {
      expect(d.tCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 13)
      expect(d.tCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 13)
      const x = t / Math.sqrt(3)
      expect(d.tCdf(t, 3)).toBeCloseTo(0.5 + (x / (1 + x * x) + Math.atan(x)) / Math.PI, 13)
    }
    expect([d.tCdf(0, 4), d.tCdf(-Infinity, 4), d.tCdf(Infinity, 4)]).toEqual([0.5, 0, 1])
    expect(d.tCdf(1.3, Infinity)).toBe(d.normalCdf(1.3))
  })

  test('its quantile turns it round', () => {
    for (const df of [1, 2, 3, 7.5, 200])
      for (const p of [0.001, 0.2, 0.5, 0.7, 0.999]) expect(d.tCdf(d.tQuantile(p, df), df)).toBeCloseTo(p, 11)
    expect(d.tQuantile(0.5, 3)).toBe(0)
    for (const p of [0, 1]) expect(() => d.tQuantile(p, 3)).toThrow(refusal('bad_probability'))
    for (const df of [0, -1, Number.NaN]) {
      expect(() => d.tQuantile(0.9, df)).toThrow(refusal('no_degrees_of_freedom'))
      expect(() => d.tCdf(0.9, df)).toThrow(refusal('no_degrees_of_freedom'))
    }
  })
})

describe('beta', () => {
  test('shapes that are written in a line', () => {
    for (const x of [0.001, 0.2, 0.5, 0.77, 0.999]) {
      expectClose(d.betaCdf(x, 1, 1), x)
      expectClose(d.betaCdf(x, 3, 1), x ** 3)
      expectClose(d.betaCdf(x, 1, 4), -Math.expm1(4 * Math.log1p(-x)), 1e-11)
      // The arcsine law.
      expectClose(d.betaCdf(x, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(x)), 1e-11)
    }
    expect([d.betaCdf(0, 2, 3), d.betaCdf(1, 2, 3), d.betaCdf(-1, 2, 3), d.betaCdf(2, 2, 3)]).toEqual([0, 1, 0, 1])
  })

  test('its quantile, the ends among them', () => {
    expectClose(d.betaQuantile(0.125, 3, 1), 0.5)
    expect(d.betaQuantile(0, 2, 3)).toBe(0)
    expect(d.betaQuantile(1, 2, 3)).toBe(1)
    for (const p of [-0.01, 1.01]) expect(() => d.betaQuantile(p, 2, 3)).toThrow(refusal('bad_probability'))
    for (const [a, b] of [
      [0, 1],
      [1, 0],
      [Infinity, 1],
      [1, Infinity],
    ] as const)
      expect(() => d.betaCdf(0.5, a, b)).toThrow(refusal('bad_shape'))
  })
})

describe('counts', () => {
  test('binomial: every k of 5 throws, and the ends', () => {
    const p = 0.3
    const choose = [1, 5, 10, 10, 5, 1]
    let sum = 0
    for (const [k, ways] of choose.entries()) {
      sum += ways * p ** k * (1 - p) ** (5 - k)
      expect(d.binomialCdf(k, 5, p)).toBeCloseTo(sum, 13)
    }
    expect([d.binomialCdf(-1, 5, p), d.binomialCdf(9, 5, p), d.binomialCdf(0, 0, p)]).toEqual([0, 1, 1])
    expect([d.binomialCdf(2, 5, 0), d.binomialCdf(4, 5, 1), d.binomialCdf(5, 5, 1)]).toEqual([1, 0, 1])
    expect(() => d.binomialCdf(Number.NaN, 5, p)).toThrow(refusal('not_a_number'))
    for (const n of [-1, Infinity]) expect(() => d.binomialCdf(1, n, p)).toThrow(refusal('bad_count'))
    for (const q of [-0.1, 1.1]) expect(() => d.binomialCdf(1, 5, q)).toThrow(refusal('bad_probability'))
  })

  test('hypergeometric: by counting, where some must be marked, and where none is', () => {
    // 4 drawn of 10 with 3 marked: C(7,4), C(3,1) C(7,3), C(3,2) C(7,2), C(7,1) of C(10,4) = 210.
    for (const [k, ways] of [35, 140, 203, 210, 210].entries())
      expect(d.hypergeometricCdf(k, 10, 3, 4)).toBeCloseTo(ways / 210, 12)
    // 3 of 5 with 4 marked hold two at least.
    expect(d.hypergeometricCdf(1, 5, 4, 3)).toBe(0)
    expect(d.hypergeometricCdf(2, 5, 4, 3)).toBeCloseTo(0.6, 12)
    expect(d.hypergeometricCdf(-1, 10, 3, 4)).toBe(0)
    expect([d.hypergeometricCdf(0, 10, 0, 4), d.hypergeometricCdf(0, 10, 3, 0)]).toEqual([
      expect.closeTo(1, 12),
      expect.closeTo(1, 12),
    ])
    expect(() => d.hypergeometricCdf(Number.NaN, 10, 3, 4)).toThrow(refusal('not_a_number'))
    for (const [N, M, n] of [
      [10, 11, 4],
      [10, 3, 11],
    ] as const)
      expect(() => d.hypergeometricCdf(1, N, M, n)).toThrow(refusal('sample_exceeds_population'))
    for (const [N, M, n] of [
      [10, -1, 4],
      [10, 3, 1.5],
      [-1, 0, 0],
    ] as const)
      expect(() => d.hypergeometricCdf(1, N, M, n)).toThrow(refusal('bad_count'))
  })
})
