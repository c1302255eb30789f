import { WHOLE_LIMIT } from '../schema.ts'

/**
 * Exact numbers. A decimal is a whole number of units of its last decimal place (its scale): 1.25 at scale 2 is 125. It
 * is a JavaScript number as long as that is exact (up to 2^53) and a bigint beyond, never one where the other would do,
 * so that === and < compare them.
 */
export type Exact = number | bigint

const MOST = Number.MAX_SAFE_INTEGER

const canonical = (value: bigint): Exact => (value >= -MOST && value <= MOST ? Number(value) : value)
const safe = (value: number): boolean => value <= MOST && value >= -MOST

export function plus(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (safe(sum)) return sum
  }
  return canonical(BigInt(a) + BigInt(b))
}

export function minus(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (safe(difference)) return difference
  }
  return canonical(BigInt(a) - BigInt(b))
}

export function times(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // Adding zero turns JavaScript's -0 into 0.
    if (safe(product)) return product + 0
  }
  return canonical(BigInt(a) * BigInt(b))
}

const POWERS = Array.from({ length: 38 }, (_, places) => canonical(10n ** BigInt(places)))
/** 10 to a power from 0 to 37. */
export const tenTo = (places: number): Exact => POWERS[places]!

/** How a fraction is taken to a whole: `round` goes half away from zero, `trunc` towards zero. */
export type Rounding = 'round' | 'trunc' | 'floor' | 'ceil'

/** a / b as a whole number. `b` is not zero. */
export function divided(a: Exact, b: Exact, rounding: Rounding): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    // The quotient of two numbers below 2^53 is never rounded up to a whole number, so its whole part is right.
    const whole = Math.trunc(a / b)
    const rest = a - whole * b
    if (rest === 0) return whole + 0
    return whole + step(a < 0 !== b < 0, rounding, 2 * Math.abs(rest) >= Math.abs(b))
  }
  const [x, y] = [BigInt(a), BigInt(b)]
  const whole = x / y
  const rest = x % y
  if (rest === 0n) return canonical(whole)
  const twice = 2n * (rest < 0n ? -rest : rest)
  return canonical(whole + BigInt(step(x < 0n !== y < 0n, rounding, twice >= (y < 0n ? -y : y))))
}

/** What the fraction adds to the whole part. */
function step(negative: boolean, rounding: Rounding, half: boolean): number {
  switch (rounding) {
    case 'round':
      return half ? (negative ? -1 : 1) : 0
    case 'floor':
      return negative ? -1 : 0
    case 'ceil':
      return negative ? 0 : 1
    case 'trunc':
      return 0
  }
}

/** The same value with another number of decimals; fewer are rounded. */
export function rescaled(value: Exact, from: number, to: number, rounding: Rounding = 'round'): Exact {
  if (from === to) return value
  return to > from ? times(value, tenTo(to - from)) : divided(value, tenTo(from - to), rounding)
}

/** a (scale from_a) / b (scale from_b) at a scale, rounded once. `b` is not zero. */
export function quotient(a: Exact, from_a: number, b: Exact, from_b: number, scale: number, rounding: Rounding): Exact {
  const places = scale + from_b - from_a
  return places >= 0 ? divided(times(a, tenTo(places)), b, rounding) : divided(a, times(b, tenTo(-places)), rounding)
}

/** The nearest double: what leaves the engine. */
export const asNumber = (value: Exact, scale: number): number =>
  scale === 0 ? Number(value) : Number(value) / 10 ** scale

/** The exact value of a double as it is written (its shortest form), at a scale that holds all its decimals. */
export const fromNumber = (value: number, scale: number): Exact => {
  const [digits = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = digits.split('.')
  const places = scale + Number(exponent) - fraction.length
  const all = BigInt(whole + fraction)
  return canonical(places >= 0 ? all * 10n ** BigInt(places) : all / 10n ** BigInt(-places))
}

/** How many decimals a double has as it is written: 0.25 has 2, 1e-7 has 7. */
export function decimalsOf(value: number): number {
  const [digits = '0', exponent = '0'] = String(value).split('e')
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** A whole result of at most fifteen digits, or undefined. */
export const within = (value: Exact): number | undefined =>
  typeof value === 'number' && value <= WHOLE_LIMIT && value >= -WHOLE_LIMIT ? value + 0 : undefined
