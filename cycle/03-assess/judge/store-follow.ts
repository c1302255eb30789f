import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'

/** The day each household was last assessed for; none for those never assessed. */
export async function referenceDates(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const { rows } = await sql<{ household_id: string; reference_date: string }>`
    select distinct on (household_id) household_id, reference_date from assessment
    where county_code = ${county_code} and household_id = any(${[...household_ids]})
    order by household_id, superseded_at desc nulls first, assessed_at desc`.execute(tx)
  return new Map(rows.map((row) => [row.household_id, row.reference_date]))
}

/** Households that are no longer there: no assessment in force, no open task. Returns how many lost theirs. */
export async function dropAssessments(tx: Tx, county_code: string, household_ids: readonly string[], now: string) {
  if (household_ids.length === 0) return 0
  for (const table of ['follow_up', 'verification'] as const) {
    await tx
      .updateTable(table)
      .set({ state: 'dropped' })
      .where('county_code', '=', county_code)
      .where('household_id', 'in', household_ids)
      .where('state', '=', 'open')
      .execute()
  }
  const dropped = await tx
    .updateTable('assessment')
    .set({ superseded_at: now })
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .returning('assessment_id')
    .execute()
  return dropped.length
}

/** A person's word on the same evidence under the same rules holds for the assessment in force. */
export async function carryDecisions(tx: Tx, county_code: string, household_ids: readonly string[]): Promise<void> {
  if (household_ids.length === 0) return
  await sql`with said as (
      select distinct on (n.verification_id) n.verification_id, o.state, o.decided_at, o.decided_by, o.note
      from verification n
      join assessment a on a.county_code = n.county_code and a.assessment_id = n.assessment_id
      join assessment b on b.county_code = a.county_code and b.household_id = a.household_id
        and b.evidence_sha256 = a.evidence_sha256 and b.pack_hash = a.pack_hash and b.assessment_id <> a.assessment_id
      join verification o on o.county_code = b.county_code and o.assessment_id = b.assessment_id
        and o.decided_at is not null
      where n.county_code = ${county_code} and n.household_id = any(${[...household_ids]}) and n.state = 'open'
      order by n.verification_id, o.decided_at desc)
    update verification v set state = s.state, decided_at = s.decided_at, decided_by = s.decided_by, note = s.note
    from said s where v.county_code = ${county_code} and v.verification_id = s.verification_id`.execute(tx)
}
