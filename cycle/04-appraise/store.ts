import { randomUUID } from 'node:crypto'
import { sql, type JoinBuilder } from 'kysely'
import { type Place } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { Tables } from '#registry/tables.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Level } from './appraise.ts'

type CountyPlace = Place & { county_code: string }

export interface Case {
  appraisal_id: string
  /** The household it was opened for: what is written down for the case is written for it. */
  household_id: string
  /** The household it counts for today. */
  counts_for: string
  /** Where that household lives today: who is there takes the steps. */
  area_code: string
  state: StateOf<'appraisal.state'>
  /** When it came to where it stands, by the clock. */
  state_since: string
  opened_by: string | null
}

const named = [
  'appraisal_now.appraisal_id',
  'appraisal_now.household_id',
  'appraisal_now.counts_for',
  'household.area_code',
  'appraisal_now.state',
  'appraisal_now.state_since',
  'appraisal_now.opened_by',
] as const

const at_home = (join: JoinBuilder<Tables, 'appraisal_now' | 'household'>) =>
  join
    .onRef('household.county_code', '=', 'appraisal_now.county_code')
    .onRef('household.household_id', '=', 'appraisal_now.counts_for')

/**
 * Which assessments of a place may be opened for appraisal: current, of a household still there, eligible by the rules
 * or confirmed poor by a person, with no open case, and not rejected on this very assessment. Households that were
 * approved once are on the register (a later room keeps it), so they come in again only when they are named.
 */
export function openable(place: CountyPlace, household_ids: readonly string[] | null) {
  return sql`from assessment a
    join household h on h.county_code = a.county_code and h.household_id = a.household_id and h.state = 'active'
    where a.county_code = ${place.county_code} and a.area_code ^@ ${place.prefix} and a.superseded_at is null
      and (a.verdict = 'eligible' or exists (select 1 from verification v where v.county_code = a.county_code
        and v.household_id = a.household_id and v.assessment_id = a.assessment_id and v.state = 'confirmed_poor'))
      and (${household_ids === null} or a.household_id = any(${household_ids ?? []}))
      and not exists (select 1 from appraisal_now p where p.county_code = a.county_code
        and p.counts_for = a.household_id and (p.closed_at is null or p.assessment_id = a.assessment_id
          or (p.state = 'approved' and ${household_ids === null})))`
}

/** Open the cases that may be opened; a household with an approved case behind it comes in as a return. */
export async function openCases(
  tx: Tx,
  place: CountyPlace,
  opened: { now: string; account_id: string | null; household_ids: readonly string[] },
): Promise<string[]> {
  const result = await sql<{ household_id: string }>`
    insert into appraisal (county_code, appraisal_id, household_id, area_code, assessment_id, kind, state, state_since,
      opened_at, opened_by)
    select a.county_code, gen_random_uuid()::text, a.household_id, a.area_code, a.assessment_id,
      case when exists (select 1 from appraisal_now q where q.county_code = a.county_code
        and q.counts_for = a.household_id and q.state = 'approved') then 'return' else 'entry' end, 'applied',
      ${opened.now}::timestamptz, ${opened.now}::timestamptz, ${opened.account_id}
    ${openable(place, opened.household_ids)}
    on conflict do nothing
    returning household_id`.execute(tx)
  return result.rows.map((row) => row.household_id).sort()
}

/** Cases of households, held until the transaction ends: the open one, or the last that was approved. */
export async function casesOf(
  tx: Tx,
  county_code: string,
  household_ids: readonly string[],
  which: 'open' | 'approved' = 'open',
): Promise<Case[]> {
  if (household_ids.length === 0) return []
  const query = tx
    .selectFrom('appraisal_now')
    .innerJoin('household', at_home)
    .select(named)
    .where('appraisal_now.county_code', '=', county_code)
    .where('counts_for', '=', sql<string>`any(${[...household_ids]})`)
    .where('held', '=', false)
    .orderBy('closed_at')
  const found =
    which === 'open'
      ? await query.where('closed_at', 'is', null).execute()
      : await query.where('appraisal_now.state', '=', 'approved').execute()
  return await holdOn(tx, county_code, found, which === 'open')
}

/** Lock these cases and leave out those that another transaction moved or closed meanwhile. */
async function holdOn(tx: Tx, county_code: string, found: readonly Case[], open: boolean): Promise<Case[]> {
  if (found.length === 0) return []
  const locked = await tx
    .selectFrom('appraisal')
    .select(['appraisal_id', 'state', 'state_since', 'closed_at'])
    .where('county_code', '=', county_code)
    .where('appraisal_id', '=', sql<string>`any(${found.map((each) => each.appraisal_id)})`)
    .orderBy('appraisal_id')
    .forUpdate()
    .execute()
  const now = new Map(locked.map((row) => [row.appraisal_id, row]))
  return found.flatMap((each) => {
    const row = now.get(each.appraisal_id)
    return row && (row.closed_at === null) === open ? [{ ...each, state: row.state, state_since: row.state_since }] : []
  })
}

/** Which of these cases an announcement has told of. Asked after they are held, it stays so. */
export async function announcedAmong(tx: ReadTx, county_code: string, appraisal_ids: readonly string[]) {
  const { rows } = await sql<{ appraisal_id: string }>`
    select n.appraisal_id from notice_household n
    join public_notice b on b.county_code = n.county_code and b.notice_id = n.notice_id and b.stage = 'announcement'
    where n.county_code = ${county_code} and n.appraisal_id = any(${[...appraisal_ids]})`.execute(tx)
  return new Set(rows.map((row) => row.appraisal_id))
}

/** Move cases to a state; approval and rejection close them. */
export async function moveCases(
  tx: Tx,
  county_code: string,
  moved: { appraisal_ids: readonly string[]; to: StateOf<'appraisal.state'>; now: string },
): Promise<void> {
  if (moved.appraisal_ids.length === 0) return
  const closed = moved.to === 'approved' || moved.to === 'rejected'
  await tx
    .updateTable('appraisal')
    .set({ state: moved.to, state_since: moved.now, ...(closed ? { closed_at: moved.now } : {}) })
    .where('county_code', '=', county_code)
    .where('appraisal_id', '=', sql<string>`any(${[...moved.appraisal_ids]})`)
    .execute()
}

/**
 * Whose hands may not review these cases at a level: who surveyed the household, who reviewed it at another level, and
 * who reviewed it at this level since it came to where it stands.
 */
export async function handsOn(tx: ReadTx, county_code: string, appraisal_ids: readonly string[], level: Level) {
  if (appraisal_ids.length === 0) return new Map<string, string[]>()
  const rows = await sql<{ appraisal_id: string; hands: string[] }>`
    select p.appraisal_id, array_agg(w.account_id) as hands
    from appraisal_now p
    join assessment a on a.county_code = p.county_code and a.assessment_id = p.assessment_id
    join household h on h.county_code = p.county_code and h.household_id = p.counts_for
    cross join lateral (
      select s.account_id from submission s where s.county_code = p.county_code
        and s.instance_id in (a.instance_id, h.first_instance_id, h.current_instance_id) and s.account_id is not null
      union select r.account_id from review r where r.county_code = p.county_code
        and r.appraisal_id = p.appraisal_id and (r.level <> ${level} or r.decided_at >= p.state_since)) w
    where p.county_code = ${county_code} and p.appraisal_id = any(${[...appraisal_ids]})
    group by p.appraisal_id`.execute(tx)
  return new Map(rows.rows.map((row) => [row.appraisal_id, row.hands]))
}

/** Those of these cases that were approved at a level since they came to where they stand (what was returned counts
 * anew), with the time of the approval. */
export async function approvedAt(tx: ReadTx, county_code: string, level: Level, appraisal_ids: readonly string[]) {
  if (appraisal_ids.length === 0) return new Map<string, string>()
  const rows = await sql<{ appraisal_id: string; decided_at: string }>`
    select r.appraisal_id, r.decided_at from review r
    join appraisal p on p.county_code = r.county_code and p.appraisal_id = r.appraisal_id
    where r.county_code = ${county_code} and r.appraisal_id = any(${[...appraisal_ids]}) and r.level = ${level}
      and r.decision = 'approved' and r.decided_at >= p.state_since`.execute(tx)
  return new Map(rows.rows.map((row) => [row.appraisal_id, row.decided_at]))
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

/** Write a meeting and its votes; returns meeting_id. */
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

export interface NewReview {
  appraisal_id: string
  household_id: string
  area_code: string
  level: StateOf<'review.level'>
  decision: StateOf<'review.decision'>
  reason: string
}

/** Write what a level decided on each case. */
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
