// Tables written by the room exit; columns as in migrations/0011-exit.sql.
import type { StateOf } from './states.ts'
import type { Generated } from 'kysely'
import type { Jsonb } from './columns.ts'

export interface ExitCaseTable {
  county_code: string
  exit_id: string
  household_id: string
  area_code: string
  year: number
  instance_id: string
  assessment_id: string | null
  pack_hash: string
  checks: Jsonb
  all_met: boolean | null
  state: StateOf<'exit_case.state'>
  state_since: string
  /** The database's own default is 0. */
  open_objections: Generated<number>
  stopped_reason: string | null
  opened_at: string
  opened_by: string | null
  consent: boolean | null
  consent_on: string | null
  notice_from: string | null
  notice_to: string | null
  exited_on: string | null
  closed_at: string | null
  /** Others whose exit this was too: they counted as one household when it was recorded. */
  covers: Generated<string[]>
}

/** A view: households on the register that have left the list. */
export interface LeftListView {
  county_code: string
  household_id: string
  area_code: string
  exited_on: string
}

export interface ExitStepTable {
  county_code: string
  step_id: string
  exit_id: string
  household_id: string
  area_code: string
  kind: StateOf<'exit_step.kind'>
  happened_on: string
  detail: Jsonb
  recorded_at: string
  account_id: string
}

export interface AreaExitTable {
  county_code: string
  area_exit_id: string
  area_code: string
  level: string
  year: number
  checks: Jsonb
  all_met: boolean | null
  state: StateOf<'area_exit.state'>
  proposed_at: string
  proposed_by: string
  decided_at: string | null
  decided_by: string | null
  reason: string | null
}

export interface ExitTables {
  exit_case: ExitCaseTable
  exit_step: ExitStepTable
  area_exit: AreaExitTable
  left_list: LeftListView
}
