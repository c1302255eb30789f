import { byCodeUnit, type AllocationProblem } from './problems.ts'
import type { Item, Limit, Prepared } from './prepare.ts'

/** What is chosen so far and what each limit has left, added up in the numbers handed over. */
export type Ledger = {
  prepared: Prepared
  /** By an item's place: 1 where it is chosen; 1 where it is required and stays chosen. */
  chosen: Uint8Array
  fixed: Uint8Array
  /** By a limit's place. */
  left: Float64Array
  value: number
}

/** Why a candidate was not chosen, looking at the finished allocation: the limit that adding it would break. */
export type WhyNot = 'budget' | 'capacity' | 'unit_rule' | 'no_value'

/** What a limit has left. Throws RangeError for a limit of another problem. */
function leftOf({ left }: Ledger, { place, about }: Limit): number {
  const amount = left[place]
  if (amount === undefined) throw new RangeError(`The ledger has no limit "${about}" in place ${place}`)
  return amount
}

const breaks = (ledger: Ledger, { limit, value }: Item['uses'][number]): boolean => value > leftOf(ledger, limit)

function fits(ledger: Ledger, item: Item): boolean {
  for (const use of item.uses) if (breaks(ledger, use)) return false
  return true
}

function put(ledger: Ledger, item: Item, sign: 1 | -1): void {
  ledger.chosen[item.place] = sign === 1 ? 1 : 0
  ledger.value += sign * item.gain
  for (const { limit, value } of item.uses) ledger.left[limit.place] = leftOf(ledger, limit) - sign * value
}

const copy = (ledger: Ledger): Ledger => ({ ...ledger, chosen: ledger.chosen.slice(), left: ledger.left.slice() })

const REQUIRED_BREAKS = {
  budget: 'required_exceeds_budget',
  capacity: 'required_exceeds_capacity',
  unit: 'required_conflict',
} as const

/** The ledger with what is required, in order, while it fits; what does not is reported. */
export function startLedger(prepared: Prepared, problems: AllocationProblem[]): Ledger {
  const ledger: Ledger = {
    prepared,
    chosen: new Uint8Array(prepared.items.length),
    fixed: new Uint8Array(prepared.items.length),
    left: Float64Array.from(prepared.limits, (limit) => limit.upper),
    value: 0,
  }
  for (const item of prepared.items) {
    const { required, unit_id, option_id } = item.candidate
    if (!required) continue
    const broken = item.uses.find((use) => breaks(ledger, use))
    if (!broken) {
      put(ledger, item, 1)
      ledger.fixed[item.place] = 1
      continue
    }
    const { kind, about } = broken.limit
    const message = `Required, but it does not fit the ${kind} limit "${about}"`
    problems.push({ code: REQUIRED_BREAKS[kind], about: `${unit_id} | ${option_id}`, message })
  }
  return ledger
}

/** Adds in the given order whatever fits and is worth something. */
function addAll(ledger: Ledger, order: readonly Item[]): Ledger {
  for (const item of order) {
    if (!ledger.chosen[item.place] && item.gain > 0 && fits(ledger, item)) put(ledger, item, 1)
  }
  return ledger
}

export function byDensity({ items }: Prepared): Item[] {
  // Value per cost without dividing: what costs nothing comes first. Ties: more value, then unit and option.
  return items
    .filter((item) => item.gain > 0)
    .sort((a, b) => b.gain * a.candidate.cost - a.gain * b.candidate.cost || b.gain - a.gain || a.place - b.place)
}

/** The better of two simple ways: by value per cost, and by value. */
export function greedy(base: Ledger): Ledger {
  const { prepared } = base
  const density = addAll(copy(base), byDensity(prepared))
  const value = addAll(
    copy(base),
    prepared.items.toSorted((a, b) => b.gain - a.gain || a.place - b.place),
  )
  return density.value >= value.value ? density : value
}

/** A solver's values made whole: the whole ones first, then the parts by size, then whatever still fits. */
export function fill(base: Ledger, values: ArrayLike<number>): Ledger {
  const ledger = copy(base)
  const whole: Item[] = []
  const parts: { item: Item; part: number }[] = []
  for (const item of base.prepared.items) {
    const part = values[item.place]
    if (part === undefined) throw new RangeError(`The solver gave no value for candidate ${item.place}`)
    if (part > 1 - 1e-6) whole.push(item)
    else if (part > 1e-6) parts.push({ item, part })
  }
  addAll(ledger, whole)
  parts.sort((a, b) => b.part - a.part || a.item.place - b.item.place)
  addAll(
    ledger,
    parts.map(({ item }) => item),
  )
  return addAll(ledger, byDensity(base.prepared))
}

/** Candidates that differ in nothing but the unit, those that are not fixed. */
function likeCandidates(ledger: Ledger): Iterable<Item[]> {
  const classes = new Map<string, Item[]>()
  for (const item of ledger.prepared.items) {
    if (ledger.fixed[item.place]) continue
    const { option_id, group, cost, value } = item.candidate
    const key = JSON.stringify([option_id, group, cost, value])
    const list = classes.get(key)
    if (list) list.push(item)
    else classes.set(key, [item])
  }
  return classes.values()
}

/**
 * Where a chosen candidate differs from one not chosen in nothing but the unit, the unit that comes first has it, if
 * its own rules allow. Value, spending and capacities stay as they are. Each pass improves the order, so it ends.
 */
export function swapTies(ledger: Ledger, rank: Readonly<Record<string, number>>): void {
  const rankOf = (item: Item): number => rank[item.candidate.unit_id] ?? Infinity
  for (const members of likeCandidates(ledger)) {
    members.sort((a, b) => {
      const [x, y] = [rankOf(a), rankOf(b)]
      return (x === y ? 0 : x - y) || byCodeUnit(a.candidate.unit_id, b.candidate.unit_id)
    })
    let end = members.length - 1
    for (const [k, first] of members.entries()) {
      if (ledger.chosen[first.place]) continue
      // The last chosen one gives way to the first not chosen.
      let last = members[end]
      while (last && !ledger.chosen[last.place]) last = members[--end]
      if (!last || end < k) break
      put(ledger, last, -1)
      if (fits(ledger, first)) put(ledger, first, 1)
      else put(ledger, last, 1)
    }
  }
  // A unit that gave something up may have room under its own rules for something else.
  addAll(ledger, byDensity(ledger.prepared))
}

export function whyNot(ledger: Ledger, item: Item): WhyNot {
  if (!(item.gain > 0)) return 'no_value'
  const kinds = new Set(item.uses.filter((use) => breaks(ledger, use)).map(({ limit }) => limit.kind))
  // The unit's own rule first: with it, no more money would change anything.
  if (kinds.has('unit')) return 'unit_rule'
  if (kinds.has('capacity')) return 'capacity'
  return 'budget'
}
