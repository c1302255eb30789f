import { probabilityOf } from '../model/model.ts'
import type { HouseholdSettings } from '../model/model.ts'
import { monotone } from '../learn/train.ts'

/** Pairs of about one weight (bits, household left out) whose households have so many other anchors between them. */
export type SupportGroup = { others: number; weight: number; pairs: number }

export type SupportTraining = {
  /** By number of other anchors, from 0 to the greatest that counts. */
  levels: { others: number; m: number; u: number; bits: number; matches: number; pairs: number }[]
  iterations: number
  converged: boolean
}

/** Household context may lift a pair so far and no further: pairs this far below the review band are kept. */
export const MOST_SUPPORT = 6
/**
 * Members from which on a household is none: a code written for "no household" by half a county, or a town of its own. All
 * its members would be compared with all others.
 */
export const MOST_MEMBERS = 1000
/** Imaginary matches and non-matches that hold the model's own bits: few pairs do not unlearn them. */
const PRIOR_PAIRS = 20
const MAX_ITERATIONS = 200

/** The model's own bits by number of other anchors. */
export function supportBits(settings: HouseholdSettings): number[] {
  const { bits_per_anchor, max_anchors, support_bits } = settings
  return support_bits ?? Array.from({ length: max_anchors + 1 }, (_, others) => bits_per_anchor * others)
}

/**
 * What the household says, learnt as one more comparison: the levels are the other anchors between the two households,
 * the pair's own left out. m is how matches spread over them, u how the non-matches among the plausible pairs do: against
 * those, not against random pairs, since people of one house share name, place and telephone already. More anchors never
 * count for less, and what is learnt never counts for less than the model's own bits: the plausible pairs of one house
 * that are no matches are mostly those whom one-to-one assignment takes apart anyway, so that u is an upper bound (learnt
 * from a made countryside of 60,000 alone, any number of other anchors came to 1.7 bits).
 */
export function learnSupport(
  groups: readonly SupportGroup[],
  settings: HouseholdSettings,
): { bits: number[]; training: SupportTraining } {
  const start = supportBits(settings)
  const n = start.length
  // matches start out spread evenly; non-matches as the model's own bits say
  const odds = start.map((bits) => 2 ** -bits)
  const total = odds.reduce((sum, x) => sum + x, 0)
  const [m0, u0] = [start.map(() => 1 / n), odds.map((x) => x / total)]
  let [m, u] = [[...m0], [...u0]]
  let [iterations, converged] = [0, false]
  let matches = new Float64Array(n)
  const pairs = new Float64Array(n)
  for (const group of groups) pairs[Math.min(group.others, n - 1)]! += group.pairs
  while (!converged && iterations < MAX_ITERATIONS) {
    iterations++
    matches = new Float64Array(n)
    for (const group of groups) {
      const k = Math.min(group.others, n - 1)
      matches[k]! += group.pairs * probabilityOf(group.weight + Math.log2(m[k]! / u[k]!))
    }
    const sum = matches.reduce((a, b) => a + b, 0)
    const rest = pairs.reduce((a, b) => a + b, 0) - sum
    const next_m = m0.map((share, k) => (matches[k]! + PRIOR_PAIRS * share) / (sum + PRIOR_PAIRS))
    const next_u = u0.map((share, k) => (pairs[k]! - matches[k]! + PRIOR_PAIRS * share) / (rest + PRIOR_PAIRS))
    // `monotone` wants the strongest level first
    const [strong_m, strong_u] = [next_m.toReversed(), next_u]
    const by = strong_u.toReversed()
    monotone(strong_m, by)
    const ordered = strong_m.toReversed()
    converged = ordered.every((x, k) => Math.abs(x - m[k]!) < 1e-7 && Math.abs(next_u[k]! - u[k]!) < 1e-7)
    ;[m, u] = [ordered, next_u]
  }
  const bits = m.map((x, k) => Math.min(Math.max(MOST_SUPPORT, start[k]!), Math.max(start[k]!, Math.log2(x / u[k]!))))
  const levels = bits.map((x, k) => ({
    others: k,
    m: m[k]!,
    u: u[k]!,
    bits: x,
    matches: matches[k]!,
    pairs: pairs[k]!,
  }))
  return { bits, training: { levels, iterations, converged } }
}
