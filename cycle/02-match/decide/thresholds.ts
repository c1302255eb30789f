// What other thresholds would have done to the pairs that people have looked at.
import { wilsonInterval, type Interval } from '#engines/statistics/proportion.ts'

/** Bands of a county: at `accept` bits two households are one without asking, from `review` bits on a person is asked. */
export interface Setting {
  accept: number
  review: number
  /** Share of the questions that two people answer. */
  second_share: number
}

/** Where no county officer has set anything: those of the linkage models, and one question in ten for two people. */
export const FIRST_SETTING: Setting = { accept: 10, review: 0, second_share: 0.1 }

/** A pair of households that a person has decided on. `check`: drawn from the automatic links; `asked`: doubtful. */
export interface Labelled {
  decisive: number
  same: boolean
  from: 'asked' | 'check'
}

/** How many pairs there are of each kind, decided on or not: what the decided ones stand for. */
export type Universe = Record<Labelled['from'], number>

export interface Point {
  threshold: number
  /** Labelled pairs that would have been linked without asking, and those of them that are one household. */
  linked: number
  right: number
  /** Null where nothing would have been linked. */
  precision: Interval | null
  /** Of the pairs that are one household, at or above the review threshold. Null without any. */
  recall: Interval | null
}

/**
 * Precision and recall of each acceptance threshold. Pairs of a kind of which only some were looked at count for the
 * others too (weight: how many there are / how many were looked at); intervals are Wilson's at 95 % on the effective
 * number (sum of weights)^2 / sum of squared weights (Kish 1965, Survey Sampling, 11.7). Pairs that nobody was asked
 * about and that were not linked are not seen: recall is of what was compared and found likely.
 */
export function curveOf(labelled: readonly Labelled[], universe: Universe, thresholds: readonly number[]): Point[] {
  const looked_at = { asked: 0, check: 0 }
  for (const each of labelled) looked_at[each.from] += 1
  const weightOf = ({ from }: Labelled) => Math.max(1, universe[from] / looked_at[from])
  const same = labelled.filter((each) => each.same)
  return thresholds.map((threshold) => {
    const linked = labelled.filter((each) => each.decisive >= threshold)
    const right = linked.filter((each) => each.same)
    return {
      threshold,
      linked: linked.length,
      right: right.length,
      precision: share(linked, (each) => each.same, weightOf),
      recall: share(same, (each) => each.decisive >= threshold, weightOf),
    }
  })
}

function share(
  of: readonly Labelled[],
  counts: (each: Labelled) => boolean,
  weightOf: (each: Labelled) => number,
): Interval | null {
  if (of.length === 0) return null
  const weights = of.map(weightOf)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const squares = weights.reduce((total, weight) => total + weight * weight, 0)
  const events = of.reduce((total, each, index) => total + (counts(each) ? (weights[index] ?? 0) : 0), 0)
  const n = (sum * sum) / squares
  return wilsonInterval({ events: Math.min(n, (events / sum) * n), n })
}

/** Thresholds to show: whole bits over the range of what was decided, and those in force. */
export function thresholdsFor(labelled: readonly Labelled[], setting: Setting): number[] {
  const weights = labelled.map((each) => each.decisive)
  const from = Math.max(-20, Math.floor(Math.min(setting.review, ...weights)))
  const to = Math.min(30, Math.ceil(Math.max(setting.accept + 4, ...weights)))
  const whole = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  return [...new Set([...whole, setting.accept])].toSorted((a, b) => a - b)
}
