import type { ReadTx } from '#registry/transaction.ts'

/** Open cases of these households, with the household each counts for now. */
export function openCasesOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  return tx
    .selectFrom('appraisal_now')
    .select(['appraisal_id', 'household_id', 'counts_for', 'held'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('closed_at', 'is', null)
    .orderBy('appraisal_id')
    .execute()
}
