// What stands at each step of the campaign, what waits for a role, and the list behind each number. Pure.
import type { StateOf } from '#registry/tables/states.ts'
import { mayRole, type Action, type Role } from '#door/permit/roles.ts'
import type { RoadNumbers } from './store-road.ts'

/** One thing that waits: how many, and the list that holds exactly those. */
export interface Desk {
  key: string
  count: number
  href: string
}

export interface RoadStep {
  step: string
  count: number
  /** The list that holds exactly `count`; none where the role may not read it, or the place lies above the county. */
  href?: string
  /** Of all desks of the step. */
  waiting?: number
  desks: Desk[]
}

/** Who hangs a notice, from the pack; null where it hangs none. */
export type NoticeRoles = { first_notice: string | null; second_notice: string | null }

/** What a role may open from here: the list of a step (`above`: also above the county), and a desk where something waits. */
function waysOf(role: Role, in_county: boolean) {
  const may = (action: Action) => mayRole(role, action)
  const list = (action: Action, href: string, above = false) => (may(action) && (in_county || above) ? { href } : {})
  const desk = (waits: boolean, key: string, count: number, href: string): Desk[] =>
    waits && count > 0 && in_county ? [{ key, count, href }] : []
  return { may, list, desk }
}

/** `in_county`: the place lies in one county, where most rooms have their lists. */
export function roadFor(role: Role, n: RoadNumbers, notices: NoticeRoles, in_county: boolean): RoadStep[] {
  const { may, list, desk } = waysOf(role, in_county)
  const appraise = (key: 'meet' | 'first_notice' | 'second_notice', waits: boolean) =>
    desk(waits, key, n[key], `/appraise?due=${key}`)
  const review = (level: StateOf<'review.level'>) =>
    desk(may(`appraise.review_${level}`), `review_${level}`, n[`review_${level}`], `/appraise/review?level=${level}`)
  const exit = (state: 'checked' | 'appraised' | 'verified' | 'consented' | 'noticed', action: Action) =>
    desk(may(action), `exit_${state}`, n[`exit_${state}`], `/exits?state=${state}`)
  const steps: RoadStep[] = [
    {
      step: '01-survey',
      count: n.submissions,
      ...list('survey.read', '/survey/submissions?state=kept', true),
      desks: desk(may('survey.resolve'), 'quarantine', n.quarantined, '/survey/quarantine'),
    },
    {
      step: '02-match',
      count: n.households,
      ...list('see.household', '/households', true),
      desks: desk(may('match.review'), 'questions', n.questions, '/match/reviews'),
    },
    {
      step: '03-assess',
      count: n.assessed,
      ...list('see.household', '/households?reached=assessed', true),
      // A surveyor goes back for missing answers; officers decide what the rules could not.
      desks: [
        ...desk(role === 'surveyor', 'follow_ups', n.follow_ups, '/assess/follow-ups'),
        ...desk(may('assess.verify'), 'verifications', n.verifications, '/assess/verify'),
      ],
    },
    {
      step: '04-appraise',
      count: n.appraisals,
      ...list('appraise.read', '/appraise#cases'),
      desks: [
        ...appraise('meet', may('appraise.meet')),
        ...review('village'),
        ...appraise('first_notice', notices.first_notice === role),
        ...review('township'),
        ...appraise('second_notice', notices.second_notice === role),
        ...review('county'),
        ...desk(may('appraise.resolve'), 'objections', n.objections, '/appraise/notices#objections'),
      ],
    },
    {
      step: '05-register',
      count: n.registered,
      ...list('register.read', '/register?status=registered'),
      desks: desk(may('register.enter'), 'to_register', n.to_register, '/register#enter'),
    },
    {
      step: '06-diagnose',
      count: n.diagnosed,
      ...list('see.household', '/households?reached=diagnosed', true),
      desks: desk(may('diagnose.run'), 'undiagnosed', n.undiagnosed, '/causes#due'),
    },
    {
      step: '07-prescribe',
      count: n.plans,
      ...list('prescribe.read', '/plans'),
      desks: [
        ...desk(may('prescribe.agree'), 'plans_draft', n.plans_draft, '/plans?state=draft'),
        ...desk(may('prescribe.approve'), 'plans_agreed', n.plans_agreed, '/plans?state=agreed'),
      ],
    },
    {
      step: '08-deliver',
      count: n.deliveries,
      ...list('deliver.read', '/deliveries/list'),
      desks: desk(may('deliver.record'), 'due', n.due, '/deliveries/enter'),
    },
    {
      step: '09-monitor',
      count: n.alerts,
      ...list('monitor.read', '/alerts/list?state=open'),
      desks: desk(may('monitor.handle'), 'alerts', n.alerts, '/alerts'),
    },
    {
      step: '10-exit',
      count: n.exited,
      ...list('see.household', '/households?reached=exited', true),
      desks: [
        ...exit('checked', 'exit.appraise'),
        ...exit('appraised', 'exit.verify'),
        ...exit('verified', 'exit.consent'),
        ...exit('consented', 'exit.notice'),
        ...exit('noticed', 'exit.approve'),
        ...desk(may('exit.approve_area'), 'areas_proposed', n.areas_proposed, '/exits/areas?state=proposed#proposals'),
      ],
    },
    { step: '11-evaluate', count: n.evaluations, ...list('evaluate.read', '/evaluations'), desks: [] },
    { step: '12-see', count: n.households, ...list('see.household', '/households', true), desks: [] },
  ]
  return steps.map((step) => {
    const waiting = step.desks.reduce((sum, each) => sum + each.count, 0)
    return waiting > 0 ? { ...step, waiting } : step
  })
}
