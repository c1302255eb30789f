// A proxy means test fitted to a survey: which points the answers deserve, how well that aims in households left out of
// the fit, and from which score on a household counts as poor. The regression is engines/statistics'.
import { logistic, logisticRegression } from '#engines/statistics/fit/logistic.ts'
import { predict, type Coefficient } from '#engines/statistics/fit/ols.ts'
import { randomFrom, shuffle } from '#engines/statistics/draw/random.ts'
import { areaUnderCurve, selectTop, targeting, type Targeting } from '#engines/statistics/targeting.ts'
import { complete, standAt, type Rulebook } from '../rulebook.ts'
import type { FitRecipe, Surveyed } from './survey.ts'

export interface FoldResult {
  fold: number
  households: number
  poor: number
  auc: number | null
  exclusion_error: number | null
  inclusion_error: number | null
  cgh: number | null
}

export interface Fitted {
  /** Households fitted; left out are those without a head or with an answer missing. */
  households: number
  left_out: number
  people: number
  /** Share of people (of households, in the second) who are poor by the survey's own standard. */
  poverty_rate: number
  poverty_rate_of_households: number
  coefficients: ({ parameter: string; field: string | null; points: number } & Coefficient)[]
  /** Whole points, and log-odds as estimated: the same cut. */
  cutoff: { points: number; log_odds: number }
  /** Households that whole points and the regression as estimated would judge differently. */
  judged_otherwise: number
  folds: FoldResult[]
  /** All folds together, each household by the fit that had not seen it; people counted, as many chosen as are poor. */
  held_out: Targeting & { auc: number | null; auc_of_people: number | null }
  /** Log-odds of each household by the fit that had not seen it, by the survey's number. */
  held_out_scores: Map<string, number>
}

interface Row {
  surveyed: Surveyed
  x: number[]
}

/** A fold for each household: a published seed's shuffle, dealt out in turn. Order of the households does not matter. */
export function foldsOf(households: readonly string[], folds: number, seed: string): Map<string, number> {
  const order = shuffle([...households].sort(), randomFrom(seed))
  return new Map(order.map((household, index) => [household, (index % folds) + 1]))
}

/** The terms' values of each household, 1 first; null where one is unknown. Derived fields are the pack's own rules. */
export function termsOf(book: Rulebook, recipe: FitRecipe, surveyed: Surveyed): number[] | null {
  const at = standAt(book, book.pack.reference_date, '')
  const whole = complete(book, surveyed.record, at)
  const values = Object.values(recipe.terms).map((field) => whole[field])
  const numbers = values.map((value) => (typeof value === 'boolean' ? Number(value) : value))
  return numbers.every((value) => typeof value === 'number') ? [1, ...numbers] : null
}

/**
 * Fits the recipe's terms to who is poor, by logistic regression over households, unweighted; then once more for each
 * fold without it. The cut-off lies where, of the people of the households fitted, as many are chosen as are poor.
 * `folds` household -> fold, where somebody else's folds are to be followed. Throws where a household has no fold.
 */
export function fitScore(
  book: Rulebook,
  recipe: FitRecipe,
  surveyed: readonly Surveyed[],
  folds = foldsOf(
    surveyed.map((each) => each.household),
    recipe.folds,
    recipe.seed,
  ),
): Fitted {
  const rows = surveyed.flatMap((each): Row[] => {
    const x = each.headed ? termsOf(book, recipe, each) : null
    return x ? [{ surveyed: each, x }] : []
  })
  const poor = rows.map((row) => row.surveyed.poor)
  const people = rows.map((row) => row.surveyed.people)
  const rate = share(poor, people)

  const fold_of = rows.map(({ surveyed: { household } }) => {
    const fold = folds.get(household)
    if (fold === undefined) throw new RangeError(`Household ${household} is in no fold.`)
    return fold
  })
  const held = Array.from({ length: rows.length }, () => 0)
  for (const fold of new Set(fold_of)) {
    const beta = estimate(rows.filter((_, i) => fold_of[i] !== fold)).map((each) => each.estimate)
    for (const [i, row] of rows.entries()) if (fold_of[i] === fold) held[i] = predict(beta, row.x)
  }
  const chosen = selectTop(held, rate, people)
  const folded = [...new Set(fold_of)]
    .sort((a, b) => a - b)
    .map((fold): FoldResult => {
      const mine = rows.flatMap((_, i) => (fold_of[i] === fold ? [i] : []))
      const pick = <T>(list: readonly T[]): T[] => mine.map((i) => list[i]!)
      const [score, target, weight] = [pick(held), pick(poor), pick(people)]
      const aim = targeting({ selected: selectTop(score, share(target, weight), weight), target, weight })
      const { exclusion_error, inclusion_error, cgh } = aim
      const auc = areaUnderCurve({ score, target })
      return {
        fold,
        households: mine.length,
        poor: target.filter(Boolean).length,
        auc,
        exclusion_error,
        inclusion_error,
        cgh,
      }
    })

  const found = estimate(rows)
  const beta = found.map((each) => each.estimate)
  const points = beta.map((each) => Math.round(each * recipe.scale))
  const log_odds = rows.map((row) => predict(beta, row.x))
  const scores = rows.map((row) => predict(points, row.x))
  const cutoff = cutBetween(scores, log_odds, selectTop(log_odds, rate, people))
  const names = [recipe.intercept, ...Object.keys(recipe.terms)]
  return {
    households: rows.length,
    left_out: surveyed.length - rows.length,
    people: people.reduce((a, b) => a + b, 0),
    poverty_rate: rate,
    poverty_rate_of_households: share(
      poor,
      people.map(() => 1),
    ),
    coefficients: found.map((each, j) => ({
      parameter: names[j]!,
      field: recipe.terms[names[j]!] ?? null,
      points: points[j]!,
      ...each,
    })),
    cutoff,
    judged_otherwise: rows.filter((_, i) => scores[i]! >= cutoff.points !== log_odds[i]! >= cutoff.log_odds).length,
    folds: folded,
    held_out: {
      ...targeting({ selected: chosen, target: poor, weight: people }),
      auc: areaUnderCurve({ score: held, target: poor }),
      auc_of_people: areaUnderCurve({ score: held, target: poor, weight: people }),
    },
    held_out_scores: new Map(rows.map((row, i) => [row.surveyed.household, held[i]!])),
  }
}

/** The chance of being poor that a score in points stands for. */
export const chanceAt = (points: number, scale: number): number => logistic(points / scale)

const estimate = (rows: readonly Row[]): Coefficient[] =>
  logisticRegression({ rows: rows.map((row) => row.x), y: rows.map((row) => Number(row.surveyed.poor)) }).coefficients

function share(is: readonly boolean[], weight: readonly number[]): number {
  const all = weight.reduce((a, b) => a + b, 0)
  return weight.reduce((sum, w, i) => sum + (is[i] ? w : 0), 0) / all
}

/** Halfway between the lowest score chosen and the highest not chosen, so that rounding to points moves nobody across. */
function cutBetween(scores: number[], log_odds: number[], chosen: boolean[]): Fitted['cutoff'] {
  const lowest = (of: number[]) => Math.min(...of.filter((_, i) => chosen[i]))
  const highest = (of: number[]) => Math.max(...of.filter((_, i) => !chosen[i]))
  const middle = (of: number[]) => (lowest(of) + highest(of)) / 2
  return { points: Math.ceil(middle(scores)), log_odds: middle(log_odds) }
}
