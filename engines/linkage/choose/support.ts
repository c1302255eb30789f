import { at } from '../at.ts'
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
  // matches start out spread evenly; non-matches as the model's own bits say
  const odds = start.map((bits) => 2 ** -bits)
  const total = odds.reduce((sum, x) => sum + x, 0)
  const levels = start.map((bits, others): SupportLevel => {
    const [m0, u0] = [1 / start.length, 2 ** -bits / total]
    return { others, own_bits: bits, m0, u0, m: m0, u: u0, matches: 0, pairs: 0 }
  })
  const reached = groups.map((group) => ({ ...group, level: at(levels, Math.min(group.others, levels.length - 1)) }))
  for (const { level, pairs } of reached) level.pairs += pairs
  let [iterations, converged] = [0, false]
  while (!converged && iterations < MAX_ITERATIONS) {
    iterations++
    for (const level of levels) level.matches = 0
    for (const { level, weight, pairs } of reached) {
      level.matches += pairs * probabilityOf(weight + Math.log2(level.m / level.u))
    }
    converged = learnShares(levels) < 1e-7
  }
  const learnt = levels.map(({ others, own_bits, m, u, matches, pairs }) => {
    const bits = Math.min(Math.max(MOST_SUPPORT, own_bits), Math.max(own_bits, Math.log2(m / u)))
    return { others, m, u, bits, matches, pairs }
  })
  return { bits: learnt.map((level) => level.bits), training: { levels: learnt, iterations, converged } }
}

/** A number of other anchors while it is learnt; `m0`, `u0`: where it starts. */
type SupportLevel = {
  others: number
  own_bits: number
  m0: number
  u0: number
  m: number
  u: number
  matches: number
  pairs: number
}

/** m and u from the matches and pairs of each level; returns the greatest change. */
function learnShares(levels: readonly SupportLevel[]): number {
  const matches = levels.reduce((sum, level) => sum + level.matches, 0)
  const rest = levels.reduce((sum, level) => sum + level.pairs, 0) - matches
  const next = levels.map((level) => ({
    m: (level.matches + PRIOR_PAIRS * level.m0) / (matches + PRIOR_PAIRS),
    u: (level.pairs - level.matches + PRIOR_PAIRS * level.u0) / (rest + PRIOR_PAIRS),
  }))
  // `monotone` wants the strongest level first
  monotone(next.toReversed())
  let change = 0
  for (const [k, level] of levels.entries()) {
    const { m, u } = at(next, k)
    change = Math.max(change, Math.abs(m - level.m), Math.abs(u - level.u))
    Object.assign(level, { m, u })
  }
  return change
}
