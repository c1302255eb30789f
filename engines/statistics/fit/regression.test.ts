import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logistic, logisticRegression } from './logistic.ts'
import { ols } from './ols.ts'
import { randomFrom } from '../draw/random.ts'

// NIST Statistical Reference Datasets, Longley: an ill-conditioned design with certified answers.
const LONGLEY = [
  [60323, 83.0, 234289, 2356, 1590, 107608, 1947],
  [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
  [60171, 88.2, 258054, 3682, 1616, 109773, 1949],
  [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
  [63221, 96.2, 328975, 2099, 3099, 112075, 1951],
  [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
  [64989, 99.0, 365385, 1870, 3547, 115094, 1953],
  [63761, 100.0, 363112, 3578, 3350, 116219, 1954],
  [66019, 101.2, 397469, 2904, 3048, 117388, 1955],
  [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
  [68169, 108.4, 442769, 2936, 2798, 120445, 1957],
  [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
  [68655, 112.6, 482704, 3813, 2552, 123366, 1959],
  [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
  [69331, 115.7, 518173, 4806, 2572, 127852, 1961],
  [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
]
const code = (text: string): unknown => expect.objectContaining({ code: text })

describe('least squares', () => {
  test('Longley: nine figures of the certified coefficients and standard errors', () => {
    const fit = ols({ rows: LONGLEY.map(([, ...x]) => [1, ...x]), y: LONGLEY.map(([y]) => y!) })
    const certified = [
      [-3482258.63459582, 890420.383607373],
      [15.0618722713733, 84.9149257747669],
      [-0.035819179292591, 0.0334910077722432],
      [-2.02022980381683, 0.488399681651699],
      [-1.03322686717359, 0.214274163161675],
      [-0.0511041056535807, 0.22607320006937],
      [1829.15146461355, 455.478499142212],
    ] as const
    for (const [j, [estimate, se]] of certified.entries()) {
      expect(fit.coefficients[j]!.estimate / estimate).toBeCloseTo(1, 9)
      expect(fit.coefficients[j]!.se / se).toBeCloseTo(1, 9)
    }
    expect(fit.r_squared).toBeCloseTo(0.995479004577296, 12)
    expect(Math.sqrt(fit.residual_variance)).toBeCloseTo(304.854073561965, 6)
  })

  test('a weight of 2 is the row twice, as far as the coefficients go', () => {
    const pair = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }))
    fc.assert(
      fc.property(fc.uniqueArray(pair, { minLength: 3, selector: ([x]) => x }), (list) => {
        const rows = list.map(([x]) => [1, x])
        const y = list.map(([, v]) => v)
        const twice = ols({ rows: [...rows, rows[0]!], y: [...y, y[0]!] })
        const weighted = ols({ rows, y, weight: rows.map((_, i) => (i === 0 ? 2 : 1)) })
        for (const j of [0, 1]) {
          expect(weighted.coefficients[j]!.estimate).toBeCloseTo(twice.coefficients[j]!.estimate, 7)
        }
      }),
    )
  })

  test('a column that others make up is refused by name, and too few rows', () => {
    const rows = [1, 2, 3, 4].map((x) => [1, x, 2 * x + 3])
    expect(() => ols({ rows, y: [1, 2, 4, 3] })).toThrow(code('collinear'))
    expect(() => ols({ rows: rows.slice(0, 2), y: [1, 2] })).toThrow(code('too_few_rows'))
  })
})

describe('logistic regression', () => {
  // Transmission and weight of the 32 cars of Motor Trend 1974 (Henderson and Velleman 1981), R's mtcars.
  const WT = [
    2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345, 2.2,
    1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78,
  ]
  const AM = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]

  test('the summary that R prints for am ~ wt', () => {
    const fit = logisticRegression({ rows: WT.map((x) => [1, x]), y: AM })
    const [intercept, slope] = fit.coefficients
    expect(intercept!.estimate).toBeCloseTo(12.04, 2)
    expect(intercept!.se).toBeCloseTo(4.51, 2)
    expect(slope!.estimate).toBeCloseTo(-4.024, 3)
    // R takes the error from the step before the last, hence one digit less.
    expect(slope!.se).toBeCloseTo(1.436, 2)
    expect(slope!.statistic).toBeCloseTo(-2.801, 3)
    expect(fit.deviance).toBeCloseTo(19.176, 3)
    expect(fit.null_deviance).toBeCloseTo(43.23, 2)
  })

  test('one yes-no column has a closed form: the log odds ratio and its error', () => {
    // 30 of 100 against 10 of 80.
    const rows = [
      [1, 1],
      [1, 1],
      [1, 0],
      [1, 0],
    ]
    const fit = logisticRegression({ rows, y: [1, 0, 1, 0], weight: [30, 70, 10, 70] })
    expect(fit.coefficients[1]!.estimate).toBeCloseTo(Math.log((30 * 70) / (70 * 10)), 10)
    expect(fit.coefficients[1]!.se).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 70 + 1 / 10 + 1 / 70), 8)
  })

  test('finds the coefficients that made the data, and solves the score equations', () => {
    const random = randomFrom('logit')
    const rows = Array.from({ length: 4_000 }, () => [1, random.normal(), random.below(2)])
    const y = rows.map(([, x, d]) => (random.uniform() < logistic(-1 + 0.8 * x! - 0.5 * d!) ? 1 : 0))
    const fit = logisticRegression({ rows, y })
    for (const [j, truth] of [-1, 0.8, -0.5].entries()) {
      const { estimate, se } = fit.coefficients[j]!
      expect(Math.abs(estimate - truth)).toBeLessThan(4 * se)
      const b = fit.coefficients.map((c) => c.estimate)
      const score = rows.reduce((s, row, i) => {
        return s + row[j]! * (y[i]! - logistic(row.reduce((t, x, k) => t + b[k]! * x, 0)))
      }, 0)
      expect(Math.abs(score)).toBeLessThan(1e-5)
    }
  })

  test('where a column tells the outcomes apart there is no finite estimate', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((x) => [1, x])
    expect(() => logisticRegression({ rows, y: [0, 0, 0, 1, 1, 1] })).toThrow(code('separated'))
    // One group has nothing but ones: the intercept is finite, its coefficient is not.
    const half = [
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 1],
      [1, 1],
      [1, 1],
    ]
    expect(() => logisticRegression({ rows: half, y: [0, 1, 0, 1, 1, 1, 1] })).toThrow(code('separated'))
  })
})
