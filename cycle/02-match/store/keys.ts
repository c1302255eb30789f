// Whom a few new people can meet, looked up by key: nobody else in the county is read.
import { sql } from 'kysely'
import type { TermFrequencies } from '#engines/linkage/link.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { modelFor } from '../run/candidates.ts'
import type { Card, Someone } from '../run/cards.ts'
import { keyReader, rulesDigest } from '../run/keys.ts'
import type { Opening } from './load.ts'

type Opened = Pick<Opening, 'keys' | 'scheme' | 'county_code'>

/** Somebody as he stands, with the place and telephone of his household. */
export interface Placed {
  someone: Someone
  household_id: string
  card: Pick<Card, 'area_code' | 'phone'>
}

/** Whether all who stand in a county can be looked up by the keys of this model. */
export async function isKeyed(tx: ReadTx, opening: Opened, model: LinkageModel): Promise<boolean> {
  const { rows } = await sql<{ keyed_as: string | null }>`
    select keyed_as from household_serial where county_code = ${opening.county_code}`.execute(tx)
  const digest = rulesDigest(model)
  return rows[0]?.keyed_as === digest && digest === rulesDigest(modelFor(opening.scheme))
}

/** Rows of a statement: as JSON some 2 MB. */
const piece = 20_000

/** Set the keys of these persons anew: those among `people` have theirs, all others none. */
export async function replaceKeys(
  tx: Tx,
  opening: Opened,
  person_ids: readonly string[],
  people: readonly Placed[],
): Promise<void> {
  const { county_code } = opening
  if (person_ids.length > 0) {
    await sql`delete from match_key
      where county_code = ${county_code} and person_id = any(${[...person_ids]})`.execute(tx)
  }
  const reader = keyReader(opening.keys, modelFor(opening.scheme))
  const rows = people.flatMap(({ someone, household_id, card }) =>
    [...reader.blocking(someone, card), ...reader.common(someone)].map((key) => ({
      ...key,
      person_id: someone.key,
      household_id,
      area_code: card.area_code,
    })),
  )
  // In the order of the index, so that neighbouring rows go to one page of it.
  rows.sort((a, b) => a.key - b.key)
  for (let start = 0; start < rows.length; start += piece) {
    const values = JSON.stringify(rows.slice(start, start + piece))
    await sql`insert into match_key (county_code, key, person_id, slot, household_id, area_code)
      select ${county_code}, r.key, r.person_id, r.slot, r.household_id, r.area_code
      from json_to_recordset(${values}::json) as r(key bigint, person_id text, slot smallint, household_id text,
        area_code text)
      on conflict do nothing`.execute(tx)
  }
}

/** Keys for everybody who stands, where a county has none yet; from then on they are kept with every change. */
export async function keyEverybody(tx: Tx, opening: Opened, households: readonly Card[]): Promise<void> {
  const { county_code } = opening
  await sql`delete from match_key where county_code = ${county_code}`.execute(tx)
  // One that has lost its last card is known by who was on it where a new card bears its number, and not otherwise.
  const gone = await sql<{ household_id: string }>`select household_id from household
    where county_code = ${county_code} and state <> 'active'`.execute(tx)
  const left_out = new Set(gone.rows.map((row) => row.household_id))
  const people = households
    .filter((card) => !left_out.has(card.card_id))
    .flatMap((card) => card.people.map((someone) => ({ someone, household_id: card.card_id, card })))
  await replaceKeys(tx, opening, [], people)
  await tx
    .updateTable('household_serial')
    .set({ keyed_as: rulesDigest(modelFor(opening.scheme)) })
    .where('county_code', '=', county_code)
    .execute()
}

// One key after the other (lateral, offset 0): on a table that was filled a moment ago the planner would read all of it.

/** Households with somebody who shares a key with somebody on these cards. */
export async function householdsNear(
  tx: ReadTx,
  opening: Opened,
  model: LinkageModel,
  cards: readonly Card[],
): Promise<string[]> {
  const reader = keyReader(opening.keys, model)
  const keys = cards.flatMap((card) =>
    card.people.flatMap((someone) => reader.blocking(someone, card).map((each) => each.key)),
  )
  const { rows } = await sql<{ household_id: string }>`
    select distinct m.household_id from unnest(${[...new Set(keys)]}::bigint[]) as k (key)
    cross join lateral (select household_id from match_key
      where county_code = ${opening.county_code} and key = k.key and slot >= 0 offset 0) m`.execute(tx)
  return rows.map((row) => row.household_id)
}

/** How common the values of these people are among them and all who stand in the county. */
export async function sharesOf(
  tx: ReadTx,
  opening: Opened,
  model: LinkageModel,
  people: readonly Someone[],
): Promise<TermFrequencies> {
  const { county_code } = opening
  const reader = keyReader(opening.keys, model)
  const found: TermFrequencies = {}
  for (let n = 0; n < reader.terms; n++) {
    const here = reader.counts(people, n)
    const slot = -1 - n
    const { rows: totals } = await sql<{ count: number }>`
      select count(*)::int as count from match_key
      where county_code = ${county_code} and slot = ${slot} and slot < 0`.execute(tx)
    const { rows } = await sql<{ key: number; count: number }>`
      select k.key, m.count from unnest(${here.map((each) => each.key)}::bigint[]) as k (key)
      cross join lateral (select count(*)::int as count from match_key
        where county_code = ${county_code} and key = k.key and slot = ${slot}) m`.execute(tx)
    const of = new Map(rows.map((row) => [row.key, row.count]))
    Object.assign(found, reader.shares(n, here, { total: totals[0]?.count ?? 0, of }))
  }
  return found
}
