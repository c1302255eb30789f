// Steps of exit cases, many at once: each case is judged by itself, so that one that cannot go on does not hold up the
// others. What cannot be done is told back with its code; everything else happens in the request's transaction.
import { placeInCounty } from '#door/permit/area.ts'
import type { EnteredToWrite } from '#door/context.ts'
import { today } from '#door/day.ts'
import { covers, permit, reachesNothing } from '#door/permit/permit.ts'
import { faultOf, checkClaims, periodOver, periodTo } from '#door/steps.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { appraisalOn, exitNoticeDays, exitOn } from '#packs/in-force.ts'
import { auditMany } from '#registry/audit/audit.ts'
import { answered, parseDetail, type Detail } from './detail.ts'
import { failing, from, meetingPasses, type Kind } from './exit.ts'
import { checkPage } from './run.ts'
import { action_of } from './states.ts'
import { appendSteps, casesById, coverCases, moveCases, registeredAfter, type Case, type Move } from './store.ts'

type C = EnteredToWrite

export interface StepsInput {
  kind: Kind
  happened_on: string
  cases: { exit_id: string; detail?: Record<string, unknown> | undefined }[]
}

interface Refusal {
  exit_id: string
  code: string
  detail?: string
}

interface Step {
  found: Case
  detail: Detail
  set: Move['set']
}

/** Take one step on many cases. Returns how many were taken and which were not, each with the reason's code. */
export async function takeSteps(c: C, input: StepsInput): Promise<{ done: number; refused: Refusal[] }> {
  const { tx, actor } = c.var
  const { kind, happened_on } = input
  permit(actor, action_of[kind])
  checkClaims(c, [{ path: 'happened_on', day: happened_on }])
  const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
  return await overCounty(c, county_code, () => stepIn(c, county_code, input))
}

/** Over the county: each case is then permitted by where its household lives. */
async function stepIn(c: C, county_code: string, input: StepsInput) {
  const { tx, actor, now } = c.var
  const { kind, happened_on } = input
  const cases = await casesById(
    tx,
    county_code,
    input.cases.map((each) => each.exit_id),
  )
  if (cases.size === 0) reachesNothing(actor)
  const refused: Refusal[] = []
  const steps: Step[] = []
  const seen = new Set<string>()
  for (const each of input.cases) {
    const found = cases.get(each.exit_id)
    const told = seen.has(each.exit_id) ? ('already_done' as const) : judgeStep(c, input, found, each.detail ?? {})
    seen.add(each.exit_id)
    if (typeof told === 'string') refused.push({ exit_id: each.exit_id, code: told })
    else steps.push(told)
  }
  if (kind === 'exited') await keepOnlyThoseWhoStillMeet(c, county_code, steps, refused)
  await appendSteps(
    tx,
    { county_code, now, account_id: actor.account_id ?? '' },
    steps.map(({ found, detail }) => ({
      exit_id: found.exit_id,
      household_id: found.household_id,
      area_code: found.area_code,
      kind,
      happened_on,
      detail: { ...detail },
    })),
  )
  for (const [, group] of Map.groupBy(steps, (step) => JSON.stringify(step.set))) {
    const set = group[0]?.set
    if (set) await moveCases(tx, county_code, { exit_ids: group.map((step) => step.found.exit_id), now, set })
  }
  if (kind === 'exited')
    await coverCases(
      tx,
      county_code,
      steps.map((step) => step.found.exit_id),
    )
  await auditMany(
    tx,
    steps.map(({ found, detail, set }) => ({
      county_code,
      action: action_of[kind],
      subject_kind: 'exit_case',
      subject_id: found.exit_id,
      household_id: found.household_id,
      detail: { kind, happened_on, state: set.state ?? found.state, ...detail },
    })),
  )
  return { done: steps.length, refused }
}

/** The step on one case, or the code of why it may not be taken. */
function judgeStep(c: C, input: StepsInput, found: Case | undefined, given: Record<string, unknown>): Step | string {
  const { kind, happened_on } = input
  // One outside the actor's area is not there for him.
  if (!found || !covers(c.var.actor, found.area_code)) return 'not_found'
  if (found.held) return 'exit_held'
  if (found.closed_at !== null || !from[kind].includes(found.state)) return 'wrong_state'
  const claim = faultOf({ path: 'happened_on', day: happened_on, after: found.last_on }, today(c))
  if (claim !== null) return claim
  const detail = parseDetail(kind, given)
  if (detail === null) return 'exit_detail_missing'
  if (kind === 'answered') return answered(found, detail, (earlier) => isOneOf(c, earlier))
  const set = 'votes_for' in detail ? judgeMeeting(c, happened_on, detail) : judgeMove(c, input, found, detail)
  return typeof set === 'string' ? set : { found, detail, set }
}

type Moved = Move['set']

/** Whether the actor is one of those who took an earlier step. */
const isOneOf = (c: C, earlier: (string | null)[]): boolean =>
  c.var.actor.account_id !== null && earlier.includes(c.var.actor.account_id)

/** Where the village meeting's vote leads, by the rules of its day. */
function judgeMeeting(c: C, happened_on: string, vote: Extract<Detail, { votes_for: number }>): Moved | string {
  const rules = appraisalOn(c.var.pack, happened_on)
  if (!rules) return 'rules_not_in_force'
  const meeting = meetingPasses(rules, { present: vote.present, entitled: vote.entitled, for: vote.votes_for })
  if (vote.votes_for + vote.votes_against > vote.present) return 'appraise_votes_exceed'
  if (!meeting.quorum) return 'appraise_no_quorum'
  return meeting.passed ? { state: 'appraised' } : { state: 'stopped', stopped_reason: 'vote_failed' }
}

/** Where every other step leads. */
function judgeMove(c: C, { kind, happened_on }: StepsInput, found: Case, detail: Detail): Moved | string {
  switch (kind) {
    case 'verified':
      return judgeVisit(c, happened_on, found, detail)
    case 'consented':
      return { state: 'consented', consent: true, consent_on: happened_on }
    case 'refused':
      return { state: 'stopped', consent: false, consent_on: happened_on, stopped_reason: reasonOf(detail) }
    case 'noticed': {
      const days = exitNoticeDays(exitOn(c.var.pack, today(c)), 'household')
      if (days === null) return 'rules_not_in_force'
      return { state: 'noticed', notice_from: happened_on, notice_to: periodTo(c, days) }
    }
    case 'objected':
      return { open_objections: found.open_objections + 1 }
    case 'exited':
      return judgeExit(c, happened_on, found)
    default:
      return { state: 'stopped', stopped_reason: reasonOf(detail) }
  }
}

/** The verification: by another person than the surveyor, after a visit that belongs to this case. */
function judgeVisit(c: C, happened_on: string, found: Case, detail: Detail): Moved | string {
  if (isOneOf(c, [found.surveyed_by])) return 'same_person'
  // The visit lies after the step before it, and not after the verification that reports it.
  if ('visited_on' in detail) {
    const visit = faultOf({ path: 'visited_on', day: detail.visited_on, after: found.last_on }, happened_on)
    if (visit !== null) return visit
  }
  return { state: 'verified' }
}

/** The last step: the notice is over, no objection is open, and who approves neither surveyed nor verified. */
function judgeExit(c: C, happened_on: string, found: Case): Moved | string {
  if (found.notice_to === null || !periodOver(c, found.notice_to) || happened_on < found.notice_to) {
    return 'exit_notice_running'
  }
  if (found.open_objections > 0) return 'exit_objection_open'
  if (isOneOf(c, [found.surveyed_by, found.verified_by])) return 'same_person'
  if (found.register_status !== 'registered') return 'exit_not_registered'
  return { state: 'exited', exited_on: happened_on }
}

const reasonOf = (detail: Detail): string => ('reason' in detail ? detail.reason : '')

/** Months lie between the check and the last step: what stands in the register now must still meet every criterion. */
async function keepOnlyThoseWhoStillMeet(c: C, county_code: string, steps: Step[], refused: Refusal[]): Promise<void> {
  const { tx } = c.var
  const place = await placeInCounty(tx, county_code)
  for (const [year, group] of Map.groupBy(steps, (step) => step.found.year)) {
    const household_ids = group.map((step) => step.found.counts_for)
    const due = await registeredAfter(tx, place, { after: '', limit: household_ids.length, household_ids })
    const checked = new Map((await checkPage(c.var, place, year, due)).map((each) => [each.household_id, each]))
    for (const step of group) {
      const now = checked.get(step.found.counts_for)
      if (now?.outcome === 'all_met') continue
      steps.splice(steps.indexOf(step), 1)
      const codes = now ? failing(now.checks) : null
      refused.push({
        exit_id: step.found.exit_id,
        code: 'exit_criteria_not_met',
        detail: codes ? [...codes.unmet, ...codes.unknown].join(', ') : 'no current record',
      })
    }
  }
}
