import { sql } from 'kysely'
import { checkNationalId } from '#engines/linkage/model/national-id.ts'
import { decryptOr, searchHash } from '#registry/secrets/secrets.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { isValidNumber, plainNumber, type Someone } from '../run/cards.ts'
import type { Opening } from './load.ts'

/** A register record nobody is linked to: who it speaks of is known by its number's hash and its name. */
export interface LooseRecord {
  key: string
  area_code: string
  name: string
  national_id_sealed: string | null
  national_id_hash: string | null
  /** Keyed hash of what the record says. */
  digest: string
  /** Compared with everyone before, and unchanged since. */
  seen: boolean
}

interface RecordRow extends Omit<LooseRecord, 'key' | 'name' | 'digest' | 'seen'> {
  register: string
  record_id: string
  name: string | null
}

/** A county's register records without a live link, in order of register and number. */
export async function looseRecords(tx: ReadTx, opening: Opening): Promise<LooseRecord[]> {
  const { rows } = await sql<RecordRow>`
    select register, record_id, area_code, name, national_id_sealed, national_id_hash
    from register_record where county_code = ${opening.county_code}
    order by register, record_id`.execute(tx)
  const linked = new Set(await linkedRecords(tx, opening.county_code))
  const { rows: seen } = await sql<{ left_id: string; digest: string }>`
    select left_id, digest from match_record_seen where county_code = ${opening.county_code}`.execute(tx)
  const digests = new Map(seen.map((row) => [row.left_id, row.digest]))
  return rows.flatMap(({ register, record_id, ...row }) => {
    const key = `${register}:${record_id}`
    if (linked.has(key)) return []
    const name = row.name ?? ''
    const digest = searchHash(opening.keys, 'register_record', `${name}\n${row.national_id_hash ?? ''}`)
    return [{ ...row, key, name, digest, seen: digests.get(key) === digest }]
  })
}

/** Records that are linked to somebody whom a card names. */
export async function linkedRecords(tx: ReadTx, county_code: string): Promise<string[]> {
  const { rows } = await sql<{ left_id: string }>`
    select l.left_id from link l join person p on p.county_code = l.county_code and p.person_id = l.person_id
    where l.county_code = ${county_code} and l.left_kind = 'record' and l.withdrawn_at is null
      and p.state not in ('merged', 'gone')`.execute(tx)
  return rows.map((row) => row.left_id)
}

/** Links of these records to somebody whom no card names any more: they wait for his card to stand again. */
export async function restingLinks(tx: ReadTx, county_code: string, left_ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ link_id: string }>`
    select l.link_id from link l join person p on p.county_code = l.county_code and p.person_id = l.person_id
    where l.county_code = ${county_code} and l.left_kind = 'record' and l.withdrawn_at is null
      and l.left_id = any(${[...left_ids]}) and p.state in ('merged', 'gone')`.execute(tx)
  return rows.map((row) => row.link_id)
}

/** Persons who came, or are other than before, since records were last compared. */
export async function freshPersons(tx: ReadTx, county_code: string): Promise<Set<string>> {
  const { rows } = await sql<{ person_id: string }>`
    select person_id from match_person_fresh where county_code = ${county_code}`.execute(tx)
  return new Set(rows.map((row) => row.person_id))
}

/** These records have been compared with everyone, and these persons with every record. */
export async function rememberCompared(
  tx: Tx,
  county_code: string,
  records: readonly LooseRecord[],
  person_ids: ReadonlySet<string>,
): Promise<void> {
  const rows = records.map(({ key, area_code, digest }) => ({ left_id: key, area_code, digest }))
  await sql`insert into match_record_seen (county_code, left_id, area_code, digest)
    select ${county_code}, r.left_id, r.area_code, r.digest
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(left_id text, area_code text, digest text)
    on conflict (county_code, left_id) do update set digest = excluded.digest`.execute(tx)
  await sql`delete from match_person_fresh
    where county_code = ${county_code} and person_id = any(${[...person_ids]})`.execute(tx)
}

/** A record as someone to be compared. A list gives no birth date or sex of its own: the number tells them. */
export function openRecord(opening: Opening, record: LooseRecord): Someone {
  const number = numberOf(opening, 'register_record.national_id', record.national_id_sealed)
  const told = opening.scheme === 'gb11643' ? checkNationalId(number.national_id, '9999-12-31') : undefined
  return {
    key: record.key,
    card_id: record.key,
    name: record.name,
    relation: null,
    sex: told?.sex ?? null,
    birth_date: told?.birth_date ?? null,
    ...number,
  }
}

function numberOf(opening: Opening, column: string, sealed: string | null) {
  // One that cannot be opened is compared without its number.
  const written_id = sealed === null ? '' : (decryptOr(opening.keys, column, sealed) ?? '')
  const national_id = plainNumber(written_id, opening.scheme)
  return { written_id, national_id, id_valid: national_id !== '' && isValidNumber(national_id, opening.scheme) }
}

/** `register:record_id\nperson_id` that a person has said no to. */
export async function barredRecords(tx: ReadTx, county_code: string): Promise<Set<string>> {
  const { rows } = await sql<{ left_id: string; person_id: string }>`
    select left_id, person_id from link l where county_code = ${county_code} and left_kind = 'record'
      and withdrawn_with = link_id and not exists (select 1 from link n
        where n.county_code = l.county_code and n.evidence ->> 'restores' = l.link_id)`.execute(tx)
  return new Set(rows.map((row) => `${row.left_id}\n${row.person_id}`))
}

interface PersonRow {
  person_id: string
  household_id: string
  name: string
  sex: string | null
  birth_date: string | null
  national_id_sealed: string | null
  national_id_hash: string | null
}

export interface Holder {
  person_id: string
  name: string
  national_id_hash: string | null
}

/** Persons of a county that have one of these numbers, by its hash. A number lent to another member has no hash. */
export async function holdersOf(
  tx: ReadTx,
  county_code: string,
  hashes: readonly string[],
): Promise<Map<string, Holder[]>> {
  if (hashes.length === 0) return new Map()
  const { rows } = await sql<Holder>`
    select person_id, name, national_id_hash from person
    where county_code = ${county_code} and state not in ('merged', 'gone') and national_id_hash = any(${[...hashes]})
    order by person_id`.execute(tx)
  return Map.groupBy(rows, (row) => row.national_id_hash ?? '')
}

/**
 * Those in a county (of `among`, where given), opened, who have the name or the birth date of one of these: nobody else
 * could be meant.
 */
export async function personsForRecords(
  tx: ReadTx,
  opening: Opening,
  records: readonly Someone[],
  among?: ReadonlySet<string>,
): Promise<Someone[]> {
  if (records.length === 0 || among?.size === 0) return []
  const names = new Set(records.map((record) => record.name))
  const births = new Set(records.flatMap((record) => record.birth_date ?? []))
  // By key among few, else by name and by birth date: two statements, each with an index of its own.
  const some = among
    ? [sql`person_id = any(${[...among]})`]
    : [sql`name = any(${[...names]})`, sql`birth_date = any(${[...births]}::date[])`]
  const found = new Map<string, PersonRow>()
  for (const where of some) {
    const { rows } = await sql<PersonRow>`
      select person_id, household_id, name, sex, birth_date, national_id_sealed, national_id_hash
      from person where county_code = ${opening.county_code} and state not in ('merged', 'gone')
        and ${where}`.execute(tx)
    for (const row of rows) if (names.has(row.name) || births.has(row.birth_date ?? '')) found.set(row.person_id, row)
  }
  const alike = [...found.values()].toSorted((a, b) => (a.person_id < b.person_id ? -1 : 1))
  return alike.map((row) => ({
    key: row.person_id,
    card_id: row.household_id,
    name: row.name,
    relation: null,
    sex: row.sex,
    birth_date: row.birth_date,
    ...numberOf(opening, 'person.national_id', row.national_id_hash === null ? null : row.national_id_sealed),
  }))
}
