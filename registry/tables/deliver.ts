import type { ColumnType } from 'kysely'

// Tables written by the room deliver; columns as in migrations/0009-deliver.sql and 0022-twins.sql.
export interface HelperTable {
  county_code: string
  helper_id: string
  household_id: string
  area_code: string
  name: string
  unit: string
  valid_from: string
  valid_to: string | null
  recorded_at: string
  account_id: string | null
}

export interface DeliveryTable {
  county_code: string
  delivery_id: string
  household_id: string
  area_code: string
  plan_id: string | null
  item_id: string | null
  measure_code: string
  batch: string
  delivered_on: string
  quantity: number
  unit: string
  cost: number
  provider: string
  head_signed: boolean
  note: string | null
  reverses: string | null
  /** Of reversals from before 0022 alone: the first reversal of the same entry, which is the one that counts. */
  repeats: ColumnType<string | null, never, never>
  confirmed: string | null
  recorded_at: string
  account_id: string | null
}

export interface IncomeLedgerTable {
  county_code: string
  ledger_id: string
  household_id: string
  area_code: string
  year: number
  source: string
  amount: number
  paid_on: string | null
  payer: string | null
  evidence: string | null
  reverses: string | null
  /** Of reversals from before 0022 alone: the first reversal of the same entry, which is the one that counts. */
  repeats: ColumnType<string | null, never, never>
  confirmed: string | null
  recorded_at: string
  account_id: string | null
}

export interface DeliverTables {
  helper: HelperTable
  delivery: DeliveryTable
  income_ledger: IncomeLedgerTable
}
