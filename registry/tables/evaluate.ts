// Tables written by the room evaluate; columns as in migrations/0012-evaluate.sql.
import type { StateOf } from './states.ts'
import type { Jsonb, JsonValue } from './columns.ts'

/** Chance from outside, known only after the seed was committed to: a lottery's numbers, a stock index, a newspaper. */
export interface Witness {
  source: string
  value: string
}

/** Limits of the rates, each between 0 and 1. */
export interface Thresholds {
  incidence: number
  wrong_exit: number
  missed: number
  recognition: number
}

export interface Design {
  /** Households by stratum; or a half-width from which they follow. */
  sizes?: Partial<Record<StateOf<'evaluation_unit.stratum'>, number>> | undefined
  half_width?: number | undefined
  /** The rate expected, for the size from a half-width: 0.5 is the most cautious. */
  expected: number
  confidence: number
  thresholds: Thresholds
  reference_date: string
}

/** What the frame holds in each stratum. */
export type Populations = Record<StateOf<'evaluation_unit.stratum'>, { households: number; people: number }>

/** What the intervals show against the limits, after appeals and as found. */
export interface Decision {
  overall: string
  as_found: string
  /** Result by measure. */
  measures: Record<string, string>
  note: string | null
}

export interface EvaluationTable {
  county_code: string
  evaluation_id: string
  area_code: string
  year: number
  design: Jsonb<Design>
  seed_sha256: string
  seed: string | null
  witness: Jsonb<Witness> | null
  frame: string | null
  frame_sha256: string | null
  populations: Jsonb<Populations> | null
  state: StateOf<'evaluation.state'>
  created_at: string
  created_by: string
  drawn_at: string | null
  published_at: string | null
  closed_at: string | null
  decision: Jsonb<Decision> | null
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
  /** Of the method: what the interval was computed from. */
  detail: Jsonb<Record<string, JsonValue>>
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
