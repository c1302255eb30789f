import { sql } from 'kysely'
import type { ReadTx } from '#registry/transaction.ts'

/** Households for which something was given, earned or somebody named, with whom that counts for now. */
export async function givenTo(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  const ids = [...household_ids]
  const { rows } = await sql<{ household_id: string; counts_for: string }>`
    select household_id, counts_for from delivery_now where county_code = ${county_code} and household_id = any(${ids})
    union select household_id, counts_for from income_ledger_now
      where county_code = ${county_code} and household_id = any(${ids})
    union select household_id, counts_for from helper_now
      where county_code = ${county_code} and household_id = any(${ids})
    order by household_id`.execute(tx)
  return rows
}
