// Tables written by the room appraise; columns as in migrations/0005-appraise.sql.
import type { StateOf } from './states.ts'

export interface AppraisalTable {
  county_code: string
  appraisal_id: string
  household_id: string
  area_code: string
  assessment_id: string
  kind: StateOf<'appraisal.kind'>
  state: StateOf<'appraisal.state'>
  state_since: string
  opened_at: string
  opened_by: string | null
  closed_at: string | null
}

export interface AppraisalMeetingTable {
  county_code: string
  meeting_id: string
  area_code: string
  held_on: string
  present: number
  entitled: number
  chair: string
  minutes: string
  recorded_at: string
  account_id: string
}

export interface AppraisalVoteTable {
  county_code: string
  meeting_id: string
  appraisal_id: string
  household_id: string
  area_code: string
  votes_for: number
  votes_against: number
  votes_abstain: number
  passed: boolean
  note: string | null
}

export interface PublicNoticeTable {
  county_code: string
  notice_id: string
  area_code: string
  stage: StateOf<'public_notice.stage'>
  place: string
  posted_on: string
  days: number
  closes_on: string
  recorded_at: string
  account_id: string
  closed_at: string | null
}

export interface NoticeHouseholdTable {
  county_code: string
  notice_id: string
  appraisal_id: string
  household_id: string
  area_code: string
}

export interface ObjectionTable {
  county_code: string
  objection_id: string
  household_id: string
  area_code: string
  notice_id: string
  made_on: string
  made_by: string | null
  statement: string
  state: StateOf<'objection.state'>
  recorded_at: string
  account_id: string | null
  resolution: string | null
  resolved_by: string | null
  resolved_at: string | null
}

export interface ReviewTable {
  county_code: string
  review_id: string
  appraisal_id: string
  household_id: string
  area_code: string
  level: StateOf<'review.level'>
  decision: StateOf<'review.decision'>
  reason: string
  decided_at: string
  account_id: string
}

export interface AppraiseTables {
  appraisal: AppraisalTable
  appraisal_meeting: AppraisalMeetingTable
  appraisal_vote: AppraisalVoteTable
  public_notice: PublicNoticeTable
  notice_household: NoticeHouseholdTable
  objection: ObjectionTable
  review: ReviewTable
}
