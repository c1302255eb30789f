import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Given } from './plausible.ts'

type CountyPlace = Place & { county_code: string }

/** Households by id, as far as recording needs them. */
export async function householdsById(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const rows = await tx
    .selectFrom('household')
    .select(['household_id', 'area_code', 'head_name', 'household_size', 'merged_into'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .execute()
  return new Map(rows.map((row) => [row.household_id, row]))
}

/** Items of agreed and approved plans, by household; a delivery can belong to those that are not held. */
export async function plannedItems(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const rows = await tx
    .selectFrom('plan_item')
    .innerJoin('plan_now as plan', (join) =>
      join.onRef('plan.county_code', '=', 'plan_item.county_code').onRef('plan.plan_id', '=', 'plan_item.plan_id'),
    )
    .select([
      'plan.counts_for as household_id',
      'plan_item.plan_id',
      'plan_item.item_id',
      'plan_item.measure_code',
      'plan_item.batch',
      'plan.year',
      'plan.state',
      'plan_item.cost',
      'plan_item.funded',
      'plan.held',
    ])
    .where('plan.county_code', '=', county_code)
    .where('plan.counts_for', 'in', household_ids)
    .where('plan.state', 'in', ['agreed', 'approved'])
    .where('plan.superseded_at', 'is', null)
    .orderBy('plan.year')
    .orderBy('plan_item.measure_code')
    .execute()
  return Map.groupBy(rows, (row) => row.household_id)
}

export interface NewDelivery {
  delivery_id: string
  household_id: string
  area_code: string
  plan_id: string | null
  item_id: string | null
  measure_code: string
  batch: string
  delivered_on: string
  quantity: number
  unit: string
  cost: number
  provider: string
  head_signed: boolean
  note: string | null
  reverses: string | null
  /** Why an unusual entry is right; null where nobody had to say. */
  confirmed: string | null
}

export interface By {
  county_code: string
  now: string
  account_id: string | null
}

/** Append deliveries. Those that already stand word for word (a list sent twice) are left out; returns the ids written. */
export async function appendDeliveries(tx: Tx, by: By, rows: readonly NewDelivery[]): Promise<Set<string>> {
  const result = await sql<{ delivery_id: string }>`
    insert into delivery (county_code, delivery_id, household_id, area_code, plan_id, item_id, measure_code, batch,
      delivered_on, quantity, unit, cost, provider, head_signed, note, reverses, confirmed, recorded_at, account_id)
    select ${by.county_code}, r.delivery_id, r.household_id, r.area_code, r.plan_id, r.item_id, r.measure_code, r.batch,
      r.delivered_on, r.quantity, r.unit, r.cost, r.provider, r.head_signed, r.note, r.reverses, r.confirmed,
      ${by.now}::timestamptz, ${by.account_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(delivery_id text, household_id text, area_code text,
      plan_id text, item_id text, measure_code text, batch text, delivered_on date, quantity double precision,
      unit text, cost bigint, provider text, head_signed boolean, note text, reverses text, confirmed text)
    where r.reverses is not null or not exists (
      select 1 from delivery_now d
      where d.county_code = ${by.county_code} and d.counts_for = r.household_id and d.delivered_on = r.delivered_on
        and d.measure_code = r.measure_code and d.quantity = r.quantity and d.unit = r.unit and d.cost = r.cost
        and d.provider = r.provider and d.note is not distinct from r.note and d.reverses is null
        and not exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id))
    returning delivery_id`.execute(tx)
  return new Set(result.rows.map((row) => row.delivery_id))
}

/** Deliveries to households that stand, oldest first: what a new line is held against. */
export async function givenTo(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const { rows } = await sql<Given & Pick<NewDelivery, 'unit' | 'provider' | 'note'>>`
    select d.counts_for as household_id, d.item_id, d.measure_code, d.delivered_on, d.quantity, d.cost, d.unit,
      d.provider, d.note
    from delivery_now d
    where d.county_code = ${county_code} and d.counts_for = any(${[...household_ids]}) and d.reverses is null
      and not exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id)
    order by d.delivered_on, d.delivery_id`.execute(tx)
  return rows
}

/** Those of these households that stand or stood on the register. */
export async function everRegistered(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const { rows } = await sql<{ household_id: string }>`
    select household_id from register_household
    where county_code = ${county_code} and household_id = any(${[...household_ids]})`.execute(tx)
  return new Set(rows.map((row) => row.household_id))
}

export function deliveryById(tx: ReadTx, county_code: string, delivery_id: string) {
  return tx
    .selectFrom('delivery as d')
    .selectAll('d')
    .select((select) =>
      select
        .exists(
          select
            .selectFrom('delivery as v')
            .select('v.delivery_id')
            .whereRef('v.county_code', '=', 'd.county_code')
            .whereRef('v.reverses', '=', 'd.delivery_id'),
        )
        .as('reversed'),
    )
    .where('d.county_code', '=', county_code)
    .where('d.delivery_id', '=', delivery_id)
    .executeTakeFirst()
}

export interface NewIncome {
  ledger_id: string
  household_id: string
  area_code: string
  year: number
  source: string
  amount: number
  paid_on: string | null
  payer: string | null
  evidence: string | null
  reverses: string | null
  confirmed: string | null
}

/** Append income. An entry that already stands word for word is left out; returns the ids written. */
export async function appendIncome(tx: Tx, by: By, rows: readonly NewIncome[]): Promise<Set<string>> {
  const result = await sql<{ ledger_id: string }>`
    insert into income_ledger (county_code, ledger_id, household_id, area_code, year, source, amount, paid_on, payer,
      evidence, reverses, confirmed, recorded_at, account_id)
    select ${by.county_code}, r.ledger_id, r.household_id, r.area_code, r.year, r.source, r.amount, r.paid_on, r.payer,
      r.evidence, r.reverses, r.confirmed, ${by.now}::timestamptz, ${by.account_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(ledger_id text, household_id text, area_code text,
      year int, source text, amount bigint, paid_on date, payer text, evidence text, reverses text, confirmed text)
    where r.reverses is not null or not exists (
      select 1 from income_ledger_now l
      where l.county_code = ${by.county_code} and l.counts_for = r.household_id and l.year = r.year
        and l.source = r.source and l.amount = r.amount and l.paid_on is not distinct from r.paid_on
        and l.payer is not distinct from r.payer and l.evidence is not distinct from r.evidence and l.reverses is null
        and not exists (select 1 from income_ledger v where v.county_code = l.county_code
          and v.reverses = l.ledger_id))
    returning ledger_id`.execute(tx)
  return new Set(result.rows.map((row) => row.ledger_id))
}

export function incomeById(tx: ReadTx, county_code: string, ledger_id: string) {
  return tx
    .selectFrom('income_ledger as l')
    .selectAll('l')
    .select((select) =>
      select
        .exists(
          select
            .selectFrom('income_ledger as v')
            .select('v.ledger_id')
            .whereRef('v.county_code', '=', 'l.county_code')
            .whereRef('v.reverses', '=', 'l.ledger_id'),
        )
        .as('reversed'),
    )
    .where('l.county_code', '=', county_code)
    .where('l.ledger_id', '=', ledger_id)
    .executeTakeFirst()
}

export interface NewHelper {
  helper_id: string
  household_id: string
  area_code: string
  name: string
  unit: string
  valid_from: string
}

/**
 * Name helpers. A household has one at a time: the helper before ends on the day the next begins, also where that one
 * was named for a household that is the same one today.
 */
export async function nameHelpers(tx: Tx, by: By, rows: readonly NewHelper[]): Promise<number> {
  const json = JSON.stringify(rows)
  await sql`
    update helper h set valid_to = r.valid_from
    from jsonb_to_recordset(${json}::jsonb) as r(household_id text, name text, unit text, valid_from date)
    join helper_now n on n.county_code = ${by.county_code} and n.counts_for = r.household_id and n.valid_to is null
    where h.county_code = ${by.county_code} and h.helper_id = n.helper_id
      and (h.name, h.unit) is distinct from (r.name, r.unit)`.execute(tx)
  const result = await sql<{ helper_id: string }>`
    insert into helper (county_code, helper_id, household_id, area_code, name, unit, valid_from, recorded_at, account_id)
    select ${by.county_code}, r.helper_id, r.household_id, r.area_code, r.name, r.unit, r.valid_from,
      ${by.now}::timestamptz, ${by.account_id}
    from jsonb_to_recordset(${json}::jsonb) as r(helper_id text, household_id text, area_code text, name text,
      unit text, valid_from date)
    where not exists (select 1 from helper h where h.county_code = ${by.county_code}
      and h.household_id = r.household_id and h.name = r.name and h.unit = r.unit and h.valid_to is null)
    returning helper_id`.execute(tx)
  return result.rows.length
}

/** Everything this room knows of one household. */
export async function storyOf(tx: ReadTx, household_id: string) {
  const county_code = countyOfHousehold(household_id)
  const [deliveries, income, helpers] = await Promise.all([
    tx
      .selectFrom('delivery_now')
      .selectAll()
      .where('county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .orderBy('delivered_on', 'desc')
      .orderBy('recorded_at', 'desc')
      .execute(),
    tx
      .selectFrom('income_ledger_now')
      .selectAll()
      .where('county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .orderBy('year')
      .orderBy('recorded_at')
      .execute(),
    tx
      .selectFrom('helper_now')
      .select(['helper_id', 'name', 'unit', 'valid_from', 'valid_to'])
      .where('county_code', '=', county_code)
      .where('counts_for', '=', household_id)
      .orderBy('valid_from', 'desc')
      .execute(),
  ])
  return { deliveries, income, helpers }
}

interface Page {
  year?: number | undefined
  measure_code?: string | undefined
  limit: number
  after?: string | undefined
}

/** Deliveries of a place, newest first; `after` is the delivery_id of the last one seen. */
export async function listDeliveries(tx: ReadTx, place: CountyPlace, page: Page) {
  const result = await sql<NewDelivery & { head_name: string; recorded_at: string; reversed: boolean }>`
    select d.delivery_id, d.counts_for as household_id, h.head_name, d.area_code, d.plan_id, d.item_id, d.measure_code, d.batch,
      d.delivered_on, d.quantity, d.unit, d.cost, d.provider, d.head_signed, d.note, d.reverses, d.recorded_at,
      exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id) as reversed
    from delivery_now d
    join household h on h.county_code = d.county_code and h.household_id = d.counts_for
    where d.county_code = ${place.county_code} and d.area_code ^@ ${place.prefix}
      and (${page.year ?? null}::int is null or extract(year from d.delivered_on) = ${page.year ?? null}::int)
      and (${page.measure_code ?? null}::text is null or d.measure_code = ${page.measure_code ?? null}::text)
      and (${page.after ?? null}::text is null or (d.delivered_on, d.delivery_id) < (
        select a.delivered_on, a.delivery_id from delivery a
        where a.county_code = ${place.county_code} and a.delivery_id = ${page.after ?? null}::text))
    order by d.delivered_on desc, d.delivery_id desc
    limit ${page.limit}`.execute(tx)
  return result.rows
}

/** How many entries such a list holds in all. */
export async function countDeliveries(
  tx: ReadTx,
  place: CountyPlace,
  page: Omit<Page, 'limit' | 'after'>,
): Promise<number> {
  const result = await sql<{ count: number }>`
    select count(*)::int as count from delivery_now d
    join household h on h.county_code = d.county_code and h.household_id = d.counts_for
    where d.county_code = ${place.county_code} and d.area_code ^@ ${place.prefix}
      and (${page.year ?? null}::int is null or extract(year from d.delivered_on) = ${page.year ?? null}::int)
      and (${page.measure_code ?? null}::text is null or d.measure_code = ${page.measure_code ?? null}::text)`.execute(
    tx,
  )
  return result.rows[0]?.count ?? 0
}
