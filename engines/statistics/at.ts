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
