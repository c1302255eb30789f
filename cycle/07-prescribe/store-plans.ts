import { type RawBuilder, sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

export interface PlanHead {
  plan_id: string
  household_id: string
  /** The household it counts for today. */
  counts_for: string
  /** Where that household lives: who is there takes the steps. */
  area_code: string
  year: number
  state: string
  made_at: string
  made_by: string | null
  agreed_by: string | null
}

/** Current plans by id, as far as agreeing and approving need them; one that is held takes no step. */
export function plansById(tx: ReadTx, county_code: string, plan_ids: readonly string[]): Promise<PlanHead[]> {
  return tx
    .selectFrom('plan_now as p')
    .innerJoin('household as h', (join) =>
      join.onRef('h.county_code', '=', 'p.county_code').onRef('h.household_id', '=', 'p.counts_for'),
    )
    .select([
      'p.plan_id',
      'p.household_id',
      'p.counts_for',
      'h.area_code',
      'p.year',
      'p.state',
      'p.made_at',
      'p.made_by',
      'p.agreed_by',
    ])
    .where('p.county_code', '=', county_code)
    .where('p.plan_id', 'in', plan_ids)
    .where('p.superseded_at', 'is', null)
    .where('p.held', '=', false)
    .orderBy('p.household_id')
    .execute()
}

export async function agreePlans(
  tx: Tx,
  county_code: string,
  agreed: { plan_ids: readonly string[]; agreed_on: string; responsible_person: string | null; by: string | null },
): Promise<void> {
  await tx
    .updateTable('plan')
    .set({
      state: 'agreed',
      agreed_on: agreed.agreed_on,
      responsible_person: agreed.responsible_person,
      agreed_by: agreed.by,
    })
    .where('county_code', '=', county_code)
    .where('plan_id', 'in', agreed.plan_ids)
    .where('state', '=', 'draft')
    .execute()
}

export async function approvePlans(
  tx: Tx,
  county_code: string,
  approved: { plan_ids: readonly string[]; now: string; by: string | null },
): Promise<void> {
  await tx
    .updateTable('plan')
    .set({ state: 'approved', approved_at: approved.now, approved_by: approved.by })
    .where('county_code', '=', county_code)
    .where('plan_id', 'in', approved.plan_ids)
    .where('state', '=', 'agreed')
    .execute()
}

/** What plans are sorted by; `-` before it: highest first. */
export const plan_sorts = [
  'place',
  'cost',
  '-cost',
  'unfunded',
  '-unfunded',
  'items',
  '-items',
  'uncovered',
  '-uncovered',
  'year',
  '-year',
  'state',
  '-state',
] as const
export type PlanSort = (typeof plan_sorts)[number]

export interface PlanRow {
  plan_id: string
  household_id: string
  head_name: string
  area_code: string
  year: number
  state: string
  responsible_person: string | null
  cost: number
  unfunded_cost: number
  income_gain: number
  items: number
  unfunded: number
  uncovered: number
  main_cause: string | null
  agreed_on: string | null
  approved_at: string | null
}

interface Page {
  year?: number | undefined
  state?: string | undefined
  sort: PlanSort
  limit: number
  after: { value: string; plan_id: string } | null
}

// Sort keys as doubles, so that one comparison serves all; `-` before the name: highest first.
const keys: Record<string, RawBuilder<unknown>> = {
  cost: sql`r.cost`,
  unfunded: sql`r.unfunded_cost`,
  items: sql`r.items`,
  uncovered: sql`r.uncovered`,
  year: sql`r.year`,
  state: sql`array_position(array['draft', 'agreed', 'approved'], r.state)`,
}

/** Current plans of a place in the order asked for, by place and household where none was; each page after the one before. */
export async function listPlans(
  tx: ReadTx,
  place: CountyPlace,
  page: Page,
): Promise<(PlanRow & { sort_key: string })[]> {
  const down = page.sort.startsWith('-')
  const key = keys[page.sort.replace('-', '')]
  // Text for places: codes hold digits alone, whose order is the same in every collation.
  const value = key ? sql`(${key})::float8` : sql`r.area_code`
  const type = sql.raw(key ? 'float8' : 'text')
  const beyond = sql.raw(down ? '<' : '>')
  const after = page.after
    ? sql`where (r.sort_key ${beyond} ${page.after.value}::${type}
        or (r.sort_key = ${page.after.value}::${type} and r.plan_id > ${page.after.plan_id}))`
    : sql``
  const result = await sql<PlanRow & { sort_key: string }>`
    with all_plans as (
    select p.plan_id, p.counts_for as household_id, h.head_name, h.area_code, p.year, p.state, p.responsible_person, p.cost,
      coalesce(sum(i.cost) filter (where not i.funded), 0)::bigint as unfunded_cost, p.income_gain,
      count(i.item_id)::int as items, (count(i.item_id) filter (where not i.funded))::int as unfunded,
      jsonb_array_length(p.uncovered) as uncovered, d.main_cause, p.agreed_on, p.approved_at
    from plan_now p
    join household h on h.county_code = p.county_code and h.household_id = p.counts_for
    join diagnosis d on d.county_code = p.county_code and d.diagnosis_id = p.diagnosis_id
    left join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
    where p.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and p.superseded_at is null
      and not p.held and (${page.year ?? null}::int is null or p.year = ${page.year ?? null}::int)
      and (${page.state ?? null}::text is null or p.state = ${page.state ?? null}::text)
    group by p.county_code, p.plan_id, p.counts_for, h.head_name, h.area_code, p.year, p.state, p.responsible_person,
      p.cost, p.income_gain, p.uncovered, d.main_cause, p.agreed_on, p.approved_at),
    keyed as (select r.*, ${value} as sort_key from all_plans r)
    select * from keyed r ${after} order by r.sort_key ${sql.raw(down ? 'desc' : 'asc')}, r.plan_id
    limit ${page.limit}`.execute(tx)
  return result.rows
}

export async function countPlans(tx: ReadTx, place: CountyPlace, page: { year?: number | undefined }) {
  const result = await sql<{ state: string; count: number; cost: number }>`
    select p.state, count(*)::int as count, sum(p.cost)::bigint as cost
    from plan_now p join household h on h.county_code = p.county_code and h.household_id = p.counts_for
    where p.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and p.superseded_at is null
      and not p.held and (${page.year ?? null}::int is null or p.year = ${page.year ?? null}::int)
    group by p.state`.execute(tx)
  return result.rows
}

/** Years for which plans were made in a place, the latest first. */
export async function yearsOf(tx: ReadTx, place: CountyPlace): Promise<number[]> {
  const rows = await tx
    .selectFrom('plan')
    .select('year')
    .distinct()
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('superseded_at', 'is', null)
    .orderBy('year', 'desc')
    .execute()
  return rows.map((row) => row.year)
}

/** All plans of a household, newest first; those superseded too. */
export function plansOfHousehold(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('plan_now')
    .selectAll()
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('counts_for', '=', household_id)
    .orderBy('year', 'desc')
    .orderBy('superseded_at', (order) => order.desc().nullsFirst())
    .orderBy('made_at', 'desc')
    .execute()
}

export function itemsOfHousehold(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('plan_item_now')
    .selectAll()
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('counts_for', '=', household_id)
    .orderBy('batch')
    .orderBy('measure_code')
    .execute()
}

/** Names of the accounts that took a step, by account_id. */
export async function namesOf(tx: ReadTx, account_ids: readonly (string | null)[]) {
  const known = account_ids.filter((each): each is string => each !== null)
  if (known.length === 0) return new Map<string, Record<string, string>>()
  // cross-county: accounts belong to no county.
  const rows = await sql<{ account_id: string; name: Record<string, string> }>`
    select account_id::text as account_id, name from account where account_id::text = any(${known})`.execute(tx)
  return new Map(rows.rows.map((row) => [row.account_id, row.name]))
}

export interface BudgetRow {
  budget_id: string
  area_code: string
  year: number
  batch: string
  amount: number
  source: string
  area_name: unknown
}

export function listBudgets(tx: ReadTx, place: CountyPlace, year: number): Promise<BudgetRow[]> {
  return tx
    .selectFrom('measure_budget as b')
    .leftJoin('area as a', 'a.area_code', 'b.area_code')
    .select(['b.budget_id', 'b.area_code', 'a.name as area_name', 'b.year', 'b.batch', 'b.amount', 'b.source'])
    .where('b.county_code', '=', place.county_code)
    .where('b.area_code', '^@', place.prefix)
    .where('b.year', '=', year)
    .orderBy('b.area_code')
    .orderBy('b.batch')
    .execute()
}

/** The latest year for which a place has a budget. */
export async function latestBudget(tx: ReadTx, place: CountyPlace): Promise<number | null> {
  const row = await tx
    .selectFrom('measure_budget')
    .select((select) => select.fn.max('year').as('year'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .executeTakeFirst()
  return row?.year ?? null
}

/** Planned and funded money of a place's current plans, by area of the household's village-level code and batch. */
export async function plannedByArea(tx: ReadTx, place: CountyPlace, year: number) {
  const result = await sql<{ area_code: string; batch: string; items: number; planned: number; funded: number }>`
    select i.area_code, i.batch, count(*)::int as items, sum(i.cost)::bigint as planned,
      coalesce(sum(i.cost) filter (where i.funded), 0)::bigint as funded
    from plan_now p
    join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id
    where p.county_code = ${place.county_code} and p.area_code ^@ ${place.prefix} and p.year = ${year}
      and p.superseded_at is null and not p.held
    group by i.area_code, i.batch`.execute(tx)
  return result.rows
}
