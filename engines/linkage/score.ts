import { comparerOf } from './comparers.ts'
import { frequencyBits } from './bits.ts'
import type { TermFrequencies } from './bits.ts'
import { checkModel, levelWeight, priorWeight, probabilityOf } from './model.ts'
import type { LinkageModel } from './model.ts'
import { meaningOf, patternOf } from './patterns.ts'

export type ScoredPair = {
  /** Bits: prior, levels, term frequencies. Household context is no part of it. */
  match_weight: number
  match_probability: number
  /** Index of the level of each comparison; -1 where a value is missing. */
  levels: number[]
  /** Bits of each comparison, its term frequency included. */
  weights: number[]
  band: 'accept' | 'review' | 'reject'
}

type Row = Readonly<Record<string, unknown>>

const asText = (value: unknown) => (value === null || value === undefined || value === '' ? null : String(value))

/**
 * A scorer of single pairs: the same comparers and weights as `link` uses over a whole register, in plain JavaScript, so
 * that one new record is judged against its candidates as the batch would judge it (equal to 1e-9). One-to-one
 * assignment and household support are properties of a set and are left to `link`.
 */
export function scorer(model: LinkageModel, frequencies: TermFrequencies = {}): (left: Row, right: Row) => ScoredPair {
  checkModel(model)
  const comparisons = model.comparisons.map((comparison) => ({ comparison, comparer: comparerOf(comparison) }))
  return (left, right) => {
    let weight = priorWeight(model)
    const terms: number[] = []
    const levels: number[] = []
    const weights: number[] = []
    for (const { comparison, comparer } of comparisons) {
      const a = comparer.prepare(comparison.columns.map((c) => asText(left[c])))
      const b = comparer.prepare(comparison.columns.map((c) => asText(right[c])))
      const level = a === null || b === null ? -1 : comparer.level(a, b)
      const bits = level < 0 ? 0 : levelWeight(comparison.levels[level]!)
      const key = comparison.term_frequency && level === 0 ? comparer.keys[0]?.(a) : null
      const term = key ? frequencyBits(comparison.levels[0]!.u, frequencies[comparison.name]?.get(key)) : 0
      weight += bits
      terms.push(term)
      levels.push(level)
      weights.push(bits + term)
    }
    for (const term of terms) weight += term
    const { vetoed, acceptable } = meaningOf(patternOf(levels, model), model)
    const { accept, review } = model.thresholds
    const band = weight >= accept && acceptable && !vetoed ? 'accept' : weight >= review ? 'review' : 'reject'
    return { match_weight: weight, match_probability: probabilityOf(weight), levels, weights, band }
  }
}

/** Scores a small batch of pairs; see `scorer`. */
export function score(pairs: readonly { left: Row; right: Row }[], model: LinkageModel, frequencies?: TermFrequencies) {
  const of = scorer(model, frequencies)
  return pairs.map(({ left, right }) => of(left, right))
}
