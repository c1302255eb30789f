const missing = (place: number, length: number) => new RangeError(`Nothing in place ${place} of ${length}`)

/**
 * The item in a place that must be filled: a level of a model, say, whose index came from the same model. Throws RangeError,
 * which is a fault of this engine and not of the records.
 */
export function at<T>(list: readonly T[], place: number): T {
  const item = list[place]
  if (item === undefined) throw missing(place, list.length)
  return item
}

/** As `at`, of one kind of array alone: V8 keeps loops over millions of pairs as fast as plain reads. */
export function int(list: Int32Array, place: number): number {
  const item = list[place]
  if (item === undefined) throw missing(place, list.length)
  return item
}

/** As `int`, of doubles. */
export function double(list: Float64Array, place: number): number {
  const item = list[place]
  if (item === undefined) throw missing(place, list.length)
  return item
}
