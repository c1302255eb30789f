import { byCodeUnit, type AllocationProblem } from './problems.ts'
import type { Prepared } from './prepare.ts'

/** What is chosen so far and what each limit has left, added up in the numbers handed over. */
export type Ledger = { prepared: Prepared; chosen: boolean[]; fixed: boolean[]; left: number[]; value: number }

/** Why a candidate was not chosen, looking at the finished allocation: the limit that adding it would break. */
export type WhyNot = 'budget' | 'capacity' | 'unit_rule' | 'no_value'

const fits = (ledger: Ledger, i: number): boolean =>
  ledger.prepared.rowsOf[i]!.every(({ row, value }) => value <= ledger.left[row]!)

function put(ledger: Ledger, i: number, sign: 1 | -1): void {
  ledger.chosen[i] = sign === 1
  ledger.value += sign * ledger.prepared.gains[i]!
  for (const { row, value } of ledger.prepared.rowsOf[i]!) ledger.left[row]! -= sign * value
}

const copy = (ledger: Ledger): Ledger => ({ ...ledger, chosen: ledger.chosen.slice(), left: ledger.left.slice() })

/** The ledger with what is required, in order, while it fits; what does not is reported. */
export function startLedger(prepared: Prepared, problems: AllocationProblem[]): Ledger {
  const ledger: Ledger = {
    prepared,
    chosen: prepared.candidates.map(() => false),
    fixed: prepared.candidates.map(() => false),
    left: prepared.rows.map((row) => row.upper),
    value: 0,
  }
  for (const [i, c] of prepared.candidates.entries()) {
    if (!c.required) continue
    if (fits(ledger, i)) {
      put(ledger, i, 1)
      ledger.fixed[i] = true
      continue
    }
    const broken = prepared.rowsOf[i]!.find(({ row, value }) => value > ledger.left[row]!)!
    const { kind, about } = prepared.rows[broken.row]!
    const code =
      kind === 'budget'
        ? 'required_exceeds_budget'
        : kind === 'capacity'
          ? 'required_exceeds_capacity'
          : 'required_conflict'
    const message = `Required, but it does not fit the ${kind} limit "${about}"`
    problems.push({ code, about: `${c.unit_id} | ${c.option_id}`, message })
  }
  return ledger
}

/** Adds in the given order whatever fits and is worth something. */
function addAll(ledger: Ledger, order: readonly number[]): Ledger {
  for (const i of order) {
    if (!ledger.chosen[i] && ledger.prepared.gains[i]! > 0 && fits(ledger, i)) put(ledger, i, 1)
  }
  return ledger
}

export function byDensity({ candidates, gains }: Prepared): number[] {
  // Value per cost without dividing: what costs nothing comes first. Ties: more value, then unit and option.
  return [...candidates.keys()]
    .filter((i) => gains[i]! > 0)
    .sort((a, b) => gains[b]! * candidates[a]!.cost - gains[a]! * candidates[b]!.cost || gains[b]! - gains[a]! || a - b)
}

/** The better of two simple ways: by value per cost, and by value. */
export function greedy(base: Ledger): Ledger {
  const density = addAll(copy(base), byDensity(base.prepared))
  const { gains } = base.prepared
  const value = addAll(
    copy(base),
    [...gains.keys()].sort((a, b) => gains[b]! - gains[a]! || a - b),
  )
  return density.value >= value.value ? density : value
}

/** A solver's values made whole: the whole ones first, then the parts by size, then whatever still fits. */
export function fill(base: Ledger, values: ArrayLike<number>): Ledger {
  const ledger = copy(base)
  const whole: number[] = []
  const parts: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (values[i]! > 1 - 1e-6) whole.push(i)
    else if (values[i]! > 1e-6) parts.push(i)
  }
  addAll(ledger, whole)
  addAll(
    ledger,
    parts.sort((a, b) => values[b]! - values[a]! || a - b),
  )
  return addAll(ledger, byDensity(base.prepared))
}

/**
 * Where a chosen candidate differs from one not chosen in nothing but the unit, the unit that comes first has it, if
 * its own rules allow. Value, spending and capacities stay as they are. Each pass improves the order, so it ends.
 */
export function swapTies(ledger: Ledger, rank: Readonly<Record<string, number>>): void {
  const { candidates } = ledger.prepared
  const classes = new Map<string, number[]>()
  for (const [i, c] of candidates.entries()) {
    if (ledger.fixed[i]) continue
    const key = JSON.stringify([c.option_id, c.group, c.cost, c.value])
    const list = classes.get(key)
    if (list) list.push(i)
    else classes.set(key, [i])
  }
  const place = (i: number): number => rank[candidates[i]!.unit_id] ?? Infinity
  for (const members of classes.values()) {
    members.sort((a, b) => {
      const [x, y] = [place(a), place(b)]
      return (x === y ? 0 : x - y) || byCodeUnit(candidates[a]!.unit_id, candidates[b]!.unit_id)
    })
    let last = members.length - 1
    for (const [k, first] of members.entries()) {
      if (ledger.chosen[first]) continue
      // The last chosen one gives way to the first not chosen.
      while (last >= 0 && !ledger.chosen[members[last]!]) last--
      if (last < k) break
      put(ledger, members[last]!, -1)
      if (fits(ledger, first)) put(ledger, first, 1)
      else put(ledger, members[last]!, 1)
    }
  }
  // A unit that gave something up may have room under its own rules for something else.
  addAll(ledger, byDensity(ledger.prepared))
}

export function whyNot(ledger: Ledger, i: number): WhyNot {
  if (!(ledger.prepared.gains[i]! > 0)) return 'no_value'
  const broken = ledger.prepared.rowsOf[i]!.filter(({ row, value }) => value > ledger.left[row]!)
  const kinds = new Set(broken.map(({ row }) => ledger.prepared.rows[row]!.kind))
  // The unit's own rule first: with it, no more money would change anything.
  if (kinds.has('unit')) return 'unit_rule'
  if (kinds.has('capacity')) return 'capacity'
  return 'budget'
}
