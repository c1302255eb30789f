import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { due_steps, type DueStep } from './appraise.ts'
import { openable } from './store.ts'

type CountyPlace = Place & { county_code: string }

export interface Card {
  appraisal_id: string
  household_id: string
  area_code: string
  state: StateOf<'appraisal.state'>
  state_since: string
  head_name: string
  household_size: number
  net_income_per_capita: number | null
  score: number | null
  unmet: string[]
  votes: { for: number; against: number; abstain: number } | null
  open_objections: number
  village_reviewed: boolean
  township_reviewed: boolean
}

/** How many cases of an area wait for each step (view appraisal_due). */
export async function dueCountsOf(tx: ReadTx, place: CountyPlace): Promise<Record<DueStep, number>> {
  const result = await sql<{ step: DueStep; count: number }>`
    select step, count(*)::int as count from appraisal_due
    where county_code = ${place.county_code} and area_code ^@ ${place.prefix} group by step`.execute(tx)
  const counts = new Map(result.rows.map((row) => [row.step, row.count]))
  return Object.fromEntries(due_steps.map((step) => [step, counts.get(step) ?? 0])) as Record<DueStep, number>
}

/** Households that could be opened for appraisal and are not yet, in their villages' order. */
export async function openableOf(tx: ReadTx, place: CountyPlace, limit: number) {
  const result = await sql<{ household_id: string; area_code: string; head_name: string; household_size: number }>`
    select h.household_id, h.area_code, h.head_name, h.household_size
    ${openable(place, null)} order by h.area_code, h.household_id limit ${limit}`.execute(tx)
  return result.rows
}

/**
 * Cases of an area as cards, the most urgent first; at most `limit` in each state. Ranked before anything is looked up
 * beside them, so that a township with thousands of cases costs what it shows. With `step`, only those that wait for it.
 */
export async function cardsOf(tx: ReadTx, place: CountyPlace, limit: number, step?: DueStep): Promise<Card[]> {
  const result = await sql<Card>`
    with ranked as (
      select p.county_code, p.appraisal_id, p.household_id, p.counts_for, h.area_code, p.state, p.state_since,
        p.assessment_id, a.net_income_per_capita, a.score,
        row_number() over (partition by p.state order by a.score desc nulls last, p.household_id) as place_in_state
      from appraisal_now p
      join household h on h.county_code = p.county_code and h.household_id = p.counts_for
      join assessment a on a.county_code = p.county_code and a.assessment_id = p.assessment_id
      where p.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and not p.held
        and (${step ?? null}::text is null or exists (select 1 from appraisal_due d where d.county_code = p.county_code
          and d.appraisal_id = p.appraisal_id and d.step = ${step ?? null}::text)))
    select p.appraisal_id, p.counts_for as household_id, p.area_code, p.state, p.state_since, h.head_name,
      h.household_size, p.net_income_per_capita, p.score,
      a.unmet_indicators as unmet,
      (select jsonb_build_object('for', v.votes_for, 'against', v.votes_against, 'abstain', v.votes_abstain)
        from appraisal_vote v
        join appraisal_meeting m on m.county_code = v.county_code and m.meeting_id = v.meeting_id
        where v.county_code = p.county_code and v.appraisal_id = p.appraisal_id
        order by m.held_on desc, m.recorded_at desc limit 1) as votes,
      (select count(*)::int from notice_household n
        join notice_household_now f on f.county_code = n.county_code and f.notice_id = n.notice_id
          and f.counts_for = p.counts_for
        join objection o on o.county_code = f.county_code and o.notice_id = f.notice_id
          and o.household_id = f.household_id and o.state = 'open'
        where n.county_code = p.county_code and n.appraisal_id = p.appraisal_id) as open_objections,
      exists (select 1 from review r where r.county_code = p.county_code and r.appraisal_id = p.appraisal_id
        and r.level = 'village' and r.decision = 'approved'
        and (p.state <> 'appraised' or r.decided_at >= p.state_since)) as village_reviewed,
      exists (select 1 from review r where r.county_code = p.county_code and r.appraisal_id = p.appraisal_id
        and r.level = 'township' and r.decision = 'approved'
        and (p.state <> 'township_review' or r.decided_at >= p.state_since)) as township_reviewed
    from ranked p
    join household h on h.county_code = p.county_code and h.household_id = p.counts_for
    join assessment a on a.county_code = p.county_code and a.assessment_id = p.assessment_id
    where p.place_in_state <= ${limit}
    order by p.state, p.place_in_state`.execute(tx)
  return result.rows
}

/** How many cases of an area stand in each state. */
export async function countsOf(tx: ReadTx, place: CountyPlace): Promise<Record<string, number>> {
  const rows = await tx
    .selectFrom('appraisal_now as p')
    .innerJoin('household as h', (join) =>
      join.onRef('h.county_code', '=', 'p.county_code').onRef('h.household_id', '=', 'p.counts_for'),
    )
    .select((select) => ['p.state', select.fn.countAll<number>().as('count')])
    .where('p.county_code', '=', place.county_code)
    .where('p.held', '=', false)
    .where('h.area_code', '^@', place.prefix)
    .groupBy('p.state')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}

/** How many households could be opened for appraisal and are not yet. */
export async function waitingOf(tx: ReadTx, place: CountyPlace): Promise<number> {
  const result = await sql<{ count: number }>`select count(*)::int as count ${openable(place, null)}`.execute(tx)
  return result.rows[0]?.count ?? 0
}

/** The last meetings of an area, the newest first. */
export function meetingsOf(tx: ReadTx, place: CountyPlace) {
  return tx
    .selectFrom('appraisal_meeting')
    .select(['meeting_id', 'area_code', 'held_on', 'present', 'entitled', 'chair', 'minutes', 'recorded_at'])
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .orderBy('held_on', 'desc')
    .limit(50)
    .execute()
}

/** The notices of an area, those that still hang first. */
export async function noticesOf(tx: ReadTx, place: CountyPlace) {
  const result = await sql<{
    notice_id: string
    area_code: string
    stage: StateOf<'public_notice.stage'>
    place: string
    posted_on: string
    days: number
    closes_on: string
    closed_at: string | null
    households: number
  }>`
    select n.notice_id, n.area_code, n.stage, n.place, n.posted_on, n.days, n.closes_on, n.closed_at,
      (select count(*)::int from notice_household h where h.county_code = n.county_code and h.notice_id = n.notice_id)
        as households
    from public_notice n
    where n.county_code = ${place.county_code} and n.area_code ^@ ${place.prefix}
    order by (n.closed_at is null) desc, n.posted_on desc, n.notice_id limit 100`.execute(tx)
  return result.rows
}

type Name = { en: string; zh: string }

/** One notice with the households it names, by group and name; undefined where there is none in the actor's area. */
export async function hangingOf(tx: ReadTx, county_code: string, notice_id: string) {
  const found = await sql<{
    notice_id: string
    area_code: string
    area_name: Name
    above_name: Name | null
    stage: StateOf<'public_notice.stage'>
    place: string
    posted_on: string
    days: number
    closes_on: string
    closed_at: string | null
  }>`
    select n.notice_id, n.area_code, a.name as area_name, b.name as above_name, n.stage, n.place, n.posted_on, n.days,
      n.closes_on, n.closed_at
    from public_notice n
    join area a on a.area_code = n.area_code
    left join area b on b.area_code = a.parent_code
    where n.county_code = ${county_code} and n.notice_id = ${notice_id}`.execute(tx)
  const [notice] = found.rows
  if (!notice) return undefined
  const households = await sql<{
    household_id: string
    head_name: string
    household_size: number
    area_code: string
    area_name: Name | null
  }>`
    select h.household_id, h.head_name, h.household_size, h.area_code, a.name as area_name
    from notice_household n
    join household h on h.county_code = n.county_code and h.household_id = n.household_id
    left join area a on a.area_code = h.area_code
    where n.county_code = ${county_code} and n.notice_id = ${notice_id}
    order by h.area_code, h.household_id`.execute(tx)
  return { ...notice, households: households.rows }
}

/** Objections of an area, those still open first. */
export function objectionsOf(tx: ReadTx, place: CountyPlace) {
  return tx
    .selectFrom('objection')
    .innerJoin('household', (join) =>
      join
        .onRef('household.county_code', '=', 'objection.county_code')
        .onRef('household.household_id', '=', 'objection.household_id'),
    )
    .selectAll('objection')
    .select('household.head_name')
    .where('objection.county_code', '=', place.county_code)
    .where('objection.area_code', '^@', place.prefix)
    .orderBy(sql`objection.state = 'open'`, 'desc')
    .orderBy('objection.recorded_at', 'desc')
    .limit(100)
    .execute()
}

/** Everything this room knows of one household. */
export async function storyOf(tx: ReadTx, household_id: string) {
  const county_code = countyOfHousehold(household_id)
  const [cases, votes, notices, objections, reviews] = await Promise.all([
    tx
      .selectFrom('appraisal_now')
      .selectAll()
      .where('county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .orderBy('opened_at', 'desc')
      .execute(),
    tx
      .selectFrom('appraisal_vote_now as vote')
      .innerJoin('appraisal_meeting', (join) =>
        join
          .onRef('appraisal_meeting.county_code', '=', 'vote.county_code')
          .onRef('appraisal_meeting.meeting_id', '=', 'vote.meeting_id'),
      )
      .select([
        'vote.meeting_id',
        'appraisal_id',
        'votes_for',
        'votes_against',
        'votes_abstain',
        'passed',
        'note',
        'held_on',
        'present',
        'entitled',
        'chair',
      ])
      .where('vote.county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .execute(),
    tx
      .selectFrom('notice_household_now as named')
      .innerJoin('public_notice', (join) =>
        join
          .onRef('public_notice.county_code', '=', 'named.county_code')
          .onRef('public_notice.notice_id', '=', 'named.notice_id'),
      )
      .select(['public_notice.notice_id', 'stage', 'place', 'posted_on', 'closes_on', 'closed_at'])
      .where('named.county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .orderBy('posted_on')
      .execute(),
    tx
      .selectFrom('objection_now')
      .selectAll()
      .where('county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .execute(),
    tx
      .selectFrom('review_now as review')
      .leftJoin('account', (join) => join.on(sql<boolean>`account.account_id::text = review.account_id`))
      .select([
        'review_id',
        'appraisal_id',
        'level',
        'decision',
        'reason',
        'decided_at',
        'account.name as account_name',
      ])
      .where('county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .orderBy('decided_at')
      .execute(),
  ])
  return { cases, votes, notices, objections, reviews }
}
