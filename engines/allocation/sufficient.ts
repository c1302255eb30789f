import { type AllocationProblem, byCodeUnit, usable } from './problems.ts'
import { branchAndBound, CRUMB } from './sufficient-search.ts'

export type Need = { need_id: string; amount: number }

export type Option = {
  option_id: string
  cost: number
  /** How much of each need it closes. */
  closes: Readonly<Record<string, number>>
  /** Options that cannot stand beside it; said on one side, it holds for both. */
  excludes?: readonly string[]
  /** Options without which it cannot be chosen. */
  requires?: readonly string[]
}

export type UncoveredNeed = {
  need_id: string
  amount: number
  covered: number
  /**
   * `no_option`   nothing on offer closes any of it
   * `not_enough`  all that is on offer together would not close it
   * `conflict`    it could be closed, but not without opening another: options exclude one another
   * `not_proven`  the search ended at its limit
   */
  reason: 'no_option' | 'not_enough' | 'conflict' | 'not_proven'
}

export type SufficientSet = {
  chosen: string[]
  cost: number
  /** Amount closed of each need, never more than wanted. */
  covered: Record<string, number>
  uncovered: UncoveredNeed[]
  /** True where no better set exists; false where the search ended at `node_limit` with the best found so far. */
  proven: boolean
  problems: AllocationProblem[]
}

/**
 * The cheapest set of options that closes every need. Where that cannot be done: the set that leaves the fewest needs
 * open, then the least of them (sum of shares), then costs least, then has fewest options, then comes first in the
 * order of `option_id`. So the answer is one, in whatever order the options are handed over.
 *
 * Exact by branch and bound (weighted set multicover; Nemhauser and Wolsey 1988), for one household's needs and some
 * tens of options. `node_limit` (200,000 by default) ends hopeless cases; `proven` then is false.
 * Options or needs with a number that is negative or not finite, or named twice, are left out and reported.
 */
export function cheapestSufficientSet(of: {
  needs: readonly Need[]
  options: readonly Option[]
  node_limit?: number
}): SufficientSet {
  const problems: AllocationProblem[] = []
  const needs = admit(
    of.needs,
    (need) => need.need_id,
    (need) => [need.amount],
    problems,
  ).filter((n) => n.amount > 0)
  const offered = admit(
    of.options,
    (o) => o.option_id,
    (o) => [o.cost, ...Object.values(o.closes)],
    problems,
  )
  const options = withRequirements(offered, problems)
  const { best, proven } = branchAndBound(needs, options, of.node_limit ?? 200_000)
  const chosen = options.filter(({ option_id }) => best.has(option_id))
  const closed = needs.map((need) => ({ need, covered: Math.min(need.amount, sumOver(chosen, need)) }))
  const uncovered = closed
    .filter(({ need, covered }) => need.amount - covered > CRUMB * need.amount)
    .map(({ need: { need_id, amount }, covered }): UncoveredNeed => {
      const all = sumOver(options, { need_id })
      const reason = reasonFor({ offered: all, enough: all >= amount * (1 - CRUMB), proven })
      return { need_id, amount, covered, reason }
    })
  return {
    chosen: chosen.map((option) => option.option_id),
    cost: chosen.reduce((sum, option) => sum + option.cost, 0),
    covered: Object.fromEntries(closed.map(({ need, covered }) => [need.need_id, covered])),
    uncovered,
    proven,
    problems,
  }
}

/** How much of a need the options close together. */
const sumOver = (options: readonly Option[], { need_id }: Pick<Need, 'need_id'>): number =>
  options.reduce((sum, option) => sum + (option.closes[need_id] ?? 0), 0)

function reasonFor(of: { offered: number; enough: boolean; proven: boolean }): UncoveredNeed['reason'] {
  if (of.offered === 0) return 'no_option'
  if (!of.enough) return 'not_enough'
  return of.proven ? 'conflict' : 'not_proven'
}

function admit<T>(
  list: readonly T[],
  id: (one: T) => string,
  numbers: (one: T) => number[],
  problems: AllocationProblem[],
): T[] {
  const seen = new Set<string>()
  return list
    .filter((one) => {
      const about = id(one)
      if (seen.has(about)) {
        problems.push({ code: 'duplicate', about, message: `"${about}" is named more than once` })
        return false
      }
      seen.add(about)
      if (numbers(one).every(usable)) return true
      problems.push({ code: 'bad_number', about, message: `"${about}" has a number below 0 or not finite` })
      return false
    })
    .toSorted((a, b) => byCodeUnit(id(a), id(b)))
}

/** Takes out options that require what is not on offer, and then those that require them. */
function withRequirements(options: Option[], problems: AllocationProblem[]): Option[] {
  let left = options
  for (;;) {
    const ids = new Set(left.map((option) => option.option_id))
    const next = left.filter((option) => {
      const missing = option.requires?.find((id) => !ids.has(id))
      if (missing === undefined) return true
      const message = `"${option.option_id}" requires "${missing}", which is not on offer`
      problems.push({ code: 'unknown_requirement', about: option.option_id, message })
      return false
    })
    if (next.length === left.length) return left
    left = next
  }
}
