/** Breaks of a choropleth: each class holds values up to and including its upper bound. */
export type Classes = { bounds: number[]; count: number }

/**
 * Upper bounds of `count` quantile classes (type 7, linear interpolation, as R and NumPy do by default).
 * Equal bounds are merged, so that a map of mostly zeros shows fewer classes rather than empty ones.
 * Not finite values are left out; no values give no classes.
 */
export function quantileClasses(values: Array<number | null | undefined>, count = 5): Classes {
  const sorted = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v)).sort((a, b) => a - b)
  if (sorted.length === 0) return { bounds: [], count: 0 }
  const bounds: number[] = []
  for (let i = 1; i <= count; i++) {
    const at = ((sorted.length - 1) * i) / count
    const low = sorted[Math.floor(at)] as number
    const high = sorted[Math.ceil(at)] as number
    const bound = low + (high - low) * (at - Math.floor(at))
    if (bounds.length === 0 || bound > (bounds.at(-1) as number)) bounds.push(bound)
  }
  return { bounds, count: bounds.length }
}

/** Class of a value from 0 to count - 1, or null where there is no value. Beyond the last bound is the last class. */
export function classOf(value: number | null | undefined, classes: Classes): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || classes.count === 0) return null
  const found = classes.bounds.findIndex((bound) => value <= bound)
  return found < 0 ? classes.count - 1 : found
}

/** Spreads fewer than five classes over the five shades, so that the ends stay lightest and darkest. */
export function shadeOf(index: number, count: number): number {
  return count <= 1 ? 3 : 1 + Math.round((index * 4) / (count - 1))
}
