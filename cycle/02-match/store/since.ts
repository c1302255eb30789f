// Reads what was confirmed since the cards (functions of 0038-change-paths.sql), and sets persons and sizes by it.
import { sql } from 'kysely'
import { anyChange } from '#cycle/record.ts'
import { openAnswers } from '#door/personal.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Since } from '../run/since.ts'
import type { Opening } from './load.ts'

/** Changes of these persons that stand; numbers opened. */
export async function changesSince(
  tx: ReadTx,
  opening: Pick<Opening, 'keys' | 'county_code'>,
  of: { person_ids: readonly string[] },
): Promise<Since[]> {
  if (!(await anyChange(tx, opening.county_code))) return []
  const { rows } = await sql<Since>`
    select person_id, household_id, effect, happened_on, confirmed_at, member
    from member_changes_of(${opening.county_code}, null, ${[...of.person_ids]})
    order by happened_on, confirmed_at, household_change_id`.execute(tx)
  return rows.map((row) => ({
    ...row,
    member: row.member && openAnswers(opening.keys, ['national_id'], row.member),
  }))
}

/** Households count the people of their current card; here also those who died, left or came since. */
export async function countSince(tx: Tx, county_code: string, household_ids: readonly string[]): Promise<void> {
  if (!(await anyChange(tx, county_code))) return
  await sql`update household h set household_size = greatest(h.household_size + d.more, 0)
    from (select household_id, (count(*) filter (where effect = 'joined')
        - count(*) filter (where effect <> 'joined'))::int as more
      from card_change_of(${county_code}, ${[...household_ids]}) group by household_id) d
    where h.county_code = ${county_code} and h.household_id = d.household_id`.execute(tx)
}

/** Which of these persons have a row. */
export async function knownAmong(tx: ReadTx, county_code: string, person_ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ person_id: string }>`select person_id from person
    where county_code = ${county_code} and person_id = any(${[...person_ids]})`.execute(tx)
  return new Set(rows.map((row) => row.person_id))
}

/** Those of the county, alive or dead, who have one of these numbers. */
export async function withNumber(tx: ReadTx, county_code: string, hashes: readonly string[]) {
  const { rows } = await sql<{ person_id: string; household_id: string }>`select person_id, household_id from person
    where county_code = ${county_code} and national_id_hash = any(${[...hashes]}) and state not in ('merged', 'gone')
    order by person_id`.execute(tx)
  return rows
}
