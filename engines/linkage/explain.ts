import { at } from './at.ts'
import type { TermFrequencies } from './learn/bits.ts'
import { levelWeight, priorWeight, probabilityOf } from './model/model.ts'
import type { Comparison, Level, LinkageModel } from './model/model.ts'
import { sharedByHousehold } from './learn/patterns.ts'
import { scorer } from './score.ts'
import { textOf } from './compare/values.ts'

export type Bar = {
  comparison: string
  /** The level's name; null where a value is missing on either side. */
  level: string | null
  /** Bits of this comparison, its term frequency included; above 0 speaks for a match. */
  weight: number
  /** The part of `weight` that comes from how rare the value is. */
  term_frequency_weight: number
  left: (string | null)[]
  right: (string | null)[]
  /** Sum of the prior and of all bars so far. */
  running: number
}

export type Waterfall = { prior_weight: number; bars: Bar[]; match_weight: number; match_probability: number }

type Pair = { left: Readonly<Record<string, unknown>>; right: Readonly<Record<string, unknown>> }

/** Where a waterfall starts, and what each level is worth in it. */
type Weighing = {
  prior_weight: number
  bitsOf(comparison: Comparison, level: Level, k: number): number
  rarityCounts(comparison: Comparison, k: number): boolean
}

type Scored = { model: LinkageModel; frequencies: TermFrequencies | undefined }

function fall(pair: Pair, { model, frequencies }: Scored, weighing: Weighing): Waterfall {
  const { prior_weight, bitsOf, rarityCounts } = weighing
  const scored = scorer(model, frequencies)(pair.left, pair.right)
  let running = prior_weight
  const bars = model.comparisons.map((comparison, i): Bar => {
    const k = at(scored.levels, i)
    const level = comparison.levels[k]
    const rarity = level !== undefined && rarityCounts(comparison, k)
    const term_frequency_weight = rarity ? at(scored.weights, i) - levelWeight(level) : 0
    const weight = level ? bitsOf(comparison, level, k) + term_frequency_weight : 0
    running += weight
    return {
      comparison: comparison.name,
      level: level?.name ?? null,
      weight,
      term_frequency_weight,
      left: comparison.columns.map((c) => textOf(pair.left[c])),
      right: comparison.columns.map((c) => textOf(pair.right[c])),
      running,
    }
  })
  return { prior_weight, bars, match_weight: running, match_probability: probabilityOf(running) }
}

/** The evidence for one pair, comparison by comparison, in bits that add up from the prior to the match weight. */
export function waterfall(pair: Pair, model: LinkageModel, frequencies?: TermFrequencies): Waterfall {
  return fall(
    pair,
    { model, frequencies },
    { prior_weight: priorWeight(model), bitsOf: (_, level) => levelWeight(level), rarityCounts: () => true },
  )
}

/** The prior of a pair of members left over in two linked households, each with `free` such partners at most: even odds. */
export const leftOverWeight = (free: number) => Math.log2(0.5 / (free - 0.5))

/**
 * The same for a pair of pass `household`: it starts from even odds among the members left over, and what the household
 * has in common counts for nothing.
 */
export function leftOverWaterfall(
  pair: Pair,
  model: LinkageModel,
  free: number,
  frequencies?: TermFrequencies,
): Waterfall {
  return fall(
    pair,
    { model, frequencies },
    {
      prior_weight: leftOverWeight(free),
      bitsOf(comparison, level, k) {
        if (comparison.shared_in_household) return 0
        const bits = levelWeight(level)
        return sharedByHousehold(comparison, k) ? Math.min(0, bits) : bits
      },
      rarityCounts: (comparison, k) => !sharedByHousehold(comparison, k),
    },
  )
}
