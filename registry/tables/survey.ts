// Tables written by the room survey; columns as in migrations/0002-survey.sql and 0027-imports.sql.
import type { StateOf } from './states.ts'
import type { ColumnType, Generated } from 'kysely'
import type { Jsonb, JsonValue } from './columns.ts'

export interface FormTable {
  form_id: string
  version: string
  title: Jsonb
  xlsform: string
  xform: string
  xform_md5: string
  definition: Jsonb
  state: StateOf<'form.state'>
  published_at: string
  /** The area whose office published it; null is the nation's. */
  owner_area: string | null
}

export interface FormFileTable {
  form_id: string
  version: string
  file_name: string
  content_type: string
  md5: string
  bytes: Buffer
}

export interface InstanceClaimTable {
  instance_id: string
  county_code: string
  xml_sha256: string
}

export interface SubmissionTable {
  county_code: string
  instance_id: string
  area_code: string
  form_id: string
  form_version: string
  deprecated_id: string | null
  household_code: string | null
  xml_sealed: Buffer
  xml_sha256: string
  answers: Jsonb
  answers_extra: Jsonb | null
  problems: Jsonb
  state: StateOf<'submission.state'>
  problem_code: string | null
  device_id: string | null
  surveyor_name: string | null
  surveyed_on: string | null
  received_at: string
  account_id: string | null
}

export interface SubmissionFileTable {
  county_code: string
  instance_id: string
  file_name: string
  area_code: string
  content_type: string
  sha256: string
  bytes_sealed: Buffer
  size: number
  received_at: string
}

export interface QuarantineTable {
  county_code: string
  quarantine_id: string
  area_code: string
  received_at: string
  account_id: string | null
  source: string
  content_type: string
  bytes_sealed: Buffer
  bytes_sha256: string
  problem: Jsonb
  resolved_at: string | null
  resolved_by: string | null
  resolution: string | null
}

export interface ImportBatchTable {
  county_code: string
  batch_id: string
  area_code: string
  kind: StateOf<'import_batch.kind'>
  file_name: string
  file_sha256: string
  mapping: Jsonb
  rows_read: number
  rows_accepted: number
  rows_quarantined: number
  problems: Jsonb
  imported_at: string
  account_id: string | null
  source: Generated<string>
  account: ColumnType<JsonValue, string | undefined, string>
  rows_known: Generated<number>
  rows_unused: Generated<number>
  /** 'running' until the last row; one whose job has ended otherwise was stopped on the way. */
  state: Generated<StateOf<'import_batch.state'>>
}

export interface ImportKeyTable {
  county_code: string
  area_code: string
  source: string
  key_hash: string
  instance_id: string
  content_sha256: string
  batch_id: string
  recorded_at: string
}

export interface ImportMappingTable {
  county_code: string
  area_code: string
  name: string
  kind: StateOf<'import_mapping.kind'>
  mapping: Jsonb
  saved_at: string
  account_id: string | null
}

export interface RegisterRecordTable {
  county_code: string
  register: string
  record_id: string
  area_code: string
  national_id_sealed: string | null
  national_id_hash: string | null
  name: string | null
  value: number | null
  detail: string | null
  since: string | null
  batch_id: string | null
  imported_at: string
}

export interface SurveyTables {
  form: FormTable
  form_file: FormFileTable
  instance_claim: InstanceClaimTable
  submission: SubmissionTable
  submission_file: SubmissionFileTable
  quarantine: QuarantineTable
  import_batch: ImportBatchTable
  import_key: ImportKeyTable
  import_mapping: ImportMappingTable
  register_record: RegisterRecordTable
}
