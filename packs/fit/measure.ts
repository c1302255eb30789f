// How a pack's standard meets a survey's own: every household of the survey judged by the pack, beside who is poor there.
import { alkireFoster, type AlkireFoster } from '#engines/statistics/multidimensional.ts'
import { randomFrom } from '#engines/statistics/draw/random.ts'
import { resampled, type Between } from '#engines/statistics/draw/resample.ts'
import { areaUnderCurve, selectTop, targeting } from '#engines/statistics/targeting.ts'
import { judge, standAt, type Judgement, type Rulebook } from '../rulebook.ts'
import type { Recipe, Surveyed } from './survey.ts'

/** Shares and indices as engines/statistics/targeting says, each with its interval over households drawn anew. */
export type Aim = Record<(typeof AIMS)[number], Between | null>
const AIMS = [
  'coverage',
  'target_rate',
  'exclusion_error',
  'inclusion_error',
  'cgh',
  'targeting_differential',
  'false_positive_rate',
] as const

export interface Measured {
  pack: { id: string; version: string; pack_hash: string }
  households: number
  people: number
  verdicts: Record<Judgement['verdict'], number>
  /** People counted; who needs verification is not chosen. */
  aim: Aim
  aim_of_households: Aim
  /** The chance that a poor household scores above another one; null where the pack has no score. */
  auc: number | null
  by_class: Record<string, { households: number; eligible: number }>
  deprivation: Deprivation | null
}

export interface Deprivation {
  of_households: Omit<AlkireFoster, 'groups'>
  of_people: Omit<AlkireFoster, 'groups'>
  /** Households that the pack's verdict and the count of points judge differently, and whose score is another number. */
  judged_otherwise: number
  scored_otherwise: number
}

export interface Judged extends Surveyed {
  judgement: Judgement
}

/** Every household judged by the pack as of its day of reference, where it lives. */
export function judgeAll(book: Rulebook, households: readonly Surveyed[]): Judged[] {
  return households.map((surveyed) => {
    const area = surveyed.record['area_code']
    const at = standAt(book, book.pack.reference_date, typeof area === 'string' ? area : '')
    return { ...surveyed, judgement: judge(book, surveyed.record, at) }
  })
}

/** The standard of a pack beside the survey's own. `seed` fixes the intervals: anybody finds the same. */
export function measureStandard(book: Rulebook, recipe: Recipe, judged: readonly Judged[], seed: string): Measured {
  const { id, version, pack_hash } = book.pack
  const people = judged.map((each) => each.people)
  const chosen = judged.map((each) => each.judgement.verdict === 'eligible')
  const verdicts: Measured['verdicts'] = { eligible: 0, not_eligible: 0, needs_verification: 0 }
  const by_class: Measured['by_class'] = {}
  for (const { judgement, class_of } of judged) {
    verdicts[judgement.verdict] += 1
    const own = (by_class[class_of] ??= { households: 0, eligible: 0 })
    own.households += 1
    if (judgement.verdict === 'eligible') own.eligible += 1
  }
  const scored = judged.filter((each) => each.judgement.score !== null)
  return {
    pack: { id, version, pack_hash },
    households: judged.length,
    people: people.reduce((a, b) => a + b, 0),
    verdicts,
    aim: aimOf(judged, chosen, seed, people),
    aim_of_households: aimOf(judged, chosen, seed),
    auc: areaUnderCurve({
      score: scored.map((each) => each.judgement.score ?? 0),
      target: scored.map((each) => each.poor),
    }),
    by_class: Object.fromEntries(Object.entries(by_class).sort(([a], [b]) => a.localeCompare(b))),
    deprivation: recipe.deprivation ? deprivationOf(book, recipe.deprivation, judged) : null,
  }
}

/** Errors and indices of a choice with 95 % intervals; households drawn anew 1,000 times, for people come by household. */
export function aimOf(
  surveyed: readonly Surveyed[],
  selected: readonly boolean[],
  seed: string,
  weight: readonly number[] = surveyed.map(() => 1),
): Aim {
  const target = surveyed.map((each) => each.poor)
  return resampled({
    units: surveyed.length,
    random: randomFrom(seed),
    measure: (times) => {
      const all = targeting({ selected, target, weight: weight.map((w, i) => w * times[i]!) })
      return Object.fromEntries(AIMS.map((name) => [name, all[name]])) as Record<(typeof AIMS)[number], number | null>
    },
  })
}

/** The highest scores that hold `coverage` of the people: a score's aim at another standard's reach. */
export const topOf = (surveyed: readonly Surveyed[], score: readonly number[], coverage: number): boolean[] =>
  selectTop(
    score,
    coverage,
    surveyed.map((each) => each.people),
  )

function deprivationOf(
  book: Rulebook,
  { points, cutoff }: NonNullable<Recipe['deprivation']>,
  judged: readonly Judged[],
): Deprivation {
  const indicators = Object.entries(points).map(([name, worth]) => ({ name, points: worth }))
  const cutoff_points = Number(standAt(book, book.pack.reference_date, '').params[cutoff])
  const deprived = judged.map(({ judgement }) =>
    indicators.map(({ name }): 0 | 1 | null => {
      const state = judgement.indicators.find((each) => each.code === name)?.state
      return state === 'unmet' ? 1 : state === 'met' ? 0 : null
    }),
  )
  const count = (row: readonly (0 | 1 | null)[], ifUnknown: 0 | 1) =>
    row.reduce<number>((sum, each, j) => sum + (each ?? ifUnknown) * indicators[j]!.points, 0)
  const verdictOf = (row: readonly (0 | 1 | null)[]): Judgement['verdict'] => {
    if (count(row, 0) >= cutoff_points) return 'eligible'
    return count(row, 1) < cutoff_points ? 'not_eligible' : 'needs_verification'
  }
  const of = (weight?: number[]) => {
    const { groups: _, ...found } = alkireFoster({ indicators, cutoff_points, deprived, ...(weight ? { weight } : {}) })
    return found
  }
  return {
    of_households: of(),
    of_people: of(judged.map((each) => each.people)),
    judged_otherwise: judged.filter(({ judgement }, i) => judgement.verdict !== verdictOf(deprived[i]!)).length,
    scored_otherwise: judged.filter(({ judgement }, i) => judgement.score !== count(deprived[i]!, 0)).length,
  }
}
