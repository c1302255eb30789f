// Tables written by the room match; columns as in migrations/0003-match.sql, 0016-match-review.sql
// and 0019-match-undo.sql.
import type { StateOf } from './states.ts'
import type { Generated } from 'kysely'
import type { Jsonb } from './columns.ts'

export interface HouseholdSerialTable {
  county_code: string
  next_serial: number
  revision: Generated<number>
  keyed_as: string | null
}

export interface HouseholdTable {
  county_code: string
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  first_instance_id: string
  current_instance_id: string
  surveyed_on: string | null
  state: StateOf<'household.state'>
  merged_into: string | null
  created_at: string
  changed_at: string
}

export interface PersonTable {
  county_code: string
  person_id: string
  household_id: string
  area_code: string
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  national_id_sealed: string | null
  national_id_hash: string | null
  /** The keyed hash of its last four characters (registry/secrets/endings.ts). */
  national_id_ending: string | null
  national_id_valid: boolean | null
  state: StateOf<'person.state'>
  created_at: string
  changed_at: string
}

export interface LinkTable {
  county_code: string
  link_id: string
  area_code: string
  left_kind: StateOf<'link.left_kind'>
  left_id: string
  household_id: string | null
  person_id: string | null
  method: StateOf<'link.method'>
  band: StateOf<'link.band'>
  match_weight: number | null
  match_probability: number | null
  evidence: Jsonb
  run_id: string | null
  account_id: string | null
  linked_at: string
  withdrawn_at: string | null
  withdrawn_by: string | null
  withdrawn_reason: string | null
  withdrawn_with: string | null
}

export interface MatchReviewTable {
  county_code: string
  review_id: string
  area_code: string
  left_kind: StateOf<'link.left_kind'>
  left_id: string
  right_household_id: string
  right_person_id: string | null
  match_weight: number
  match_probability: number
  evidence: Jsonb
  state: StateOf<'match_review.state'>
  created_at: string
  decided_at: string | null
  decided_by: string | null
  decided_turn: number | null
  note: string | null
  second_drawn: Generated<boolean>
  decisive: number | null
}

export interface MatchAnswerTable {
  county_code: string
  answer_id: string
  review_id: string
  area_code: string
  decision: StateOf<'match_answer.decision'>
  note: string | null
  account_id: string | null
  answered_at: string
  withdrawn_at: string | null
}

export interface MatchSettingTable {
  county_code: string
  setting_id: string
  area_code: string
  accept: number
  review: number
  second_share: number
  why: string
  account_id: string | null
  set_at: string
}

export interface MatchRecordSeenTable {
  county_code: string
  left_id: string
  area_code: string
  digest: string
}

export interface MatchPersonFreshTable {
  county_code: string
  person_id: string
  area_code: string
}

export interface NumberClaimTable {
  county_code: string
  national_id_hash: string
  person_id: string
  area_code: string
  claimed_at: string
  turn: number
}

export interface MatchKeyTable {
  county_code: string
  key: number
  person_id: string
  slot: number
  household_id: string
  area_code: string
}

export interface MatchRunTable {
  county_code: string
  run_id: string
  area_code: string
  model: Jsonb
  counts: Jsonb
  started_at: string
  finished_at: string | null
  account_id: string | null
}

export interface MatchUndoTable {
  county_code: string
  undo_id: string
  review_id: string
  area_code: string
  account_id: string | null
  note: string
  asked_at: string
  settled_at: string | null
}

export interface MatchTables {
  household_serial: HouseholdSerialTable
  household: HouseholdTable
  person: PersonTable
  link: LinkTable
  match_review: MatchReviewTable
  match_answer: MatchAnswerTable
  match_undo: MatchUndoTable
  match_setting: MatchSettingTable
  match_record_seen: MatchRecordSeenTable
  match_person_fresh: MatchPersonFreshTable
  number_claim: NumberClaimTable
  match_key: MatchKeyTable
  match_run: MatchRunTable
}
