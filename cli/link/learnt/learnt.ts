import { writeFile } from 'node:fs/promises'
import type { LinkageProblem } from '#engines/linkage/errors.ts'
import type { TablesResult } from '#engines/linkage/tables.ts'

type Learnt = Pick<TablesResult, 'model' | 'training' | 'rules'>

/** Below so many expected matches, or random pairs, a weight is a guess. */
const FEW = 10
/** From this share of matches in its last level up a comparison says little, or those are not matches. */
const MANY_DIFFER = 0.3

const percent = (share: number) => `${Math.round(100 * share)} %`

/** One line a level: m, u, its bits, and why not to trust them. */
export function levelTable({ model, training }: Learnt) {
  return model.comparisons.flatMap((comparison, c) =>
    comparison.levels.map((level, k) => {
      const learnt = training.comparisons[c]?.levels[k]
      const above = comparison.levels[k - 1]
      const bits = Math.log2(level.m / level.u)
      const notes = [
        ...(learnt?.never_seen ? ["never seen: the model's own"] : []),
        ...(learnt?.held ? ["a veto's: m is the model's own"] : []),
        ...(learnt && !learnt.never_seen && !learnt.held && learnt.matches < FEW ? ['m from few matches'] : []),
        ...(learnt && !learnt.never_seen && !learnt.counted && learnt.chance_pairs < FEW
          ? ['u from few random pairs']
          : []),
        ...(learnt && above && Math.abs(Math.log2(above.m / above.u) - bits) < 1e-9
          ? ['worth as much as the one above']
          : []),
        ...(learnt && k === comparison.levels.length - 1 && level.m >= MANY_DIFFER
          ? [`${percent(level.m)} of what was taken for matches`]
          : []),
      ]
      return {
        comparison: comparison.name,
        level: level.name,
        m: Number(level.m.toPrecision(3)),
        u: Number(level.u.toPrecision(3)),
        bits: Math.round(10 * bits) / 10,
        note: notes.join('; '),
      }
    }),
  )
}

/** One line a blocking rule: the pairs that it makes, those of other rules among them. */
export function ruleTable({ rules }: Pick<Learnt, 'rules'>) {
  return rules.map(({ rule, pairs, estimated }, i) => ({
    number: i + 1,
    rule: rule.join(', '),
    pairs,
    note: pairs === 0 ? 'makes no pairs' : estimated ? 'estimated' : '',
  }))
}

/** What is to be told of how it was learnt. */
export function doubtsOf({ training, rules }: Pick<Learnt, 'training' | 'rules'>): LinkageProblem[] {
  const { best_pairs, expected_matches } = training
  if (best_pairs === null) return []
  const widest = rules.reduce((a, b) => (b.pairs > a.pairs ? b : a))
  const message = `By all pairs the records had several matches each, as families and namesakes do ([${widest.rule.join(', ')}] makes most pairs): learnt from the ${best_pairs} pairs that are the best of both their records, of which ${Math.round(expected_matches)} are held to be matches.`
  return [
    {
      code: 'linkage_learnt_from_best_pairs',
      message,
      detail: { best_pairs, expected_matches, rule: widest.rule, rule_pairs: widest.pairs },
    },
  ]
}

/** The chain of tables as SQL, in the order in which they were made. */
export async function writeSql(path: string, { steps }: Pick<TablesResult, 'steps'>): Promise<void> {
  const text = steps.map(
    ({ table, rows, milliseconds, sql }) =>
      `-- ${table}: ${rows} rows, ${Math.round(milliseconds)} ms\n${sql.trim()};\n`,
  )
  await writeFile(path, text.join('\n'))
}
