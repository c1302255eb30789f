// What families and officers said of single measures of a year's plan.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Wish } from '../prescribe.ts'

export interface StoredWish extends Wish {
  wish_id: string
  /** The household it counts for today. */
  household_id: string
  made_at: string
  made_by: string | null
}

/** Standing wishes of households for a year; those of a household that was merged count for the one that stays. */
export async function wishesOf(
  tx: ReadTx,
  county_code: string,
  household_ids: readonly string[],
  year: number,
): Promise<Map<string, StoredWish[]>> {
  if (household_ids.length === 0) return new Map()
  const { rows } = await sql<StoredWish>`
    select w.wish_id, coalesce(h.merged_into, h.household_id) as household_id, w.measure_code, w.kind, w.reason,
      w.made_at, w.made_by
    from plan_wish w
    join household h on h.county_code = w.county_code and h.household_id = w.household_id
    where w.county_code = ${county_code} and w.year = ${year} and w.withdrawn_at is null
      and coalesce(h.merged_into, h.household_id) = any(${[...household_ids]})
    order by w.made_at, w.wish_id`.execute(tx)
  return Map.groupBy(rows, (row) => row.household_id)
}

interface By {
  county_code: string
  now: string
  account_id: string | null
}

/** One wish for a measure of a year stands: a new one takes the place of the one before. */
export async function saveWish(
  tx: Tx,
  by: By,
  wish: Wish & { household_id: string; area_code: string; year: number },
): Promise<string> {
  await tx
    .updateTable('plan_wish')
    .set({ withdrawn_at: by.now, withdrawn_by: by.account_id })
    .where('county_code', '=', by.county_code)
    .where('household_id', '=', wish.household_id)
    .where('year', '=', wish.year)
    .where('measure_code', '=', wish.measure_code)
    .where('withdrawn_at', 'is', null)
    .execute()
  const wish_id = randomUUID()
  const { household_id, area_code, year, measure_code, kind, reason } = wish
  const made = { county_code: by.county_code, made_at: by.now, made_by: by.account_id }
  await tx
    .insertInto('plan_wish')
    .values({ wish_id, household_id, area_code, year, measure_code, kind, reason, ...made })
    .execute()
  return wish_id
}

/** Takes a wish back; false where none of that number stands. */
export async function withdrawWish(tx: Tx, by: By, wish_id: string): Promise<boolean> {
  const result = await tx
    .updateTable('plan_wish')
    .set({ withdrawn_at: by.now, withdrawn_by: by.account_id })
    .where('county_code', '=', by.county_code)
    .where('wish_id', '=', wish_id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
