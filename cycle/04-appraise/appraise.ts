// How a village and the offices above it decide, in the open. Pure: states, quorum, days.
import { states as allStates, type StateOf } from '#registry/tables/states.ts'
import type { Appraisal as AppraisalRules } from '#packs/schema/schema.ts'

export const states = allStates['appraisal.state']
export type State = StateOf<'appraisal.state'>

/** What a case waits for, in the order in which the steps are taken. */
export const due_steps = [
  'meet',
  'review_village',
  'first_notice',
  'review_township',
  'second_notice',
  'review_county',
] as const
export type DueStep = (typeof due_steps)[number]

/** What may happen in each state, and where it leads. Anything else is `wrong_state`. */
export const moves = {
  vote_passed: { from: 'applied', to: 'appraised' },
  vote_failed: { from: 'applied', to: 'rejected' },
  first_notice_posted: { from: 'appraised', to: 'first_notice' },
  first_notice_closed: { from: 'first_notice', to: 'township_review' },
  second_notice_posted: { from: 'township_review', to: 'second_notice' },
  second_notice_closed: { from: 'second_notice', to: 'county_review' },
  county_approved: { from: 'county_review', to: 'approved' },
} as const satisfies Record<string, { from: State; to: State }>

export type Level = StateOf<'review.level'>
export type Stage = StateOf<'public_notice.stage'>

/** At which state each level reviews. The village's verification and the township's review come before a notice. */
export const review_at: Record<Level, State> = {
  village: 'appraised',
  township: 'township_review',
  county: 'county_review',
}

/** Where a review that returns a case sends it: back to the step before, which is then taken anew. */
export const returned_to: Record<Level, State> = {
  village: 'applied',
  township: 'appraised',
  county: 'township_review',
}

/**
 * What a notice takes and what it leads to. An announcement tells what is decided already: it opens no step and its
 * households stay approved.
 */
export const notices: Record<Stage, { takes: State; passed_by: Level; hangs_as: State; closes_to: State }> = {
  first_notice: {
    takes: moves.first_notice_posted.from,
    passed_by: 'village',
    hangs_as: moves.first_notice_posted.to,
    closes_to: moves.first_notice_closed.to,
  },
  second_notice: {
    takes: moves.second_notice_posted.from,
    passed_by: 'township',
    hangs_as: moves.second_notice_posted.to,
    closes_to: moves.second_notice_closed.to,
  },
  announcement: { takes: 'approved', passed_by: 'county', hangs_as: 'approved', closes_to: 'approved' },
}

type Fraction = readonly [number, number]

/** What the pack says of a meeting; screens have it too, to tell as one types. */
type Quorum = { present_of_members: Fraction; for_of_present: Fraction; strictly_more: boolean }

function reaches(count: number, whole: number, [part, of]: Fraction, strictly: boolean): boolean {
  return strictly ? count * of > whole * part : count * of >= whole * part
}

/** Were enough of those entitled present? */
export function hasQuorum(rules: { quorum: Quorum }, present: number, entitled: number): boolean {
  return reaches(present, entitled, rules.quorum.present_of_members, false)
}

/** Did enough of those present agree? Abstentions count as present. */
export function votePasses(rules: { quorum: Quorum }, votes_for: number, present: number): boolean {
  return reaches(votes_for, present, rules.quorum.for_of_present, rules.quorum.strictly_more)
}

/** The role that hangs a notice and takes it down, by the pack's steps in force; null where there is none. */
export function noticeRole(rules: AppraisalRules, stage: Stage): string | null {
  return rules.steps.find((step) => step.code === stage)?.by ?? null
}

/** The days a notice of each stage hangs. */
export function noticeDays(rules: AppraisalRules, stage: Stage): number {
  return {
    first_notice: rules.first_notice_days,
    second_notice: rules.second_notice_days,
    announcement: rules.announcement_days,
  }[stage].value
}

/** The first value that stands twice; undefined where each stands once. */
export function twice(values: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (const value of values) {
    if (seen.has(value)) return value
    seen.add(value)
  }
  return undefined
}
