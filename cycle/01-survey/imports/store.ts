import { sql, type Insertable, type Updateable } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { Tables } from '#registry/tables.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

export async function insertBatch(tx: Tx, batch: Insertable<Tables['import_batch']>): Promise<void> {
  await tx.insertInto('import_batch').values(batch).execute()
}

export async function updateBatch(
  tx: Tx,
  county_code: string,
  batch_id: string,
  set: Updateable<Tables['import_batch']>,
): Promise<void> {
  await tx
    .updateTable('import_batch')
    .set(set)
    .where('county_code', '=', county_code)
    .where('batch_id', '=', batch_id)
    .execute()
}

/** The mapping and kind of an import, for mending its rows; null when it is not here. */
export async function readBatch(tx: ReadTx, county_code: string, batch_id: string) {
  const found = await tx
    .selectFrom('import_batch')
    .select(['batch_id', 'county_code', 'area_code', 'kind', 'source', 'mapping', 'account', 'file_name'])
    .where('county_code', '=', county_code)
    .where('batch_id', '=', batch_id)
    .executeTakeFirst()
  return found ?? null
}

/** Imports of a place, newest first. One that is not done and whose job has ended was stopped on the way. */
export async function listBatches(tx: ReadTx, place: Place) {
  let query = tx
    .selectFrom('import_batch')
    .leftJoin('account', 'account.account_id', 'import_batch.account_id')
    .select([
      'batch_id',
      'area_code',
      'kind',
      'source',
      'file_name',
      'rows_read',
      'rows_accepted',
      'rows_known',
      'rows_quarantined',
      'rows_unused',
      'problems',
      'imported_at',
      'account.name as account_name',
      sql<'running' | 'done' | 'stopped'>`case when import_batch.state = 'done' then 'done'
        when exists (select 1 from job_run j where j.kind = 'import' and j.status in ('waiting', 'running')
          and j.input ->> 'batch_id' = import_batch.batch_id) then 'running'
        else 'stopped' end`.as('state'),
    ])
    .where('import_batch.area_code', '^@', place.prefix)
    .orderBy('imported_at', 'desc')
    .limit(200)
  if (place.county_code !== null) query = query.where('county_code', '=', place.county_code)
  return await query.execute()
}

/** A list as imports know it: its name, for the area it is brought for. */
export interface Source {
  county_code: string
  area_code: string
  source: string
}

export interface KnownKey {
  key_hash: string
  instance_id: string
  content_sha256: string
}

/** What the households of a list became before, by the hash of their key; locked in a writing transaction. */
export async function knownKeys(tx: Tx, of: Source, hashes: readonly string[], lock: boolean) {
  const known = new Map<string, KnownKey>()
  for (let start = 0; start < hashes.length; start += 2000) {
    let query = tx
      .selectFrom('import_key')
      .select(['key_hash', 'instance_id', 'content_sha256'])
      .where('county_code', '=', of.county_code)
      .where('area_code', '=', of.area_code)
      .where('source', '=', of.source)
      .where('key_hash', 'in', hashes.slice(start, start + 2000))
      .orderBy('key_hash')
    if (lock) query = query.forUpdate()
    for (const row of await query.execute()) known.set(row.key_hash, row)
  }
  return known
}

/** Remember what the households of a list became; a key that stands is brought up to date. */
export async function putKeys(
  tx: Tx,
  of: Source,
  keys: readonly KnownKey[],
  about: { batch_id: string; recorded_at: string },
): Promise<void> {
  const last = [...new Map(keys.map((key) => [key.key_hash, key])).values()]
  if (last.length === 0) return
  // In one order for all writers: two imports of one list cannot wait for one another.
  last.sort((a, b) => (a.key_hash < b.key_hash ? -1 : 1))
  await tx
    .insertInto('import_key')
    .values(last.map((key) => ({ ...of, ...key, ...about })))
    .onConflict((conflict) =>
      conflict.columns(['county_code', 'area_code', 'source', 'key_hash']).doUpdateSet((excluded) => ({
        instance_id: excluded.ref('excluded.instance_id'),
        content_sha256: excluded.ref('excluded.content_sha256'),
        batch_id: excluded.ref('excluded.batch_id'),
        recorded_at: excluded.ref('excluded.recorded_at'),
      })),
    )
    .execute()
}

/** The submission that holds today what this one held: itself, or the last of its corrections. */
export async function newestOf(tx: ReadTx, instance_id: string): Promise<string> {
  const claim = await tx
    .selectFrom('instance_claim')
    .select('county_code')
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
  let newest = instance_id
  // A chain of corrections is as long as somebody corrected by hand; a ring is impossible, as each names an older one.
  for (let step = 0; claim && step < 1000; step++) {
    const next = await tx
      .selectFrom('submission')
      .select('instance_id')
      .where('county_code', '=', claim.county_code)
      .where('deprecated_id', '=', newest)
      .executeTakeFirst()
    if (!next) break
    newest = next.instance_id
  }
  return newest
}

/** The saved mappings of a place. */
export async function listMappings(tx: ReadTx, place: Place & { county_code: string }) {
  return await tx
    .selectFrom('import_mapping')
    .leftJoin('account', 'account.account_id', 'import_mapping.account_id')
    .select(['import_mapping.area_code', 'import_mapping.name', 'kind', 'mapping', 'saved_at'])
    .select('account.name as account_name')
    .where('county_code', '=', place.county_code)
    .where('import_mapping.area_code', '=', place.area_code)
    .orderBy('import_mapping.name')
    .execute()
}

export async function putMapping(tx: Tx, row: Insertable<Tables['import_mapping']>): Promise<void> {
  await tx
    .insertInto('import_mapping')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['county_code', 'area_code', 'name']).doUpdateSet((excluded) => ({
        kind: excluded.ref('excluded.kind'),
        mapping: excluded.ref('excluded.mapping'),
        saved_at: excluded.ref('excluded.saved_at'),
        account_id: excluded.ref('excluded.account_id'),
      })),
    )
    .execute()
}

/** How many were removed: none, where there is no mapping of that name. */
export async function removeMapping(tx: Tx, place: Place & { county_code: string }, name: string): Promise<number> {
  const gone = await tx
    .deleteFrom('import_mapping')
    .where('county_code', '=', place.county_code)
    .where('area_code', '=', place.area_code)
    .where('name', '=', name)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}
