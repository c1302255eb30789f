import type { TermFrequencies } from './bits.ts'
import { levelWeight, priorWeight } from './model.ts'
import type { LinkageModel } from './model.ts'
import { scorer } from './score.ts'

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

const text = (value: unknown) => (value === null || value === undefined || value === '' ? null : String(value))

/** The evidence for one pair, comparison by comparison, in bits that add up from the prior to the match weight. */
export function waterfall(
  pair: { left: Readonly<Record<string, unknown>>; right: Readonly<Record<string, unknown>> },
  model: LinkageModel,
  frequencies?: TermFrequencies,
): Waterfall {
  const scored = scorer(model, frequencies)(pair.left, pair.right)
  let running = priorWeight(model)
  const bars = model.comparisons.map((comparison, i): Bar => {
    const level = comparison.levels[scored.levels[i]!]
    const weight = scored.weights[i]!
    running += weight
    return {
      comparison: comparison.name,
      level: level?.name ?? null,
      weight,
      term_frequency_weight: level ? weight - levelWeight(level) : 0,
      left: comparison.columns.map((c) => text(pair.left[c])),
      right: comparison.columns.map((c) => text(pair.right[c])),
      running,
    }
  })
  const { match_weight, match_probability } = scored
  return { prior_weight: priorWeight(model), bars, match_weight, match_probability }
}
