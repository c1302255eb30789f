import { sql } from 'kysely'
import { readAreas, type Area } from '#packs/areas.ts'
import type { Pack } from '#packs/load.ts'
import type { Tx } from '#registry/transaction.ts'

// One parameter of some 1 MB a statement; 45,000 areas pass in about a second.
const chunk = 5000

/**
 * Put the pack's areas into the registry; those already there are brought up to date. `keep` chooses a part (parents
 * must be kept with their children). An area belongs to the county whose code stands above it; above the county to
 * none.
 */
export async function placeAreas(tx: Tx, pack: Pack, keep: (area: Area) => boolean = () => true): Promise<void> {
  // Parents stand before their children, so a county is known before what lies in it.
  const areas = readAreas(pack).filter(keep)
  const county_of = new Map<string, string | null>()
  const rows = areas.map((area) => {
    const above = area.parent_code === null ? null : (county_of.get(area.parent_code) ?? null)
    const county_code = area.level === 'county' ? area.area_code : above
    county_of.set(area.area_code, county_code)
    return { ...area, county_code }
  })
  for (let start = 0; start < rows.length; start += chunk) {
    await sql`insert into area (area_code, parent_code, level, name, county_code, valid_from, valid_to, longitude,
        latitude, population)
      select a.area_code, a.parent_code, a.level, a.name, a.county_code, a.valid_from, a.valid_to, a.longitude,
        a.latitude, a.population
      from jsonb_to_recordset(${JSON.stringify(rows.slice(start, start + chunk))}::jsonb) as a (area_code text,
        parent_code text, level text, name jsonb, county_code text, valid_from date, valid_to date,
        longitude double precision, latitude double precision, population integer)
      on conflict (area_code) do update set parent_code = excluded.parent_code, level = excluded.level,
        name = excluded.name, county_code = excluded.county_code, valid_from = excluded.valid_from,
        valid_to = excluded.valid_to, longitude = excluded.longitude, latitude = excluded.latitude,
        population = excluded.population`.execute(tx)
  }
}
