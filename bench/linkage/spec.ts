import { readFileSync } from 'node:fs'
import type { Comparison, Level, LevelTest, LinkageModel } from '#engines/linkage/model/model.ts'

/** One linkage said once, from which both sides are made: columns, levels, rules and training settings. */
export type Spec = {
  name: string
  link_type: 'link_only' | 'dedupe_only'
  comparisons: {
    name: string
    columns: string[]
    levels: { name: string; tests?: LevelTest[]; term_frequency?: string }[]
  }[]
  /** Each rule: columns that must be equal. */
  rules: string[][]
  /** Splink's own training: pairs taken as certain with their recall, pairs sampled for u, rules of the EM sessions. */
  training: { deterministic_rules: string[][]; recall: number; u_pairs: number; em_rules: string[][] }
  /** Pairs below are not kept. */
  least_probability: number
  /** Pairs from here on are joined into clusters. */
  cluster_probability: number
}

/** What Splink learnt: as its model file says it, levels in the order of the spec. */
export type Trained = { prior: number; comparisons: { name: string; levels: { m: number; u: number }[] }[] }

export const SPECS = ['lists', 'historical_50k', 'febrl3', 'febrl4', 'fake_1000'] as const
export type SpecName = (typeof SPECS)[number]

export function specFile(name: SpecName): URL {
  return new URL(`specs/${name}.json`, import.meta.url)
}

export function readSpec(name: SpecName): Spec {
  return JSON.parse(readFileSync(specFile(name), 'utf8')) as Spec
}

/** Bits of a probability. */
export const bitsOf = (probability: number) => Math.log2(probability / (1 - probability))

/** The least weight Splink's zero probabilities may stand for: never kept, still a number. */
const NEVER = 1e-300

/**
 * The spec as a model of ours. Untrained, m and u are starting values (0.8 for the best level, the rest shared; by chance
 * 0.9 for none at all); with `trained` they are Splink's, to the last bit.
 */
export function modelOf(spec: Spec, trained?: Trained): LinkageModel {
  const comparisons = spec.comparisons.map((comparison, i): Comparison => {
    const others = comparison.levels.length - 1
    return {
      name: comparison.name,
      columns: comparison.columns,
      kind: 'tests',
      levels: comparison.levels.map((level, k): Level => {
        const learnt = trained?.comparisons[i]!.levels[k]
        const m = learnt?.m ?? (k === 0 ? 0.8 : 0.2 / others)
        const u = learnt?.u ?? (k === others ? 0.9 : 0.1 / others)
        return { ...level, m: Math.max(m, NEVER), u: Math.max(u, NEVER) }
      }),
    }
  })
  return {
    format: 'linkage-model/1',
    name: spec.name,
    comparisons,
    // as databases join: Splink compares keys as they stand
    blocking_rules: spec.rules.map((rule) => rule.map((column) => `${column}:exact`)),
    prior: trained?.prior ?? 1e-4,
    thresholds: { accept: bitsOf(spec.cluster_probability), review: bitsOf(spec.least_probability), margin: 0 },
  }
}
