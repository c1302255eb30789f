import { type AllocationProblem, byCodeUnit, usable } from './problems.ts'

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

/** Amounts that differ by less than this share are the same amount: sums of fractions carry rounding. */
const CRUMB = 1e-9

/** What a set is judged by, the first first: needs left open, shares of them left open, cost, options used. */
type Score = [open: number, shortfall: number, cost: number, count: number]

function compare(a: Score, b: Score): number {
  for (let i = 0; i < 4; i++) {
    const slack = CRUMB * Math.max(1, Math.abs(a[i]!), Math.abs(b[i]!))
    if (Math.abs(a[i]! - b[i]!) > slack) return a[i]! - b[i]!
  }
  return 0
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
  const closes = options.map((option) => needs.map((need) => option.closes[need.need_id] ?? 0))
  const search = branchAndBound(needs, options, closes, of.node_limit ?? 200_000)

  const covered = needs.map((need, j) =>
    Math.min(
      need.amount,
      options.reduce((sum, _, i) => sum + (search.best[i] ? closes[i]![j]! : 0), 0),
    ),
  )
  const uncovered = needs.flatMap((need, j): UncoveredNeed[] => {
    if (need.amount - covered[j]! <= CRUMB * need.amount) return []
    const all = closes.reduce((sum, row) => sum + row[j]!, 0)
    const enough = all >= need.amount * (1 - CRUMB)
    const reason = all === 0 ? 'no_option' : !enough ? 'not_enough' : search.proven ? 'conflict' : 'not_proven'
    return [{ need_id: need.need_id, amount: need.amount, covered: covered[j]!, reason }]
  })
  return {
    chosen: options.filter((_, i) => search.best[i]).map((option) => option.option_id),
    cost: options.reduce((sum, option, i) => sum + (search.best[i] ? option.cost : 0), 0),
    covered: Object.fromEntries(needs.map((need, j) => [need.need_id, covered[j]!])),
    uncovered,
    proven: search.proven,
    problems,
  }
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

function branchAndBound(
  needs: readonly Need[],
  options: readonly Option[],
  closes: readonly number[][],
  node_limit: number,
): { best: boolean[]; proven: boolean } {
  const place = new Map(options.map((option, i) => [option.option_id, i]))
  const at = (ids: readonly string[] = []): number[] => ids.flatMap((id) => place.get(id) ?? [])
  const requires = options.map((option) => at(option.requires))
  const excludes = options.map((option) => new Set(at(option.excludes)))
  for (const [i, others] of excludes.entries()) for (const j of others) excludes[j]!.add(i)
  // For each need, options by what a unit of it costs: the fractional cover of one need bounds the cost of all.
  const byPrice = needs.map((_, j) =>
    options
      .map((_, i) => i)
      .filter((i) => closes[i]![j]! > 0)
      .sort((a, b) => options[a]!.cost / closes[a]![j]! - options[b]!.cost / closes[b]![j]!),
  )
  // 0 undecided, 1 chosen, -1 not chosen.
  const state = new Int8Array(options.length)
  const covered = needs.map(() => 0)
  let best: boolean[] = options.map(() => false)
  // Choosing nothing is always allowed.
  let bestScore: Score = [needs.length, needs.length, 0, 0]
  let nodes = 0

  const blocked = (i: number): boolean => {
    for (const j of excludes[i]!) if (state[j] === 1) return true
    return excludes[i]!.has(i) || requires[i]!.some((j) => state[j] === -1)
  }
  const bound = (cost: number, count: number): Score => {
    let [open, shortfall, more] = [0, 0, 0]
    for (const [j, need] of needs.entries()) {
      let gap = need.amount - covered[j]!
      let price = 0
      if (gap > CRUMB * need.amount) {
        for (const i of byPrice[j]!) {
          if (state[i] !== 0 || blocked(i)) continue
          const amount = closes[i]![j]!
          const part = Math.min(1, gap / amount)
          price += part * options[i]!.cost
          gap -= part * amount
          if (gap <= CRUMB * need.amount) break
        }
        if (gap > CRUMB * need.amount) {
          open++
          shortfall += gap / need.amount
        }
      }
      more = Math.max(more, price)
    }
    return [open, shortfall, cost + more, count]
  }
  const leaf = (cost: number, count: number): void => {
    const chosen = Array.from(state, (s) => s === 1)
    if (chosen.some((on, i) => on && requires[i]!.some((j) => !chosen[j]))) return
    let [open, shortfall] = [0, 0]
    for (const [j, need] of needs.entries()) {
      const gap = need.amount - covered[j]!
      if (gap > CRUMB * need.amount) {
        open++
        shortfall += gap / need.amount
      }
    }
    const score: Score = [open, shortfall, cost, count]
    if (compare(score, bestScore) < 0) {
      bestScore = score
      best = chosen
    }
  }
  const visit = (i: number, cost: number, count: number): void => {
    if (nodes > node_limit) return
    nodes++
    // Options are met in the order of their identifiers and tried chosen first, so of equals the first stays.
    if (compare(bound(cost, count), bestScore) >= 0) return
    if (i === options.length) return leaf(cost, count)
    if (!blocked(i)) {
      state[i] = 1
      for (const j of needs.keys()) covered[j]! += closes[i]![j]!
      visit(i + 1, cost + options[i]!.cost, count + 1)
      for (const j of needs.keys()) covered[j]! -= closes[i]![j]!
    }
    state[i] = -1
    visit(i + 1, cost, count)
    state[i] = 0
  }
  visit(0, 0, 0)
  return { best, proven: nodes <= node_limit }
}
