// One reviewer's answer, what the answers come to, and what follows from it.
import type { Entered } from '#door/context.ts'
import { holdArea } from '#door/hold.ts'
import { mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { audit } from '#registry/audit/audit.ts'
import { transact, transactRead, type ReadTx, type Tx } from '#registry/transaction.ts'
import { MERGING, outcomeOf, type Decision, type Second } from './answers.ts'
import { mergeHouseholds, partCard, takeForHolder } from './merge.ts'
import { answersTo, askUndo, saveAnswer, settleUndos, undosAsked, withdrawAnswers } from '../store/answers.ts'
import type { Opening } from '../store/load.ts'
import { linkById, surveyorsOf, type LinkRow } from '../store/links.ts'
import { decideReview, reopenReview, reviewOf, survivorOf, type Review } from '../store/review.ts'
import { lockCounty, nextRevision, type Stamp } from '../store/write.ts'
import { mustBeUndoable, restore, takeBack, withdraw, type Withdrawn } from './undo.ts'

export interface About {
  opening: Opening
  stamp: Stamp
  /** To be called once where who is who becomes another: the county's revision that this transaction makes. */
  turn(): Promise<number>
}

/**
 * A transaction over the whole county, for who may act at the place of the thing: what a household is follows from all
 * its links, also those made in the next township, which row-level security would hide. One at a time in a county, and
 * never beside a run that writes.
 */
export function inCounty<T>(c: Entered, county_code: string, work: (tx: Tx, about: About) => Promise<T>) {
  const { registry, actor, pack, now } = c.var
  const opening = { keys: registry.keys, scheme: pack.national_id, county_code, card_form: pack.card_form }
  const stamp = { county_code, run_id: null, account_id: actor.account_id, now }
  return transact(registry, { ...actor, scope: [county_code] }, async (tx) => {
    // First, as every run does: what follows in later rooms asks for it too.
    await holdArea(tx, county_code)
    await lockCounty(tx, county_code)
    const turn = async () => (await nextRevision(tx, county_code)).revision
    return await work(tx, { opening, stamp, turn })
  })
}

/**
 * Reading over the whole county, for who may see the thing itself: the other household of a question may stand in the
 * next township, and what the county has set holds for all of them.
 */
export function seeCounty<T>(c: Entered, county_code: string, work: (tx: ReadTx) => Promise<T>): Promise<T> {
  return transactRead(c.var.registry, { ...c.var.actor, scope: [county_code] }, work)
}

/** A question the actor may see; `not_found` and the door's problems otherwise. */
export async function loadReview(c: Entered, tx: ReadTx, review_id: string): Promise<Review> {
  const review = await reviewOf(tx, review_id)
  if (!review) throw problem('not_found', { detail: `There is no question ${review_id}.` })
  permit(c.var.actor, 'match.read', review.area_code)
  return review
}

/** Why one answer is not enough, if it is not. */
export async function secondOf(c: Entered, tx: ReadTx, review: Review): Promise<Second> {
  if (review.second_drawn) return 'drawn'
  if (!MERGING.includes(review.kind)) return null
  const right = await survivorOf(tx, review.county_code, review.right_household_id)
  const households = [review.left_household_id ?? '', right]
  return (await c.var.later.registered(tx as Tx, review.county_code, households)).length > 0 ? 'registered' : null
}

/**
 * What two people decided, two take back: a merger of households of which one is on the register, or was when they were
 * found to be one and counts for the other now.
 */
async function undoTakesTwo(c: Entered, tx: Tx, review: Review): Promise<boolean> {
  if (review.state !== 'accepted' || !MERGING.includes(review.kind)) return false
  const { county_code, left_household_id: left, right_household_id: right } = review
  const stands = await survivorOf(tx, county_code, right)
  return (await c.var.later.registered(tx, county_code, [left ?? '', right, stands])).length > 0
}

export interface Decided {
  /** The question's state now: `open` or `unsure` while another answer is needed. */
  state: string
  /** Another person must answer too. */
  awaiting: boolean
  kept: string | null
  gone: string | null
  links: number
}

const nothing = { kept: null, gone: null, links: 0 }

/** Take one person's answer; where it decides the question, everything follows in the same transaction. */
export async function answer(c: Entered, review_id: string, decision: Decision, note: string | null) {
  const { actor, now } = c.var
  const county_code = await countyOf(c, review_id)
  return await inCounty(c, county_code, async (tx, about): Promise<Decided> => {
    const review = await loadReview(c, tx, review_id)
    permit(actor, 'match.review', review.area_code)
    mustDiffer(actor, review.surveyed_by, 'deciding who is who')
    if (review.state === 'accepted' || review.state === 'rejected') {
      throw problem('match_review_decided', { detail: `It is ${review.state}.` })
    }
    const before = await answersTo(tx, county_code, review_id)
    if (before.some((each) => each.account_id === actor.account_id)) throw problem('match_answer_given')
    await saveAnswer(tx, review, { decision, note, account_id: actor.account_id, now })
    const second = await secondOf(c, tx, review)
    const outcome = outcomeOf([...before.map((each) => each.decision), decision], second)
    if (outcome === null) {
      const unsure = decision === 'unsure' || review.state === 'unsure'
      await reopenReview(tx, county_code, review_id, unsure ? 'unsure' : 'open')
      await record(tx, review, { decision, second, awaiting: true })
      return { ...nothing, state: unsure ? 'unsure' : 'open', awaiting: true }
    }
    const by = { note, now, account_id: actor.account_id, turn: await about.turn() }
    await decideReview(tx, county_code, { review_id, state: outcome, ...by })
    const { household_ids, ...done } = await act(tx, about, review, outcome, note ?? '')
    await record(tx, review, { decision, second, outcome, ...done })
    await c.var.later.follow(tx, c.var, { county_code, household_ids, because: review_id })
    return { ...done, state: outcome, awaiting: false }
  })
}

/** Take an answer back: the actor's own where the question is undecided, else the whole decision with all answers. */
export async function takeAnswerBack(c: Entered, review_id: string, note: string): Promise<Decided> {
  const { actor, now } = c.var
  const county_code = await countyOf(c, review_id)
  return await inCounty(c, county_code, async (tx, about) => {
    const review = await loadReview(c, tx, review_id)
    permit(actor, 'match.review', review.area_code)
    mustDiffer(actor, review.surveyed_by, 'deciding who is who')
    if (review.state === 'open' || review.state === 'unsure') {
      await withdrawAnswers(tx, review, actor.account_id, now)
      const left = await answersTo(tx, county_code, review_id)
      const state = left.some((each) => each.decision === 'unsure') ? 'unsure' : 'open'
      await reopenReview(tx, county_code, review_id, state)
      await record(tx, review, { decision: 'open', was: review.state })
      return { ...nothing, state, awaiting: left.length > 0 }
    }
    if (await undoTakesTwo(c, tx, review)) {
      const asked = await undosAsked(tx, county_code, review_id)
      if (asked.some((each) => each.account_id === actor.account_id)) throw problem('match_answer_given')
      if (asked.length === 0) {
        await mustBeUndoable(tx, county_code, review_id)
        await askUndo(tx, review, { account_id: actor.account_id, note, now })
        await record(tx, review, { decision: 'open', was: review.state, awaiting: true })
        return { ...nothing, state: review.state, awaiting: true }
      }
    }
    await settleUndos(tx, county_code, review_id, now)
    await about.turn()
    const { household_ids, ...taken } = await takeBack(tx, about.opening, about.stamp, review_id, note)
    await record(tx, review, { decision: 'open', was: review.state, ...taken })
    await c.var.later.follow(tx, c.var, { county_code, household_ids, because: review_id })
    return { ...nothing, links: taken.withdrawn, state: 'open', awaiting: false }
  })
}

/** Withdraw a link that stands; see `withdraw`. */
export function withdrawLink(c: Entered, link_id: string, reason: string): Promise<Withdrawn> {
  return changeLink(c, link_id, reason, 'match.withdraw', (tx, about, link) => {
    if (link.withdrawn_at !== null) throw problem('match_link_withdrawn')
    return withdraw(tx, about.opening, about.stamp, link, reason)
  })
}

/** Take the withdrawal of a link back; see `restore`. */
export function restoreLink(c: Entered, link_id: string, reason: string): Promise<Withdrawn> {
  return changeLink(c, link_id, reason, 'match.restore', (tx, about, link) =>
    restore(tx, about.opening, about.stamp, link, reason),
  )
}

async function changeLink(
  c: Entered,
  link_id: string,
  reason: string,
  action: string,
  change: (tx: Tx, about: About, link: LinkRow) => Promise<Withdrawn>,
): Promise<Withdrawn> {
  const { actor, registry } = c.var
  const found = await transactRead(registry, actor, (tx) => linkById(tx, link_id))
  if (!found) throw problem('not_found', { detail: `There is no link ${link_id}.` })
  permit(actor, 'match.review', found.area_code)
  const { county_code } = found
  return await inCounty(c, county_code, async (tx, about) => {
    const link = await linkById(tx, link_id)
    if (!link) throw problem('not_found', { detail: `There is no link ${link_id}.` })
    mustDiffer(actor, await surveyorsOf(tx, link), 'deciding who is who')
    await mustNotBeTakenBackByOne(c, tx, link)
    await about.turn()
    const result = await change(tx, about, link)
    await audit(tx, {
      county_code,
      action,
      subject_kind: 'link',
      subject_id: link_id,
      household_id: link.household_id,
      detail: { reason, left_kind: link.left_kind, ...result },
    })
    await c.var.later.follow(tx, c.var, { county_code, household_ids: result.household_ids, because: link_id })
    return result
  })
}

/** A link that a decision made goes with that decision: where two must agree to that, not by this way round them. */
async function mustNotBeTakenBackByOne(c: Entered, tx: Tx, link: LinkRow): Promise<void> {
  const review_id = link.method === 'review' ? link.evidence['review_id'] : undefined
  const review = typeof review_id === 'string' && review_id !== '' ? await reviewOf(tx, review_id) : undefined
  if (!review || !(await undoTakesTwo(c, tx, review))) return
  throw problem('match_undo_second', { detail: `The link was made by the decision on the question ${review_id}.` })
}

const countyOf = (c: Entered, review_id: string): Promise<string> =>
  transact(c.var.registry, c.var.actor, async (tx) => (await loadReview(c, tx, review_id)).county_code)

function record(tx: Tx, review: Review, detail: Record<string, unknown>) {
  const { county_code, review_id, kind, left_household_id, right_household_id: household_id } = review
  return audit(tx, {
    county_code,
    action: 'match.review',
    subject_kind: 'match_review',
    subject_id: review_id,
    household_id,
    detail: { kind, left_household_id, ...detail },
  })
}

async function act(tx: Tx, about: About, review: Review, outcome: 'accepted' | 'rejected', note: string) {
  const { review_id, left_household_id: left, right_household_id: right, kind } = review
  const none = { ...nothing, household_ids: [] as string[] }
  if (kind === 'check') {
    if (outcome === 'accepted') return none
    const asked = { review_id, instance_id: review.left_id, household_id: right, note }
    return { ...none, ...(await partCard(tx, about.opening, about.stamp, asked)) }
  }
  if (outcome === 'rejected' || kind === 'number_held_elsewhere') return none
  if (kind === 'number_held') {
    const asked = {
      review_id,
      member: String(review.evidence['left']),
      person_id: review.right_person_id ?? '',
      note,
    }
    return { ...none, ...(await takeForHolder(tx, about.opening, about.stamp, asked)) }
  }
  if (left === null) throw problem('match_review_stale', { detail: 'The submission is no longer linked.' })
  // Where another decision has merged the household asked about, the question is about the one it went into.
  const into = await survivorOf(tx, review.county_code, right)
  if (left === into) return none
  const by_code = kind === 'code_disagrees'
  return await mergeHouseholds(tx, about.opening, about.stamp, { review_id, households: [left, into], note, by_code })
}
