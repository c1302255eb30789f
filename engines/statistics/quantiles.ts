import { at, needFinite, needWeights, places, refuse } from './refuse.ts'

/**
 * Weighted quantile without interpolation: the smallest value at which the cumulated weight share reaches p
 * (inverse of the distribution function; definition 1 of Hyndman and Fan 1996), or, where the share is exactly p,
 * the mean of that value and the next (definition 2), as Eurostat's and R laeken's median are.
 */
export function weightedQuantile(value: ArrayLike<number>, p: number, weight?: ArrayLike<number>): number {
  if (!(p >= 0 && p <= 1)) refuse('bad_probability', `A quantile needs 0 <= p <= 1, not ${p}`)
  needFinite(value, 'Value')
  needWeights(weight, value.length)
  const sorted = places(value.length)
    .map((i) => ({ value: at(value, i), weight: weight?.[i] ?? 1 }))
    .filter((unit) => unit.weight > 0)
    .sort((a, b) => a.value - b.value)
  const last = sorted.at(-1)
  if (!last) refuse('empty_domain', 'No value has a weight')
  const all = sorted.reduce((sum, unit) => sum + unit.weight, 0)
  const wanted = p * all
  // Sums of weights carry rounding: shares within 1e-12 of each other are taken as equal.
  const crumb = 1e-12 * all
  let sum = 0
  for (const [place, unit] of sorted.entries()) {
    sum += unit.weight
    const next = sorted[place + 1]
    if (next === undefined || sum > wanted + crumb) return unit.value
    if (sum >= wanted - crumb && wanted > 0) return (unit.value + next.value) / 2
  }
  return last.value
}

export type QuantileClass = { from: number; to: number; count: number }

export type QuantileClasses = {
  /** In rising order, none empty; `from` and `to` are values that occur, both inside the class. */
  classes: QuantileClass[]
  /** The class of each value, from 0; null for a value that is null or not finite. */
  class_of: (number | null)[]
}

/**
 * At most `k` classes of about equal count, for a map. Equal values always share a class, so there may be fewer
 * classes than asked for, and counts may differ. From below, each cut falls between two different values, at the place
 * nearest to an even share of what is left (the lower where two are as near), so that a heap of equal values, as the
 * zeros of a rate often are, takes one class and not several cuts. Where there are no more than k different values
 * each has its own class.
 */
export function quantileClasses(values: ArrayLike<number | null>, k: number): QuantileClasses {
  if (!Number.isInteger(k) || k < 1) refuse('bad_classes', `The number of classes is a whole number above 0, not ${k}`)
  const sorted = Array.from(values)
    .filter((v): v is number => v !== null && Number.isFinite(v))
    .sort((a, b) => a - b)
  const n = sorted.length
  const starts = cutPlaces(sorted, k)
  const classes = starts.map((start, c) => {
    const end = starts[c + 1] ?? n
    return { from: at(sorted, start), to: at(sorted, end - 1), count: end - start }
  })
  return {
    classes,
    class_of: Array.from(values, (v) => {
      if (v === null || !Number.isFinite(v)) return null
      return classes.findIndex((one) => v <= one.to)
    }),
  }
}

/** Where the classes begin in the sorted values. */
function cutPlaces(sorted: readonly number[], k: number): number[] {
  const n = sorted.length
  const changes: number[] = []
  for (let i = 1; i < n; i++) if (sorted[i] !== sorted[i - 1]) changes.push(i)
  if (n === 0) return []
  if (changes.length < k) return [0, ...changes]
  let start = 0
  const starts = [start]
  for (let left = k; left > 1; left--) {
    const even = start + (n - start) / left
    let best: number | undefined
    for (const place of changes) {
      if (place > start && (best === undefined || Math.abs(place - even) < Math.abs(best - even))) best = place
    }
    if (best === undefined) break
    start = best
    starts.push(start)
  }
  return starts
}
