import { compareSql, finishPairs } from '../compare/compare.ts'
import { at } from '../at.ts'
import type { EncodedRecords, Run } from './encode.ts'
import { LinkageError } from '../errors.ts'
import { readColumns, readNumber, readRow } from '../session/read.ts'

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

async function countRecords({ session, encoded: { dedupe } }: Run): Promise<{ lefts: number; rights: number }> {
  const of = (side: string) => `(select count(*) from lk_codes_${side})::double as n_${side}`
  // a table, since a run that goes on may find the codes spent
  await session.step('records', `select ${of('left')}${dedupe ? '' : `, ${of('right')}`}`)
  const row = await readRow(session.connection, 'select * from lk_records')
  const lefts = row.number(0)
  return { lefts, rights: dedupe ? lefts : row.number(1) }
}

/** The counts of all rules as lk_<table>(rule, pairs) has them. */
async function readCounts({ session, model }: Run, table: string): Promise<RuleCount[]> {
  const [pairs] = await readColumns(session.connection, `select pairs from lk_${table} order by rule`)
  return model.blocking_rules.map((rule, j) => ({ rule, pairs: Number(pairs[j]) }))
}

/** Pairs that each rule would make, from a sample of the keys and one of the records. */
async function estimateRules(run: Run): Promise<RuleCount[]> {
  const { session, encoded } = run
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
  return readCounts(run, 'rules_estimated')
}

/** Pairs that each rule would make. */
async function countRules(run: Run, max_pairs: number, records: number): Promise<RuleCount[]> {
  if (records >= MANY_RECORDS) {
    const estimates = await estimateRules(run)
    if (estimates.reduce((sum, x) => sum + x.pairs, 0) < max_pairs / 4) {
      return estimates.map((count) => ({ ...count, estimated: true }))
    }
  }
  const { rules, dedupe } = run.encoded
  const sums = rules.map(({ slot }, j) => `select ${j} as rule, pairs from (${pairsOf(slot, dedupe, 'true', 1)})`)
  await run.session.step('rules', sums.join('\nunion all\n'))
  return readCounts(run, 'rules')
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
async function guard({ session, model, encoded }: Run, counts: RuleCount[], max_pairs: number) {
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
  if ((await readNumber(session.connection, `select (${usable.join(' or ')})::integer`)) === 1) return
  throw new LinkageError('linkage_no_usable_rule', 'No blocking rule has a value for all its keys on both sides.', {
    rules: model.blocking_rules,
  })
}

/** One pass of some over the keys of a rule: two records with one key have one remainder, so passes share and miss nothing. */
type Pass = { p: number; of: number }

const named = (table: string, { p, of }: Pass) => (of > 1 ? `${table}_${p}` : table)

/** The join of the records that agree on rule `j` and on no rule before it. */
function joinSql({ rules, dedupe }: EncodedRecords, j: number, { p, of }: Pass): string {
  const { slot } = at(rules, j)
  const part = of > 1 ? ` and l.${slot} % ${of} = ${p} and r.${slot} % ${of} = ${p}` : ''
  // of the pairs found only: the keys of all records are not computed for it
  const earlier = rules
    .slice(0, j)
    .map((rule) => `coalesce(not (${rule.columns.map((c) => `l.${c} = r.${c}`).join(' and ')}), true)`)
  const where = [...(dedupe ? ['l.id < r.id'] : []), ...earlier]
  return `from lk_codes_left l join ${rightCodes(dedupe)} r on l.${slot} = r.${slot}${part}${where.length > 0 ? `\nwhere ${where.join('\n  and ')}` : ''}`
}

const rightCodes = (dedupe: boolean) => (dedupe ? 'lk_codes_left' : 'lk_codes_right')

/** The pairs of rule `first`, compared as they are joined. Returns the tables and how many pairs they hold. */
async function compareFirst({ session, model, encoded }: Run, first: number, passes: readonly Pass[]) {
  const tables: string[] = []
  let made = 0
  for (const pass of passes) {
    const table = named(`pairs_${first}`, pass)
    made += await session.step(table, compareSql(model, encoded, joinSql(encoded, first, pass)))
    tables.push(table)
  }
  return { tables, made }
}

/** The pairs of the other rules in one pass: ids first, then compared in `slices` of the right records. Returns the tables. */
async function compareOthers(
  { session, model, encoded }: Run,
  others: readonly number[],
  pass: Pass,
  { slices, rights }: { slices: number; rights: number },
): Promise<string[]> {
  const tables: string[] = []
  const ids: string[] = []
  for (const j of others) {
    const table = named(`pairs_${j}`, pass)
    await session.step(table, `select l.id as l, r.id as r\n${joinSql(encoded, j, pass)}`)
    ids.push(table)
  }
  const right = rightCodes(encoded.dedupe)
  const all = ids.map((each) => `select * from lk_${each}`).join(' union all ')
  for (let k = 0; k < slices; k++) {
    const table = named(named('pairs_others', pass), { p: k, of: slices })
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
  return tables
}

export type BlockOptions = {
  max_pairs: number
  /** Default `RECORDS_A_PASS`. */
  records_a_pass?: number | undefined
  /** Makes the pairs of that pass alone (0..): what one costs at a size is measured so. */
  only_pass?: number | undefined
}

/**
 * lk_compared(l, r, pattern): pairs that agree on some rule's keys, each once, under the first rule that makes it. The first
 * rule makes most of them and compares as it joins; the others, which mostly find the same pairs again, make ids first.
 * Throws `linkage_too_many_pairs`, `linkage_no_usable_rule`.
 */
export async function block(run: Run, { max_pairs, records_a_pass, only_pass }: BlockOptions) {
  const { session, encoded } = run
  const { lefts, rights } = await countRecords(run)
  const counts = await countRules(run, max_pairs, lefts + rights)
  await guard(run, counts, max_pairs)
  // an estimate of none may be a few whose keys were not looked at
  const [first, ...others] = counts.flatMap(({ pairs, estimated }, j) => (pairs > 0 || estimated ? [j] : []))
  const { first: cuts, others: passes } = passesOf(lefts + rights, records_a_pass)
  const chosen = (of: number) => [...Array(of).keys()].filter((p) => p === (only_pass ?? p)).map((p) => ({ p, of }))
  const { tables, made } = first === undefined ? { tables: [], made: 0 } : await compareFirst(run, first, chosen(cuts))
  const slices = Math.ceil(cuts / passes)
  for (const pass of others.length > 0 ? chosen(passes) : []) {
    tables.push(...(await compareOthers(run, others, pass, { slices, rights })))
  }
  const all = tables.map((table) => `select * from lk_${table}`)
  await session.step('pairs', all.length > 0 ? all.join('\nunion all ') : NO_PAIRS)
  for (const table of tables) await session.drop(table)
  const pairs = await finishPairs(run, 'pairs', 'compared')
  for (const table of ['pairs', 'compared_rest']) await session.drop(table)
  return { counts, pairs, first: first === undefined ? null : { key: at(encoded.rules, first).sql, pairs: made } }
}

const NO_PAIRS = 'select 0::integer as l, 0::integer as r, 0::integer as pattern, 0::integer as rest where false'
