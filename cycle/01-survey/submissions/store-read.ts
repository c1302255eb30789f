import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx } from '#registry/transaction.ts'

const listed = [
  's.instance_id',
  's.county_code',
  's.area_code',
  's.form_id',
  's.form_version',
  's.household_code',
  's.state',
  's.problem_code',
  's.surveyor_name',
  's.surveyed_on',
  's.received_at',
] as const

export interface ListWish {
  /** `kept`: accepted, or accepted and since replaced by a newer one. */
  state?: StateOf<'submission.state'> | 'kept' | undefined
  form_id?: string | undefined
  with_problems?: boolean | undefined
  limit: number
  after?: string | undefined
}

/** Submissions of a place, newest first; `after` is the `next` of the page before. */
export async function listSubmissions(tx: ReadTx, place: Place, wish: ListWish) {
  let query = tx
    .selectFrom('submission')
    .select(['county_code', 'instance_id'])
    .where('area_code', '^@', place.prefix)
    .orderBy('received_at', 'desc')
    .orderBy('instance_id', 'desc')
    .limit(wish.limit + 1)
  if (place.county_code !== null) query = query.where('county_code', '=', place.county_code)
  if (wish.state === 'kept') query = query.where('state', 'in', ['accepted', 'superseded'])
  else if (wish.state) query = query.where('state', '=', wish.state)
  if (wish.form_id) query = query.where('form_id', '=', wish.form_id)
  if (wish.with_problems) query = query.where(sql<boolean>`jsonb_array_length(problems) > 0`)
  const [received_at, instance_id] = wish.after?.split('|') ?? []
  if (received_at && instance_id) {
    query = query.where(sql<boolean>`(received_at, instance_id) < (${received_at}::timestamptz, ${instance_id})`)
  }
  // The page first, then its answers: unpacking the answers of every row before the sort takes seconds in a township.
  const rows = await tx
    .with('page', () => query)
    .selectFrom('page')
    .innerJoin('submission as s', (join) =>
      join.onRef('s.county_code', '=', 'page.county_code').onRef('s.instance_id', '=', 'page.instance_id'),
    )
    .leftJoin('area as a', 'a.area_code', 's.area_code')
    .select(listed)
    .select([
      sql<{ en: string; zh: string } | null>`a.name`.as('area_name'),
      sql<number>`jsonb_array_length(s.problems)`.as('problems'),
      sql<string | null>`s.answers -> 'members' -> 0 ->> 'name'`.as('head_name'),
      sql<number | null>`jsonb_array_length(s.answers -> 'members')`.as('members'),
    ])
    .orderBy('s.received_at', 'desc')
    .orderBy('s.instance_id', 'desc')
    .execute()
  const items = rows.slice(0, wish.limit)
  const last = rows.length > wish.limit ? items.at(-1) : undefined
  return { items, ...(last ? { next: `${last.received_at}|${last.instance_id}` } : {}) }
}

/** How many submissions of a place are in each state. */
export async function countSubmissions(tx: ReadTx, place: Place): Promise<Record<string, number>> {
  let query = tx
    .selectFrom('submission')
    .select(['state', (count) => count.fn.countAll<number>().as('count')])
    .where('area_code', '^@', place.prefix)
    .groupBy('state')
  if (place.county_code !== null) query = query.where('county_code', '=', place.county_code)
  const rows = await query.execute()
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]))
}

/** One submission with the names and sizes of its files, and the submissions it corrects or is corrected by. */
export async function readSubmission(tx: ReadTx, instance_id: string) {
  const claim = await tx
    .selectFrom('instance_claim')
    .select('county_code')
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
  if (!claim) return null
  const { county_code } = claim
  const found = await tx
    .selectFrom('submission')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('instance_id', '=', instance_id)
    .executeTakeFirst()
  if (!found) return null
  const files = await tx
    .selectFrom('submission_file')
    .select(['file_name', 'content_type', 'size', 'sha256', 'received_at'])
    .where('county_code', '=', county_code)
    .where('instance_id', '=', instance_id)
    .orderBy('file_name')
    .execute()
  const newer = await tx
    .selectFrom('submission')
    .select('instance_id')
    .where('county_code', '=', county_code)
    .where('deprecated_id', '=', instance_id)
    .executeTakeFirst()
  return { ...found, files, corrected_by: newer?.instance_id ?? null }
}
