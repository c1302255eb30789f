// Tables written by the room evaluate; columns as in migrations/0012-evaluate.sql.
import type { StateOf } from './states.ts'
import type { Jsonb } from './columns.ts'

export interface EvaluationTable {
  county_code: string
  evaluation_id: string
  area_code: string
  year: number
  design: Jsonb
  seed_sha256: string
  seed: string | null
  witness: Jsonb | null
  frame: string | null
  frame_sha256: string | null
  populations: Jsonb | null
  state: StateOf<'evaluation.state'>
  created_at: string
  created_by: string
  drawn_at: string | null
  published_at: string | null
  closed_at: string | null
  decision: Jsonb | null
}

export interface EvaluationUnitTable {
  county_code: string
  evaluation_id: string
  household_id: string
  area_code: string
  stratum: StateOf<'evaluation_unit.stratum'>
  people: number
  draw_order: number
  inclusion_probability: number
  weight: number
  inspector_id: string | null
  found_poor: boolean | null
  found_criteria: string[] | null
  nonresponse: string | null
  published_at: string | null
}

export interface InspectionTable {
  county_code: string
  inspection_id: string
  evaluation_id: string
  household_id: string
  area_code: string
  answers: Jsonb
  result: Jsonb
  found_poor: boolean | null
  recognises_help: boolean | null
  people: number
  nonresponse: StateOf<'inspection.nonresponse'> | null
  inspected_on: string
  recorded_at: string
  account_id: string
}

export interface EvaluationEstimateTable {
  county_code: string
  evaluation_id: string
  basis: StateOf<'evaluation_estimate.basis'>
  measure: string
  area_code: string
  numerator: number
  denominator: number
  estimate: number | null
  low: number | null
  high: number | null
  confidence: number
  method: string
  threshold: number | null
  result: StateOf<'evaluation_estimate.result'> | null
  detail: Jsonb
  recorded_at: string
  published_at: string | null
}

export interface AppealTable {
  county_code: string
  appeal_id: string
  evaluation_id: string
  household_id: string
  area_code: string
  statement: string
  evidence: string | null
  state: StateOf<'appeal.state'>
  made_at: string
  made_by: string
  decided_at: string | null
  decided_by: string | null
  reason: string | null
}

/** View: the final rates of closed evaluations. */
export interface ClosedRateView {
  county_code: string
  evaluation_id: string
  area_code: string
  year: number
  closed_at: string
  measure: string
  estimate: number | null
  low: number | null
  high: number | null
  result: string | null
  /** How it was decided: passed, failed, not_shown. */
  overall: string | null
  confidence: number
  /** Households of the measure's stratum with a result, and on the frame; null for measures over all strata. */
  known: number | null
  population_households: number | null
  open_appeals: number
}

export interface EvaluateTables {
  closed_rate: ClosedRateView
  evaluation: EvaluationTable
  evaluation_unit: EvaluationUnitTable
  inspection: InspectionTable
  evaluation_estimate: EvaluationEstimateTable
  appeal: AppealTable
}
