// What of the plans is still to be given (view delivery_due): counted over a place, listed page by page.
import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import { problem } from '#door/problems.ts'
import type { ReadTx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

export interface DueRow {
  plan_id: string
  item_id: string
  household_id: string
  head_name: string
  area_code: string
  measure_code: string
  cost: number
}

interface DuePage {
  year: number
  measure_code?: string | undefined
  limit: number
  /** The `next` of the page before. */
  after?: string | undefined
}

const fewest = 100
const most = 10_000

/**
 * A page of what is due in a year, by place and household. Households are walked in that order some at a time, and of
 * these alone it is asked what is due: a page costs what it shows, however large the county.
 */
export async function itemsDue(
  tx: ReadTx,
  place: CountyPlace,
  page: DuePage,
): Promise<{ items: DueRow[]; next: string | null }> {
  const items: DueRow[] = []
  const from = page.after === undefined ? null : keyOf(page.after)
  let at = { area_code: from?.[0] ?? '', household_id: from?.[1] ?? '' }
  let first = true
  let size = fewest
  for (;;) {
    const households = await plannedAfter(tx, place, page.year, { at, with_it: first, limit: size })
    const last = households.at(-1)
    if (!last) return { items, next: null }
    const ids = households.map((each) => each.household_id)
    const found = await dueOf(tx, place.county_code, ids, { ...page, from })
    items.push(...found)
    const end = items[page.limit - 1]
    if (items.length > page.limit && end) {
      return {
        items: items.slice(0, page.limit),
        next: [end.area_code, end.household_id, end.measure_code, end.item_id].join('|'),
      }
    }
    if (households.length < size) return { items, next: null }
    at = last
    first = false
    // Where nearly everything is given already, longer steps: few lines come of them.
    size = found.length < size / 10 ? Math.min(most, size * 4) : fewest
  }
}

/** The line at which the page before ended, from its `next`. Throws `request_invalid` for anything else. */
function keyOf(after: string): [string, string, string, string] {
  const [area_code, household_id, measure_code, item_id] = after.split('|')
  if (!area_code || !household_id || !measure_code || !item_id)
    throw problem('request_invalid', { errors: [{ path: 'after', message: 'is the `next` of the page before' }] })
  return [area_code, household_id, measure_code, item_id]
}

/** Households of a place, by place and number, for which an agreed or approved plan of the year counts. */
async function plannedAfter(
  tx: ReadTx,
  place: CountyPlace,
  year: number,
  { at, with_it, limit }: { at: { area_code: string; household_id: string }; with_it: boolean; limit: number },
): Promise<{ area_code: string; household_id: string }[]> {
  const { county_code } = place
  const beyond = with_it ? sql`>=` : sql`>`
  // The limit within keeps the question at one household: as a join the planner would read all plans of the county.
  const { rows } = await sql<{ area_code: string; household_id: string }>`
    select h.area_code, h.household_id from household h
    cross join lateral (
      select from plan p
      where p.county_code = ${county_code} and p.household_id = h.household_id and p.year = ${year}
        and p.superseded_at is null and p.state in ('agreed', 'approved')
      union all
      select from household m
      join plan p on p.county_code = ${county_code} and p.household_id = m.household_id and p.year = ${year}
        and p.superseded_at is null and p.state in ('agreed', 'approved')
      where m.county_code = ${county_code} and m.merged_into = h.household_id
      limit 1) planned
    where h.county_code = ${county_code} and h.area_code ^@ ${place.prefix}
      and (h.area_code, h.household_id) ${beyond} (${at.area_code}, ${at.household_id})
    order by h.area_code, h.household_id
    limit ${limit}`.execute(tx)
  return rows
}

async function dueOf(
  tx: ReadTx,
  county_code: string,
  household_ids: readonly string[],
  page: Pick<DuePage, 'year' | 'measure_code'> & { from: readonly [string, string, string, string] | null },
): Promise<DueRow[]> {
  const { from } = page
  // Where the page before ended within a household, the rest of that household comes first.
  const beyond = from
    ? sql`and (area_code, household_id, measure_code, item_id) > (${from[0]}, ${from[1]}, ${from[2]}, ${from[3]})`
    : sql``
  const { rows } = await sql<DueRow>`
    select plan_id, item_id, household_id, head_name, area_code, measure_code, cost
    from delivery_due_of(${[...household_ids]}::text[])
    where county_code = ${county_code} and year = ${page.year}
      and (${page.measure_code ?? null}::text is null or measure_code = ${page.measure_code ?? null}::text) ${beyond}
    order by area_code, household_id, measure_code, item_id`.execute(tx)
  return rows
}

/** How many lines are due, by year and measure: the latest year first, and in it the most. */
export async function countDue(tx: ReadTx, place: CountyPlace) {
  const { rows } = await sql<{ year: number; measure_code: string; count: number }>`
    select year, measure_code, count(*)::int as count from delivery_due
    where county_code = ${place.county_code} and area_code ^@ ${place.prefix}
    group by year, measure_code order by year desc, count(*) desc, measure_code`.execute(tx)
  return rows
}
