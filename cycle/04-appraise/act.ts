// The steps that need several tables at once: loaded, permitted, done, in the request's transaction.
import type { Context } from 'hono'
import { placeInCounty } from '#door/area.ts'
import type { DoorEnv } from '#door/context.ts'
import { mustDiffer, permit } from '#door/permit.ts'
import { problem } from '#door/problems.ts'
import type { Appraisal as AppraisalRules } from '#packs/schema.ts'
import { audit, auditMany } from '#registry/audit.ts'
import { addDays, hasQuorum, moves, noticeDays, review_at, votePasses } from './appraise.ts'
import {
  approvedAt,
  casesIn,
  casesOf,
  closeNotice,
  earlierHands,
  moveCases,
  noticeOf,
  onNotice,
  saveMeeting,
  saveNotice,
  saveReviews,
  type Case,
} from './store.ts'

type C = Context<DoorEnv>

/** The pack's rules of appraisal; a pack without them has no such step. */
export function rulesOf(c: C): AppraisalRules {
  if (!c.var.pack.appraisal) throw problem('wrong_state', { detail: `The pack ${c.var.pack.id} has no appraisal.` })
  return c.var.pack.appraisal
}

/** Cases of the households named, all in one state; a household without such a case is a problem that names it. */
async function casesInState(
  c: C,
  county_code: string,
  household_ids: readonly string[],
  state: string,
): Promise<Map<string, Case>> {
  const cases = new Map((await casesOf(c.var.tx, county_code, household_ids)).map((each) => [each.household_id, each]))
  const wrong = household_ids.filter((household_id) => cases.get(household_id)?.state !== state)
  if (wrong.length > 0) {
    throw problem('wrong_state', {
      detail: `${wrong.length} of ${household_ids.length} households are not at the step ${state}.`,
      errors: wrong.slice(0, 50).map((household_id) => ({
        path: household_id,
        message: `stands at ${cases.get(household_id)?.state ?? 'no open appraisal'}`,
      })),
    })
  }
  return cases
}

export interface MeetingInput {
  area_code: string
  held_on: string
  present: number
  entitled: number
  chair: string
  minutes: string
  votes: {
    household_id: string
    votes_for: number
    votes_against: number
    votes_abstain: number
    note?: string | undefined
  }[]
}

/** Record a meeting: those who passed go on, those who did not are rejected with their votes on record. */
export async function holdMeeting(c: C, input: MeetingInput) {
  const { tx, actor, now } = c.var
  permit(actor, 'appraise.meet', input.area_code)
  const rules = rulesOf(c)
  const { county_code } = await placeInCounty(tx, input.area_code)
  if (!hasQuorum(rules, input.present, input.entitled)) {
    const [part, of] = rules.quorum.present_of_members
    throw problem('appraise_no_quorum', {
      detail: `${input.present} of ${input.entitled} were present; ${part} of every ${of} must be.`,
    })
  }
  const household_ids = input.votes.map((vote) => vote.household_id)
  const cases = await casesInState(c, county_code, household_ids, 'applied')
  const votes = input.votes.map((vote) => {
    const found = cases.get(vote.household_id)
    if (!found) throw problem('not_found', { detail: `There is no appraisal of ${vote.household_id}.` })
    permit(actor, 'appraise.meet', found.area_code)
    if (vote.votes_for + vote.votes_against + vote.votes_abstain > input.present) {
      throw problem('appraise_votes_exceed', {
        detail: `Household ${vote.household_id}: ${input.present} were present.`,
      })
    }
    const passed = votePasses(rules, vote.votes_for, input.present)
    return { ...vote, appraisal_id: found.appraisal_id, area_code: found.area_code, passed, note: vote.note ?? null }
  })
  const { votes: _, ...told } = input
  const account_id = actor.account_id ?? ''
  const meeting_id = await saveMeeting(tx, { ...told, county_code, now, account_id }, votes)
  const of = (passed: boolean) => votes.filter((vote) => vote.passed === passed).map((vote) => vote.appraisal_id)
  await moveCases(tx, county_code, { appraisal_ids: of(true), to: 'appraised', now })
  await moveCases(tx, county_code, { appraisal_ids: of(false), to: 'rejected', now })
  await audit(tx, {
    county_code,
    action: 'appraise.meet',
    subject_kind: 'appraisal_meeting',
    subject_id: meeting_id,
    detail: {
      area_code: input.area_code,
      present: input.present,
      votes: votes.map((vote) => [vote.household_id, vote.votes_for, vote.passed]),
    },
  })
  return { meeting_id, passed: of(true).length, failed: of(false).length }
}

export interface ReviewInput {
  level: 'village' | 'township' | 'county'
  decisions: { household_id: string; decision: 'approved' | 'returned' | 'rejected'; reason: string }[]
}

/** Review cases at one level. The county's approval ends the appraisal; a rejection anywhere ends it too. */
export async function reviewCases(c: C, input: ReviewInput) {
  const { tx, actor, now } = c.var
  const action = `appraise.review_${input.level}` as const
  permit(actor, action)
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  const household_ids = input.decisions.map((each) => each.household_id)
  const cases = await casesInState(c, county_code, household_ids, review_at[input.level])
  const appraisal_ids = [...cases.values()].map((each) => each.appraisal_id)
  const hands = await earlierHands(tx, county_code, appraisal_ids)
  const reviews = input.decisions.map((each) => {
    const found = cases.get(each.household_id)
    if (!found) throw problem('not_found', { detail: `There is no appraisal of ${each.household_id}.` })
    permit(actor, action, found.area_code)
    const before = hands.get(found.appraisal_id)
    mustDiffer(actor, [...(before?.surveyors ?? []), ...(before?.reviewers ?? [])], `the ${input.level}'s review`)
    return { ...each, appraisal_id: found.appraisal_id, area_code: found.area_code, level: input.level }
  })
  const account_id = actor.account_id ?? ''
  await saveReviews(tx, county_code, { now, account_id }, reviews)
  const of = (decision: string) => reviews.filter((each) => each.decision === decision).map((each) => each.appraisal_id)
  await moveCases(tx, county_code, { appraisal_ids: of('rejected'), to: 'rejected', now })
  if (input.level === 'county') {
    await moveCases(tx, county_code, { appraisal_ids: of('approved'), to: 'approved', now })
    await moveCases(tx, county_code, { appraisal_ids: of('returned'), to: 'township_review', now })
  }
  if (input.level === 'township')
    await moveCases(tx, county_code, { appraisal_ids: of('returned'), to: 'appraised', now })
  if (input.level === 'village') await moveCases(tx, county_code, { appraisal_ids: of('returned'), to: 'applied', now })
  await auditMany(
    tx,
    reviews.map((each) => ({
      county_code,
      action,
      subject_kind: 'appraisal',
      subject_id: each.appraisal_id,
      household_id: each.household_id,
      detail: { decision: each.decision, reason: each.reason },
    })),
  )
  return { approved: of('approved').length, returned: of('returned').length, rejected: of('rejected').length }
}

export interface NoticeInput {
  area_code: string
  stage: 'first_notice' | 'second_notice' | 'announcement'
  place: string
  posted_on: string
  household_ids?: string[] | undefined
}

const before_notice = { first_notice: 'appraised', second_notice: 'township_review', announcement: 'approved' } as const
const level_before = { first_notice: 'village', second_notice: 'township', announcement: 'county' } as const

/** Post the names of those whose review was passed; the days of the notice begin to count. */
export async function postNotice(c: C, input: NoticeInput) {
  const { tx, actor, now } = c.var
  permit(actor, 'appraise.notice', input.area_code)
  const place = await placeInCounty(tx, input.area_code)
  const { county_code } = place
  const state = before_notice[input.stage]
  const found = input.household_ids
    ? [...(await casesInState(c, county_code, input.household_ids, state)).values()]
    : await casesIn(tx, place, state)
  const approved = await approvedAt(
    tx,
    county_code,
    level_before[input.stage],
    found.map((each) => each.appraisal_id),
  )
  const cases = found.filter((each) => approved.has(each.appraisal_id))
  if (cases.length === 0) {
    throw problem('wrong_state', {
      detail: `No household of ${input.area_code} has passed the ${level_before[input.stage]}'s review.`,
    })
  }
  const days = noticeDays(rulesOf(c), input.stage)
  const closes_on = addDays(input.posted_on, days)
  const notice_id = await saveNotice(
    tx,
    {
      county_code,
      area_code: input.area_code,
      stage: input.stage,
      place: input.place,
      posted_on: input.posted_on,
      days,
      closes_on,
      now,
      account_id: actor.account_id ?? '',
    },
    cases,
  )
  await moveCases(tx, county_code, { appraisal_ids: cases.map((each) => each.appraisal_id), to: input.stage, now })
  await audit(tx, {
    county_code,
    action: 'appraise.notice',
    subject_kind: 'public_notice',
    subject_id: notice_id,
    detail: {
      stage: input.stage,
      area_code: input.area_code,
      posted_on: input.posted_on,
      closes_on,
      households: cases.length,
    },
  })
  return { notice_id, households: cases.length, closes_on }
}

/** Close a notice whose days are over. Households with an upheld objection are rejected; the others go on. */
export async function endNotice(c: C, notice_id: string, closed_on: string) {
  const { tx, actor, now } = c.var
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  const notice = await noticeOf(tx, county_code, notice_id)
  if (!notice) throw problem('not_found', { detail: `There is no notice ${notice_id}.` })
  permit(actor, 'appraise.notice', notice.area_code)
  if (notice.closed_at !== null)
    throw problem('already_done', { detail: `The notice was closed at ${notice.closed_at}.` })
  if (closed_on < notice.closes_on) {
    throw problem('appraise_notice_running', { detail: `It hangs until ${notice.closes_on}.` })
  }
  const cases = await onNotice(tx, county_code, notice_id)
  const open = cases.filter((each) => each.open_objections > 0)
  if (open.length > 0) {
    throw problem('appraise_objection_open', {
      detail: `${open.length} households have an objection that nobody has settled.`,
      errors: open.map((each) => ({ path: each.household_id, message: `${each.open_objections} open` })),
    })
  }
  const standing = cases.filter((each) => each.state === notice.stage)
  const upheld = standing.filter((each) => each.upheld_objections > 0).map((each) => each.appraisal_id)
  const passed = standing.filter((each) => each.upheld_objections === 0).map((each) => each.appraisal_id)
  const to = moves[`${notice.stage}_closed`]?.to
  await moveCases(tx, county_code, { appraisal_ids: upheld, to: 'rejected', now })
  if (to) await moveCases(tx, county_code, { appraisal_ids: passed, to, now })
  await closeNotice(tx, county_code, notice_id, now)
  await audit(tx, {
    county_code,
    action: 'appraise.close_notice',
    subject_kind: 'public_notice',
    subject_id: notice_id,
    detail: { closed_on, passed: passed.length, rejected: upheld.length },
  })
  return { passed: passed.length, rejected: upheld.length }
}
