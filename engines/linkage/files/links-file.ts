import type { DuckDBConnection } from '@duckdb/node-api'
import { LinkageError } from '../errors.ts'
import { needColumns, readable } from './files.ts'
import { membersOf } from '../choose/household-support.ts'
import type { Anchor, KnownRelation } from '../choose/household-support.ts'
import { PASSES } from '../choose/bands.ts'
import { readColumns, readRows, ResultRow } from '../session/read.ts'
import { literal, quote } from '../session/text.ts'

export type LinksFile = KnownRelation & { path: string }

/** One pair as a run wrote it. */
export type LinkRow = {
  match_weight: number
  match_probability: number
  band: string
  doubt: string | null
  pass: 'pair' | 'household' | 'second'
  /** Other sure links between the same two households, and the bits they added. */
  support: number
  support_weight: number
}

/** The row of one pair among links that `linkTables` wrote; of one list in either order. Throws `linkage_no_record`. */
export async function linkRow(
  connection: DuckDBConnection,
  links: LinksFile,
  { left_id, right_id }: { left_id: string; right_id: string },
): Promise<LinkRow> {
  const numbers = ['match_weight', 'match_probability', 'support', 'support_weight']
  const words = ['band', 'doubt', 'pass']
  needColumns(links.path, links.columns, ['left_id', 'right_id', ...numbers, ...words])
  const is = (l: string, r: string) => `(left_id::varchar = ${literal(l)} and right_id::varchar = ${literal(r)})`
  const swapped = links.columns.includes('cluster_id') ? ` or ${is(right_id, left_id)}` : ''
  const select = [...numbers.map((name) => `${name}::double`), ...words.map((name) => `nullif(${name}::varchar, '')`)]
  const found = await readable(links.path, () =>
    readColumns(
      connection,
      `select ${select.join(', ')} from ${links.relation} where ${is(left_id, right_id)}${swapped} limit 1`,
    ),
  )
  if (found[0].length === 0) {
    const detail = { path: links.path, left_id, right_id }
    throw new LinkageError('linkage_no_record', `${links.path} has no link of ${left_id} to ${right_id}.`, detail)
  }
  const row = new ResultRow(found, 0)
  return {
    match_weight: row.number(0),
    match_probability: row.number(1),
    support: row.number(2),
    support_weight: row.number(3),
    band: row.text(4),
    doubt: row.textOrNull(5),
    pass: row.word(6, PASSES),
  }
}

/** The lists behind a file of links, how they were read, and the least bits of a pair that vouches for its household. */
export type AnchorRun = {
  left: KnownRelation
  right: KnownRelation
  id_column: string
  household_column: string
  anchor: number
}

/** The links of a file that vouch for two households, a pair of theirs left out, the surest first. */
export async function anchorsIn(
  connection: DuckDBConnection,
  links: LinksFile,
  { left, right, id_column, household_column, anchor }: AnchorRun,
  pair: { left_id: string; right_id: string; left_household: string; right_household: string },
): Promise<Anchor[]> {
  const ids = (side: KnownRelation, household: string) =>
    `(select ${quote(id_column)}::varchar from ${membersOf(side, household_column, household)})`
  const own = 'k.match_weight::double - k.support_weight::double'
  return readRows(
    connection,
    `select k.left_id::varchar, k.right_id::varchar, ${own} from ${links.relation} k
where k.left_id::varchar in ${ids(left, pair.left_household)} and k.right_id::varchar in ${ids(right, pair.right_household)}
  and k.pass = 'pair' and coalesce(k.doubt, '') not in ('veto', 'tie') and ${own} >= ${anchor}
  and not (k.left_id::varchar = ${literal(pair.left_id)} and k.right_id::varchar = ${literal(pair.right_id)})
order by 3 desc, 1, 2`,
    (row) => ({ left_id: row.text(0), right_id: row.text(1), weight: row.number(2) }),
  )
}
