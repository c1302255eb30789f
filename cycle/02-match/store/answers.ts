import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Answer, Decision } from '../decide/answers.ts'

type CountyPlace = Place & { county_code: string }

/** Standing answers to one question, in the order of their times. */
export async function answersTo(tx: ReadTx, county_code: string, review_id: string): Promise<Answer[]> {
  const { rows } = await sql<Answer>`
    select review_id, account_id, decision, answered_at from match_answer
    where county_code = ${county_code} and review_id = ${review_id} and withdrawn_at is null
    order by answered_at, answer_id`.execute(tx)
  return rows
}

export async function saveAnswer(
  tx: Tx,
  of: { county_code: string; review_id: string; area_code: string },
  answer: { decision: Decision; note: string | null; account_id: string | null; now: string },
): Promise<void> {
  await tx
    .insertInto('match_answer')
    .values({
      county_code: of.county_code,
      answer_id: randomUUID(),
      review_id: of.review_id,
      area_code: of.area_code,
      decision: answer.decision,
      note: answer.note,
      account_id: answer.account_id,
      answered_at: answer.now,
      withdrawn_at: null,
    })
    .execute()
}

/** Take answers to a question back: one person's, or (null) everybody's. Returns how many there were. */
export async function withdrawAnswers(
  tx: Tx,
  of: { county_code: string; review_id: string },
  account_id: string | null,
  now: string,
): Promise<number> {
  let update = tx
    .updateTable('match_answer')
    .set({ withdrawn_at: now })
    .where('county_code', '=', of.county_code)
    .where('review_id', '=', of.review_id)
    .where('withdrawn_at', 'is', null)
  if (account_id !== null) update = update.where('account_id', '=', account_id)
  return (await update.returning('answer_id').execute()).length
}

/** Who has asked for a decided question to be taken back, and waits for another to agree. */
export async function undosAsked(tx: ReadTx, county_code: string, review_id: string) {
  return await tx
    .selectFrom('match_undo')
    .select(['account_id'])
    .where('county_code', '=', county_code)
    .where('review_id', '=', review_id)
    .where('settled_at', 'is', null)
    .execute()
}

export async function askUndo(
  tx: Tx,
  of: { county_code: string; review_id: string; area_code: string },
  by: { account_id: string | null; note: string; now: string },
): Promise<void> {
  const { county_code, review_id, area_code } = of
  const { account_id, note, now } = by
  await tx
    .insertInto('match_undo')
    .values({
      county_code,
      undo_id: randomUUID(),
      review_id,
      area_code,
      account_id,
      note,
      asked_at: now,
      settled_at: null,
    })
    .execute()
}

/** The decision was taken back: nothing waits any more. */
export async function settleUndos(tx: Tx, county_code: string, review_id: string, now: string): Promise<void> {
  await tx
    .updateTable('match_undo')
    .set({ settled_at: now })
    .where('county_code', '=', county_code)
    .where('review_id', '=', review_id)
    .where('settled_at', 'is', null)
    .execute()
}

/** The last standing answers of a place, newest first; 5,000 at the outside. */
export async function answersIn(tx: ReadTx, place: CountyPlace): Promise<Answer[]> {
  const { rows } = await sql<Answer>`
    select review_id, account_id, decision, answered_at from match_answer
    where county_code = ${place.county_code} and area_code ^@ ${place.prefix} and withdrawn_at is null
    order by answered_at desc, answer_id limit 5000`.execute(tx)
  return rows
}
