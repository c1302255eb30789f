import { LinkageError } from './errors.ts'
import type { LinkageModel } from './model.ts'
import { readColumns } from './session.ts'
import type { Session } from './session.ts'
import type { EncodedRecords } from './encode.ts'

/** What one blocking rule brings: `pairs` with repetitions of earlier rules, counted before anything is joined. */
export type RuleCount = { rule: string[]; pairs: number }

/** Pairs that each rule would make, from the sizes of its groups alone. */
export async function countRules(session: Session, model: LinkageModel, encoded: EncodedRecords): Promise<RuleCount[]> {
  const counts: RuleCount[] = []
  for (const rule of model.blocking_rules) {
    const keys = rule.map((key) => encoded.keys.get(key)!)
    const group = (side: string) =>
      `(select ${keys.join(', ')}, count(*)::double as n from lk_codes_${side} where ${keys.map((k) => `${k} is not null`).join(' and ')} group by all)`
    const sql = encoded.dedupe
      ? `select coalesce(sum(n * (n - 1) / 2), 0) from ${group('left')}`
      : `select coalesce(sum(l.n * r.n), 0) from ${group('left')} l join ${group('right')} r using (${keys.join(', ')})`
    counts.push({ rule, pairs: Number((await readColumns(session.connection, sql))[0]![0]) })
  }
  return counts
}

/**
 * lk_pairs(l, r, rule): pairs that agree on some rule's keys, each once, under the first rule that makes it.
 * Throws `linkage_too_many_pairs` with the count before any pair is made, `linkage_no_usable_rule` when no record has a key.
 */
export async function block(session: Session, model: LinkageModel, encoded: EncodedRecords, max_pairs: number) {
  const counts = await countRules(session, model, encoded)
  const total = counts.reduce((sum, count) => sum + count.pairs, 0)
  const worst = counts.reduce((a, b) => (b.pairs > a.pairs ? b : a))
  if (total > max_pairs) {
    throw new LinkageError(
      'linkage_too_many_pairs',
      `The blocking rules would compare ${total} pairs (limit ${max_pairs}), ${worst.pairs} of them by [${worst.rule.join(', ')}]. Add a key to that rule.`,
      { pairs: total, max_pairs, rule: worst.rule, rule_pairs: worst.pairs, rules: counts },
    )
  }
  const keyed = await Promise.all(
    [...encoded.keys.values()].map(async (key) => {
      const both = encoded.dedupe ? '' : ` and exists (select 1 from lk_codes_right where ${key} is not null)`
      const sql = `select (exists (select 1 from lk_codes_left where ${key} is not null)${both})::integer`
      return [key, Number((await readColumns(session.connection, sql))[0]![0]) === 1] as const
    }),
  )
  const alive = new Map(keyed)
  if (!model.blocking_rules.some((rule) => rule.every((key) => alive.get(encoded.keys.get(key)!)))) {
    throw new LinkageError('linkage_no_usable_rule', 'No blocking rule has a value for all its keys on both sides.', {
      rules: model.blocking_rules,
    })
  }
  const right = encoded.dedupe ? 'lk_codes_left' : 'lk_codes_right'
  const conditions = model.blocking_rules.map((rule) =>
    rule.map((key) => `l.${encoded.keys.get(key)!} = r.${encoded.keys.get(key)!}`).join(' and '),
  )
  const selects = conditions.map((condition, i) => {
    const earlier = conditions.slice(0, i).map((other) => `not coalesce(${other}, false)`)
    const where = [...(encoded.dedupe ? ['l.id < r.id'] : []), ...earlier]
    return `select l.id as l, r.id as r, ${i} as rule from lk_codes_left l join ${right} r on ${condition}${where.length > 0 ? `\n  where ${where.join('\n  and ')}` : ''}`
  })
  const pairs = await session.step('pairs', selects.join('\nunion all\n'))
  return { counts, pairs }
}
