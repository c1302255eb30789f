/** A refusal with a stable code, so that the caller can name it in its own catalogue of problems. */
export type Refusal = RangeError & { code: string }

/** Throws a RangeError that carries `code`. Used where going on would give a wrong number. */
export function refuse(code: string, message: string): never {
  throw Object.assign(new RangeError(message), { code })
}

/** Order by UTF-16 code unit: the same on every machine, whatever its language. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Refuses `not_a_number` unless every value is finite. */
export function needFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) refuse('not_a_number', `${what} ${i + 1} is ${values[i]}, not a finite number`)
}

/** Refuses `unequal_lengths` unless there is one entry for each of `n` units. */
export function needLength(values: ArrayLike<unknown> | undefined, n: number, what: string): void {
  if (values !== undefined && values.length !== n)
    refuse('unequal_lengths', `${values.length} entries of ${what} for ${n} units`)
}

/** Refuses `bad_weight` unless every weight is finite and at least 0, and `unequal_lengths`. */
export function needWeights(weight: ArrayLike<number> | undefined, n: number): void {
  needLength(weight, n, 'weight')
  if (weight === undefined) return
  for (let i = 0; i < n; i++) {
    const each = weight[i]
    if (each === undefined || !(each >= 0 && each < Infinity)) refuse('bad_weight', `Weight ${i + 1} is ${each}`)
  }
}

/** Refuses `bad_confidence` outside (0, 1). */
export function needConfidence(confidence: number | undefined): void {
  if (confidence !== undefined && !(confidence > 0 && confidence < 1))
    refuse('bad_confidence', `A confidence lies between 0 and 1: ${confidence}`)
}

/** Refuses with `code` unless the number is whole and at least `least`. */
export function needWhole(value: number, least: number, code: string, what: string): void {
  if (!Number.isSafeInteger(value) || value < least)
    refuse(code, `${what} is a whole number from ${least}, not ${value}`)
}

/**
 * The value in a place that must be filled: arrays of one unit each are checked for their lengths where they come in
 * (`needLength`). Throws RangeError, which is a fault of this package and not of the data.
 */
export function at<T>(list: ArrayLike<T>, place: number): T {
  const value = list[place]
  if (value === undefined) throw new RangeError(`Nothing in place ${place} of ${list.length}`)
  return value
}

/** As `at`, of one kind of array alone: V8 keeps loops over millions of numbers as fast as plain reads. */
export function float(list: Float64Array, place: number): number {
  const value = list[place]
  if (value === undefined) throw new RangeError(`Nothing in place ${place} of ${list.length}`)
  return value
}

/** The places of a list: 0 .. n - 1. */
export const places = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
