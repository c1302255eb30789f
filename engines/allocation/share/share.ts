import { byCodeUnit } from '../problems.ts'
import { solveLinear, type Row } from '../solver.ts'
import { fairShares, floorRows, placesOf } from './floors.ts'
import { limitRows, type LinearModel } from './model.ts'
import { Purse, takeInOrder } from './purse.ts'
import type { Bundle, Shared, ShareInput } from './types.ts'

/**
 * Serves bundles whole, so that the weight served is greatest within pools that stand behind one another, with a floor
 * for each place. One answer for one input, in whatever order: no clock is asked, ties go by lot, then by identifier.
 *
 * The relaxed problem is solved by HiGHS and made whole; what it leaves undecided, by reduced costs, is solved exactly where that is
 * few enough. Amounts are added up in the numbers handed over: no tolerance of a solver passes a pool. A floor holds for
 * the relaxed problem; made whole, a place may be short of it by less than its greatest bundle.
 * Leximin: Ogryczak, Luss and others, "Fair optimization and networks: a survey" (2014).
 */
export async function shareOut(input: ShareInput): Promise<Shared> {
  const lot = input.lot ?? (() => 0)
  const bundles = input.bundles
    .filter((each) => each.weight > 0)
    .toSorted((a, b) => lot(a.unit_id) - lot(b.unit_id) || byCodeUnit(a.unit_id, b.unit_id))
  const purse = new Purse(input.pools)
  const served = new Set<string>()
  const total = sum(bundles.map((each) => each.weight))
  let bound = total
  // Where there is enough for all, there is nothing to weigh.
  const unserved = () => bundles.filter((each) => !served.has(each.unit_id))
  takeInOrder(purse, bundles, served)
  if (unserved().length === 0) return resultOf(input, bundles, served, bound)

  let best = wholeOf(input, bundles, byDensity(bundles))
  if (bundles.length <= (input.relaxed_limit ?? 100_000)) {
    const limits = limitRows(bundles, input.pools)
    const floors = await floorsOf(input, bundles, limits)
    const relaxed = await solveLinear(objective(bundles, limits, floors), {
      integer: false,
      relative_gap: 0,
      node_limit: 0,
    })
    if (relaxed.status === 'solved') {
      bound = Math.min(bound, relaxed.bound)
      const rounded = wholeOf(input, bundles, byValues(bundles, relaxed.values))
      // With floors the greedy one is no rival: it knows nothing of them.
      if (floors.length > 0 || weightOf(rounded, bundles) > weightOf(best, bundles)) best = rounded
      best = await decide(input, bundles, { floors, relaxed, best, bound })
    }
  }
  return resultOf(input, bundles, byLot(bundles, best), bound)
}

const sum = (of: readonly number[]): number => of.reduce((total, each) => total + each, 0)
const weightOf = (served: ReadonlySet<string>, bundles: readonly Bundle[]): number =>
  sum(bundles.filter((each) => served.has(each.unit_id)).map((each) => each.weight))

/** Served in this order while it fits. */
function wholeOf(input: ShareInput, bundles: readonly Bundle[], order: readonly Bundle[]): Set<string> {
  const served = new Set<string>()
  const purse = new Purse(input.pools)
  takeInOrder(purse, order, served)
  // What the order left out may still fit beside it.
  takeInOrder(purse, byDensity(bundles), served)
  return served
}

/** Weight for its cost; what costs nothing first. Costs in different pools are added up: a rule of thumb. */
function byDensity(bundles: readonly Bundle[]): Bundle[] {
  const cost = new Map(bundles.map((each) => [each, sum(each.draws.map((draw) => draw.amount))]))
  const of = (each: Bundle) => cost.get(each) ?? 0
  return bundles.toSorted((a, b) => b.weight * of(a) - a.weight * of(b) || b.weight - a.weight)
}

/** What the relaxed problem serves whole, then what it serves in part, the greater part first. */
const byValues = (bundles: readonly Bundle[], values: Float64Array): Bundle[] =>
  [...bundles.entries()]
    .filter(([column]) => (values[column] ?? 0) > 1e-6)
    .toSorted(([a], [b]) => (values[b] ?? 0) - (values[a] ?? 0) || a - b)
    .map(([, each]) => each)

async function floorsOf(input: ShareInput, bundles: readonly Bundle[], limits: LinearModel): Promise<Row[]> {
  const floor = Math.min(1, Math.max(0, input.floor ?? 0))
  const places = placesOf(bundles)
  if (floor === 0 || places.size < 2) return []
  const fair = await fairShares(bundles, limits)
  // A hair below, or the rounding of one problem would make the next impossible.
  return floorRows(places, new Map([...fair].map(([place, share]) => [place, Math.max(0, share * floor - 1e-6)])))
}

function objective(bundles: readonly Bundle[], limits: LinearModel, floors: readonly Row[]) {
  const flows = limits.variables - limits.bundles
  return {
    gains: [...bundles.map((each) => each.weight), ...Array.from({ length: flows }, () => 0)],
    lower: Array.from({ length: limits.variables }, () => 0),
    upper: [...bundles.map(() => 1), ...Array.from({ length: flows }, () => Infinity)],
    rows: [...floors, ...limits.rows],
  }
}

interface Relaxed {
  floors: readonly Row[]
  relaxed: { values: Float64Array; reduced: Float64Array }
  best: Set<string>
  bound: number
}

/**
 * Fixes what the reduced costs decide (another choice would cost more than what is still to be won), and solves the rest
 * exactly where it is small.
 */
async function decide(input: ShareInput, bundles: readonly Bundle[], given: Relaxed): Promise<Set<string>> {
  const { floors, relaxed, best, bound } = given
  const slack = bound - weightOf(best, bundles)
  if (slack <= 1e-9 * Math.max(1, bound)) return best
  const open = new Set<number>()
  for (const column of bundles.keys()) {
    if (Math.abs(relaxed.reduced[column] ?? 0) <= slack) open.add(column)
  }
  if (open.size === 0 || open.size > (input.exact_limit ?? 1_500)) return best
  const kept = new Set(
    [...bundles.entries()]
      .filter(([column]) => !open.has(column) && (relaxed.values[column] ?? 0) > 0.5)
      .map(([, each]) => each.unit_id),
  )
  const purse = new Purse(input.pools)
  const served = new Set<string>()
  const certain = bundles.filter((each) => kept.has(each.unit_id))
  takeInOrder(purse, certain, served)
  if (served.size < certain.length) return best
  const rest = bundles.filter((_, column) => open.has(column))
  const left = limitRows(rest, Object.fromEntries(Object.keys(input.pools).map((pool) => [pool, purse.left(pool)])))
  const model = objective(rest, left, restFloors(bundles, rest, floors, certain))
  const solved = await solveInteger(model, left.bundles, input.node_limit ?? 20)
  if (solved === null) return best
  takeInOrder(purse, byValues(rest, solved), served)
  takeInOrder(purse, byDensity(bundles), served)
  return floors.length === 0 && weightOf(served, bundles) <= weightOf(best, bundles) ? best : served
}

/** Floors over the undecided bundles, less what is served already. */
function restFloors(
  bundles: readonly Bundle[],
  rest: readonly Bundle[],
  floors: readonly Row[],
  certain: readonly Bundle[],
): Row[] {
  const at = new Map(rest.map((each, column) => [each.unit_id, column]))
  const sure = new Set(certain.map((each) => each.unit_id))
  return floors.flatMap(({ upper, columns, values }) => {
    let left = upper
    const row: Row = { upper: 0, columns: [], values: [] }
    for (const [k, column] of columns.entries()) {
      const unit = bundles[column]?.unit_id ?? ''
      const value = values[k] ?? 0
      const open = at.get(unit)
      if (sure.has(unit)) left -= value
      else if (open !== undefined) {
        row.columns.push(open)
        row.values.push(value)
      }
    }
    // A floor that whole bundles cannot reach is short by less than the greatest of them.
    const greatest = Math.max(0, ...row.values.map(Math.abs))
    return left < -greatest && row.columns.length > 0 ? [{ ...row, upper: left + greatest }] : []
  })
}

/** Bundles whole, flows in part: the flows are no whole numbers. Null where no answer was found. */
async function solveInteger(model: ReturnType<typeof objective>, bundles: number, node_limit: number) {
  const solved = await solveLinear(model, { integer: true, whole: bundles, relative_gap: 1e-6, node_limit })
  return solved.status === 'infeasible' || solved.values.length === 0 ? null : solved.values
}

/** Of bundles that differ in nothing but the unit, those of the lower lot are served. */
function byLot(bundles: readonly Bundle[], served: ReadonlySet<string>): Set<string> {
  const alike = Map.groupBy(bundles, ({ place, weight, draws }) => JSON.stringify([place, weight, draws]))
  return new Set(
    [...alike.values()].flatMap((of) => {
      const many = of.filter((each) => served.has(each.unit_id)).length
      // They stand in the order of their lots.
      return of.slice(0, many).map((each) => each.unit_id)
    }),
  )
}

/** Pays out the served bundles and says what came of it. */
function resultOf(input: ShareInput, bundles: readonly Bundle[], served: ReadonlySet<string>, bound: number): Shared {
  const purse = new Purse(input.pools)
  const paid = new Set<string>()
  takeInOrder(
    purse,
    bundles.filter((each) => served.has(each.unit_id)),
    paid,
  )
  const short_of = new Map<string, string>()
  for (const each of bundles) {
    if (paid.has(each.unit_id)) continue
    const pool = purse.take(each.draws)
    if (pool === null) paid.add(each.unit_id)
    else short_of.set(each.unit_id, pool)
  }
  const value = weightOf(paid, bundles)
  const served_share = new Map(
    [...placesOf(bundles)].map(([place, of]) => {
      const there = of.columns.filter((column) => paid.has(bundles[column]?.unit_id ?? ''))
      return [place, sum(there.map((column) => bundles[column]?.weight ?? 0)) / of.weight]
    }),
  )
  const limit = Math.max(bound, value)
  return {
    served: [...paid].toSorted(byCodeUnit),
    value,
    bound: limit,
    gap: limit > 0 ? (limit - value) / limit : 0,
    spent: purse.spent(),
    short_of,
    served_share,
  }
}
