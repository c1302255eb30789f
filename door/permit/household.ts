import type { ReadTx } from '#registry/transaction.ts'
import { countyOfHousehold } from './area.ts'

/**
 * The household that a route names, as far as a room needs it to permit and to show; undefined where it does not exist or
 * lies outside the actor's area.
 */
export function householdOf(tx: ReadTx, household_id: string) {
  return tx
    .selectFrom('household')
    .select(['county_code', 'household_id', 'area_code', 'head_name', 'household_size', 'merged_into'])
    .where('county_code', '=', countyOfHousehold(household_id))
    .where('household_id', '=', household_id)
    .executeTakeFirst()
}
