// Nothing counts twice. Whatever is looked at before something is written must still be so when it is written: the row
// that the decision is about is locked first, the look comes after. Of two requests sent at once the second waits here
// until the first has committed, and then finds what the first has done. One order for everybody, so that nobody waits
// in a circle: an area, then households by number, then cases (plans, appraisals, exits) by theirs, the audit last.
import type { Tx } from '#registry/transaction.ts'
import { problem } from './problems.ts'

export interface Held {
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  merged_into: string | null
}

/**
 * Take hold of households until the transaction ends: nobody else writes about them, merges or parts them meanwhile.
 * Everything that is checked before a write on a household is read after this. One that does not exist, or lies outside
 * the actor's sight, is not among those returned (by household_id).
 */
export async function holdHouseholds(
  tx: Tx,
  county_code: string,
  household_ids: Iterable<string>,
): Promise<Map<string, Held>> {
  const ids = [...new Set(household_ids)]
  if (ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('household')
    .select(['household_id', 'area_code', 'head_name', 'household_size', 'merged_into'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', ids)
    .orderBy('household_id')
    // Not `for update`: rows that only point at a household (foreign keys) are written without waiting.
    .forNoKeyUpdate()
    .execute()
  return new Map(rows.map((row) => [row.household_id, row]))
}

/**
 * Take hold of an area until the transaction ends, for what concerns the area and no single household: a run over a
 * county, an evaluation, a setting, the exit of a village. Throws `not_found` for a code that is no area.
 */
export async function holdArea(tx: Tx, area_code: string): Promise<void> {
  const held = await tx
    .selectFrom('area')
    .select('area_code')
    .where('area_code', '=', area_code)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!held) throw problem('not_found', { detail: `There is no area ${area_code}.` })
}

/** As `holdArea`, for what the whole nation has in common: forms, rules, accounts. */
export async function holdNation(tx: Tx): Promise<void> {
  await tx.selectFrom('area').select('area_code').where('parent_code', 'is', null).forNoKeyUpdate().execute()
}
