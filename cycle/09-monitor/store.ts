import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { Answers } from '#door/personal.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Fact } from './monitor.ts'

type CountyPlace = Place & { county_code: string }

/** Two visits within so many days are one round (two surveyors, a correction), not a change in the family's life. */
const one_round_days = 30

export interface Revisited {
  household_id: string
  area_code: string
  head_name: string
  instance_id: string
  surveyed_on: string
  previous_instance_id: string
  previous_surveyed_on: string
  previous_answers: Answers
}

/** Active households of a place that were visited in an earlier round too, in order; whether registered or not. */
export async function revisitedAfter(
  tx: ReadTx,
  place: CountyPlace,
  page: { after: string; limit: number },
): Promise<Revisited[]> {
  const result = await sql<Revisited>`
    select h.household_id, h.area_code, h.head_name, s.instance_id, s.surveyed_on,
      b.instance_id as previous_instance_id, b.surveyed_on as previous_surveyed_on, b.answers as previous_answers
    from household h
    join submission s on s.county_code = h.county_code and s.instance_id = h.current_instance_id
    cross join lateral (
      select p.instance_id, p.surveyed_on, p.answers
      from link l
      join submission p on p.county_code = l.county_code and p.instance_id = l.left_id
      where l.county_code = h.county_code and l.household_id = h.household_id and l.left_kind = 'submission'
        and l.withdrawn_at is null and p.form_id = s.form_id and p.state = 'accepted'
        and p.surveyed_on <= s.surveyed_on - ${one_round_days}::int
      order by p.surveyed_on desc, p.instance_id desc
      limit 1) b
    where h.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and h.state = 'active'
      and h.household_id > ${page.after}
    order by h.household_id
    limit ${page.limit}`.execute(tx)
  return result.rows
}

export interface NewAlert {
  household_id: string
  area_code: string
  rule_code: string
  severity: StateOf<'alert.severity'>
  evidence: unknown
  /** The visit or the change behind it: one alert of a rule for each. */
  evidence_key: string
}

/** Raise alerts; one that was raised before on the same evidence is left as it stands. Returns those that are new. */
export async function raiseAlerts(
  tx: Tx,
  by: { county_code: string; now: string },
  alerts: readonly NewAlert[],
): Promise<{ alert_id: string; household_id: string; rule_code: string }[]> {
  if (alerts.length === 0) return []
  const rows = alerts.map((each) => ({ ...each, alert_id: randomUUID() }))
  const result = await sql<{ alert_id: string; household_id: string; rule_code: string }>`
    insert into alert (county_code, alert_id, household_id, area_code, rule_code, severity, evidence, evidence_key,
      state, raised_at)
    select ${by.county_code}, r.alert_id, r.household_id, r.area_code, r.rule_code, r.severity, r.evidence,
      r.evidence_key, 'open', ${by.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(alert_id text, household_id text, area_code text,
      rule_code text, severity text, evidence jsonb, evidence_key text)
    where not exists (select 1 from alert_now a where a.county_code = ${by.county_code}
      and a.counts_for = r.household_id and a.rule_code = r.rule_code and a.evidence_key = r.evidence_key)
    on conflict (county_code, household_id, rule_code, evidence_key) do nothing
    returning alert_id, household_id, rule_code`.execute(tx)
  return result.rows.toSorted(
    (a, b) => a.household_id.localeCompare(b.household_id) || (a.rule_code < b.rule_code ? -1 : 1),
  )
}

export interface NewChange {
  change_id: string
  household_id: string
  area_code: string
  kind: string
  happened_on: string
  detail: unknown
  source: string
}

/** Append changes; one that stands word for word already is left out. Returns the ids written. */
export async function appendChanges(
  tx: Tx,
  by: { county_code: string; now: string; account_id: string | null },
  changes: readonly NewChange[],
): Promise<Set<string>> {
  const result = await sql<{ change_id: string }>`
    insert into change_event (county_code, change_id, household_id, area_code, kind, happened_on, detail, source,
      recorded_at, account_id)
    select ${by.county_code}, r.change_id, r.household_id, r.area_code, r.kind, r.happened_on, r.detail, r.source,
      ${by.now}::timestamptz, ${by.account_id}
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as r(change_id text, household_id text, area_code text,
      kind text, happened_on date, detail jsonb, source text)
    where not exists (select 1 from change_event_now e where e.county_code = ${by.county_code}
      and e.counts_for = r.household_id and e.kind = r.kind and e.happened_on = r.happened_on
      and e.detail = r.detail and e.source = r.source)
    returning change_id`.execute(tx)
  return new Set(result.rows.map((row) => row.change_id))
}

export async function householdsById(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const rows = await tx
    .selectFrom('household')
    .select(['household_id', 'area_code', 'head_name', 'merged_into'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .execute()
  return new Map(rows.map((row) => [row.household_id, row]))
}

/** What an alert rests on: two visits and their facts, or a change that was reported. */
export interface AlertEvidence {
  surveyed_on?: string
  previous_surveyed_on?: string
  facts?: Fact[]
  change_id?: string
  kind?: string
  happened_on?: string
}

export interface AlertRow {
  alert_id: string
  household_id: string
  head_name: string
  area_code: string
  /** 'registered' or 'deregistered' on the register; null where the household never stood on it. */
  register_status: StateOf<'register_household.status'> | null
  rule_code: string
  severity: StateOf<'alert.severity'>
  evidence: AlertEvidence
  state: StateOf<'alert.state'>
  raised_at: string
  due_on: string
  handled_at: string | null
  handled_by: string | null
  action: string | null
}

export interface AlertPage {
  state?: string | undefined
  severity?: string | undefined
  household_id?: string | undefined
  limit: number
  after?: string | undefined
}

/** Days within which somebody must call, by rule_code, and the zone in which days are counted. */
export interface Deadlines {
  days: Record<string, number>
  time_zone: string
}

/** Alerts of a place, the most pressing first. One whose rule the pack has no more is due at once: nothing gives it days. */
export async function listAlerts(tx: ReadTx, place: CountyPlace, page: AlertPage, due: Deadlines): Promise<AlertRow[]> {
  const result = await sql<AlertRow>`
    with dated as (
      select a.*, (a.raised_at at time zone ${due.time_zone})::date
        + coalesce((${JSON.stringify(due.days)}::jsonb ->> a.rule_code)::int, 0) as due_on
      from alert_now a
      where a.county_code = ${place.county_code} and (${page.household_id ?? null}::text is null or a.counts_for = ${page.household_id ?? null}::text)
        and (${page.state ?? null}::text is null or a.state = ${page.state ?? null}::text)
        and (${page.severity ?? null}::text is null or a.severity = ${page.severity ?? null}::text))
    select d.alert_id, d.counts_for as household_id, h.head_name, h.area_code, r.status as register_status, d.rule_code, d.severity,
      d.evidence, d.state, d.raised_at, d.due_on, d.handled_at, d.handled_by, d.action
    from dated d
    join household h on h.county_code = d.county_code and h.household_id = d.counts_for
    left join register_household r on r.county_code = d.county_code and r.household_id = d.counts_for
    where d.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and (${page.after ?? null}::text is null or (d.due_on, d.alert_id) > (
      select e.due_on, e.alert_id from dated e where e.alert_id = ${page.after ?? null}::text))
    order by d.due_on, d.alert_id
    limit ${page.limit}`.execute(tx)
  return result.rows
}

export async function countAlerts(tx: ReadTx, place: CountyPlace) {
  return tx
    .selectFrom('alert_now as a')
    .innerJoin('household as h', (join) =>
      join.onRef('h.county_code', '=', 'a.county_code').onRef('h.household_id', '=', 'a.counts_for'),
    )
    .select((select) => ['a.state', 'a.severity', select.fn.countAll<number>().as('count')])
    .where('a.county_code', '=', place.county_code)
    .where('h.area_code', '^@', place.prefix)
    .groupBy(['a.state', 'a.severity'])
    .orderBy('a.state')
    .orderBy('a.severity')
    .execute()
}

/** An alert, and where the household it counts for lives today: who is there takes it on. */
export function alertById(tx: ReadTx, county_code: string, alert_id: string) {
  return tx
    .selectFrom('alert_now as a')
    .innerJoin('household as h', (join) =>
      join.onRef('h.county_code', '=', 'a.county_code').onRef('h.household_id', '=', 'a.counts_for'),
    )
    .select(['a.alert_id', 'a.household_id', 'a.counts_for', 'a.state', 'a.raised_at', 'a.handled_at', 'h.area_code'])
    .where('a.county_code', '=', county_code)
    .where('a.alert_id', '=', alert_id)
    .executeTakeFirst()
}

/** Whether anything was given to a household on a day or after it, and stands. */
export async function givenSince(tx: ReadTx, county_code: string, household_id: string, day: string): Promise<boolean> {
  const { rows } = await sql<{ given: boolean }>`
    select exists (select 1 from delivery_now d
      where d.county_code = ${county_code} and d.counts_for = ${household_id} and d.delivered_on >= ${day}::date
        and d.reverses is null and not exists (select 1 from delivery v
          where v.county_code = d.county_code and v.reverses = d.delivery_id)) as given`.execute(tx)
  return rows[0]?.given === true
}

/** Hold an alert until the transaction ends: of two who take it on at once, the second sees what the first did. */
export async function holdAlert(tx: Tx, county_code: string, alert_id: string): Promise<void> {
  await tx
    .selectFrom('alert')
    .select('alert_id')
    .where('county_code', '=', county_code)
    .where('alert_id', '=', alert_id)
    .forNoKeyUpdate()
    .execute()
}

/** Take an alert on. What was done before stays: each action is a line of its own. */
export async function handleAlert(
  tx: Tx,
  county_code: string,
  handled: { alert_id: string; state: StateOf<'alert.state'>; line: string; now: string; account_id: string | null },
): Promise<void> {
  await sql`update alert set state = ${handled.state}, handled_at = ${handled.now}::timestamptz,
      handled_by = ${handled.account_id}, action = concat_ws(E'\n', action, ${handled.line}::text)
    where county_code = ${county_code} and alert_id = ${handled.alert_id}`.execute(tx)
}

export function changesOf(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('change_event_now')
    .selectAll()
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('counts_for', '=', household_id)
    .orderBy('happened_on', 'desc')
    .orderBy('recorded_at', 'desc')
    .execute()
}

/** Names of the accounts that took a step, by account_id. */
export async function namesOf(tx: ReadTx, account_ids: readonly (string | null)[]) {
  const known = [...new Set(account_ids.filter((each): each is string => each !== null))]
  if (known.length === 0) return new Map<string, Record<string, string>>()
  // cross-county: accounts belong to no county.
  const rows = await sql<{ account_id: string; name: Record<string, string> }>`
    select account_id::text as account_id, name from account where account_id::text = any(${known})`.execute(tx)
  return new Map(rows.rows.map((row) => [row.account_id, row.name]))
}
