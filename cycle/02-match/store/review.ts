import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'

type CountyPlace = Place & { county_code: string }

export interface ReviewItem {
  review_id: string
  county_code: string
  area_code: string
  kind: string
  state: StateOf<'match_review.state'>
  left_id: string
  left_household_id: string | null
  left_head_name: string | null
  right_household_id: string
  right_head_name: string | null
  match_weight: number
  match_probability: number
  created_at: string
  decided_at: string | null
  note: string | null
  /** Drawn for two reviewers. */
  second_drawn: boolean
  /** Standing answers so far. What they say is nobody's to see until the question is decided. */
  answers: number
  /** Somebody has asked to take the decision back; another person must agree. */
  undo_asked: boolean
}

const item = sql`r.review_id, r.county_code, r.area_code, r.evidence ->> 'kind' as kind, r.state, r.left_id,
  h.household_id as left_household_id, h.head_name as left_head_name, r.right_household_id,
  o.head_name as right_head_name, r.match_weight, r.match_probability, r.created_at, r.decided_at, r.note,
  r.second_drawn, (select count(*)::int from match_answer a where a.county_code = r.county_code
    and a.review_id = r.review_id and a.withdrawn_at is null) as answers,
  exists (select 1 from match_undo u where u.county_code = r.county_code and u.review_id = r.review_id
    and u.settled_at is null) as undo_asked`

const sides = sql`left join link l on l.county_code = r.county_code and l.left_kind = 'submission'
    and l.left_id = r.left_id and l.withdrawn_at is null
  left join household h on h.county_code = l.county_code and h.household_id = l.household_id
  left join household o on o.county_code = r.county_code and o.household_id = r.right_household_id`

/** The card asked about is linked, and the other household stands: else the question rests until they do. */
const asks = sql`h.household_id is not null and o.state <> 'gone'`

/** Undecided questions that this person may answer (view match_question): not answered by him yet, of no household he surveyed. */
const waitingFor = (account_id: string | null) => sql`exists (select 1 from match_question q
  where q.county_code = r.county_code and q.review_id = r.review_id
    and not coalesce(${account_id}::text = any(q.answered_by), false)
    and not coalesce(${account_id}::text = any(q.surveyed_by), false))`

/** How many questions of a place wait for this person. */
export async function countWaiting(tx: ReadTx, place: CountyPlace, account_id: string | null): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from match_review r ${sides}
    where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix}
      and ${waitingFor(account_id)}`.execute(tx)
  return rows[0]?.count ?? 0
}

/**
 * Questions of a place, the likeliest first; `after` is the `next` of the page before. The state `waiting` is those that
 * this person may answer.
 */
export async function listReviews(
  tx: ReadTx,
  place: CountyPlace,
  wish: { state: string; limit: number; after?: string | undefined; account_id: string | null },
): Promise<{ items: ReviewItem[]; next?: string }> {
  const [weight, id] = wish.after?.split('|') ?? []
  const than = Number(weight)
  const after =
    weight && id
      ? sql`and r.match_weight <= ${than}::float8 and (r.match_weight < ${than}::float8 or r.review_id > ${id})`
      : sql``
  const undecided = ['open', 'unsure'].includes(wish.state)
  const plainly = undecided ? sql`r.state = ${wish.state} and ${asks}` : sql`r.state = ${wish.state}`
  // The state is said here too: it is what the index of undecided questions, in their order, is found by.
  const waiting = sql`r.state in ('open', 'unsure') and ${waitingFor(wish.account_id)}`
  const state = wish.state === 'waiting' ? waiting : plainly
  const { rows } = await sql<ReviewItem>`
    select ${item} from match_review r ${sides}
    where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix} and ${state} ${after}
    order by r.match_weight desc, r.review_id limit ${wish.limit + 1}`.execute(tx)
  const items = rows.slice(0, wish.limit)
  const last = rows.length > wish.limit ? items.at(-1) : undefined
  return { items, ...(last ? { next: `${last.match_weight}|${last.review_id}` } : {}) }
}

/** Questions by state; `resting` are those that nobody need answer now. */
export async function countReviews(tx: ReadTx, place: CountyPlace): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select case when r.state in ('open', 'unsure') and not (${asks}) then 'resting' else r.state end as state,
      count(*) as count
    from match_review r ${sides}
    where r.county_code = ${place.county_code} and r.area_code ^@ ${place.prefix} group by 1`.execute(tx)
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]))
}

export interface Review extends ReviewItem {
  right_person_id: string | null
  evidence: Record<string, unknown>
  /** Accounts that made the submissions of either side. */
  surveyed_by: string[]
}

export async function reviewOf(tx: ReadTx, review_id: string): Promise<Review | null> {
  // cross-county: the id alone is given; row-level security shows the actor's own.
  const { rows } = await sql<Omit<Review, 'surveyed_by'>>`
    select ${item}, r.right_person_id, r.evidence from match_review r ${sides}
    where r.review_id = ${review_id}`.execute(tx)
  const [review] = rows
  if (!review) return null
  const { rows: surveyors } = await sql<{ account_id: string }>`
    select distinct s.account_id from link l
    join submission s on s.county_code = l.county_code and s.instance_id = l.left_id
    where l.county_code = ${review.county_code} and l.left_kind = 'submission' and l.withdrawn_at is null
      and l.household_id in (select coalesce(merged_into, household_id) from household
        where county_code = ${review.county_code}
          and household_id = any(${[review.left_household_id ?? '', review.right_household_id]}))
      and s.account_id is not null`.execute(tx)
  return { ...review, surveyed_by: surveyors.map((row) => row.account_id) }
}

/** Where a household went: itself, or the one it was merged into in the end. */
export async function survivorOf(tx: ReadTx, county_code: string, household_id: string): Promise<string> {
  const { rows } = await sql<{ household_id: string }>`
    with recursive way as (
      select household_id, merged_into, state from household
      where county_code = ${county_code} and household_id = ${household_id}
      union
      select h.household_id, h.merged_into, h.state from way w
      join household h on h.county_code = ${county_code} and h.household_id = w.merged_into and w.state = 'merged')
    select household_id from way where state <> 'merged'`.execute(tx)
  return rows[0]?.household_id ?? household_id
}

/** Write what the answers have come to; false where it was decided meanwhile. */
export async function decideReview(
  tx: Tx,
  county_code: string,
  decided: {
    review_id: string
    state: StateOf<'match_review.state'>
    note: string | null
    now: string
    account_id: string | null
    turn: number
  },
): Promise<boolean> {
  const { rows } = await sql<{ review_id: string }>`
    update match_review set state = ${decided.state}, note = ${decided.note}, decided_at = ${decided.now}::timestamptz,
      decided_by = ${decided.account_id}, decided_turn = ${decided.turn}
    where county_code = ${county_code} and review_id = ${decided.review_id} and state in ('open', 'unsure')
    returning review_id`.execute(tx)
  return rows.length === 1
}

/** Undecided again: `unsure` where somebody looked and could not tell. */
export async function reopenReview(
  tx: Tx,
  county_code: string,
  review_id: string,
  state: 'open' | 'unsure' = 'open',
): Promise<void> {
  await tx
    .updateTable('match_review')
    .set({ state, note: null, decided_at: null, decided_by: null, decided_turn: null })
    .where('county_code', '=', county_code)
    .where('review_id', '=', review_id)
    .execute()
}
