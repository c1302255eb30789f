import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantileClasses, weightedQuantile } from './quantiles.ts'

describe('quantile classes', () => {
  test('twelve different values in four classes', () => {
    const { classes, class_of } = quantileClasses([12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 4)
    expect(classes.map((c) => [c.from, c.to, c.count])).toEqual([
      [1, 3, 3],
      [4, 6, 3],
      [7, 9, 3],
      [10, 12, 3],
    ])
    expect(class_of.slice(0, 4)).toEqual([3, 0, 0, 0])
  })

  test('ties stay together, and too few values give fewer classes', () => {
    expect(quantileClasses([0, 0, 0, 0, 0, 0, 1, 2], 4).classes.map((c) => [c.from, c.to])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
    expect(quantileClasses([7, 7, 7], 5).classes).toEqual([{ from: 7, to: 7, count: 3 }])
    expect(quantileClasses([], 3)).toEqual({ classes: [], class_of: [] })
    expect(quantileClasses([null, 4, Number.NaN], 2)).toEqual({
      classes: [{ from: 4, to: 4, count: 1 }],
      class_of: [null, 0, null],
    })
  })

  test('equal values share a class, classes rise, none is empty, counts add up', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 12 }))), fc.integer({ min: 1, max: 7 }), (values, k) => {
        const { classes, class_of } = quantileClasses(values, k)
        expect(classes.length).toBeLessThanOrEqual(k)
        expect(classes.reduce((s, c) => s + c.count, 0)).toBe(values.filter((v) => v !== null).length)
        for (const [c, one] of classes.entries()) {
          expect(class_of.filter((x) => x === c).length).toBe(one.count)
          if (c > 0) expect(one.from).toBeGreaterThan(classes[c - 1]!.to)
        }
        for (const [i, v] of values.entries()) {
          if (v === null) expect(class_of[i]).toBeNull()
          else expect(v >= classes[class_of[i]!]!.from && v <= classes[class_of[i]!]!.to).toBe(true)
        }
      }),
    )
  })
})

test('weighted quantiles', () => {
  expect(weightedQuantile([3, 1, 2], 0.5)).toBe(2)
  expect(weightedQuantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(weightedQuantile([1, 2, 3], 0.5, [1, 1, 5])).toBe(3)
  expect(weightedQuantile([1, 2, 3], 0)).toBe(1)
  expect(weightedQuantile([1, 2, 3], 1)).toBe(3)
  expect(() => weightedQuantile([], 0.5)).toThrow(expect.objectContaining({ code: 'empty_domain' }))
})
