import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Budget } from './share/fund.ts'
import type { Basis, Planned } from './prescribe.ts'

type CountyPlace = Place & { county_code: string }

export interface Due extends Basis {
  household_id: string
  /** Day of the assessment under the diagnosis: ages count and parameters are read on it. */
  reference_date: string
  plan_id: string | null
  plan_state: string | null
  plan_diagnosis_id: string | null
}

/** Registered households of a place with a current diagnosis, in order, and the plan they have for the year. */
export async function diagnosedAfter(
  tx: ReadTx,
  place: CountyPlace,
  page: { year: number; after: string; limit: number; household_id?: string },
): Promise<Due[]> {
  const result = await sql<Due>`
    with due as materialized (
      select r.household_id, d.diagnosis_id, d.income_shortfall, d.unmet_indicators, d.main_cause, d.other_causes,
        a.score, a.reference_date
      from register_household r
      join diagnosis d on d.county_code = r.county_code and d.household_id = r.household_id and d.superseded_at is null
      join assessment a on a.county_code = d.county_code and a.assessment_id = d.assessment_id
      where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix} and r.status = 'registered'
        and r.household_id > ${page.after}
        and (${page.household_id ?? null}::text is null or r.household_id = ${page.household_id ?? null}::text)
      order by r.household_id
      limit ${page.limit})
    select due.*, p.plan_id, p.state as plan_state, p.diagnosis_id as plan_diagnosis_id
    from due
    left join plan_now p on p.county_code = ${place.county_code} and p.counts_for = due.household_id
      and p.year = ${page.year} and p.superseded_at is null and not p.held
      -- Said once more as a list, which reaches into the view: by the join alone it reads every plan of the county.
      and p.counts_for = any(array(select household_id from due))
    order by due.household_id`.execute(tx)
  return result.rows
}

export function countRegistered(tx: ReadTx, place: CountyPlace) {
  return tx
    .selectFrom('register_household')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('status', '=', 'registered')
    .executeTakeFirstOrThrow()
}

/** Funded measures of earlier years' agreed and approved plans, by household. */
export async function standingOf(tx: ReadTx, county_code: string, household_ids: readonly string[], year: number) {
  if (household_ids.length === 0) return new Map<string, StandingRow[]>()
  const rows = await tx
    .selectFrom('plan_item')
    .innerJoin('plan_now as plan', (join) =>
      join.onRef('plan.county_code', '=', 'plan_item.county_code').onRef('plan.plan_id', '=', 'plan_item.plan_id'),
    )
    .select([
      'plan.counts_for as household_id',
      'plan_item.measure_code',
      'plan_item.cost_period',
      'plan_item.income_gain',
      'plan_item.indicators',
      'plan_item.starts_after_months',
      'plan.agreed_on',
    ])
    .where('plan.county_code', '=', county_code)
    .where('plan.counts_for', 'in', household_ids)
    .where('plan.held', '=', false)
    .where('plan_item.funded', '=', true)
    .where('plan.year', '<', year)
    .where('plan.state', 'in', ['agreed', 'approved'])
    .where('plan.superseded_at', 'is', null)
    .execute()
  return Map.groupBy(rows as StandingRow[], (row) => row.household_id)
}

export interface StandingRow {
  household_id: string
  measure_code: string
  cost_period: string
  income_gain: number
  indicators: string[]
  starts_after_months: number
  agreed_on: string | null
}

interface Stamp {
  county_code: string
  year: number
  pack_hash: string
  now: string
  account_id: string | null
}

/** Put drafts in force, paid from nothing until they are shared out; drafts before them are superseded, never changed. */
export async function savePlans(tx: Tx, stamp: Stamp, planned: readonly Planned[], replaced: readonly string[]) {
  if (replaced.length > 0) {
    await tx
      .updateTable('plan')
      .set({ superseded_at: stamp.now })
      .where('county_code', '=', stamp.county_code)
      .where('plan_id', 'in', replaced)
      .where('state', '=', 'draft')
      .execute()
  }
  if (planned.length === 0) return
  const plans = planned.map((each) => ({ ...each, plan_id: randomUUID() }))
  await sql`insert into plan (county_code, plan_id, household_id, area_code, year, diagnosis_id, pack_hash, state,
      cost, income_gain, needs, weighed, uncovered, made_at, made_by)
    select ${stamp.county_code}, r.plan_id, r.household_id, r.area_code, ${stamp.year}::int, r.diagnosis_id,
      ${stamp.pack_hash}, 'draft', r.cost, r.income_gain, r.needs, r.weighed, r.uncovered, ${stamp.now}::timestamptz,
      ${stamp.account_id}
    from jsonb_to_recordset(${JSON.stringify(plans.map(({ items: _, ...plan }) => plan))}::jsonb) as r(plan_id text,
      household_id text, area_code text, diagnosis_id text, cost bigint, income_gain bigint, needs jsonb,
      weighed jsonb, uncovered jsonb)`.execute(tx)
  const items = plans.flatMap(({ plan_id, household_id, area_code, items: own }) =>
    own.map((item) => ({ ...item, plan_id, household_id, area_code, item_id: randomUUID() })),
  )
  await sql`insert into plan_item (county_code, plan_id, item_id, household_id, area_code, measure_code, batch, cause,
      cost, cost_period, starts_after_months, income_gain, indicators, value, funded, unfunded_reason, reason)
    select ${stamp.county_code}, r.plan_id, r.item_id, r.household_id, r.area_code, r.measure_code, r.batch, r.cause,
      r.cost, r.cost_period, r.starts_after_months, r.income_gain, r.indicators, r.value, false, 'not_shared', r.reason
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as r(plan_id text, item_id text, household_id text,
      area_code text, measure_code text, batch text, cause text, cost bigint, cost_period text,
      starts_after_months int, income_gain bigint, indicators text[], value double precision, reason jsonb)`.execute(tx)
}

/** Households whose diagnosis is gone or who left the register keep no draft. */
export async function dropOrphanDrafts(tx: Tx, place: CountyPlace, year: number, now: string): Promise<number> {
  const result = await sql<{ plan_id: string }>`
    update plan set superseded_at = ${now}::timestamptz
    where county_code = ${place.county_code} and year = ${year} and state = 'draft' and superseded_at is null
      and exists (select 1 from household h join household s on s.county_code = h.county_code
        and s.household_id = coalesce(h.merged_into, h.household_id) and s.area_code ^@ ${place.prefix}
        where h.county_code = plan.county_code and h.household_id = plan.household_id)
      and not exists (select 1 from household h join register_household r on r.county_code = h.county_code
        and r.household_id = coalesce(h.merged_into, h.household_id) and r.status = 'registered'
        where h.county_code = plan.county_code and h.household_id = plan.household_id)
    returning plan_id`.execute(tx)
  return result.rows.length
}

export interface NewBudget {
  area_code: string
  year: number
  batch: string
  amount: number
  source: string
}

/** Enter budgets; one for an area, year and batch, so a later entry takes the place of the former (both are audited). */
export async function saveBudgets(
  tx: Tx,
  by: { county_code: string; now: string; account_id: string | null },
  budgets: readonly NewBudget[],
): Promise<void> {
  // In one order for all writers: two lists cannot wait for one another.
  const order = (each: NewBudget) => `${each.area_code} ${each.year} ${each.batch}`
  const rows = budgets
    .map((each) => ({ ...each, budget_id: randomUUID() }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
  await sql`insert into measure_budget (county_code, budget_id, area_code, year, batch, amount, source, recorded_at,
      account_id)
    select ${by.county_code}, r.budget_id, r.area_code, r.year, r.batch, r.amount, r.source, ${by.now}::timestamptz,
      ${by.account_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(budget_id text, area_code text, year int, batch text,
      amount bigint, source text)
    on conflict (county_code, area_code, year, batch) do update set amount = excluded.amount,
      source = excluded.source, recorded_at = excluded.recorded_at, account_id = excluded.account_id`.execute(tx)
}

/** All budgets of a county's year. */
export function budgetsOf(tx: ReadTx, county_code: string, year: number): Promise<(Budget & { source: string })[]> {
  return tx
    .selectFrom('measure_budget')
    .select(['budget_id', 'area_code', 'batch', 'amount', 'source'])
    .where('county_code', '=', county_code)
    .where('year', '=', year)
    .orderBy('area_code')
    .orderBy('batch')
    .execute()
}
