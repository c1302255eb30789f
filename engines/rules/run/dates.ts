/**
 * Dates without time. Inside the engine a date is the number yyyymmdd: it orders like the date, and completed years are
 * one division. Outside it is the string YYYY-MM-DD.
 */

const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48

const daysInMonth = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : DAYS[month]!

/** YYYY-MM-DD to yyyymmdd; undefined for anything that is not a day of the calendar from 0001 to 9999. */
export function dateNumber(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) {
    return undefined
  }
  for (const at of DIGITS) if (digit(text, at) < 0 || digit(text, at) > 9) return undefined
  const year = digit(text, 0) * 1000 + digit(text, 1) * 100 + digit(text, 2) * 10 + digit(text, 3)
  const month = digit(text, 5) * 10 + digit(text, 6)
  const day = digit(text, 8) * 10 + digit(text, 9)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return year * 10_000 + month * 100 + day
}
const DIGITS = [0, 1, 2, 3, 5, 6, 8, 9]

/** yyyymmdd to YYYY-MM-DD. */
export function dateText(number: number): string {
  const digits = String(number).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
}

/**
 * Completed years from birth to reference, both yyyymmdd. A person born on 29 February completes a year on 1 March of a
 * common year. Undefined when the birth lies after the reference date: that is a wrong answer, not an age.
 */
export const completedYears = (birth: number, reference: number): number | undefined =>
  birth > reference ? undefined : Math.floor((reference - birth) / 10_000)

/**
 * Completed months from birth to reference, both yyyymmdd: a month is completed on the same day of a later month, and on
 * the first of the next where that month has no such day (born on 31 January: on 1 March). Undefined as above.
 */
export function completedMonths(birth: number, reference: number): number | undefined {
  if (birth > reference) return undefined
  const months = (date: number): number => Math.floor(date / 10_000) * 12 + (Math.floor(date / 100) % 100)
  return months(reference) - months(birth) - (reference % 100 < birth % 100 ? 1 : 0)
}

/** Days since 1 March of year 0, proleptic Gregorian (the civil-day count with years that begin in March). */
function dayCount(number: number): number {
  const month = Math.floor(number / 100) % 100
  const year = Math.floor(number / 10_000) - (month <= 2 ? 1 : 0)
  const fromMarch = (month + 9) % 12
  return (
    365 * year +
    Math.floor(year / 4) -
    Math.floor(year / 100) +
    Math.floor(year / 400) +
    Math.floor((153 * fromMarch + 2) / 5) +
    (number % 100)
  )
}

/** Days from the first date to the second, negative when the second is earlier. Both yyyymmdd. */
export const daysBetween = (from: number, to: number): number => dayCount(to) - dayCount(from)

/**
 * The last day of birth of someone who is at least `years` old on a day (both YYYY-MM-DD): born on 29 February, a year
 * is completed on 1 March where there is no such day, so the day before it is the last. Undefined outside years 1 to 9999.
 */
export function yearsBefore(date: string, years: number): string | undefined {
  const number = dateNumber(date)
  if (number === undefined) return undefined
  const year = Math.trunc(number / 10_000) - years
  if (year < 1 || year > 9999) return undefined
  const same_day = `${String(year).padStart(4, '0')}${date.slice(4)}`
  return dateNumber(same_day) === undefined ? `${same_day.slice(0, 8)}28` : same_day
}
