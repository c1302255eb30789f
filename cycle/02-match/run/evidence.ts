// What links and reviews remember of why: levels and bits, never a personal number.
import { levelWeight, priorWeight } from '#engines/linkage/model/model.ts'
import type { Candidates } from './candidates.ts'
import type { CardPair, Supported } from './households.ts'

export type Evidence = { [key: string]: unknown }

/** What a household's link rests on: how many members, and at which levels. */
export function linkEvidence(pair: CardPair | undefined): Evidence {
  if (!pair) return {}
  return {
    shared: pair.shared.length,
    of: [pair.left.people.length, pair.right.people.length],
    levels: pair.shared.map((each) => each.levels),
  }
}

/** One step of the waterfall: a comparison, how far it agrees, and the bits that speak for (above 0) or against it. */
export interface Step {
  comparison: string
  level: string | null
  weight: number
}

/** For a reviewer: every pair of people with the steps that add up to its weight. `left` is the later visit's member. */
export function reviewEvidence(kind: string, pair: CardPair, left_card: string, candidates: Candidates): Evidence {
  return {
    kind,
    verdict: pair.verdict,
    pairs: pair.chosen.map((each) => {
      const [left, right] = each.left.card_id === left_card ? [each.left, each.right] : [each.right, each.left]
      return {
        left: left.key,
        right: right.key,
        steps: stepsOf(each, candidates),
        match_weight: each.total,
        exact: each.exact,
        vetoed: each.vetoed,
        sure: pair.shared.includes(each),
      }
    }),
  }
}

function stepsOf(pair: Supported, { model }: Candidates): Step[] {
  const prior: Step = { comparison: 'prior', level: null, weight: priorWeight(model) }
  const levels = model.comparisons.map((comparison): Step => {
    const level = comparison.levels.find((each) => each.name === pair.levels[comparison.name])
    return { comparison: comparison.name, level: level?.name ?? null, weight: level ? levelWeight(level) : 0 }
  })
  const steps = [prior, ...levels]
  const told = steps.reduce((sum, step) => sum + step.weight, 0)
  // What the levels do not tell: how rare the name is.
  const rarity: Step = { comparison: 'rarity', level: null, weight: pair.weight - told }
  const support: Step = { comparison: 'support', level: String(pair.support), weight: pair.total - pair.weight }
  return [...steps, rarity, support].filter((step) => step.level !== null || Math.abs(step.weight) > 0.005)
}
