import type { ReadTx } from '#registry/transaction.ts'
import { problem } from '../problems.ts'

/** An area as queries need it: filter by county first, then by the prefix (area codes nest). */
export interface Place {
  area_code: string
  level: string
  /** Null above the county: such a query crosses counties. */
  county_code: string | null
  /**
   * For `area_code ^@`: everything at or below the area begins with it. The nation's is ''. Never `like`: PostgreSQL does
   * not let it reach an index through row-level security, because it is not leakproof, and reads the whole table.
   */
  prefix: string
}

/** Look an area up. Throws `not_found` for a code that is no area. */
export async function placeOf(tx: ReadTx, area_code: string): Promise<Place> {
  const area = await tx
    .selectFrom('area')
    .select(['area_code', 'level', 'county_code'])
    .where('area_code', '=', area_code)
    .executeTakeFirst()
  if (!area) throw problem('not_found', { detail: `There is no area ${area_code}.` })
  return { ...area, prefix: area.level === 'nation' ? '' : area.area_code }
}

/** As `placeOf`, for work that is done county by county. Throws `above_county` there. */
export async function placeInCounty(tx: ReadTx, area_code: string): Promise<Place & { county_code: string }> {
  const place = await placeOf(tx, area_code)
  if (place.county_code === null) {
    throw problem('above_county', { detail: `Area ${area_code} lies above the county; choose a county or below.` })
  }
  return { ...place, county_code: place.county_code }
}

/** The county in a household_id ('360781-0001234'): the handbook's number itself says which county keeps the file. */
export function countyOfHousehold(household_id: string): string {
  return household_id.slice(0, household_id.lastIndexOf('-'))
}
