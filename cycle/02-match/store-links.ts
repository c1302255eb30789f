import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { LinkValues } from './store-write.ts'

type Reader = Tx | ReadTx

export interface LinkRow extends LinkValues {
  county_code: string
  evidence: Record<string, unknown>
  withdrawn_at: string | null
}

const columns = sql`county_code, link_id, area_code, left_kind, left_id, household_id, person_id, method, band,
  match_weight, match_probability, evidence, withdrawn_at`

export async function linkById(tx: Reader, link_id: string): Promise<LinkRow | null> {
  const { rows } = await sql<LinkRow>`select ${columns} from link where link_id = ${link_id}`.execute(tx as never)
  return rows[0] ?? null
}

/** Links by id, withdrawn or not. */
export async function linksById(tx: Reader, county_code: string, link_ids: readonly string[]): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and link_id = any(${[...link_ids]}) order by link_id`.execute(tx as never)
  return rows
}

/** Live links of a household's submissions and members. */
export async function linksOfHousehold(tx: Reader, county_code: string, household_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and household_id = ${household_id} and withdrawn_at is null
    order by left_kind, left_id`.execute(tx as never)
  return rows
}

/** Live links of the members of one submission. */
export async function linksOfMembers(tx: Reader, county_code: string, instance_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and left_kind = 'member' and withdrawn_at is null
      and left_id ^@ ${`${instance_id}#`} order by left_id`.execute(tx as never)
  return rows
}

/** Live links of persons, of one kind. */
export async function linksOfPersons(
  tx: Reader,
  county_code: string,
  left_kind: 'member' | 'record',
  person_ids: readonly string[],
): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and left_kind = ${left_kind} and withdrawn_at is null
      and person_id = any(${[...person_ids]}) order by left_id`.execute(tx as never)
  return rows
}

/** Live links that a decision on a review made. */
export async function linksOfReview(tx: Reader, county_code: string, review_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and withdrawn_at is null and method = 'review'
      and evidence ->> 'review_id' = ${review_id} order by left_id`.execute(tx as never)
  return rows
}

export async function withdrawLinks(
  tx: Tx,
  county_code: string,
  link_ids: readonly string[],
  by: { now: string; account_id: string | null; reason: string },
): Promise<void> {
  await tx
    .updateTable('link')
    .set({ withdrawn_at: by.now, withdrawn_by: by.account_id, withdrawn_reason: by.reason })
    .where('county_code', '=', county_code)
    .where('link_id', 'in', [...link_ids, ''])
    .where('withdrawn_at', 'is', null)
    .execute()
}

/** Any live link that a decision made: withdrawing it takes the whole decision back. */
export async function undoLinkOf(tx: Reader, county_code: string, review_id: string): Promise<string | null> {
  return (await linksOfReview(tx, county_code, review_id))[0]?.link_id ?? null
}

/** Links that the decision on a review withdrew without another in their place, the last of each left side. */
export async function linksPartedBy(tx: Reader, county_code: string, review_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select distinct on (left_kind, left_id) ${columns} from link
    where county_code = ${county_code} and withdrawn_at is not null
      and withdrawn_reason ^@ ${partedBy(review_id)}
    order by left_kind, left_id, withdrawn_at desc, link_id`.execute(tx as never)
  return rows
}

/** How the reason of such a withdrawal begins. */
export const partedBy = (review_id: string): string => `check ${review_id}:`

/** Which of these have a live link by now. */
export async function linkedAgain(tx: Reader, county_code: string, left_ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ left_id: string }>`select left_id from link
    where county_code = ${county_code} and withdrawn_at is null and left_id = any(${[...left_ids]})`.execute(
    tx as never,
  )
  return rows.map((row) => row.left_id)
}

/**
 * A later decision that rests on this one: it moved links that this one made, or put more into the household that this
 * one made. Null where there is none.
 */
export async function restsOn(tx: Reader, county_code: string, review_id: string): Promise<string | null> {
  const { rows } = await sql<{ review_id: string }>`
    with made as (
      select link_id, household_id, linked_at from link
      where county_code = ${county_code} and method = 'review' and evidence ->> 'review_id' = ${review_id})
    select n.evidence ->> 'review_id' as review_id from link n
    where n.county_code = ${county_code} and n.method = 'review' and n.withdrawn_at is null
      and n.evidence ->> 'review_id' <> ${review_id}
      and (n.evidence ->> 'replaces' in (select link_id from made)
        or exists (select 1 from made m where m.household_id = n.household_id and n.linked_at > m.linked_at))
    order by n.linked_at desc, n.link_id limit 1`.execute(tx as never)
  return rows[0]?.review_id ?? null
}
