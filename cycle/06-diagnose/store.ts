import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Diagnosed } from './diagnose.ts'

type CountyPlace = Place & { county_code: string }

/** Registered households of a place, in order, with the assessment their diagnosis rests on and what they rested on. */
export function registeredAfter(tx: ReadTx, place: CountyPlace, after: string, limit: number) {
  return tx
    .selectFrom('register_household')
    .innerJoin('assessment', (join) =>
      join
        .onRef('assessment.county_code', '=', 'register_household.county_code')
        .onRef('assessment.household_id', '=', 'register_household.household_id')
        .on('assessment.superseded_at', 'is', null),
    )
    .leftJoin('diagnosis', (join) =>
      join
        .onRef('diagnosis.county_code', '=', 'register_household.county_code')
        .onRef('diagnosis.household_id', '=', 'register_household.household_id')
        .on('diagnosis.superseded_at', 'is', null),
    )
    .select([
      'register_household.household_id',
      'assessment.assessment_id',
      'assessment.reference_date',
      'diagnosis.assessment_id as diagnosed_assessment_id',
      'diagnosis.pack_hash as diagnosed_pack_hash',
      'diagnosis.main_cause as diagnosed_main_cause',
      'diagnosis.decided_by',
      'diagnosis.decided_reason',
    ])
    .where('register_household.county_code', '=', place.county_code)
    .where('register_household.area_code', '^@', place.prefix)
    .where('register_household.status', '=', 'registered')
    .where('register_household.household_id', '>', after)
    .orderBy('register_household.household_id')
    .limit(limit)
    .execute()
}

export function countRegistered(tx: ReadTx, place: CountyPlace) {
  return tx
    .selectFrom('register_household')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('status', '=', 'registered')
    .executeTakeFirstOrThrow()
}

interface Stamp {
  county_code: string
  pack_hash: string
  now: string
  account_id: string | null
}

export interface NewDiagnosis extends Diagnosed {
  assessment_id: string
  decided_by: string | null
  decided_reason: string | null
}

/** Put diagnoses in force; those before are superseded, never changed. */
export async function saveDiagnoses(tx: Tx, stamp: Stamp, diagnosed: readonly NewDiagnosis[]): Promise<void> {
  if (diagnosed.length === 0) return
  await tx
    .updateTable('diagnosis')
    .set({ superseded_at: stamp.now })
    .where('county_code', '=', stamp.county_code)
    .where(
      'household_id',
      'in',
      diagnosed.map((each) => each.household_id),
    )
    .where('superseded_at', 'is', null)
    .execute()
  const rows = diagnosed.map((each) => ({ ...each, diagnosis_id: randomUUID() }))
  await sql`insert into diagnosis (county_code, diagnosis_id, household_id, area_code, assessment_id, instance_id,
      pack_hash, diagnosed_at, income_shortfall, unmet_indicators, main_cause, computed_cause, certainty, sure,
      other_causes, causes, stated_cause,
      stated_other_causes, agrees, account_id, decided_by, decided_reason)
    select ${stamp.county_code}, r.diagnosis_id, r.household_id, r.area_code, r.assessment_id, r.instance_id,
      ${stamp.pack_hash}, ${stamp.now}::timestamptz, r.income_shortfall, r.unmet_indicators, r.main_cause, r.computed_cause,
      r.certainty, r.sure, r.other_causes, r.causes, r.stated_cause, r.stated_other_causes, r.agrees, ${stamp.account_id},
      r.decided_by, r.decided_reason
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(diagnosis_id text, household_id text, area_code text,
      assessment_id text, instance_id text, income_shortfall bigint, unmet_indicators text[], main_cause text,
      computed_cause text, certainty double precision, sure boolean, other_causes text[], causes jsonb, stated_cause text, stated_other_causes text[], agrees boolean,
      decided_by text, decided_reason text)`.execute(tx)
}

/** All diagnoses of a household, newest first. */
export function diagnosesOf(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('diagnosis_now')
    .selectAll()
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('counts_for', '=', household_id)
    .orderBy('diagnosed_at', 'desc')
    .orderBy('superseded_at', (order) => order.desc().nullsFirst())
    .execute()
}

/** Current diagnoses of registered households of a place; above the county the county's own code is the prefix. */
const currentIn = (
  place: Place,
) => sql`select d.main_cause, d.computed_cause, d.sure, d.other_causes, d.stated_cause, d.agrees, d.diagnosis_id
  from register_household r
  left join diagnosis d on d.county_code = r.county_code and d.household_id = r.household_id
    and d.superseded_at is null
  where r.status = 'registered' and ${
    place.county_code === null
      ? sql`r.county_code ^@ ${place.prefix}`
      : sql`r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix}`
  }`

/** Registered households by cause: computed main, computed further, stated by the surveyor. */
export async function causesOf(tx: ReadTx, place: Place) {
  const result = await sql<{ code: string; main: number; other: number; stated: number; agree: number }>`
    with current as (${currentIn(place)} /* by county_code */),
    named as (
      select main_cause as code, 1 as main, 0 as other, 0 as stated, 0 as agree
      from current where main_cause is not null
      union all select computed_cause, 0, 0, 0, 1 from current where agrees
      union all select unnest(other_causes), 0, 1, 0, 0 from current
      union all select stated_cause, 0, 0, 1, 0 from current where stated_cause is not null)
    select code, sum(main)::int as main, sum(other)::int as other, sum(stated)::int as stated, sum(agree)::int as agree
    from named group by code order by code`.execute(tx)
  return result.rows
}

/** How many of a place are registered, diagnosed, and how often the surveyor's word and the computed cause agree. */
export async function totalsOf(tx: ReadTx, place: Place) {
  const result = await sql<{
    registered: number
    diagnosed: number
    without_cause: number
    compared: number
    agree: number
    unsure: number
  }>`
    with current as (${currentIn(place)} /* by county_code */)
    select count(*)::int as registered, count(diagnosis_id)::int as diagnosed,
      count(*) filter (where diagnosis_id is not null and main_cause is null)::int as without_cause,
      count(agrees)::int as compared, count(*) filter (where agrees)::int as agree,
      (count(*) filter (where sure is false))::int as unsure
    from current`.execute(tx)
  return result.rows[0] ?? { registered: 0, diagnosed: 0, without_cause: 0, compared: 0, agree: 0, unsure: 0 }
}

/** How many are registered, have a card, and are not diagnosed (view diagnosis_due). */
export async function dueIn(tx: ReadTx, place: Place): Promise<number> {
  const county = place.county_code === null ? sql`true` : sql`county_code = ${place.county_code}`
  // cross-county: a place above the county has no county of its own
  const result = await sql<{ count: number }>`
    select count(*)::int as count from diagnosis_due where ${county} and area_code ^@ ${place.prefix}`.execute(tx)
  return result.rows[0]?.count ?? 0
}

/** What a diagnosis was made of: the answers of its submission, the lists as its assessment read them, day and place. */
export async function basisOf(tx: ReadTx, county_code: string, diagnosis_id: string) {
  const row = await tx
    .selectFrom('diagnosis')
    .innerJoin('submission', (join) =>
      join
        .onRef('submission.county_code', '=', 'diagnosis.county_code')
        .onRef('submission.instance_id', '=', 'diagnosis.instance_id'),
    )
    .innerJoin('assessment', (join) =>
      join
        .onRef('assessment.county_code', '=', 'diagnosis.county_code')
        .onRef('assessment.assessment_id', '=', 'diagnosis.assessment_id'),
    )
    .select(['submission.answers', 'assessment.evidence', 'assessment.reference_date', 'diagnosis.area_code'])
    .where('diagnosis.county_code', '=', county_code)
    .where('diagnosis.diagnosis_id', '=', diagnosis_id)
    .executeTakeFirst()
  if (!row) return null
  const { registers = null } = (row.evidence ?? {}) as { registers?: unknown }
  const record = { ...(row.answers as Record<string, unknown>), registers }
  return { record, reference_date: row.reference_date, area_code: row.area_code }
}
