import type { DuckDBConnection } from '@duckdb/node-api'
import { LinkageError } from '../errors.ts'
import { needColumns, readable } from './files.ts'
import type { OpenFile } from './files.ts'
import { readRow, readRows } from '../session/read.ts'

/** Shares rounded to 5 places; recall, and so f1, against all true pairs, also those that no rule compared. */
export type Rates = {
  linked: number
  right: number
  wrong: number
  missed: number
  precision: number
  recall: number
  f1: number
}
export type FileEvaluation = {
  true_pairs: number
  /** Pairs judged either way, where the truth has a column `is_match`; null where it lists the true pairs. */
  judged: number | null
  /** Accepted pairs alone, and with those for review. */
  bands: ({ band: 'accept' | 'accept + review' } & Rates)[]
  /** Every pair of at least so many bits, whatever its band. */
  thresholds: ({ threshold: number } & Rates)[]
  best: { threshold: number } & Rates
}
type NamedFile = OpenFile & { path: string }

/** Thresholds of -10 to 30 bits in steps of 2 are shown; the best is sought in steps of 0.1. */
const SHOWN = Array.from({ length: 21 }, (_, i) => -10 + 2 * i)

const YES = `('1', 'true', 't', 'yes', 'y', 'match', 'accepted')`
const NO = `('0', 'false', 'f', 'no', 'n', 'non_match', 'rejected')`

/**
 * Precision, recall and F1 of links (`left_id, right_id, match_weight` and, where there, `band`) against true pairs
 * (`left_id, right_id`), by threshold and by band. With a column `is_match` the truth is what people judged: pairs that
 * nobody judged count neither way, and a judgement that is neither yes nor no is passed over. `dedupe` (default: the
 * links have a cluster_id): (a, b) is (b, a). Throws `linkage_no_column`, `linkage_empty_side` (no true pair).
 */
export async function evaluateFiles(
  connection: DuckDBConnection,
  { links, truth }: { links: NamedFile; truth: NamedFile },
  options: { dedupe?: boolean; thresholds?: readonly number[] } = {},
): Promise<FileEvaluation> {
  needColumns(links.path, links.columns, ['left_id', 'right_id', 'match_weight'])
  needColumns(truth.path, truth.columns, ['left_id', 'right_id'])
  const dedupe = options.dedupe ?? links.columns.includes('cluster_id')
  const judged = truth.columns.includes('is_match')
  const pair = (from: string) => {
    const [l, r] = [`${from}.left_id::varchar`, `${from}.right_id::varchar`]
    return dedupe ? `least(${l}, ${r}) as l, greatest(${l}, ${r}) as r` : `${l} as l, ${r} as r`
  }
  const match = judged
    ? `case when lower(trim(t.is_match::varchar)) in ${YES} then true when lower(trim(t.is_match::varchar)) in ${NO} then false end`
    : 'true'
  await readable(truth.path, () =>
    connection.run(
      `create or replace temp table judged as select l, r, bool_or(is_match) as is_match
from (select ${pair('t')}, ${match} as is_match from ${truth.relation} t) where is_match is not null group by l, r`,
    ),
  )
  const banded = links.columns.includes('band')
  await readable(links.path, () =>
    connection.run(
      `create or replace temp table held as select k.weight, k.band, coalesce(j.is_match, false) as is_match
from (select l, r, max(weight) as weight, min(band) as band from (
  select ${pair('x')}, x.match_weight::double as weight, ${banded ? 'x.band::varchar' : "''"} as band
  from ${links.relation} x) group by l, r) k
${judged ? 'join' : 'left join'} judged j using (l, r)`,
    ),
  )
  const totals = await readRow(connection, 'select count(*), count(*) filter (is_match) from judged')
  const [all, true_pairs] = [totals.number(0), totals.number(1)]
  if (true_pairs === 0) {
    throw new LinkageError('linkage_empty_side', `${truth.path} names no true pair.`, { path: truth.path, pairs: all })
  }
  const rates = (right: number, wrong: number): Rates => {
    const linked = right + wrong
    const precision = linked === 0 ? 1 : right / linked
    const recall = right / true_pairs
    const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
    const rounded = { precision: round(precision), recall: round(recall), f1: round(f1) }
    return { linked, right, wrong, missed: true_pairs - right, ...rounded }
  }
  const count = async (where: string) => {
    const sql = `select count(*) filter (is_match), count(*) filter (not is_match) from held where ${where}`
    const counted = await readRow(connection, sql)
    return rates(counted.number(0), counted.number(1))
  }
  const thresholds = []
  for (const threshold of options.thresholds ?? SHOWN) {
    thresholds.push({ threshold, ...(await count(`weight >= ${threshold}`)) })
  }
  const bands: FileEvaluation['bands'] = []
  if (banded) {
    bands.push({ band: 'accept', ...(await count(`band = 'accept'`)) })
    bands.push({ band: 'accept + review', ...(await count(`band in ('accept', 'review')`)) })
  }
  return { true_pairs, judged: judged ? all : null, bands, thresholds, best: await best(connection, rates) }
}

const round = (share: number) => Math.round(share * 1e5) / 1e5

/** The threshold of the greatest F1, in tenths of a bit from the highest down. */
async function best(connection: DuckDBConnection, rates: (right: number, wrong: number) => Rates) {
  const groups = await readRows(
    connection,
    `select floor(weight * 10)::double as tenth, count(*) filter (is_match)::double, count(*) filter (not is_match)::double
from held group by 1 order by 1 desc`,
    (row) => ({ tenth: row.number(0), rights: row.number(1), wrongs: row.number(2) }),
  )
  let [right, wrong] = [0, 0]
  let found = { threshold: 0, ...rates(0, 0) }
  for (const [i, { tenth, rights, wrongs }] of groups.entries()) {
    right += rights
    wrong += wrongs
    const next = rates(right, wrong)
    if (i === 0 || next.f1 > found.f1) found = { threshold: tenth / 10, ...next }
  }
  return found
}
