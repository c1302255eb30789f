import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Deadlines } from './store.ts'

type CountyPlace = Place & { county_code: string }

export interface Escalated {
  escalation_id: string
  alert_id: string
  household_id: string
  role: string
  due_on: string
}

/** Open alerts that are late enough go up: once to each office. Returns those that are new. */
export async function escalateLate(
  tx: Tx,
  place: CountyPlace,
  { steps, due }: { steps: readonly { to: string; late_days: number }[]; due: Deadlines },
  at: { now: string; today: string },
): Promise<Escalated[]> {
  if (steps.length === 0) return []
  const { rows } = await sql<Omit<Escalated, 'escalation_id'> & { area_code: string }>`
    select d.alert_id, d.household_id, d.area_code, s."to" as role, d.due_on
    from (select a.alert_id, a.household_id, a.area_code, (a.raised_at at time zone ${due.time_zone})::date
        + coalesce((${JSON.stringify(due.days)}::jsonb ->> a.rule_code)::int, 0) as due_on
      from alert a where a.county_code = ${place.county_code} and a.area_code ^@ ${place.prefix}
        and a.state = 'open') d
    cross join jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as s("to" text, late_days int)
    where d.due_on + s.late_days <= ${at.today}::date
      and not exists (select 1 from alert_escalation e where e.county_code = ${place.county_code}
        and e.alert_id = d.alert_id and e.role = s."to")
    order by d.alert_id, s.late_days`.execute(tx)
  const values = rows.map((row) => ({ ...row, escalation_id: randomUUID() }))
  if (values.length === 0) return []
  const written = await sql<{ escalation_id: string }>`
    insert into alert_escalation (county_code, escalation_id, alert_id, area_code, role, due_on, escalated_at)
    select ${place.county_code}, r.escalation_id, r.alert_id, r.area_code, r.role, r.due_on, ${at.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(escalation_id text, alert_id text, area_code text,
      role text, due_on date)
    on conflict (county_code, alert_id, role) do nothing
    returning escalation_id`.execute(tx)
  const new_ones = new Set(written.rows.map((row) => row.escalation_id))
  return values.filter((value) => new_ones.has(value.escalation_id))
}

/** To which offices these alerts went up, and when; in the order in which they did. */
export async function escalationsOf(tx: ReadTx, county_code: string, alert_ids: readonly string[]) {
  if (alert_ids.length === 0) return []
  return await tx
    .selectFrom('alert_escalation')
    .select(['alert_id', 'role', 'escalated_at'])
    .where('county_code', '=', county_code)
    .where('alert_id', 'in', alert_ids)
    .orderBy('escalated_at')
    .orderBy('role')
    .execute()
}

/** Counties with alerts on which nobody has called yet. */
export async function countiesWithAlerts(tx: ReadTx): Promise<string[]> {
  // cross-county: the clock goes on in every county.
  const rows = await tx.selectFrom('alert').select('county_code').distinct().where('state', '=', 'open').execute()
  return rows.map((row) => row.county_code).toSorted()
}
