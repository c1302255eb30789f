import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { QuarantineRow } from './codes.ts'

/** Keep items in quarantine; those that lie there already stay as they are. */
export async function insertQuarantine(tx: Tx, rows: readonly QuarantineRow[]): Promise<void> {
  if (rows.length === 0) return
  // Within one statement too the same bytes may come twice.
  const first = [...new Map(rows.toReversed().map((row) => [row.quarantine_id, row])).values()].toReversed()
  await tx
    .insertInto('quarantine')
    .values(
      first.map((row) => ({
        ...row,
        problem: JSON.stringify(row.problem),
        resolved_at: null,
        resolved_by: null,
        resolution: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const listed = [
  'county_code',
  'quarantine_id',
  'area_code',
  'received_at',
  'source',
  'content_type',
  'problem',
  'resolved_at',
  'resolution',
] as const

/** Items of a place, oldest first; files that wait for their submission are counted with it, not listed. */
export async function listQuarantine(
  tx: ReadTx,
  place: Place,
  wish: { resolved: boolean; limit: number; after?: string | undefined; batch_id?: string | undefined },
) {
  let query = tx
    .selectFrom('quarantine')
    .select(listed)
    .where('area_code', '^@', place.prefix)
    .where(sql<boolean>`problem ->> 'code' <> 'survey_file_waiting'`)
    .where('resolved_at', wish.resolved ? 'is not' : 'is', null)
    .orderBy('received_at')
    .orderBy('quarantine_id')
    .limit(wish.limit + 1)
  if (place.county_code !== null) query = query.where('county_code', '=', place.county_code)
  if (wish.batch_id !== undefined) query = query.where('source', '=', `import ${wish.batch_id}`)
  const [received_at, quarantine_id] = wish.after?.split('|') ?? []
  if (received_at && quarantine_id) {
    query = query.where(sql<boolean>`(received_at, quarantine_id) > (${received_at}::timestamptz, ${quarantine_id})`)
  }
  const rows = await query.execute()
  const items = rows.slice(0, wish.limit)
  const last = rows.length > wish.limit ? items.at(-1) : undefined
  return { items, ...(last ? { next: `${last.received_at}|${last.quarantine_id}` } : {}) }
}

/** How many items of a place wait, or of one import there. */
export async function countQuarantine(tx: ReadTx, place: Place, batch_id?: string): Promise<number> {
  let query = tx
    .selectFrom('quarantine')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('area_code', '^@', place.prefix)
    .where('resolved_at', 'is', null)
    .where(sql<boolean>`problem ->> 'code' <> 'survey_file_waiting'`)
  if (place.county_code !== null) query = query.where('county_code', '=', place.county_code)
  if (batch_id !== undefined) query = query.where('source', '=', `import ${batch_id}`)
  return Number((await query.executeTakeFirstOrThrow()).count)
}

/** One item with its bytes, locked in a writing transaction so that two do not resolve it at once. */
export async function readQuarantine(tx: ReadTx, quarantine_id: string) {
  return (await numbered(tx, quarantine_id).executeTakeFirst()) ?? null
}

/** As `readQuarantine`, held until the transaction ends. */
export async function holdQuarantine(tx: Tx, quarantine_id: string) {
  return (await numbered(tx, quarantine_id).forUpdate().executeTakeFirst()) ?? null
}

// cross-county: an item is asked for by its number alone; row-level security keeps those of others out.
const numbered = (tx: ReadTx, quarantine_id: string) =>
  tx.selectFrom('quarantine').selectAll().where('quarantine_id', '=', quarantine_id)

/** The files that wait for a quarantined submission. */
export async function waitingFiles(tx: ReadTx, county_code: string, quarantine_id: string) {
  return await tx
    .selectFrom('quarantine')
    .selectAll()
    .where('county_code', '=', county_code)
    .where(sql<boolean>`problem ->> 'of' = ${quarantine_id}`)
    .where('resolved_at', 'is', null)
    .execute()
}

/** Items of a county that still wait, of these numbers; locked, so that two do not settle one at once. */
export async function waitingItems(tx: Tx, county_code: string, quarantine_ids: readonly string[]) {
  if (quarantine_ids.length === 0) return []
  return await tx
    .selectFrom('quarantine')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('quarantine_id', 'in', quarantine_ids)
    .where('resolved_at', 'is', null)
    .orderBy('quarantine_id')
    .forUpdate()
    .execute()
}

/** Corrections of a county that wait for one of these submissions. */
export async function waitingCorrections(tx: Tx, county_code: string, instance_ids: readonly string[]) {
  if (instance_ids.length === 0) return []
  return await tx
    .selectFrom('quarantine')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('resolved_at', 'is', null)
    .where(sql<boolean>`problem ->> 'code' = 'survey_edit_unknown'`)
    .where(sql<string>`problem ->> 'deprecated_id'`, 'in', instance_ids)
    .orderBy('quarantine_id')
    .forUpdate()
    .execute()
}

export async function closeQuarantine(
  tx: Tx,
  county_code: string,
  quarantine_ids: readonly string[],
  how: { resolved_at: string; resolved_by: string | null; resolution: string },
): Promise<void> {
  await tx
    .updateTable('quarantine')
    .set(how)
    .where('county_code', '=', county_code)
    .where('quarantine_id', 'in', quarantine_ids)
    .execute()
}
