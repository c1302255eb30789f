// Tables written by the room register; columns as in migrations/0006-register.sql.
import type { StateOf } from './states.ts'
import type { Jsonb } from './columns.ts'

export interface RegisterEntryTable {
  county_code: string
  entry_id: string
  household_id: string
  area_code: string
  kind: StateOf<'register_entry.kind'>
  valid_from: string
  recorded_at: string
  data: Jsonb
  source_kind: string
  source_id: string
  account_id: string | null
  role: string | null
}

export interface RegisterHouseholdTable {
  county_code: string
  household_id: string
  area_code: string
  status: StateOf<'register_household.status'>
  registered_on: string
  status_on: string
  household_attribute: string | null
  head_name: string
  household_size: number
  last_entry_id: string
  changed_at: string
  /** Of several that are one: which stand on the register by their own entries, and since when. Null for one alone. */
  standing: Jsonb | null
}

export interface RegisterTables {
  register_entry: RegisterEntryTable
  register_household: RegisterHouseholdTable
}
