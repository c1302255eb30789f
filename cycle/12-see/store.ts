import { type RawBuilder, sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { type Counts, type Stage } from './see.ts'

/** Which rows lie in a place: its county first, then its prefix. Above the county a statement crosses counties. */
export function inPlace(place: Place, alias = ''): RawBuilder<boolean> {
  const at = (column: string) => sql.ref(alias ? `${alias}.${column}` : column)
  const county =
    place.county_code === null ? sql<boolean>`true` : sql<boolean>`${at('county_code')} = ${place.county_code}`
  return sql<boolean>`(${county} and ${at('area_code')} ^@ ${place.prefix})`
}

/** What each stage of the funnel means; the list behind a number filters by the same words. */
export const reached: Record<Stage, RawBuilder<boolean>> = {
  households: sql`true`,
  assessed: sql`verdict is not null`,
  eligible: sql`found_poor`,
  appraised: sql`appraisal_state is not null`,
  registered: sql`register_status is not null`,
  diagnosed: sql`diagnosed_at is not null`,
  planned: sql`plan_id is not null`,
  helped: sql`first_delivered_on is not null`,
  exited: sql`status = 'exited'`,
  inspected: sql`inspected_on is not null`,
}

/** On the register today: entered, and neither struck off nor out of poverty. */
export const on_the_list = sql<boolean>`register_status = 'registered' and status <> 'exited'`

/**
 * For statements that join every household of an area. Row-level security hides from the planner how many rows remain,
 * and before the first statistics it takes every table for empty: it then loops over 17,000 households where one hash
 * join would do (minutes instead of a quarter of a second).
 */
export async function joinWhole(tx: ReadTx): Promise<void> {
  await sql.raw('set local enable_nestloop = off').execute(tx)
}

/** How many areas of a level lie in a place, and in how many of them a household was surveyed. */
export async function coverageOf(tx: ReadTx, place: Place, unit: { level: string; code_length: number }) {
  const length = sql.lit(unit.code_length)
  // cross-county: the place may lie above the county
  const result = await sql<{ surveyed: number; areas: number }>`
    select (select count(distinct left(area_code, ${length})) from household where ${inPlace(place)} and state = 'active')
        as surveyed,
      (select count(*) from area where level = ${unit.level} and area_code ^@ ${place.prefix} and valid_to is null)
        as areas`.execute(tx)
  const { surveyed, areas } = result.rows[0] ?? { surveyed: 0, areas: 0 }
  return { level: unit.level, surveyed, areas }
}

/** Counts by the areas whose codes have `code_length` characters, in one pass over the view. */
export async function countsByChild(
  tx: ReadTx,
  place: Place,
  code_length: number,
): Promise<(Counts & { area_code: string })[]> {
  await joinWhole(tx)
  const child = sql`left(area_code, ${sql.lit(code_length)})`
  const result = await sql<Counts & { area_code: string }>`
    select ${child} as area_code, count(*) as households, sum(household_size) as people,
      count(*) filter (where ${reached.assessed}) as assessed,
      count(*) filter (where ${reached.eligible}) as eligible,
      count(*) filter (where ${reached.appraised}) as appraised,
      count(*) filter (where ${reached.registered}) as registered,
      count(*) filter (where ${reached.diagnosed}) as diagnosed,
      count(*) filter (where ${reached.planned}) as planned,
      count(*) filter (where ${reached.helped}) as helped,
      count(*) filter (where ${reached.exited}) as exited,
      count(*) filter (where ${reached.inspected}) as inspected,
      count(*) filter (where ${on_the_list}) as poor_now,
      coalesce(sum(household_size) filter (where ${on_the_list}), 0) as poor_people,
      coalesce(sum(household_size) filter (where ${reached.registered}), 0) as registered_people,
      sum(alerts_open)::bigint as alerts_open,
      count(*) filter (where alerts_open > 0) as alert_households,
      count(*) filter (where verification_open) as needs_verification,
      count(*) filter (where cause_agrees) as cause_agrees,
      count(*) filter (where cause_agrees is not null) as cause_compared
    from household_road where ${inPlace(place)}
    group by 1 order by 1`.execute(tx)
  return result.rows
}

/** Diagnosed households by such areas and main cause; totals by cause are their sum. */
export async function causesByChild(tx: ReadTx, place: Place, code_length: number) {
  const child = sql`left(d.area_code, ${sql.lit(code_length)})`
  const result = await sql<{ area_code: string; cause: string; households: number }>`
    select ${child} as area_code, d.main_cause as cause, count(*) as households
    from diagnosis d join register_household r on r.county_code = d.county_code and r.household_id = d.household_id
    where ${inPlace(place, 'd')} and d.superseded_at is null and d.main_cause is not null
    group by 1, 2 order by 1, 3 desc, 2`.execute(tx)
  return result.rows
}

/** Submissions kept, of every round: the mouth of the funnel. */
export async function submissionsIn(tx: ReadTx, place: Place): Promise<number> {
  // cross-county: a place above the county has no county of its own
  const result = await sql<{ count: number }>`
    select count(*) as count from submission
    where ${inPlace(place)} and state in ('accepted', 'superseded')`.execute(tx)
  return result.rows[0]?.count ?? 0
}

/**
 * What happened in each year, by the areas whose codes have `code_length` characters: entered, helped (and for how much, fen), exited. Several households that are one count
 * once, and have left when all of them have.
 */
export async function yearsByChild(tx: ReadTx, place: Place, code_length: number) {
  const child = sql`left(area_code, ${sql.lit(code_length)})`
  const result = await sql<{
    area_code: string
    year: number
    registered: number
    helped: number
    delivered_cost: number
    exited: number
    alerts: number
  }>`
    with happened as (
      select ${child} as area_code, date_part('year', registered_on)::int as year, 1 as registered, 0 as helped, 0::bigint as cost, 0 as exited, 0 as alerts
      from register_household where ${inPlace(place)}
      union all
      select area_code, year, 0, (stands > 0)::int, cost, 0, 0 from (
        select ${child} as area_code, date_part('year', delivered_on)::int as year, sum(cost)::bigint as cost, count(*) - 2 * count(reverses) as stands
        from delivery_now where ${inPlace(place)} group by county_code, counts_for, 1, 2) d
      union all
      select ${child}, date_part('year', exited_on)::int, 0, 0, 0, 1, 0 from exit_case x where ${inPlace(place)} and exited_on is not null
        and not exists (select 1 from household h where h.county_code = x.county_code
          and h.household_id = x.household_id and h.merged_into is not null)
        and not exists (select 1 from household h where h.county_code = x.county_code
          and h.merged_into = x.household_id)
      union all
      select ${child}, date_part('year', exited_on)::int, 0, 0, 0, 1, 0 from left_list x where ${inPlace(place)}
        and exists (select 1 from household h where h.county_code = x.county_code and h.merged_into = x.household_id)
      union all
      select ${child}, date_part('year', raised_at)::int, 0, 0, 0, 0, 1 from alert where ${inPlace(place)})
    select area_code, year, sum(registered)::int as registered, sum(helped)::int as helped, sum(cost)::bigint as delivered_cost,
      sum(exited)::int as exited, sum(alerts)::int as alerts
    from happened group by area_code, year order by year`.execute(tx)
  return result.rows
}

/** What happened in each year in a place as a whole. */
export async function byYear(tx: ReadTx, place: Place) {
  return (await yearsByChild(tx, place, 0)).map(({ area_code: _, ...year }) => year)
}

/** Areas down to the villages, for the public table. */
export function placesAbove(tx: ReadTx, code_length: number) {
  return tx
    .selectFrom('area')
    .select(['area_code', 'parent_code', 'level', 'name'])
    .where((row) => row(row.fn<number>('length', ['area_code']), '<=', code_length))
    .execute()
}

/** Names of the areas one level below, in code order. */
export function childrenOf(tx: ReadTx, place: Place) {
  return tx
    .selectFrom('area')
    .select(['area_code', 'level', 'name'])
    .where('parent_code', '=', place.area_code)
    .orderBy('area_code')
    .execute()
}

/** Names by code. */
export async function namesOf(tx: ReadTx, area_codes: readonly string[]) {
  if (area_codes.length === 0) return new Map<string, { en: string; zh: string }>()
  const rows = await tx
    .selectFrom('area')
    .select(['area_code', 'name'])
    .where('area_code', 'in', [...new Set(area_codes)])
    .execute()
  return new Map(rows.map((row) => [row.area_code, row.name]))
}

/** The name of an area that is there. */
export function nameOf(tx: ReadTx, area_code: string) {
  return tx.selectFrom('area').select('name').where('area_code', '=', area_code).executeTakeFirstOrThrow()
}
