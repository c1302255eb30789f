import type { AllocateInput, Candidate } from './allocate.ts'
import { type AllocationProblem, byCodeUnit, usable } from './problems.ts'
import type { Row } from './solver.ts'

/** One limit as a row of the whole-number problem. `place`: its index among all limits. */
export type Limit = Row & { kind: 'budget' | 'capacity' | 'unit'; about: string; place: number }

/** One candidate. `place`: its index among all; `uses`: the limits that it draws on, and how much of each. */
export type Item = { place: number; candidate: Candidate; gain: number; uses: { limit: Limit; value: number }[] }

export type Prepared = { input: AllocateInput; items: Item[]; limits: Limit[] }

/** Candidates that can be weighed, in the order of unit and option; the others are reported. */
export function checkCandidates(input: AllocateInput, problems: AllocationProblem[]): Candidate[] {
  const report = (code: AllocationProblem['code'], about: string, message: string): false => {
    problems.push({ code, about, message })
    return false
  }
  for (const [about, amount] of [...Object.entries(input.budgets), ...Object.entries(input.capacities ?? {})]) {
    if (!usable(amount)) report('bad_number', about, `The limit of "${about}" is below 0 or not finite; taken as 0`)
  }
  const seen = new Set<string>()
  const missing = new Set<string>()
  return input.candidates
    .toSorted((a, b) => byCodeUnit(a.unit_id, b.unit_id) || byCodeUnit(a.option_id, b.option_id))
    .filter((c) => {
      const about = `${c.unit_id} | ${c.option_id}`
      if (!usable(c.cost) || !usable(c.value)) {
        return report('bad_number', about, 'Cost and value are numbers of 0 or more')
      }
      if (!Object.hasOwn(input.budgets, c.group)) {
        if (!missing.has(c.group)) report('group_without_budget', c.group, `No budget for the group "${c.group}"`)
        missing.add(c.group)
        return c.required ? report('required_missing', about, `Required, but "${c.group}" has no budget`) : false
      }
      const key = JSON.stringify([c.unit_id, c.option_id])
      if (seen.has(key)) return report('duplicate', about, 'The unit has this option more than once; the first stays')
      seen.add(key)
      return true
    })
}

const limit = (x: number): number => (usable(x) ? x : 0)

/** Items in lists by a key, in the order in which the keys first occur. */
function grouped(items: readonly Item[], keysOf: (item: Item) => readonly string[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    for (const key of keysOf(item)) {
      const list = groups.get(key)
      if (list) list.push(item)
      else groups.set(key, [item])
    }
  }
  return groups
}

const inOrder = (limits: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(limits).sort(([a], [b]) => byCodeUnit(a, b))

/** The limits as rows of a whole-number problem. A row that cannot bind is left out. */
export function prepare(candidates: Candidate[], input: AllocateInput): Prepared {
  const items = candidates.map((candidate, place): Item => ({ place, candidate, gain: candidate.value, uses: [] }))
  const limits: Limit[] = []
  const add = (kind: Limit['kind'], about: string, upper: number, members: readonly Item[]): void => {
    const values = members.map(({ candidate }) => (kind === 'budget' ? candidate.cost : 1))
    if (values.reduce((a, b) => a + b, 0) <= upper) return
    const columns = members.map(({ place }) => place)
    const row: Limit = { kind, about, upper, columns, values, place: limits.length }
    limits.push(row)
    for (const item of members) item.uses.push({ limit: row, value: kind === 'budget' ? item.candidate.cost : 1 })
  }
  const groups = grouped(items, ({ candidate }) => [candidate.group])
  for (const [group, amount] of inOrder(input.budgets)) add('budget', group, limit(amount), groups.get(group) ?? [])
  if (input.total_budget !== undefined) add('budget', '', limit(input.total_budget), items)
  const capacities = grouped(items, ({ candidate: { option_id, group } }) => [option_id, `${group}|${option_id}`])
  for (const [key, amount] of inOrder(input.capacities ?? {})) {
    add('capacity', key, Math.floor(limit(amount)), capacities.get(key) ?? [])
  }
  const sets = (input.at_most_one_of ?? []).map((ids) => new Set(ids))
  for (const [unit, members] of grouped(items, ({ candidate }) => [candidate.unit_id])) {
    if (input.per_unit !== undefined) add('unit', unit, limit(input.per_unit), members)
    for (const set of sets) {
      const among = members.filter(({ candidate }) => set.has(candidate.option_id))
      add('unit', unit, 1, among)
    }
  }
  return { input, items, limits }
}
