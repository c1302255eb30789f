import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Projection } from './store.ts'

/** Those of these households that are on the register. */
export async function registeredAmong(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0) return []
  const rows = await tx
    .selectFrom('register_household')
    .select('household_id')
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .where('status', '=', 'registered')
    .orderBy('household_id')
    .execute()
  return rows.map((row) => row.household_id)
}

/** These households as they stand now. */
export async function standingOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0) return []
  return await tx
    .selectFrom('household')
    .select(['household_id', 'area_code', 'head_name', 'household_size', 'state'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .orderBy('household_id')
    .execute()
}

/** Their lines on the register, by household_id. */
export async function projectionsOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0) return new Map<string, Projection>()
  const rows = await tx
    .selectFrom('register_household')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .execute()
  return new Map(rows.map((row) => [row.household_id, row as Projection]))
}

/** Take the lines of households away that no entry speaks of any more. Entries stay. */
export async function dropProjections(tx: Tx, county_code: string, household_ids: readonly string[]): Promise<void> {
  if (household_ids.length === 0) return
  await tx
    .deleteFrom('register_household')
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .execute()
}
