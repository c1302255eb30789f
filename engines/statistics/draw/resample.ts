import { at, float, needConfidence, needWhole } from '../refuse.ts'
import type { Random } from './random.ts'

export type Between = { estimate: number; lower: number; upper: number }

/**
 * Percentile intervals of several figures at once by drawing the units anew with replacement (Efron and Tibshirani 1993,
 * 13.3): each draw gives unit i the count `times[i]`, and `measure` works the figures out with these as weights.
 * A figure that a draw does not give (null) is left out of that draw; null where it is not there at all.
 * Units are what was sampled: for people of households give households.
 */
export function resampled<K extends string>(of: {
  units: number
  measure: (times: ArrayLike<number>) => Record<K, number | null>
  random: Random
  draws?: number
  confidence?: number
}): Record<K, Between | null> {
  const { units, measure, random, draws = 1000, confidence = 0.95 } = of
  needWhole(units, 1, 'empty_domain', 'The number of units')
  needWhole(draws, 1, 'bad_size', 'The number of draws')
  needConfidence(confidence)
  const whole = measure(new Float64Array(units).fill(1))
  const seen = new Map<string, number[]>(Object.keys(whole).map((key) => [key, []]))
  for (let draw = 0; draw < draws; draw++) {
    const times = new Float64Array(units)
    for (let i = 0; i < units; i++) {
      const unit = random.below(units)
      times[unit] = float(times, unit) + 1
    }
    for (const [key, value] of Object.entries<number | null>(measure(times))) {
      if (value !== null) seen.get(key)?.push(value)
    }
  }
  const tail = (1 - confidence) / 2
  const between = (key: string, estimate: number | null): Between | null => {
    const values = seen.get(key)?.sort((a, b) => a - b) ?? []
    if (estimate === null || values.length === 0) return null
    return { estimate, lower: quantile(values, tail), upper: quantile(values, 1 - tail) }
  }
  return Object.fromEntries(
    Object.entries<number | null>(whole).map(([key, estimate]) => [key, between(key, estimate)]),
  ) as Record<K, Between | null>
}

/** Quantile of sorted values by linear interpolation (Hyndman and Fan 1996, type 7, as R's default). */
function quantile(sorted: readonly number[], p: number): number {
  const place = p * (sorted.length - 1)
  const low = Math.floor(place)
  const here = at(sorted, low)
  return here + (place - low) * ((sorted[low + 1] ?? here) - here)
}
