// Households and persons set anew from the links that are live now: after links were added to, or taken from, what stands.
import { sql } from 'kysely'
import { endingHash } from '#registry/secrets/endings.ts'
import { decryptOr, encrypt, searchHash } from '#registry/secrets/secrets.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { instanceOf, isValidNumber, plainNumber, type Scheme } from '../run/cards.ts'
import { modelFor } from '../run/candidates.ts'
import {
  foldHousehold,
  foldPerson,
  lastNaming,
  type HouseholdFold,
  type Listed,
  type PersonFold,
  type Told,
} from '../run/fold.ts'
import { foldSince } from '../run/since.ts'
import { visitsById, type Opening } from './load.ts'
import { isKeyed, replaceKeys, type Placed } from './keys.ts'
import type { Claim } from './numbers.ts'
import { changesSince, countSince } from './since.ts'
import { markFresh, type PersonValues } from './write.ts'

/** A person's row as it is stored: the number sealed (`sealed`: as it stands so far), and hashed, whole
 * and by its ending. */
export function personValues(
  opening: Pick<Opening, 'keys' | 'scheme'>,
  person: PersonFold,
  sealed: string | null = null,
): PersonValues {
  const { number, written, id_valid, ...rest } = person
  // Sealed anew only where it is written otherwise: else the row says what it said, to the letter.
  const stands = sealed === null ? null : decryptOr(opening.keys, 'person.national_id', sealed)
  // What cannot be opened stays as it is while nothing is written in its place.
  const same = sealed !== null && (stands === null ? written === '' : stands === written)
  const fresh = written === '' ? null : encrypt(opening.keys, 'person.national_id', written)
  return {
    ...rest,
    national_id_sealed: same ? sealed : fresh,
    national_id_hash: number === '' ? null : numberHash(opening, number),
    national_id_ending: number === '' ? null : endingHash(opening.keys, number),
    national_id_valid: id_valid,
  }
}

/** How a number that somebody wrote down is read and checked. */
export const checkOf = ({ scheme }: Pick<Opening, 'scheme'>) => ({
  scheme,
  isValid: (number: string) => isValidNumber(number, scheme),
})

/** The valid numbers among these persons. */
export const claimsIn = (rows: readonly PersonValues[]): Claim[] =>
  rows.flatMap(({ national_id_hash, national_id_valid, person_id }) =>
    national_id_valid && national_id_hash !== null ? [{ national_id_hash, person_id }] : [],
  )

/** The search hash of a number, alike for every way of writing it. */
export function numberHash(opening: { keys: Opening['keys']; scheme: Scheme }, number: string): string {
  return searchHash(opening.keys, 'national_id', plainNumber(number, opening.scheme))
}

interface LiveLink {
  left_kind: string
  left_id: string
  household_id: string
  person_id: string | null
}

/**
 * Set these households and persons anew, and everyone who is or was on their cards, with what was confirmed since. A household without live links is
 * 'merged' where a decision moved its submissions to another, else 'gone'; a person likewise.
 * Returns the claims of valid numbers, and every household and person that was set anew.
 */
export async function refold(
  tx: Tx,
  opening: Opening,
  touched: { household_ids: readonly string[]; person_ids: readonly string[] },
  now: string,
): Promise<{ claims: Claim[]; household_ids: string[]; person_ids: string[] }> {
  const { county_code } = opening
  const { rows: persons } = await sql<{
    person_id: string
    household_id: string
    national_id_sealed: string | null
  }>`
    select p.person_id, p.household_id, p.national_id_sealed from person p
    where p.county_code = ${county_code} and p.person_id in (
      select person_id from person
      where county_code = ${county_code} and household_id = any(${[...touched.household_ids]})
      union select unnest(${[...touched.person_ids]}::text[])
      union select person_id from link where county_code = ${county_code} and left_kind = 'member'
        and household_id = any(${[...touched.household_ids]}))`.execute(tx)
  const person_ids = persons.map((person) => person.person_id)
  const { rows: member_links } = await sql<LiveLink>`
    select left_kind, left_id, household_id, person_id from link
    where county_code = ${county_code} and left_kind = 'member' and withdrawn_at is null
      and person_id = any(${person_ids})`.execute(tx)
  const since = await changesSince(tx, opening, { person_ids })
  const household_ids = [
    ...new Set([
      ...touched.household_ids,
      ...since.map((change) => change.household_id),
      ...persons.map((person) => person.household_id),
      ...member_links.map((link) => link.household_id),
    ]),
  ]
  // What was merged into one of these earlier goes where they go: merged_into names the household that stands.
  const { rows: earlier } = await sql<{ household_id: string }>`
    select household_id from household
    where county_code = ${county_code} and merged_into is not null and merged_into = any(${household_ids})
      and household_id <> all(${household_ids})`.execute(tx)
  household_ids.push(...earlier.map((each) => each.household_id))
  const { rows: links } = await sql<LiveLink>`
    select left_kind, left_id, household_id, person_id from link
    where county_code = ${county_code} and left_kind = 'submission' and withdrawn_at is null
      and household_id = any(${household_ids})`.execute(tx)
  const told = await toldBy(tx, opening, [
    ...new Set([...links.map((link) => link.left_id), ...member_links.map((link) => instanceOf(link.left_id))]),
  ])

  const linked = Map.groupBy(links, (link) => link.household_id)
  const folds = household_ids.flatMap((household_id) => {
    const visits = (linked.get(household_id) ?? []).flatMap((link) => told.get(link.left_id) ?? [])
    return foldHousehold(household_id, visits) ?? []
  })
  const current = new Map(folds.map((fold) => [fold.household_id, fold]))
  const listed = Map.groupBy(member_links, (link) => link.person_id ?? '')
  const folded = person_ids.flatMap((person_id) => {
    const listings = (listed.get(person_id) ?? []).flatMap((link): Listed[] => {
      const visit = told.get(instanceOf(link.left_id))
      const someone = visit?.people.find((each) => each.key === link.left_id)
      return visit && someone ? [{ household_id: link.household_id, visit, someone }] : []
    })
    const home_of = (household_id: string) => current.get(household_id)
    const fold = foldPerson(person_id, listings, home_of, opening.scheme)
    const changes = since.filter((change) => change.person_id === person_id)
    return foldSince(fold, lastNaming(listings)?.surveyed_on ?? null, changes, home_of, checkOf(opening)) ?? []
  })
  await updateHouseholds(tx, county_code, folds, now)
  const sealed = new Map(persons.map((person) => [person.person_id, person.national_id_sealed]))
  const rows = folded.map((person) => personValues(opening, person, sealed.get(person.person_id)))
  await updatePersons(tx, county_code, rows, now)
  await markFresh(tx, county_code, rows)
  if (await isKeyed(tx, opening, modelFor(opening.scheme))) {
    const phone_of = (household_id: string) => told.get(current.get(household_id)?.current_instance_id ?? '')?.phone
    await replaceKeys(
      tx,
      opening,
      person_ids,
      folded.map((person) => placed(person, current.get(person.household_id), phone_of(person.household_id))),
    )
  }
  await retire(tx, county_code, now, {
    household_ids: household_ids.filter((household_id) => !current.has(household_id)),
    person_ids: person_ids.filter((person_id) => !folded.some((person) => person.person_id === person_id)),
  })
  await countSince(tx, county_code, [...current.keys()])
  return { claims: claimsIn(rows), household_ids: household_ids.toSorted(), person_ids }
}

/** Somebody as he is looked up: at the place, and under the telephone, of his household. */
export function placed(
  { person_id, household_id, number, written, id_valid, ...person }: PersonFold,
  household: Pick<HouseholdFold, 'area_code'> | undefined,
  phone: string | null | undefined,
): Placed {
  const someone = { ...person, key: person_id, card_id: household_id, national_id: number, written_id: written }
  return {
    someone: { ...someone, id_valid: id_valid ?? false },
    household_id,
    card: { area_code: household?.area_code ?? person.area_code, phone: phone ?? null },
  }
}

async function toldBy(tx: ReadTx, opening: Opening, instance_ids: string[]): Promise<Map<string, Told>> {
  const visits = await visitsById(tx, opening, instance_ids)
  const { rows } = await sql<{ instance_id: string }>`
    select instance_id from submission where county_code = ${opening.county_code} and state <> 'accepted'
      and instance_id = any(${instance_ids})`.execute(tx)
  const superseded = new Set(rows.map((row) => row.instance_id))
  return new Map(
    visits.map((visit) => [visit.instance_id, { ...visit, superseded: superseded.has(visit.instance_id) }]),
  )
}

async function updateHouseholds(tx: Tx, county_code: string, rows: readonly unknown[], now: string) {
  if (rows.length === 0) return
  await sql`update household h set area_code = r.area_code, head_name = r.head_name, household_size = r.household_size,
      first_instance_id = r.first_instance_id, current_instance_id = r.current_instance_id,
      surveyed_on = r.surveyed_on, state = 'active', merged_into = null, changed_at = ${now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(household_id text, area_code text, head_name text,
      household_size int, first_instance_id text, current_instance_id text, surveyed_on date)
    where h.county_code = ${county_code} and h.household_id = r.household_id`.execute(tx)
}

async function updatePersons(tx: Tx, county_code: string, rows: readonly PersonValues[], now: string) {
  if (rows.length === 0) return
  await sql`update person p set household_id = r.household_id, area_code = r.area_code, name = r.name,
      relation = r.relation, sex = r.sex, birth_date = r.birth_date, national_id_hash = r.national_id_hash,
      national_id_sealed = r.national_id_sealed,
      national_id_ending = r.national_id_ending, national_id_valid = r.national_id_valid,
      state = r.state, changed_at = ${now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(person_id text, household_id text, area_code text,
      name text, relation text, sex text, birth_date date, national_id_sealed text, national_id_hash text,
      national_id_ending text, national_id_valid boolean, state text)
    where p.county_code = ${county_code} and p.person_id = r.person_id`.execute(tx)
}

/** What no live link holds any more. */
async function retire(
  tx: Tx,
  county_code: string,
  now: string,
  gone: { household_ids: readonly string[]; person_ids: readonly string[] },
): Promise<void> {
  if (gone.household_ids.length > 0) {
    // Merged is what a decision moved and nobody has moved back; that a card was here for a while, or was withdrawn and
    // found elsewhere since, is no merger.
    await sql`with went as (
        select o.household_id, min(n.household_id) as merged_into
        from link o join link n on n.county_code = o.county_code and n.left_kind = 'submission'
          and n.left_id = o.left_id and n.withdrawn_at is null
        where o.county_code = ${county_code} and o.left_kind = 'submission' and o.withdrawn_at is not null
          and o.household_id = any(${[...gone.household_ids]}) and n.household_id <> o.household_id
          and exists (select 1 from link r where r.county_code = o.county_code and r.method = 'review'
            and r.evidence ->> 'replaces' = o.link_id and r.household_id <> o.household_id)
          and not exists (select 1 from link b where b.county_code = o.county_code and b.household_id = o.household_id
            and b.evidence ->> 'restores' = o.link_id)
        group by o.household_id)
      update household h set state = case when w.merged_into is null then 'gone' else 'merged' end,
        merged_into = w.merged_into, changed_at = ${now}::timestamptz
      from unnest(${[...gone.household_ids]}::text[]) as g(household_id) left join went w using (household_id)
      where h.county_code = ${county_code} and h.household_id = g.household_id`.execute(tx)
  }
  if (gone.person_ids.length === 0) return
  await sql`with went as (
      select distinct o.person_id
      from link o join link n on n.county_code = o.county_code and n.left_kind = 'member'
        and n.left_id = o.left_id and n.withdrawn_at is null
      where o.county_code = ${county_code} and o.left_kind = 'member' and o.withdrawn_at is not null
        and o.person_id = any(${[...gone.person_ids]}) and n.person_id <> o.person_id
        and exists (select 1 from link r where r.county_code = o.county_code and r.method = 'review'
          and r.evidence ->> 'replaces' = o.link_id and r.person_id <> o.person_id)
        and not exists (select 1 from link b where b.county_code = o.county_code
          and b.evidence ->> 'restores' = o.link_id))
    update person p set state = case when w.person_id is null then 'gone' else 'merged' end,
      changed_at = ${now}::timestamptz
    from unnest(${[...gone.person_ids]}::text[]) as g(person_id) left join went w using (person_id)
    where p.county_code = ${county_code} and p.person_id = g.person_id`.execute(tx)
}
