import { at, double } from '../at.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
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
export function monotone(levels: readonly { m: number; u: number }[]): void {
  const pools: { levels: { m: number; u: number }[]; m: number; u: number }[] = []
  for (const level of levels) {
    let pool = { levels: [level], m: level.m, u: level.u }
    for (let last = pools.at(-1); last && last.m / last.u < pool.m / pool.u; last = pools.at(-1)) {
      pools.pop()
      pool = { levels: [...last.levels, ...pool.levels], m: last.m + pool.m, u: last.u + pool.u }
    }
    pools.push(pool)
  }
  for (const pool of pools) {
    if (pool.levels.length > 1) for (const level of pool.levels) level.m = (level.u * pool.m) / pool.u
  }
}

/** Imaginary matches that hold the starting m: enough that a level never seen keeps a weight, too few to matter else. */
const PRIOR_MATCHES = 4
/** Least share of chance agreement that is held not to come from the matches themselves. */
const LEAST_CHANCE = 0.02
const MAX_ITERATIONS = 500

/** One level while it is learnt. */
type Learning = {
  name: string
  m: number
  u: number
  weight: number
  /** m of the model, as a share of the comparison's. */
  start: number
  /** A veto names it: m stays the model's own. */
  held: boolean
  /** Share of random pairs that reach it; 0 where u is not learnt. */
  chance: number
  behind: ChancePairs
  /** Expected matches that reach it, and all candidate pairs that do. */
  matches: number
  candidates: number
}

/** One comparison while it is learnt. `within`: see `Within`. */
type LearningComparison = { comparison: Comparison; levels: Learning[]; within: Within | undefined }

/** Candidate pairs that agree in one way: how many, and the levels that they reach. */
type Pattern = { pairs: number; levels: Learning[] }

function startLearning(model: LinkageModel, mode: TrainMode, facts: TrainingFacts): LearningComparison[] {
  const vetoes = model.vetoes ?? []
  return model.comparisons.map((comparison, c) => {
    const sum = comparison.levels.reduce((total, level) => total + level.m, 0)
    const levels = comparison.levels.map((level, k): Learning => {
      const start = level.m / sum
      const chance = mode === 'all' ? at(at(facts.frequencies, c), k) : 0
      return {
        name: level.name,
        m: mode === 'all' ? start : level.m,
        u: mode === 'all' ? chance : level.u,
        weight: 0,
        start,
        held: vetoes.some((veto) => veto.comparison === comparison.name && veto.levels.includes(level.name)),
        chance,
        behind: facts.behind?.[c]?.[k] ?? { pairs: 0, counted: false },
        matches: 0,
        candidates: 0,
      }
    })
    return { comparison, levels, within: facts.within?.find((x) => x.comparison === c) }
  })
}

function patternsOf(
  model: LinkageModel,
  comparisons: readonly LearningComparison[],
  { patterns, counts }: PatternCounts,
): Pattern[] {
  return Array.from(patterns, (pattern, p) => {
    const pairs = double(counts, p)
    const levels = levelsOf(pattern, model).flatMap((k, c) => (k < 0 ? [] : [at(at(comparisons, c).levels, k)]))
    for (const level of levels) level.candidates += pairs
    return { pairs, levels }
  })
}

/** The expectation: each pattern's matches under the weights so far, in all and by level. */
function expectMatches(
  comparisons: readonly LearningComparison[],
  patterns: readonly Pattern[],
  prior: number,
): number {
  for (const { levels } of comparisons) {
    for (const level of levels) {
      level.weight = Math.log2(level.m / level.u)
      level.matches = 0
    }
  }
  const base = priorWeight({ prior })
  let expected = 0
  for (const { pairs, levels } of patterns) {
    let weight = base
    for (const level of levels) weight += level.weight
    const mass = pairs * probabilityOf(weight)
    expected += mass
    for (const level of levels) level.matches += mass
  }
  return expected
}

/**
 * m by the matches that reached each level; levels of a veto keep the model's own. Pairs that a veto names are strangers
 * who look alike far more often than matches: what is learnt from them is learnt from strangers.
 */
function learnM(levels: readonly Learning[]): void {
  let [seen, kept] = [0, 0]
  for (const { held, start, matches } of levels) {
    if (held) kept += start
    else seen += matches
  }
  const free = 1 - kept
  for (const level of levels) {
    const { held, start, matches } = level
    level.m = held ? start : (free * (matches + PRIOR_MATCHES * start)) / (seen + PRIOR_MATCHES * free)
  }
}

/** The maximisation of one comparison; returns the greatest change of an m. */
function learnLevels({ levels, within }: LearningComparison, prior: number): number {
  const before = levels.map(({ m }) => m)
  learnM(levels)
  for (const level of levels) {
    const { chance, m } = level
    // of lists in which nearly every pair agrees on it, what is left of them may exceed all
    level.u = Math.min(1, Math.max((chance - prior * m) / (1 - prior), LEAST_CHANCE * chance))
  }
  const [best] = levels
  if (best && within) best.u *= within.factor
  monotone(levels)
  return Math.max(...levels.map(({ m }, k) => Math.abs(m - at(before, k))))
}

/** What each level was learnt from, comparison by comparison. */
function levelReports(comparisons: readonly LearningComparison[]): Training['comparisons'] {
  return comparisons.map(({ comparison: { name }, levels, within }) => ({
    name,
    ...(within ? { within: at(comparisons, within.other).comparison.name } : {}),
    levels: levels.map((level): LevelTraining => ({
      name: level.name,
      m: level.m,
      u: level.u,
      weight: Math.log2(level.m / level.u),
      matches: level.matches,
      chance_pairs: level.behind.pairs,
      counted: level.behind.counted,
      never_seen: level.candidates === 0 && level.behind.pairs === 0,
      held: level.held,
    })),
  }))
}

/**
 * Learns the model from the candidate pairs' pattern counts, without labels, by expectation maximisation over all pairs
 * of the two sides: those that no blocking rule makes count as non-matches. u is what random pairs show less the matches
 * among them (a number that only matches share would else seem to agree by chance, once in as many pairs).
 */
export function train(
  model: LinkageModel,
  counted: PatternCounts,
  mode: TrainMode,
  facts: TrainingFacts,
): { model: LinkageModel; training: Training } {
  const comparisons = startLearning(model, mode, facts)
  const patterns = patternsOf(model, comparisons, counted)
  const { most_matches, total_pairs } = facts
  let prior = Math.min(0.5, mode === 'none' ? model.prior : Math.max(most_matches / 2, 0.5) / total_pairs)
  let [converged, expected] = [mode === 'none', 0]
  const history: number[] = []
  while (history.length < MAX_ITERATIONS) {
    expected = expectMatches(comparisons, patterns, prior)
    if (converged) break
    history.push(expected)
    const next = Math.min(0.5, Math.max(Math.min(expected, most_matches), 0.5) / total_pairs)
    let change = Math.abs(Math.log(next / prior))
    prior = next
    if (mode === 'all') for (const each of comparisons) change = Math.max(change, learnLevels(each, prior))
    converged = change < 1e-7
  }
  const learnt: LinkageModel = {
    ...model,
    prior,
    comparisons: comparisons.map(({ comparison, levels }) => ({
      ...comparison,
      levels: comparison.levels.map((level, k) => {
        const { m, u } = at(levels, k)
        return { ...level, m, u }
      }),
    })),
  }
  const training: Training = {
    mode,
    iterations: history.length,
    converged,
    sampled_pairs: facts.sampled_pairs,
    expected_matches: expected,
    history,
    comparisons: mode === 'all' ? levelReports(comparisons) : [],
    support: null,
    best_pairs: null,
  }
  return { model: learnt, training }
}
