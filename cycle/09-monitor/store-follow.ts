import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

/** Which households: those named, or all of a place. */
export type Where = { place: CountyPlace; household_ids?: readonly string[] }

const within = ({ place, household_ids }: Where) => sql<boolean>`h.area_code ^@ ${place.prefix}
  and (${household_ids === undefined} or h.household_id = any(${[...(household_ids ?? [])]}))`

/** Alerts nobody has ended yet, of these households, with the household each counts for now. */
export function openAlertsOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  return tx
    .selectFrom('alert_now')
    .select(['alert_id', 'household_id', 'counts_for'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('state', 'in', ['open', 'visited'])
    .orderBy('alert_id')
    .execute()
}

/** Raise an alert for every registered household that no card stands for; once for each time that it lost its last. */
export async function raiseNoCard(tx: Tx, where: Where, alert: { code: string; severity: string }, now: string) {
  const { county_code } = where.place
  const { rows } = await sql<{ household_id: string; area_code: string; since: string }>`
    select h.household_id, h.area_code, h.changed_at as since from household h
    join register_household r on r.county_code = h.county_code and r.household_id = h.household_id
      and r.status = 'registered'
    where h.county_code = ${county_code} and h.state = 'gone' and ${within(where)}
      and not exists (select 1 from alert a where a.county_code = h.county_code and a.household_id = h.household_id
        and a.rule_code = ${alert.code} and a.state in ('open', 'visited'))
    order by h.household_id`.execute(tx)
  if (rows.length === 0) return []
  const values = rows.map((row) => ({ ...row, alert_id: randomUUID() }))
  const raised = await sql<{ alert_id: string; household_id: string; rule_code: string }>`
    insert into alert (county_code, alert_id, household_id, area_code, rule_code, severity, evidence, evidence_key,
      state, raised_at)
    select ${county_code}, r.alert_id, r.household_id, r.area_code, ${alert.code}, ${alert.severity},
      jsonb_build_object('since', r.since), r.since, 'open', ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(alert_id text, household_id text, area_code text,
      since text)
    on conflict (county_code, household_id, rule_code, evidence_key) do nothing
    returning alert_id, household_id, rule_code`.execute(tx)
  return raised.rows
}

/** Cards, later than the recorded death, that name somebody dead. */
export async function deadNamed(tx: ReadTx, where: Where) {
  const { rows } = await sql<{
    household_id: string
    area_code: string
    household_change_id: string
    happened_on: string
    instance_id: string
    surveyed_on: string
  }>`
    select h.household_id, h.area_code, c.household_change_id, c.happened_on, h.current_instance_id as instance_id,
      h.surveyed_on
    from card_change_of(${where.place.county_code}, ${where.household_ids ?? null}) c
    join household h on h.county_code = ${where.place.county_code} and h.household_id = c.household_id
    where c.effect = 'died' and c.happened_on < h.surveyed_on and ${within(where)}
    order by h.household_id, c.household_change_id`.execute(tx)
  return rows
}

/** End those alerts whose household has a card again, or counts for one that has. Returns which. */
export async function endNoCard(
  tx: Tx,
  where: Where,
  ended: { code: string; line: string; now: string; account_id: string | null },
) {
  const { rows } = await sql<{ alert_id: string; household_id: string }>`
    update alert a set state = 'dismissed', handled_at = ${ended.now}::timestamptz, handled_by = ${ended.account_id},
      action = concat_ws(E'\n', a.action, ${ended.line}::text)
    from household h
    where a.county_code = ${where.place.county_code} and a.rule_code = ${ended.code} and a.state in ('open', 'visited')
      and h.county_code = a.county_code and h.household_id = a.household_id and h.state <> 'gone' and ${within(where)}
    returning a.alert_id, a.household_id`.execute(tx)
  return rows
}
