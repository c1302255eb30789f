import type { LinkageModel } from './model.ts'
import { priorWeight, probabilityOf } from './model.ts'
import { levelsOf } from './patterns.ts'

/** 'all' learns u, m and the prior; 'prior' the prior alone; 'none' takes the model as it is. */
export type TrainMode = 'all' | 'prior' | 'none'

export type Training = {
  mode: TrainMode
  iterations: number
  converged: boolean
  sampled_pairs: number
  expected_matches: number
}

export type PatternCounts = { patterns: Int32Array; counts: Float64Array }

/** Pools neighbouring levels whose weights stand in the wrong order: a better agreement is never worth less. */
export function monotone(m: number[], u: number[]): void {
  const pools: { from: number; m: number; u: number }[] = []
  for (let k = 0; k < m.length; k++) {
    let pool = { from: k, m: m[k]!, u: u[k]! }
    while (pools.length > 0 && pools.at(-1)!.m / pools.at(-1)!.u < pool.m / pool.u) {
      const before = pools.pop()!
      pool = { from: before.from, m: before.m + pool.m, u: before.u + pool.u }
    }
    pools.push(pool)
  }
  for (const [i, pool] of pools.entries()) {
    const to = pools[i + 1]?.from ?? m.length
    if (to - pool.from > 1) for (let k = pool.from; k < to; k++) m[k] = (u[k]! * pool.m) / pool.u
  }
}

/** Imaginary matches that hold the starting m: enough that a level never seen keeps a weight, too few to matter else. */
const PRIOR_MATCHES = 4
/** Least share of chance agreement that is held not to come from the matches themselves. */
const LEAST_CHANCE = 0.02
const MAX_ITERATIONS = 500

/**
 * Learns the model from the candidate pairs' pattern counts, without labels, by expectation maximisation over all pairs
 * of the two sides: those that no blocking rule makes count as non-matches. u is what random pairs show less the matches
 * among them (a number that only matches share would else seem to agree by chance, once in as many pairs).
 */
export function train(
  model: LinkageModel,
  { patterns, counts }: PatternCounts,
  mode: TrainMode,
  facts: { frequencies: number[][]; total_pairs: number; most_matches: number; sampled_pairs: number },
): { model: LinkageModel; training: Training } {
  const comparisons = model.comparisons
  const levels = Array.from(patterns, (pattern) => levelsOf(pattern, model))
  const start = comparisons.map((c) => c.levels.map((l) => l.m / c.levels.reduce((sum, x) => sum + x.m, 0)))
  const m = comparisons.map((c, i) => (mode === 'all' ? [...start[i]!] : c.levels.map((l) => l.m)))
  const u = comparisons.map((c, i) => (mode === 'all' ? [...facts.frequencies[i]!] : c.levels.map((l) => l.u)))
  let prior = Math.min(0.5, mode === 'none' ? model.prior : Math.max(facts.most_matches / 2, 0.5) / facts.total_pairs)
  let [iterations, converged, expected] = [0, mode === 'none', 0]
  const matches = comparisons.map((c) => new Float64Array(c.levels.length))
  while (iterations < MAX_ITERATIONS) {
    const weights = m.map((row, c) => row.map((value, k) => Math.log2(value / u[c]![k]!)))
    const base = priorWeight({ prior })
    for (const row of matches) row.fill(0)
    expected = 0
    for (let p = 0; p < levels.length; p++) {
      let weight = base
      for (let c = 0; c < m.length; c++) if (levels[p]![c]! >= 0) weight += weights[c]![levels[p]![c]!]!
      const mass = counts[p]! * probabilityOf(weight)
      expected += mass
      for (let c = 0; c < m.length; c++) if (levels[p]![c]! >= 0) matches[c]![levels[p]![c]!]! += mass
    }
    if (converged) break
    iterations++
    const next = Math.min(0.5, Math.max(Math.min(expected, facts.most_matches), 0.5) / facts.total_pairs)
    let change = Math.abs(Math.log(next / prior))
    prior = next
    if (mode === 'all') {
      for (let c = 0; c < m.length; c++) {
        const seen = matches[c]!.reduce((sum, n) => sum + n, 0)
        const before = [...m[c]!]
        for (let k = 0; k < before.length; k++) {
          m[c]![k] = (matches[c]![k]! + PRIOR_MATCHES * start[c]![k]!) / (seen + PRIOR_MATCHES)
          const chance = facts.frequencies[c]![k]!
          u[c]![k] = Math.max((chance - prior * m[c]![k]!) / (1 - prior), LEAST_CHANCE * chance)
        }
        monotone(m[c]!, u[c]!)
        for (let k = 0; k < before.length; k++) change = Math.max(change, Math.abs(m[c]![k]! - before[k]!))
      }
    }
    converged = change < 1e-7
  }
  const learnt: LinkageModel = {
    ...model,
    prior,
    comparisons: comparisons.map((c, i) => ({
      ...c,
      levels: c.levels.map((level, k) => ({ ...level, m: m[i]![k]!, u: u[i]![k]! })),
    })),
  }
  return {
    model: learnt,
    training: { mode, iterations, converged, sampled_pairs: facts.sampled_pairs, expected_matches: expected },
  }
}
