import { checkCandidates, type Prepared, prepare } from './prepare.ts'
import type { AllocationProblem } from './problems.ts'
import { byDensity, fill, greedy, type Ledger, startLedger, swapTies, whyNot, type WhyNot } from './ledger.ts'
import { solveLinear } from './solver.ts'

export type Candidate = {
  unit_id: string
  option_id: string
  cost: number
  /** What it is worth; more is better. A candidate worth 0 is never chosen unless required. */
  value: number
  /** Whose budget pays. */
  group: string
  /** A legal entitlement: it is given before anything is weighed. */
  required?: boolean
}

export type AllocateInput = {
  candidates: readonly Candidate[]
  /** By group. A candidate whose group has no budget is left out and reported. */
  budgets: Readonly<Record<string, number>>
  /** How many can be given, by `option_id`, or by group + "|" + `option_id`; both hold where both are given. */
  capacities?: Readonly<Record<string, number>>
  /** Sets of options of which one unit gets at most one. */
  at_most_one_of?: readonly (readonly string[])[]
  /** Most options that one unit gets. */
  per_unit?: number
  /** Over all groups together. */
  total_budget?: number
  /**
   * Where two candidates differ in nothing but the unit, the lower number wins, then the first identifier. Publish a
   * lot drawn from a public seed to be fair to identifiers.
   */
  tie_rank?: Readonly<Record<string, number>>
  /** Up to this many candidates the whole-number problem is solved (default 2,000: seconds). */
  exact_limit?: number
  /** Up to this many the relaxed problem is solved, rounded down and filled up (default 250,000); beyond, greedy. */
  relaxed_limit?: number
  /** Stop the exact search when the gap is proven below this share (default 1e-4) or after so many nodes (1,000). */
  relative_gap?: number
  node_limit?: number
}

export type Allocation = {
  chosen: Candidate[]
  total_value: number
  total_cost: number
  spent: Record<string, number>
  /** Given of each capacity. */
  used: Record<string, number>
  not_chosen: { unit_id: string; option_id: string; why: WhyNot }[]
  method: 'exact' | 'relaxed' | 'greedy'
  /** No allocation can be worth more. */
  bound: number
  /** (bound - total_value) / bound; 0 where nothing could be better. */
  gap: number
  problems: AllocationProblem[]
}

/**
 * Chooses candidates so that their value is greatest within budgets, capacities and the rules of one unit.
 *
 * One answer for one input: candidates are put in order first, no clock is asked, ties go by `tie_rank`, then
 * identifier. The result is never worse than the greedy one and never exceeds a limit, which is checked by adding up,
 * not by the solver's tolerance. `exact` and `relaxed` use HiGHS. Measured on two busy cores with ten options open to a
 * unit: exact, 100 units in 2 s, 200 in 5 s; relaxed, 2,300 units in 0.6 s and within 0.004 % of the bound (200 units:
 * 0.1 %, for the last coin of each budget weighs more there).
 * Where what is required does not fit, it is given in order while it fits, and `problems` says what was not.
 */
export async function allocate(input: AllocateInput): Promise<Allocation> {
  const problems: AllocationProblem[] = []
  const candidates = checkCandidates(input, problems)
  const prepared = prepare(candidates, input)
  const method = methodFor(candidates.length, input)
  const base = startLedger(prepared, problems)
  const found = await improve(base, method)
  swapTies(found.best, input.tie_rank ?? {})
  return { ...asAllocation(found.best, found.bound), method, problems }
}

function methodFor(size: number, { exact_limit = 2_000, relaxed_limit = 250_000 }: AllocateInput) {
  if (size <= exact_limit) return 'exact'
  return size <= relaxed_limit ? 'relaxed' : 'greedy'
}

/** The better of the greedy choice and the solver's, and what no allocation can exceed. */
async function improve(base: Ledger, method: Allocation['method']): Promise<{ best: Ledger; bound: number }> {
  const { prepared } = base
  const best = greedy(base)
  const bound = fractionalBound(prepared)
  if (method === 'greedy' || prepared.items.length === 0) return { best, bound }
  const { relative_gap = 1e-4, node_limit = 1_000 } = prepared.input
  const model = {
    gains: prepared.items.map(({ gain }) => gain),
    lower: Array.from(base.chosen),
    rows: prepared.limits,
  }
  const solved = await solveLinear(model, { integer: method === 'exact', relative_gap, node_limit })
  if (solved.status === 'infeasible') return { best, bound }
  const rounded = fill(base, solved.values)
  return {
    best: rounded.value > best.value ? rounded : best,
    bound: method === 'exact' || solved.status === 'solved' ? Math.min(bound, solved.bound) : bound,
  }
}

function asAllocation(ledger: Ledger, least_bound: number): Omit<Allocation, 'method' | 'problems'> {
  const { input, items } = ledger.prepared
  const chosen = items.filter(({ place }) => ledger.chosen[place]).map(({ candidate }) => candidate)
  const total_value = chosen.reduce((sum, c) => sum + c.value, 0)
  const bound = Math.max(least_bound, total_value)
  const spent = new Map(Object.keys(input.budgets).map((group) => [group, 0]))
  for (const { group, cost } of chosen) spent.set(group, (spent.get(group) ?? 0) + cost)
  return {
    chosen,
    total_value,
    total_cost: chosen.reduce((sum, c) => sum + c.cost, 0),
    spent: Object.fromEntries(spent),
    used: usedCapacities(chosen, input.capacities ?? {}),
    not_chosen: items
      .filter(({ place }) => !ledger.chosen[place])
      .map((item) => {
        const { unit_id, option_id } = item.candidate
        return { unit_id, option_id, why: whyNot(ledger, item) }
      }),
    bound,
    gap: bound > 0 ? (bound - total_value) / bound : 0,
  }
}

function usedCapacities(chosen: Candidate[], capacities: Readonly<Record<string, number>>): Record<string, number> {
  const used: Record<string, number> = Object.fromEntries(Object.keys(capacities).map((key) => [key, 0]))
  for (const c of chosen) {
    for (const key of [c.option_id, `${c.group}|${c.option_id}`]) if (used[key] !== undefined) used[key]++
  }
  return used
}

/** A bound without a solver: each group's budget filled by value per cost, the last one in part (Dantzig 1957). */
function fractionalBound(prepared: Prepared): number {
  const left = new Map(Object.entries(prepared.input.budgets))
  let bound = 0
  for (const { candidate, gain } of byDensity(prepared)) {
    const { cost, group } = candidate
    const budget = left.get(group)
    // A candidate without a budget was left out by `checkCandidates`.
    if (budget === undefined) continue
    const part = cost === 0 ? 1 : Math.min(1, budget / cost)
    left.set(group, budget - part * cost)
    bound += part * gain
  }
  return bound
}
