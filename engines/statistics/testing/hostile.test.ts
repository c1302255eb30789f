// F75: every public function of the engine against numbers that are none, beyond all bounds, negative, or too few. It
// refuses with a code, or gives finite numbers; it never gives NaN and always returns.
import { describe, expect, test } from 'vitest'
import { acceptancePlan } from '../draw/acceptance.ts'
import { surveyMean, surveyRatio } from '../mean.ts'
import { fgt, watts } from '../poverty.ts'
import { designInterval, stratifiedProportion } from '../proportion.ts'
import { randomFrom, xoshiro128 } from '../draw/random.ts'
import { ppsSystematicDraw } from '../draw/sample.ts'
import { areaUnderCurve, selectTop } from '../targeting.ts'
import { neymanSizes, sampleSizeForProportion } from '../draw/sample-size.ts'
import * as index from '../index.ts'

const design = { weight: [2, 2, 3, 3], stages: [{ unit: ['a', 'b', 'c', 'd'], population: [9, 9, 9, 9] }] }
const value = [1, 2, 3, 5]
const weight = [1, 2, 1, 1]
const group = ['x', 'x', 'y', 'y']
const rows = [
  [1, 0.5],
  [1, 2],
  [1, 3.5],
  [1, 4],
  [1, 1],
]
const y = [0, 1, 0, 1, 1]
const frame = [1, 2, 3, 4].map((n) => ({ unit_id: `u${n}`, stratum: n < 3 ? 'x' : 'y' }))
const areas = [1, 2, 3].map((n) => ({ area_id: `a${n}`, stratum: 'x', size: n }))

/** Arguments that each function takes gladly; every export has its own. `null`: needs nothing, or gives functions. */
const GOOD: Record<string, unknown[] | null> = {
  acceptancePlan: [{ allowed: 3, limit: 0.02, confidence: 0.95, population: 5000 }],
  passProbability: [{ allowed: 3, n: 400, rate: 0.01 }],
  decideAgainstLimit: [{ lower: 0.1, upper: 0.2 }, 0.3, 'below'],
  agreementOf: [
    [
      ['a', 'b'],
      ['a', 'a'],
    ],
  ],
  designVariance: [value, design],
  degreesOfFreedom: [4, design],
  isCensus: [4, design],
  logGamma: [4.5],
  betaCdf: [0.3, 2, 3],
  betaQuantile: [0.3, 2, 3],
  tCdf: [1.2, 5],
  tQuantile: [0.9, 5],
  gammaCdf: [1.2, 3],
  normalCdf: [1.1],
  normalQuantile: [0.9],
  binomialCdf: [2, 10, 0.3],
  hypergeometricCdf: [2, 50, 10, 12],
  logistic: [0.4],
  logisticRegression: [{ rows, y, weight: [1, 1, 2, 1, 1] }],
  surveyTotal: [{ value, design, domain: [true, true, true, false], confidence: 0.9 }],
  surveyMean: [{ value, design, confidence: 0.9 }],
  surveyRatio: [{ numerator: value, denominator: [2, 2, 3, 3], design }],
  alkireFoster: [
    {
      indicators: [
        { name: 'a', points: 2 },
        { name: 'b', points: 1 },
      ],
      cutoff_points: 2,
      deprived: [
        [1, 0],
        [0, 1],
        [null, 1],
      ],
      weight: [1, 2, 1],
      group: ['x', 'x', 'y'],
    },
  ],
  leastSquares: [rows, y, [1, 1, 2, 1, 1], 1e-11],
  needRows: [rows, y, [1, 1, 2, 1, 1]],
  ols: [{ rows, y, weight: [1, 1, 2, 1, 1] }],
  predict: [
    [1, 2],
    [3, 4],
  ],
  fgtParts: [value, 4, 2],
  fgt: [{ value, weight, line: 4, alpha: 1 }],
  fgtByGroup: [{ value, weight, line: [4, 4, 4, 4], alpha: 0, group }],
  shareByGroup: [[1, 0, 1, 0], group, () => 1],
  watts: [{ value, weight, line: 4 }],
  gini: [{ value, weight }],
  wilsonInterval: [{ events: 3, n: 20, confidence: 0.9, population: 100, design_effect: 1.2 }],
  clopperPearsonInterval: [{ events: 3, n: 20, confidence: 0.9 }],
  exactUpperLimit: [{ events: 3, n: 20, confidence: 0.9 }],
  designInterval: [{ estimate: 0.2, se: 0.05, df: 10, n: 60, confidence: 0.9, design_effect: 1.5 }],
  stratifiedProportion: [
    {
      strata: [
        { stratum: 'x', population: 100, n: 20, events: 3 },
        { stratum: 'y', population: 50, n: 10, events: 2 },
      ],
      confidence: 0.9,
    },
  ],
  weightedQuantile: [value, 0.5, weight],
  quantileClasses: [value, 3],
  xoshiro128: null,
  randomFrom: null,
  shuffle: null,
  sampleWithoutReplacement: [group, 2, randomFrom('x')],
  resampled: [{ units: 4, measure: () => ({ a: 1 }), random: randomFrom('x'), draws: 20, confidence: 0.9 }],
  sampleSizeForProportion: [{ half_width: 0.05, expected: 0.3, confidence: 0.9, population: 4000, design_effect: 1.4 }],
  clusterDesignEffect: [20, 0.05],
  proportionalSizes: [{ x: 100, y: 50 }, 20, 2],
  neymanSizes: [{ x: 100, y: 50 }, { x: 1, y: 2 }, 20, 2],
  stratifiedDraw: [{ frame, sizes: { x: 1, y: 1 }, seed: 's' }],
  ppsSystematicDraw: [{ areas, sizes: { x: 2 }, seed: 's' }],
  twoStageDraw: [
    {
      areas,
      areas_to_draw: { x: 2 },
      units: areas.map(({ area_id }, n) => ({ unit_id: `u${n}`, area_id })),
      units_per_area: 2,
      seed: 's',
    },
  ],
  sha256Words: null,
  sha256Hex: null,
  targeting: [{ selected: [true, false, true, false], target: [true, true, false, false], weight, benefit: value }],
  areaUnderCurve: [{ score: value, target: [true, false, true, false], weight }],
  selectTop: [value, 0.5, weight],
}

/** A census has an effective size without end; one row more than columns leaves no freedom to estimate errors from. */
const MAY_BE_ENDLESS = new Set(['effective_n', 'statistic', 'se', 'p_value', 'residual_variance', 'r_squared'])

const published: Record<string, unknown> = { ...index }

test('every public function is among those that are tried', () => {
  expect(Object.keys(published).sort()).toEqual(Object.keys(GOOD).sort())
})

const SPOILT = [Number.NaN, Infinity, -Infinity, -1, 0, 0.5]

/** The arguments with one number, or one list, spoilt at every place in turn. */
function* spoilings(good: unknown): Generator<[string, unknown]> {
  if (typeof good === 'number') for (const bad of SPOILT) yield [`${good} -> ${bad}`, bad]
  else if (Array.isArray(good)) {
    if (good.length > 0) yield ['emptied', []]
    if (good.length > 1) yield ['cut to one', good.slice(0, 1)]
    yield ['one more', [...(good as unknown[]), good[0]]]
    if (good.every((each) => each === good[0] || typeof each === 'number')) yield ['all alike', good.map(() => good[0])]
    for (const [at, each] of good.entries())
      for (const [how, bad] of spoilings(each)) yield [`[${at}] ${how}`, good.with(at, bad)]
  } else if (typeof good === 'object' && good !== null && !('uniform' in good)) {
    for (const [name, each] of Object.entries(good))
      for (const [how, bad] of spoilings(each)) yield [`${name} ${how}`, { ...good, [name]: bad }]
  }
}

function notFinite(result: unknown, at = ''): string | undefined {
  if (typeof result === 'number') return Number.isFinite(result) ? undefined : `${at} is ${result}`
  if (typeof result !== 'object' || result === null) return undefined
  for (const [name, each] of Object.entries(result)) {
    const found = MAY_BE_ENDLESS.has(name) ? undefined : notFinite(each, name)
    if (found !== undefined) return found
  }
  return undefined
}

type Any = (...args: unknown[]) => unknown

describe.each(Object.entries(GOOD).filter(([, good]) => good !== null))('%s', (name, good) => {
  const run = published[name] as Any
  test('takes what is good', () => expect(notFinite(run(...good!))).toBeUndefined())

  test('refuses, or gives finite numbers', () => {
    for (const [at, argument] of good!.entries()) {
      for (const [how, bad] of spoilings(argument)) {
        const began = process.cpuUsage()
        try {
          const result = run(...good!.with(at, bad))
          if (notFinite(result) !== undefined)
            throw new Error(`${name}, argument ${at + 1}, ${how}: ${notFinite(result)}`)
        } catch (error) {
          const { code } = error as { code?: string }
          if (typeof code !== 'string' || !/^[a-z_]+$/.test(code))
            throw new Error(`${name}, argument ${at + 1}, ${how}: ${String(error)}`, { cause: error })
        }
        const { user } = process.cpuUsage(began)
        if (user > 5e6) throw new Error(`${name}, argument ${at + 1}, ${how}: ${user / 1e6} s of processor time`)
      }
    }
  })
})

const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return (error as { code?: string }).code
  }
}

test('what was counted wrongly is refused by name', () => {
  const of = { value: [Number.NaN, 1], line: 2, alpha: 0 }
  expect(codeOf(() => fgt(of))).toBe('not_a_number')
  expect(codeOf(() => fgt({ ...of, value: [3, 1], weight: [-1, 2] }))).toBe('bad_weight')
  expect(codeOf(() => watts({ value: [1, 2], line: Number.NaN }))).toBe('bad_line')
  expect(codeOf(() => watts({ value: [0], line: 2, not_positive: 'leave_out' }))).toBe('empty_domain')
  expect(codeOf(() => acceptancePlan({ allowed: 0, limit: 0 }))).toBe('bad_limit')
  expect(codeOf(() => areaUnderCurve({ score: [Number.NaN, 1], target: [true, false] }))).toBe('not_a_number')
  expect(codeOf(() => selectTop([1, 2], Number.NaN))).toBe('bad_probability')
  expect(codeOf(() => ppsSystematicDraw({ areas, sizes: { x: -1 }, seed: 's' }))).toBe('bad_size')
  expect(codeOf(() => sampleSizeForProportion({ half_width: 0.05, confidence: 1 }))).toBe('bad_confidence')
  expect(codeOf(() => xoshiro128([1, 2]))).toBe('zero_state')
})

test('an interval without width is refused unless everything was seen', () => {
  const one = { weight: [2, 2], stages: [{ unit: ['a', 'a'] }], lonely: 'certain' as const }
  expect(codeOf(() => surveyMean({ value: [0, 1], design: one }))).toBe('no_degrees_of_freedom')
  const all = { weight: [1, 1], stages: [{ unit: ['a', 'a'], population: [1, 1] }] }
  expect(surveyRatio({ numerator: [0, 1], denominator: [1, 1], design: all })).toMatchObject({ lower: 0.5, upper: 0.5 })
  const strata = [
    { stratum: 'x', population: 100, n: 20, events: 0 },
    { stratum: 'y', population: 100, n: 20, events: 20 },
  ]
  expect(codeOf(() => stratifiedProportion({ strata }))).toBe('no_variation')
  expect(stratifiedProportion({ strata: strata.map((each) => ({ ...each, population: 20 })) })).toMatchObject({ se: 0 })
  expect(codeOf(() => designInterval({ estimate: 0.5, se: 0, df: 9, n: 10 }))).toBe('no_variation')
})

/**
 * The sizes that water-filling must come to: one rate for all strata, each held between its least and its population.
 * Where surplus and shortage are equal the rate is found already, so either may be settled first.
 */
function byOneRate(populations: number[], shares: number[], n: number, minimum: number): number[] {
  const sized = (rate: number) =>
    populations.map((N, i) => Math.min(N, Math.max(Math.min(minimum, N), rate * shares[i]!)))
  let [lo, hi] = [0, 1e6]
  for (let step = 0; step < 200; step++) {
    const middle = (lo + hi) / 2
    if (sized(middle).reduce((a, b) => a + b, 0) < n) lo = middle
    else hi = middle
  }
  return sized(hi)
}

test('sizes are those of one rate within the bounds, whichever side is settled first', () => {
  let equal = 0
  for (const a of [1, 2, 4, 6])
    for (const b of [2, 3, 5])
      for (const c of [3, 4, 6])
        for (const [x, y, z] of [
          [4, 1, 1],
          [1, 1, 4],
          [9, 1, 2],
          [2, 2, 3],
        ] as const)
          for (const minimum of [1, 2, 3])
            for (let n = 1; n <= a + b + c; n++) {
              const least = [a, b, c].reduce((sum, N) => sum + Math.min(N, minimum), 0)
              if (n < least) continue
              const shares = [a * x, b * y, c * z]
              const sizes = Object.values(neymanSizes({ a, b, c }, { a: x, b: y, c: z }, n, minimum))
              const wanted = byOneRate([a, b, c], shares, n, minimum)
              expect(sizes.reduce((one, two) => one + two, 0)).toBe(n)
              for (const [i, size] of sizes.entries()) expect(Math.abs(size - wanted[i]!)).toBeLessThan(1 + 1e-6)
              const total = shares.reduce((one, two) => one + two, 0)
              const first = shares.map((share) => (n * share) / total)
              const surplus = first.reduce((sum, t, i) => sum + Math.max(0, t - [a, b, c][i]!), 0)
              const shortage = first.reduce((sum, t, i) => sum + Math.max(0, Math.min(minimum, [a, b, c][i]!) - t), 0)
              if (surplus > 0 && surplus === shortage) equal++
            }
  expect(equal).toBeGreaterThan(0)
})
