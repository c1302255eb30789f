import { sql } from 'kysely'
import { checkNationalId } from '#engines/linkage/national_id.ts'
import { decrypt } from '#registry/secrets.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { isValidNumber, plainNumber, type Someone } from './cards.ts'
import { liveLeftIds, type Opening } from './store-load.ts'

/** A register record nobody is linked to, as someone to be compared: its name and number are all there is. */
export interface LooseRecord extends Someone {
  area_code: string
  national_id_hash: string | null
}

interface RecordRow {
  register: string
  record_id: string
  area_code: string
  name: string | null
  national_id_sealed: string | null
  national_id_hash: string | null
}

/** A county's register records without a live link, opened, in order of register and number. */
export async function looseRecords(tx: ReadTx, opening: Opening): Promise<LooseRecord[]> {
  const { rows } = await sql<RecordRow>`
    select r.register, r.record_id, r.area_code, r.name, r.national_id_sealed, r.national_id_hash
    from register_record r where r.county_code = ${opening.county_code}
    order by r.register, r.record_id`.execute(tx as never)
  const linked = new Set(await liveLeftIds(tx, opening.county_code, 'record'))
  const loose = rows
    .map((row) => ({ ...row, key: `${row.register}:${row.record_id}` }))
    .filter((row) => !linked.has(row.key))
  return loose.map((row) => ({
    key: row.key,
    card_id: row.register,
    name: row.name ?? '',
    relation: null,
    ...numberOf(opening, 'register_record.national_id', row.national_id_sealed),
    area_code: row.area_code,
    national_id_hash: row.national_id_hash,
  }))
}

function numberOf(opening: Opening, column: string, sealed: string | null) {
  const written_id = sealed === null ? '' : decrypt(opening.keys, column, sealed)
  const national_id = plainNumber(written_id, opening.scheme)
  // The number tells a birth date and a sex where the list does not.
  const told = opening.scheme === 'gb11643' ? checkNationalId(national_id, '9999-12-31') : undefined
  return {
    written_id,
    national_id,
    id_valid: national_id !== '' && isValidNumber(national_id, opening.scheme),
    birth_date: told?.birth_date ?? null,
    sex: told?.sex ?? null,
  }
}

interface HolderRow {
  person_id: string
  household_id: string
  name: string
  sex: string | null
  birth_date: string | null
  national_id_sealed: string | null
  national_id_hash: string | null
}

const holderOf = (opening: Opening, row: HolderRow): Someone => ({
  key: row.person_id,
  card_id: row.household_id,
  name: row.name,
  relation: null,
  ...numberOf(opening, 'person.national_id', row.national_id_hash === null ? null : row.national_id_sealed),
  sex: row.sex,
  birth_date: row.birth_date,
})

/** `register:record_id\nperson_id` that a person has said no to. */
export async function barredRecords(tx: ReadTx, county_code: string): Promise<Set<string>> {
  const { rows } = await sql<{ left_id: string; person_id: string }>`
    select left_id, person_id from link where county_code = ${county_code} and left_kind = 'record'
      and withdrawn_at is not null and evidence ->> 'replaces' is null
      and withdrawn_reason not like 'review %'`.execute(tx as never)
  return new Set(rows.map((row) => `${row.left_id}\n${row.person_id}`))
}

/** Persons that hold a number of these records, by its hash. A number lent to another member has none. */
export async function personsByNumber(
  tx: ReadTx,
  opening: Opening,
  records: readonly LooseRecord[],
): Promise<Map<string, Someone[]>> {
  const hashes = [...new Set(records.flatMap((record) => record.national_id_hash ?? []))]
  const { rows } = await sql<HolderRow>`
    select person_id, household_id, name, sex, birth_date, national_id_sealed, national_id_hash
    from person where county_code = ${opening.county_code} and state <> 'merged'
      and national_id_hash = any(${hashes})
    order by person_id`.execute(tx as never)
  const by_hash = Map.groupBy(rows, (row) => row.national_id_hash ?? '')
  return new Map([...by_hash].map(([hash, some]) => [hash, some.map((row) => holderOf(opening, row))]))
}

/** Everyone in a county: what records without a clear holder are weighed against. */
export async function personsForRecords(tx: ReadTx, opening: Opening): Promise<Someone[]> {
  const { rows } = await sql<HolderRow>`
    select person_id, household_id, name, sex, birth_date, national_id_sealed, national_id_hash
    from person where county_code = ${opening.county_code} and state <> 'merged'
    order by person_id`.execute(tx as never)
  return rows.map((row) => holderOf(opening, row))
}
