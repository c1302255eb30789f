import { codePoints, editDistance } from '../compare/distance.ts'
import { checkDigit, checkNationalId, normalizeNationalId, toEighteen } from './national-id.ts'

/** `day_number` counts days since 1970-01-01; null parts are never stored: a date that cannot be read is missing. */
export type PreparedDate = { year: number; month: number; day: number; day_number: number }

/** Reads 1980-05-07, 19800507, 1980/5/7, 1980.5.7, 1980年5月7日; null for what is no date. */
export function prepareDate(text: string): PreparedDate | null {
  const plain = text.normalize('NFKC').trim()
  const found =
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ??
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?$/.exec(plain)
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  return { year, month, day, day_number: Math.round(Date.UTC(year, month - 1, day) / 86_400_000) }
}

const isDefault = (a: PreparedDate) => a.month === 1 && a.day === 1

/**
 * 0 exact; 1 near: one of year, month and day wrong by a keyboard (one digit), day and month swapped, 1 January written
 * for "some day of that year", or 17 to 52 days apart, which a lunar date written as solar comes to; 2 the years at most
 * one apart (age counted the old way); 3 different. Symmetric.
 */
export function compareDates(a: PreparedDate, b: PreparedDate): number {
  if (a.day_number === b.day_number) return 0
  const years = Math.abs(a.year - b.year)
  if (years === 0 ? nearInYear(a, b) : nearOverYears(a, b, years)) return 1
  const days = Math.abs(a.day_number - b.day_number)
  if (days >= 17 && days <= 52) return 1
  return years <= 1 ? 2 : 3
}

/** Two days of one year, one of which may be the other badly written. */
function nearInYear(a: PreparedDate, b: PreparedDate): boolean {
  if (isDefault(a) || isDefault(b)) return true
  if (a.month === b.day && a.day === b.month) return true
  return a.month === b.month || a.day === b.day
}

/** One day of the year in years of which one digit differs. */
function nearOverYears(a: PreparedDate, b: PreparedDate, years: number): boolean {
  return a.month === b.month && a.day === b.day && (years < 10 || years % 10 === 0)
}

/** The outcome of a comparison that had nothing to compare. */
export const MISSING = -1

export type Sex = 'male' | 'female'

/** What a person's number, birth date and sex say together. They are one piece of evidence: the number holds the rest. */
export type PreparedPersonId = {
  /** 18 characters, or null where nothing usable was written. */
  id: string | null
  id_valid: boolean
  /** A number whose own birth date or sex contradicts the record's: another person's, mostly the head of household's. */
  lent: boolean
  codes: Int32Array
  /** As stated, else as the number says. */
  birth: PreparedDate | null
  stated: boolean
  sex: Sex | null
}

const MALE = new Set(['1', 'm', 'male', '男', 'man', 'boy'])
const FEMALE = new Set(['2', 'f', 'female', '女', 'woman', 'girl'])

/** Sex as written in lists: male/female, m/f, 1/2 (GB/T 2261.1), 男/女; null otherwise. */
export function readSex(text: string): Sex | null {
  const plain = text.normalize('NFKC').trim().toLowerCase().replace(/性$/, '')
  return MALE.has(plain) ? 'male' : FEMALE.has(plain) ? 'female' : null
}

/** Null when number, birth date and sex are all missing or unreadable. */
export function preparePersonId(id_text: string, birth_text: string, sex_text: string): PreparedPersonId | null {
  const stated = prepareDate(birth_text)
  const stated_sex = readSex(sex_text)
  const written = longNumber(normalizeNationalId(id_text), stated)
  // below 12 characters it is a placeholder ("无", "0") or another number: no evidence either way
  const id = written.length >= 12 && /\d{6}/.test(written) && !/^(.)\1+$/.test(written) ? written : null
  const number = readNumber(id)
  const birth = stated ?? number.birth
  const sex = stated_sex ?? number.sex
  if (id === null && birth === null && sex === null) return null
  const lent = number.valid && contradicts(number, stated, stated_sex)
  return { id, id_valid: number.valid, lent, codes: codePoints(id ?? ''), birth, stated: stated !== null, sex }
}

type NumberReading = { valid: boolean; birth: PreparedDate | null; sex: Sex | null }

/** What a number says of its holder by itself. */
function readNumber(id: string | null): NumberReading {
  if (id === null) return { valid: false, birth: null, sex: null }
  const { valid, birth_date, sex = null } = checkNationalId(id, '9999-12-31')
  return { valid, birth: birth_date === undefined ? null : prepareDate(birth_date), sex }
}

/** Whether the stated birth date and sex are those of another person than the number's. */
function contradicts(number: NumberReading, birth: PreparedDate | null, sex: Sex | null): boolean {
  const dates = birth && number.birth ? compareDates(birth, number.birth) : 0
  return dates >= 2 || (dates === 1 && sex !== null && sex !== number.sex)
}

/** 18 characters of a number; the century of an old one is the stated birth date's where its other parts agree. */
function longNumber(id: string, stated: PreparedDate | null): string {
  const long = toEighteen(id)
  if (long === id || !stated || id.slice(6, 8) !== String(stated.year).slice(2)) return long
  const first17 = `${id.slice(0, 6)}${stated.year < 1900 ? '18' : '19'}${id.slice(6)}`
  return first17 + checkDigit(first17)
}

/**
 * The outcome as an index into FIXED_OUTCOMES.person_id, or MISSING when the two say nothing of the same thing (a number
 * here, only a sex there). Symmetric.
 *
 * same_id needs a birth date that agrees roughly, else it is a borrowed number (the head's entered for everyone). Of two
 * different valid numbers neither is a slip of the other: the check character catches every single wrong digit and every
 * swap of neighbours. They are an id_conflict, unless one of them is lent, contradicted by its own record: then it says
 * nothing, and the birth dates and sexes decide (other_id_same_birth, near_birth, different).
 */
export function comparePersonIds(a: PreparedPersonId, b: PreparedPersonId): number {
  const agreement = agreementOf(a, b)
  const two_numbers = a.id !== null && b.id !== null
  const by_number = two_numbers ? compareNumbers(a, b, agreement) : null
  if (by_number !== null) return by_number
  const { dates, sex_differs, lent } = agreement
  if (sex_differs) return OUTCOME.different
  if (dates === 0) return lent && two_numbers ? OUTCOME.other_id_same_birth : OUTCOME.same_birth
  if (dates === 1) return OUTCOME.near_birth
  return dates < 0 && !two_numbers ? MISSING : OUTCOME.different
}

/** `dates`: the outcome of `compareDates`, -1 where one has none; `lent`: one of the numbers is contradicted by its own record. */
type Agreement = { dates: number; sex_differs: boolean; lent: boolean }

function agreementOf(a: PreparedPersonId, b: PreparedPersonId): Agreement {
  return {
    dates: a.birth && b.birth ? compareDates(a.birth, b.birth) : -1,
    sex_differs: a.sex !== null && b.sex !== null && a.sex !== b.sex,
    lent: a.lent || b.lent,
  }
}

/** What two numbers say of each other; null where the birth dates and sexes decide. */
function compareNumbers(a: PreparedPersonId, b: PreparedPersonId, agreement: Agreement): number | null {
  const { dates, sex_differs, lent } = agreement
  if (a.id === b.id && !(a.lent && b.lent)) return isBorrowed(a, b, agreement) ? OUTCOME.borrowed_id : OUTCOME.same_id
  if (a.id_valid && b.id_valid && !lent) return OUTCOME.id_conflict
  const edits = lent ? 9 : slips(a.codes, b.codes)
  return edits <= 1 || (edits === 2 && dates <= 1 && !sex_differs) ? OUTCOME.near_id : null
}

/** Whether one number stands with two persons. A birth date taken from the number itself proves nothing. */
function isBorrowed(a: PreparedPersonId, b: PreparedPersonId, { dates, sex_differs, lent }: Agreement): boolean {
  if (dates === 3 || (dates === 2 && lent)) return true
  const borne_out = dates === 0 && a.stated && b.stated
  return sex_differs && !borne_out
}

const OUTCOME = {
  same_id: 0,
  near_id: 1,
  same_birth: 2,
  other_id_same_birth: 3,
  borrowed_id: 4,
  near_birth: 5,
  different: 6,
  id_conflict: 7,
} as const

/** Edits between two numbers, not counted on beyond what a slip can be: 9 stands for many. */
function slips(a: Int32Array, b: Int32Array): number {
  if (Math.abs(a.length - b.length) > 2) return 9
  if (a.length === b.length) {
    // a swap of neighbours is two places; a digit lost and another doubled elsewhere shifts all between them
    let places = 0
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) places++
    if (places > 12) return 9
  }
  return editDistance(a, b)
}
