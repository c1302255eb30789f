import { sql } from 'kysely'
import type { Place } from '#door/area.ts'
import { mayRole, type Action, type Role } from '#door/roles.ts'
import type { Tx } from '#registry/transaction.ts'
import { inPlace, joinWhole } from './store.ts'

/** What stands and what waits in each room, told apart by who may settle it. */
export interface RoadNumbers {
  submissions: number
  quarantined: number
  households: number
  reviews: number
  assessed: number
  verifications: number
  follow_ups: number
  appraisals: number
  for_village: number
  for_township: number
  for_county: number
  objections: number
  registered: number
  approved: number
  diagnosed: number
  undiagnosed: number
  plans: number
  plans_draft: number
  plans_agreed: number
  deliveries: number
  undelivered: number
  alerts: number
  exited: number
  exit_checked: number
  exit_appraised: number
  exit_verified: number
  exit_consented: number
  exit_noticed: number
  areas_proposed: number
  inspections: number
  evaluations: number
}

/** All the road's numbers in one statement: each table is counted once. */
export async function roadNumbers(tx: Tx, place: Place): Promise<RoadNumbers> {
  const here = inPlace(place)
  await joinWhole(tx)
  const result = await sql<RoadNumbers>`
    select * from
    (select count(*) as submissions from submission where ${here} and state in ('accepted', 'superseded')) s1,
    (select count(*) as quarantined from quarantine where ${here} and resolved_at is null) s2,
    (select count(*) as households from household where ${here} and state = 'active') m1,
    (select count(*) as reviews from match_review where ${here} and state = 'open'
      and exists (select 1 from link l where l.county_code = match_review.county_code and l.left_kind = 'submission'
        and l.left_id = match_review.left_id and l.withdrawn_at is null)) m2,
    (select count(*) as assessed from assessment where ${here} and superseded_at is null) a1,
    (select count(*) as verifications from verification where ${here} and state = 'open') a2,
    (select count(*) as follow_ups from follow_up where ${here} and state = 'open') a3,
    (select count(*) as appraisals,
      count(*) filter (where state in ('applied', 'appraised')) as for_village,
      count(*) filter (where state = 'township_review') as for_township,
      count(*) filter (where state = 'county_review') as for_county
      from appraisal_now where ${here} and not held) p1,
    (select count(*) as objections from objection where ${here} and state = 'open') p2,
    (select count(*) as registered from register_household where ${here} and status = 'registered') r1,
    (select count(distinct (p.county_code, p.counts_for)) as approved from appraisal_now p left join register_household r
      on r.county_code = p.county_code and r.household_id = p.counts_for
      where ${inPlace(place, 'p')} and p.state = 'approved' and r.household_id is null) r2,
    (select count(*) as diagnosed from diagnosis where ${here} and superseded_at is null) d1,
    (select count(*) as undiagnosed from register_household r left join diagnosis d
      on d.county_code = r.county_code and d.household_id = r.household_id and d.superseded_at is null
      where ${inPlace(place, 'r')} and r.status = 'registered' and d.diagnosis_id is null
        -- Without a survey card there is nothing to diagnose from.
        and exists (select 1 from household h where h.county_code = r.county_code and h.household_id = r.household_id
          and h.state = 'active')) d2,
    (select count(*) as plans, count(*) filter (where state = 'draft') as plans_draft,
      count(*) filter (where state = 'agreed') as plans_agreed
      from plan_now where ${here} and superseded_at is null and not held) l1,
    (select count(*) as deliveries from delivery where ${here} and reverses is null) g1,
    (select count(distinct (l.county_code, l.counts_for)) as undelivered from plan_now l
      left join delivery g on g.county_code = l.county_code and g.plan_id = l.plan_id
      where ${inPlace(place, 'l')} and l.superseded_at is null and not l.held and l.state = 'approved'
        and g.delivery_id is null) g2,
    (select count(*) as alerts from alert where ${here} and state = 'open') n1,
    (select count(*) as exited from left_list where ${here}) x0,
    (select count(*) filter (where state = 'checked') as exit_checked,
      count(*) filter (where state = 'appraised') as exit_appraised,
      count(*) filter (where state = 'verified') as exit_verified,
      count(*) filter (where state = 'consented') as exit_consented,
      count(*) filter (where state = 'noticed') as exit_noticed
      from exit_case_now where ${here} and not held) x1,
    (select count(*) as areas_proposed from area_exit where ${here} and state = 'proposed') x2,
    (select count(*) as inspections from inspection where ${here}) i1,
    (select count(*) as evaluations from evaluation where ${here}) i2
    -- cross-county: the place may lie above the county`.execute(tx)
  return result.rows[0]!
}

/** The road of the frame: what stands at each step, and what waits for this role's decision. */
export function roadFor(role: Role, n: RoadNumbers) {
  const waits = (...parts: [Action, number][]): { waiting?: number } => {
    const waiting = parts.reduce((sum, [action, count]) => sum + (mayRole(role, action) ? count : 0), 0)
    return waiting > 0 ? { waiting } : {}
  }
  return [
    { step: '01-survey', count: n.submissions, ...waits(['survey.resolve', n.quarantined]) },
    { step: '02-match', count: n.households, ...waits(['match.review', n.reviews]) },
    {
      step: '03-assess',
      count: n.assessed,
      // A surveyor goes back for missing answers; officers decide what the rules could not.
      ...(role === 'surveyor'
        ? n.follow_ups
          ? { waiting: n.follow_ups }
          : {}
        : waits(['assess.verify', n.verifications])),
    },
    {
      step: '04-appraise',
      count: n.appraisals,
      ...waits(
        ['appraise.meet', n.for_village],
        ['appraise.review_township', n.for_township],
        ['appraise.review_county', n.for_county],
        ['appraise.resolve', n.objections],
      ),
    },
    { step: '05-register', count: n.registered, ...waits(['register.enter', n.approved]) },
    { step: '06-diagnose', count: n.diagnosed, ...waits(['diagnose.run', n.undiagnosed]) },
    {
      step: '07-prescribe',
      count: n.plans,
      ...waits(['prescribe.agree', n.plans_draft], ['prescribe.approve', n.plans_agreed]),
    },
    { step: '08-deliver', count: n.deliveries, ...waits(['deliver.record', n.undelivered]) },
    { step: '09-monitor', count: n.alerts, ...waits(['monitor.handle', n.alerts]) },
    {
      step: '10-exit',
      count: n.exited,
      ...waits(
        ['exit.appraise', n.exit_checked],
        ['exit.verify', n.exit_appraised],
        ['exit.consent', n.exit_verified],
        ['exit.notice', n.exit_consented],
        ['exit.approve', n.exit_noticed],
        ['exit.approve_area', n.areas_proposed],
      ),
    },
    { step: '11-evaluate', count: n.evaluations },
    { step: '12-see', count: n.households },
  ]
}
