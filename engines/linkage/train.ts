import type { LinkageModel } from './model.ts'
import { priorWeight, probabilityOf } from './model.ts'
import { levelsOf } from './patterns.ts'
import type { EncodedRecords } from './encode.ts'

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

/** A 32-bit mixer (murmur3 finalizer): sampling must not depend on the run, the threads or the order of the input. */
function mix(value: number): number {
  let h = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** Probability that two records drawn at random (with both values there) reach keys equal, for each of the first levels. */
function keyAgreement(encoded: EncodedRecords, index: number): number[] {
  const { comparer, prepared, codes } = encoded.comparisons[index]!
  const tally = (column: Int32Array) => {
    const counts = new Float64Array(prepared.length)
    for (const code of column) counts[code]!++
    return counts
  }
  const left = tally(codes.left)
  const right = encoded.dedupe ? left : tally(codes.right)
  let [n_left, n_right] = [0, 0]
  for (const [code, value] of prepared.entries()) {
    if (value === null) continue
    n_left += left[code]!
    n_right += right[code]!
  }
  const total = encoded.dedupe ? n_left * (n_left - 1) : n_left * n_right
  return comparer.keys.map((key) => {
    const groups = new Map<string, [number, number]>()
    for (const [code, value] of prepared.entries()) {
      const text = value === null ? null : key(value)
      if (text === null) continue
      const group = groups.get(text)
      if (group) {
        group[0] += left[code]!
        group[1] += right[code]!
      } else groups.set(text, [left[code]!, right[code]!])
    }
    let agreeing = 0
    for (const [l, r] of groups.values()) agreeing += encoded.dedupe ? l * (l - 1) : l * r
    return total > 0 ? agreeing / total : 0
  })
}

/**
 * How often random pairs reach each level: by counting value frequencies for levels that are equality of something
 * (exact, and free of sampling noise), by sampled pairs for the others. All pairs are taken when there are few.
 * A level that no sampled pair reaches is given half a pair, or the model's own u where that is less (down to a hundredth
 * of a pair): none comes out impossible, and a sample too small to see a level does not unlearn it.
 */
export function levelFrequencies(model: LinkageModel, encoded: EncodedRecords, sample_pairs: number) {
  const n_left = encoded.comparisons[0]!.codes.left.length
  const n_right = encoded.comparisons[0]!.codes.right.length
  const everything = n_left * n_right <= sample_pairs
  const draws = everything ? n_left * n_right : sample_pairs
  const hits = model.comparisons.map((c) => new Float64Array(c.levels.length))
  let drawn = 0
  for (let i = 0; i < draws; i++) {
    const l = everything ? Math.floor(i / n_right) : mix(2 * i) % n_left
    const r = everything ? i % n_right : mix(2 * i + 1) % n_right
    if (encoded.dedupe && (everything ? l >= r : l === r)) continue
    drawn++
    for (const [c, { comparer, prepared, codes }] of encoded.comparisons.entries()) {
      const [a, b] = [prepared[codes.left[l]!], prepared[codes.right[r]!]]
      if (a === null || b === null) continue
      const level = comparer.level(a, b)
      if (level >= 0) hits[c]![level]!++
    }
  }
  const frequencies = hits.map((levels, c) => {
    const seen = Math.max(
      1,
      levels.reduce((sum, n) => sum + n, 0),
    )
    const unseen = (k: number) => Math.min(0.5 / seen, Math.max(0.01 / seen, model.comparisons[c]!.levels[k]!.u))
    const found = Array.from(levels, (n, k) => (n > 0 ? n / seen : unseen(k)))
    const cumulative = keyAgreement(encoded, c)
    for (const [k, reached] of cumulative.entries()) {
      const before = k === 0 ? 0 : cumulative[k - 1]!
      if (reached > before) found[k] = reached - before
    }
    const sum = found.reduce((total, p) => total + p, 0)
    return found.map((p) => p / sum)
  })
  return { frequencies, drawn }
}

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
