import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { RegisterRow } from './records.ts'

/**
 * Keep lines of departments' lists; a line of the same register and number is replaced where it says something else.
 * Returns how many were new or changed.
 */
export async function upsertRecords(tx: Tx, rows: readonly RegisterRow[]): Promise<number> {
  // Of a number that stands twice in one list the last line counts: one statement may touch a row only once.
  // In one order for all writers: two lists cannot wait for one another.
  const last = [...new Map(rows.map((row) => [`${row.register}\n${row.record_id}`, row]))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
  if (last.length === 0) return 0
  const result = await sql`insert into register_record (county_code, register, record_id, area_code,
      national_id_sealed, national_id_hash, name, value, detail, since, batch_id, imported_at)
    select r.county_code, r.register, r.record_id, r.area_code, r.national_id_sealed, r.national_id_hash, r.name,
      r.value, r.detail, r.since, r.batch_id, r.imported_at
    from json_to_recordset(${JSON.stringify(last)}::json) as r (county_code text, register text, record_id text,
      area_code text, national_id_sealed text, national_id_hash text, name text, value bigint, detail text,
      since date, batch_id text, imported_at timestamptz)
    on conflict (county_code, register, record_id) do update set national_id_sealed = excluded.national_id_sealed,
      national_id_hash = excluded.national_id_hash, name = excluded.name, value = excluded.value,
      detail = excluded.detail, since = excluded.since, batch_id = excluded.batch_id,
      imported_at = excluded.imported_at
    where (register_record.national_id_hash, register_record.name, register_record.value, register_record.detail,
        register_record.since)
      is distinct from (excluded.national_id_hash, excluded.name, excluded.value, excluded.detail, excluded.since)
  `.execute(tx)
  return Number(result.numAffectedRows ?? 0n)
}

/** How many lines of each register a county has, and when the last came. */
export async function countRecords(tx: ReadTx, county_code: string) {
  return await tx
    .selectFrom('register_record')
    .select([
      'register',
      (all) => all.fn.countAll<number>().as('records'),
      (all) => all.fn.max('imported_at').as('imported_at'),
    ])
    .where('county_code', '=', county_code)
    .groupBy('register')
    .orderBy('register')
    .execute()
}
