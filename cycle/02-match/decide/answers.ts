// A question is decided by what people answer: who answered what, whether it suffices, and how well they agree.
import type { StateOf } from '#registry/tables/states.ts'
import { agreementOf, type Agreement } from '#engines/statistics/agreement.ts'

export type Decision = StateOf<'match_answer.decision'>

/** Why one answer is not enough: a merger touches a registered household, or the question was drawn for two. */
export type Second = 'registered' | 'drawn' | null

/** Kinds whose acceptance puts two households, or two persons, together. */
export const MERGING = ['part', 'doubtful', 'code_disagrees', 'two_households', 'number_held']

/**
 * What the standing answers, each of another person, come to; null while another is needed. One answer decides, except:
 * of a question drawn for two, two must agree; a merger that touches a registered household needs two who say yes, and
 * once somebody has said yes, two who say no. "Unsure" decides nothing.
 */
export function outcomeOf(answers: readonly Decision[], second: Second): 'accepted' | 'rejected' | null {
  const said = (decision: Decision) => answers.filter((each) => each === decision).length
  const [yes, no] = [said('accepted'), said('rejected')]
  if (yes >= (second === null ? 1 : 2)) return 'accepted'
  if (no >= (second === 'drawn' || yes > 0 ? 2 : 1)) return 'rejected'
  return null
}

export interface Answer {
  review_id: string
  account_id: string | null
  decision: Decision
  answered_at: string
}

/** First and second answer to each question that two people answered yes or no, in the order of their times. */
export function answeredTwice(answers: readonly Answer[]): [Decision, Decision][] {
  const by_review = Map.groupBy(
    answers.filter((each) => each.decision !== 'unsure'),
    (each) => each.review_id,
  )
  return [...by_review.values()].flatMap((some): [Decision, Decision][] => {
    const [first, second] = some.toSorted((a, b) => (a.answered_at < b.answered_at ? -1 : 1))
    return first && second && first.account_id !== second.account_id ? [[first.decision, second.decision]] : []
  })
}

export const agreement = (answers: readonly Answer[]): Agreement | null => agreementOf(answeredTwice(answers))

/** A pause longer than this is not work on a question. */
const LONGEST_MS = 10 * 60_000
const LEAST_GAPS = 3

/**
 * Seconds an answer takes: the median time between two answers of one person in a row, breaks left out; of the last 200.
 * Null before there are three such times.
 */
export function paceOf(answers: readonly Answer[]): number | null {
  const by_person = Map.groupBy(answers, (each) => each.account_id)
  const gaps = [...by_person.values()].flatMap((some) => {
    const times = some.map((each) => Date.parse(each.answered_at)).toSorted((a, b) => a - b)
    return times.slice(1).flatMap((time, index) => {
      const gap = time - (times[index] ?? time)
      return gap > 0 && gap <= LONGEST_MS ? [{ time, gap }] : []
    })
  })
  const last = gaps.toSorted((a, b) => b.time - a.time).slice(0, 200)
  if (last.length < LEAST_GAPS) return null
  const sorted = last.map((each) => each.gap).toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const median = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return (median ?? 0) / 1000
}
