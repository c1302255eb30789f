// The sharing out as a linear problem: one variable a bundle, and one for what each group of draws takes of each of its pools.
import type { Row } from '../solver.ts'
import type { Bundle } from './types.ts'

export interface LinearModel {
  /** Variables of bundles come first, in their order; then the flows. */
  bundles: number
  variables: number
  rows: Row[]
}

/** A row being filled. */
class Filling {
  readonly columns: number[] = []
  readonly values: number[] = []
  readonly upper: number

  constructor(upper: number) {
    this.upper = upper
  }

  put(column: number, value: number): void {
    this.columns.push(column)
    this.values.push(value)
  }

  /** Money runs to 10^12 minor units; the solver's tolerance is for numbers around 1. */
  row(): Row {
    const size = Math.max(...this.values.map(Math.abs), 1)
    return { upper: this.upper / size, columns: this.columns, values: this.values.map((value) => value / size) }
  }
}

export function limitRows(bundles: readonly Bundle[], pools: Readonly<Record<string, number>>): LinearModel {
  const of_pool = new Map<string, Filling>()
  const of_chain = new Map<string, { pools: readonly string[]; demand: Filling }>()
  const poolRow = (pool: string): Filling => {
    const known = of_pool.get(pool)
    if (known) return known
    const made = new Filling(Math.max(0, pools[pool] ?? 0))
    of_pool.set(pool, made)
    return made
  }
  for (const [column, { draws }] of bundles.entries()) {
    for (const [chain, amount] of demands(draws)) {
      const names: string[] = JSON.parse(chain)
      const [only] = names
      if (names.length === 1 && only !== undefined) {
        poolRow(only).put(column, amount)
        continue
      }
      const known = of_chain.get(chain) ?? { pools: names, demand: new Filling(0) }
      of_chain.set(chain, known)
      known.demand.put(column, amount)
    }
  }
  let variables = bundles.length
  for (const { pools: names, demand } of of_chain.values()) {
    // Flows are counted in the largest demand, as bundles are in themselves.
    const size = Math.max(...demand.values, 1)
    for (const pool of names) {
      demand.put(variables, -size)
      poolRow(pool).put(variables, size)
      variables++
    }
  }
  const rows = [...[...of_chain.values()].map(({ demand }) => demand), ...of_pool.values()].map((each) => each.row())
  return { bundles: bundles.length, variables, rows }
}

/** Draws of one bundle on the same pools, added up. */
function demands(draws: Bundle['draws']): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { pools, amount } of draws) {
    if (amount <= 0) continue
    const chain = JSON.stringify(pools)
    sums.set(chain, (sums.get(chain) ?? 0) + amount)
  }
  return sums
}
