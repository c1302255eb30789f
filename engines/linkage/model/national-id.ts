// Citizen identification numbers of China: GB 11643-1999 (18 characters) and its forerunner GB 11643-1989 (15 digits).
// 6 region (GB/T 2260, at first registration, not residence) + 8 birth date + 3 sequence (odd = male) + check character
// by ISO 7064 MOD 11-2. The old form has a two-digit year and no check character.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_CHARACTERS = '10X98765432'

export type NationalIdProblem = 'length' | 'characters' | 'check_digit' | 'date' | 'future_date'

export type NationalIdCheck = {
  valid: boolean
  problem?: NationalIdProblem
  /** GB/T 2260 code of the county of first registration. */
  region?: string
  /** YYYY-MM-DD */
  birth_date?: string
  sex?: 'male' | 'female'
  /** The form the number was written in; 18 too where the length tells nothing. */
  generation: 15 | 18
}

/** Full-width digits, lower-case x, blanks and dashes are ways of writing, not errors. */
export function normalizeNationalId(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u00ad\u200b-\u200f\ufeff'-]/g, '')
    .replace(/[×χ]/g, 'X')
    .toUpperCase()
}

/** The check character of the first 17 digits, by ISO 7064 MOD 11-2. Throws RangeError unless given 17 digits. */
export function checkDigit(first17: string): string {
  if (!/^[0-9]{17}$/.test(first17)) throw new RangeError('checkDigit needs exactly 17 digits')
  const sum = WEIGHTS.reduce((total, weight, i) => total + (first17.charCodeAt(i) - 48) * weight, 0)
  return CHECK_CHARACTERS.charAt(sum % 11)
}

/**
 * A 15-digit number written with 18 characters. The century is 19, except for sequences 996 to 999, which the 1989
 * standard kept for those aged over a hundred, born in the 1800s. Anything but 15 digits comes back as it was.
 */
export function toEighteen(text: string): string {
  const id = normalizeNationalId(text)
  if (!/^[0-9]{15}$/.test(id)) return id
  const century = Number(id.slice(12)) >= 996 ? '18' : '19'
  const first17 = id.slice(0, 6) + century + id.slice(6)
  return first17 + checkDigit(first17)
}

function realDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day <= days
}

/**
 * Checks one number and reads what it says. Region, birth date and sex are given whenever the characters allow it, also
 * for an invalid number: a reviewer needs them. `today` (YYYY-MM-DD) decides what is a future date.
 */
export function checkNationalId(text: string, today = new Date().toISOString().slice(0, 10)): NationalIdCheck {
  const written = normalizeNationalId(text)
  const generation = written.length === 15 ? 15 : 18
  if (written.length !== 15 && written.length !== 18) return { valid: false, problem: 'length', generation }
  if (!(generation === 15 ? /^[0-9]{15}$/ : /^[0-9]{17}[0-9X]$/).test(written)) {
    return { valid: false, problem: 'characters', generation }
  }
  const id = toEighteen(written)
  const [year, month, day] = [Number(id.slice(6, 10)), Number(id.slice(10, 12)), Number(id.slice(12, 14))]
  const said: Pick<NationalIdCheck, 'region' | 'sex' | 'birth_date'> = {
    region: id.slice(0, 6),
    sex: Number(id[16]) % 2 === 1 ? 'male' : 'female',
  }
  if (!realDate(year, month, day) || year < 1800) return { valid: false, problem: 'date', ...said, generation }
  said.birth_date = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`
  if (said.birth_date > today) return { valid: false, problem: 'future_date', ...said, generation }
  if (checkDigit(id.slice(0, 17)) !== id[17]) return { valid: false, problem: 'check_digit', ...said, generation }
  return { valid: true, ...said, generation }
}
