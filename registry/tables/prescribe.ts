// Tables written by the room prescribe; columns as in migrations/0008-prescribe.sql.
import type { StateOf } from './states.ts'
import type { Jsonb } from './columns.ts'

export interface MeasureBudgetTable {
  county_code: string
  budget_id: string
  area_code: string
  year: number
  batch: string
  amount: number
  source: string
  recorded_at: string
  account_id: string | null
}

export interface MeasurePlaceTable {
  county_code: string
  place_id: string
  area_code: string
  year: number
  measure_code: string
  places: number
  source: string
  recorded_at: string
  account_id: string | null
}

export interface PlanLotTable {
  county_code: string
  area_code: string
  year: number
  seed: string
  drawn_at: string
  account_id: string | null
}

export interface PlanWishTable {
  county_code: string
  wish_id: string
  household_id: string
  area_code: string
  year: number
  measure_code: string
  kind: StateOf<'plan_wish.kind'>
  reason: string
  made_at: string
  made_by: string | null
  withdrawn_at: string | null
  withdrawn_by: string | null
}

export interface PlanTable {
  county_code: string
  plan_id: string
  household_id: string
  area_code: string
  year: number
  diagnosis_id: string
  pack_hash: string
  state: StateOf<'plan.state'>
  responsible_person: string | null
  cost: number
  income_gain: number
  needs: Jsonb
  weighed: Jsonb
  uncovered: Jsonb
  made_at: string
  made_by: string | null
  agreed_on: string | null
  agreed_by: string | null
  approved_at: string | null
  approved_by: string | null
  superseded_at: string | null
}

export interface PlanItemTable {
  county_code: string
  plan_id: string
  item_id: string
  household_id: string
  area_code: string
  measure_code: string
  batch: string
  cause: string | null
  cost: number
  cost_period: StateOf<'plan_item.cost_period'>
  starts_after_months: number
  income_gain: number
  indicators: string[]
  value: number
  funded: boolean
  unfunded_reason: StateOf<'plan_item.unfunded_reason'> | null
  reason: Jsonb
}

export interface PrescribeTables {
  measure_budget: MeasureBudgetTable
  measure_place: MeasurePlaceTable
  plan_lot: PlanLotTable
  plan_wish: PlanWishTable
  plan: PlanTable
  plan_item: PlanItemTable
}
