import { sql, type SqlBool } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

interface Page<State extends string> {
  state: State
  limit: number
  /** Where the page before ended. */
  after?: string | undefined
}

/** Names of the members in the form's order, so that `members[2].birth_date` can be asked of somebody. */
const names = sql<string[]>`(select coalesce(jsonb_agg(coalesce(m.person ->> 'name', '') order by m.position), '[]')
  from jsonb_array_elements(submission.answers -> 'members') with ordinality as m (person, position))`

/** Follow-ups of a place in the order of household_id. */
export function followUps(tx: ReadTx, place: CountyPlace, page: Page<StateOf<'follow_up.state'>>) {
  return tx
    .selectFrom('follow_up')
    .innerJoin('household', (join) =>
      join
        .onRef('household.county_code', '=', 'follow_up.county_code')
        .onRef('household.household_id', '=', 'follow_up.household_id'),
    )
    .innerJoin('assessment', (join) =>
      join
        .onRef('assessment.county_code', '=', 'follow_up.county_code')
        .onRef('assessment.assessment_id', '=', 'follow_up.assessment_id'),
    )
    .innerJoin('submission', (join) =>
      join
        .onRef('submission.county_code', '=', 'assessment.county_code')
        .onRef('submission.instance_id', '=', 'assessment.instance_id'),
    )
    .select([
      'follow_up.follow_up_id',
      'follow_up.household_id',
      'follow_up.area_code',
      'follow_up.fields',
      'follow_up.reason',
      'follow_up.state',
      'follow_up.created_at',
      'follow_up.done_at',
      'household.head_name',
      names.as('members'),
    ])
    .where('follow_up.county_code', '=', place.county_code)
    .where('follow_up.area_code', '^@', place.prefix)
    .where('follow_up.state', '=', page.state)
    .where(beyond('follow_up', page.after))
    .orderBy('follow_up.household_id')
    .orderBy('follow_up.follow_up_id')
    .limit(page.limit)
    .execute()
}

/** How many follow-ups lie in each area of a code length, with its name, in the order of codes. */
export async function followUpsByArea(
  tx: ReadTx,
  place: CountyPlace,
  state: StateOf<'follow_up.state'>,
  code_length: number,
) {
  const result = await sql<{ area_code: string; name: Record<string, string>; count: number }>`
    with counted as (
      select left(area_code, ${code_length}::int) as area_code, count(*)::int as count from follow_up
      where county_code = ${place.county_code} and area_code ^@ ${place.prefix} and state = ${state} group by 1)
    select c.area_code, a.name, c.count from counted c join area a on a.area_code = c.area_code
    order by c.area_code`.execute(tx)
  return result.rows
}

/** Verifications with what a person needs to decide: indicators and signs as they were assessed. */
export function verifications(tx: ReadTx, place: CountyPlace, page: Page<StateOf<'verification.state'>>) {
  return tx
    .selectFrom('verification')
    .innerJoin('household', (join) =>
      join
        .onRef('household.county_code', '=', 'verification.county_code')
        .onRef('household.household_id', '=', 'verification.household_id'),
    )
    .innerJoin('assessment', (join) =>
      join
        .onRef('assessment.county_code', '=', 'verification.county_code')
        .onRef('assessment.assessment_id', '=', 'verification.assessment_id'),
    )
    .innerJoin('submission', (join) =>
      join
        .onRef('submission.county_code', '=', 'assessment.county_code')
        .onRef('submission.instance_id', '=', 'assessment.instance_id'),
    )
    .select([
      'verification.verification_id',
      'verification.household_id',
      'verification.area_code',
      'verification.state',
      'verification.created_at',
      'verification.decided_at',
      'verification.note',
      'household.head_name',
      'assessment.household_size',
      'assessment.net_income_per_capita',
      'assessment.score',
      'assessment.indicators',
      'assessment.vetoes',
      'submission.surveyed_on',
      'submission.surveyor_name',
      'submission.account_id as surveyed_by',
      names.as('members'),
    ])
    .where('verification.county_code', '=', place.county_code)
    .where('verification.area_code', '^@', place.prefix)
    .where('verification.state', '=', page.state)
    .where(beyond('verification', page.after))
    .orderBy('verification.household_id')
    .orderBy('verification.verification_id')
    .limit(page.limit)
    .execute()
}

/** Where a page ended, as `next` gives it; a household_id alone stands for the last item of that household. */
export const cursorOf = (household_id: string, id: string): string => `${household_id}~${id}`

/** Items after one that was seen. '~' sorts after every id. */
function beyond(table: 'follow_up' | 'verification', after: string | undefined) {
  if (after === undefined) return sql<SqlBool>`true`
  const [household_id = '', id = '~'] = after.split('~')
  return sql<SqlBool>`(${sql.ref(`${table}.household_id`)}, ${sql.ref(`${table}.${table}_id`)})
    > (${household_id}::text, ${id}::text)`
}

export function countOf(
  tx: ReadTx,
  table: 'follow_up' | 'verification',
  place: CountyPlace,
  state: StateOf<'follow_up.state' | 'verification.state'>,
) {
  return tx
    .selectFrom(table)
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('state', '=', state)
    .executeTakeFirstOrThrow()
}

/** Verifications by id with who surveyed the household, for the separation of duties. */
export function verificationsById(tx: ReadTx, county_code: string, verification_ids: readonly string[]) {
  return tx
    .selectFrom('verification')
    .innerJoin('assessment', (join) =>
      join
        .onRef('assessment.county_code', '=', 'verification.county_code')
        .onRef('assessment.assessment_id', '=', 'verification.assessment_id'),
    )
    .innerJoin('submission', (join) =>
      join
        .onRef('submission.county_code', '=', 'assessment.county_code')
        .onRef('submission.instance_id', '=', 'assessment.instance_id'),
    )
    .select([
      'verification.verification_id',
      'verification.household_id',
      'verification.area_code',
      'verification.state',
      'verification.decided_by',
      'verification.decided_at',
      'assessment.superseded_at',
      'submission.account_id as surveyed_by',
    ])
    .where('verification.county_code', '=', county_code)
    .where('verification.verification_id', 'in', verification_ids)
    .execute()
}

export interface Decided {
  verification_id: string
  /** The state it must still have: somebody else may have been quicker. */
  from: StateOf<'verification.state'>
  state: StateOf<'verification.state'>
  note: string | null
}

/** Writes decisions; returns how many verifications still stood where they were thought to stand. */
export async function decide(
  tx: Tx,
  county_code: string,
  decided: readonly Decided[],
  stamp: { now: string; account_id: string | null },
): Promise<number> {
  const { rows } = await sql<{ verification_id: string }>`update verification set state = r.state, note = r.note,
      decided_at = case when r.state = 'open' then null else ${stamp.now}::timestamptz end,
      decided_by = case when r.state = 'open' then null else ${stamp.account_id}::text end
    from jsonb_to_recordset(${JSON.stringify(decided)}::jsonb) as r ("from" text, verification_id text, state text,
      note text)
    where verification.county_code = ${county_code} and verification.verification_id = r.verification_id
      and verification.state = r."from"
    returning verification.verification_id`.execute(tx)
  return rows.length
}
