// Tables written by the room monitor; columns as in migrations/0010-monitor.sql
// and 0034-household-change.sql.
import type { StateOf } from './states.ts'
import type { Jsonb } from './columns.ts'

export interface ChangeEventTable {
  county_code: string
  change_id: string
  household_id: string
  area_code: string
  kind: string
  happened_on: string
  detail: Jsonb
  source: string
  recorded_at: string
  account_id: string | null
}

export interface AlertTable {
  county_code: string
  alert_id: string
  household_id: string
  area_code: string
  rule_code: string
  severity: StateOf<'alert.severity'>
  evidence: Jsonb
  evidence_key: string
  state: StateOf<'alert.state'>
  raised_at: string
  handled_at: string | null
  handled_by: string | null
  action: string | null
}

export interface HouseholdChangeTable {
  county_code: string
  household_change_id: string
  change_id: string
  household_id: string
  area_code: string
  effect: StateOf<'household_change.effect'>
  person_id: string | null
  listing: string | null
  happened_on: string
  member: Jsonb | null
  proof: string
  confirmed_at: string
  confirmed_by: string | null
  taken_back_at: string | null
  taken_back_by: string | null
  taken_back_reason: string | null
}

/** A view: changes that stand, of the household and the person each counts for today. */
export interface MemberChangeView {
  county_code: string
  household_id: string
  area_code: string
  household_change_id: string
  change_id: string
  effect: string
  person_id: string
  happened_on: string
  member: Jsonb | null
  confirmed_at: string
}

export interface AlertEscalationTable {
  county_code: string
  escalation_id: string
  alert_id: string
  area_code: string
  role: string
  due_on: string
  escalated_at: string
}

export interface MonitorTables {
  alert_escalation: AlertEscalationTable
  change_event: ChangeEventTable
  household_change: HouseholdChangeTable
  member_change: MemberChangeView
  alert: AlertTable
}
