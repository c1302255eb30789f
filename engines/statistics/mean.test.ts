import { describe, expect, test } from 'vitest'
import type { Design } from './draw/design.ts'
import { type Estimate, surveyMean, surveyRatio, surveyTotal } from './mean.ts'
import { designInterval } from './proportion.ts'
import { hasReference, numbers, readReference, type Row, texts } from './testing/reference.testing.ts'

const weight = (rows: Row[]): number[] => numbers(rows, 'pw')

/** The California samples that R's survey package documents its designs with. */
function samples(): Record<string, { rows: Row[]; design: Design }> {
  const srs = readReference('api/apisrs.csv')
  const strat = readReference('api/apistrat.csv')
  const clus1 = readReference('api/apiclus1.csv')
  const clus2 = readReference('api/apiclus2.csv')
  const stratified = { unit: texts(strat, 'cds'), stratum: texts(strat, 'stype') }
  const districts = { unit: texts(clus2, 'dnum') }
  return {
    srs: {
      rows: srs,
      design: { weight: weight(srs), stages: [{ unit: texts(srs, 'cds'), population: numbers(srs, 'fpc') }] },
    },
    strat: {
      rows: strat,
      design: { weight: weight(strat), stages: [{ ...stratified, population: numbers(strat, 'fpc') }] },
    },
    strat_nofpc: { rows: strat, design: { weight: weight(strat), stages: [stratified] } },
    clus1: {
      rows: clus1,
      design: { weight: weight(clus1), stages: [{ unit: texts(clus1, 'dnum'), population: numbers(clus1, 'fpc') }] },
    },
    clus1_nofpc: { rows: clus1, design: { weight: weight(clus1), stages: [{ unit: texts(clus1, 'dnum') }] } },
    clus2: {
      rows: clus2,
      design: {
        weight: weight(clus2),
        stages: [
          { ...districts, population: numbers(clus2, 'fpc1') },
          { unit: texts(clus2, 'cds'), population: numbers(clus2, 'fpc2') },
        ],
      },
    },
    clus2_wr: { rows: clus2, design: { weight: weight(clus2), stages: [districts] } },
  }
}

function ours(stat: string, group: string, { rows, design }: { rows: Row[]; design: Design }): Estimate | undefined {
  const domain = group ? texts(rows, 'stype').map((type) => type === group) : undefined
  const yes = texts(rows, 'sch.wide').map((answer) => (answer === 'Yes' ? 1 : 0))
  // Some schools of clus2 lack a count: R takes them out of the design with na.rm; a domain does the same here.
  const complete = (value: number[]): { value: number[]; domain: boolean[] } => ({
    value: value.map((v) => (Number.isNaN(v) ? 0 : v)),
    domain: value.map((v, i) => !Number.isNaN(v) && (domain?.[i] ?? true)),
  })
  if (/mean\(api00\)/.test(stat)) return surveyMean({ ...complete(numbers(rows, 'api00')), design })
  if (stat === 'total(enroll)') return surveyTotal({ ...complete(numbers(rows, 'enroll')), design })
  if (stat === 'prop(sch.wide=Yes)') return surveyMean({ value: yes, design })
  if (stat === 'domain total(sch.wide=Yes)') return surveyTotal({ value: yes, domain, design })
  if (stat === 'ratio(api.stu/enroll)') {
    const enroll = complete(numbers(rows, 'enroll'))
    const students = complete(numbers(rows, 'api.stu'))
    const both = enroll.domain.map((known, i) => known && students.domain[i]!)
    return surveyRatio({ numerator: students.value, denominator: enroll.value, domain: both, design })
  }
  return undefined
}

describe.skipIf(!hasReference)('against the R survey package, California schools', () => {
  const all = hasReference ? samples() : {}
  const rows = readReference('reference-survey.csv')

  test.each(Object.keys(all))('%s: means, totals, ratios and domains with their standard errors', (name) => {
    let compared = 0
    for (const row of rows.filter((r) => r.dataset === 'api' && r.design === name)) {
      const got = ours(row.stat!, row.group!, all[name]!)
      if (!got) continue
      const about = `${name} ${row.stat} ${row.group}`
      expect(got.estimate / Number(row.estimate), about).toBeCloseTo(1, 9)
      expect(got.se / Number(row.se), about).toBeCloseTo(1, 6)
      if (row.note!.includes('CI t(df)') || row.stat === 'total(enroll)') {
        expect(got.lower / Number(row.ci_lo), about).toBeCloseTo(1, 5)
        expect(got.upper / Number(row.ci_hi), about).toBeCloseTo(1, 5)
      }
      compared++
    }
    expect(compared).toBe(10)
  })

  test.each(Object.keys(all))('%s: Korn-Graubard and Wilson intervals of a proportion', (name) => {
    const { rows: records, design } = all[name]!
    const value = texts(records, 'sch.wide').map((answer) => (answer === 'Yes' ? 1 : 0))
    const estimate = surveyMean({ value, design })
    for (const [stat, method] of [
      ['svyciprop:beta', 'korn_graubard'],
      ['svyciprop:wilson', 'wilson_effective'],
    ] as const) {
      const row = rows.find((r) => r.dataset === 'api' && r.design === name && r.stat === stat)!
      const got = designInterval({ ...estimate, method, cut_at_n: false })
      expect(got.lower, `${name} ${stat}`).toBeCloseTo(Number(row.ci_lo), 6)
      expect(got.upper, `${name} ${stat}`).toBeCloseTo(Number(row.ci_hi), 6)
    }
  })
})

describe('by hand', () => {
  test('the textbook variance of a simple random sample', () => {
    const value = [3, 5, 7, 9]
    const design = { weight: [5, 5, 5, 5], stages: [{ unit: [1, 2, 3, 4], population: [20, 20, 20, 20] }] }
    const got = surveyMean({ value, design })
    // s^2 = 20/3, times (1 - 4/20) / 4.
    expect(got.estimate).toBe(6)
    expect(got.se).toBeCloseTo(Math.sqrt(((20 / 3) * 0.8) / 4), 12)
    expect(surveyTotal({ value, design }).se).toBeCloseTo(20 * got.se, 10)
    expect(got.df).toBe(3)
  })

  test('persons of one household are one observation', () => {
    const value = [1, 1, 0, 0]
    const alone = surveyMean({ value, design: { weight: [1, 1, 1, 1] } })
    const clustered = surveyMean({ value, design: { weight: [1, 1, 1, 1], stages: [{ unit: ['a', 'a', 'b', 'b'] }] } })
    expect(clustered.estimate).toBe(alone.estimate)
    expect(clustered.se).toBeGreaterThan(alone.se)
  })

  test('one unit in a stratum: refused, or as the caller says', () => {
    const value = [1, 2, 9]
    const stages = [{ unit: [1, 2, 3], stratum: ['a', 'a', 'b'] }]
    const of = (lonely?: 'certain' | 'centre') => surveyTotal({ value, design: { weight: [1, 1, 1], stages, lonely } })
    expect(() => of()).toThrow(expect.objectContaining({ code: 'lonely_unit' }))
    expect(of('certain').se).toBeCloseTo(1, 12)
    // 9 lies 5 above the mean of 1, 2 and 9.
    expect(of('centre').se).toBeCloseTo(Math.sqrt(1 + 25), 12)
  })

  test('an empty domain has no mean', () => {
    expect(() => surveyMean({ value: [1], design: { weight: [1] }, domain: [false] })).toThrow(
      expect.objectContaining({ code: 'empty_domain' }),
    )
  })
})
