import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import { openAnswers } from '#door/personal.ts'
import { RegistryProblem } from '#registry/problem.ts'
import { decrypt, type Keys } from '#registry/secrets/secrets.ts'
import type { ReadTx } from '#registry/transaction.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import {
  isValidNumber,
  memberKey,
  ownNumbers,
  plainNumber,
  type Card,
  type Scheme,
  type Someone,
  type Visit,
} from '../run/cards.ts'
import { isCurrent } from '../run/candidates.ts'
import type { Known } from '../run/cluster.ts'

export interface Opening {
  keys: Keys
  scheme: Scheme
  county_code: string
  card_form: string
  /** Where given, what cannot be opened is named here and set aside, in place of stopping everything. */
  unreadable?: Set<string>
}

/** What was sealed of one card or person; null, and named in `unreadable`, where the key at hand does not open it. */
function openOr<T>(opening: Opening, name: string, open: () => T): T | null {
  try {
    return open()
  } catch (error) {
    const sealed = error instanceof RegistryProblem && error.code === 'registry_secret_unreadable'
    if (!sealed || !opening.unreadable) throw error
    opening.unreadable.add(name)
    return null
  }
}

interface VisitRow {
  instance_id: string
  area_code: string
  surveyed_on: string | null
  received_at: string
  deprecated_id: string | null
  household_code: string | null
  account_id: string | null
  phone: string | null
}

interface MemberRow {
  instance_id: string
  position: number
  name: string | null
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id: string | null
}

/** Accepted cards of a place that no live link has, opened: personal numbers stay in memory. */
export async function freshVisits(tx: ReadTx, opening: Opening, place: Place): Promise<Visit[]> {
  // Two plain lists, told apart here: on tables that were filled a moment ago the planner knows nothing of their size.
  const { rows } = await sql<{ instance_id: string }>`
    select instance_id from submission
    where county_code = ${opening.county_code} and area_code ^@ ${place.prefix} and state = 'accepted'
      and form_id = ${opening.card_form}`.execute(tx)
  const linked = new Set(await liveLeftIds(tx, opening.county_code, 'submission'))
  return await visitsById(
    tx,
    opening,
    rows.flatMap((row) => (linked.has(row.instance_id) ? [] : row.instance_id)),
  )
}

/** What has a live link, of one kind. */
export async function liveLeftIds(tx: ReadTx, county_code: string, left_kind: string): Promise<string[]> {
  const { rows } = await sql<{ left_id: string }>`
    select left_id from link where county_code = ${county_code} and left_kind = ${left_kind}
      and withdrawn_at is null`.execute(tx)
  return rows.map((row) => row.left_id)
}

/** Submissions with their members, opened, ordered by instance id. */
export async function visitsById(tx: ReadTx, opening: Opening, instance_ids: readonly string[]): Promise<Visit[]> {
  if (instance_ids.length === 0) return []
  // An array, not a join: the planner always finds the key's index, also on a table it knows nothing of yet.
  const wanted = sql`s.county_code = ${opening.county_code} and s.instance_id = any(${[...instance_ids]})`
  const { rows: visits } = await sql<VisitRow>`
    select s.instance_id, s.area_code, s.surveyed_on, s.received_at, s.deprecated_id, s.household_code, s.account_id,
      s.answers ->> 'phone' as phone
    from submission s where ${wanted} order by s.instance_id`.execute(tx)
  const { rows: members } = await sql<MemberRow>`
    select s.instance_id, m.position::int as position, m.entry ->> 'name' as name, m.entry ->> 'relation' as relation,
      m.entry ->> 'sex' as sex, m.entry ->> 'birth_date' as birth_date, m.entry ->> 'national_id' as national_id
    from submission s,
      jsonb_array_elements(case when jsonb_typeof(s.answers -> 'members') = 'array' then s.answers -> 'members'
        else '[]'::jsonb end) with ordinality as m (entry, position)
    where ${wanted} order by s.instance_id, m.position`.execute(tx)
  const by_visit = Map.groupBy(members, (member) => member.instance_id)
  const open = (visit: VisitRow): Visit => {
    const opened = openAnswers(opening.keys, ['phone'], { phone: visit.phone })
    const people = (by_visit.get(visit.instance_id) ?? []).map((member) => someoneOf(opening, member))
    return {
      ...visit,
      card_id: visit.instance_id,
      kind: 'visit',
      phone: textOf(opened['phone']),
      people: ownNumbers(people, opening.scheme),
    }
  }
  // A card that cannot be opened waits, named: whose it is nobody can say without its numbers.
  return visits.flatMap((visit) => openOr(opening, visit.instance_id, () => open(visit)) ?? [])
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function someoneOf(opening: Opening, member: MemberRow): Someone {
  const opened = openAnswers(opening.keys, ['national_id'], { national_id: member.national_id })
  return {
    key: memberKey(member.instance_id, member.position),
    card_id: member.instance_id,
    name: member.name ?? '',
    relation: member.relation,
    sex: member.sex,
    birth_date: member.birth_date,
    national_id: '',
    id_valid: false,
    written_id: textOf(opened['national_id']) ?? '',
  }
}

interface PersonRow {
  household_id: string
  person_id: string
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id_sealed: string | null
  national_id_hash: string | null
}

/** What a few new cards can touch: these households, and what is said of these submissions. */
export interface Near {
  household_ids: readonly string[]
  instance_ids: readonly string[]
}

/**
 * Households that stand in a county (of those that are near, where given) with the people on them, opened, and what is
 * known of their submissions. One that lost its last card stands again where one of `named` (household_ids that new
 * cards carry) is its number.
 */
export async function knownOf(tx: ReadTx, opening: Opening, named: ReadonlySet<string>, near?: Near): Promise<Known> {
  const { county_code } = opening
  const among = (column: string, ids: readonly string[] | undefined) =>
    ids ? sql`${sql.ref(column)} = any(${[...ids]})` : sql`true`
  const { rows: gone_into } = await sql<{ household_id: string; merged_into: string }>`
    select household_id, merged_into from household
    where county_code = ${county_code} and merged_into is not null`.execute(tx)
  const merged = new Map(gone_into.map((each) => [each.household_id, each.merged_into]))
  const { rows: links } = await sql<{ left_id: string; household_id: string; withdrawn: boolean }>`
    select left_id, household_id, withdrawn_at is not null as withdrawn from link l
    where county_code = ${county_code} and left_kind = 'submission' and ${among('left_id', near?.instance_ids)}
      and (withdrawn_at is null or (withdrawn_with = link_id and not exists (select 1 from link n
        where n.county_code = l.county_code and n.evidence ->> 'restores' = l.link_id)))`.execute(tx)
  const standing = (household_id: string) => merged.get(household_id) ?? household_id
  const wanted = near && [
    ...new Set([...near.household_ids, ...[...named, ...links.map((each) => each.household_id)].map(standing)]),
  ]
  const { rows: households } = await sql<{
    household_id: string
    area_code: string
    surveyed_on: string | null
    state: string
    phone: string | null
  }>`select h.household_id, h.area_code, h.surveyed_on, h.state, s.answers ->> 'phone' as phone
    from household h left join submission s on s.county_code = h.county_code and s.instance_id = h.current_instance_id
    where h.county_code = ${county_code} and ${among('h.household_id', wanted)}
    order by h.household_id`.execute(tx)
  // A household without any card is known by those who were on it; of one that stands, only by those its cards name.
  // The dead are known too: a card that names one is his, and does not make him somebody new.
  const gone = households.flatMap((each) =>
    each.state === 'gone' && named.has(each.household_id) ? each.household_id : [],
  )
  // Of a few one household after the other (lateral): a planner that knows nothing yet would read the whole county.
  const from = wanted
    ? sql`unnest(${wanted}::text[]) as w (id)
      cross join lateral (select * from person where county_code = ${county_code} and household_id = w.id offset 0) p`
    : sql`person`
  const { rows: persons } = await sql<PersonRow>`
    select household_id, person_id, name, relation, sex, birth_date, national_id_sealed, national_id_hash
    from ${from} where county_code = ${county_code}
      and (state in ('active', 'left', 'dead') or (state = 'gone' and household_id = any(${gone})))
    order by household_id, person_id`.execute(tx)
  const { rows: corrected } = await sql<{ instance_id: string; deprecated_id: string }>`
    select instance_id, deprecated_id from submission
    where county_code = ${county_code} and deprecated_id is not null
      and ${among('instance_id', near?.instance_ids)}`.execute(tx)
  const { rows: reviews } = await sql<{ left_id: string; right_household_id: string; state: string }>`
    select left_id, right_household_id, state from match_review
    where county_code = ${county_code} and ${among('left_id', near?.instance_ids)}`.execute(tx)
  const by_household = Map.groupBy(persons, (person) => person.household_id)
  return {
    households: households
      .filter(({ state, household_id }) => state === 'active' || (state === 'gone' && named.has(household_id)))
      .map((household): Card => ({
        card_id: household.household_id,
        kind: 'household',
        area_code: household.area_code,
        surveyed_on: household.surveyed_on,
        phone: phoneOf(opening, household.household_id, household.phone),
        people: (by_household.get(household.household_id) ?? []).map((person) => knownPerson(opening, person)),
      })),
    linked: new Map(links.filter((each) => !each.withdrawn).map((each) => [each.left_id, each.household_id])),
    corrects: new Map(corrected.map((each) => [each.instance_id, each.deprecated_id])),
    merged_into: merged,
    barred: new Set(
      [
        ...links.filter((each) => each.withdrawn),
        ...reviews
          .filter((each) => each.state === 'rejected')
          .map((each) => ({ left_id: each.left_id, household_id: each.right_household_id })),
      ].map((each) => `${each.left_id}\n${merged.get(each.household_id) ?? each.household_id}`),
    ),
    reviewed: new Set(reviews.map((each) => `${each.left_id}\n${each.right_household_id}`)),
  }
}

/** These submissions, and all that they correct in turn. */
export async function withCorrected(tx: ReadTx, county_code: string, visits: readonly Visit[]): Promise<string[]> {
  const found = new Set(visits.map((visit) => visit.instance_id))
  let older = visits.flatMap((visit) => visit.deprecated_id ?? [])
  while (older.length > 0) {
    for (const instance_id of older) found.add(instance_id)
    const { rows } = await sql<{ deprecated_id: string }>`select deprecated_id from submission
      where county_code = ${county_code} and deprecated_id is not null
        and instance_id = any(${older})`.execute(tx)
    older = rows.flatMap((row) => (found.has(row.deprecated_id) ? [] : row.deprecated_id))
  }
  return [...found]
}

/** One household that stands, with its people; null where it is merged, not there, or (unless asked for) gone. */
export async function householdCard(
  tx: ReadTx,
  opening: Opening,
  household_id: string,
  states: readonly string[] = ['active'],
): Promise<Card | null> {
  const { county_code } = opening
  const { rows } = await sql<{ area_code: string; surveyed_on: string | null; state: string; phone: string | null }>`
    select h.area_code, h.surveyed_on, h.state, s.answers ->> 'phone' as phone
    from household h left join submission s on s.county_code = h.county_code and s.instance_id = h.current_instance_id
    where h.county_code = ${county_code} and h.household_id = ${household_id}
      and h.state = any(${[...states]})`.execute(tx)
  const [household] = rows
  if (!household) return null
  const { rows: persons } = await sql<PersonRow>`
    select household_id, person_id, name, relation, sex, birth_date, national_id_sealed, national_id_hash
    from person where county_code = ${county_code} and household_id = ${household_id}
      and (state in ('active', 'left', 'dead') or (state = 'gone' and ${household.state} = 'gone'))
    order by person_id`.execute(tx)
  return {
    card_id: household_id,
    kind: 'household',
    area_code: household.area_code,
    surveyed_on: household.surveyed_on,
    phone: phoneOf(opening, household_id, household.phone),
    people: persons.map((person) => knownPerson(opening, person)),
  }
}

const phoneOf = (opening: Opening, name: string, phone: string | null): string | null =>
  openOr(opening, name, () => textOf(openAnswers(opening.keys, ['phone'], { phone })['phone']))

function knownPerson(opening: Opening, row: PersonRow): Someone {
  // Known without his number, where that cannot be opened: by name, birth date and family.
  const open = () => decrypt(opening.keys, 'person.national_id', row.national_id_sealed ?? '')
  const written = row.national_id_sealed ? (openOr(opening, row.person_id, open) ?? '') : ''
  const number = row.national_id_hash === null ? '' : plainNumber(written, opening.scheme)
  return {
    key: row.person_id,
    card_id: row.household_id,
    name: row.name,
    relation: row.relation,
    sex: row.sex,
    birth_date: row.birth_date,
    national_id: number,
    id_valid: number !== '' && isValidNumber(number, opening.scheme),
    written_id: written,
  }
}

/** The model that the last run of the county used; null without one, or where it asks what is no longer asked. */
export async function lastModel(
  tx: ReadTx,
  { county_code, scheme }: Pick<Opening, 'county_code' | 'scheme'>,
): Promise<LinkageModel | null> {
  const { rows } = await sql<{ model: LinkageModel }>`
    select model from match_run where county_code = ${county_code} and finished_at is not null
    order by finished_at desc, run_id limit 1`.execute(tx)
  const model = rows[0]?.model
  return model && isCurrent(model, scheme) ? model : null
}
