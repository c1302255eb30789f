import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { inPlace } from './store.ts'

type Row = Record<string, unknown>

/** One page of an export after a key; the last row's key asks for the next. Money in fen. */
type Page = (tx: ReadTx, place: Place, after: string, limit: number) => Promise<Row[]>

interface Export {
  columns: readonly string[]
  /** The column that orders the rows and pages them. */
  key: string
  page: Page
}

// cross-county statements throughout: a place above the county has no county of its own (inPlace says it where it has).
const rowsOf = async (query: ReturnType<typeof sql<Row>>, tx: ReadTx) => (await query.execute(tx)).rows

// Of a row of `l`: the household it counts for today. Joined, not read from the views of 0017: a page then costs its rows.
const merged = sql`left join household m on m.county_code = l.county_code and m.household_id = l.household_id
  and m.merged_into is not null`
const countsFor = sql`coalesce(m.merged_into, l.household_id)`

/**
 * What can be taken out, by kind. No identity numbers, no phone numbers, no names but the head's: whoever needs more
 * opens the file, where the reason is recorded.
 */
export const exports = {
  households: {
    columns: [
      'household_id',
      'area_code',
      'head_name',
      'household_size',
      'household_attribute',
      'surveyed_on',
      'status',
      'verdict',
      'net_income_per_capita',
      'score',
      'registered_on',
      'main_cause',
      'stated_cause',
      'plan_state',
      'deliveries',
      'delivered_cost',
      'alerts_open',
      'exited_on',
    ],
    key: 'household_id',
    page: (tx, place, after, limit) =>
      rowsOf(
        sql<Row>`select household_id, area_code, head_name, household_size, household_attribute, surveyed_on, status,
          verdict, net_income_per_capita, score, registered_on, main_cause, stated_cause, plan_state, deliveries,
          delivered_cost, alerts_open, exited_on
        from household_road where ${inPlace(place)} and household_id > ${after}
        order by household_id limit ${limit}`,
        tx,
      ),
  },
  indicators: {
    columns: ['household_id', 'area_code', 'reference_date', 'verdict', 'code', 'state', 'reason'],
    key: 'row_key',
    page: (tx, place, after, limit) =>
      rowsOf(
        // One row an indicator; a page holds whole households, so the key is the household's.
        sql<Row>`select a.household_id as row_key, a.household_id, a.area_code, a.reference_date, a.verdict,
          i.value->>'code' as code, i.value->>'state' as state, i.value->'reason'->>'en' as reason
        from (select * from assessment where ${inPlace(place)} and superseded_at is null
            and household_id > ${after} order by household_id limit ${Math.ceil(limit / 10)}) a
        cross join lateral jsonb_array_elements(a.indicators) with ordinality i(value, place)
        order by a.household_id, i.place`,
        tx,
      ),
  },
  causes: {
    columns: [
      'household_id',
      'area_code',
      'diagnosed_at',
      'main_cause',
      'other_causes',
      'stated_cause',
      'stated_other_causes',
      'agrees',
      'income_shortfall',
      'unmet_indicators',
    ],
    key: 'household_id',
    page: (tx, place, after, limit) =>
      rowsOf(
        sql<Row>`select household_id, area_code, diagnosed_at, main_cause, array_to_string(other_causes, ' ') as other_causes,
          stated_cause, array_to_string(stated_other_causes, ' ') as stated_other_causes, agrees, income_shortfall,
          array_to_string(unmet_indicators, ' ') as unmet_indicators
        from diagnosis where ${inPlace(place)} and superseded_at is null
          and household_id > ${after} order by household_id limit ${limit}`,
        tx,
      ),
  },
  plans: {
    columns: [
      'household_id',
      'area_code',
      'year',
      'state',
      'responsible_person',
      'agreed_on',
      'approved_at',
      'measure_code',
      'batch',
      'cause',
      'cost',
      'income_gain',
      'funded',
    ],
    key: 'row_key',
    page: (tx, place, after, limit) =>
      rowsOf(
        sql<Row>`select l.household_id || ' ' || l.plan_id || ' ' || i.item_id as row_key,
          ${countsFor} as household_id, l.area_code,
          l.year, l.state, l.responsible_person, l.agreed_on, l.approved_at, i.measure_code, i.batch, i.cause, i.cost,
          i.income_gain, i.funded
        from plan l join plan_item i on i.county_code = l.county_code and i.plan_id = l.plan_id ${merged}
        where ${inPlace(place, 'l')} and l.superseded_at is null
          and l.household_id || ' ' || l.plan_id || ' ' || i.item_id > ${after}
        order by row_key limit ${limit}`,
        tx,
      ),
  },
  deliveries: {
    columns: [
      'delivery_id',
      'household_id',
      'area_code',
      'measure_code',
      'batch',
      'delivered_on',
      'quantity',
      'unit',
      'cost',
      'provider',
      'head_signed',
      'reverses',
    ],
    key: 'delivery_id',
    page: (tx, place, after, limit) =>
      rowsOf(
        sql<Row>`select l.delivery_id, ${countsFor} as household_id, l.area_code, l.measure_code, l.batch, l.delivered_on,
          l.quantity, l.unit, l.cost, l.provider, l.head_signed, l.reverses
        from delivery l ${merged} where ${inPlace(place, 'l')} and l.delivery_id > ${after}
        order by delivery_id limit ${limit}`,
        tx,
      ),
  },
  alerts: {
    columns: [
      'alert_id',
      'household_id',
      'area_code',
      'rule_code',
      'severity',
      'state',
      'raised_at',
      'handled_at',
      'action',
    ],
    key: 'alert_id',
    page: (tx, place, after, limit) =>
      rowsOf(
        sql<Row>`select l.alert_id, ${countsFor} as household_id, l.area_code, l.rule_code, l.severity, l.state,
          l.raised_at, l.handled_at, l.action
        from alert l ${merged} where ${inPlace(place, 'l')} and l.alert_id > ${after}
        order by alert_id limit ${limit}`,
        tx,
      ),
  },
  exits: {
    columns: [
      'exit_id',
      'household_id',
      'area_code',
      'state',
      'all_met',
      'consent',
      'consent_on',
      'notice_from',
      'notice_to',
      'exited_on',
      'opened_at',
      'closed_at',
    ],
    key: 'exit_id',
    page: (tx, place, after, limit) =>
      rowsOf(
        sql<Row>`select l.exit_id, ${countsFor} as household_id, l.area_code, l.state, l.all_met, l.consent, l.consent_on,
          l.notice_from, l.notice_to, l.exited_on, l.opened_at, l.closed_at
        from exit_case l ${merged} where ${inPlace(place, 'l')} and l.exit_id > ${after}
        order by exit_id limit ${limit}`,
        tx,
      ),
  },
} as const satisfies Record<string, Export>

export type ExportKind = keyof typeof exports
export const export_kinds = Object.keys(exports) as [ExportKind, ...ExportKind[]]
