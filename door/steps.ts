// When a step was taken. Whoever records it claims a day, which may be earlier than the recording: paper is caught up on.
// A claim never lies ahead and never before the step that had to come first, and no period is shortened by it: the days
// of a notice count from the day on which its posting was recorded here, and are over by the clock, not by a claim. See
// docs/decisions/0015.
import { addDays, dayIn, laterOf, today } from './day.ts'
import type { ProblemCode } from './problems.ts'
import { problem } from './problems.ts'

type Clock = { var: { pack: { time_zone: string }; now: string } }

export interface Claim {
  /** What the claim is about: the field of the request, or the household or case in a list. */
  path: string
  day: string
  /** The day of the step before, claimed or recorded, whichever is later; null where none had to come first. */
  after?: string | null
}

/** What is wrong with a claimed day on that day; null where nothing is. */
export function faultOf(claim: Claim, on: string): Extract<ProblemCode, 'day_in_future' | 'day_before_step'> | null {
  if (claim.day > on) return 'day_in_future'
  return claim.after && claim.day < claim.after ? 'day_before_step' : null
}

/** Throws `day_in_future` or `day_before_step`, naming each claim that is wrong (at most 50). */
export function checkClaims(c: Clock, claims: readonly Claim[]): void {
  const on = today(c)
  for (const code of ['day_in_future', 'day_before_step'] as const) {
    const wrong = claims.filter((claim) => faultOf(claim, on) === code)
    const [first] = wrong
    if (!first) continue
    const bound = (claim: Claim) => (code === 'day_in_future' ? `after ${on}` : `before ${claim.after}`)
    throw problem(code, {
      detail:
        code === 'day_in_future'
          ? `${first.day} has not come yet; today is ${on}.`
          : `The step before is of ${first.after}; this one cannot be of ${first.day}.`,
      errors: wrong.slice(0, 50).map((claim) => ({ path: claim.path, message: bound(claim), got: claim.day })),
    })
  }
}

/** The last day of a period of so many days that begins with what is being recorded now. */
export const periodTo = (c: Clock, days: number): string => addDays(today(c), days)

/** Is a period over? It is on its last day, by the clock. */
export const periodOver = (c: Clock, ends_on: string): boolean => today(c) >= ends_on

/** The later of a claimed day (null where there is none) and the days of moments on record. */
export function latestDay(c: Clock, claimed: string | null, ...recorded: (string | null | undefined)[]): string | null {
  return recorded.reduce<string | null>((latest, at) => {
    if (!at) return latest
    const day = dayIn(c.var.pack.time_zone, at)
    return laterOf(day, latest)
  }, claimed)
}
