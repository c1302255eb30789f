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
  const rows = withCounties(readAreas(pack).filter(keep), new Map())
  for (let start = 0; start < rows.length; start += chunk) {
    await sql`${insertInto(rows.slice(start, start + chunk))}
      on conflict (area_code) do update set parent_code = excluded.parent_code, level = excluded.level,
        name = excluded.name, county_code = excluded.county_code, valid_from = excluded.valid_from,
        valid_to = excluded.valid_to, longitude = excluded.longitude, latitude = excluded.latitude,
        population = excluded.population`.execute(tx)
  }
}

/**
 * Add areas from elsewhere, parents before their children; those already there stay as they are (the pack knows more
 * of them). Returns how many were added.
 */
export async function placeMore(
  tx: Tx,
  areas: readonly Area[],
  say: (done: number, total: number) => void = () => {},
): Promise<number> {
  const given = new Set(areas.map((area) => area.area_code))
  const above = [...new Set(areas.map((area) => area.parent_code))].filter((code) => code !== null && !given.has(code))
  const known = await sql<{ area_code: string; county_code: string | null }>`select area_code, county_code from area
    where area_code in (select jsonb_array_elements_text(${JSON.stringify(above)}::jsonb))`.execute(tx)
  const rows = withCounties(areas, new Map(known.rows.map((row) => [row.area_code, row.county_code])))
  let added = 0
  for (let start = 0; start < rows.length; start += chunk) {
    const placed = await sql`${insertInto(rows.slice(start, start + chunk))}
      on conflict (area_code) do nothing`.execute(tx)
    added += Number(placed.numAffectedRows ?? 0)
    say(Math.min(start + chunk, rows.length), rows.length)
  }
  return added
}

type Placed = Area & { county_code: string | null }

/** Parents stand before their children, so a county is known before what lies in it. */
function withCounties(areas: readonly Area[], county_of: Map<string, string | null>): Placed[] {
  return areas.map((area) => {
    const above = area.parent_code === null ? null : (county_of.get(area.parent_code) ?? null)
    const county_code = area.level === 'county' ? area.area_code : above
    county_of.set(area.area_code, county_code)
    return { ...area, county_code }
  })
}

function insertInto(rows: readonly Placed[]) {
  return sql`insert into area (area_code, parent_code, level, name, county_code, valid_from, valid_to, longitude,
        latitude, population)
      select a.area_code, a.parent_code, a.level, a.name, a.county_code, a.valid_from, a.valid_to, a.longitude,
        a.latitude, a.population
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a (area_code text,
        parent_code text, level text, name jsonb, county_code text, valid_from date, valid_to date,
        longitude double precision, latitude double precision, population integer)`
}
