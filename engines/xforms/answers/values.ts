// One answer: text in the XML <-> value in the data.
import type { Field } from './fields.ts'

export type Geopoint = { latitude: number; longitude: number; altitude: number | null; accuracy: number | null }
export type Value = string | number | boolean | string[] | Geopoint | null

const INT = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const DATETIME = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?$/

function isDate(text: string): boolean {
  const match = DATE.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/**
 * Decimal text -> integer minor units, exactly: the digits are shifted as text, as 1.005 * 100 is 100.49999999999999.
 * Undefined for what is no amount or has more decimals than the currency (trailing zeros aside).
 */
export function minorUnits(text: string, minor_units: number): number | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (!match || ((match[2] ?? '') === '' && (match[3] ?? '') === '')) return undefined
  const digits = Math.round(Math.log10(minor_units))
  if (10 ** digits !== minor_units) return undefined
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return undefined
  const value = Number(`${match[2] ?? ''}${fraction.padEnd(digits, '0')}`)
  if (!Number.isSafeInteger(value)) return undefined
  return match[1] === '-' && value !== 0 ? -value : value
}

/** Integer minor units -> decimal text with all its decimals: 1050 -> `10.50`. */
export function majorText(value: number, minor_units: number): string {
  const digits = Math.round(Math.log10(minor_units))
  const text = String(Math.abs(value)).padStart(digits + 1, '0')
  const sign = value < 0 ? '-' : ''
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Reads one answer; undefined = it is not of the field's type. Blank text is null: not answered. */
export function readValue(field: Field, written: string): Value | undefined {
  // Free text is kept to the last space; everything else is compared without surrounding white space.
  const text = written.trim()
  if (text === '') return null
  switch (field.type) {
    case 'int': {
      const value = Number(text)
      return INT.test(text) && Number.isSafeInteger(value) ? value + 0 : undefined
    }
    case 'decimal': {
      const value = Number(text)
      return DECIMAL.test(text) && Number.isFinite(value) ? value : undefined
    }
    case 'money':
      return minorUnits(text, field.minor_units ?? 1)
    case 'bool':
      return text === 'yes' ? true : text === 'no' ? false : undefined
    case 'date': {
      const day = text.includes('T') ? text.slice(0, 10) : text
      return isDate(day) ? day : undefined
    }
    case 'datetime': {
      const match = DATETIME.exec(text)
      return match && isDate(match[1] ?? '') && Number(match[2]) < 24 && Number(match[3]) < 60 ? text : undefined
    }
    case 'choice':
      return field.choices && !field.choices.includes(text) ? undefined : text
    case 'choices': {
      const chosen = text.split(/\s+/)
      return field.choices && chosen.some((one) => !field.choices?.includes(one)) ? undefined : chosen
    }
    case 'geopoint':
      return readGeopoint(text)
    default:
      return written
  }
}

function readGeopoint(text: string): Geopoint | undefined {
  const parts = text.split(/\s+/)
  if (parts.length < 2 || parts.length > 4 || parts.some((part) => !DECIMAL.test(part))) return undefined
  const [latitude = 0, longitude = 0, altitude = null, accuracy = null] = parts.map(Number)
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined
  return { latitude, longitude, altitude, accuracy }
}

/** Writes one answer as a form client would. Throws RangeError for a value the field cannot hold. */
export function writeValue(field: Field, value: Value): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${field.name}: ${value} cannot be written`)
    return field.type === 'money' ? majorText(value, field.minor_units ?? 1) : String(value)
  }
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.join(' ')
  return [value.latitude, value.longitude, value.altitude ?? 0, value.accuracy ?? 0].join(' ')
}
