// Numbers and dates as people write them, and whether they can be read in more than one way. Where they can, nothing is
// guessed: the person who brings the list is asked.
import { addDays, isDay } from '#door/day.ts'
import { minorUnits } from '#engines/xforms/answers/values.ts'
import type { Field } from '#engines/xforms/answers/fields.ts'

/** Which sign parts the whole from its tenths: 2.625 or 2,625. */
export const decimalSigns = ['point', 'comma'] as const
export type DecimalSign = (typeof decimalSigns)[number]

/** Which comes first in 07/10/2026. */
export const dateOrders = ['dmy', 'mdy'] as const
export type DateOrder = (typeof dateOrders)[number]

const units = /\s*(元|亩|平方米|㎡|m2|分钟|米|头|只|月|人|岁|yuan|acres?|ha|km|m|kg)$/i

/** Digits of any script as 0-9, the Arabic decimal and thousands signs as point and space, no unit behind. */
function plainNumber(text: string): string {
  return text
    .replaceAll(/\p{Nd}/gu, (digit) => String(digitOf(digit)))
    .replaceAll('٫', '.')
    .replaceAll(/[٬’']/g, ' ')
    .replace(units, '')
    .trim()
}

/** In every script the ten digits stand in a row, zero first (Unicode 4.6). */
function digitOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 48
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return (code - zero) % 10
}

// Thousands in threes, or as in India in twos before the last three: 12,34,567.
const grouped = (group: string, decimal: string) =>
  new RegExp(`^[+-]?(\\d{1,3}(${group}\\d{3})+|\\d{1,2}(${group}\\d{2})+${group}\\d{3}|\\d+)(${decimal}\\d+)?$`)
const shapes = {
  point: grouped('[, ]', '\\.'),
  comma: grouped('[. ]', ','),
}

/** The number of a text as digits with a point, read with this decimal sign; undefined where it is none so. */
export function numberText(written: string, sign: DecimalSign): string | undefined {
  const text = plainNumber(written)
  if (/^[+-]?\d+$/.test(text)) return text
  // 1.5E+3 is a machine's number, always with a point; an E with lost digits is refused elsewhere.
  if (/^[+-]?\d+(\.\d+)?E[+-]?\d+$/i.test(text)) return String(Number(text))
  if (!shapes[sign].test(text)) return undefined
  const [group, decimal] = sign === 'point' ? [/[, ]/g, '.'] : [/[. ]/g, ',']
  return text.replaceAll(group, '').replace(decimal, '.')
}

/** Whether a text is an amount of this field under a sign: an integer has no tenths, money no third decimal. */
function fits(field: Field, written: string, sign: DecimalSign): string | undefined {
  const text = numberText(written, sign)
  if (text === undefined) return undefined
  const decimals = /\.(\d+)$/.exec(text)?.[1] ?? ''
  if (field.type === 'int' && decimals.length > 0 && !/^0{1,2}$/.test(decimals)) return undefined
  if (field.type === 'money') {
    const most = Math.round(Math.log10(field.minor_units ?? 1))
    // Nobody writes hundredths with three digits: 12,000 in a column of money is twelve thousand.
    if (decimals.length > Math.max(most, decimals === '00' ? 2 : most)) return undefined
    if (minorUnits(text, field.minor_units ?? 1) === undefined) return undefined
  }
  return text
}

/** How a number's text may be read: one way, either way to the same number, either way to two numbers, or not at all. */
export function readingsOfNumber(field: Field, written: string): { point?: string; comma?: string } {
  const point = fits(field, written, 'point')
  const comma = fits(field, written, 'comma')
  return { ...(point === undefined ? {} : { point }), ...(comma === undefined ? {} : { comma }) }
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const iso = (year: string, month: string | number, day: string): string =>
  `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`

/**
 * The day of a text, YYYY-MM-DD, under each order; the same under both where the year stands first or the month is
 * named. A day and a month with a year of two digits is no date: nobody can say which is which.
 */
export function readingsOfDate(written: string): { dmy?: string; mdy?: string } {
  const text = written
    .replaceAll(/\p{Nd}/gu, (digit) => String(digitOf(digit)))
    .replace(/[T ]\d{1,2}:\d{2}.*$/, '')
    .trim()
  const certain =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  const both = (day: string) => (isDay(day) ? { dmy: day, mdy: day } : {})
  if (certain) return both(iso(certain[1] ?? '', certain[2] ?? '', certain[3] ?? ''))
  const named = /^(\d{1,2})[ .-]+([a-z]{3})[a-z]*\.?[ ,.-]+(\d{4})$/i.exec(text)
  if (named) {
    const month = months.indexOf((named[2] ?? '').toLowerCase()) + 1
    return month === 0 ? {} : both(iso(named[3] ?? '', month, named[1] ?? ''))
  }
  const open = /^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})$/.exec(text)
  if (!open) return {}
  const [, first = '', second = '', year = ''] = open
  const dmy = iso(year, second, first)
  const mdy = iso(year, first, second)
  return { ...(isDay(dmy) ? { dmy } : {}), ...(isDay(mdy) ? { mdy } : {}) }
}

/** The day a spreadsheet means by a bare number: days since 1899-12-30 (the 1900 system), 1927 to 2173. */
export function serialDay(written: string): string | undefined {
  if (!/^\d{5}(\.\d+)?$/.test(written)) return undefined
  return addDays('1899-12-30', Math.floor(Number(written)))
}
