import type { ReadTx } from '#registry/transaction.ts'

/** Plans in force of these households, with the household each counts for now. */
export function plansOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  return tx
    .selectFrom('plan_now')
    .select(['plan_id', 'household_id', 'counts_for', 'held'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('superseded_at', 'is', null)
    .orderBy('plan_id')
    .execute()
}
