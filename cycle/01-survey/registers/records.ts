import { normalizeNationalId, toEighteen } from '#engines/linkage/model/national-id.ts'
import { encrypt, searchHash } from '#registry/secrets/secrets.ts'
import type { Reception } from '../receive/accept.ts'

/** One line of another department's list, as it came. Money in minor units, dates YYYY-MM-DD. */
export interface RecordGiven {
  /** The department's own number for the line; sent again under it, the line replaces the earlier one. */
  record_id: string
  national_id: string | null
  name: string | null
  value: number | null
  detail: string | null
  since: string | null
}

export interface RegisterRow {
  county_code: string
  register: string
  record_id: string
  area_code: string
  national_id_sealed: string | null
  national_id_hash: string | null
  name: string | null
  value: number | null
  detail: string | null
  since: string | null
  batch_id: string | null
  imported_at: string
}

/** Where a list comes from. */
export interface ListSource {
  county_code: string
  register: string
  batch_id: string | null
}

/** Lines as they are kept: the number encrypted, and hashed for finding its person again. */
export function registerRows(reception: Reception, source: ListSource, records: readonly RecordGiven[]): RegisterRow[] {
  const { keys, pack, now } = reception
  return records.map(({ record_id, national_id, name, value, detail, since }) => {
    const written = national_id?.trim() ?? ''
    const plain = pack.national_id === 'gb11643' ? toEighteen(written) : normalizeNationalId(written)
    return {
      ...source,
      record_id,
      area_code: source.county_code,
      national_id_sealed: written === '' ? null : encrypt(keys, 'register_record.national_id', written),
      national_id_hash: written === '' ? null : searchHash(keys, 'national_id', plain),
      name,
      value,
      detail,
      since,
      imported_at: now,
    }
  })
}
