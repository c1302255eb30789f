import { createHash } from 'node:crypto'
import type { Reception } from '../receive/accept.ts'
import { sealBytes } from '../receive/seal.ts'

export const quarantineCodes = [
  'survey_malformed_xml',
  'survey_encrypted',
  'survey_unknown_form',
  'survey_unknown_version',
  'survey_form_withdrawn',
  'survey_unknown_area',
  'survey_outside_area',
  'survey_instance_conflict',
  'survey_edit_unknown',
  'survey_edit_stale',
  'survey_file_waiting',
  'survey_row_invalid',
] as const

export type QuarantineCode = (typeof quarantineCodes)[number]

export interface QuarantineRow {
  county_code: string
  quarantine_id: string
  area_code: string
  received_at: string
  account_id: string | null
  source: string
  content_type: string
  bytes_sealed: Buffer
  bytes_sha256: string
  problem: { code: QuarantineCode; message: string } & Record<string, string>
}

export interface Kept {
  bytes: Uint8Array
  source: string
  content_type?: string
  code: QuarantineCode
  /** One sentence; never an answer. */
  message: string
  /** What is known of it: form_id, version, instance_id, area_code. */
  about?: Record<string, string>
}

/**
 * What goes to quarantine, whole. It lies in the sender's own area, as its own is unknown or not his. Its number is
 * made of its bytes, so that the same bytes sent again and again lie there once.
 */
export function quarantineItem(reception: Reception, kept: Kept): QuarantineRow {
  const bytes_sha256 = createHash('sha256').update(kept.bytes).digest('hex')
  // Two submissions may bring the same photo: each keeps its own.
  const { of, file_name } = kept.about ?? {}
  const number =
    of === undefined ? bytes_sha256 : createHash('sha256').update(`${of}\n${file_name}\n${bytes_sha256}`).digest('hex')
  return {
    county_code: reception.home_county,
    quarantine_id: `q-${number.slice(0, 24)}`,
    area_code: reception.actor.area_code ?? reception.home_county,
    received_at: reception.now,
    account_id: reception.actor.account_id,
    source: kept.source,
    content_type: kept.content_type ?? 'text/xml',
    bytes_sealed: sealBytes(reception.keys, 'quarantine.bytes', kept.bytes),
    bytes_sha256,
    problem: { ...kept.about, code: kept.code, message: kept.message },
  }
}
