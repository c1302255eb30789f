// Whose number it is. Of the persons of a county who have it, the one who had it first holds it; across counties, the county
// that claimed it first. Who holds it follows from who has it now, so that a withdrawn link leaves no claim behind.
import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Stamp } from './write.ts'

export interface Claim {
  national_id_hash: string
  person_id: string
}

/** A number that a person has and another one holds. */
export interface Held extends Claim {
  holder: string
  holder_county: string
  /** Household of the holder; null in another county. */
  holder_household: string | null
}

/**
 * Settle who holds the numbers of these persons: those they have now (`claims`, the first of them first), and those they
 * had. Returns the claims that somebody else holds.
 */
export async function settleNumbers(
  tx: Tx,
  stamp: Pick<Stamp, 'county_code' | 'now'>,
  claims: readonly Claim[],
  person_ids: readonly string[],
): Promise<Held[]> {
  const { county_code, now } = stamp
  const values = JSON.stringify(claims.map((claim, turn) => ({ ...claim, turn })))
  await sql`insert into number_claim (county_code, national_id_hash, person_id, area_code, claimed_at, turn)
    select ${county_code}, c.national_id_hash, c.person_id, ${county_code}, ${now}::timestamptz, min(c.turn)
    from json_to_recordset(${values}::json) as c(national_id_hash text, person_id text, turn int)
    group by c.national_id_hash, c.person_id
    on conflict (county_code, national_id_hash, person_id) do nothing`.execute(tx)
  const { rows: had } = await sql<{ national_id_hash: string }>`
    select distinct national_id_hash from number_claim
    where county_code = ${county_code} and person_id = any(${[...person_ids]})`.execute(tx)
  const hashes = [...new Set([...claims, ...had].map((each) => each.national_id_hash))].toSorted()
  if (hashes.length === 0) return []
  const first = await firstClaims(tx, county_code, hashes)
  await letGo(tx, county_code, hashes, first)
  return await heldByOthers(tx, county_code, claims)
}

/**
 * Who claimed each number first of those who still have it. Put together here: of a county that it does not know yet the
 * planner holds every claim against every person (10 s for 3,000).
 */
async function firstClaims(tx: ReadTx, county_code: string, hashes: readonly string[]): Promise<Claim[]> {
  const { rows: holders } = await sql<Claim>`select national_id_hash, person_id from person
    where county_code = ${county_code} and national_id_hash = any(${[...hashes]}) and national_id_valid
      and state not in ('merged', 'gone')`.execute(tx)
  const has = new Set(holders.map((each) => `${each.person_id} ${each.national_id_hash}`))
  const { rows: claimed } = await sql<Claim>`select national_id_hash, person_id from number_claim
    where county_code = ${county_code} and national_id_hash = any(${[...hashes]})
    order by national_id_hash, claimed_at, turn, person_id`.execute(tx)
  const first = new Map<string, Claim>()
  for (const claim of claimed) {
    const { person_id, national_id_hash } = claim
    if (!first.has(national_id_hash) && has.has(`${person_id} ${national_id_hash}`)) first.set(national_id_hash, claim)
  }
  return [...first.values()]
}

/** Write the holders of this county: by hash, so that two writers take the rows in one order. */
async function letGo(tx: Tx, county_code: string, hashes: readonly string[], first: readonly Claim[]) {
  const holder_of = new Map(first.map((each) => [each.national_id_hash, each.person_id]))
  const wanted = JSON.stringify(first)
  await sql`insert into national_id_claim (national_id_hash, county_code, person_id)
    select c.national_id_hash, ${county_code}, c.person_id
    from json_to_recordset(${wanted}::json) as c(national_id_hash text, person_id text)
    order by 1
    on conflict (national_id_hash) do update set person_id = excluded.person_id
      where national_id_claim.county_code = excluded.county_code
        and national_id_claim.person_id <> excluded.person_id`.execute(tx)
  const nobody = hashes.filter((hash) => !holder_of.has(hash))
  if (nobody.length === 0) return
  await sql`delete from national_id_claim
    where county_code = ${county_code} and national_id_hash = any(${nobody})`.execute(tx)
}

async function heldByOthers(tx: ReadTx, county_code: string, claims: readonly Claim[]): Promise<Held[]> {
  if (claims.length === 0) return []
  // cross-county: a number is one person's in the nation; what is told of another county is which one it is.
  const { rows: held } = await sql<{ national_id_hash: string; county_code: string; person_id: string }>`
    select national_id_hash, county_code, person_id from national_id_claim
    where national_id_hash = any(${claims.map((claim) => claim.national_id_hash)})`.execute(tx)
  const holder_of = new Map(held.map((row) => [row.national_id_hash, row]))
  const others = claims.flatMap((claim) => {
    const holder = holder_of.get(claim.national_id_hash)
    const mine = holder?.county_code === county_code && holder.person_id === claim.person_id
    return !holder || mine ? [] : [{ ...claim, holder: holder.person_id, holder_county: holder.county_code }]
  })
  if (others.length === 0) return []
  const { rows: persons } = await sql<{ person_id: string; household_id: string }>`
    select person_id, household_id from person
    where county_code = ${county_code} and person_id = any(${others.map((each) => each.holder)})`.execute(tx)
  const household_of = new Map(persons.map((person) => [person.person_id, person.household_id]))
  return others.map((each) => ({ ...each, holder_household: household_of.get(each.holder) ?? null }))
}
