import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'

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
export function childrenOf(tx: ReadTx, area_code: string) {
  return tx
    .selectFrom('area')
    .select(['area_code', 'name', 'level'])
    .where('parent_code', '=', area_code)
    .where('valid_to', 'is', null)
    .orderBy('area_code')
    .execute()
}

/** Filters of a place: by county first; above the county the county's own code is the prefix. */
const inPlace = (place: Place, table: string) =>
  place.county_code === null
    ? sql<boolean>`${sql.table(table)}.county_code ^@ ${place.prefix}`
    : sql<boolean>`${sql.table(table)}.county_code = ${place.county_code}
        and ${sql.table(table)}.area_code ^@ ${place.prefix}`

/**
 * Counts by child: area codes nest, so the first `length` characters of a household's code name the child. Each table
 * is counted by itself: joined, 17,000 households took minutes while the planner had no statistics yet, just after
 * they were loaded. Open tasks are always those of the assessment in force; only decided ones must be looked up.
 */
export async function countsOf(tx: ReadTx, place: Place, length: number): Promise<AreaCounts[]> {
  const { rows } = await sql<{ area_code: string; what: string; count: number }>`
    select left(household.area_code, ${length}) as area_code, 'households' as what, count(*)::int as count
    from household where ${inPlace(place, 'household')} and household.state = 'active' group by 1
    union all
    select left(assessment.area_code, ${length}), assessment.verdict, count(*)::int
    from assessment where ${inPlace(place, 'assessment')} and assessment.superseded_at is null group by 1, 2
    union all
    select left(follow_up.area_code, ${length}), 'follow_ups', count(*)::int
    from follow_up where ${inPlace(place, 'follow_up')} and follow_up.state = 'open' group by 1
    union all
    select left(verification.area_code, ${length}), 'to_verify', count(*)::int
    from verification where ${inPlace(place, 'verification')} and verification.state = 'open' group by 1
    union all
    select left(verification.area_code, ${length}), verification.state, count(*)::int
    from verification
    join assessment on assessment.county_code = verification.county_code
      and assessment.assessment_id = verification.assessment_id and assessment.superseded_at is null
    where ${inPlace(place, 'verification')} and verification.state in ('confirmed_poor', 'confirmed_not_poor')
    group by 1, 2`.execute(tx)
  return [...Map.groupBy(rows, (row) => row.area_code)]
    .map(([area_code, own]) => {
      const count = (what: string) => own.find((row) => row.what === what)?.count ?? 0
      const [eligible, not_eligible, needs_verification] = [
        count('eligible'),
        count('not_eligible'),
        count('needs_verification'),
      ]
      return {
        area_code,
        households: count('households'),
        assessed: eligible + not_eligible + needs_verification,
        eligible,
        not_eligible,
        needs_verification,
        to_verify: count('to_verify'),
        confirmed_poor: count('confirmed_poor'),
        confirmed_not_poor: count('confirmed_not_poor'),
        follow_ups: count('follow_ups'),
      }
    })
    .sort((a, b) => (a.area_code < b.area_code ? -1 : 1))
}

export interface IndicatorCounts {
  area_code: string
  code: string
  unmet: number
  unknown: number
}

/** How many households lack what, by child. */
export async function indicatorCountsOf(tx: ReadTx, place: Place, length: number): Promise<IndicatorCounts[]> {
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
