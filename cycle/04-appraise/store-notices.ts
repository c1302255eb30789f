// Notices, whom they name, and the objections made while they hang.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Stage } from './appraise.ts'
import type { Case } from './store.ts'

/**
 * The day (YYYY-MM-DD) on which the meeting was held before the first notice, and on which the first ended before the
 * second, and so on. The latest of the cases named; null where nothing came before.
 */
export async function dayBefore(tx: ReadTx, county_code: string, stage: Stage, appraisal_ids: readonly string[]) {
  const ids = [...appraisal_ids]
  const earlier = stage === 'second_notice' ? 'first_notice' : 'second_notice'
  const query =
    stage === 'first_notice'
      ? sql<{ day: string | null }>`select max(m.held_on) as day from appraisal_vote v
          join appraisal_meeting m on m.county_code = v.county_code and m.meeting_id = v.meeting_id
          where v.county_code = ${county_code} and v.appraisal_id = any(${ids})`
      : sql<{ day: string | null }>`select max(b.closes_on) as day from notice_household n
          join public_notice b on b.county_code = n.county_code and b.notice_id = n.notice_id
          where n.county_code = ${county_code} and n.appraisal_id = any(${ids}) and b.stage = ${earlier}`
  return (await query.execute(tx)).rows[0]?.day ?? null
}

export interface Notice {
  county_code: string
  area_code: string
  stage: Stage
  place: string
  posted_on: string
  days: number
  closes_on: string
  now: string
  account_id: string
}

/** Write a notice and whom it names; returns notice_id. */
export async function saveNotice(tx: Tx, notice: Notice, cases: readonly Case[]): Promise<string> {
  const notice_id = randomUUID()
  const { now, ...told } = notice
  await tx
    .insertInto('public_notice')
    .values({ ...told, notice_id, recorded_at: now, closed_at: null })
    .execute()
  // One parameter, however many households: a county's announcement names more than PostgreSQL takes parameters.
  const rows = cases.map(({ appraisal_id, household_id, area_code }) => ({ appraisal_id, household_id, area_code }))
  await sql`insert into notice_household (county_code, notice_id, appraisal_id, household_id, area_code)
    select ${notice.county_code}, ${notice_id}, r.appraisal_id, r.household_id, r.area_code
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(appraisal_id text, household_id text, area_code text)`.execute(tx)
  return notice_id
}

/** A notice, held until the transaction ends: nobody objects while another closes it. */
export function noticeOf(tx: Tx, county_code: string, notice_id: string) {
  return tx
    .selectFrom('public_notice')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('notice_id', '=', notice_id)
    .forUpdate()
    .executeTakeFirst()
}

/**
 * The households on a notice with the state of their case and of objections made on it: to any of the names there by
 * which the household is known today.
 */
export async function onNotice(tx: ReadTx, county_code: string, notice_id: string) {
  const result = await sql<Case & { open_objections: number; upheld_objections: number }>`
    with made as materialized (
      select coalesce(h.merged_into, o.household_id) as counts_for,
        (count(*) filter (where o.state = 'open'))::int as open_objections,
        (count(*) filter (where o.state = 'upheld'))::int as upheld_objections
      from objection o
      join household h on h.county_code = o.county_code and h.household_id = o.household_id
      where o.county_code = ${county_code} and o.notice_id = ${notice_id}
        and exists (select 1 from notice_household n where n.county_code = o.county_code and n.notice_id = o.notice_id
          and n.household_id = o.household_id)
      group by 1)
    select p.appraisal_id, p.household_id, p.counts_for, p.area_code, p.state, p.state_since, p.opened_by,
      coalesce(made.open_objections, 0) as open_objections, coalesce(made.upheld_objections, 0) as upheld_objections
    from appraisal_now p
    left join made on made.counts_for = p.counts_for
    -- As a list, which reaches into the view: by a join it would read every case of the county.
    where p.county_code = ${county_code} and p.appraisal_id = any(array(select appraisal_id from notice_household
      where county_code = ${county_code} and notice_id = ${notice_id}))
    order by p.household_id`.execute(tx)
  return result.rows
}

/** Write down that a notice is over. */
export function closeNotice(tx: Tx, county_code: string, notice_id: string, now: string) {
  return tx
    .updateTable('public_notice')
    .set({ closed_at: now })
    .where('county_code', '=', county_code)
    .where('notice_id', '=', notice_id)
    .execute()
}

export interface NewObjection {
  county_code: string
  household_id: string
  area_code: string
  notice_id: string
  made_on: string
  made_by: string | null
  statement: string
  now: string
  account_id: string | null
}

/** An objection that waits for its answer and says the same, of the same day and person. */
export async function sameObjection(tx: ReadTx, objection: NewObjection) {
  const { rows } = await sql<{ objection_id: string }>`
    select objection_id from objection
    where county_code = ${objection.county_code} and household_id = ${objection.household_id}
      and notice_id = ${objection.notice_id} and made_on = ${objection.made_on}::date and state = 'open'
      and made_by is not distinct from ${objection.made_by} and statement = ${objection.statement}
      and account_id is not distinct from ${objection.account_id}
    limit 1`.execute(tx)
  return rows[0]
}

/** Write an objection; returns objection_id. */
export async function saveObjection(tx: Tx, objection: NewObjection): Promise<string> {
  const objection_id = randomUUID()
  const { now, ...told } = objection
  await tx
    .insertInto('objection')
    .values({
      ...told,
      objection_id,
      state: 'open',
      recorded_at: now,
      resolution: null,
      resolved_by: null,
      resolved_at: null,
    })
    .execute()
  return objection_id
}

/** An objection, held until the transaction ends. */
export function objectionOf(tx: Tx, county_code: string, objection_id: string) {
  return tx
    .selectFrom('objection')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('objection_id', '=', objection_id)
    .forUpdate()
    .executeTakeFirst()
}

/** Write the answer to an objection. */
export function resolveObjection(
  tx: Tx,
  county_code: string,
  resolved: {
    objection_id: string
    state: StateOf<'objection.state'>
    resolution: string
    now: string
    account_id: string | null
  },
) {
  return tx
    .updateTable('objection')
    .set({
      state: resolved.state,
      resolution: resolved.resolution,
      resolved_at: resolved.now,
      resolved_by: resolved.account_id,
    })
    .where('county_code', '=', county_code)
    .where('objection_id', '=', resolved.objection_id)
    .execute()
}
