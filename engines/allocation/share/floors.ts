// The least that each place is given: the worst served place is lifted as far as it goes, then the next (leximin).
import type { Row } from '../solver.ts'
import { solveLinear } from '../solver.ts'
import type { LinearModel } from './model.ts'
import type { Bundle } from './types.ts'

// With one pool for all, every place is as high as the worst after the first level; each further pool may need one more.
const most_levels = 6
const tolerance = 1e-6

/** Of each place the part of its weight, from 0 to 1, that leximin gives it in the relaxed problem. */
export async function fairShares(bundles: readonly Bundle[], limits: LinearModel): Promise<Map<string, number>> {
  const places = placesOf(bundles)
  const fixed = new Map<string, number>()
  for (let level = 0; level < most_levels && fixed.size < places.size; level++) {
    const { share, stuck } = await lift(places, limits, fixed)
    // Nothing can be told apart any more: all that are left stand at this share.
    const last = stuck.length === 0 || level === most_levels - 1
    for (const place of last ? places.keys() : stuck) if (!fixed.has(place)) fixed.set(place, share)
  }
  return fixed
}

interface PlaceOf {
  columns: number[]
  weights: number[]
  weight: number
}

export function placesOf(bundles: readonly Bundle[]): Map<string, PlaceOf> {
  const places = new Map<string, PlaceOf>()
  for (const [column, { place, weight }] of bundles.entries()) {
    const of = places.get(place) ?? { columns: [], weights: [], weight: 0 }
    places.set(place, of)
    of.columns.push(column)
    of.weights.push(weight)
    of.weight += weight
  }
  return places
}

/** share x weight of the place <= what is served there; `level` is the variable that is shared by all places. */
const floorRow = (of: PlaceOf, share: number): Row => ({
  upper: -share,
  columns: of.columns,
  values: of.weights.map((weight) => -weight / of.weight),
})

/** The rows that hold these floors. */
export const floorRows = (places: ReadonlyMap<string, PlaceOf>, floors: ReadonlyMap<string, number>): Row[] =>
  [...floors].flatMap(([place, share]) => {
    const of = places.get(place)
    return of && share > 0 ? [floorRow(of, share)] : []
  })

/** The highest share that all places without a fixed one can have together, and which of them it holds back. */
async function lift(
  places: ReadonlyMap<string, PlaceOf>,
  limits: LinearModel,
  fixed: ReadonlyMap<string, number>,
): Promise<{ share: number; stuck: string[] }> {
  const level = limits.variables
  const free = [...places].filter(([place]) => !fixed.has(place))
  const rising = free.map(([, of]): Row => {
    const { columns, values } = floorRow(of, 0)
    return { upper: 0, columns: [...columns, level], values: [...values, 1] }
  })
  const gains = Array.from({ length: level + 1 }, (_, column) => (column === level ? 1 : 0))
  const solved = await solveLinear(
    {
      gains,
      lower: gains.map(() => 0),
      upper: gains.map((_, column) => (column < limits.bundles || column === level ? 1 : Infinity)),
      // A little below what was reached, or rounding would make it impossible.
      rows: [
        ...rising,
        ...floorRows(places, new Map([...fixed].map(([key, of]) => [key, of - tolerance]))),
        ...limits.rows,
      ],
    },
    { integer: false, relative_gap: 0, node_limit: 0 },
  )
  if (solved.status === 'infeasible') return { share: 0, stuck: [] }
  const share = Math.min(1, Math.max(0, solved.values[level] ?? 0))
  const stuck = free.filter((_, row) => Math.abs(solved.prices[row] ?? 0) > tolerance).map(([place]) => place)
  return { share, stuck: share >= 1 - tolerance ? free.map(([place]) => place) : stuck }
}
