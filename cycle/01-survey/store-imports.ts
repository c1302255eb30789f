import type { Insertable } from 'kysely'
import type { Place } from '#door/area.ts'
import type { Tables } from '#registry/tables.ts'
import type { Tx } from '#registry/transaction.ts'

export async function insertBatch(tx: Tx, batch: Insertable<Tables['import_batch']>): Promise<void> {
  await tx.insertInto('import_batch').values(batch).execute()
}

/** Imports of a place, newest first. */
export async function listBatches(tx: Tx, place: Place) {
  let query = tx
    .selectFrom('import_batch')
    .leftJoin('account', 'account.account_id', 'import_batch.account_id')
    .select([
      'batch_id',
      'area_code',
      'kind',
      'file_name',
      'rows_read',
      'rows_accepted',
      'rows_quarantined',
      'problems',
      'imported_at',
      'account.name as account_name',
    ])
    .where('area_code', 'like', place.prefix)
    .orderBy('imported_at', 'desc')
    .limit(200)
  if (place.county_code !== null) query = query.where('county_code', '=', place.county_code)
  return await query.execute()
}
