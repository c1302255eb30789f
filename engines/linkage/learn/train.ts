import type { LinkageModel } from '../model/model.ts'
import { priorWeight, probabilityOf } from '../model/model.ts'
import { levelsOf } from './patterns.ts'
import type { SupportTraining } from '../choose/support.ts'
import type { Within } from '../pairs/within.ts'

/** 'all' learns u, m and the prior; 'prior' the prior alone; 'none' takes the model as it is. */
export type TrainMode = 'all' | 'prior' | 'none'

/** What one level was learnt from: doubt a weight with little behind it. */
export type LevelTraining = {
  name: string
  m: number
  u: number
  /** Bits: log2(m / u). */
  weight: number
  /** Expected matches among the candidate pairs that reach it. */
  matches: number
  /** Random pairs that reached it: of the sample, or of all pairs where `counted`. */
  chance_pairs: number
  /** u comes from counting who shares a value, not from the sample. */
  counted: boolean
  /** No candidate pair and no random pair reached it: m and u rest on the model's own. */
  never_seen: boolean
  /** m is the model's own: a level that forbids acceptance is not learnt. */
  held: boolean
}

export type Training = {
  mode: TrainMode
  iterations: number
  /** The last iteration changed no probability by more than 1e-7. */
  converged: boolean
  sampled_pairs: number
  expected_matches: number
  /** Expected matches after each iteration. */
  history: number[]
  /**
   * By comparison of the model, in its order; empty unless m and u were learnt. `within`: strangers who agree on this one
   * agree on that one too; u of the best level is among pairs that do.
   */
  comparisons: { name: string; within?: string; levels: LevelTraining[] }[]
  /** Household support as learnt; null without households or where it is the model's own. */
  support: SupportTraining | null
  /**
   * Pairs that are the best of both their records, where m was learnt from them alone: by all pairs the records of two lists
   * had several matches each, as families do. Null where m was learnt from all pairs.
   */
  best_pairs: number | null
}

/** Behind each u: how many random pairs reached the level, and whether they were counted or sampled. */
export type ChancePairs = { pairs: number; counted: boolean }

export type TrainingFacts = {
  frequencies: number[][]
  behind?: ChancePairs[][]
  /** Agreement that brings another with it by chance. */
  within?: readonly Within[]
  total_pairs: number
  most_matches: number
  sampled_pairs: number
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

/** Of each level, whether a veto names it. */
function vetoedLevels(model: LinkageModel): boolean[][] {
  return model.comparisons.map((c) =>
    c.levels.map((level) =>
      (model.vetoes ?? []).some((veto) => veto.comparison === c.name && veto.levels.includes(level.name)),
    ),
  )
}

/**
 * m by the matches that reached each level; levels of a veto keep the model's own. Pairs that a veto names are strangers
 * who look alike far more often than matches: what is learnt from them is learnt from strangers.
 */
function learnM(into: number[], matches: Float64Array, start: readonly number[], held: readonly boolean[]): void {
  let [seen, kept] = [0, 0]
  for (let k = 0; k < into.length; k++) {
    if (held[k]) kept += start[k]!
    else seen += matches[k]!
  }
  const free = 1 - kept
  for (let k = 0; k < into.length; k++) {
    into[k] = held[k] ? start[k]! : (free * (matches[k]! + PRIOR_MATCHES * start[k]!)) / (seen + PRIOR_MATCHES * free)
  }
}

/**
 * Learns the model from the candidate pairs' pattern counts, without labels, by expectation maximisation over all pairs
 * of the two sides: those that no blocking rule makes count as non-matches. u is what random pairs show less the matches
 * among them (a number that only matches share would else seem to agree by chance, once in as many pairs).
 */
export function train(
  model: LinkageModel,
  { patterns, counts }: PatternCounts,
  mode: TrainMode,
  facts: TrainingFacts,
): { model: LinkageModel; training: Training } {
  const comparisons = model.comparisons
  const levels = Array.from(patterns, (pattern) => levelsOf(pattern, model))
  const start = comparisons.map((c) => c.levels.map((l) => l.m / c.levels.reduce((sum, x) => sum + x.m, 0)))
  const held = vetoedLevels(model)
  const m = comparisons.map((c, i) => (mode === 'all' ? [...start[i]!] : c.levels.map((l) => l.m)))
  const u = comparisons.map((c, i) => (mode === 'all' ? [...facts.frequencies[i]!] : c.levels.map((l) => l.u)))
  let prior = Math.min(0.5, mode === 'none' ? model.prior : Math.max(facts.most_matches / 2, 0.5) / facts.total_pairs)
  let [converged, expected] = [mode === 'none', 0]
  const history: number[] = []
  const matches = comparisons.map((c) => new Float64Array(c.levels.length))
  while (history.length < MAX_ITERATIONS) {
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
    history.push(expected)
    const next = Math.min(0.5, Math.max(Math.min(expected, facts.most_matches), 0.5) / facts.total_pairs)
    let change = Math.abs(Math.log(next / prior))
    prior = next
    if (mode === 'all') {
      for (let c = 0; c < m.length; c++) {
        const before = [...m[c]!]
        learnM(m[c]!, matches[c]!, start[c]!, held[c]!)
        for (let k = 0; k < before.length; k++) {
          const chance = facts.frequencies[c]![k]!
          // of lists in which nearly every pair agrees on it, what is left of them may exceed all
          u[c]![k] = Math.min(1, Math.max((chance - prior * m[c]![k]!) / (1 - prior), LEAST_CHANCE * chance))
        }
        u[c]![0]! *= facts.within?.find((x) => x.comparison === c)?.factor ?? 1
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
  const candidates = comparisons.map((c) => new Float64Array(c.levels.length))
  for (let p = 0; p < levels.length; p++) {
    for (let c = 0; c < m.length; c++) if (levels[p]![c]! >= 0) candidates[c]![levels[p]![c]!]! += counts[p]!
  }
  const beside = (i: number) => {
    const found = facts.within?.find((x) => x.comparison === i)
    return found ? { within: comparisons[found.other]!.name } : {}
  }
  const told = learnt.comparisons.map(({ name, levels: rows }, i) => ({
    name,
    ...beside(i),
    levels: rows.map((level, k): LevelTraining => {
      const { pairs, counted } = facts.behind?.[i]?.[k] ?? { pairs: 0, counted: false }
      return {
        name: level.name,
        m: level.m,
        u: level.u,
        weight: Math.log2(level.m / level.u),
        matches: matches[i]![k]!,
        chance_pairs: pairs,
        counted,
        never_seen: candidates[i]![k] === 0 && pairs === 0,
        held: held[i]![k]!,
      }
    }),
  }))
  const training: Training = {
    mode,
    iterations: history.length,
    converged,
    sampled_pairs: facts.sampled_pairs,
    expected_matches: expected,
    history,
    comparisons: mode === 'all' ? told : [],
    support: null,
    best_pairs: null,
  }
  return { model: learnt, training }
}
