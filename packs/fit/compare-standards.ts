// Two and more standards over the same survey: whom each finds, whom both, and how each aims at the other's reach.
import { fitScore, type Fitted } from './fit.ts'
import { aimOf, judgeAll, measureStandard, topOf, type Aim, type Measured } from './measure.ts'
import { surveyOf } from './survey.ts'

export interface Compared {
  standards: Measured[]
  /** Each fitted standard by fits that had not seen the household: as many people chosen as are poor, and as each other standard finds. */
  held_out: (Pick<Fitted, 'folds'> & {
    pack: string
    households: number
    auc: number | null
    at_poverty_rate: Aim
    at_reach_of: { pack: string; its_own: Aim; held_out: Aim }[]
  })[]
  /** Of the households both standards judged: found by both, by one alone, by neither; and the survey's poor among them. */
  pairs: { packs: [string, string]; cells: Record<Cell, { households: number; poor: number }> }[]
}
type Cell = 'both' | 'first_alone' | 'second_alone' | 'neither'

/** Measures each pack's standard over a survey's file and compares them. Throws as `surveyOf` does. */
export async function compareStandards(
  folders: readonly string[],
  file: string,
  say: (text: string) => void = () => {},
): Promise<Compared> {
  const all = await Promise.all(
    folders.map(async (folder) => {
      const { book, recipe, households } = await surveyOf(folder, file)
      return { book, recipe, judged: judgeAll(book, households) }
    }),
  )
  const standards = all.map(({ book, recipe, judged }) => {
    say(`Measuring ${book.pack.id}`)
    return measureStandard(book, recipe, judged, book.pack.id)
  })
  const held_out = all.flatMap(({ book, recipe, judged }): Compared['held_out'] => {
    if (!recipe.fit) return []
    say(`Fitting ${book.pack.id} without each fold`)
    const fitted = fitScore(book, recipe.fit, judged)
    const seen = judged.filter((each) => fitted.held_out_scores.has(each.household))
    const score = seen.map((each) => fitted.held_out_scores.get(each.household) ?? 0)
    const people = seen.map((each) => each.people)
    const aimAt = (coverage: number) => aimOf(seen, topOf(seen, score, coverage), book.pack.id, people)
    return [
      {
        pack: book.pack.id,
        households: seen.length,
        auc: fitted.held_out.auc,
        folds: fitted.folds,
        at_poverty_rate: aimAt(fitted.poverty_rate),
        at_reach_of: all
          .filter((other) => other.book !== book)
          .map((other) => {
            const found = eligibleOf(other.judged)
            const chosen = seen.map((each) => found.has(each.household))
            const its_own = aimOf(seen, chosen, book.pack.id, people)
            return { pack: other.book.pack.id, its_own, held_out: aimAt(its_own.coverage?.estimate ?? 0) }
          }),
      },
    ]
  })
  const pairs = all.flatMap((first, i) =>
    all.slice(i + 1).map((second): Compared['pairs'][number] => {
      const [a, b] = [eligibleOf(first.judged), eligibleOf(second.judged)]
      const cells: Record<Cell, { households: number; poor: number }> = {
        both: { households: 0, poor: 0 },
        first_alone: { households: 0, poor: 0 },
        second_alone: { households: 0, poor: 0 },
        neither: { households: 0, poor: 0 },
      }
      for (const { household, poor } of first.judged) {
        const [in_a, in_b] = [a.has(household), b.has(household)]
        const cell = cells[in_a ? (in_b ? 'both' : 'first_alone') : in_b ? 'second_alone' : 'neither']
        cell.households += 1
        if (poor) cell.poor += 1
      }
      return { packs: [first.book.pack.id, second.book.pack.id], cells }
    }),
  )
  return { standards, held_out, pairs }
}

const eligibleOf = (judged: readonly { household: string; judgement: { verdict: string } }[]): Set<string> =>
  new Set(judged.filter((each) => each.judgement.verdict === 'eligible').map((each) => each.household))
