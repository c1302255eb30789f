import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { instanceOf } from '../run/cards.ts'
import type { LinkValues } from './write.ts'

export interface LinkRow extends LinkValues {
  county_code: string
  evidence: Record<string, unknown>
  withdrawn_at: string | null
  /** The link or question that this one was withdrawn with. */
  withdrawn_with: string | null
}

const columns = sql`county_code, link_id, area_code, left_kind, left_id, household_id, person_id, method, band,
  match_weight, match_probability, evidence, withdrawn_at, withdrawn_with`

/** A link by its id alone: which county keeps it is not known before. */
export async function linkById(tx: ReadTx, link_id: string): Promise<LinkRow | null> {
  // cross-county: the id alone is given; row-level security shows the actor's own.
  const { rows } = await sql<LinkRow>`select ${columns} from link where link_id = ${link_id}`.execute(tx)
  return rows[0] ?? null
}

/** Links by id, withdrawn or not. */
export async function linksById(tx: ReadTx, county_code: string, link_ids: readonly string[]): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and link_id = any(${[...link_ids]}) order by link_id`.execute(tx)
  return rows
}

/** Live links of a household's submissions and members. */
export async function linksOfHousehold(tx: ReadTx, county_code: string, household_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and household_id = ${household_id} and withdrawn_at is null
    order by left_kind, left_id`.execute(tx)
  return rows
}

/** Live links of the members of one submission. */
export async function linksOfMembers(tx: ReadTx, county_code: string, instance_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and left_kind = 'member' and withdrawn_at is null
      and left_id ^@ ${`${instance_id}#`} order by left_id`.execute(tx)
  return rows
}

/** Live links of persons, of one kind. */
export async function linksOfPersons(
  tx: ReadTx,
  county_code: string,
  left_kind: 'member' | 'record',
  person_ids: readonly string[],
): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and left_kind = ${left_kind} and withdrawn_at is null
      and person_id = any(${[...person_ids]}) order by left_id`.execute(tx)
  return rows
}

/** Live links that a decision on a review made. */
export async function linksOfReview(tx: ReadTx, county_code: string, review_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and withdrawn_at is null and method = 'review'
      and evidence ->> 'review_id' = ${review_id} order by left_id`.execute(tx)
  return rows
}

/** The live link that makes a member, taken from the person of this link, a person of its own. */
export async function apartFrom(tx: ReadTx, county_code: string, link_id: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and withdrawn_at is null and left_kind = 'member'
      and evidence ->> 'apart_from' = ${link_id}`.execute(tx)
  return rows
}

/** Who surveyed the card of this link; of a record's link, nobody. */
export async function surveyorsOf(tx: ReadTx, link: LinkRow): Promise<string[]> {
  const instance_id = link.left_kind === 'member' ? instanceOf(link.left_id) : link.left_id
  const { rows } = await sql<{ account_id: string }>`select account_id from submission
    where county_code = ${link.county_code} and instance_id = ${instance_id} and account_id is not null
      and ${link.left_kind} <> 'record'`.execute(tx)
  return rows.map((row) => row.account_id)
}

export interface Withdrawal {
  now: string
  account_id: string | null
  reason: string
  /** What the links are withdrawn with: the link that was said no to, or the question that was decided. */
  act: string
}

export async function withdrawLinks(
  tx: Tx,
  county_code: string,
  link_ids: readonly string[],
  by: Withdrawal,
): Promise<void> {
  await tx
    .updateTable('link')
    .set({
      withdrawn_at: by.now,
      withdrawn_by: by.account_id,
      withdrawn_reason: by.reason,
      withdrawn_with: by.act,
    })
    .where('county_code', '=', county_code)
    .where('link_id', 'in', [...link_ids, ''])
    .where('withdrawn_at', 'is', null)
    .execute()
}

/** Any live link that a decision made: withdrawing it takes the whole decision back. */
export async function undoLinkOf(tx: ReadTx, county_code: string, review_id: string): Promise<string | null> {
  return (await linksOfReview(tx, county_code, review_id))[0]?.link_id ?? null
}

/** Links that were withdrawn with an act and do not stand again. */
export async function withdrawnWith(tx: ReadTx, county_code: string, act: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link l
    where county_code = ${county_code} and withdrawn_with = ${act} and not exists (select 1 from link n
      where n.county_code = l.county_code and n.evidence ->> 'restores' = l.link_id)
    order by left_kind, left_id, link_id`.execute(tx)
  return rows
}

/** Which of these links had another put in their place, whatever became of that. */
export async function replacedAmong(
  tx: ReadTx,
  county_code: string,
  link_ids: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ link_id: string }>`select distinct evidence ->> 'replaces' as link_id from link
    where county_code = ${county_code} and evidence ->> 'replaces' = any(${[...link_ids]})`.execute(tx)
  return new Set(rows.map((row) => row.link_id))
}

/** Live links of these left sides. */
export async function standingOf(tx: ReadTx, county_code: string, left_ids: readonly string[]): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${columns} from link
    where county_code = ${county_code} and left_kind in ('submission', 'member', 'record') and withdrawn_at is null
      and left_id = any(${[...left_ids]}) order by left_kind, left_id`.execute(tx)
  return rows
}

/** Those of these questions whose answer is not yes, or no more. */
export async function notAccepted(tx: ReadTx, county_code: string, review_ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ review_id: string }>`select review_id from match_review
    where county_code = ${county_code} and review_id = any(${[...review_ids]})
      and state <> 'accepted'`.execute(tx)
  return rows.map((row) => row.review_id)
}

/** States of households, by their number. */
export async function statesOf(
  tx: ReadTx,
  county_code: string,
  household_ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ household_id: string; state: string }>`select household_id, state from household
    where county_code = ${county_code} and household_id = any(${[...household_ids]})`.execute(tx)
  return new Map(rows.map((row) => [row.household_id, row.state]))
}

/**
 * A later decision in force that rests on this one: it put links in the place of those that this one made, took somebody
 * for a person whom this one brought into the household, or was about a card or household that this one moved. Null where
 * there is none: two decisions that have nothing to do with one another are taken back in any order.
 */
export async function restsOn(tx: ReadTx, county_code: string, review_id: string): Promise<string | null> {
  const { rows } = await sql<{ review_id: string }>`
    with recursive mine as (
      select coalesce(decided_turn, 0) as turn, decided_at from match_review
      where county_code = ${county_code} and review_id = ${review_id}),
    made as (
      select m.link_id, m.left_kind, m.left_id, m.person_id, m.evidence ->> 'replaces' as replaces,
        o.person_id as person_before
      from link m left join link o on o.county_code = m.county_code and o.link_id = m.evidence ->> 'replaces'
      where m.county_code = ${county_code} and m.evidence ->> 'review_id' = ${review_id}),
    -- Every household that the moved cards stood in before, decision by decision.
    stood as (
      select left_id, replaces as link_id, null::text as household_id from made where left_kind = 'submission'
      union
      select s.left_id, o.evidence ->> 'replaces', o.household_id from stood s
      join link o on o.county_code = ${county_code} and o.link_id = s.link_id),
    later as (
      select r.* from match_review r, mine
      where r.county_code = ${county_code} and r.state in ('accepted', 'rejected')
        and r.review_id <> ${review_id} and (coalesce(r.decided_turn, 0), r.decided_at) > (mine.turn, mine.decided_at)),
    about_it as (
      select r.review_id, r.decided_turn from later r where r.state = 'accepted'
        and exists (select 1 from link n where n.county_code = r.county_code and n.evidence ->> 'review_id' = r.review_id)
        and exists (select 1 from stood s where s.left_id = r.left_id or s.household_id = r.right_household_id)),
    on_links as (
      select r.review_id, r.decided_turn from later r
      join link n on n.county_code = r.county_code and n.evidence ->> 'review_id' = r.review_id
      join link o on o.county_code = n.county_code and o.link_id = n.evidence ->> 'replaces'
      where r.state = 'accepted' and (o.link_id in (select link_id from made)
        or (n.withdrawn_at is null and n.left_kind = 'member' and n.person_id <> o.person_id
          and r.evidence ->> 'kind' <> 'number_held'
          and n.person_id in (select person_id from made where person_id = person_before)))),
    parted as (
      select r.review_id, r.decided_turn from later r
      join link w on w.county_code = r.county_code and w.withdrawn_with = r.review_id
      where r.state = 'rejected' and w.link_id in (select link_id from made))
    select review_id from (select * from about_it union all select * from on_links union all select * from parted) as x
    order by decided_turn desc nulls last, review_id limit 1`.execute(tx)
  return rows[0]?.review_id ?? null
}
