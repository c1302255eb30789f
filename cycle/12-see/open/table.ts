// The public table: every area's counts as they are, and which of them are published (withhold.ts).
import { coveredBy, smallest_cell, villageLength, type Counts, type Levels } from '../see.ts'
import { withhold, type Area, type Group, type Published } from './withhold.ts'

export interface Place {
  area_code: string
  parent_code: string | null
  level: string
  name: { en: string; zh: string }
}

/** Rows by village, or by the area a household is known to live in. */
export interface Rows {
  counts: (Counts & { area_code: string })[]
  causes: { area_code: string; cause: string; households: number }[]
  years: { area_code: string; year: number; registered: number; helped: number; exited: number }[]
}

export interface OpenTable {
  places: ReadonlyMap<string, Place>
  children: ReadonlyMap<string, Place[]>
  published: Published
  causes: string[]
  years: number[]
  /** Of each place that holds others: by which of them it is said how much was surveyed, of how many, how many. */
  coverage: ReadonlyMap<string, Coverage>
}

/** A rate speaks of the areas that were surveyed; `areas` is how many there are. */
export interface Coverage {
  level: string
  surveyed: number
  areas: number
}

const plain = ['households', 'people', 'registered', 'helped', 'exited', 'poor_now', 'poor_people'] as const
const no_cause = 'cause:'

/** Add everything up to the nation and decide what is published. Every code of `rows` is a place, or lies below one. */
export function openTable(places: readonly Place[], rows: Rows, levels: Levels): OpenTable {
  const by_code = new Map(places.map((place) => [place.area_code, place]))
  const sums = new Map<string, Record<string, number>>()
  const leaves = new Map<string, string>()
  const add = (code: string, column: string, value: number): void => {
    // What lies between two levels counts as a part of its own, which is never shown.
    const part = `${code}#`
    leaves.set(part, code)
    for (let at: string | null = part; at !== null; at = leaves.get(at) ?? by_code.get(at)?.parent_code ?? null) {
      const counts = sums.get(at) ?? {}
      counts[column] = (counts[column] ?? 0) + value
      sums.set(at, counts)
    }
  }
  const placed = (code: string): string => {
    for (let cut = code; cut !== ''; cut = cut.slice(0, -1)) if (by_code.has(cut)) return cut
    return places.find((place) => place.parent_code === null)?.area_code ?? code
  }
  for (const row of rows.counts) for (const name of plain) add(placed(row.area_code), name, row[name])
  for (const row of rows.causes) add(placed(row.area_code), `cause:${row.cause}`, row.households)
  for (const row of rows.years)
    for (const name of ['registered', 'helped', 'exited'] as const)
      if (row[name] > 0) add(placed(row.area_code), `${name}:${row.year}`, row[name])
  const names = new Set([...sums.values()].flatMap((counts) => Object.keys(counts)))
  const causes = [...names].filter((name) => name.startsWith('cause:')).map((name) => name.slice(6))
  const years = [...new Set(rows.years.map((row) => row.year))].sort((a, b) => a - b)
  for (const counts of sums.values()) {
    const diagnosed = causes.reduce((sum, cause) => sum + (counts[`cause:${cause}`] ?? 0), 0)
    counts[no_cause] = Math.max(0, (counts['registered'] ?? 0) - diagnosed)
  }
  // A village of which nobody was surveyed is nought, and its page says so.
  const village = villageLength(levels)
  const shown = places.filter((place) => place.area_code.length <= village || sums.has(place.area_code))
  const areas: Area[] = [
    ...shown.map(({ area_code, parent_code }) => ({ area_code, parent_code, counts: sums.get(area_code) ?? {} })),
    ...[...leaves].map(([area_code, parent_code]) => ({ area_code, parent_code, counts: sums.get(area_code) ?? {} })),
  ]
  const published = withhold(areas, groupsOf(areas, causes, years), smallest_cell)
  return {
    places: by_code,
    children: Map.groupBy(
      shown.filter((place) => place.parent_code !== null),
      (place) => place.parent_code ?? '',
    ),
    published,
    causes,
    years,
    coverage: coverageOf(by_code, levels, (code) => (sums.get(code)?.['households'] ?? 0) > 0),
  }
}

function coverageOf(
  places: ReadonlyMap<string, Place>,
  levels: Levels,
  surveyed: (area_code: string) => boolean,
): ReadonlyMap<string, Coverage> {
  const found = new Map<string, Coverage>()
  for (const place of places.values()) {
    const unit = coveredBy(levels, place.level)
    if (unit) found.set(place.area_code, { level: unit.level, surveyed: 0, areas: 0 })
  }
  for (const place of places.values()) {
    const counts = surveyed(place.area_code)
    for (let at = place.parent_code; at !== null; at = places.get(at)?.parent_code ?? null) {
      const of = found.get(at)
      if (of?.level !== place.level) continue
      of.areas += 1
      if (counts) of.surveyed += 1
    }
  }
  return found
}

/** The groups, by what is true of these counts everywhere: a column greater than its base counts among something wider. */
function groupsOf(areas: readonly Area[], causes: readonly string[], years: readonly number[]): Group[] {
  const count = (area: Area, name: string) => area.counts[name] ?? 0
  const among = (columns: readonly string[]): string =>
    areas.every((area) => columns.every((name) => count(area, name) <= count(area, 'registered')))
      ? 'registered'
      : 'households'
  const each = (name: string) => years.map((year) => `${name}:${year}`)
  const splits = (parts: readonly string[]) =>
    areas.every((area) => parts.reduce((sum, name) => sum + count(area, name), 0) === count(area, 'registered'))
  const root = areas.find((area) => area.parent_code === null)
  // By year a household may count twice; where one year is a small cell, the years would give it away beside the total.
  const whole = (name: string, columns: readonly string[]) => {
    const base = root ? count(root, among(columns)) : 0
    const good = (value: number) =>
      value === 0 || value === base || (value >= smallest_cell && base - value >= smallest_cell)
    return root && columns.every((column) => good(count(root, column)))
      ? columns
      : columns.filter((one) => !one.includes(':'))
  }
  const help = whole('helped', ['helped', ...each('helped')])
  const exits = whole('exited', ['exited', 'poor_now', ...each('exited')])
  const parts = causes.map((cause) => `cause:${cause}`)
  const groups: Group[] = [
    { name: 'households', base: null, columns: ['households'], beside: ['people'] },
    { name: 'registered', base: 'households', columns: ['registered'] },
    { name: 'help', base: among(help), columns: help },
    { name: 'exits', base: among(exits), columns: exits, beside: ['poor_people'] },
  ]
  if (splits([...parts, no_cause]))
    groups.push({ name: 'causes', base: 'registered', columns: [], parts: [...parts, no_cause] })
  if (splits(each('registered')))
    groups.push({ name: 'years', base: 'registered', columns: [], parts: each('registered') })
  return groups
}

/** The public page of an area: what is published of it and of the areas directly below. */
export function openPage(table: OpenTable, place: Place, last: boolean) {
  const at = table.published.get(place.area_code) ?? {}
  const cell = (name: string): number | null => (at[name] === undefined ? (empty(at) ? 0 : null) : at[name])
  const children = last ? [] : (table.children.get(place.area_code) ?? [])
  return {
    area_code: place.area_code,
    level: place.level,
    name: place.name,
    suppressed_below: smallest_cell,
    coverage: table.coverage.get(place.area_code) ?? null,
    households: cell('households'),
    people: cell('people'),
    registered: cell('registered'),
    helped: cell('helped'),
    exited: cell('exited'),
    incidence: incidence(at),
    causes: table.causes
      .filter((cause) => cause !== '')
      .map((cause) => ({ cause, households: cell(`cause:${cause}`) }))
      .sort((a, b) => (b.households ?? -1) - (a.households ?? -1) || (a.cause < b.cause ? -1 : 1)),
    by_year: table.years.map((year) => ({
      year,
      registered: cell(`registered:${year}`),
      helped: cell(`helped:${year}`),
      exited: cell(`exited:${year}`),
    })),
    children: children
      .map((child) => {
        const below = table.published.get(child.area_code) ?? {}
        return {
          area_code: child.area_code,
          name: child.name,
          households: below['households'] ?? null,
          registered: below['registered'] ?? null,
          exited: below['exited'] ?? null,
          incidence: incidence(below),
        }
      })
      .sort((a, b) => (a.area_code < b.area_code ? -1 : 1)),
  }
}

const empty = (at: Record<string, number | null>): boolean => at['households'] === 0

function incidence(at: Record<string, number | null>): number | null {
  const [people, poor] = [at['people'], at['poor_people']]
  return people == null || poor == null || people === 0 ? null : poor / people
}
