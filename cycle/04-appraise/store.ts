import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/area.ts'
import type { Tx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

export interface Case {
  appraisal_id: string
  household_id: string
  area_code: string
  state: string
  opened_by: string | null
}

/** Eligible or confirmed poor, not in appraisal, not on the register: what may be opened. */
export async function openCases(
  tx: Tx,
  place: CountyPlace,
  opened: { now: string; account_id: string | null; household_ids: readonly string[] | null },
): Promise<string[]> {
  const result = await sql<{ household_id: string }>`
    insert into appraisal (county_code, appraisal_id, household_id, area_code, assessment_id, kind, state, state_since,
      opened_at, opened_by)
    select a.county_code, gen_random_uuid()::text, a.household_id, a.area_code, a.assessment_id, 'entry', 'applied',
      ${opened.now}::timestamptz, ${opened.now}::timestamptz, ${opened.account_id}
    from assessment a
    left join verification v on v.county_code = a.county_code and v.assessment_id = a.assessment_id
      and v.state = 'confirmed_poor'
    where a.county_code = ${place.county_code} and a.area_code like ${place.prefix} and a.superseded_at is null
      and (a.verdict = 'eligible' or v.verification_id is not null)
      and (${opened.household_ids === null} or a.household_id = any(${opened.household_ids ?? []}))
      and not exists (select 1 from appraisal p where p.county_code = a.county_code
        and p.household_id = a.household_id and (p.closed_at is null or p.state = 'approved'
          or (p.state = 'rejected' and p.assessment_id = a.assessment_id)))
    returning household_id`.execute(tx)
  return result.rows.map((row) => row.household_id)
}

/** Open cases of households, with who surveyed them and who took earlier steps. */
export async function casesOf(tx: Tx, county_code: string, household_ids: readonly string[]): Promise<Case[]> {
  if (household_ids.length === 0) return []
  return tx
    .selectFrom('appraisal')
    .select(['appraisal_id', 'household_id', 'area_code', 'state', 'opened_by'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('closed_at', 'is', null)
    .execute()
}

/** Open cases of an area in one state: what a notice takes when no households are named. */
export function casesIn(tx: Tx, place: CountyPlace, state: string): Promise<Case[]> {
  return tx
    .selectFrom('appraisal')
    .select(['appraisal_id', 'household_id', 'area_code', 'state', 'opened_by'])
    .where('county_code', '=', place.county_code)
    .where('area_code', 'like', place.prefix)
    .where('state', '=', state)
    .where('closed_at', 'is', null)
    .orderBy('household_id')
    .execute()
}

export async function moveCases(
  tx: Tx,
  county_code: string,
  moved: { appraisal_ids: readonly string[]; to: string; now: string },
): Promise<void> {
  if (moved.appraisal_ids.length === 0) return
  const closed = moved.to === 'approved' || moved.to === 'rejected'
  await tx
    .updateTable('appraisal')
    .set({ state: moved.to, state_since: moved.now, ...(closed ? { closed_at: moved.now } : {}) })
    .where('county_code', '=', county_code)
    .where('appraisal_id', 'in', moved.appraisal_ids)
    .execute()
}

/** Who did what before on these cases: survey, earlier reviews. For the separation of duties. */
export async function earlierHands(tx: Tx, county_code: string, appraisal_ids: readonly string[]) {
  const hands = new Map<string, { surveyors: string[]; reviewers: string[] }>()
  if (appraisal_ids.length === 0) return hands
  const rows = await sql<{ appraisal_id: string; surveyor: string | null; reviewers: string[] | null }>`
    select p.appraisal_id, s.account_id as surveyor,
      (select array_agg(r.account_id) from review r
        where r.county_code = p.county_code and r.appraisal_id = p.appraisal_id) as reviewers
    from appraisal p
    join assessment a on a.county_code = p.county_code and a.assessment_id = p.assessment_id
    left join submission s on s.county_code = a.county_code and s.instance_id = a.instance_id
    where p.county_code = ${county_code} and p.appraisal_id = any(${[...appraisal_ids]})`.execute(tx)
  for (const row of rows.rows) {
    hands.set(row.appraisal_id, { surveyors: row.surveyor ? [row.surveyor] : [], reviewers: row.reviewers ?? [] })
  }
  return hands
}

/** Which of these cases were approved at a level. */
export async function approvedAt(tx: Tx, county_code: string, level: string, appraisal_ids: readonly string[]) {
  if (appraisal_ids.length === 0) return new Set<string>()
  const rows = await tx
    .selectFrom('review')
    .select('appraisal_id')
    .where('county_code', '=', county_code)
    .where('level', '=', level)
    .where('decision', '=', 'approved')
    .where('appraisal_id', 'in', appraisal_ids)
    .execute()
  return new Set(rows.map((row) => row.appraisal_id))
}

export interface Meeting {
  county_code: string
  area_code: string
  held_on: string
  present: number
  entitled: number
  chair: string
  minutes: string
  now: string
  account_id: string
}

export interface Vote {
  appraisal_id: string
  household_id: string
  area_code: string
  votes_for: number
  votes_against: number
  votes_abstain: number
  passed: boolean
  note: string | null
}

export async function saveMeeting(tx: Tx, meeting: Meeting, votes: readonly Vote[]): Promise<string> {
  const meeting_id = randomUUID()
  const { now, ...told } = meeting
  await tx
    .insertInto('appraisal_meeting')
    .values({ ...told, meeting_id, recorded_at: now })
    .execute()
  if (votes.length > 0) {
    await tx
      .insertInto('appraisal_vote')
      .values(votes.map((vote) => ({ ...vote, county_code: meeting.county_code, meeting_id })))
      .execute()
  }
  return meeting_id
}

export interface Notice {
  county_code: string
  area_code: string
  stage: string
  place: string
  posted_on: string
  days: number
  closes_on: string
  now: string
  account_id: string
}

export async function saveNotice(tx: Tx, notice: Notice, cases: readonly Case[]): Promise<string> {
  const notice_id = randomUUID()
  const { now, ...told } = notice
  await tx
    .insertInto('public_notice')
    .values({ ...told, notice_id, recorded_at: now, closed_at: null })
    .execute()
  await tx
    .insertInto('notice_household')
    .values(
      cases.map((each) => ({
        county_code: notice.county_code,
        notice_id,
        appraisal_id: each.appraisal_id,
        household_id: each.household_id,
        area_code: each.area_code,
      })),
    )
    .execute()
  return notice_id
}

export function noticeOf(tx: Tx, county_code: string, notice_id: string) {
  return tx
    .selectFrom('public_notice')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('notice_id', '=', notice_id)
    .executeTakeFirst()
}

/** The households on a notice with the state of their case and of objections made on it. */
export async function onNotice(tx: Tx, county_code: string, notice_id: string) {
  const result = await sql<Case & { open_objections: number; upheld_objections: number }>`
    select p.appraisal_id, p.household_id, p.area_code, p.state, p.opened_by,
      (count(o.objection_id) filter (where o.state = 'open'))::int as open_objections,
      (count(o.objection_id) filter (where o.state = 'upheld'))::int as upheld_objections
    from notice_household n
    join appraisal p on p.county_code = n.county_code and p.appraisal_id = n.appraisal_id
    left join objection o on o.county_code = n.county_code and o.notice_id = n.notice_id
      and o.household_id = n.household_id
    where n.county_code = ${county_code} and n.notice_id = ${notice_id}
    group by p.appraisal_id, p.household_id, p.area_code, p.state, p.opened_by
    order by p.household_id`.execute(tx)
  return result.rows
}

export function closeNotice(tx: Tx, county_code: string, notice_id: string, now: string) {
  return tx
    .updateTable('public_notice')
    .set({ closed_at: now })
    .where('county_code', '=', county_code)
    .where('notice_id', '=', notice_id)
    .execute()
}

export interface NewReview {
  appraisal_id: string
  household_id: string
  area_code: string
  level: string
  decision: string
  reason: string
}

export async function saveReviews(
  tx: Tx,
  county_code: string,
  by: { now: string; account_id: string },
  reviews: readonly NewReview[],
): Promise<void> {
  await tx
    .insertInto('review')
    .values(
      reviews.map((review) => ({
        ...review,
        county_code,
        review_id: randomUUID(),
        decided_at: by.now,
        account_id: by.account_id,
      })),
    )
    .execute()
}

export async function saveObjection(
  tx: Tx,
  objection: {
    county_code: string
    household_id: string
    area_code: string
    notice_id: string
    made_on: string
    made_by: string | null
    statement: string
    now: string
    account_id: string | null
  },
): Promise<string> {
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

export function objectionOf(tx: Tx, county_code: string, objection_id: string) {
  return tx
    .selectFrom('objection')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('objection_id', '=', objection_id)
    .executeTakeFirst()
}

export function resolveObjection(
  tx: Tx,
  county_code: string,
  resolved: { objection_id: string; state: string; resolution: string; now: string; account_id: string | null },
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

export function householdOf(tx: Tx, household_id: string) {
  return tx
    .selectFrom('household')
    .select(['county_code', 'household_id', 'area_code', 'head_name'])
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('household_id', '=', household_id)
    .executeTakeFirst()
}
