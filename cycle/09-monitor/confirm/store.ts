// Changes that change who belongs to a household: what was told, what was confirmed, what was taken back.
import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { Answers } from '#door/personal.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

/** A change that was told, and the household it counts for, where that stands today. */
export function changeById(tx: ReadTx, county_code: string, change_id: string) {
  return tx
    .selectFrom('change_event_now as e')
    .innerJoin('household as h', (join) =>
      join.onRef('h.county_code', '=', 'e.county_code').onRef('h.household_id', '=', 'e.counts_for'),
    )
    .select(['e.change_id', 'e.counts_for', 'e.kind', 'e.happened_on', 'e.account_id', 'h.area_code', 'h.surveyed_on'])
    .where('e.county_code', '=', county_code)
    .where('e.change_id', '=', change_id)
    .executeTakeFirst()
}

export interface HouseholdChangeRow {
  household_change_id: string
  change_id: string
  household_id: string
  area_code: string
  effect: StateOf<'household_change.effect'>
  person_id: string | null
  person: string | null
  happened_on: string
  proof: string
  confirmed_at: string
  confirmed_by: string | null
  taken_back_at: string | null
  taken_back_by: string | null
  taken_back_reason: string | null
}

/** What was confirmed of some changes, taken back or not, oldest first. */
export async function confirmedOf(tx: ReadTx, county_code: string, change_ids: readonly string[]) {
  if (change_ids.length === 0) return []
  const { rows } = await sql<HouseholdChangeRow>`
    select c.household_change_id, c.change_id, c.household_id, c.area_code, c.effect, c.person_id, p.name as person,
      c.happened_on, c.proof, c.confirmed_at, c.confirmed_by, c.taken_back_at, c.taken_back_by, c.taken_back_reason
    from household_change c
    left join person p on p.county_code = c.county_code and p.person_id = c.person_id
    where c.county_code = ${county_code} and c.change_id = any(${[...change_ids]})
    order by c.confirmed_at, c.household_change_id`.execute(tx)
  return rows
}

/** Somebody of the county as he stands, with the last card that names him and what it says of him. */
export interface Somebody {
  person_id: string
  household_id: string
  area_code: string
  name: string
  state: string
  /** `instance_id#position`; null for one whom no card names. */
  listing: string | null
  member: Answers | null
  surveyed_on: string | null
}

export async function somebody(tx: ReadTx, county_code: string, person_id: string): Promise<Somebody | undefined> {
  const { rows } = await sql<Somebody>`
    select p.person_id, p.household_id, p.area_code, p.name, p.state, l.left_id as listing, h.surveyed_on,
      coalesce(l.member, (select m.member from member_changes_of(p.county_code, null, array[p.person_id]) m
        where m.effect = 'joined' order by m.happened_on desc, m.confirmed_at desc limit 1)) as member
    from person p
    join household h on h.county_code = p.county_code and h.household_id = p.household_id
    left join lateral (
      select l.left_id, s.answers -> 'members' -> (substring(l.left_id from '#([0-9]+)$')::int - 1) as member from link l
      join submission s on s.county_code = l.county_code and s.instance_id = substring(l.left_id from '^(.*)#[0-9]+$')
      where l.county_code = p.county_code and l.person_id = p.person_id and l.left_kind = 'member'
        and l.withdrawn_at is null
      order by s.surveyed_on desc nulls last, s.received_at desc, s.instance_id desc limit 1) l on true
    where p.county_code = ${county_code} and p.person_id = ${person_id}
      and p.state not in ('merged', 'gone')`.execute(tx)
  return rows[0]
}

export interface NewHouseholdChange {
  household_change_id: string
  change_id: string
  household_id: string
  area_code: string
  effect: StateOf<'household_change.effect'>
  person_id: string | null
  listing: string | null
  happened_on: string
  member: Answers | null
  proof: string
}

export async function insertHouseholdChanges(
  tx: Tx,
  by: { county_code: string; now: string; account_id: string | null },
  rows: readonly NewHouseholdChange[],
): Promise<void> {
  await tx
    .insertInto('household_change')
    .values(
      rows.map((row) => ({
        ...row,
        member: row.member && JSON.stringify(row.member),
        county_code: by.county_code,
        confirmed_at: by.now,
        confirmed_by: by.account_id,
        taken_back_at: null,
        taken_back_by: null,
        taken_back_reason: null,
      })),
    )
    .execute()
}

/** Take back everything that was confirmed of a change. Returns the rows that stood. */
export async function takeChangesBack(
  tx: Tx,
  county_code: string,
  change_id: string,
  by: { now: string; account_id: string | null; reason: string },
) {
  return await tx
    .updateTable('household_change')
    .set({ taken_back_at: by.now, taken_back_by: by.account_id, taken_back_reason: by.reason })
    .where('county_code', '=', county_code)
    .where('change_id', '=', change_id)
    .where('taken_back_at', 'is', null)
    .returning(['household_change_id', 'household_id', 'person_id', 'effect'])
    .execute()
}

/** Changes of these kinds in a place that nobody has confirmed or refused, oldest first, with how many there are in all. */
export async function waitingChanges(tx: ReadTx, place: CountyPlace, kinds: readonly string[], limit: number) {
  const { rows } = await sql<{
    change_id: string
    household_id: string
    head_name: string
    area_code: string
    kind: string
    happened_on: string
    detail: Record<string, unknown>
    source: string
    recorded_at: string
    account_id: string | null
    total: number
  }>`
    select e.change_id, e.counts_for as household_id, h.head_name, h.area_code, e.kind, e.happened_on, e.detail, e.source,
      e.recorded_at, e.account_id, (count(*) over ())::int as total
    from change_event_now e
    join household h on h.county_code = e.county_code and h.household_id = e.counts_for
    where e.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and e.kind = any(${[...kinds]})
      and not exists (select 1 from household_change c where c.county_code = e.county_code
        and c.change_id = e.change_id and c.taken_back_at is null)
    order by e.happened_on, e.recorded_at, e.change_id limit ${limit}`.execute(tx)
  return rows
}

/** Size of a household today. */
export async function sizeOf(tx: ReadTx, household_id: string): Promise<number> {
  const row = await tx
    .selectFrom('household')
    .select('household_size')
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('household_id', '=', household_id)
    .executeTakeFirstOrThrow()
  return row.household_size
}
