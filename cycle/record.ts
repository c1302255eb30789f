// The household's record as rules read it: the answers of its current submission, flat, with the lists `members` and
// `registers` (what other departments' lists say of its members). Read alike by the rooms from 03 on.
import { createHash } from 'node:crypto'
import type { Place } from '#door/area.ts'
import type { Answers } from '#door/personal.ts'
import type { Tx } from '#registry/transaction.ts'

export interface RegisterEvidence {
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
}

interface Wanted {
  household_ids?: readonly string[]
  /** Only households after this household_id; for paging through an area in order. */
  after?: string
  limit?: number
}

/** Records of active households of a place, ordered by household_id. */
export async function loadRecords(
  tx: Tx,
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
    .where('household.area_code', 'like', place.prefix)
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
  return rows.map(({ answers, ...household }) => {
    const registers = evidence === null ? null : (evidence.get(household.household_id) ?? [])
    return recordOf({ ...household, answers: answers as Answers, registers })
  })
}

/** Put answers and register evidence together; also for a submission that is not the current one. */
export function recordOf(
  household: Omit<HouseholdRecord, 'record' | 'evidence_sha256'> & {
    answers: Answers
    registers: RegisterEvidence[] | null
  },
): HouseholdRecord {
  const { answers, registers, ...rest } = household
  const evidence_sha256 = createHash('sha256')
    .update(`${household.instance_id}\n${JSON.stringify(answers)}\n${JSON.stringify(registers)}`)
    .digest('hex')
  return { ...rest, evidence_sha256, record: { ...answers, registers } }
}

/** Evidence by household; null (unknown, not empty) where no department's list was ever imported for the county. */
export async function registerEvidence(
  tx: Tx,
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
  const rows = await tx
    .selectFrom('person')
    .innerJoin('link', (join) =>
      join
        .onRef('link.county_code', '=', 'person.county_code')
        .onRef('link.person_id', '=', 'person.person_id')
        .on('link.left_kind', '=', 'record')
        .on('link.withdrawn_at', 'is', null),
    )
    .innerJoin('register_record', (join) =>
      join
        .onRef('register_record.county_code', '=', 'link.county_code')
        .on((on) => on(on.fn('split_part', ['link.left_id', on.val(':'), on.val(1)]), '=', on.ref('register_record.register')))
        .on((on) => on(on.fn('split_part', ['link.left_id', on.val(':'), on.val(2)]), '=', on.ref('register_record.record_id'))),
    )
    .select([
      'person.household_id',
      'register_record.register',
      'register_record.name',
      'register_record.value',
      'register_record.detail',
      'register_record.since',
    ])
    .where('person.county_code', '=', county_code)
    .where('person.household_id', 'in', household_ids)
    .orderBy('person.household_id')
    .orderBy('register_record.register')
    .orderBy('register_record.record_id')
    .execute()
  for (const { household_id, ...entry } of rows) {
    const entries = found.get(household_id) ?? []
    entries.push(entry)
    found.set(household_id, entries)
  }
  return found
}
