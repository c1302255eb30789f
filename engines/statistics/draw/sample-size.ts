import { normalQuantile } from '../distributions.ts'
import { byCodeUnit, needConfidence, needWhole, refuse } from '../refuse.ts'

/**
 * Units needed so that a proportion's interval has the wanted half-width (normal approximation; Cochran 1977, 4.4):
 * n0 = deff z^2 p (1 - p) / d^2, then n0 / (1 + (n0 - 1) / N) in a finite population, rounded up.
 * For rates near 0 or 1 plan with `acceptancePlan` instead. Refuses `bad_half_width`.
 */
export function sampleSizeForProportion(of: {
  half_width: number
  expected?: number
  confidence?: number
  population?: number
  design_effect?: number
}): number {
  const { half_width, expected = 0.5, confidence = 0.95, population, design_effect = 1 } = of
  if (!(half_width > 0 && half_width < 1)) refuse('bad_half_width', `A half-width must lie in (0, 1): ${half_width}`)
  needConfidence(confidence)
  if (!(expected >= 0 && expected <= 1)) refuse('bad_probability', `A proportion lies between 0 and 1: ${expected}`)
  if (!(design_effect > 0 && design_effect < Infinity))
    refuse('bad_design_effect', `A design effect is above 0: ${design_effect}`)
  if (population !== undefined) needWhole(population, 1, 'bad_count', 'A population')
  const z = normalQuantile(1 - (1 - confidence) / 2)
  const n0 = (design_effect * z * z * expected * (1 - expected)) / half_width ** 2
  const n = population === undefined ? n0 : n0 / (1 + (n0 - 1) / population)
  return Math.min(Math.ceil(n - 1e-9), population ?? Infinity)
}

/** Design effect of cluster samples of `units_per_area` with intra-cluster correlation `icc` (Kish 1965, 5.4). */
export function clusterDesignEffect(units_per_area: number, icc: number): number {
  if (!(units_per_area >= 1 && units_per_area < Infinity)) refuse('bad_count', `Units in an area: ${units_per_area}`)
  if (!(icc >= -1 && icc <= 1)) refuse('bad_correlation', `A correlation lies between -1 and 1: ${icc}`)
  return 1 + (units_per_area - 1) * icc
}

/** n shared out in proportion to the population of each stratum. See `allocateSizes`. */
export function proportionalSizes(
  populations: Readonly<Record<string, number>>,
  n: number,
  minimum = 2,
): Record<string, number> {
  return allocateSizes(populations, populations, n, minimum)
}

/**
 * n shared out in proportion to population x standard deviation (Neyman 1934), which makes the variance of the
 * estimated total least. `deviations` lacks no stratum (`stratum_without_deviation`). See `allocateSizes`.
 */
export function neymanSizes(
  populations: Readonly<Record<string, number>>,
  deviations: Readonly<Record<string, number>>,
  n: number,
  minimum = 2,
): Record<string, number> {
  const shares = Object.fromEntries(
    Object.entries(populations).map(([stratum, population]) => {
      const deviation = deviations[stratum]
      if (deviation !== undefined && !(deviation >= 0 && deviation < Infinity))
        refuse('bad_deviation', `The deviation of "${stratum}" is ${deviation}`)
      if (deviation === undefined) refuse('stratum_without_deviation', `No deviation for the stratum "${stratum}"`)
      return [stratum, population * deviation]
    }),
  )
  return allocateSizes(populations, shares, n, minimum)
}

type Stratum = { name: string; population: number; share: number; floor: number; size: number | null }

const total = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((sum, one) => sum + of(one), 0)

/**
 * n in whole numbers proportional to `shares`: at least `minimum` (2 by default: one unit gives no variance), never
 * more than the population; what a bound takes or leaves is shared among the rest; remainders go to the largest,
 * ties to the first identifier. The sum is exactly n. Refuses `size_exceeds_frame` and `minimum_exceeds_size`.
 */
function allocateSizes(
  populations: Readonly<Record<string, number>>,
  shares: Readonly<Record<string, number>>,
  n: number,
  minimum: number,
): Record<string, number> {
  const strata = Object.entries(populations)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, population]): Stratum => {
      const floor = Math.min(minimum, population)
      return { name, population, share: shares[name] ?? 0, floor, size: null }
    })
  for (const { name, population } of strata) needWhole(population, 0, 'bad_count', `The population of "${name}"`)
  needWhole(n, 0, 'bad_size', 'A sample size')
  needWhole(minimum, 0, 'bad_size', 'The least of a stratum')
  if (n > total(strata, (s) => s.population)) refuse('size_exceeds_frame', `Cannot draw ${n}: too few units`)
  if (n < total(strata, (s) => s.floor)) refuse('minimum_exceeds_size', `${n} does not give each stratum ${minimum}`)
  settleBounds(strata, n)
  roundShares(strata, n)
  return Object.fromEntries(strata.map((s) => [s.name, s.size ?? 0]))
}

const settled = (strata: readonly Stratum[]): number => total(strata, (s) => s.size ?? 0)

/** What each stratum without a size would get of what the others leave. */
function targets(strata: readonly Stratum[], n: number): { stratum: Stratum; target: number }[] {
  const free = strata.filter((s) => s.size === null)
  const left = n - settled(strata)
  const sum = total(free, (s) => s.share)
  return free.map((stratum) => ({ stratum, target: sum > 0 ? (left * stratum.share) / sum : left / free.length }))
}

/** Gives those strata their size that would get more than their population or less than their least. */
function settleBounds(strata: readonly Stratum[], n: number): void {
  for (;;) {
    const wanted = targets(strata, n)
    const over = wanted.filter(({ stratum, target }) => target > stratum.population)
    const under = wanted.filter(({ stratum, target }) => target < stratum.floor)
    const surplus = total(over, ({ stratum, target }) => target - stratum.population)
    const shortage = total(under, ({ stratum, target }) => stratum.floor - target)
    // The larger side first: fixing it moves the other towards its bound, never past it (water-filling). Where both are
    // equal the rate is right already, and either order comes to the same sizes.
    if (surplus === 0 && shortage === 0) return
    if (surplus >= shortage) for (const { stratum } of over) stratum.size = stratum.population
    else for (const { stratum } of under) stratum.size = stratum.floor
  }
}

/** Whole numbers for the other strata; what is left over goes to the largest remainders that have room. */
function roundShares(strata: readonly Stratum[], n: number): void {
  const rounded = targets(strata, n).map(({ stratum, target }) => {
    const size = Math.floor(target + 1e-9)
    return { stratum, size, remainder: target - size }
  })
  for (const { stratum, size } of rounded) stratum.size = size
  let left = n - settled(strata)
  rounded.sort((a, b) => b.remainder - a.remainder || byCodeUnit(a.stratum.name, b.stratum.name))
  for (const { stratum, size } of rounded) {
    if (left > 0 && size < stratum.population) {
      stratum.size = size + 1
      left--
    }
  }
}
