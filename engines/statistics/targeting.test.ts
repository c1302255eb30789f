import { describe, expect, test } from 'vitest'
import { hasReference, readReference } from './testing/reference.testing.ts'
import { areaUnderCurve, selectTop, targeting } from './targeting.ts'

describe('targeting', () => {
  test('a two-by-two table by hand', () => {
    // 30 right, 10 leaked, 20 missed, 40 rightly left.
    const cells: [boolean, boolean, number][] = [
      [true, true, 30],
      [true, false, 10],
      [false, true, 20],
      [false, false, 40],
    ]
    const got = targeting({
      selected: cells.map(([s]) => s),
      target: cells.map(([, t]) => t),
      weight: cells.map(([, , w]) => w),
    })
    expect(got).toMatchObject({
      coverage: 0.4,
      target_rate: 0.5,
      inclusion_error: 0.25,
      exclusion_error: 0.4,
      precision: 0.75,
      recall: 0.6,
      false_positive_rate: 0.2,
      cgh: 1.5,
    })
    expect(got.targeting_differential).toBeCloseTo(0.4, 14)
  })

  test('benefits of unequal size move the index alone', () => {
    const of = { selected: [true, true, false, false], target: [true, false, true, false] }
    expect(targeting({ ...of, benefit: [3, 1, 0, 0] })).toMatchObject({ cgh: 1.5, inclusion_error: 0.5 })
    expect(targeting(of).cgh).toBe(1)
  })

  test('nobody selected, nobody in the target: null, never NaN', () => {
    const none = targeting({ selected: [false, false], target: [true, false] })
    expect(none).toMatchObject({ inclusion_error: null, precision: null, cgh: null, exclusion_error: 1 })
    const rich = targeting({ selected: [true, false], target: [false, false] })
    expect(rich).toMatchObject({ exclusion_error: null, recall: null, cgh: null, inclusion_error: 1 })
    expect(areaUnderCurve({ score: [1, 2], target: [true, true] })).toBeNull()
  })

  test('the curve: perfect, reversed, and ties count half', () => {
    expect(areaUnderCurve({ score: [1, 2, 3], target: [false, false, true] })).toBe(1)
    expect(areaUnderCurve({ score: [1, 2, 3], target: [true, false, false] })).toBe(0)
    expect(areaUnderCurve({ score: [1, 1, 2, 2], target: [true, false, true, false] })).toBe(0.5)
  })

  test('a quota is filled from the top', () => {
    expect(selectTop([0.1, 0.9, 0.5, 0.5], 0.5)).toEqual([false, true, true, false])
    expect(selectTop([0.1, 0.9, 0.5], 0)).toEqual([false, false, false])
    expect(selectTop([0.1, 0.9, 0.5], 1)).toEqual([true, true, true])
  })

  test.skipIf(!hasReference)('a proxy means test held out by folds, Costa Rica: the figures that R gives', () => {
    const rows = readReference('costarica/pmt_logit_folds.csv')
    const reference = readReference('reference-pmt.csv')
    const find = (stat: string): number => Number(reference.find((r) => r.stat === stat)!.estimate)
    const score = rows.map((r) => Number(r.p))
    const target = rows.map((r) => Number(r.Target) <= 2)
    const weight = rows.map((r) => Number(r.hhsize))
    expect(areaUnderCurve({ score, target })).toBeCloseTo(find('AUC'), 9)
    const rate = targeting({ selected: target, target, weight }).target_rate
    expect(rate).toBeCloseTo(find('poverty rate'), 12)
    const got = targeting({ selected: selectTop(score, rate, weight), target, weight })
    // R fills the quota exactly by splitting the last household; ours stops before it: within 1 in 1,000.
    expect(Math.abs(got.exclusion_error! - find('exclusion error'))).toBeLessThan(0.001)
    expect(Math.abs(got.inclusion_error! - find('inclusion error'))).toBeLessThan(0.001)
    expect(Math.abs(got.cgh! - find('CGH (share of beneficiaries poor / poor share)'))).toBeLessThan(0.005)
  })
})
