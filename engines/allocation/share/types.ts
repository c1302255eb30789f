// What is shared out, and what comes of it. Amounts are whole numbers: minor units of money, or places.

/** So much of a thing, paid by the first of these pools that has it, then by the next. */
export interface Draw {
  /** The nearest first: the village's money before the township's. Pools that stand behind one another always do so. */
  pools: readonly string[]
  amount: number
}

/** What one unit gets together or not at all. */
export interface Bundle {
  unit_id: string
  /** Where it counts when places are held against one another. */
  place: string
  /** What the whole is worth: more than 0. */
  weight: number
  draws: readonly Draw[]
}

export interface ShareInput {
  bundles: readonly Bundle[]
  /** What each pool holds. */
  pools: Readonly<Record<string, number>>
  /**
   * From 0 to 1. Each place is given at least this part of what the worst served place could have at best, as a share
   * of the weight of its bundles (leximin, level by level). 0: places are not held against one another.
   */
  floor?: number
  /** Of bundles that differ in nothing but the unit, the lower lot is served first. Ties: by unit_id. */
  lot?: (unit_id: string) => number
  /** Up to this many bundles with the relaxed problem (default 100,000); beyond, greedy. */
  relaxed_limit?: number
  /** So many undecided bundles are decided exactly at most (default 1,500), in so many nodes (20). */
  exact_limit?: number
  node_limit?: number
}

export interface Shared {
  /** Units whose bundle is paid, in order. */
  served: string[]
  /** Sum of their weights. */
  value: number
  /** No sharing out within the pools and the floors is worth more. */
  bound: number
  /** (bound - value) / bound; 0 where nothing could be better. */
  gap: number
  /** Taken from each pool. */
  spent: Record<string, number>
  /** Of each unit not served, a pool that is empty for it: the last of a draw that found too little. */
  short_of: Map<string, string>
  /** Of each place the served part of its weight, from 0 to 1. */
  served_share: Map<string, number>
}
