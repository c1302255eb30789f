import { type CustomTypesConfig, types } from 'pg'

/** A bigint as a JavaScript number. Throws where that would round (beyond 2^53). */
export function safeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number`)
  return value
}

/** PostgreSQL's text of a timestamptz ('2026-11-23 13:33:47.12+00') as an ISO string; 'infinity' stays as it is. */
export function isoTime(text: string): string {
  if (text.endsWith('infinity')) return text
  // '+00' is no offset to Date; '+00:00' is.
  return new Date(`${text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')}`).toISOString()
}

type Parse = (text: string) => unknown
const asText = (text: string): string => text

// The published type lists scalar types only.
const TEXT_ARRAY: number = 1009
const textArray = types.getTypeParser(TEXT_ARRAY as 16, 'text') as Parse as (text: string) => (string | null)[]
const arrayOf =
  (parse: Parse): Parse =>
  (text) =>
    textArray(text).map((item) => (item === null ? null : parse(item)))

// Object identifiers of pg_type: int8, numeric, date, timestamp, timestamptz and their arrays.
const PARSERS: Record<number, Parse> = {
  20: safeNumber,
  1700: asText,
  1082: asText,
  1114: asText,
  1184: isoTime,
  1016: arrayOf(safeNumber),
  1231: arrayOf(asText),
  1182: arrayOf(asText),
  1115: arrayOf(asText),
  1185: arrayOf(isoTime),
}

/** How values come out of the database; the rules stand at the head of tables.ts. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS[oid]) ?? types.getTypeParser(oid, format as 'text'),
}
