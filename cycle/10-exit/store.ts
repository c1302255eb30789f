import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import { countyOfHousehold } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Checks, Support } from './exit.ts'

export type CountyPlace = Place & { county_code: string }

export interface Candidate {
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  assessment_id: string | null
  exit_id: string | null
  exit_state: StateOf<'exit_case.state'> | null
}

/** Registered households that have not exited since they were (last) registered, in order, with their open case. */
export async function registeredAfter(
  tx: ReadTx,
  place: CountyPlace,
  wanted: { after: string; limit: number; household_ids?: readonly string[] },
): Promise<Candidate[]> {
  const rows = await sql<Candidate>`
    select r.household_id, r.area_code, r.head_name, r.household_size, a.assessment_id, x.exit_id, x.state as exit_state
    from register_household r
    left join assessment a on a.county_code = r.county_code and a.household_id = r.household_id
      and a.superseded_at is null
    left join exit_case_now x on x.county_code = r.county_code and x.counts_for = r.household_id
      and x.closed_at is null and not x.held
    where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix} and r.status = 'registered'
      and r.household_id > ${wanted.after}
      and (${wanted.household_ids === undefined} or r.household_id = any(${[...(wanted.household_ids ?? [])]}))
      and not exists (select 1 from left_list e where e.county_code = r.county_code
        and e.household_id = r.household_id)
    order by r.household_id limit ${wanted.limit}`.execute(tx)
  return rows.rows
}

/** How many households of the place are on the list and have not exited. */
export async function countRegistered(tx: ReadTx, place: CountyPlace): Promise<number> {
  const rows = await sql<{ count: number }>`
    select count(*)::int as count from register_household r
    where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix} and r.status = 'registered'
      and not exists (select 1 from left_list e where e.county_code = r.county_code
        and e.household_id = r.household_id)`.execute(tx)
  return rows.rows[0]?.count ?? 0
}

const nothing: Support = { plan_id: null, plan_year: null, items: 0, funded: 0, delivered: 0, high_alerts: 0 }

/**
 * Help and risk of households: the newest approved plan up to the year, how much of it was funded and delivered
 * (a delivery that names no plan counts for the measure, as does one of the year's plan that is held), and open alerts
 * of high severity.
 */
export async function supportOf(
  tx: ReadTx,
  county_code: string,
  household_ids: readonly string[],
  year: number,
): Promise<(household_id: string) => Support> {
  if (household_ids.length === 0) return () => nothing
  const rows = await sql<Support & { household_id: string }>`
    with wanted as (select unnest(${[...household_ids]}::text[]) as household_id),
    newest as (
      select distinct on (p.counts_for) p.counts_for as household_id, p.plan_id, p.year
      from plan_now p join wanted w on w.household_id = p.counts_for
      where p.county_code = ${county_code} and p.state = 'approved' and p.superseded_at is null and not p.held
        and p.year <= ${year}
      order by p.counts_for, p.year desc),
    given as (
      select d.counts_for as household_id, d.plan_id, d.item_id, d.measure_code, d.delivered_on,
        case when p.held then p.year end as held_year
      from delivery_now d join wanted w on w.household_id = d.counts_for
      left join plan_now p on p.county_code = d.county_code and p.plan_id = d.plan_id
      where d.county_code = ${county_code} and d.reverses is null
        and not exists (select 1 from delivery r where r.county_code = d.county_code
          and r.household_id = d.household_id and r.reverses = d.delivery_id)),
    items as (
      select n.household_id, count(*)::int as items, (count(*) filter (where i.funded))::int as funded,
        (count(*) filter (where i.funded and exists (select 1 from given g where g.household_id = n.household_id
          and ((g.plan_id = i.plan_id and (g.item_id = i.item_id or (g.item_id is null and g.measure_code = i.measure_code)))
            or (g.held_year = n.year and g.measure_code = i.measure_code)
            or (g.plan_id is null and g.measure_code = i.measure_code
              and extract(year from g.delivered_on) >= n.year)))))::int as delivered
      from newest n join plan_item i on i.county_code = ${county_code} and i.plan_id = n.plan_id
      group by n.household_id),
    alerts as (
      select l.counts_for as household_id, count(*)::int as high_alerts
      from alert_now l join wanted w on w.household_id = l.counts_for
      where l.county_code = ${county_code} and l.state = 'open' and l.severity = 'high' group by l.counts_for)
    select w.household_id, n.plan_id, n.year as plan_year, coalesce(i.items, 0) as items,
      coalesce(i.funded, 0) as funded, coalesce(i.delivered, 0) as delivered,
      coalesce(s.high_alerts, 0) as high_alerts
    from wanted w left join newest n using (household_id) left join items i using (household_id)
    left join alerts s using (household_id)`.execute(tx)
  const found = new Map(rows.rows.map((row) => [row.household_id, row]))
  return (household_id) => found.get(household_id) ?? nothing
}

export interface NewCase {
  exit_id: string
  household_id: string
  area_code: string
  instance_id: string
  assessment_id: string | null
  checks: Checks
}

interface Stamp {
  county_code: string
  year: number
  pack_hash: string
  now: string
  /** The day of `now` where the campaign is. */
  today: string
  account_id: string | null
}

/** Open cases, each with its first step. */
export async function openCases(tx: Tx, stamp: Stamp, cases: readonly NewCase[]): Promise<void> {
  if (cases.length === 0) return
  const rows = JSON.stringify(cases)
  await sql`insert into exit_case (county_code, exit_id, household_id, area_code, year, instance_id, assessment_id,
      pack_hash, checks, all_met, state, state_since, opened_at, opened_by)
    select ${stamp.county_code}, r.exit_id, r.household_id, r.area_code, ${stamp.year}, r.instance_id, r.assessment_id,
      ${stamp.pack_hash}, r.checks, true, 'checked', ${stamp.now}::timestamptz, ${stamp.now}::timestamptz,
      ${stamp.account_id}
    from jsonb_to_recordset(${rows}::jsonb) as r(exit_id text, household_id text, area_code text, instance_id text,
      assessment_id text, checks jsonb)`.execute(tx)
  await appendSteps(
    tx,
    { county_code: stamp.county_code, now: stamp.now, account_id: stamp.account_id ?? '' },
    cases.map(({ exit_id, household_id, area_code }) => ({
      exit_id,
      household_id,
      area_code,
      kind: 'checked',
      happened_on: stamp.today,
      detail: { year: stamp.year },
    })),
  )
}

export interface NewStep {
  exit_id: string
  household_id: string
  area_code: string
  kind: string
  happened_on: string
  detail: Record<string, unknown>
}

/** Append steps; they are never changed. */
export async function appendSteps(
  tx: Tx,
  stamp: { county_code: string; now: string; account_id: string },
  steps: readonly NewStep[],
): Promise<void> {
  if (steps.length === 0) return
  await sql`insert into exit_step (county_code, step_id, exit_id, household_id, area_code, kind, happened_on, detail,
      recorded_at, account_id)
    select ${stamp.county_code}, gen_random_uuid()::text, r.exit_id, r.household_id, r.area_code, r.kind, r.happened_on,
      r.detail, ${stamp.now}::timestamptz, ${stamp.account_id}
    from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as r(exit_id text, household_id text, area_code text,
      kind text, happened_on date, detail jsonb)`.execute(tx)
}

export interface Case {
  exit_id: string
  /** The household it was opened for, and the one it counts for today. */
  household_id: string
  counts_for: string
  /** It waits: the household it counts for has a case of its own. */
  held: boolean
  /** Where the household lives today: who is there takes the steps. */
  area_code: string
  year: number
  state: StateOf<'exit_case.state'>
  open_objections: number
  notice_to: string | null
  closed_at: string | null
  register_status: string | null
  surveyed_by: string | null
  verified_by: string | null
  /** The day of the newest step, the check with which the case was opened among them. */
  last_on: string | null
  /** Step ids of objections nobody has answered, with who wrote them down. */
  objections: { step_id: string; account_id: string }[]
}

/** Cases by id, locked, with whose hands they went through. */
export async function casesById(tx: Tx, county_code: string, exit_ids: readonly string[]): Promise<Map<string, Case>> {
  if (exit_ids.length === 0) return new Map()
  // Locked first: what is read below is then how it stays.
  await sql`select exit_id from exit_case where county_code = ${county_code} and exit_id = any(${[...exit_ids]})
    order by exit_id for update`.execute(tx)
  const rows = await sql<Case>`
    select x.exit_id, x.household_id, x.counts_for, x.held, h.area_code, x.year, x.state, x.open_objections, x.notice_to, x.closed_at,
      r.status as register_status, s.account_id as surveyed_by,
      (select t.account_id from exit_step t where t.county_code = x.county_code and t.exit_id = x.exit_id
        and t.kind = 'verified' limit 1) as verified_by,
      (select max(t.happened_on) from exit_step t where t.county_code = x.county_code and t.exit_id = x.exit_id) as last_on,
      coalesce((select jsonb_agg(jsonb_build_object('step_id', t.step_id, 'account_id', t.account_id))
        from exit_step t where t.county_code = x.county_code and t.exit_id = x.exit_id and t.kind = 'objected'
          and not exists (select 1 from exit_step n where n.county_code = t.county_code and n.exit_id = t.exit_id
            and n.kind = 'answered' and n.detail->>'objection' = t.step_id)), '[]'::jsonb) as objections
    from exit_case_now x
    join household h on h.county_code = x.county_code and h.household_id = x.counts_for
    left join register_household r on r.county_code = x.county_code and r.household_id = x.counts_for
    left join submission s on s.county_code = x.county_code and s.instance_id = x.instance_id
    where x.county_code = ${county_code} and x.exit_id = any(${[...exit_ids]})`.execute(tx)
  return new Map(rows.rows.map((row) => [row.exit_id, row]))
}

export interface Move {
  exit_ids: readonly string[]
  now: string
  set: {
    state?: StateOf<'exit_case.state'>
    consent?: boolean
    consent_on?: string
    notice_from?: string
    notice_to?: string
    exited_on?: string
    stopped_reason?: string
    open_objections?: number
  }
}

/** Carry the projection of cases along. An end (exited, stopped) closes them. */
export async function moveCases(tx: Tx, county_code: string, { exit_ids, now, set }: Move): Promise<void> {
  if (exit_ids.length === 0) return
  const closed = set.state === 'exited' || set.state === 'stopped'
  await tx
    .updateTable('exit_case')
    .set({ ...set, ...(set.state ? { state_since: now } : {}), ...(closed ? { closed_at: now } : {}) })
    .where('county_code', '=', county_code)
    .where('exit_id', 'in', exit_ids)
    .execute()
}

/** Write down which others have left with these cases: all that count as one household with theirs today. */
export async function coverCases(tx: Tx, county_code: string, exit_ids: readonly string[]): Promise<void> {
  await sql`with family as (
      select x.exit_id, array_agg(h.household_id order by h.household_id) as covers
      from exit_case_now x
      join household h on h.county_code = x.county_code
        and (h.household_id = x.counts_for or (h.merged_into is not null and h.merged_into = x.counts_for))
        and h.household_id <> x.household_id
      where x.county_code = ${county_code} and x.exit_id = any(${[...exit_ids]})
      group by x.exit_id)
    update exit_case c set covers = f.covers from family f
    where c.county_code = ${county_code} and c.exit_id = f.exit_id`.execute(tx)
}

/** All cases of a household, newest first. */
export function casesOfHousehold(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('exit_case_now')
    .selectAll()
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('counts_for', '=', household_id)
    .orderBy('opened_at', 'desc')
    .execute()
}

export function stepsOfHousehold(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('exit_step_now')
    .select(['step_id', 'exit_id', 'kind', 'happened_on', 'detail', 'recorded_at', 'account_id'])
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('counts_for', '=', household_id)
    .orderBy('recorded_at')
    .orderBy('step_id')
    .execute()
}

export async function listCases(
  tx: ReadTx,
  place: CountyPlace,
  page: { state?: StateOf<'exit_case.state'> | undefined; limit: number; after?: string | undefined },
) {
  let query = tx
    .selectFrom('exit_case_now as exit_case')
    .innerJoin('household', (join) =>
      join
        .onRef('household.county_code', '=', 'exit_case.county_code')
        .onRef('household.household_id', '=', 'exit_case.counts_for'),
    )
    .select([
      'exit_case.exit_id',
      'exit_case.counts_for as household_id',
      'household.area_code',
      'exit_case.year',
      'exit_case.state',
      'exit_case.state_since',
      'exit_case.consent',
      'exit_case.notice_from',
      'exit_case.notice_to',
      'exit_case.exited_on',
      'exit_case.open_objections',
      'exit_case.stopped_reason',
      'household.head_name',
      'household.household_size',
    ])
    .where('exit_case.county_code', '=', place.county_code)
    .where('household.area_code', '^@', place.prefix)
    .where('exit_case.held', '=', false)
  if (page.state) query = query.where('exit_case.state', '=', page.state)
  if (page.after) query = query.where('exit_case.exit_id', '>', page.after)
  return query.orderBy('exit_case.exit_id').limit(page.limit).execute()
}

export async function countCases(tx: ReadTx, place: CountyPlace): Promise<Record<string, number>> {
  const rows = await tx
    .selectFrom('exit_case_now as x')
    .innerJoin('household as h', (join) =>
      join.onRef('h.county_code', '=', 'x.county_code').onRef('h.household_id', '=', 'x.counts_for'),
    )
    .select((select) => ['x.state', select.fn.countAll<number>().as('count')])
    .where('x.county_code', '=', place.county_code)
    .where('x.held', '=', false)
    .where('h.area_code', '^@', place.prefix)
    .groupBy('x.state')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}
