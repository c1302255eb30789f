import { at } from './at.ts'
import { comparerOf } from './compare/comparers.ts'
import { frequencyBits } from './learn/bits.ts'
import type { TermFrequencies } from './learn/bits.ts'
import { checkModel, levelWeight, priorWeight, probabilityOf } from './model/model.ts'
import type { LinkageModel } from './model/model.ts'
import { levelOfTerm, termsOf } from './model/terms.ts'
import type { Term } from './model/terms.ts'
import { textOf } from './compare/values.ts'
import { meaningOf, patternOf } from './learn/patterns.ts'

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

/** Bits of the commoner of the two values; 0 where neither is known, those of the one that is where the other is not. */
function termBits(term: Term, u: number, frequencies: TermFrequencies, prepared: readonly unknown[]): number {
  const shares = prepared.flatMap((value) => frequencies[term.key]?.get(term.of(value) ?? '') ?? [])
  return shares.length === 0 ? 0 : frequencyBits(u, Math.max(...shares))
}

/**
 * A scorer of single pairs: the same comparers and weights as `link` uses over a whole register, in plain JavaScript, so
 * that one new record is judged against its candidates as the batch would judge it (equal to 1e-9). One-to-one
 * assignment and household support are properties of a set and are left to `link`.
 */
export function scorer(model: LinkageModel, frequencies: TermFrequencies = {}): (left: Row, right: Row) => ScoredPair {
  checkModel(model)
  const terms_of = termsOf(model)
  const comparisons = model.comparisons.map((comparison, i) => ({
    comparison,
    comparer: comparerOf(comparison),
    adjusted: terms_of.filter((term) => term.comparison === i),
  }))
  return (left, right) => {
    let weight = priorWeight(model)
    const terms: number[] = []
    const levels: number[] = []
    const weights: number[] = []
    for (const { comparison, comparer, adjusted } of comparisons) {
      const a = comparer.prepare(comparison.columns.map((c) => textOf(left[c])))
      const b = comparer.prepare(comparison.columns.map((c) => textOf(right[c])))
      const level = a === null || b === null ? -1 : comparer.level(a, b)
      const bits = level < 0 ? 0 : levelWeight(at(comparison.levels, level))
      const here = adjusted.find((term) => term.levels.includes(level))
      const term = here ? termBits(here, levelOfTerm(model, here).u, frequencies, [a, b]) : 0
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
