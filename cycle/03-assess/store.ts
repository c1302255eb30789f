import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/area.ts'
import type { Tx } from '#registry/transaction.ts'
import type { Assessed } from './assess.ts'

type CountyPlace = Place & { county_code: string }

/** What stands of the current assessments of some households: enough to tell whether anything would change. */
export async function currentOf(tx: Tx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0) return new Map<string, CurrentKey>()
  const rows = await tx
    .selectFrom('assessment')
    .select(['household_id', 'assessment_id', 'evidence_sha256', 'pack_hash', 'reference_date', 'verdict'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.household_id, row]))
}

export interface CurrentKey {
  assessment_id: string
  evidence_sha256: string
  pack_hash: string
  reference_date: string
  verdict: string
}

export interface NewAssessment extends Assessed {
  follow_up: { fields: string[]; reasons: unknown } | null
}

interface Stamp {
  county_code: string
  pack_hash: string
  reference_date: string
  now: string
  account_id: string | null
}

/** Put new assessments in force: the old ones are superseded, never changed; their open tasks are dropped. */
export async function saveAssessments(tx: Tx, stamp: Stamp, assessed: readonly NewAssessment[]): Promise<void> {
  if (assessed.length === 0) return
  const household_ids = assessed.map((each) => each.household_id)
  await tx
    .updateTable('assessment')
    .set({ superseded_at: stamp.now })
    .where('county_code', '=', stamp.county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .execute()
  for (const table of ['follow_up', 'verification'] as const) {
    await tx
      .updateTable(table)
      .set({ state: 'dropped' })
      .where('county_code', '=', stamp.county_code)
      .where('household_id', 'in', household_ids)
      .where('state', '=', 'open')
      .execute()
  }
  const rows = assessed.map((each) => ({ ...each, assessment_id: randomUUID() }))
  await sql`insert into assessment (county_code, assessment_id, household_id, area_code, instance_id, pack_hash,
      reference_date, assessed_at, verdict, household_size, net_income_per_capita, score, indicators, vetoes,
      evidence_sha256, account_id)
    select ${stamp.county_code}, r.assessment_id, r.household_id, r.area_code, r.instance_id, ${stamp.pack_hash},
      ${stamp.reference_date}::date, ${stamp.now}::timestamptz, r.verdict, r.household_size, r.net_income_per_capita,
      r.score, r.indicators, r.vetoes, r.evidence_sha256, ${stamp.account_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(assessment_id text, household_id text, area_code text,
      instance_id text, verdict text, household_size int, net_income_per_capita bigint, score double precision,
      indicators jsonb, vetoes jsonb, evidence_sha256 text)`.execute(tx)
  const tasks = rows.flatMap((each) => (each.follow_up ? [{ ...each, ...each.follow_up }] : []))
  if (tasks.length > 0) {
    await tx
      .insertInto('follow_up')
      .values(
        tasks.map((task) => ({
          county_code: stamp.county_code,
          follow_up_id: randomUUID(),
          household_id: task.household_id,
          area_code: task.area_code,
          assessment_id: task.assessment_id,
          fields: JSON.stringify(task.fields),
          reason: JSON.stringify(task.reasons),
          state: 'open',
          created_at: stamp.now,
          done_at: null,
          done_by: null,
        })),
      )
      .execute()
  }
  const doubtful = rows.filter((each) => each.verdict === 'needs_verification')
  if (doubtful.length === 0) return
  await tx
    .insertInto('verification')
    .values(
      doubtful.map((each) => ({
        county_code: stamp.county_code,
        verification_id: randomUUID(),
        household_id: each.household_id,
        area_code: each.area_code,
        assessment_id: each.assessment_id,
        reasons: JSON.stringify({
          vetoes: each.vetoes.map((sign) => ({ code: sign.code, reason: sign.reason })),
          unknown: each.indicators.filter((one) => one.state === 'unknown').map((one) => one.code),
        }),
        state: 'open',
        created_at: stamp.now,
        decided_at: null,
        decided_by: null,
        note: null,
      })),
    )
    .execute()
}

/** All assessments of a household, newest first. */
export function assessmentsOf(tx: Tx, county_code: string, household_id: string) {
  return tx
    .selectFrom('assessment')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('household_id', '=', household_id)
    .orderBy('assessed_at', 'desc')
    .orderBy('assessment_id')
    .execute()
}

/** The household's row, as far as this room needs it to permit and to show. */
export function householdOf(tx: Tx, household_id: string) {
  return tx
    .selectFrom('household')
    .select(['county_code', 'household_id', 'area_code', 'head_name', 'household_size', 'current_instance_id'])
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('household_id', '=', household_id)
    .executeTakeFirst()
}

interface Page {
  state?: string | undefined
  limit: number
  after?: string | undefined
}

export function followUps(tx: Tx, place: CountyPlace, page: Page) {
  let query = tx
    .selectFrom('follow_up')
    .innerJoin('household', (join) =>
      join
        .onRef('household.county_code', '=', 'follow_up.county_code')
        .onRef('household.household_id', '=', 'follow_up.household_id'),
    )
    .selectAll('follow_up')
    .select(['household.head_name'])
    .where('follow_up.county_code', '=', place.county_code)
    .where('follow_up.area_code', 'like', place.prefix)
    .where('follow_up.state', '=', page.state ?? 'open')
    .orderBy('follow_up.household_id')
    .limit(page.limit)
  if (page.after) query = query.where('follow_up.household_id', '>', page.after)
  return query.execute()
}

export function verifications(tx: Tx, place: CountyPlace, page: Page) {
  let query = tx
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
    .selectAll('verification')
    .select(['household.head_name', 'household.household_size', 'assessment.net_income_per_capita', 'assessment.score'])
    .where('verification.county_code', '=', place.county_code)
    .where('verification.area_code', 'like', place.prefix)
    .where('verification.state', '=', page.state ?? 'open')
    .orderBy('verification.household_id')
    .limit(page.limit)
  if (page.after) query = query.where('verification.household_id', '>', page.after)
  return query.execute()
}

export function countOf(tx: Tx, table: 'follow_up' | 'verification', place: CountyPlace, state: string) {
  return tx
    .selectFrom(table)
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('county_code', '=', place.county_code)
    .where('area_code', 'like', place.prefix)
    .where('state', '=', state)
    .executeTakeFirstOrThrow()
}

/** Verifications by id with who surveyed the household, for the separation of duties. */
export function verificationsById(tx: Tx, county_code: string, verification_ids: readonly string[]) {
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
      'submission.account_id as surveyed_by',
    ])
    .where('verification.county_code', '=', county_code)
    .where('verification.verification_id', 'in', verification_ids)
    .execute()
}

export function decideVerification(
  tx: Tx,
  county_code: string,
  decided: { verification_id: string; state: string; note: string; now: string; account_id: string | null },
) {
  return tx
    .updateTable('verification')
    .set({ state: decided.state, note: decided.note, decided_at: decided.now, decided_by: decided.account_id })
    .where('county_code', '=', county_code)
    .where('verification_id', '=', decided.verification_id)
    .where('state', '=', 'open')
    .executeTakeFirst()
}
