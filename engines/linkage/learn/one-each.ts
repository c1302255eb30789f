import { mutualBest } from '../choose/best.ts'
import type { LinkageModel } from '../model/model.ts'
import type { Sizes } from './chance.ts'
import { meaningOf } from './patterns.ts'
import type { Run } from '../pairs/encode.ts'
import { countPatterns } from '../pairs/score-sql.ts'
import { readNumber } from '../session/read.ts'
import type { Session } from '../session/session.ts'
import { train } from './train.ts'
import type { PatternCounts, Training, TrainingFacts } from './train.ts'

/** Probable matches of a record, on average, from which on they are held not to be its own: more than a list has doubles. */
const SEVERAL = 1.2
/** Records of each side that are looked at for it. */
const RECORDS_SEEN = 50_000
/** Times that matches are chosen and learnt from: the second moved F1 by .0003 on two made lists with families, a third by nothing. */
const ROUNDS = 2

/** lk_<into>_weights(pattern, weight): bits of each pattern under the model, without term frequencies. */
async function writeWeights(session: Session, model: LinkageModel, patterns: Int32Array, into: string): Promise<void> {
  const weights = Float64Array.from(patterns, (pattern) => meaningOf(pattern, model).weight)
  await session.fill(`${into}_weights`, 'a model learnt', { pattern: 'int', weight: 'double' }, async (writer) => {
    if (patterns.length > 0) writer.write([patterns, weights])
  })
}

/** How many probable matches the records of a side that have any have each: the lesser of both sides. */
async function matchesEach(session: Session, sizes: Sizes): Promise<number> {
  const of = (
    id: 'l' | 'r',
    size: number,
  ) => `select count(*)::double as pairs, count(distinct ${id})::double as records
  from lk_compared join lk_learning_weights using (pattern) where weight >= 0 and ${id} % ${Math.ceil(size / RECORDS_SEEN)} = 0`
  await session.step('learning_each', `${of('l', sizes.left)}\nunion all\n${of('r', sizes.right)}`)
  const sql = 'select coalesce(min(pairs / nullif(records, 0)), 0)::double from lk_learning_each'
  return readNumber(session.connection, sql)
}

/**
 * Of two lists each record has one match at most, or its doubles where a list holds some. Where those of both sides have
 * several all the same, families have been learnt as matches: people of one address and telephone who differ in all that is
 * their own. Then m is learnt again from the pairs that are the best of both their records, chosen and learnt from twice;
 * u stays what random pairs show. Returns null where all is well, else as `train`.
 */
export async function learnOneEach(
  { session, model }: Run,
  learnt: LinkageModel,
  { patterns: { patterns }, facts, sizes }: { patterns: PatternCounts; facts: TrainingFacts; sizes: Sizes },
): Promise<{ model: LinkageModel; training: Training } | null> {
  await writeWeights(session, learnt, patterns, 'learning')
  if ((await matchesEach(session, sizes)) < SEVERAL) return null
  let found: { model: LinkageModel; training: Training } | null = null
  for (let round = 1; round <= ROUNDS; round++) {
    const [chosen, best, sure] = [`learning_${round}`, `learning_best_${round}`, `learning_sure_${round}`]
    await writeWeights(session, found?.model ?? learnt, patterns, chosen)
    // what is weighed below zero by the round before may be a match too, but not far below
    await session.step(
      chosen,
      `select l, r, pattern, weight from lk_compared join lk_${chosen}_weights using (pattern) where weight >= -10`,
    )
    await mutualBest(session, chosen, best)
    // brothers nothing tells apart are the best of each other, all of them
    await session.step(sure, `select pattern from lk_${best} where margin > 0`)
    for (const table of [chosen, best]) await session.drop(table)
    const own = await countPatterns(session, sure)
    await session.drop(sure)
    found = train(model, own, 'all', { ...facts, most_matches: Math.min(sizes.left, sizes.right) })
    const pairs = own.counts.reduce((sum, n) => sum + n, 0)
    found.training.best_pairs = pairs
  }
  return found
}
