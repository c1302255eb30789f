/**
 * What became of two households that share members: `same`; `split` (the left one is linked to several right ones),
 * `merge` (the other way round); `moved_members` (fewer than two shared, and less than half of the smaller one).
 */
export type HouseholdLink = {
  left_household: string
  right_household: string
  shared: number
  left_size: number
  right_size: number
  kind: 'same' | 'split' | 'merge' | 'moved_members'
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Households joined by accepted links, ordered by id. A pair counts as linked with 2 members or half of the smaller. */
export function householdLinks(
  pairs: readonly (readonly [left_household: string, right_household: string])[],
  left_sizes: ReadonlyMap<string, number>,
  right_sizes: ReadonlyMap<string, number>,
): HouseholdLink[] {
  const shared = new Map<string, Map<string, number>>()
  for (const [left, right] of pairs) {
    const row = shared.get(left) ?? new Map<string, number>()
    row.set(right, (row.get(right) ?? 0) + 1)
    shared.set(left, row)
  }
  const found: HouseholdLink[] = []
  for (const [left_household, row] of shared) {
    for (const [right_household, count] of row) {
      const left_size = left_sizes.get(left_household) ?? count
      const right_size = right_sizes.get(right_household) ?? count
      const linked = count >= 2 || 2 * count >= Math.min(left_size, right_size)
      const kind = linked ? 'same' : 'moved_members'
      found.push({ left_household, right_household, shared: count, left_size, right_size, kind })
    }
  }
  const times = (side: 'left_household' | 'right_household') => {
    const counts = new Map<string, number>()
    for (const link of found) if (link.kind === 'same') counts.set(link[side], (counts.get(link[side]) ?? 0) + 1)
    return counts
  }
  const [lefts, rights] = [times('left_household'), times('right_household')]
  for (const link of found) {
    if (link.kind !== 'same') continue
    if (lefts.get(link.left_household)! > 1) link.kind = 'split'
    else if (rights.get(link.right_household)! > 1) link.kind = 'merge'
  }
  return found.sort((a, b) => order(a.left_household, b.left_household) || order(a.right_household, b.right_household))
}
