// The steps that need several tables at once: loaded, permitted, done, in the request's transaction.
import { placeInCounty } from '#door/permit/area.ts'
import type { EnteredToWrite } from '#door/context.ts'
import { covers, mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { checkClaims, latestDay } from '#door/steps.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { appraisalOn } from '#packs/in-force.ts'
import type { Appraisal as AppraisalRules } from '#packs/schema/schema.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { audit, auditMany } from '#registry/audit/audit.ts'
import { hasQuorum, moves, returned_to, review_at, twice, votePasses, type Level } from './appraise.ts'
import { approvedAt, casesOf, handsOn, moveCases, saveMeeting, saveReviews, type Case } from './store.ts'

export type C = EnteredToWrite

/** The pack's rules of appraisal in force on a day; a pack without them has no such step. */
export function rulesOf(c: C, day: string): AppraisalRules {
  const rules = appraisalOn(c.var.pack, day)
  if (!rules) throw problem('rules_not_in_force', { detail: `The pack ${c.var.pack.id} has no appraisal on ${day}.` })
  return rules
}

/** Each household once: two decisions on one would leave it to chance which holds. */
function eachOnce(household_ids: readonly string[]): void {
  const double = twice(household_ids)
  if (double === undefined) return
  throw problem('request_invalid', { detail: `Household ${double} stands in the list twice.` })
}

/**
 * Cases of the households named, all in one state and held until the transaction ends; a household without such a case
 * is a problem that names it. One that lies outside the actor's area is not there for him.
 */
export async function casesInState(
  c: C,
  county_code: string,
  household_ids: readonly string[],
  state: string,
): Promise<Map<string, Case>> {
  const over = await casesOf(c.var.tx, county_code, household_ids, state === 'approved' ? 'approved' : 'open')
  const found = over.filter((each) => covers(c.var.actor, each.area_code))
  const cases = new Map(found.map((each) => [each.counts_for, each]))
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

/** A meeting that may decide: it has been held, and enough were there. */
function checkMeeting(c: C, input: MeetingInput): void {
  checkClaims(c, [{ path: 'held_on', day: input.held_on }])
  const rules = rulesOf(c, input.held_on)
  if (input.present > input.entitled) {
    throw problem('appraise_count_wrong', {
      detail: `${input.present} present, but only ${input.entitled} entitled.`,
      errors: [{ path: 'present', message: `more than ${input.entitled}`, got: input.present }],
    })
  }
  if (!hasQuorum(rules, input.present, input.entitled)) {
    const [part, of] = rules.quorum.present_of_members
    throw problem('appraise_no_quorum', {
      detail: `${input.present} of ${input.entitled} were present; ${part} of every ${of} must be.`,
    })
  }
  const over = input.votes.filter((each) => each.votes_for + each.votes_against + each.votes_abstain > input.present)
  if (over.length > 0) {
    throw problem('appraise_votes_exceed', {
      detail: `${over.length} households have more votes than the ${input.present} who were present.`,
      errors: over.slice(0, 50).map((each) => ({ path: each.household_id, message: `more than ${input.present}` })),
    })
  }
  eachOnce(input.votes.map((vote) => vote.household_id))
}

/** Record a meeting: those who passed go on, those who did not are rejected with their votes on record. */
export async function holdMeeting(c: C, input: MeetingInput) {
  const { tx, actor } = c.var
  permit(actor, 'appraise.meet', input.area_code)
  checkMeeting(c, input)
  const { county_code } = await placeInCounty(tx, input.area_code)
  return await overCounty(c, county_code, () => recordMeeting(c, county_code, input))
}

async function recordMeeting(c: C, county_code: string, input: MeetingInput) {
  const { tx, actor, now } = c.var
  const rules = rulesOf(c, input.held_on)
  const household_ids = input.votes.map((vote) => vote.household_id)
  const cases = await casesInState(c, county_code, household_ids, 'applied')
  // Nobody is voted on before the case was opened, or before the review that sent it back to the meeting.
  const claims = [...cases.values()].map((each) => ({
    path: each.household_id,
    day: input.held_on,
    after: latestDay(c, null, each.state_since),
  }))
  checkClaims(c, claims)
  const votes = input.votes.map((vote) => {
    const found = cases.get(vote.household_id)
    if (!found?.area_code.startsWith(input.area_code)) {
      throw problem('outside_area', { detail: `Household ${vote.household_id} does not live in ${input.area_code}.` })
    }
    const passed = votePasses(rules, vote.votes_for, input.present)
    const { appraisal_id, household_id, area_code } = found
    return { ...vote, household_id, appraisal_id, area_code, passed, note: vote.note ?? null }
  })
  const { votes: _, ...told } = input
  const account_id = actor.account_id ?? ''
  const meeting_id = await saveMeeting(tx, { ...told, county_code, now, account_id }, votes)
  const of = (passed: boolean) => votes.filter((vote) => vote.passed === passed).map((vote) => vote.appraisal_id)
  await moveCases(tx, county_code, { appraisal_ids: of(true), to: moves.vote_passed.to, now })
  await moveCases(tx, county_code, { appraisal_ids: of(false), to: moves.vote_failed.to, now })
  await audit(tx, {
    county_code,
    action: 'appraise.meet',
    subject_kind: 'appraisal_meeting',
    subject_id: meeting_id,
    detail: {
      area_code: input.area_code,
      held_on: input.held_on,
      present: input.present,
      entitled: input.entitled,
      votes: votes.map((vote) => [vote.household_id, vote.votes_for, vote.passed]),
    },
  })
  return { meeting_id, passed: of(true).length, failed: of(false).length }
}

export interface ReviewInput {
  level: Level
  decisions: { household_id: string; decision: StateOf<'review.decision'>; reason: string }[]
}

/**
 * Review cases at one level. Who surveyed the household, reviewed it at another level, or reviewed it at this one
 * already may not; once a case has been returned, the same office looks at it anew. The county's approval ends the
 * appraisal; a rejection anywhere ends it too.
 */
export async function reviewCases(c: C, input: ReviewInput) {
  const { tx, actor } = c.var
  const action = `appraise.review_${input.level}` as const
  permit(actor, action)
  const household_ids = input.decisions.map((each) => each.household_id)
  eachOnce(household_ids)
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  return await overCounty(c, county_code, () => recordReviews(c, county_code, input))
}

async function recordReviews(c: C, county_code: string, input: ReviewInput) {
  const { tx, actor, now } = c.var
  const action = `appraise.review_${input.level}` as const
  const household_ids = input.decisions.map((each) => each.household_id)
  const cases = await casesInState(c, county_code, household_ids, review_at[input.level])
  const appraisal_ids = [...cases.values()].map((each) => each.appraisal_id)
  const hands = await handsOn(tx, county_code, appraisal_ids, input.level)
  const approved = await approvedAt(tx, county_code, input.level, appraisal_ids)
  const reviews = input.decisions.map((each) => {
    const found = cases.get(each.household_id)
    if (!found) throw problem('not_found', { detail: `There is no appraisal of ${each.household_id}.` })
    permit(actor, action, found.area_code)
    mustDiffer(actor, hands.get(found.appraisal_id) ?? [], `the ${input.level}'s review of ${each.household_id}`)
    if (each.decision === 'approved' && approved.has(found.appraisal_id)) {
      throw problem('already_done', {
        detail: `Household ${each.household_id} has passed the ${input.level}'s review.`,
      })
    }
    const { appraisal_id, household_id, area_code } = found
    return { ...each, household_id, appraisal_id, area_code, level: input.level }
  })
  await saveReviews(tx, county_code, { now, account_id: actor.account_id ?? '' }, reviews)
  const of = (decision: string) => reviews.filter((each) => each.decision === decision).map((each) => each.appraisal_id)
  await moveCases(tx, county_code, { appraisal_ids: of('rejected'), to: 'rejected', now })
  await moveCases(tx, county_code, { appraisal_ids: of('returned'), to: returned_to[input.level], now })
  // Below the county the notice that follows moves the case on.
  if (input.level === 'county') {
    await moveCases(tx, county_code, { appraisal_ids: of('approved'), to: moves.county_approved.to, now })
  }
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
