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
  const comparison = model.comparisons[i]
  if (!comparison || levels.length === 0) return 'false'
  const digits = comparison.levels.flatMap((level, k) => (levels.includes(level.name) ? [k + 1] : []))
  return `(${pattern} // ${multipliers(model)[i]} % ${comparison.levels.length + 1}) in (${digits.join(', ')})`
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
  const found = sharedMembers(pairs).map(({ left_household, right_household, count, away }) => {
    const left_size = left_sizes.get(left_household) ?? count
    const right_size = right_sizes.get(right_household) ?? count
    const linked = count >= 2 || 2 * count >= Math.min(left_size, right_size)
    return { left_household, right_household, shared: count, left_size, right_size, linked, moved: 2 * away > count }
  })
  const times = (side: 'left_household' | 'right_household') => {
    const counts = new Map<string, number>()
    for (const link of found) if (link.linked) counts.set(link[side], (counts.get(link[side]) ?? 0) + 1)
    return counts
  }
  const [lefts, rights] = [times('left_household'), times('right_household')]
  const kindOf = ({
    linked,
    moved,
    left_household,
    right_household,
  }: (typeof found)[number]): HouseholdLink['kind'] => {
    if (!linked) return 'moved_members'
    if ((lefts.get(left_household) ?? 0) > 1) return 'split'
    if ((rights.get(right_household) ?? 0) > 1) return 'merge'
    return moved ? 'moved' : 'same'
  }
  return found
    .map((each): HouseholdLink => {
      const { left_household, right_household, shared, left_size, right_size } = each
      return { left_household, right_household, shared, left_size, right_size, kind: kindOf(each) }
    })
    .sort(
      (a, b) => byCodePoint(a.left_household, b.left_household) || byCodePoint(a.right_household, b.right_household),
    )
}

type Shared = { left_household: string; right_household: string; count: number; away: number }

/** Members that two households share, and how many of them were met in another place. */
function sharedMembers(
  pairs: readonly (readonly [left_household: string, right_household: string, elsewhere?: boolean])[],
): Shared[] {
  const by_left = new Map<string, Map<string, Shared>>()
  for (const [left_household, right_household, elsewhere] of pairs) {
    const row = by_left.get(left_household) ?? new Map<string, Shared>()
    by_left.set(left_household, row)
    const found = row.get(right_household) ?? { left_household, right_household, count: 0, away: 0 }
    row.set(right_household, found)
    found.count++
    if (elsewhere) found.away++
  }
  return [...by_left.values()].flatMap((row) => [...row.values()])
}
