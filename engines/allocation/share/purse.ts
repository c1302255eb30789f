import type { Bundle, Draw } from './types.ts'

/**
 * What the pools still hold. A draw empties the nearest pool first. As pools stand behind one another in one order, whoever
 * reaches a near pool reaches the far ones too: so that drawing nearest first never takes from somebody what he could have had.
 */
export class Purse {
  readonly #left: Map<string, number>
  readonly #held: ReadonlyMap<string, number>

  constructor(pools: Readonly<Record<string, number>>) {
    this.#held = new Map(Object.entries(pools).map(([pool, amount]) => [pool, amount > 0 ? amount : 0]))
    this.#left = new Map(this.#held)
  }

  left(pool: string): number {
    return this.#left.get(pool) ?? 0
  }

  /** What has been taken of each pool. */
  spent(): Record<string, number> {
    return Object.fromEntries([...this.#held].map(([pool, held]) => [pool, held - this.left(pool)]))
  }

  /** Takes all draws, or nothing: then the last pool of a draw that found too little. */
  take(draws: readonly Draw[]): string | null {
    const taken: [string, number][] = []
    for (const { pools, amount } of draws) {
      let missing = amount
      for (const pool of pools) {
        const part = Math.min(missing, this.left(pool))
        if (part <= 0) continue
        taken.push([pool, part])
        this.#left.set(pool, this.left(pool) - part)
        missing -= part
      }
      if (missing > 0) {
        for (const [pool, part] of taken) this.#left.set(pool, this.left(pool) + part)
        return pools.at(-1) ?? ''
      }
    }
    return null
  }
}

/** Takes bundles in this order while they fit; adds those taken to `served`. */
export function takeInOrder(purse: Purse, bundles: Iterable<Bundle>, served: Set<string>): void {
  for (const { unit_id, draws } of bundles) {
    if (!served.has(unit_id) && purse.take(draws) === null) served.add(unit_id)
  }
}
