import type { ReadTx, Tx } from '#registry/transaction.ts'

/** Those of these households that were diagnosed once, with the assessment their diagnosis in force rests on, if any. */
export async function diagnosedAmong(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const rows = await tx
    .selectFrom('diagnosis')
    .select(['household_id', 'assessment_id', 'superseded_at'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .orderBy('superseded_at', (order) => order.desc().nullsLast())
    .execute()
  // The one in force comes last, where there is one.
  return new Map(rows.map((row) => [row.household_id, row.superseded_at === null ? row.assessment_id : null]))
}

/** Of these households those with a line on the register, struck off or not, with the assessment in force. */
export async function assessedAmong(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const rows = await tx
    .selectFrom('register_household as r')
    .innerJoin('assessment as a', (join) =>
      join
        .onRef('a.county_code', '=', 'r.county_code')
        .onRef('a.household_id', '=', 'r.household_id')
        .on('a.superseded_at', 'is', null),
    )
    .select(['r.household_id', 'r.status', 'a.assessment_id', 'a.reference_date'])
    .where('r.county_code', '=', county_code)
    .where('r.household_id', 'in', household_ids)
    .execute()
  return new Map(rows.map((row) => [row.household_id, row]))
}

/** Diagnoses that are in force no longer. Returns how many there were. */
export async function dropDiagnoses(tx: Tx, county_code: string, household_ids: readonly string[], now: string) {
  if (household_ids.length === 0) return 0
  const dropped = await tx
    .updateTable('diagnosis')
    .set({ superseded_at: now })
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .returning('diagnosis_id')
    .execute()
  return dropped.length
}
