import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

export interface SummaryRow {
  area_code: string
  batch: string
  measure_code: string
  /** Funded items of the year's agreed and approved plans. */
  planned: number
  /** Of them, those with a delivery that stands. */
  delivered: number
  signed: number
  planned_cost: number
  given_cost: number
  /** Deliveries that belong to no plan, and their cost. */
  outside_plan: number
  outside_cost: number
}

/**
 * Planned and given of a year, by village-level area and measure: the screens add up from here. What was given by a plan
 * that is held counts for the same measure of the plan that stands, and outside the plan where that has none.
 */
export async function deliveredShares(
  tx: ReadTx,
  place: CountyPlace,
  year: number,
  length: number,
): Promise<SummaryRow[]> {
  const result = await sql<SummaryRow>`
    with stands as (
      select d.* from delivery d
      where d.county_code = ${place.county_code} and d.area_code ^@ ${place.prefix} and d.reverses is null
        and not exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id)),
    items as (
      select i.item_id, i.area_code, i.batch, i.measure_code, i.cost, i.funded, p.counts_for, p.held
      from plan_now p
      join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
      where p.county_code = ${place.county_code} and p.area_code ^@ ${place.prefix} and p.year = ${year}
        and p.state in ('agreed', 'approved') and p.superseded_at is null),
    planned as (select * from items where funded and not held),
    given_by as (
      select d.*, i.held, case when i.held then p.item_id else d.item_id end as counts_as
      from stands d join items i on i.item_id = d.item_id
      left join planned p on i.held and p.counts_for = i.counts_for and p.measure_code = i.measure_code),
    given as (
      select counts_as as item_id, sum(cost) as cost, bool_and(head_signed) as signed from given_by group by counts_as),
    parts as (
      select i.area_code, i.batch, i.measure_code, 1 as planned, (g.item_id is not null)::int as delivered,
        coalesce(g.signed, false)::int as signed, i.cost as planned_cost, coalesce(g.cost, 0) as given_cost,
        0 as outside_plan, 0 as outside_cost
      from planned i left join given g on g.item_id = i.item_id
      union all
      select area_code, batch, measure_code, 0, 0, 0, 0, 0, 1, cost from given_by where held and counts_as is null
      union all
      select area_code, batch, measure_code, 0, 0, 0, 0, 0, 1, cost from stands
      where item_id is null and extract(year from delivered_on) = ${year})
    select left(area_code, ${length}) as area_code, batch, measure_code, sum(planned)::int as planned,
      sum(delivered)::int as delivered, sum(signed)::int as signed, sum(planned_cost)::bigint as planned_cost,
      sum(given_cost)::bigint as given_cost, sum(outside_plan)::int as outside_plan,
      sum(outside_cost)::bigint as outside_cost
    from parts group by 1, 2, 3 order by 1, 2, 3`.execute(tx)
  return result.rows
}

/** The areas directly below a place. */
export function childrenOf(tx: ReadTx, area_code: string) {
  // cross-county: area is a reference table.
  return tx
    .selectFrom('area')
    .select(['area_code', 'name'])
    .where('parent_code', '=', area_code)
    .orderBy('area_code')
    .execute()
}

/** The latest year of an agreed or approved plan of a place. */
export async function latestYear(tx: ReadTx, place: CountyPlace): Promise<number | null> {
  const row = await tx
    .selectFrom('plan')
    .select((select) => select.fn.max('year').as('year'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('state', 'in', ['agreed', 'approved'])
    .where('superseded_at', 'is', null)
    .executeTakeFirst()
  return row?.year ?? null
}
