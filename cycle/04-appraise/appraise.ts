// How a village and the offices above it decide, in the open. Pure: states, quorum, days.
import type { Appraisal as AppraisalRules } from '#packs/schema.ts'

export const states = [
  'applied',
  'appraised',
  'first_notice',
  'township_review',
  'second_notice',
  'county_review',
  'approved',
  'rejected',
] as const
export type State = (typeof states)[number]

/** What may happen in each state, and where it leads. Anything else is `wrong_state`. */
export const moves: Record<string, { from: State; to: State }> = {
  vote_passed: { from: 'applied', to: 'appraised' },
  vote_failed: { from: 'applied', to: 'rejected' },
  first_notice_posted: { from: 'appraised', to: 'first_notice' },
  first_notice_closed: { from: 'first_notice', to: 'township_review' },
  second_notice_posted: { from: 'township_review', to: 'second_notice' },
  second_notice_closed: { from: 'second_notice', to: 'county_review' },
  county_approved: { from: 'county_review', to: 'approved' },
}

/** At which state each level reviews. The village's verification and the township's review come before a notice. */
export const review_at: Record<'village' | 'township' | 'county', State> = {
  village: 'appraised',
  township: 'township_review',
  county: 'county_review',
}

type Fraction = readonly [number, number]

function reaches(count: number, whole: number, [part, of]: Fraction, strictly: boolean): boolean {
  return strictly ? count * of > whole * part : count * of >= whole * part
}

/** Were enough of those entitled present? */
export function hasQuorum(rules: AppraisalRules, present: number, entitled: number): boolean {
  return reaches(present, entitled, rules.quorum.present_of_members, false)
}

/** Did enough of those present agree? Abstentions count as present. */
export function votePasses(rules: AppraisalRules, votes_for: number, present: number): boolean {
  return reaches(votes_for, present, rules.quorum.for_of_present, rules.quorum.strictly_more)
}

/** The days a notice of each stage hangs. */
export function noticeDays(rules: AppraisalRules, stage: 'first_notice' | 'second_notice' | 'announcement'): number {
  return {
    first_notice: rules.first_notice_days,
    second_notice: rules.second_notice_days,
    announcement: rules.announcement_days,
  }[stage].value
}

/** A date some days later: calendar days, the day of posting not counted. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Days from one date to another; negative when it has passed. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}
