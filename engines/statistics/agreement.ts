import { wilsonInterval, type Interval } from './proportion.ts'

export interface Agreement {
  /** Things that two people judged. */
  pairs: number
  agreed: number
  /** Share agreed, Wilson's interval at 95 %. */
  share: Interval
  /** Cohen's kappa: agreement beyond what chance would give; null where everybody always says the same. */
  kappa: number | null
}

/**
 * How well two people's judgements of the same things agree. Kappa is (p_o - p_e) / (1 - p_e), with p_e from the
 * margins of first and second judgements (Cohen 1960, Educational and Psychological Measurement 20:37). Null without
 * pairs.
 */
export function agreementOf<T extends string>(pairs: readonly (readonly [T, T])[]): Agreement | null {
  const n = pairs.length
  if (n === 0) return null
  const agreed = pairs.filter(([first, second]) => first === second).length
  const judgements = [...new Set(pairs.flat())]
  const marginal = (judgement: T, place: 0 | 1) => pairs.filter((pair) => pair[place] === judgement).length / n
  const by_chance = judgements.reduce((sum, each) => sum + marginal(each, 0) * marginal(each, 1), 0)
  const kappa = by_chance === 1 ? null : (agreed / n - by_chance) / (1 - by_chance)
  return { pairs: n, agreed, share: wilsonInterval({ events: agreed, n }), kappa }
}
