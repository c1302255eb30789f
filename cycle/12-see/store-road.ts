import { sql } from 'kysely'
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { inPlace, joinWhole, reached } from './store.ts'

/** What stands and what waits in each room; each number is that of the list it opens (road.ts). */
export interface RoadNumbers {
  submissions: number
  quarantined: number
  households: number
  questions: number
  assessed: number
  verifications: number
  follow_ups: number
  appraisals: number
  meet: number
  review_village: number
  first_notice: number
  review_township: number
  second_notice: number
  review_county: number
  objections: number
  registered: number
  to_register: number
  diagnosed: number
  undiagnosed: number
  plans: number
  plans_draft: number
  plans_agreed: number
  deliveries: number
  due: number
  alerts: number
  exited: number
  exit_checked: number
  exit_appraised: number
  exit_verified: number
  exit_consented: number
  exit_noticed: number
  areas_proposed: number
  evaluations: number
}

/** All the road's numbers in one statement: each table is counted once. `account_id`: whose questions wait. */
export async function roadNumbers(tx: ReadTx, place: Place, account_id: string | null): Promise<RoadNumbers> {
  const here = inPlace(place)
  // A few questions, each looked up by its keys: before the joins of whole areas are asked for.
  const asked = await sql<{ questions: number }>`
    select count(*) as questions from match_question where ${here}
      and not coalesce(${account_id}::text = any(answered_by), false)
      and not coalesce(${account_id}::text = any(surveyed_by), false)
    -- cross-county: the place may lie above the county`.execute(tx)
  await joinWhole(tx)
  const result = await sql<Omit<RoadNumbers, 'questions'>>`
    select * from
    (select count(*) as submissions from submission where ${here} and state in ('accepted', 'superseded')) s1,
    (select count(*) as quarantined from quarantine where ${here} and resolved_at is null
      and problem ->> 'code' <> 'survey_file_waiting') s2,
    (select count(*) as households, count(*) filter (where ${reached.assessed}) as assessed,
      count(*) filter (where ${reached.diagnosed}) as diagnosed, count(*) filter (where ${reached.exited}) as exited
      from household_road where ${here}) m1,
    (select count(*) as verifications from verification where ${here} and state = 'open') a2,
    (select count(*) as follow_ups from follow_up where ${here} and state = 'open') a3,
    (select count(*) as appraisals from appraisal_now p join household h on h.county_code = p.county_code
      and h.household_id = p.counts_for where ${inPlace(place, 'h')} and not p.held) p1,
    (select count(*) filter (where step = 'meet') as meet,
      count(*) filter (where step = 'review_village') as review_village,
      count(*) filter (where step = 'first_notice') as first_notice,
      count(*) filter (where step = 'review_township') as review_township,
      count(*) filter (where step = 'second_notice') as second_notice,
      count(*) filter (where step = 'review_county') as review_county
      from appraisal_due where ${here}) p3,
    (select count(*) as objections from objection where ${here} and state = 'open') p2,
    (select count(*) as registered from register_household where ${here} and status = 'registered') r1,
    (select count(*) as to_register from register_due where ${here}) r2,
    (select count(*) as undiagnosed from diagnosis_due where ${here}) d2,
    (select count(*) as plans, count(*) filter (where p.state = 'draft') as plans_draft,
      count(*) filter (where p.state = 'agreed') as plans_agreed
      from plan_now p join household h on h.county_code = p.county_code and h.household_id = p.counts_for
      where ${inPlace(place, 'h')} and p.superseded_at is null and not p.held) l1,
    (select count(*) as deliveries from delivery_now d join household h on h.county_code = d.county_code
      and h.household_id = d.counts_for where ${inPlace(place, 'd')}) g1,
    (select count(*) as due from delivery_due where ${here}) g2,
    (select count(*) as alerts from alert where ${here} and state = 'open') n1,
    (select count(*) filter (where state = 'checked') as exit_checked,
      count(*) filter (where state = 'appraised') as exit_appraised,
      count(*) filter (where state = 'verified') as exit_verified,
      count(*) filter (where state = 'consented') as exit_consented,
      count(*) filter (where state = 'noticed') as exit_noticed
      from exit_case_now where ${here} and not held) x1,
    (select count(*) as areas_proposed from area_exit where ${here} and state = 'proposed') x2,
    -- A county's evaluation is about each of its villages too, and stands in their lists.
    (select count(*) as evaluations from evaluation
      where ${here} or (county_code = ${place.county_code} and starts_with(${place.area_code}, area_code))) i2
    -- cross-county: the place may lie above the county`.execute(tx)
  const [counted, questions] = [result.rows[0], asked.rows[0]]
  if (!counted || !questions) throw new Error("a count of the campaign's road gave no row")
  return { ...counted, ...questions }
}
