import { compareSql, finishPairs } from '../compare/compare.ts'
import type { EncodedRecords } from './encode.ts'
import { LinkageError } from '../errors.ts'
import type { LinkageModel } from '../model/model.ts'
import { readColumns } from '../session/session.ts'
import type { Session } from '../session/session.ts'

/**
 * What one blocking rule brings: `pairs` with repetitions of earlier rules, counted before anything is joined. From a
 * million records up the count is first `estimated`, and made exact only where it comes near the limit.
 */
export type RuleCount = { rule: string[]; pairs: number; estimated?: true }

/** The first rule that makes pairs, which makes all of its: its key (a column of the codes) and how many there are. */
export type FirstRule = { key: string; pairs: number }

/** Records together from which pairs are estimated first: counting them exactly is then a tenth of the whole run. */
const MANY_RECORDS = 1_000_000
/** Share of keys, and of records, that an estimate looks at: 1 in so many. */
const KEYS_SEEN = 64
const RECORDS_SEEN = 64

/** Pairs of one rule among the records that pass `where`, from the sizes of the groups alone. */
function pairsOf(slot: string, dedupe: boolean, where: string, factor: number): string {
  const group = (side: string) =>
    `(select ${slot} as k, count(*) * ${factor} as n from lk_codes_${side} where ${slot} is not null and ${where} group by 1)`
  return dedupe
    ? `select coalesce(sum(n * (n - ${factor}) / 2), 0)::double as pairs from ${group('left')}`
    : `select coalesce(sum(l.n * r.n), 0)::double as pairs from ${group('left')} l join ${group('right')} r using (k)`
}

/** Records of both sides whose pairs are made in one pass: the hash table of their keys is about 0.5 GB. */
export const RECORDS_A_PASS = 12_000_000
/** As much for the first rule, which compares as it joins: a hash table of whole records, about 100 MB; but a few passes. */
const RECORDS_COMPARED_A_PASS = 1_200_000
const FEW_PASSES = 4

/** Passes of the first rule, and of the others, over so many records of both sides; the same from 37 million up. */
export function passesOf(records: number, records_a_pass = RECORDS_A_PASS): { first: number; others: number } {
  const others = Math.ceil(records / records_a_pass)
  return { first: Math.max(others, Math.min(FEW_PASSES, Math.ceil(records / RECORDS_COMPARED_A_PASS))), others }
}

async function countRecords(session: Session, dedupe: boolean): Promise<[left: number, right: number]> {
  const of = (side: string) => `(select count(*) from lk_codes_${side})::double as n_${side}`
  // a table, since a run that goes on may find the codes spent
  await session.step('records', `select ${of('left')}${dedupe ? '' : `, ${of('right')}`}`)
  const [left, right = left] = await readColumns(session.connection, 'select * from lk_records')
  return [Number(left![0]), Number(right![0])]
}

/** Pairs that each rule would make. */
async function countRules(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  max_pairs: number,
  records: number,
): Promise<RuleCount[]> {
  const read = async (table: string) => {
    const [pairs] = await readColumns(session.connection, `select pairs from lk_${table} order by rule`)
    return model.blocking_rules.map((rule, j) => ({ rule, pairs: Number(pairs![j]) }))
  }
  if (records >= MANY_RECORDS) {
    // a sample of keys sees the many small groups, a sample of records the few that explode
    for (const side of encoded.dedupe ? ['left'] : ['left', 'right']) {
      const keys = encoded.rules.map(({ slot }) => slot)
      await session.step(
        `seen_${side}`,
        `select ${keys.join(', ')} from lk_codes_${side} where id & ${RECORDS_SEEN - 1} = 0`,
      )
    }
    const sums = encoded.rules.map(
      ({ slot }, j) => `select ${j} as rule, greatest(
  (${pairsOf(slot, encoded.dedupe, `${slot} & ${KEYS_SEEN - 1} = 0`, 1)}) * ${KEYS_SEEN},
  (select coalesce(sum(pairs), 0) from (${groupsOf(slot, encoded.dedupe)}))) as pairs`,
    )
    await session.step('rules_estimated', sums.join('\nunion all\n'))
    const estimates = await read('rules_estimated')
    if (estimates.reduce((sum, x) => sum + x.pairs, 0) < max_pairs / 4) {
      return estimates.map((count) => ({ ...count, estimated: true }))
    }
  }
  const sums = encoded.rules.map(
    ({ slot }, j) => `select ${j} as rule, pairs from (${pairsOf(slot, encoded.dedupe, 'true', 1)})`,
  )
  await session.step('rules', sums.join('\nunion all\n'))
  return read('rules')
}

/**
 * Pairs of the groups of which a sample of records holds at least eight on either side: the great ones, each to about a
 * third. (Few records of a short list may all have the key that a long list is full of.)
 */
function groupsOf(slot: string, dedupe: boolean): string {
  const group = (side: string) =>
    `(select ${slot} as k, count(*) * ${RECORDS_SEEN}.0 as n from lk_seen_${side} where ${slot} is not null group by 1)`
  const great = 8 * RECORDS_SEEN
  return dedupe
    ? `select n * n / 2 as pairs from ${group('left')} where n >= ${great}`
    : `select l.n * r.n as pairs from ${group('left')} l join ${group('right')} r using (k) where greatest(l.n, r.n) >= ${great}`
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
 * lk_compared(l, r, pattern): pairs that agree on some rule's keys, each once, under the first rule that makes it. The first
 * rule makes most of them and compares as it joins; the others, which mostly find the same pairs again, make ids first.
 * `only_pass` makes the pairs of that pass alone (0..): what one costs at a size is measured so.
 * Throws `linkage_too_many_pairs`, `linkage_no_usable_rule`.
 */
export async function block(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  max_pairs: number,
  records_a_pass = RECORDS_A_PASS,
  only_pass?: number,
) {
  const [lefts, rights] = await countRecords(session, encoded.dedupe)
  const counts = await countRules(session, model, encoded, max_pairs, lefts + rights)
  await guard(session, model, encoded, counts, max_pairs)
  const right = encoded.dedupe ? 'lk_codes_left' : 'lk_codes_right'
  // an estimate of none may be a few whose keys were not looked at
  const [first, ...others] = [...encoded.rules.keys()].filter((j) => counts[j]!.pairs > 0 || counts[j]!.estimated)
  // two records with one key have one remainder: the passes share nothing and miss nothing
  const { first: cuts, others: passes } = passesOf(lefts + rights, records_a_pass)
  const chosen = (of: number) => [...Array(of).keys()].filter((p) => p === (only_pass ?? p))
  const part = (slot: string, p: number, of: number) =>
    of > 1 ? ` and l.${slot} % ${of} = ${p} and r.${slot} % ${of} = ${p}` : ''
  const from = (j: number, p: number, of: number) => {
    const { slot } = encoded.rules[j]!
    // of the pairs found only: the keys of all records are not computed for it
    const earlier = encoded.rules
      .slice(0, j)
      .map((rule) => `coalesce(not (${rule.columns.map((c) => `l.${c} = r.${c}`).join(' and ')}), true)`)
    const where = [...(encoded.dedupe ? ['l.id < r.id'] : []), ...earlier]
    return `from lk_codes_left l join ${right} r on l.${slot} = r.${slot}${part(slot, p, of)}${where.length > 0 ? `\nwhere ${where.join('\n  and ')}` : ''}`
  }
  const named = (table: string, p: number, of: number) => (of > 1 ? `${table}_${p}` : table)
  const tables: string[] = []
  let made = 0
  for (const p of chosen(first === undefined ? 0 : cuts)) {
    const table = named(`pairs_${first}`, p, cuts)
    made += await session.step(table, compareSql(model, encoded, from(first!, p, cuts)))
    tables.push(table)
  }
  for (const p of chosen(others.length > 0 ? passes : 0)) {
    const ids = others.map((j) => named(`pairs_${j}`, p, passes))
    for (const [i, j] of others.entries())
      await session.step(ids[i]!, `select l.id as l, r.id as r\n${from(j, p, passes)}`)
    const all = ids.map((each) => `select * from lk_${each}`).join(' union all ')
    const slices = Math.ceil(cuts / passes)
    for (let k = 0; k < slices; k++) {
      const table = named(named('pairs_others', p, passes), k, slices)
      // a slice of the right records at a time: their hash table is that much smaller
      const within = (id: string) =>
        `${id} >= ${Math.floor((rights * k) / slices)} and ${id} < ${Math.floor((rights * (k + 1)) / slices)}`
      const [pairs, met] =
        slices > 1
          ? [`(select * from (${all}) where ${within('r')})`, `(select * from ${right} where ${within('id')})`]
          : [`(${all})`, right]
      const join = `from ${pairs} p join lk_codes_left l on l.id = p.l join ${met} r on r.id = p.r`
      await session.step(table, compareSql(model, encoded, join))
      tables.push(table)
    }
    for (const each of ids) await session.drop(each)
  }
  const all = tables.map((table) => `select * from lk_${table}`)
  await session.step('pairs', all.length > 0 ? all.join('\nunion all ') : NO_PAIRS)
  for (const table of tables) await session.drop(table)
  const pairs = await finishPairs(session, model, encoded, 'pairs', 'compared')
  for (const table of ['pairs', 'compared_rest']) await session.drop(table)
  const key = first === undefined ? null : encoded.rules[first]!.sql
  return { counts, pairs, first: key === null ? null : { key, pairs: made } }
}

const NO_PAIRS = 'select 0::integer as l, 0::integer as r, 0::integer as pattern, 0::integer as rest where false'
