// The computed causes and the surveyor's word, joined: which cause is main, and how sure that is. By a conditional logit whose
// weights the pack declares.
import { choiceProbabilities } from '#engines/statistics/fit/choice.ts'
import type { JoinedCauses } from '../schema/joined-causes.ts'
import type { Ranking } from './rank-causes.ts'

/** What the surveyor wrote down. */
export interface StatedCauses {
  stated_cause: string | null
  stated_other_causes: readonly string[]
}

/** A cause that may be the main one, with what speaks for it; in the order of `FEATURES`. */
export interface CauseOption {
  code: string
  columns: number[]
}

/** What speaks for a cause, in the order of an option's columns. */
export const FEATURES = [
  'closes_share',
  'computed_main',
  'computed',
  'stated',
  'stated_other',
  'stated_and_computed',
] as const

/** Causes that may be main: those the evidence supports and the one the surveyor named. */
export function causeOptions(
  ranking: Pick<Ranking, 'causes' | 'main_cause'>,
  word: StatedCauses,
  may_be_main: ReadonlySet<string>,
): CauseOption[] {
  const present = new Map(
    ranking.causes.filter((each) => each.state === 'present').map((each) => [each.code, each.closes_share]),
  )
  const codes = new Set([...present.keys(), ...(word.stated_cause === null ? [] : [word.stated_cause])])
  return [...codes]
    .filter((code) => may_be_main.has(code))
    .toSorted()
    .map((code) => {
      const computed = present.has(code) ? 1 : 0
      const stated = word.stated_cause === code ? 1 : 0
      return {
        code,
        columns: [
          present.get(code) ?? 0,
          ranking.main_cause === code ? 1 : 0,
          computed,
          stated,
          word.stated_other_causes.includes(code) ? 1 : 0,
          stated * computed,
        ],
      }
    })
}

export interface MainCause {
  main_cause: string | null
  /** Probability that it is the main one, from 0 to 1; null where nothing was weighed. */
  certainty: number | null
  /** At or above the pack's mark; null where there is nothing to be sure of. */
  sure: boolean | null
}

/** The most likely main cause. Ties go to the computed one, then to the lower code. */
export function joinCauses(
  joined: JoinedCauses,
  ranking: Pick<Ranking, 'causes' | 'main_cause'>,
  word: StatedCauses,
  may_be_main: ReadonlySet<string>,
): MainCause {
  const options = causeOptions(ranking, word, may_be_main)
  if (options.length === 0) return { main_cause: null, certainty: null, sure: null }
  const weights = [...FEATURES.map((name) => joined.weights[name]), joined.another]
  const chances = choiceProbabilities(weights, [
    ...options.map(({ columns }) => [...columns, 0]),
    [...FEATURES.map(() => 0), 1],
  ])
  const [first] = options
    .map(({ code }, i) => ({ code, chance: chances[i] ?? 0 }))
    .toSorted(
      (a, b) =>
        b.chance - a.chance ||
        Number(b.code === ranking.main_cause) - Number(a.code === ranking.main_cause) ||
        a.code.localeCompare(b.code),
    )
  const certainty = first?.chance ?? 0
  return { main_cause: first?.code ?? null, certainty, sure: certainty >= joined.sure_at }
}
