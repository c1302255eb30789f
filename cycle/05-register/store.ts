import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { Answers } from '#door/personal.ts'
import type { RegisterHouseholdTable } from '#registry/tables/register.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { carriedNames } from './carried.ts'
import type { Entry } from './fold.ts'

type CountyPlace = Place & { county_code: string }

export interface Due {
  household_id: string
  area_code: string
  instance_id: string
  assessment_id: string
  answers: Answers
  source_id: string
  head_name: string
  household_size: number
}

export interface Approved extends Due {
  /** When the county approved it, by the clock. */
  approved_at: string | null
}

/** Households that were approved and are not entered yet: by name, and how many in all. */
export async function dueOf(tx: ReadTx, place: CountyPlace, limit: number) {
  const rows = await sql<{
    household_id: string
    area_code: string
    head_name: string
    household_size: number
    total: number
  }>`
    select d.household_id, h.area_code, h.head_name, h.household_size, (count(*) over ())::int as total
    from register_due d
    join household h on h.county_code = d.county_code and h.household_id = d.household_id
    where d.county_code = ${place.county_code} and d.area_code ^@ ${place.prefix}
    order by h.area_code, d.household_id limit ${limit}`.execute(tx)
  return { total: rows.rows[0]?.total ?? 0, items: rows.rows.map(({ total: _, ...row }) => row) }
}

/** Approved appraisals that are to be entered (view register_due), with what is entered of them. */
export async function approvedNotEntered(tx: ReadTx, place: CountyPlace, limit: number): Promise<Approved[]> {
  // The page is chosen first: answers are large, and only those of the page are read.
  const rows = await sql<Approved>`
    with due as (
      select county_code, household_id, assessment_id, appraisal_id, closed_at from register_due
      where county_code = ${place.county_code} and area_code ^@ ${place.prefix}
      order by household_id limit ${limit})
    select d.household_id, h.area_code, s.instance_id, d.assessment_id, s.answers, d.appraisal_id as source_id,
      h.head_name, h.household_size, d.closed_at as approved_at
    from due d
    join household h on h.county_code = d.county_code and h.household_id = d.household_id
    join submission s on s.county_code = h.county_code and s.instance_id = h.current_instance_id
    order by d.household_id`.execute(tx)
  return rows.rows
}

export interface Changed extends Due {
  surveyed_on: string | null
  /** Where and since when the register has the household. */
  file_area_code: string
  status_on: string
}

/** Registered households whose current survey is not the one last carried into their file. */
export async function changedSinceEntry(
  tx: ReadTx,
  place: CountyPlace,
  after: string,
  limit: number,
): Promise<Changed[]> {
  const rows = await sql<Changed>`
    select r.household_id, h.area_code, s.instance_id, '' as assessment_id, s.answers, s.instance_id as source_id,
      h.head_name, h.household_size, s.surveyed_on, r.area_code as file_area_code, r.status_on
    from register_household r
    join household h on h.county_code = r.county_code and h.household_id = r.household_id
    join submission s on s.county_code = h.county_code and s.instance_id = h.current_instance_id
    where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix} and r.household_id > ${after}
      and r.status = 'registered'
      and h.current_instance_id is distinct from (select e.data->>'instance_id' from register_entry e
        where e.county_code = r.county_code and e.household_id = r.household_id and e.data ? 'instance_id'
        order by e.recorded_at desc, e.valid_from desc, e.entry_id desc limit 1)
    order by r.household_id limit ${limit}`.execute(tx)
  return rows.rows
}

/** How many households of a place are on the register. */
export async function countRegistered(tx: ReadTx, place: CountyPlace): Promise<number> {
  const { count } = await tx
    .selectFrom('register_household')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('status', '=', 'registered')
    .executeTakeFirstOrThrow()
  return count
}

/** `written_for` is the household_id of an entry that is new. */
export interface NewEntry extends Entry {
  county_code: string
  head_name: string
  household_size: number
}

/** Append entries and carry the projection along. Entries are never changed. */
export async function appendEntries(tx: Tx, entries: readonly Omit<NewEntry, 'written_for'>[]): Promise<void> {
  if (entries.length === 0) return
  const rows = JSON.stringify(entries)
  await sql`insert into register_entry (county_code, entry_id, household_id, area_code, kind, valid_from, recorded_at,
      data, source_kind, source_id, account_id, role)
    select r.county_code, r.entry_id, r.household_id, r.area_code, r.kind, r.valid_from, r.recorded_at, r.data,
      r.source_kind, r.source_id, r.account_id, r.role
    from jsonb_to_recordset(${rows}::jsonb) as r(county_code text, entry_id text, household_id text, area_code text,
      kind text, valid_from date, recorded_at timestamptz, data jsonb, source_kind text, source_id text,
      account_id text, role text)`.execute(tx)
}

export type Projection = Omit<RegisterHouseholdTable, 'standing'> & { standing: Record<string, string> | null }

/** Where each fold stands now, so that lists need not fold. */
export async function projectHouseholds(tx: Tx, rows: readonly Projection[]): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  const list = sql.join(columns.map((name) => sql.ref(name)))
  const changed = columns.filter((name) => name !== 'county_code' && name !== 'household_id')
  const changes = sql.join(changed.map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`))
  await sql`insert into register_household (${list})
    select ${list} from jsonb_populate_recordset(null::register_household, ${JSON.stringify(rows)}::jsonb)
    on conflict (county_code, household_id) do update set ${changes}`.execute(tx)
}

/**
 * Entries that count for households, oldest first in the world's order: their own, and those of every household that is
 * merged into them now.
 */
export async function entriesOf(tx: ReadTx, county_code: string, household_ids: readonly string[]): Promise<Entry[]> {
  if (household_ids.length === 0) return []
  const { rows } = await sql<Entry & { of_household: string }>`
    with family as (
      select f.household_id as of_household, f.household_id from unnest(${[...household_ids]}::text[]) as f(household_id)
      union
      select h.merged_into, h.household_id from household h
      where h.county_code = ${county_code} and h.merged_into = any(${[...household_ids]}))
    select e.*, f.of_household from register_entry e join family f on f.household_id = e.household_id
    where e.county_code = ${county_code}
    order by e.valid_from, e.recorded_at`.execute(tx)
  return rows.map(({ of_household, ...entry }) => ({
    ...entry,
    household_id: of_household,
    written_for: entry.household_id,
  }))
}

/** Households merged into this one now, with when that was decided; null where no decision is on record. */
export async function joinedTo(tx: ReadTx, household: { county_code: string; household_id: string }) {
  const { rows } = await sql<{ household_id: string; since: string | null }>`
    select h.household_id, max(q.decided_at) as since
    from household h
    left join link o on o.county_code = h.county_code and o.household_id = h.household_id
      and o.left_kind = 'submission' and o.withdrawn_at is not null
    left join link n on n.county_code = o.county_code and n.left_kind = 'submission' and n.left_id = o.left_id
      and n.household_id = h.merged_into and n.method = 'review' and n.withdrawn_at is null
    left join match_review q on q.county_code = n.county_code and q.review_id = n.evidence->>'review_id'
    where h.county_code = ${household.county_code} and h.merged_into = ${household.household_id}
    group by h.household_id order by h.household_id`.execute(tx)
  return rows
}

/** The people of a household, and others asked for, in the order they were first seen, each with the hash of his number. */
export function membersOf(tx: ReadTx, household_id: string, others: readonly string[] = []) {
  return tx
    .selectFrom('person')
    .select(['person_id', 'household_id', 'name', 'relation', 'sex', 'birth_date', 'national_id_hash'])
    .select(['national_id_valid', 'state'])
    .where('county_code', '=', countyOfHousehold(household_id))
    .where((where) => where.or([where('household_id', '=', household_id), where('person_id', 'in', [...others, ''])]))
    .orderBy('created_at')
    .orderBy('person_id')
    .execute()
}

/** Who belonged to a household on a day (null: today), by what was known at a moment; with the day somebody came. */
export async function membersAt(
  tx: ReadTx,
  household: { county_code: string; household_id: string },
  at: { on: string | null; known: string },
) {
  const { rows } = await sql<{ person_id: string; joined_on: string | null }>`
    select person_id, joined_on from household_members_at(${household.county_code}, ${household.household_id},
      coalesce(${at.on}::date, 'infinity'::date), ${at.known}::timestamptz)`.execute(tx)
  return new Map(rows.map((row) => [row.person_id, row.joined_on]))
}

/** When persons of a household, or those on its cards, died, and when somebody left it, as it was confirmed and stands. */
export async function goneSince(tx: ReadTx, household: { county_code: string; household_id: string }) {
  const { rows } = await sql<{ person_id: string; effect: 'died' | 'left'; happened_on: string }>`
    select c.person_id, c.effect, c.happened_on
    from member_changes_of(${household.county_code}, ${[household.household_id]}, array(select p.person_id from person p
      where p.county_code = ${household.county_code} and p.household_id = ${household.household_id})) c
    where c.effect = 'died' or (c.effect = 'left' and c.household_id = ${household.household_id})
    order by c.happened_on, c.confirmed_at`.execute(tx)
  return rows
}

/** One member with the sealed number: for `reveal` alone. */
export function personOf(tx: ReadTx, household_id: string, person_id: string) {
  return tx
    .selectFrom('person')
    .select(['person_id', 'area_code', 'name', 'national_id_sealed'])
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('household_id', '=', household_id)
    .where('person_id', '=', person_id)
    .executeTakeFirst()
}

interface ListQuery {
  status?: StateOf<'register_household.status'> | undefined
  search?: string | undefined
  limit: number
  after?: string | undefined
}

/** A page of the register by household_id, with how many there are in all and where the next page begins. */
export async function listRegistered(tx: ReadTx, place: CountyPlace, query: ListQuery) {
  let rows = tx
    .selectFrom('register_household')
    .select([
      'household_id',
      'area_code',
      'status',
      'registered_on',
      'status_on',
      'head_name',
      'household_size',
      ...carriedNames,
    ])
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
  if (query.status) rows = rows.where('status', '=', query.status)
  if (query.search) {
    const text = query.search.replace(/[%_\\]/g, '')
    rows = rows.where((where) =>
      where.or([where('head_name', 'like', `%${text}%`), where('household_id', 'like', `%${text}%`)]),
    )
  }
  const total = await rows
    .clearSelect()
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (query.after) rows = rows.where('household_id', '>', query.after)
  const items = await rows.orderBy('household_id').limit(query.limit).execute()
  const next = items.length === query.limit ? (items.at(-1)?.household_id ?? null) : null
  return { total: total.count, items, next }
}
