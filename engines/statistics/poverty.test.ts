import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { surveyMean } from './mean.ts'
import { alkireFoster } from './multidimensional.ts'
import { fgt, fgtByGroup, fgtParts, gini, watts } from './poverty.ts'
import { weightedQuantile } from './quantiles.ts'
import { hasReference, numbers, readReference, texts } from './testing/reference.testing.ts'

const micro = (k: number) => {
  const rows = readReference(`pip/synthetic_${k}.csv`)
  const [value, weight] = [numbers(rows, 'welfare'), numbers(rows, 'weight')]
  const keep = value.map((v, i) => v >= 0 && !Number.isNaN(weight[i]!))
  return { value: value.filter((_, i) => keep[i]), weight: weight.filter((_, i) => keep[i]) }
}

describe.skipIf(!hasReference)('World Bank Poverty and Inequality Platform, synthetic microdata', () => {
  test('FGT 0, 1, 2 and Watts as its own tests print them', () => {
    const rows = readReference('pip/synthetic_1.csv')
    const of = { value: numbers(rows, 'welfare'), weight: numbers(rows, 'weight') }
    const line = of.value.reduce((a, b) => a + b, 0) / of.value.length
    expect(fgt({ ...of, line, alpha: 0 })).toBeCloseTo(0.7333513, 6)
    expect(fgt({ ...of, line, alpha: 1 })).toBeCloseTo(0.3957584, 6)
    expect(fgt({ ...of, line, alpha: 2 })).toBeCloseTo(0.2534849, 6)
    expect(watts({ ...of, line }).index).toBeCloseTo(0.6899868, 4)
  })

  test.each([
    [1, 0.514799878684035],
    [2, 0.318649975354307],
    [3, 0.378237444799891],
    [4, 0.338944444182463],
    [5, 0.489283316620862],
  ])('Gini of set %i', (k, benchmark) => {
    expect(gini(micro(k))).toBeCloseTo(benchmark, 11)
  })
})

describe.skipIf(!hasReference)('EU-SILC Austria (synthetic), R convey and laeken', () => {
  const rows = readReference('eusilc/eusilc.csv')
  const value = numbers(rows, 'eqIncome')
  const weight = numbers(rows, 'rb050')
  const household = { weight, stages: [{ unit: texts(rows, 'db030'), stratum: texts(rows, 'db040') }] }
  const reference = readReference('reference-convey.csv').filter((r) => r.design === 'ids=db030 strata=db040')
  const find = (stat: string, group = '') => reference.find((r) => r.stat === stat && r.group === group)!

  test.each([0, 1, 2])('FGT%i at 10,000 with the standard error of household clusters', (alpha) => {
    const row = find(`FGT${alpha} abs z=10000`)
    const got = surveyMean({ value: fgtParts(value, 10_000, alpha), design: household })
    expect(got.estimate).toBeCloseTo(Number(row.estimate), 12)
    expect(got.se).toBeCloseTo(Number(row.se), 8)
  })

  test('FGT0 of women, a domain', () => {
    const domain = texts(rows, 'rb090').map((sex) => sex === 'female')
    const got = surveyMean({ value: fgtParts(value, 10_000, 0), design: household, domain })
    expect(got.estimate).toBeCloseTo(Number(find('FGT0 abs z=10000', 'female').estimate), 12)
    expect(got.se).toBeCloseTo(Number(find('FGT0 abs z=10000', 'female').se), 8)
  })

  test('by region, and the contributions sum to 1', () => {
    const groups = fgtByGroup({ value, weight, line: 10_000, alpha: 0, group: texts(rows, 'db040') })
    expect(groups.length).toBe(9)
    for (const g of groups) expect(g.index).toBeCloseTo(Number(find('FGT0 abs z=10000', g.group).estimate), 12)
    expect(groups.reduce((s, g) => s + g.contribution, 0)).toBeCloseTo(1, 12)
    expect(groups.reduce((s, g) => s + g.weight_share, 0)).toBeCloseTo(1, 12)
  })

  test('both finite forms of the Gini coefficient, Watts, and the line at 60 % of the median', () => {
    expect(gini({ value, weight })).toBeCloseTo(0.264896192113229, 12)
    expect(gini({ value, weight, form: 'population' })).toBeCloseTo(Number(find('svygini').estimate), 10)
    const of = { value, weight, line: 10_000, not_positive: 'leave_out' as const }
    expect(watts(of).index).toBeCloseTo(Number(find('Watts abs z=10000 (eqincome>0)').estimate), 12)
    expect(0.6 * weightedQuantile(value, 0.5, weight)).toBeCloseTo(10859.236, 3)
  })
})

describe('poverty measures by hand', () => {
  const value = [20, 50, 100, 200]

  test('FGT of four incomes at 100, and who stands on the line', () => {
    expect(fgt({ value, line: 100, alpha: 0 })).toBe(0.5)
    expect(fgt({ value, line: 100, alpha: 0, at_line: 'poor' })).toBe(0.75)
    expect(fgt({ value, line: 100, alpha: 1 })).toBeCloseTo((0.8 + 0.5) / 4, 14)
    expect(fgt({ value, line: 100, alpha: 2, weight: [1, 2, 1, 0] })).toBeCloseTo((0.64 + 2 * 0.25) / 4, 14)
    expect(fgt({ value, line: [10, 60, 110, 120], alpha: 0 })).toBe(0.5)
    expect(() => fgt({ value, line: 0, alpha: 0 })).toThrow(expect.objectContaining({ code: 'bad_line' }))
  })

  test('Watts says how much weight has no logarithm', () => {
    expect(watts({ value: [0, 50, 100], line: 100 })).toEqual({ index: Math.log(2) / 3, not_positive: 1 / 3 })
    expect(watts({ value: [0, 50, 100], line: 100, not_positive: 'leave_out' }).index).toBeCloseTo(Math.log(2) / 2, 14)
  })

  test('the Gini coefficient: one of n has all, all have the same, and a scale does not matter', () => {
    expect(gini({ value: [0, 0, 0, 8] })).toBeCloseTo(0.75, 14)
    expect(gini({ value: [5, 5, 5] })).toBeCloseTo(0, 14)
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }),
        fc.integer({ min: 2, max: 9 }),
        (list, k) => {
          expect(gini({ value: list.map((v) => v * k) })).toBeCloseTo(gini({ value: list }), 10)
          // The half mean absolute difference over the mean, the coefficient's other definition.
          const n = list.length
          const mean = list.reduce((a, b) => a + b, 0) / n
          const differences = list.reduce((s, a) => s + list.reduce((t, b) => t + Math.abs(a - b), 0), 0)
          expect(gini({ value: list })).toBeCloseTo(differences / (2 * n * n * mean), 10)
        },
      ),
    )
    expect(() => gini({ value: [-1, 2] })).toThrow(expect.objectContaining({ code: 'negative_value' }))
    expect(() => gini({ value: [0, 0] })).toThrow(expect.objectContaining({ code: 'no_income' }))
  })
})

const code = (text: string): unknown => expect.objectContaining({ code: text })

describe('Alkire and Foster', () => {
  test('the example of their paper (2011, section 4): H 1/2, A 3/4, M0 3/8', () => {
    // Deprivations of four persons in income, schooling, health and insurance; poor from two of four.
    const got = alkireFoster({
      indicators: ['income', 'schooling', 'health', 'insurance'].map((name) => ({ name, points: 1 })),
      cutoff_points: 2,
      deprived: [
        [0, 0, 0, 0],
        [0, 1, 0, 1],
        [1, 1, 1, 1],
        [0, 1, 0, 0],
      ],
    })
    expect(got).toMatchObject({ H: 0.5, A: 0.75, M0: 0.375, left_out: 0 })
    expect(got.indicators.map((i) => i.censored)).toEqual([0.25, 0.5, 0.25, 0.5])
    expect(got.indicators.reduce((s, i) => s + i.contribution, 0)).toBeCloseTo(1, 14)
  })

  test('an unknown leaves the estimate and widens the bounds', () => {
    const got = alkireFoster({
      indicators: [
        { name: 'a', points: 1 },
        { name: 'b', points: 1 },
      ],
      cutoff_points: 1,
      deprived: [
        [1, 0],
        [0, 0],
        [null, 0],
        [1, null],
      ],
    })
    expect(got).toMatchObject({ H: 0.5, left_out: 0.5, H_bounds: { lower: 0.5, upper: 0.75 } })
  })

  test('what makes no measure is refused', () => {
    const of = { indicators: [{ name: 'a', points: 1 }], cutoff_points: 1, deprived: [[1 as const]] }
    expect(() => alkireFoster({ ...of, cutoff_points: 2 })).toThrow(code('bad_cutoff'))
    expect(() => alkireFoster({ ...of, indicators: [{ name: 'a', points: 0.5 }] })).toThrow(code('bad_points'))
    const mixed = [1, 0].map((points, j) => ({ name: `i${j}`, points }))
    expect(() => alkireFoster({ ...of, indicators: mixed, deprived: [[1, 0]] })).toThrow(code('bad_points'))
    expect(() => alkireFoster({ ...of, deprived: [[1, 0]] })).toThrow(code('ragged_rows'))
    expect(() => alkireFoster({ ...of, deprived: [] })).toThrow(code('empty_domain'))
  })

  test.skipIf(!hasReference)('every estimate that R mpitbR gives of a synthetic survey of 7,434', () => {
    const rows = readReference('mpi/syn_cdta_t1.csv')
    const names = ['d_nutr', 'd_cm', 'd_satt', 'd_educ', 'd_elct', 'd_sani', 'd_wtr', 'd_hsg', 'd_ckfl', 'd_asst']
    const indicators = names.map((name, j) => ({ name, points: j < 4 ? 3 : 1 }))
    const columns = names.map((name) => numbers(rows, name) as (0 | 1)[])
    const deprived = rows.map((_, i) => columns.map((column) => column[i]!))
    const weight = numbers(rows, 'weight')
    const area = texts(rows, 'area')
    const reference = readReference('reference-mpitbR.csv').filter((r) => r.dataset === 'syn_cdta_t1')
    let compared = 0
    // A cutoff of k percent is reached from the next whole point of 18.
    for (const [k, cutoff_points] of [
      [20, 4],
      [33, 6],
      [50, 9],
    ] as const) {
      const nation = alkireFoster({ indicators, cutoff_points, deprived, weight, group: area })
      for (const [group, keep] of [
        ['nat=nat', () => true],
        ['area=0', (i: number) => area[i] === '0'],
        ['area=1', (i: number) => area[i] === '1'],
      ] as const) {
        const got = alkireFoster({
          indicators,
          cutoff_points,
          deprived: deprived.filter((_, i) => keep(i)),
          weight: weight.filter((_, i) => keep(i)),
        })
        const own = new Map<string, number>([
          [`M0 k=${k}`, got.M0],
          [`H k=${k}`, got.H],
          [`A k=${k}`, got.A],
          ...got.indicators.flatMap((i): [string, number][] => [
            [`hd:${i.name}`, i.uncensored],
            [`hdk:${i.name} k=${k}`, i.censored],
            [`actb:${i.name} k=${k}`, i.absolute],
            [`pctb:${i.name} k=${k}`, i.contribution],
          ]),
        ])
        for (const [stat, value] of own) {
          const row = reference.find((r) => r.stat === stat && r.group === group)
          if (!row) continue
          // R passes shares through a logit there and back, stopping at about 1e-9.
          expect(value, `${stat} ${group}`).toBeCloseTo(Number(row.estimate), 8)
          compared++
        }
        const part = nation.groups.find((g) => `area=${g.group}` === group)
        if (part) expect(part.index).toBeCloseTo(got.M0, 12)
      }
    }
    expect(compared).toBeGreaterThan(300)
  })

  test.skipIf(!hasReference)('standard errors of H and M0 by design, against R mpitbR', () => {
    const rows = readReference('mpi/syn_cdta_t1.csv')
    const names = ['d_nutr', 'd_cm', 'd_satt', 'd_educ', 'd_elct', 'd_sani', 'd_wtr', 'd_hsg', 'd_ckfl', 'd_asst']
    const score = rows.map((row) => names.reduce((s, name, j) => s + Number(row[name]) * (j < 4 ? 3 : 1), 0))
    const stages = [{ unit: texts(rows, 'psu'), stratum: texts(rows, 'stratum') }]
    const design = { weight: numbers(rows, 'weight'), stages, lonely: 'centre' as const }
    const poor = score.map((s) => (s >= 6 ? 1 : 0))
    const H = surveyMean({ value: poor, design })
    const M0 = surveyMean({ value: score.map((s, i) => (poor[i]! * s) / 18), design })
    expect(H.se).toBeCloseTo(0.00554180862575247, 6)
    expect(M0.se).toBeCloseTo(0.002485917629852, 6)
  })
})
