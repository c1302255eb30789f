// The household's record as rules read it: the answers of its current submission, flat, with the lists `members` and
// `registers` (what other departments' lists say of its members). Read alike by the rooms from 03 on.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Answers } from '#door/personal.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

/** An entry of another department's list. A type, not an interface: the rules read it as a record. */
export type RegisterEvidence = {
  register: string
  name: string | null
  value: number | null
  detail: string | null
  since: string | null
}

export interface HouseholdRecord {
  county_code: string
  household_id: string
  area_code: string
  head_name: string
  instance_id: string
  surveyed_on: string | null
  /** SHA-256 over answers and register evidence: the same evidence gives the same hash. */
  evidence_sha256: string
  /** What rules are evaluated over. Personal numbers are sealed; rules may only ask whether they are there. */
  record: Record<string, unknown>
  /** What was confirmed since the card, and is in `record` already. */
  changes?: readonly CardChange[]
}

/** Somebody on the card who died or left since (`position`, from 1), or somebody who came since (`member`). */
export interface CardChange {
  effect: string
  happened_on: string
  position: number | null
  member: Answers | null
}

interface Wanted {
  household_ids?: readonly string[]
  /** Only households after this household_id; for paging through an area in order. */
  after?: string
  limit?: number
}

/** Records of active households of a place, ordered by household_id. */
export async function loadRecords(
  tx: ReadTx,
  place: Place & { county_code: string },
  wanted: Wanted = {},
): Promise<HouseholdRecord[]> {
  if (wanted.household_ids?.length === 0) return []
  let query = tx
    .selectFrom('household')
    .innerJoin('submission', (join) =>
      join
        .onRef('submission.county_code', '=', 'household.county_code')
        .onRef('submission.instance_id', '=', 'household.current_instance_id'),
    )
    .select([
      'household.county_code',
      'household.household_id',
      'household.area_code',
      'household.head_name',
      'submission.instance_id',
      'submission.surveyed_on',
      'submission.answers',
    ])
    .where('household.county_code', '=', place.county_code)
    .where('household.area_code', '^@', place.prefix)
    .where('household.state', '=', 'active')
    .orderBy('household.household_id')
  if (wanted.household_ids) query = query.where('household.household_id', 'in', wanted.household_ids)
  if (wanted.after !== undefined) query = query.where('household.household_id', '>', wanted.after)
  if (wanted.limit !== undefined) query = query.limit(wanted.limit)
  const rows = await query.execute()
  const evidence = await registerEvidence(
    tx,
    place.county_code,
    rows.map((row) => row.household_id),
  )
  const changes = await cardChanges(
    tx,
    place.county_code,
    rows.map((row) => row.household_id),
  )
  return await mapInTurn(rows, ({ answers, ...household }) => {
    const registers = evidence === null ? null : (evidence.get(household.household_id) ?? [])
    const changed = changes.get(household.household_id) ?? []
    return recordOf({ ...household, answers: answers as Answers, registers, changes: changed })
  })
}

/**
 * Whether anybody ever died, left or came in this county. Where nobody did, there is nothing to look for: to plan how
 * takes 10 ms, and in a county that the statistics do not know yet each household would be held against each person.
 */
export async function anyChange(tx: ReadTx, county_code: string): Promise<boolean> {
  const { rows } = await sql`select 1 from member_change where county_code = ${county_code} limit 1`.execute(tx)
  return rows.length > 0
}

/** What was confirmed of who belongs to these households since their current cards, in order; by household. */
export async function cardChanges(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0 || !(await anyChange(tx, county_code))) return new Map<string, CardChange[]>()
  const { rows } = await sql<CardChange & { household_id: string }>`
    select household_id, effect, happened_on, position, member from card_change_of(${county_code}, ${[...household_ids]})
    order by happened_on, household_change_id`.execute(tx)
  const found = new Map<string, CardChange[]>()
  for (const { household_id, ...change } of rows) {
    const changes = found.get(household_id) ?? []
    changes.push(change)
    found.set(household_id, changes)
  }
  return found
}

/** Answers of a card, with its members as they are since: without those who died or left, with those who came. */
export function sinceCard(answers: Answers, changes: readonly CardChange[]): Answers {
  if (changes.length === 0 || !Array.isArray(answers['members'])) return answers
  const listed = answers['members'] as Answers[]
  const gone = new Set(changes.map((change) => change.position))
  const stayed = listed.filter((_, index) => !gone.has(index + 1))
  const came = changes.flatMap((change): Answers[] => (change.member ? [change.member] : []))
  const size = answers['household_size']
  const more = stayed.length + came.length - listed.length
  return {
    ...answers,
    members: [...stayed, ...came],
    ...(typeof size === 'number' ? { household_size: size + more } : {}),
  }
}

/** Put answers and register evidence together; also for a submission that is not the current one. */
export function recordOf(
  household: Omit<HouseholdRecord, 'record' | 'evidence_sha256' | 'changes'> & {
    answers: Answers
    registers: RegisterEvidence[] | null
    changes?: readonly CardChange[]
  },
): HouseholdRecord {
  const { answers: said, registers, changes = [], ...rest } = household
  const answers = sinceCard(said, changes)
  const evidence_sha256 = createHash('sha256')
    .update(`${household.instance_id}\n${JSON.stringify(answers)}\n${JSON.stringify(registers)}`)
    .digest('hex')
  return { ...rest, changes, evidence_sha256, record: { ...answers, registers } }
}

/** What a record was made of beside the answers of its card: kept with what was found by it. */
export interface KeptEvidence {
  /** What other departments' lists said; null where no list was ever imported. */
  registers: RegisterEvidence[] | null
  /** Absent in what was kept before changes changed a household. */
  changes?: readonly CardChange[]
}

export function evidenceOf({ record, changes = [] }: HouseholdRecord): KeptEvidence {
  const registers = (record['registers'] ?? null) as RegisterEvidence[] | null
  return changes.length === 0 ? { registers } : { registers, changes }
}

/** Evidence by household; null (unknown, not empty) where no department's list was ever imported for the county. */
export async function registerEvidence(
  tx: ReadTx,
  county_code: string,
  household_ids: readonly string[],
): Promise<Map<string, RegisterEvidence[]> | null> {
  const any = await tx
    .selectFrom('register_record')
    .select('record_id')
    .where('county_code', '=', county_code)
    .limit(1)
    .executeTakeFirst()
  if (!any) return null
  const found = new Map<string, RegisterEvidence[]>()
  if (household_ids.length === 0) return found
  const links = await tx
    .selectFrom('person')
    .innerJoin('link', (join) =>
      join
        .onRef('link.county_code', '=', 'person.county_code')
        .onRef('link.person_id', '=', 'person.person_id')
        .on('link.left_kind', '=', 'record')
        .on('link.withdrawn_at', 'is', null),
    )
    .select(['person.person_id', 'person.household_id', 'person.state', 'link.left_id'])
    .where('person.county_code', '=', county_code)
    .where('person.household_id', 'in', household_ids)
    // Of somebody whom no card names any more, or who died, nothing counts for the household he was on.
    .where('person.state', 'not in', ['merged', 'gone', 'dead'])
    .execute()
  if (links.length === 0) return found
  const moved = await confirmedGone(
    tx,
    county_code,
    links.flatMap((link) => (link.state === 'left' ? link.person_id : [])),
  )
  // By key, in a second statement: joined in one, a fresh table without statistics made the planner compare every
  // link with every record (98 s for 2,000 households; by key, well under one).
  const keys = links.flatMap(({ person_id, household_id, left_id }) => {
    const colon = left_id.indexOf(':')
    const key = { household_id, register: left_id.slice(0, colon), record_id: left_id.slice(colon + 1) }
    return moved.has(person_id) ? [] : [key]
  })
  const { rows } = await sql<RegisterEvidence & { household_id: string }>`
    select k.household_id, r.register, r.name, r.value, r.detail, r.since
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k(household_id text, register text, record_id text)
    cross join lateral (
      select r.register, r.record_id, r.name, r.value, r.detail, r.since from register_record r
      where r.county_code = ${county_code} and r.register = k.register and r.record_id = k.record_id
      limit 1) r
    order by k.household_id, r.register, r.record_id`.execute(tx as Tx)
  for (const { household_id, ...entry } of rows) {
    const entries = found.get(household_id) ?? []
    entries.push(entry)
    found.set(household_id, entries)
  }
  return found
}

/** Of these persons those who left their household as it was confirmed: what lists say of them counts there no more. */
async function confirmedGone(tx: ReadTx, county_code: string, person_ids: readonly string[]): Promise<Set<string>> {
  if (person_ids.length === 0) return new Set()
  const { rows } = await sql<{ person_id: string }>`
    select person_id from member_changes_of(${county_code}, null, ${[...person_ids]}) where effect = 'left'`.execute(tx)
  return new Set(rows.map((row) => row.person_id))
}
