// Tables written by the room monitor; columns as in migrations/0010-monitor.sql.
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
  severity: string
  evidence: Jsonb
  evidence_key: string
  state: string
  raised_at: string
  handled_at: string | null
  handled_by: string | null
  action: string | null
}

export interface MonitorTables {
  change_event: ChangeEventTable
  alert: AlertTable
}
