import type { LinkageModel } from '../model/model.ts'
import { multipliers } from '../learn/patterns.ts'
import { byCodePoint } from '../compare/values.ts'

/**
 * What became of two households that share members: `same`; `moved` (the same, most of its members met in another place);
 * `split` (the left one is linked to several right ones), `merge` (the other way round); `moved_members` (fewer than two
 * shared, and less than half of the smaller one).
 */
export type HouseholdLink = {
  left_household: string
  right_household: string
  shared: number
  left_size: number
  right_size: number
  kind: 'same' | 'moved' | 'split' | 'merge' | 'moved_members'
}

/** SQL: whether the pair of a row's `pattern` was met in another place, by `households.moved` of a checked model. */
export function elsewhereSql(model: LinkageModel, pattern: string): string {
  const { comparison: name, levels } = model.households?.moved ?? { comparison: '', levels: [] }
  const i = model.comparisons.findIndex((comparison) => comparison.name === name)
  if (i < 0 || levels.length === 0) return 'false'
  const digits = model.comparisons[i]!.levels.flatMap((level, k) => (levels.includes(level.name) ? [k + 1] : []))
  return `(${pattern} // ${multipliers(model)[i]} % ${model.comparisons[i]!.levels.length + 1}) in (${digits.join(', ')})`
}

/**
 * Households joined by accepted links, ordered by id. A pair counts as linked with 2 members or half of the smaller.
 * `elsewhere`: the two records of this member stand in different places.
 */
export function householdLinks(
  pairs: readonly (readonly [left_household: string, right_household: string, elsewhere?: boolean])[],
  left_sizes: ReadonlyMap<string, number>,
  right_sizes: ReadonlyMap<string, number>,
): HouseholdLink[] {
  const shared = new Map<string, Map<string, { count: number; away: number }>>()
  for (const [left, right, elsewhere] of pairs) {
    const row = shared.get(left) ?? new Map<string, { count: number; away: number }>()
    const { count, away } = row.get(right) ?? { count: 0, away: 0 }
    row.set(right, { count: count + 1, away: away + (elsewhere ? 1 : 0) })
    shared.set(left, row)
  }
  const moved = new Set<HouseholdLink>()
  const found: HouseholdLink[] = []
  for (const [left_household, row] of shared) {
    for (const [right_household, { count, away }] of row) {
      const left_size = left_sizes.get(left_household) ?? count
      const right_size = right_sizes.get(right_household) ?? count
      const linked = count >= 2 || 2 * count >= Math.min(left_size, right_size)
      const kind = linked ? 'same' : 'moved_members'
      const link: HouseholdLink = { left_household, right_household, shared: count, left_size, right_size, kind }
      found.push(link)
      if (2 * away > count) moved.add(link)
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
    else if (moved.has(link)) link.kind = 'moved'
  }
  return found.sort(
    (a, b) => byCodePoint(a.left_household, b.left_household) || byCodePoint(a.right_household, b.right_household),
  )
}
