// Tables written by the room exit; columns as in migrations/0011-exit.sql.
import type { StateOf } from './states.ts'
import type { Generated } from 'kysely'
import type { Jsonb, JsonValue } from './columns.ts'

type Text = Record<string, string>

/** One criterion as it was found. For criteria and support `state` TRUE is good; for a stop it is bad. */
export interface Finding {
  code: string
  label: Text
  state: boolean | null
  reason: Text
  missing: string[]
}

/** Whether a household may leave the list, criterion by criterion. */
export interface Checks {
  year: number
  /** Parameters (the line) and ages are those of this day. */
  reference_date: string
  criteria: Finding[]
  stops: Finding[]
  /** Help stands: the approved plan was delivered, no grave alert is open. */
  support: Finding[]
}

/** Whether a village or county may leave the list: its figures and each criterion. */
export interface AreaChecks {
  year: number
  figures: Record<string, number | string | null>
  criteria: Omit<Finding, 'reason'>[]
}

export interface ExitCaseTable {
  county_code: string
  exit_id: string
  household_id: string
  area_code: string
  year: number
  instance_id: string
  assessment_id: string | null
  pack_hash: string
  checks: Jsonb<Checks>
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
  /** What the step's form says, by the names of `detailOf` (cycle/10-exit/detail.ts). */
  detail: Jsonb<Record<string, JsonValue>>
  recorded_at: string
  account_id: string
}

export interface AreaExitTable {
  county_code: string
  area_exit_id: string
  area_code: string
  level: string
  year: number
  checks: Jsonb<AreaChecks>
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
