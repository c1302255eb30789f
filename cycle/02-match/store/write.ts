// Everything is written many rows a statement: values travel as one JSON array each.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { HouseholdFold } from '../run/fold.ts'

export interface Stamp {
  county_code: string
  run_id: string | null
  account_id: string | null
  now: string
}

export interface PersonValues {
  person_id: string
  household_id: string
  area_code: string
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id_sealed: string | null
  national_id_hash: string | null
  national_id_ending: string | null
  national_id_valid: boolean | null
  state: string
}

export interface LinkValues {
  link_id: string
  area_code: string
  left_kind: StateOf<'link.left_kind'>
  left_id: string
  household_id: string | null
  person_id: string | null
  method: StateOf<'link.method'>
  band: StateOf<'link.band'>
  match_weight: number | null
  match_probability: number | null
  evidence: unknown
}

export interface ReviewValues {
  review_id: string
  area_code: string
  left_kind: string
  left_id: string
  right_household_id: string
  right_person_id: string | null
  match_weight: number
  match_probability: number
  evidence: unknown
  /** Bits at which no question would have been asked; null where no threshold decides it. */
  decisive: number | null
}

/** Lock the county's serial: one writer at a time. */
export async function lockCounty(tx: Tx, county_code: string): Promise<void> {
  await tx
    .insertInto('household_serial')
    .values({ county_code, next_serial: 1, keyed_as: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await tx
    .selectFrom('household_serial')
    .select('next_serial')
    .where('county_code', '=', county_code)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

/** The revision that this transaction makes, one more than the last, and the next free number. */
export async function nextRevision(tx: Tx, county_code: string): Promise<{ serial: number; revision: number }> {
  const row = await tx
    .updateTable('household_serial')
    .set((set) => ({ revision: set('revision', '+', 1) }))
    .where('county_code', '=', county_code)
    .returning(['next_serial', 'revision'])
    .executeTakeFirstOrThrow()
  return { serial: Number(row.next_serial), revision: Number(row.revision) }
}

/** Lock the county for a transaction that writes who is who. */
export async function lockSerial(tx: Tx, county_code: string): Promise<{ serial: number; revision: number }> {
  await lockCounty(tx, county_code)
  return await nextRevision(tx, county_code)
}

/** How often it was written who is who in a county: 0 before the first run. */
export async function revisionOf(tx: ReadTx, county_code: string): Promise<number> {
  const { rows } = await sql<{ revision: number }>`select revision from household_serial
    where county_code = ${county_code}`.execute(tx)
  return Number(rows[0]?.revision ?? 0)
}

export async function saveSerial(tx: Tx, county_code: string, next_serial: number): Promise<void> {
  await tx.updateTable('household_serial').set({ next_serial }).where('county_code', '=', county_code).execute()
}

export async function insertHouseholds(tx: Tx, stamp: Stamp, rows: readonly HouseholdFold[]): Promise<void> {
  if (rows.length === 0) return
  await sql`insert into household (county_code, household_id, area_code, head_name, household_size, first_instance_id,
      current_instance_id, surveyed_on, state, created_at, changed_at)
    select ${stamp.county_code}, r.household_id, r.area_code, r.head_name, r.household_size, r.first_instance_id,
      r.current_instance_id, r.surveyed_on, 'active', ${stamp.now}::timestamptz, ${stamp.now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(household_id text, area_code text, head_name text,
      household_size int, first_instance_id text, current_instance_id text, surveyed_on date)`.execute(tx)
}

export async function insertPersons(tx: Tx, stamp: Stamp, rows: readonly PersonValues[]): Promise<void> {
  if (rows.length === 0) return
  await sql`insert into person (county_code, person_id, household_id, area_code, name, relation, sex, birth_date,
      national_id_sealed, national_id_hash, national_id_ending, national_id_valid, state, created_at, changed_at)
    select ${stamp.county_code}, r.person_id, r.household_id, r.area_code, r.name, r.relation, r.sex, r.birth_date,
      r.national_id_sealed, r.national_id_hash, r.national_id_ending, r.national_id_valid, r.state,
      ${stamp.now}::timestamptz, ${stamp.now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(person_id text, household_id text, area_code text,
      name text, relation text, sex text, birth_date date, national_id_sealed text, national_id_hash text,
      national_id_ending text, national_id_valid boolean, state text)`.execute(tx)
  await markFresh(tx, stamp.county_code, rows)
}

/** Remember persons that register records have not been compared with as they are now. */
export async function markFresh(tx: Tx, county_code: string, rows: readonly PersonValues[]): Promise<void> {
  if (rows.length === 0) return
  const fresh = rows.map(({ person_id, area_code }) => ({ person_id, area_code }))
  await sql`insert into match_person_fresh (county_code, person_id, area_code)
    select ${county_code}, r.person_id, r.area_code
    from json_to_recordset(${JSON.stringify(fresh)}::json) as r(person_id text, area_code text)
    on conflict (county_code, person_id) do nothing`.execute(tx)
}

export async function insertLinks(tx: Tx, stamp: Stamp, rows: readonly LinkValues[]): Promise<void> {
  if (rows.length === 0) return
  await sql`insert into link (county_code, link_id, area_code, left_kind, left_id, household_id, person_id, method,
      band, match_weight, match_probability, evidence, run_id, account_id, linked_at)
    select ${stamp.county_code}, r.link_id, r.area_code, r.left_kind, r.left_id, r.household_id, r.person_id, r.method,
      r.band, r.match_weight, r.match_probability, r.evidence, ${stamp.run_id}, ${stamp.account_id},
      ${stamp.now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(link_id text, area_code text, left_kind text,
      left_id text, household_id text, person_id text, method text, band text, match_weight double precision,
      match_probability double precision, evidence jsonb)`.execute(tx)
}

/** Open questions; `second_share` of them, drawn by the hash of what they ask, are put to two reviewers. */
export async function insertReviews(
  tx: Tx,
  stamp: Stamp,
  rows: readonly ReviewValues[],
  second_share: number,
): Promise<void> {
  if (rows.length === 0) return
  const drawn = rows.map((row) => ({ ...row, second_drawn: isDrawn(row, second_share) }))
  await sql`insert into match_review (county_code, review_id, area_code, left_kind, left_id, right_household_id,
      right_person_id, match_weight, match_probability, evidence, decisive, second_drawn, state, created_at)
    select ${stamp.county_code}, r.review_id, r.area_code, r.left_kind, r.left_id, r.right_household_id,
      r.right_person_id, r.match_weight, r.match_probability, r.evidence, r.decisive, r.second_drawn, 'open',
      ${stamp.now}::timestamptz
    from json_to_recordset(${JSON.stringify(drawn)}::json) as r(review_id text, area_code text, left_kind text,
      left_id text, right_household_id text, right_person_id text, match_weight double precision,
      match_probability double precision, evidence jsonb, decisive double precision, second_drawn boolean)`.execute(tx)
}

/** Drawn by what is asked, not by chance: the same question is drawn in every run. */
function isDrawn(row: ReviewValues, share: number): boolean {
  const hash = createHash('sha256').update(`${row.left_id}\n${row.right_household_id}`).digest()
  return hash.readUInt32BE(0) / 2 ** 32 < share
}

export async function startRun(tx: Tx, stamp: Stamp & { run_id: string }, area_code: string, model: unknown) {
  await tx
    .insertInto('match_run')
    .values({
      county_code: stamp.county_code,
      run_id: stamp.run_id,
      area_code,
      model: JSON.stringify(model),
      counts: '{}',
      started_at: stamp.now,
      finished_at: null,
      account_id: stamp.account_id,
    })
    .execute()
}

export async function finishRun(tx: Tx, stamp: Stamp & { run_id: string }, counts: unknown) {
  await tx
    .updateTable('match_run')
    .set({ counts: JSON.stringify(counts), finished_at: stamp.now })
    .where('county_code', '=', stamp.county_code)
    .where('run_id', '=', stamp.run_id)
    .execute()
}
