import { sql } from 'kysely'
import type { Answers } from '#door/personal.ts'
import { NATION } from '#registry/audit/audit.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { AnswerProblem } from '../receive/read.ts'

/** A submission as it is stored; `problem_count` is not a column. */
export interface SubmissionRow {
  county_code: string
  instance_id: string
  area_code: string
  form_id: string
  form_version: string
  deprecated_id: string | null
  household_code: string | null
  xml_sealed: Buffer
  xml_sha256: string
  answers: Answers
  answers_extra: Record<string, string> | null
  problems: AnswerProblem[]
  problem_count: number
  device_id: string | null
  surveyor_name: string | null
  surveyed_on: string | null
  received_at: string
  account_id: string | null
}

/** The county an area belongs to; 'nation' for areas above the county and for no area. */
export async function homeCounty(tx: ReadTx, area_code: string | null): Promise<string> {
  if (area_code === null) return NATION
  const area = await tx.selectFrom('area').select('county_code').where('area_code', '=', area_code).executeTakeFirst()
  return area?.county_code ?? NATION
}

export async function areasOf(
  tx: ReadTx,
  codes: string[],
): Promise<Map<string, { county_code: string | null; level: string }>> {
  if (codes.length === 0) return new Map()
  const rows = await tx
    .selectFrom('area')
    .select(['area_code', 'county_code', 'level'])
    .where('area_code', 'in', codes)
    .execute()
  return new Map(rows.map((row) => [row.area_code, row]))
}

/** SHA-256 of the submissions already here under these instanceIDs. */
export async function claimsOf(tx: ReadTx, instance_ids: string[]): Promise<Map<string, string>> {
  if (instance_ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('instance_claim')
    .select(['instance_id', 'xml_sha256'])
    .where('instance_id', 'in', instance_ids)
    .execute()
  return new Map(rows.map((row) => [row.instance_id, row.xml_sha256]))
}

/**
 * Claim instanceIDs for these submissions, nationwide. Returns the hash of what holds the ID for those that were
 * claimed before. A second sender of the same ID waits here until the first has committed, and then finds its hash.
 */
export async function claimInstances(
  tx: Tx,
  rows: readonly Pick<SubmissionRow, 'instance_id' | 'county_code' | 'xml_sha256'>[],
): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map()
  // The first of each ID, in one order for all writers: two bulk senders cannot wait for one another.
  const first = new Map(rows.toReversed().map((row) => [row.instance_id, row]))
  const wanted = [...first.values()]
    .map(({ instance_id, county_code, xml_sha256 }) => ({ instance_id, county_code, xml_sha256 }))
    .sort((a, b) => (a.instance_id < b.instance_id ? -1 : 1))
  const { rows: claimed } = await sql<{ instance_id: string }>`
    insert into instance_claim (instance_id, county_code, xml_sha256)
    select c.instance_id, c.county_code, c.xml_sha256
    from json_to_recordset(${JSON.stringify(wanted)}::json) as c (instance_id text, county_code text, xml_sha256 text)
    on conflict (instance_id) do nothing
    returning instance_id`.execute(tx)
  const ours = new Set(claimed.map((row) => row.instance_id))
  return await claimsOf(
    tx,
    wanted.map((row) => row.instance_id).filter((instance_id) => !ours.has(instance_id)),
  )
}

/** One statement for all: the values travel as JSON, sealed bytes in base64. */
export async function insertSubmissions(tx: Tx, rows: readonly SubmissionRow[]): Promise<void> {
  if (rows.length === 0) return
  const values = JSON.stringify(rows.map((row) => ({ ...row, xml_sealed: row.xml_sealed.toString('base64') })))
  await sql`insert into submission (county_code, instance_id, area_code, form_id, form_version, deprecated_id,
      household_code, xml_sealed, xml_sha256, answers, answers_extra, problems, state, device_id, surveyor_name,
      surveyed_on, received_at, account_id)
    select s.county_code, s.instance_id, s.area_code, s.form_id, s.form_version, s.deprecated_id, s.household_code,
      decode(s.xml_sealed, 'base64'), s.xml_sha256, s.answers, s.answers_extra, s.problems, 'accepted', s.device_id,
      s.surveyor_name, s.surveyed_on, s.received_at, s.account_id
    from json_to_recordset(${values}::json) as s (county_code text, instance_id text, area_code text, form_id text,
      form_version text, deprecated_id text, household_code text, xml_sealed text, xml_sha256 text, answers jsonb,
      answers_extra jsonb, problems jsonb, device_id text, surveyor_name text, surveyed_on date,
      received_at timestamptz, account_id text)`.execute(tx)
}

export interface Older {
  county_code: string
  instance_id: string
  state: string
}

/** The submission that an edit names, locked until the transaction ends; null when it is not here (for this actor). */
export async function lockSubmission(tx: Tx, instance_id: string): Promise<Older | null> {
  const claim = await tx
    .selectFrom('instance_claim')
    .select('county_code')
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
  if (!claim) return null
  const found = await tx
    .selectFrom('submission')
    .select(['county_code', 'instance_id', 'state'])
    .where('county_code', '=', claim.county_code)
    .where('instance_id', '=', instance_id)
    .forUpdate()
    .executeTakeFirst()
  return found ?? null
}

export async function supersede(tx: Tx, older: Older): Promise<void> {
  await tx
    .updateTable('submission')
    .set({ state: 'superseded' })
    .where('county_code', '=', older.county_code)
    .where('instance_id', '=', older.instance_id)
    .execute()
}
