import type { Need, Option } from './sufficient.ts'

/** Amounts that differ by less than this share are the same amount: sums of fractions carry rounding. */
export const CRUMB = 1e-9

/** What a set is judged by, the first first: needs left open, shares of them left open, cost, options used. */
type Score = { open: number; shortfall: number; cost: number; count: number }

/** a - b where they differ by more than rounding, else 0. */
function difference(a: number, b: number): number {
  return Math.abs(a - b) > CRUMB * Math.max(1, Math.abs(a), Math.abs(b)) ? a - b : 0
}

function compare(a: Score, b: Score): number {
  return (
    difference(a.open, b.open) ||
    difference(a.shortfall, b.shortfall) ||
    difference(a.cost, b.cost) ||
    difference(a.count, b.count)
  )
}

/** A need during the search. `covered`: what the options chosen so far close of it. */
type Goal = {
  amount: number
  covered: number
  /** Options by what a unit of it costs: the fractional cover of one need bounds the cost of all. */
  byPrice: { choice: Choice; amount: number }[]
}

/** An option during the search. `state`: 0 undecided, 1 chosen, -1 not chosen. */
type Choice = {
  option: Option
  state: 0 | 1 | -1
  closes: { goal: Goal; amount: number }[]
  requires: Choice[]
  excludes: Set<Choice>
}

const isOpen = (goal: Goal): boolean => goal.amount - goal.covered > CRUMB * goal.amount

function searchSpace(needs: readonly Need[], options: readonly Option[]): { goals: Goal[]; choices: Choice[] } {
  const choices = options.map((option): Choice => ({ option, state: 0, closes: [], requires: [], excludes: new Set() }))
  const byId = new Map(choices.map((choice) => [choice.option.option_id, choice]))
  const named = (ids: readonly string[] = []): Choice[] => ids.flatMap((id) => byId.get(id) ?? [])
  for (const choice of choices) {
    choice.requires = named(choice.option.requires)
    for (const other of named(choice.option.excludes)) {
      choice.excludes.add(other)
      other.excludes.add(choice)
    }
  }
  const goals = needs.map(({ need_id, amount: wanted }): Goal => {
    const goal: Goal = { amount: wanted, covered: 0, byPrice: [] }
    for (const choice of choices) {
      const amount = choice.option.closes[need_id] ?? 0
      if (amount <= 0) continue
      choice.closes.push({ goal, amount })
      goal.byPrice.push({ choice, amount })
    }
    goal.byPrice.sort((a, b) => a.choice.option.cost / a.amount - b.choice.option.cost / b.amount)
    return goal
  })
  return { goals, choices }
}

/** Whether what is decided already forbids an option. */
function isBlocked(choice: Choice): boolean {
  for (const other of choice.excludes) if (other.state === 1) return true
  return choice.excludes.has(choice) || choice.requires.some((other) => other.state === -1)
}

/** What the undecided options can still do for one need, by price: `gap` stays open at the best, `price` is the least. */
function fractionalCover(goal: Goal): { gap: number; price: number } {
  const crumb = CRUMB * goal.amount
  let gap = goal.amount - goal.covered
  let price = 0
  if (gap <= crumb) return { gap: 0, price }
  for (const { choice, amount } of goal.byPrice) {
    if (choice.state !== 0 || isBlocked(choice)) continue
    const part = Math.min(1, gap / amount)
    price += part * choice.option.cost
    gap -= part * amount
    if (gap <= crumb) return { gap: 0, price }
  }
  return { gap, price }
}

/** The best that any set can score which agrees with what is decided. */
function boundOf(goals: readonly Goal[], cost: number, count: number): Score {
  let [open, shortfall, more] = [0, 0, 0]
  for (const goal of goals) {
    const { gap, price } = fractionalCover(goal)
    if (gap > 0) {
      open++
      shortfall += gap / goal.amount
    }
    more = Math.max(more, price)
  }
  return { open, shortfall, cost: cost + more, count }
}

/** The score of a set in which every option is decided. */
function scoreOf(goals: readonly Goal[], cost: number, count: number): Score {
  const open = goals.filter(isOpen)
  const shortfall = open.reduce((sum, goal) => sum + (goal.amount - goal.covered) / goal.amount, 0)
  return { open: open.length, shortfall, cost, count }
}

/**
 * The identifiers of the best set of options; `proven` false where the search ended at `node_limit` nodes. Options are met
 * in the order given.
 */
export function branchAndBound(
  needs: readonly Need[],
  options: readonly Option[],
  node_limit: number,
): { best: ReadonlySet<string>; proven: boolean } {
  const { goals, choices } = searchSpace(needs, options)
  let best: ReadonlySet<string> = new Set()
  // Choosing nothing is always allowed.
  let bestScore: Score = { open: needs.length, shortfall: needs.length, cost: 0, count: 0 }
  let nodes = 0

  const finish = (cost: number, count: number): void => {
    const chosen = choices.filter((choice) => choice.state === 1)
    if (chosen.some((choice) => choice.requires.some((other) => other.state !== 1))) return
    const score = scoreOf(goals, cost, count)
    if (compare(score, bestScore) >= 0) return
    bestScore = score
    best = new Set(chosen.map((choice) => choice.option.option_id))
  }
  const visit = (i: number, cost: number, count: number): void => {
    if (nodes > node_limit) return
    nodes++
    // Options are met in the order of their identifiers and tried chosen first, so of equals the first stays.
    if (compare(boundOf(goals, cost, count), bestScore) >= 0) return
    const choice = choices[i]
    if (!choice) return finish(cost, count)
    if (!isBlocked(choice)) {
      choice.state = 1
      for (const { goal, amount } of choice.closes) goal.covered += amount
      visit(i + 1, cost + choice.option.cost, count + 1)
      for (const { goal, amount } of choice.closes) goal.covered -= amount
    }
    choice.state = -1
    visit(i + 1, cost, count)
    choice.state = 0
  }
  visit(0, 0, 0)
  return { best, proven: nodes <= node_limit }
}
