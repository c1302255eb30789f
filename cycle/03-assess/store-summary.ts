import { sql } from 'kysely'
import type { Place } from '#door/area.ts'
import type { Tx } from '#registry/transaction.ts'

export interface AreaCounts {
  /** A child of the area, or the area itself for households that lie in no child. */
  area_code: string
  households: number
  assessed: number
  eligible: number
  not_eligible: number
  needs_verification: number
  to_verify: number
  confirmed_poor: number
  confirmed_not_poor: number
  follow_ups: number
}

/** Areas directly below, in code order. */
export function childrenOf(tx: Tx, area_code: string) {
  return tx
    .selectFrom('area')
    .select(['area_code', 'name', 'level'])
    .where('parent_code', '=', area_code)
    .where('valid_to', 'is', null)
    .orderBy('area_code')
    .execute()
}

/** `like` filters of a place: by county first; above the county the county's own code is the prefix. */
const inPlace = (place: Place, table: string) =>
  place.county_code === null
    ? sql<boolean>`${sql.table(table)}.county_code like ${place.prefix}`
    : sql<boolean>`${sql.table(table)}.county_code = ${place.county_code}
        and ${sql.table(table)}.area_code like ${place.prefix}`

/** Counts by child: area codes nest, so the first `length` characters of a household's code name the child. */
export async function countsOf(tx: Tx, place: Place, length: number): Promise<AreaCounts[]> {
  const { rows } = await sql<AreaCounts>`
    select left(household.area_code, ${length}) as area_code, count(*)::int as households,
      count(a.household_id)::int as assessed,
      count(*) filter (where a.verdict = 'eligible')::int as eligible,
      count(*) filter (where a.verdict = 'not_eligible')::int as not_eligible,
      count(*) filter (where a.verdict = 'needs_verification')::int as needs_verification,
      count(*) filter (where v.state = 'open')::int as to_verify,
      count(*) filter (where v.state = 'confirmed_poor')::int as confirmed_poor,
      count(*) filter (where v.state = 'confirmed_not_poor')::int as confirmed_not_poor,
      count(f.household_id)::int as follow_ups
    from household
    left join assessment a on a.county_code = household.county_code and a.household_id = household.household_id
      and a.superseded_at is null
    left join verification v on v.county_code = a.county_code and v.assessment_id = a.assessment_id
    left join follow_up f on f.county_code = a.county_code and f.assessment_id = a.assessment_id and f.state = 'open'
    where ${inPlace(place, 'household')} and household.state = 'active'
    group by 1 order by 1`.execute(tx)
  return rows
}

export interface IndicatorCounts {
  area_code: string
  code: string
  unmet: number
  unknown: number
}

/** How many households lack what, by child. */
export async function indicatorCountsOf(tx: Tx, place: Place, length: number): Promise<IndicatorCounts[]> {
  const { rows } = await sql<IndicatorCounts>`
    with current as (
      select left(assessment.area_code, ${length}) as area_code, unmet_indicators, unknown_indicators
      from assessment where ${inPlace(place, 'assessment')} and assessment.superseded_at is null)
    select area_code, code, sum(unmet)::int as unmet, sum(unknown)::int as unknown
    from (
      select area_code, unnest(unmet_indicators) as code, 1 as unmet, 0 as unknown from current
      union all select area_code, unnest(unknown_indicators), 0, 1 from current) as each_one
    group by area_code, code order by area_code, code`.execute(tx)
  return rows
}
