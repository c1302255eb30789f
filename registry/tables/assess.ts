// Tables written by the room assess; columns as in migrations/0004-assess.sql, 0014-workbench.sql and
// 0015-assess-evidence.sql.
import type { StateOf } from './states.ts'
import type { Generated } from 'kysely'
import type { Jsonb } from './columns.ts'

export interface AssessmentTable {
  county_code: string
  assessment_id: string
  household_id: string
  area_code: string
  instance_id: string
  pack_hash: string
  reference_date: string
  assessed_at: string
  superseded_at: string | null
  verdict: StateOf<'assessment.verdict'>
  household_size: number | null
  net_income_per_capita: number | null
  score: number | null
  indicators: Jsonb
  unmet_indicators: Generated<string[]>
  unknown_indicators: Generated<string[]>
  vetoes: Jsonb
  evidence_sha256: string
  account_id: string | null
  /** Null where it was assessed before evidence was kept. */
  evidence: Jsonb | null
}

export interface AssessedRulesTable {
  pack_hash: string
  kept_at: string
  rules: Jsonb
}

export interface AssessmentTurnTable {
  county_code: string
  pack_hash: string
  turn: number
}

export interface FollowUpTable {
  county_code: string
  follow_up_id: string
  household_id: string
  area_code: string
  assessment_id: string
  /** Missing answers: `household_size`, `members[2].birth_date`. */
  fields: Jsonb<string[]>
  reason: Jsonb<{ indicator: string; followup: Record<string, string> }[]>
  state: StateOf<'follow_up.state'>
  created_at: string
  done_at: string | null
  done_by: string | null
}

export interface VerificationTable {
  county_code: string
  verification_id: string
  household_id: string
  area_code: string
  assessment_id: string
  reasons: Jsonb
  state: StateOf<'verification.state'>
  created_at: string
  decided_at: string | null
  decided_by: string | null
  note: string | null
}

export interface RuleVersionTable {
  pack_id: string
  number: number
  rules_hash: string
  parent_hash: string | null
  pack_hash: string
  folder_hash: string
  files: Jsonb<Record<string, string>>
  title: string
  why: string
  draft_id: string | null
  drafted_by: Jsonb<string[]>
  drafted_at: string
  published_by: string | null
  published_at: string
}

export interface RuleDraftTable {
  draft_id: string
  pack_id: string
  parent_hash: string
  parent_files: Jsonb<Record<string, string>>
  files: Jsonb<Record<string, string>>
  title: string
  why: string
  revision: number
  state: StateOf<'rule_draft.state'>
  created_by: string | null
  created_at: string
  updated_by: string | null
  updated_at: string
}

export interface RuleDraftEditTable {
  draft_id: string
  revision: number
  account_id: string | null
  edited_at: string
  what: Jsonb<string[]>
}

export interface AssessTables {
  assessment: AssessmentTable
  assessed_rules: AssessedRulesTable
  assessment_turn: AssessmentTurnTable
  follow_up: FollowUpTable
  verification: VerificationTable
  rule_version: RuleVersionTable
  rule_draft: RuleDraftTable
  rule_draft_edit: RuleDraftEditTable
}
