import type { AllocateInput, Candidate } from './allocate.ts'
import { type AllocationProblem, byCodeUnit, usable } from './problems.ts'
import type { Row } from './solver.ts'

export type Prepared = {
  input: AllocateInput
  candidates: Candidate[]
  gains: number[]
  rows: (Row & { kind: 'budget' | 'capacity' | 'unit'; about: string })[]
  /** Rows that each candidate stands in, with its coefficient. */
  rowsOf: { row: number; value: number }[][]
}

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

/** The limits as rows of a whole-number problem. A row that cannot bind is left out. */
export function prepare(candidates: Candidate[], input: AllocateInput): Prepared {
  const rows: Prepared['rows'] = []
  const members = new Map<string, number[]>()
  const join = (key: string, i: number): void => {
    const list = members.get(key)
    if (list) list.push(i)
    else members.set(key, [i])
  }
  for (const [i, c] of candidates.entries()) {
    join(JSON.stringify(['group', c.group]), i)
    join(JSON.stringify(['unit', c.unit_id]), i)
    join(JSON.stringify(['capacity', c.option_id]), i)
    join(JSON.stringify(['capacity', `${c.group}|${c.option_id}`]), i)
  }
  const add = (kind: 'budget' | 'capacity' | 'unit', about: string, upper: number, columns: number[]): void => {
    const values = columns.map((i) => (kind === 'budget' ? candidates[i]!.cost : 1))
    if (values.reduce((a, b) => a + b, 0) > upper) rows.push({ kind, about, upper, columns, values })
  }
  const of = (...key: string[]): number[] => members.get(JSON.stringify(key)) ?? []
  for (const group of Object.keys(input.budgets).sort(byCodeUnit)) {
    add('budget', group, limit(input.budgets[group]!), of('group', group))
  }
  if (input.total_budget !== undefined) add('budget', '', limit(input.total_budget), [...candidates.keys()])
  for (const key of Object.keys(input.capacities ?? {}).sort(byCodeUnit)) {
    add('capacity', key, Math.floor(limit(input.capacities![key]!)), of('capacity', key))
  }
  const sets = (input.at_most_one_of ?? []).map((ids) => new Set(ids))
  for (const [key, columns] of members) {
    const [kind, unit] = JSON.parse(key) as [string, string]
    if (kind !== 'unit') continue
    if (input.per_unit !== undefined) add('unit', unit, limit(input.per_unit), columns)
    for (const set of sets)
      add(
        'unit',
        unit,
        1,
        columns.filter((i) => set.has(candidates[i]!.option_id)),
      )
  }
  const rowsOf: Prepared['rowsOf'] = candidates.map(() => [])
  for (const [row, { columns, values }] of rows.entries()) {
    for (const [k, i] of columns.entries()) rowsOf[i]!.push({ row, value: values[k]! })
  }
  return { input, candidates, gains: candidates.map((c) => c.value), rows, rowsOf }
}
