import { expect, test } from 'vitest'
import { classOf, quantileClasses, shadeOf } from './classes.ts'

test('five classes of equal size, bounds as R quantile type 7 gives them', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1)
  const classes = quantileClasses(values)
  // R: quantile(1:100, c(.2, .4, .6, .8, 1)) is 20.8 40.6 60.4 80.2 100.0
  expect(classes.bounds.map((b) => Number(b.toFixed(6)))).toEqual([20.8, 40.6, 60.4, 80.2, 100])
  const sizes = [0, 1, 2, 3, 4].map((k) => values.filter((v) => classOf(v, classes) === k).length)
  expect(sizes).toEqual([20, 20, 20, 20, 20])
})

test('mostly equal values give fewer classes, no values none', () => {
  expect(quantileClasses([0, 0, 0, 0, 0, 0, 0, 0, 7])).toEqual({ bounds: [0, 7], count: 2 })
  expect(quantileClasses([null, undefined, Number.NaN])).toEqual({ bounds: [], count: 0 })
  expect(classOf(null, quantileClasses([1, 2]))).toBeNull()
})

test('fewer classes are spread over the shades', () => {
  expect([0, 1, 2, 3, 4].map((i) => shadeOf(i, 5))).toEqual([1, 2, 3, 4, 5])
  expect([0, 1].map((i) => shadeOf(i, 2))).toEqual([1, 5])
})
