import type { Comparison, ComparisonKind } from '#engines/linkage/model/model.ts'
import { prepareDate, readSex } from '#engines/linkage/model/person-id.ts'

/** What a column holds, told from its values. `sex` and `national_id` are compared as exact and digits where alone. */
export type Content = 'sex' | 'national_id' | 'date' | 'year' | 'email' | 'code' | 'chinese_name' | 'name' | 'group'
export type Guess = { content: Content; why: string } | { content: null; why: string }

export type Profile = {
  column: string
  /** Some of its values, not empty. */
  values: readonly string[]
  /** Records with a value, and different values, in the list where they are fewest. */
  filled: number
  records: number
  distinct: number
  /** The column holds numbers, not text that looks like them. */
  numeric: boolean
}

/** Share of values that must look alike for a column to be taken for it. */
const MOST = 0.9
const SCARCE = 0.02
/** Up to so many values, and one in so many records: a group (district, sex, grade). */
const GROUPS = 300
const GROUP_SHARE = 0.03
/** Letters on average from which a text is remarks. */
const LONG = 60

export const ENDS_IN_YEAR = /^\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*\d{4}\b/
const western = (value: string) =>
  value.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0)! - (digit < '۰' ? 0x660 : 0x6f0)) % 10))

/** Mostly digits, five or more; or letters and digits in at most two pieces, as a postcode. */
function isCode(value: string): boolean {
  const plain = western(value.trim())
  const [digits, all] = [plain.match(/\d/g)?.length ?? 0, plain.replace(/[^0-9A-Za-z]/g, '').length]
  return (digits >= 5 && digits * 2 >= plain.length) || (digits > 0 && all >= 4 && all <= 10 && !/\s\S*\s/.test(plain))
}

/** What a column is, by its contents; its name counts for nothing. */
export function guessOf({ column, values, filled, records, distinct, numeric }: Profile): Guess {
  const share = (test: (value: string) => boolean) => values.filter(test).length / Math.max(1, values.length)
  if (filled < SCARCE * records || distinct === 0) return { content: null, why: 'hardly ever filled in' }
  if (distinct === 1) return { content: null, why: `always ${values[0]}` }
  if (distinct <= 6 && share((value) => readSex(value) !== null) >= MOST) {
    return { content: 'sex', why: `${distinct} values, such as ${values[0]}` }
  }
  if (share((value) => /^\d{17}[\dXx]$|^\d{15}$/.test(value.trim())) >= MOST) {
    return { content: 'national_id', why: 'numbers of 18 characters' }
  }
  if (share((value) => prepareDate(western(value)) !== null || ENDS_IN_YEAR.test(value)) >= MOST) {
    return { content: 'date', why: `dates, such as ${values[0]}` }
  }
  if (share((value) => /^\s*[^\s@]+@[^\s@]+\s*$/.test(value)) >= MOST) {
    return { content: 'email', why: 'an @ in each' }
  }
  if (numeric && share((value) => /^(1[89]|20)\d\d$/.test(value.trim())) >= MOST) {
    return { content: 'year', why: `years, such as ${values[0]}` }
  }
  if (numeric && share((value) => /^-?\d{1,4}$|[.,]/.test(value)) >= MOST) {
    return { content: null, why: 'amounts or ages change: add a comparison of kind number if these do not' }
  }
  if (distinct <= GROUPS && distinct <= GROUP_SHARE * filled) {
    return { content: 'group', why: `${distinct} different values` }
  }
  if (share(isCode) >= MOST) return { content: 'code', why: `a number or code, such as ${values[0]}` }
  if (
    share((value) => /^\p{Script=Han}[\p{Script=Han}·]{1,3}$/u.test(value.trim())) >= MOST &&
    distinct > filled / 20
  ) {
    return { content: 'chinese_name', why: `names of two to four characters, such as ${values[0]}` }
  }
  const length = values.reduce((sum, value) => sum + value.length, 0) / Math.max(1, values.length)
  if (length > LONG) return { content: null, why: `remarks: ${Math.round(length)} letters on average` }
  if (share((value) => /\p{L}/u.test(value)) < MOST) {
    return { content: null, why: `neither text nor a number of five digits, such as ${values[0]} (${column})` }
  }
  return { content: 'name', why: `text, ${distinct} different values` }
}

const KINDS: Record<Content, ComparisonKind> = {
  sex: 'exact',
  group: 'exact',
  national_id: 'digits',
  code: 'digits',
  year: 'number',
  date: 'date',
  email: 'text',
  name: 'text',
  chinese_name: 'chinese_name',
}

/** m of the levels of each content: guesses, to be learnt. */
const LEVELS: Record<Content, { name: string; m: number; u?: number; at_least?: number; within?: number }[]> = {
  sex: [
    { name: 'exact', m: 0.98 },
    { name: 'different', m: 0.02 },
  ],
  group: [
    { name: 'exact', m: 0.9 },
    { name: 'different', m: 0.1 },
  ],
  national_id: [
    { name: 'exact', m: 0.9 },
    { name: 'one_edit', m: 0.05, u: 1e-7 },
    { name: 'different', m: 0.05 },
  ],
  code: [
    { name: 'exact', m: 0.75 },
    { name: 'one_edit', m: 0.03, u: 0.00001 },
    { name: 'different', m: 0.22 },
  ],
  date: [
    { name: 'exact', m: 0.88 },
    { name: 'near', m: 0.06, u: 0.004 },
    { name: 'year', m: 0.02, u: 0.03 },
    { name: 'different', m: 0.04 },
  ],
  year: [
    { name: 'exact', within: 0, m: 0.9 },
    { name: 'near', within: 1, m: 0.06, u: 0.03 },
    { name: 'different', m: 0.04 },
  ],
  email: [
    { name: 'exact', m: 0.7 },
    { name: 'close', at_least: 0.92, m: 0.15, u: 0.0002 },
    { name: 'different', m: 0.15 },
  ],
  name: [
    { name: 'exact', m: 0.75 },
    { name: 'close', at_least: 0.92, m: 0.12, u: 0.002 },
    { name: 'similar', at_least: 0.8, m: 0.05, u: 0.01 },
    { name: 'different', m: 0.08 },
  ],
  chinese_name: [
    { name: 'exact', m: 0.9 },
    { name: 'variant', m: 0.01, u: 0.000001 },
    { name: 'same_tone', m: 0.02, u: 0.000004 },
    { name: 'same_sound', m: 0.01, u: 0.00001 },
    { name: 'one_character', m: 0.03, u: 0.002 },
    { name: 'surname', m: 0.015, u: 0.027 },
    { name: 'different', m: 0.015 },
  ],
}

/** Pairs of one household that agree on a column: from here up it is the household's, from there up partly so. */
const SHARED = 0.8
const PARTLY = 0.2

/** What is known of a column beyond its contents. `chance`: of two records drawn at random, that they agree. */
export type Measures = { name: string; column: string; why: string; chance: number; within: number | null }

/** One comparison with its levels. u of equality is counted, the rest guessed. */
export function comparisonOf(content: Content, { name, column, why, chance, within }: Measures): Comparison {
  const exact = Math.min(0.9, Math.max(1e-7, Number(chance.toPrecision(2))))
  const levels = LEVELS[content]
  const given = levels.slice(1, -1).reduce((sum, level) => sum + level.u!, exact)
  const shared = within !== null && within >= SHARED
  const partly = within !== null && !shared && within >= PARTLY && (content === 'name' || content === 'chinese_name')
  const family =
    within === null || (!shared && !partly) ? '' : `; ${Math.round(100 * within)} % within a household agree`
  return {
    name,
    note: why + family,
    columns: [column],
    kind: KINDS[content],
    ...(content === 'name' || content === 'chinese_name' || content === 'email' ? { term_frequency: true } : {}),
    ...(shared && content !== 'sex' ? { shared_in_household: true } : {}),
    ...(content === 'chinese_name' ? { shared_from_level: 'surname' } : partly ? { shared_from_level: 'exact' } : {}),
    levels: levels.map(({ name: level, m, u, at_least, within: apart }, k) => ({
      name: level,
      ...(at_least === undefined ? {} : { at_least }),
      ...(apart === undefined ? {} : { within: apart }),
      m,
      u: k === 0 ? exact : (u ?? Number((1 - given).toPrecision(6))),
    })),
  }
}
