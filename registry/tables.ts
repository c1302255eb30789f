import type { StateOf } from './tables/states.ts'
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { RoomTables } from './tables.rooms.ts'

/**
 * The tables as TypeScript sees them: bigint as number (an unsafe one throws), numeric as string, date as
 * 'YYYY-MM-DD', timestamptz as an ISO string of milliseconds, jsonb parsed on the way out and a JSON.stringify'd
 * string on the way in (an array handed over bare would become a PostgreSQL array).
 */
export interface Tables extends GroundTables, RoomTables {}

/** A jsonb column: parsed when read, a JSON string when written. */
export type Json<T extends object | null> = JSONColumnType<T>
/** A jsonb column of any JSON value. */
export type JsonAny = ColumnType<JsonValue, string, string>
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/** A text in the pack's languages. A type, not an interface: it is read as a record of languages too. */
export type Words = { en: string; zh: string }

export type Level = 'nation' | 'province' | 'prefecture' | 'county' | 'township' | 'village' | 'group'

export interface GroundTables {
  area: AreaTable
  account: AccountTable
  account_code: AccountCodeTable
  account_role: AccountRoleTable
  session: SessionTable
  device_key: DeviceKeyTable
  audit_head: AuditHeadTable
  audit_event: AuditEventTable
  pack_version: PackVersionTable
  national_id_claim: NationalIdClaimTable
  setting: SettingTable
  job_run: JobRunTable
  schema_migration: SchemaMigrationTable
}

export interface AreaTable {
  area_code: string
  parent_code: string | null
  level: Level
  name: Json<Words>
  county_code: string | null
  valid_from: string | null
  valid_to: string | null
  successor_codes: Generated<string[]>
  longitude: number | null
  latitude: number | null
  population: number | null
}

export interface AccountTable {
  account_id: string
  login: string
  name: Json<Words>
  password_hash: string | null
  locale: Generated<string>
  disabled_at: string | null
  created_at: Generated<string>
  /** Made by the demo: the only accounts that the demo's door opens. */
  demo: Generated<boolean>
  password_set_at: ColumnType<string | null, string | null | undefined, string | null>
}

export interface AccountCodeTable {
  account_id: string
  code_hash: string
  expires_at: string
  made_by: string | null
  made_at: string
}

export interface AccountRoleTable {
  account_id: string
  role: string
  area_code: string
  granted_at: Generated<string>
  granted_by: string | null
}

export interface SessionTable {
  token_hash: string
  account_id: string
  role: string
  area_code: string
  created_at: Generated<string>
  last_seen_at: Generated<string>
  expires_at: string
  user_agent: ColumnType<string | null, string | null | undefined, string | null>
}

export interface DeviceKeyTable {
  key_hash: string
  account_id: string
  role: string
  area_code: string
  label: string
  created_at: Generated<string>
  last_seen_at: string | null
  revoked_at: string | null
}

export interface AuditHeadTable {
  county_code: string
  sequence: number
  hash: string
  seal: string
}

export interface AuditEventTable {
  county_code: string
  sequence: number
  recorded_at: string
  acted_at: string | null
  account_id: string | null
  role: string
  action: string
  subject_kind: string
  subject_id: string
  household_id: string | null
  detail: JsonAny
  previous_hash: string
  hash: string
}

export interface PackVersionTable {
  pack_id: string
  pack_hash: string
  name: Json<Words>
  content: JsonAny
  loaded_at: Generated<string>
}

export interface NationalIdClaimTable {
  national_id_hash: string
  county_code: string
  person_id: string
}

export interface SettingTable {
  key: string
  value: JsonAny
  updated_at: Generated<string>
}

export interface JobRunTable {
  job_id: string
  kind: string
  area_code: string | null
  account_id: string | null
  status: StateOf<'job_run.status'>
  done: Generated<number>
  total: number | null
  message: ColumnType<JsonValue, string | null | undefined, string | null>
  input: ColumnType<JsonValue, string | null | undefined, string | null>
  result: ColumnType<JsonValue, string | null | undefined, string | null>
  started_at: Generated<string>
  updated_at: Generated<string>
  finished_at: string | null
  /** The process that runs it (presence.ts), and until when it is that process's without another sign of life. */
  owner: ColumnType<string | null, string | undefined>
  lease_until: ColumnType<string | null, string | undefined>
  /** Digest of what was asked, by whom, under which rules: of those alike one runs at a time. */
  request_key: ColumnType<string | null, string | undefined, never>
}

export interface SchemaMigrationTable {
  name: string
  sha256: string
  applied_at: Generated<string>
}
