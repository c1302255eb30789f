import { writeFile } from 'node:fs/promises'
import type { LinkageProblem } from '#engines/linkage/errors.ts'
import type { TablesResult } from '#engines/linkage/tables.ts'

type Learnt = Pick<TablesResult, 'model' | 'training' | 'rules' | 'counts'>

/** Below so many expected matches, or random pairs, a weight is a guess. */
const FEW = 10
/** From this share of matches in its last level up a comparison says little, or those are not matches. */
const MANY_DIFFER = 0.3
/** So much more than one for each record is no accident of the estimate. */
const TOO_MANY = 1.05

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

/** What the numbers that were learnt say against themselves. */
export function doubtsOf({ training, rules, counts, model }: Learnt, two_lists: boolean): LinkageProblem[] {
  const { expected_matches } = training
  const most = Math.min(counts.left, counts.right)
  if (!two_lists || training.mode !== 'all' || expected_matches <= TOO_MANY * most) return []
  const widest = rules.reduce((a, b) => (b.pairs > a.pairs ? b : a))
  const differ = model.comparisons.flatMap(({ name, levels }) => {
    const { m } = levels.at(-1)!
    return m >= MANY_DIFFER ? [`${percent(m)} of them differ in ${name}`] : []
  })
  const message = `${Math.round(expected_matches)} matches were learnt from, but the shorter list has ${most} records: families or namesakes stand among them${differ.length > 0 ? ` (${differ.join(', ')})` : ''}, and the weights are theirs. [${widest.rule.join(', ')}] makes most pairs. Learn by those rules alone that only the same person meets (link train --rules 1,2), then link with --train none.`
  return [
    {
      code: 'linkage_more_matches_than_records',
      message,
      detail: { expected_matches, records: most, rule: widest.rule, rule_pairs: widest.pairs },
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
