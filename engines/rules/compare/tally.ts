import { childrenOf } from '../tree.ts'
import type { Outcome } from '../run/evaluate.ts'
import type { RuleRecord } from '../schema.ts'
import type { CompiledRule, Node } from '../tree.ts'

/** How many pairs were of each kind, so that "no difference" says what was looked at. A pair may count in several. */
export type Tally = {
  /** Results: verdicts TRUE and FALSE, values (numbers, dates, text), and unknown of either. */
  true_results: number
  false_results: number
  value_results: number
  unknown: number
  /** The rule folds a list that is empty in this household, or that was never taken. */
  empty_lists: number
  lists_not_taken: number
  /** The rule folds a list with an item that is null or has no answer at all. */
  blank_items: number
  /** The household has no answer at all. */
  blank_households: number
  /** The rule counts ages and reads a birthday that is the day before, on or after the day of reference. */
  boundary_birthdays: number
  leap_birthdays: number
}

export const noTally = (): Tally => ({
  true_results: 0,
  false_results: 0,
  value_results: 0,
  unknown: 0,
  empty_lists: 0,
  lists_not_taken: 0,
  blank_items: 0,
  blank_households: 0,
  boundary_birthdays: 0,
  leap_birthdays: 0,
})

type Traits = {
  empty: Set<string>
  not_taken: Set<string>
  blank_items: Set<string>
  blank: boolean
  /** Date fields (`visit`, `members.birth_date`) with a birthday within a day of the reference date's. */
  boundary: Set<string>
  leap: Set<string>
}

const isBlank = (item: RuleRecord | null): boolean =>
  item === null || Object.values(item).every((value) => value === null || value === undefined)

const DAY = 86_400_000
const isDate = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)

/** What is special about a household at a day of reference. */
export function traitsOf(record: RuleRecord, reference_date: string): Traits {
  const traits: Traits = {
    empty: new Set(),
    not_taken: new Set(),
    blank_items: new Set(),
    blank: isBlank(record),
    boundary: new Set(),
    leap: new Set(),
  }
  const day = Date.parse(reference_date)
  const near = new Set([-DAY, 0, DAY].map((step) => new Date(day + step).toISOString().slice(5, 10)))
  const lookAt = (path: string, value: unknown): void => {
    if (!isDate(value)) return
    const leap = value.endsWith('-02-29')
    if (near.has(value.slice(5)) || (leap && (near.has('02-28') || near.has('03-01')))) traits.boundary.add(path)
    if (leap) traits.leap.add(path)
  }
  for (const [field, value] of Object.entries(record)) lookAt(field, value)
  for (const list of ['members', 'plots']) {
    const items = record[list]
    if (!Array.isArray(items)) traits.not_taken.add(list)
    else if (items.length === 0) traits.empty.add(list)
    for (const item of Array.isArray(items) ? (items as (RuleRecord | null)[]) : []) {
      if (isBlank(item)) traits.blank_items.add(list)
      for (const [field, value] of Object.entries(item ?? {})) lookAt(`${list}.${field}`, value)
    }
  }
  return traits
}

const aged = new WeakMap<CompiledRule, Set<string>>()

/** The date fields that stand inside an age(...). */
function agesOf(rule: CompiledRule): Set<string> {
  const known = aged.get(rule)
  if (known) return known
  const found = new Set<string>()
  const walk = (node: Node, inside: boolean): void => {
    const within = inside || (node.op === 'call' && node.name === 'age')
    if (within && node.op === 'read') found.add(node.list === null ? node.field : `${node.list}.${node.field}`)
    for (const child of childrenOf(node)) walk(child, within)
  }
  walk(rule.root, false)
  aged.set(rule, found)
  return found
}

/** Counts one pair. */
export function tallyPair(tally: Tally, rule: CompiledRule, outcome: Outcome, traits: Traits): void {
  if (outcome.unknown) tally.unknown++
  else if (outcome.value === true) tally.true_results++
  else if (outcome.value === false) tally.false_results++
  else tally.value_results++
  const lists = Object.keys(rule.lists)
  if (lists.some((list) => traits.empty.has(list))) tally.empty_lists++
  if (lists.some((list) => traits.not_taken.has(list))) tally.lists_not_taken++
  if (lists.some((list) => traits.blank_items.has(list))) tally.blank_items++
  if (traits.blank) tally.blank_households++
  const ages = agesOf(rule)
  if (ages.size === 0) return
  if ([...ages].some((path) => traits.boundary.has(path))) tally.boundary_birthdays++
  if ([...ages].some((path) => traits.leap.has(path))) tally.leap_birthdays++
}
