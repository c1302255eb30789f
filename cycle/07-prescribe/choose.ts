// Which candidates a household gets: rights first, then a remedy for each cause, then the cheapest for its needs. Pure.
import { cheapestSufficientSet, type Option, type UncoveredNeed } from '#engines/allocation/sufficient.ts'
import type { Measure } from '#packs/schema/schema.ts'

/** A measure that the household can have. Money in minor units. */
export interface Candidate {
  measure: Measure
  /** Causes of the household that it answers. */
  causes: string[]
  cost: number
  income: number
  indicators: string[]
}

interface Wanted {
  needs: readonly { need_id: string; amount: number }[]
  /** The main one first. */
  causes: readonly string[]
  /** Over how many years yearly costs are compared with single ones. */
  years: number
  /** Measures that a person put in: they stand, as far as no right forbids it. */
  added?: readonly string[]
}

// Household measures number some tens; a search that long is a hopeless tie, and what it found stands.
const node_limit = 20_000

// A cause stands among the needs that a set has to close, under a name that no indicator has.
const mark = 'cause:'
/** The need that a cause stands for. */
export const needOf = (cause: string): string => `${mark}${cause}`

/** The cause that a need stands for; null where it is a need of its own. */
export const causeIn = (need: string): string | null => (need.startsWith(mark) ? need.slice(mark.length) : null)

const isCause = (need: string): boolean => causeIn(need) !== null

/**
 * Rights are never weighed against money. Of the rest, the cheapest set that answers every cause and closes every need;
 * where both cannot be had, the causes go before the needs.
 */
export function choose(candidates: readonly Candidate[], wanted: Wanted): Choice {
  const firsts = chooseAmong(withFirsts(candidates), wanted)
  const open = new Set(firsts.uncovered.map((each) => causeIn(each.need_id)).filter((code) => code !== null))
  // What should have answered first cannot stand beside the rest: then whatever else answers.
  return open.size === 0 ? firsts : chooseAmong(withFirsts(candidates, open), wanted)
}

interface Choice {
  chosen: string[]
  uncovered: UncoveredNeed[]
}

/** A cause that a measure answers first is answered by no other, but where the cause is among `open`. */
function withFirsts(candidates: readonly Candidate[], open: ReadonlySet<string> = new Set()): Candidate[] {
  const first = new Set(candidates.flatMap((each) => each.measure.first_for).filter((code) => !open.has(code)))
  return candidates.map((each) => ({
    ...each,
    causes: each.causes.filter((code) => !first.has(code) || each.measure.first_for.includes(code)),
  }))
}

function chooseAmong(candidates: readonly Candidate[], wanted: Wanted): Choice {
  const rights = [...rightsOf(candidates)]
  for (const each of candidates) {
    if (!wanted.added?.includes(each.measure.code) || rights.includes(each)) continue
    if (!rights.some((other) => exclude(each, other))) rights.push(each)
  }
  const causes = wanted.causes.map((code) => ({ need_id: needOf(code), amount: 1 }))
  const together = solve(candidates, rights, { ...wanted, needs: [...causes, ...wanted.needs] })
  if (!together.uncovered.some((each) => isCause(each.need_id))) return together
  // A cause was left open. If it was given up for a need, it comes first; the rest is solved around it.
  const first = solve(candidates, rights, { ...wanted, needs: causes })
  const open = (found: { uncovered: UncoveredNeed[] }) => found.uncovered.filter((each) => isCause(each.need_id)).length
  if (open(first) >= open(together)) return together
  const standing = new Set(first.chosen)
  const fixed = candidates.filter((each) => standing.has(each.measure.code))
  const rest = solve(candidates, fixed, wanted)
  return { chosen: rest.chosen, uncovered: [...first.uncovered, ...rest.uncovered] }
}

/** Where two rights exclude one another the family gets the one that is worth more to it. */
function rightsOf(candidates: readonly Candidate[]): Candidate[] {
  const taken: Candidate[] = []
  const rights = candidates.filter((each) => each.measure.right).toSorted((a, b) => b.income - a.income)
  for (const each of rights) if (!taken.some((other) => exclude(each, other))) taken.push(each)
  return taken
}

const exclude = (a: Candidate, b: Candidate): boolean =>
  a.measure.excludes.includes(b.measure.code) || b.measure.excludes.includes(a.measure.code)

/** The cheapest set beside what is fixed: what that closes is closed, what it excludes is not on offer. */
function solve(candidates: readonly Candidate[], fixed: readonly Candidate[], wanted: Wanted): Choice {
  const standing = new Set(fixed.map((each) => each.measure.code))
  const offered = candidates.filter(
    (each) => !standing.has(each.measure.code) && !fixed.some((other) => exclude(each, other)),
  )
  const needs = wanted.needs
    .map((need) => ({ ...need, amount: need.amount - sum(fixed.map((each) => closesOf(each)[need.need_id] ?? 0)) }))
    .filter((need) => need.amount > 0)
  const options = offered.map((each) => optionOf(each, wanted, standing))
  const found = cheapestSufficientSet({ needs, options, node_limit })
  const whole = new Map(wanted.needs.map((need) => [need.need_id, need.amount]))
  const uncovered = found.uncovered.map((each): UncoveredNeed => {
    const amount = whole.get(each.need_id) ?? each.amount
    const covered = each.covered + amount - each.amount
    const could = candidates.some((one) => (closesOf(one)[each.need_id] ?? 0) > 0)
    const reason = each.reason !== 'no_option' || !could ? each.reason : covered > 0 ? 'not_enough' : 'conflict'
    return { ...each, amount, covered, reason }
  })
  return { chosen: [...standing, ...found.chosen], uncovered }
}

/** Needs that a measure closes, and how much of each. */
export const closesOf = (each: Candidate): Record<string, number> => ({
  ...(each.income > 0 ? { income: each.income } : {}),
  ...Object.fromEntries(each.indicators.map((code) => [code, 1])),
  ...Object.fromEntries(each.causes.map((code) => [needOf(code), 1])),
})

/** Of options that cost the same, one that answers the main cause, then one that answers another: a nudge, not a price. */
function optionOf(each: Candidate, wanted: Wanted, standing: ReadonlySet<string>): Option {
  const rank = each.causes.length === 0 ? 2 : each.causes[0] === wanted.causes[0] ? 0 : 1
  const cost = each.measure.cost_period === 'yearly' ? each.cost * wanted.years : each.cost
  return {
    option_id: each.measure.code,
    cost: cost * (1 + rank * 1e-4) + rank,
    closes: closesOf(each),
    excludes: each.measure.excludes,
    requires: each.measure.requires.filter((code) => !standing.has(code)),
  }
}

const sum = (of: readonly number[]): number => of.reduce((total, each) => total + each, 0)
