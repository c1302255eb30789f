// What the sharing out reads and writes: items with their urgency, places, the lot of a year.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Fundable, Funding, MeasurePlaces } from './fund.ts'

type CountyPlace = Place & { county_code: string }

/** What the registry knows of an item; the rest is the pack's. */
export type StoredItem = Omit<Fundable, 'right' | 'requires' | 'compared_in'>

/** All items of a county's current plans of a year; a plan that is held asks for nothing. */
export async function fundables(tx: ReadTx, county_code: string, year: number): Promise<StoredItem[]> {
  const result = await sql<StoredItem>`
    select i.item_id, i.household_id, i.area_code, i.measure_code, i.batch, i.cost, i.value, i.funded, i.unfunded_reason,
      p.state <> 'draft' as settled, a.score
    from plan_now p
    join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
    left join diagnosis d on d.county_code = p.county_code and d.diagnosis_id = p.diagnosis_id
    left join assessment a on a.county_code = d.county_code and a.assessment_id = d.assessment_id
    where p.county_code = ${county_code} and p.year = ${year} and p.superseded_at is null and not p.held
    order by i.household_id, i.measure_code`.execute(tx)
  return result.rows
}

/** Areas of one level in a county, with their names. */
export async function areasOfLevel(
  tx: ReadTx,
  county_code: string,
  level: string,
): Promise<Map<string, Record<string, string>>> {
  const { rows } = await sql<{ area_code: string; name: Record<string, string> }>`
    select area_code, name from area where area_code ^@ ${county_code} and level = ${level}`.execute(tx)
  return new Map(rows.map((each) => [each.area_code, each.name]))
}

/** Write down what each item became. */
export async function markFunded(tx: Tx, county_code: string, changed: Funding['changed']): Promise<void> {
  if (changed.size === 0) return
  const rows = [...changed].map(([item_id, became]) => ({ item_id, ...became }))
  await sql`update plan_item i set funded = r.funded, unfunded_reason = r.unfunded_reason
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(item_id text, funded boolean, unfunded_reason text)
    where i.county_code = ${county_code} and i.item_id = r.item_id`.execute(tx)
}

export interface NewPlaces {
  area_code: string
  year: number
  measure_code: string
  places: number
  source: string
}

/** Enter places; one number for an area, year and measure, so a later entry takes the place of the former (both audited). */
export async function savePlaces(
  tx: Tx,
  by: { county_code: string; now: string; account_id: string | null },
  places: readonly NewPlaces[],
): Promise<void> {
  // In one order for all writers: two lists cannot wait for one another.
  const order = (each: NewPlaces) => `${each.area_code} ${each.year} ${each.measure_code}`
  const rows = places
    .map((each) => ({ ...each, place_id: randomUUID() }))
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
  await sql`insert into measure_place (county_code, place_id, area_code, year, measure_code, places, source, recorded_at,
      account_id)
    select ${by.county_code}, r.place_id, r.area_code, r.year, r.measure_code, r.places, r.source,
      ${by.now}::timestamptz, ${by.account_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(place_id text, area_code text, year int,
      measure_code text, places int, source text)
    on conflict (county_code, area_code, year, measure_code) do update set places = excluded.places,
      source = excluded.source, recorded_at = excluded.recorded_at, account_id = excluded.account_id`.execute(tx)
}

/** All places of a county's year. */
export function placesOf(
  tx: ReadTx,
  county_code: string,
  year: number,
): Promise<(MeasurePlaces & { source: string })[]> {
  return tx
    .selectFrom('measure_place')
    .select(['place_id', 'area_code', 'measure_code', 'places', 'source'])
    .where('county_code', '=', county_code)
    .where('year', '=', year)
    .orderBy('area_code')
    .orderBy('measure_code')
    .execute()
}

/** The lot of a year; null before the first sharing out. */
export async function lotOf(
  tx: ReadTx,
  county_code: string,
  year: number,
): Promise<{ seed: string; drawn_at: string } | null> {
  const row = await tx
    .selectFrom('plan_lot')
    .select(['seed', 'drawn_at'])
    .where('county_code', '=', county_code)
    .where('year', '=', year)
    .executeTakeFirst()
  return row ?? null
}

/** Drawn at the first sharing out of a year and never again: nobody runs it until a friend's lot is low. */
export async function drawSeed(
  tx: Tx,
  by: { county_code: string; year: number; now: string; account_id: string | null; lot: () => string },
): Promise<{ seed: string; drawn: boolean }> {
  const known = await lotOf(tx, by.county_code, by.year)
  if (known) return { seed: known.seed, drawn: false }
  const seed = by.lot()
  await tx
    .insertInto('plan_lot')
    .values({
      county_code: by.county_code,
      area_code: by.county_code,
      year: by.year,
      seed,
      drawn_at: by.now,
      account_id: by.account_id,
    })
    .execute()
  return { seed, drawn: true }
}

export interface AreaShare {
  area_code: string
  plans: number
  whole: number
}

export interface PlacesRow extends MeasurePlaces {
  area_name: Record<string, string> | null
  source: string
}

/** Places of an area and beneath it, with names. */
export async function listPlaces(tx: ReadTx, place: CountyPlace, year: number): Promise<PlacesRow[]> {
  const { rows } = await sql<PlacesRow>`
    select p.place_id, p.area_code, a.name as area_name, p.measure_code, p.places, p.source
    from measure_place p left join area a on a.area_code = p.area_code
    where p.county_code = ${place.county_code} and p.area_code ^@ ${place.prefix} and p.year = ${year}
    order by p.area_code, p.measure_code`.execute(tx)
  return rows
}

export interface AreaShare {
  area_code: string
  plans: number
  whole: number
}

export interface AreaShare {
  area_code: string
  plans: number
  whole: number
}

/** Current plans of a year by area, and how many of them are paid whole. */
export async function wholeByArea(tx: ReadTx, place: CountyPlace, year: number): Promise<AreaShare[]> {
  const result = await sql<AreaShare>`
    select p.area_code, count(*)::int as plans, (count(*) filter (where p.whole))::int as whole
    from (select i.area_code, bool_and(i.funded) as whole
      from plan_now p
      join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
      where p.county_code = ${place.county_code} and p.year = ${year} and p.superseded_at is null and not p.held
        and i.area_code ^@ ${place.prefix}
      group by p.plan_id, i.area_code) p
    group by p.area_code
    order by p.area_code`.execute(tx)
  return result.rows
}

/** Measures planned and given a place or paid, by area. */
export async function placesGiven(tx: ReadTx, place: CountyPlace, year: number) {
  const result = await sql<{ area_code: string; measure_code: string; asked: number; given: number }>`
    select i.area_code, i.measure_code, count(*)::int as asked, (count(*) filter (where i.funded))::int as given
    from plan_now p
    join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
    where p.county_code = ${place.county_code} and p.year = ${year} and p.superseded_at is null and not p.held
      and i.area_code ^@ ${place.prefix}
    group by i.area_code, i.measure_code`.execute(tx)
  return result.rows
}
