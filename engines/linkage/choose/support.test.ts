import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_HOUSEHOLDS } from '../model/model.ts'
import { learnSupport, MOST_SUPPORT, supportBits } from './support.ts'

const settings = DEFAULT_HOUSEHOLDS

describe('household support', () => {
  it('takes the model’s own bits where nothing is learnt, or those it has learnt before', () => {
    expect(supportBits(settings)).toEqual([0, 2, 4, 6])
    expect(supportBits({ ...settings, support_bits: [-1, 3] })).toEqual([-1, 3])
  })

  it('learns that matches have their family with them and strangers have not', () => {
    const { bits, training } = learnSupport(
      [
        { others: 0, weight: -3, pairs: 2000 },
        { others: 0, weight: 20, pairs: 300 },
        { others: 1, weight: 20, pairs: 3000 },
        { others: 2, weight: 20, pairs: 6000 },
        { others: 2, weight: -3, pairs: 40 },
        { others: 5, weight: 20, pairs: 9000 },
      ],
      settings,
    )
    expect(training.converged).toBe(true)
    expect(training.levels[0]!.m).toBeLessThan(training.levels[0]!.u)
    expect(bits[0]).toBe(0)
    expect(bits[1]).toBeGreaterThan(3)
    expect(bits[3]).toBe(MOST_SUPPORT)
    // five others count as the greatest number that counts
    expect(training.levels[3]!.pairs).toBe(9000)
    expect(training.levels.reduce((sum, level) => sum + level.m, 0)).toBeCloseTo(1, 6)
  })

  it('keeps to the model’s own bits where strangers of one house crowd the pairs', () => {
    const groups = [1, 2, 3].map((others) => ({ others, weight: -3, pairs: 5000 }))
    expect(learnSupport([...groups, { others: 0, weight: 20, pairs: 900 }], settings).bits).toEqual([0, 2, 4, 6])
  })

  it('keeps to the model’s own differences while there are few pairs', () => {
    const { bits } = learnSupport([{ others: 1, weight: 3, pairs: 2 }], settings)
    for (const k of [1, 2]) expect(Math.abs(bits[k]! - bits[k - 1]! - 2)).toBeLessThan(1)
  })

  it('never counts more anchors for less, whatever the pairs', () => {
    const group = fc.record({
      others: fc.nat(4),
      weight: fc.double({ min: -8, max: 40, noNaN: true }),
      pairs: fc.integer({ min: 1, max: 5000 }),
    })
    fc.assert(
      fc.property(fc.array(group, { maxLength: 30 }), (groups) => {
        const { bits } = learnSupport(groups, settings)
        for (let k = 1; k < bits.length; k++) expect(bits[k]!).toBeGreaterThanOrEqual(bits[k - 1]! - 1e-6)
        expect(bits.every((x) => Number.isFinite(x) && Math.abs(x) <= MOST_SUPPORT)).toBe(true)
      }),
    )
  })
})
