import { sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import { maskAnswers, openAnswers, type Answers } from '#door/personal.ts'
import { normalizeNationalId } from '#engines/linkage/model/national-id.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { numberCode, type Keys } from '#registry/secrets/secrets.ts'
import type { ReadTx } from '#registry/transaction.ts'
import type { LinkRow } from './links.ts'

export interface HouseholdRow {
  county_code: string
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  first_instance_id: string
  current_instance_id: string
  surveyed_on: string | null
  state: StateOf<'household.state'>
  merged_into: string | null
}

export async function householdById(tx: ReadTx, household_id: string): Promise<HouseholdRow | null> {
  const { rows } = await sql<HouseholdRow>`
    select county_code, household_id, area_code, head_name, household_size, first_instance_id, current_instance_id,
      surveyed_on, state, merged_into
    from household where county_code = ${countyOfHousehold(household_id)}
      and household_id = ${household_id}`.execute(tx)
  return rows[0] ?? null
}

export interface ShownPerson {
  person_id: string
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id: string | null
  national_id_valid: boolean | null
  state: StateOf<'person.state'>
}

/**
 * The persons of a household. Beside a birth date the last characters of a number would give the whole of it (region and
 * birth date are the rest), so a code stands in their place: equal for equal numbers, and no part of any.
 */
export async function personsById(tx: ReadTx, county_code: string, household_id: string): Promise<ShownPerson[]> {
  const { rows } = await sql<ShownPerson>`
    select person_id, name, relation, sex, birth_date, '#' || upper(left(national_id_hash, 4)) as national_id,
      national_id_valid, state
    from person where county_code = ${county_code} and household_id = ${household_id}
    order by state, relation <> 'head', birth_date nulls last, person_id`.execute(tx)
  return rows
}

/** All links of a household and of its persons, withdrawn ones too, newest first. */
export async function storyOfLinks(tx: ReadTx, county_code: string, household_id: string) {
  const { rows } = await sql<
    LinkRow & {
      linked_at: string
      withdrawn_reason: string | null
      surveyed_on: string | null
      person_name: string | null
      /** Withdrawn by itself, and can stand again: see `restore`. */
      restorable: boolean
    }
  >`select l.county_code, l.link_id, l.area_code, l.left_kind, l.left_id, l.household_id, l.person_id, l.method, l.band,
      l.match_weight, l.match_probability, l.evidence, l.linked_at, l.withdrawn_at, l.withdrawn_reason, s.surveyed_on,
      p.name as person_name, l.withdrawn_with, coalesce(l.withdrawn_with = l.link_id, false) and not exists (
        select 1 from link n where n.county_code = l.county_code and n.evidence ->> 'restores' = l.link_id) as restorable
    from link l
    left join submission s on s.county_code = l.county_code and l.left_kind = 'submission' and s.instance_id = l.left_id
    left join person p on p.county_code = l.county_code and p.person_id = l.person_id
    where l.county_code = ${county_code} and (l.household_id = ${household_id} or l.person_id in (
      select person_id from person where county_code = ${county_code} and household_id = ${household_id}))
    order by l.linked_at desc, l.left_kind desc, l.left_id`.execute(tx)
  return rows
}

export interface ShownMember {
  key: string
  person_id: string | null
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id: string | null
}

export interface ShownCard {
  instance_id: string
  household_id: string | null
  area_code: string
  surveyed_on: string | null
  surveyor_name: string | null
  phone: string | null
  address: string | null
  household_size: number
  members: ShownMember[]
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** A submission as a reviewer sees it: members with their persons, personal numbers masked. */
export async function cardOf(
  tx: ReadTx,
  keys: Keys,
  fields: readonly string[],
  of: { county_code: string; instance_id: string },
): Promise<ShownCard | null> {
  const { county_code, instance_id } = of
  const { rows } = await sql<{
    area_code: string
    surveyed_on: string | null
    surveyor_name: string | null
    answers: Answers
    household_id: string | null
  }>`select s.area_code, s.surveyed_on, s.surveyor_name, s.answers, l.household_id
    from submission s left join link l on l.county_code = s.county_code and l.left_kind = 'submission'
      and l.left_id = s.instance_id and l.withdrawn_at is null
    where s.county_code = ${county_code} and s.instance_id = ${instance_id}`.execute(tx)
  const [row] = rows
  if (!row) return null
  const { rows: links } = await sql<{ left_id: string; person_id: string }>`
    select left_id, person_id from link where county_code = ${county_code} and left_kind = 'member'
      and withdrawn_at is null and left_id ^@ ${`${instance_id}#`}`.execute(tx)
  const persons = new Map(links.map((link) => [link.left_id, link.person_id]))
  const shown = maskAnswers(keys, fields, row.answers)
  const opened = openAnswers(keys, fields, row.answers)['members']
  const numbers = (Array.isArray(opened) ? opened : []) as Answers[]
  const members = (Array.isArray(shown['members']) ? shown['members'] : []) as Answers[]
  const { answers: _answers, ...rest } = row
  return {
    instance_id,
    ...rest,
    phone: text(shown['phone']),
    address: text(shown['address']),
    household_size: members.length,
    members: members.map((member, index) => {
      const key = `${instance_id}#${index + 1}`
      return {
        key,
        person_id: persons.get(key) ?? null,
        name: text(member['name']) ?? '',
        relation: text(member['relation']),
        sex: text(member['sex']),
        birth_date: text(member['birth_date']),
        national_id: codeOf(keys, text(numbers[index]?.['national_id'] ?? null)),
      }
    }),
  }
}

/** As `personsById` shows a number: by a code. */
function codeOf(keys: Keys, number: string | null): string | null {
  if (number === null || number === '') return null
  return numberCode(keys, normalizeNationalId(number))
}

export interface Surroundings {
  household_id: string
  area_code: string
  head_name: string
  state: StateOf<'match_review.state'>
  members: number
  left: number
  other_questions: number
  cards: {
    instance_id: string
    surveyed_on: string | null
    surveyor_name: string | null
    household_size: number
    method: StateOf<'link.method'>
  }[]
}

/** What a reviewer may want to know of households besides the two cards: every card, who left, what else is asked. */
export async function contextOf(
  tx: ReadTx,
  county_code: string,
  household_ids: readonly string[],
  review_id: string,
): Promise<Surroundings[]> {
  const { rows: households } = await sql<Omit<Surroundings, 'cards'>>`
    select h.household_id, h.area_code, h.head_name, h.state,
      (select count(*)::int from person p where p.county_code = h.county_code and p.household_id = h.household_id
        and p.state = 'active') as members,
      (select count(*)::int from person p where p.county_code = h.county_code and p.household_id = h.household_id
        and p.state = 'left') as left,
      (select count(*)::int from match_review r
        left join link l on l.county_code = r.county_code and l.left_kind = 'submission' and l.left_id = r.left_id
          and l.withdrawn_at is null
        where r.county_code = h.county_code and r.state in ('open', 'unsure') and r.review_id <> ${review_id}
          and h.household_id in (r.right_household_id, l.household_id)) as other_questions
    from household h where h.county_code = ${county_code}
      and h.household_id = any(${[...household_ids]})`.execute(tx)
  const { rows: cards } = await sql<Surroundings['cards'][number] & { household_id: string }>`
    select l.household_id, s.instance_id, s.surveyed_on, s.surveyor_name, l.method,
      case when jsonb_typeof(s.answers -> 'members') = 'array' then jsonb_array_length(s.answers -> 'members')
        else 0 end as household_size
    from link l join submission s on s.county_code = l.county_code and s.instance_id = l.left_id
    where l.county_code = ${county_code} and l.left_kind = 'submission' and l.withdrawn_at is null
      and l.household_id = any(${[...household_ids]})
    order by s.surveyed_on desc nulls last, s.instance_id`.execute(tx)
  return household_ids.flatMap((household_id) => {
    const found = households.find((each) => each.household_id === household_id)
    if (!found) return []
    const mine = cards.filter((card) => card.household_id === household_id)
    return [{ ...found, cards: mine.map(({ household_id: _, ...card }) => card) }]
  })
}

/** Who is who in a place: links by kind, method and band, households and persons by state. */
export async function summaryOf(tx: ReadTx, place: Place & { county_code: string }) {
  const { county_code, prefix } = place
  const { rows: links } = await sql<{
    left_kind: StateOf<'link.left_kind'>
    method: StateOf<'link.method'>
    band: StateOf<'link.band'>
    count: number
  }>`
    select left_kind, method, band, count(*)::int as count from link
    where county_code = ${county_code} and area_code ^@ ${prefix} and withdrawn_at is null
    group by left_kind, method, band order by left_kind desc, method, band`.execute(tx)
  const { rows: households } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from household
    where county_code = ${county_code} and area_code ^@ ${prefix} group by state order by state`.execute(tx)
  const { rows: persons } = await sql<{ state: string; count: number; with_valid_number: number }>`
    select state, count(*)::int as count, (count(*) filter (where national_id_valid))::int as with_valid_number
    from person where county_code = ${county_code} and area_code ^@ ${prefix}
    group by state order by state`.execute(tx)
  const { rows: runs } = await sql<{ run_id: string; started_at: string; counts: Record<string, number> }>`
    select run_id, started_at, counts from match_run
    where county_code = ${county_code} and finished_at is not null
    order by started_at desc, run_id limit 5`.execute(tx)
  return { links, households, persons, runs }
}
