import { compareSql, finishPairs } from './compare.ts'
import type { EncodedRecords } from './encode.ts'
import { LinkageError } from './errors.ts'
import type { LinkageModel } from './model.ts'
import { readColumns } from './session.ts'
import type { Session } from './session.ts'

/** What one blocking rule brings: `pairs` with repetitions of earlier rules, counted before anything is joined. */
export type RuleCount = { rule: string[]; pairs: number }

/** Pairs that each rule would make, from the sizes of its groups alone. */
export async function countRules(session: Session, model: LinkageModel, encoded: EncodedRecords): Promise<RuleCount[]> {
  const sums = encoded.rules.map(({ slot }, j) => {
    const group = (side: string) =>
      `(select ${slot} as k, count(*) as n from lk_codes_${side} where ${slot} is not null group by 1)`
    const sum = encoded.dedupe
      ? `select coalesce(sum(n * (n - 1) / 2), 0)::double as pairs from ${group('left')}`
      : `select coalesce(sum(l.n * r.n), 0)::double as pairs from ${group('left')} l join ${group('right')} r using (k)`
    return `select ${j} as rule, pairs from (${sum})`
  })
  await session.step('rules', sums.join('\nunion all\n'))
  const [pairs] = await readColumns(session.connection, 'select pairs from lk_rules order by rule')
  return model.blocking_rules.map((rule, j) => ({ rule, pairs: Number(pairs![j]) }))
}

/** Throws `linkage_too_many_pairs` with the count before any pair is made, `linkage_no_usable_rule` when nobody has a key. */
async function guard(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  counts: RuleCount[],
  max_pairs: number,
) {
  const total = counts.reduce((sum, count) => sum + count.pairs, 0)
  const worst = counts.reduce((a, b) => (b.pairs > a.pairs ? b : a))
  if (total > max_pairs) {
    throw new LinkageError(
      'linkage_too_many_pairs',
      `The blocking rules would compare ${total} pairs (limit ${max_pairs}), ${worst.pairs} of them by [${worst.rule.join(', ')}]. Add a key to that rule.`,
      { pairs: total, max_pairs, rule: worst.rule, rule_pairs: worst.pairs, rules: counts },
    )
  }
  if (total > 0) return
  const usable = encoded.rules.map(({ slot }) => {
    const there = (side: string) => `exists (select 1 from lk_codes_${side} where ${slot} is not null)`
    return encoded.dedupe ? there('left') : `(${there('left')} and ${there('right')})`
  })
  const [found] = await readColumns(session.connection, `select (${usable.join(' or ')})::integer`)
  if (Number(found![0]) === 1) return
  throw new LinkageError('linkage_no_usable_rule', 'No blocking rule has a value for all its keys on both sides.', {
    rules: model.blocking_rules,
  })
}

/**
 * lk_compared(l, r, pattern): pairs that agree on some rule's keys, each once, under the first rule that makes it, compared
 * as they are made: the wide columns of a record travel no further than the join that needs them.
 * Throws `linkage_too_many_pairs`, `linkage_no_usable_rule`.
 */
export async function block(session: Session, model: LinkageModel, encoded: EncodedRecords, max_pairs: number) {
  const counts = await countRules(session, model, encoded)
  await guard(session, model, encoded, counts, max_pairs)
  const right = encoded.dedupe ? 'lk_codes_left' : 'lk_codes_right'
  const tables: string[] = []
  for (const [j, { slot }] of encoded.rules.entries()) {
    if (counts[j]!.pairs === 0) continue
    const earlier = encoded.rules.slice(0, j).map((rule) => `coalesce(l.${rule.slot} <> r.${rule.slot}, true)`)
    const where = [...(encoded.dedupe ? ['l.id < r.id'] : []), ...earlier]
    const from = `from lk_codes_left l join ${right} r on l.${slot} = r.${slot}${where.length > 0 ? `\nwhere ${where.join('\n  and ')}` : ''}`
    await session.step(`pairs_${j}`, compareSql(model, encoded, from))
    tables.push(`select * from lk_pairs_${j}`)
  }
  await session.step('pairs', tables.length > 0 ? tables.join('\nunion all ') : NO_PAIRS)
  for (let j = 0; j < encoded.rules.length; j++) await session.drop(`pairs_${j}`)
  const pairs = await finishPairs(session, model, encoded, 'pairs', 'compared')
  for (const table of ['pairs', 'compared_rest']) await session.drop(table)
  return { counts, pairs }
}

const NO_PAIRS = 'select 0::integer as l, 0::integer as r, 0::integer as pattern, 0::integer as rest where false'
