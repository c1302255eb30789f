// Exact numbers against whole numbers of any length, on both sides of 2^53, where a double is no longer one.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as exact from './exact.ts'
import type { Exact, Rounding } from './exact.ts'

const MOST = BigInt(Number.MAX_SAFE_INTEGER)
/** The one way of writing a whole number: a JavaScript number as long as that is exact. */
const one = (value: bigint): Exact => (value >= -MOST && value <= MOST ? Number(value) : value)
const abs = (value: bigint): bigint => (value < 0n ? -value : value)

const edge = [0n, 1n, MOST - 1n, MOST, MOST + 1n, MOST * 2n, MOST * MOST].flatMap((value) => [value, -value])
const whole = fc.oneof(
  fc.constantFrom(...edge),
  fc.integer({ min: -50, max: 50 }).map(BigInt),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
)

/** x / y rounded, by the definition of each way. */
function byHand(x: bigint, y: bigint, rounding: Rounding): bigint {
  const [top, bottom] = y < 0n ? [-x, -y] : [x, y]
  const floor = (top - (((top % bottom) + bottom) % bottom)) / bottom
  const isWhole = top % bottom === 0n
  if (isWhole || rounding === 'floor') return floor
  if (rounding === 'ceil') return floor + 1n
  if (rounding === 'trunc') return top < 0n ? floor + 1n : floor
  const away = (2n * abs(top) + bottom) / (2n * bottom)
  return top < 0n ? -away : away
}

describe('sums, products and quotients of whole numbers of any length', () => {
  test('are exact, and written in the one way', () => {
    fc.assert(
      fc.property(whole, whole, (x, y) => {
        const [a, b] = [one(x), one(y)]
        expect(exact.plus(a, b)).toBe(one(x + y))
        expect(exact.minus(a, b)).toBe(one(x - y))
        expect(exact.times(a, b)).toBe(one(x * y))
      }),
      { numRuns: 400 },
    )
  })

  test.each(['round', 'trunc', 'floor', 'ceil'] as const)('a quotient by %s', (rounding) => {
    fc.assert(
      fc.property(
        whole,
        whole.filter((y) => y !== 0n),
        (x, y) => {
          expect(exact.divided(one(x), one(y), rounding)).toBe(one(byHand(x, y, rounding)))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a half goes away from zero, beyond 2^53 too', () => {
    for (const [x, y, rounded] of [
      [7n, 2n, 4n],
      [-7n, 2n, -4n],
      [5n, -2n, -3n],
      [2n * MOST + 1n, 2n, MOST + 1n],
      [-2n * MOST - 1n, 2n, -MOST - 1n],
    ] as const)
      expect(exact.divided(one(x), one(y), 'round')).toBe(one(rounded))
  })

  test('nothing is -0', () => {
    for (const value of [
      exact.times(0, -3),
      exact.divided(-1, 3, 'trunc'),
      exact.divided(0, -3, 'floor'),
      exact.times(-0, 1),
    ])
      expect(Object.is(value, 0)).toBe(true)
  })
})

describe('scales', () => {
  test('more decimals are zeros, fewer are rounded', () => {
    expect(exact.rescaled(125, 2, 2)).toBe(125)
    expect(exact.rescaled(125, 2, 4)).toBe(12_500)
    expect(exact.rescaled(125, 2, 1)).toBe(13)
    expect(exact.rescaled(-125, 2, 1)).toBe(-13)
    expect(exact.rescaled(125, 2, 1, 'trunc')).toBe(12)
    expect(exact.rescaled(Number(MOST), 0, 3)).toBe(MOST * 1000n)
  })

  test('powers of ten up to 37', () => {
    for (let places = 0; places <= 37; places++) expect(exact.tenTo(places)).toBe(one(10n ** BigInt(places)))
  })

  test('a quotient is rounded once, whichever scale is the finer', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        fc.nat(6),
        fc.nat(6),
        fc.nat(6),
        (x, y, from_a, from_b, scale) => {
          const top = x * 10n ** BigInt(scale + from_b)
          const bottom = y * 10n ** BigInt(from_a)
          expect(exact.quotient(one(x), from_a, one(y), from_b, scale, 'round')).toBe(one(byHand(top, bottom, 'round')))
        },
      ),
      { numRuns: 300 },
    )
    // 1 / 3 at scale 0 of numbers at scales 0, and 0.01 / 2 at scale 0.
    expect(exact.quotient(1, 0, 3, 0, 0, 'ceil')).toBe(1)
    expect(exact.quotient(1, 2, 2, 0, 0, 'floor')).toBe(0)
  })
})

describe('doubles as they are written', () => {
  test.each([
    [0.25, 2, 25],
    [0.25, 4, 2500],
    [-1.5, 1, -15],
    [3, 0, 3],
    [3, 2, 300],
    [1e-7, 7, 1],
    [1.5e-7, 8, 15],
    [1e21, 0, 10n ** 21n],
    [1.25e22, 1, 125n * 10n ** 21n],
  ])('%d at scale %d', (value, scale, whole) => {
    expect(exact.fromNumber(value, scale)).toBe(whole)
    expect(exact.asNumber(whole, scale)).toBe(value)
  })

  test.each([
    [0, 0],
    [7, 0],
    [0.25, 2],
    [-0.125, 3],
    [1e-7, 7],
    [1.5e-7, 8],
    [1e21, 0],
    [1.5e21, 0],
  ])('%d has %d decimals', (value, decimals) => expect(exact.decimalsOf(value)).toBe(decimals))

  test('any double comes back from what it is written as', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-9),
        (value) => {
          const scale = exact.decimalsOf(value)
          const digits = String(exact.fromNumber(value, scale))
          expect(Number(`${digits}e-${scale}`)).toBe(value + 0)
        },
      ),
    )
  })

  test('a whole result has fifteen digits at most', () => {
    expect(exact.within(999_999_999_999_999)).toBe(999_999_999_999_999)
    expect(exact.within(-999_999_999_999_999)).toBe(-999_999_999_999_999)
    expect(exact.within(1_000_000_000_000_000)).toBeUndefined()
    expect(exact.within(-1_000_000_000_000_000)).toBeUndefined()
    expect(exact.within(10n ** 20n)).toBeUndefined()
    expect(Object.is(exact.within(-0), 0)).toBe(true)
  })
})
