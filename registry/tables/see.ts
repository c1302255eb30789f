// Views that 12-see reads; columns as in views/06-road.sql and the files before and after it.
import type { StateOf } from './states.ts'
import type { JsonValue } from './columns.ts'

/** Where a household stands now; one of these, never two (views/06-road.sql). */
export const household_statuses = [
  'surveyed',
  'needs_verification',
  'not_eligible',
  'eligible',
  'in_appraisal',
  'rejected',
  'approved',
  'registered',
  'planned',
  'helped',
  'exiting',
  'exited',
  'deregistered',
] as const
export type HouseholdStatus = (typeof household_statuses)[number]

export interface HouseholdRoadView {
  county_code: string
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  surveyed_on: string | null
  current_instance_id: string
  assessment_id: string | null
  verdict: StateOf<'assessment.verdict'> | null
  net_income_per_capita: number | null
  score: number | null
  assessed_at: string | null
  unmet_indicators: string[] | null
  unknown_indicators: string[] | null
  found_poor: boolean
  verification_open: boolean
  appraisal_state: StateOf<'appraisal.state'> | null
  appraisal_opened_at: string | null
  register_status: StateOf<'register_household.status'> | null
  registered_on: string | null
  household_attribute: string | null
  main_cause: string | null
  stated_cause: string | null
  cause_agrees: boolean | null
  diagnosed_at: string | null
  plan_id: string | null
  plan_state: StateOf<'plan.state'> | null
  plan_year: number | null
  first_delivered_on: string | null
  deliveries: number
  delivered_cost: number
  alerts_open: number
  exit_state: StateOf<'exit_case.state'> | null
  exited_on: string | null
  inspected_on: string | null
  status: HouseholdStatus
}

export interface TimelineView {
  county_code: string
  household_id: string
  /** The household it was written for: another one where that was merged into this since. */
  written_for: string
  area_code: string
  kind: string
  happened_on: string
  recorded_at: string
  account_id: string | null
  subject_id: string
  detail: JsonValue
}

export interface SeeViews {
  household_road: HouseholdRoadView
  timeline: TimelineView
}
