// Tables written by the room diagnose; columns as in migrations/0007-diagnose.sql.
import type { Jsonb } from './columns.ts'

export interface DiagnosisTable {
  county_code: string
  diagnosis_id: string
  household_id: string
  area_code: string
  assessment_id: string
  instance_id: string
  pack_hash: string
  diagnosed_at: string
  superseded_at: string | null
  income_shortfall: number | null
  unmet_indicators: string[]
  main_cause: string | null
  computed_cause: string | null
  certainty: number | null
  sure: boolean | null
  other_causes: string[]
  causes: Jsonb
  stated_cause: string | null
  stated_other_causes: string[] | null
  agrees: boolean | null
  account_id: string | null
  decided_by: string | null
  decided_reason: string | null
}

export interface DiagnoseTables {
  diagnosis: DiagnosisTable
}
