import { at } from '../at.ts'
import type { Comparison, LevelReference, LinkageModel } from '../model/model.ts'
import { levelWeight, priorWeight } from '../model/model.ts'

/**
 * An agreement pattern is all levels of a pair in one int: the sum of (level + 1) x multiplier, 0 for a missing value.
 * Models have a few hundred patterns in practice, so that everything learnt is learnt from their counts.
 */
export function multipliers(model: LinkageModel): number[] {
  let product = 1
  return model.comparisons.map((comparison) => {
    const multiplier = product
    product *= comparison.levels.length + 1
    return multiplier
  })
}

/** The level of each comparison of a pattern; -1 where a value is missing. */
export function levelsOf(pattern: number, model: LinkageModel): number[] {
  let rest = pattern
  return model.comparisons.map((comparison) => {
    const digit = rest % (comparison.levels.length + 1)
    rest = (rest - digit) / (comparison.levels.length + 1)
    return digit - 1
  })
}

export function patternOf(levels: readonly number[], model: LinkageModel): number {
  const by = multipliers(model)
  return levels.reduce((sum, level, i) => sum + (level + 1) * at(by, i), 0)
}

/** Whether the levels of a pair meet one of the references. */
export function meets(levels: readonly number[], references: readonly LevelReference[], model: LinkageModel): boolean {
  return references.some((reference) => {
    const i = model.comparisons.findIndex((c) => c.name === reference.comparison)
    const level = model.comparisons[i]?.levels[levels[i] ?? -1]
    return level !== undefined && reference.levels.includes(level.name)
  })
}

/** Whether whole families have this level in common: no evidence then, and none by how rare the value is. */
export function sharedByHousehold(
  { levels, shared_in_household, shared_from_level }: Comparison,
  level: number,
): boolean {
  const from = levels.findIndex(({ name }) => name === shared_from_level)
  return shared_in_household === true || (from >= 0 && level >= from)
}

/** What a pattern means: bits before term frequencies, and what the model says of accepting it. */
export type PatternMeaning = {
  weight: number
  /** Bits inside a supported household, without prior: what the household shares is no evidence of which member. */
  household_weight: number
  vetoed: boolean
  completion_vetoed: boolean
  acceptable: boolean
}

export function meaningOf(pattern: number, model: LinkageModel): PatternMeaning {
  const levels = levelsOf(pattern, model)
  let weight = priorWeight(model)
  let household_weight = 0
  for (const [i, comparison] of model.comparisons.entries()) {
    const level = at(levels, i)
    if (level < 0) continue
    const bits = levelWeight(at(comparison.levels, level))
    weight += bits
    if (comparison.shared_in_household) continue
    household_weight += sharedByHousehold(comparison, level) ? Math.min(0, bits) : bits
  }
  const vetoed = meets(levels, model.vetoes ?? [], model)
  return {
    weight,
    household_weight,
    vetoed,
    completion_vetoed: vetoed || meets(levels, model.households?.vetoes ?? [], model),
    acceptable: !model.accept_requires?.length || meets(levels, model.accept_requires, model),
  }
}
