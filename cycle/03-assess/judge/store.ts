import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { KeptEvidence } from '#cycle/record.ts'
import { type Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Assessed, FollowUp } from './assess.ts'

/** Active households of a place. */
export async function countActive(tx: ReadTx, place: Place & { county_code: string }): Promise<number> {
  const { count } = await tx
    .selectFrom('household')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('county_code', '=', place.county_code)
    .where('area_code', '^@', place.prefix)
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow()
  return count
}

/** What stands of the current assessments of some households: enough to tell whether anything would change. */
export async function currentOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0) return new Map<string, CurrentKey>()
  const rows = await tx
    .selectFrom('assessment')
    .select(['household_id', 'area_code', 'evidence_sha256', 'pack_hash', 'reference_date'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .execute()
  return new Map<string, CurrentKey>(rows.map((row) => [row.household_id, row]))
}

export interface CurrentKey {
  area_code: string
  evidence_sha256: string
  pack_hash: string
  reference_date: string
}

export interface NewAssessment extends Assessed {
  follow_up: FollowUp | null
  /** What was read beside the card, as it was read. */
  evidence: KeptEvidence
}

interface Stamp {
  county_code: string
  pack_hash: string
  reference_date: string
  now: string
  account_id: string | null
}

/**
 * Put new assessments in force: the old ones are superseded, never changed. Open follow-ups are done where everything
 * is known now, else dropped for the new one; open verifications are dropped, their grounds being gone.
 */
export async function saveAssessments(tx: Tx, stamp: Stamp, assessed: readonly NewAssessment[]): Promise<void> {
  if (assessed.length === 0) return
  const { county_code, now, account_id } = stamp
  const household_ids = assessed.map((each) => each.household_id)
  const settled = assessed.filter((each) => each.follow_up === null).map((each) => each.household_id)
  await tx
    .updateTable('assessment')
    .set({ superseded_at: now })
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .execute()
  if (settled.length > 0) {
    await tx
      .updateTable('follow_up')
      .set({ state: 'done', done_at: now, done_by: account_id })
      .where('county_code', '=', county_code)
      .where('household_id', 'in', settled)
      .where('state', '=', 'open')
      .execute()
  }
  for (const table of ['follow_up', 'verification'] as const) {
    await tx
      .updateTable(table)
      .set({ state: 'dropped' })
      .where('county_code', '=', county_code)
      .where('household_id', 'in', household_ids)
      .where('state', '=', 'open')
      .execute()
  }
  // The source of a rule is the pack's, told by its hash; here it would be half of every row.
  const rows = assessed.map(({ follow_up, indicators, ...each }) => ({
    ...each,
    assessment_id: randomUUID(),
    indicators: indicators.map(({ source: _, ...indicator }) => indicator),
    follow_up,
  }))
  const stored = rows.map(({ follow_up: _, ...row }) => row)
  await sql`insert into assessment (county_code, assessment_id, household_id, area_code, instance_id, pack_hash,
      reference_date, assessed_at, verdict, household_size, net_income_per_capita, score, indicators,
      unmet_indicators, unknown_indicators, vetoes, evidence_sha256, evidence, account_id)
    select ${county_code}, r.assessment_id, r.household_id, r.area_code, r.instance_id, ${stamp.pack_hash},
      ${stamp.reference_date}::date, ${now}::timestamptz, r.verdict, r.household_size, r.net_income_per_capita,
      r.score, r.indicators, r.unmet_indicators, r.unknown_indicators, r.vetoes, r.evidence_sha256, r.evidence, ${account_id}
    from jsonb_to_recordset(${JSON.stringify(stored)}::jsonb) as r(assessment_id text, household_id text, area_code text,
      instance_id text, verdict text, household_size int, net_income_per_capita bigint, score double precision,
      indicators jsonb, unmet_indicators text[], unknown_indicators text[], vetoes jsonb,
      evidence_sha256 text, evidence jsonb)`.execute(tx)
  const task = (row: (typeof rows)[number]) => ({
    county_code,
    household_id: row.household_id,
    area_code: row.area_code,
    assessment_id: row.assessment_id,
    state: 'open' as const,
    created_at: now,
  })
  const asked = rows.flatMap((row) => {
    if (row.follow_up === null) return []
    const { fields, reasons } = row.follow_up
    const own = { follow_up_id: randomUUID(), fields: JSON.stringify(fields), reason: JSON.stringify(reasons) }
    return [{ ...task(row), ...own, done_at: null, done_by: null }]
  })
  if (asked.length > 0) await tx.insertInto('follow_up').values(asked).execute()
  const doubtful = rows
    .filter((row) => row.verdict === 'needs_verification')
    .map((row) => {
      const reasons = { vetoes: row.vetoes.map((sign) => sign.code), unknown: row.unknown_indicators }
      const own = { verification_id: randomUUID(), reasons: JSON.stringify(reasons) }
      return { ...task(row), ...own, decided_at: null, decided_by: null, note: null }
    })
  if (doubtful.length > 0) await tx.insertInto('verification').values(doubtful).execute()
}

/** All assessments of a household, newest first. */
export function assessmentsOf(tx: ReadTx, county_code: string, household_id: string) {
  return tx
    .selectFrom('assessment')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('household_id', '=', household_id)
    .orderBy('assessed_at', 'desc')
    .orderBy('superseded_at', (order) => order.desc().nullsFirst())
    .execute()
}

/** The submission an assessment rests on, with its household's place. */
export function submissionOf(tx: ReadTx, county_code: string, instance_id: string) {
  return tx
    .selectFrom('submission')
    .select(['instance_id', 'surveyed_on', 'answers'])
    .where('county_code', '=', county_code)
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
}
