import { codeOf, normalizeText } from './distance.ts'
import { COMPOUND_SURNAMES } from './name-tables.ts'
import { dialectSound, foldCharacter, foldName, prepareName, reading, surnameOf } from './names.ts'
import { normalizeNationalId, toEighteen } from '../model/national-id.ts'
import { prepareDate, readSex } from '../model/person-id.ts'
import type { ColumnType } from '../session/session.ts'

/**
 * What is read from one column, computed in SQL for plainly written values and in JavaScript, once per distinct value,
 * for all others: `plain` is the SQL condition on `$` (the column), `sql` the outputs for it, `of` the same for any value.
 * Both must agree wherever `plain` holds; levels-sql.long.test.ts says so.
 */
export type Part = {
  name: string
  column: string
  plain: string | null
  /** `none`: only plain values have it. */
  types: Record<string, ColumnType | 'none'>
  sql: Record<string, string>
  of(value: string): Record<string, string | number | null>
  /** Joins `lk_characters` for up to four characters: `$1`..`$4` in `sql`. */
  characters?: boolean
  /** `plain` holds for every value of a column of 32-bit integers. */
  integers?: true
}

const HAN = '\\x{3400}-\\x{4DBF}\\x{4E00}-\\x{9FFF}'
/** Printable ASCII and unified ideographs, single blanks inside: what NFKC, trimming and blank folding leave alone. */
const PLAIN_TEXT = `regexp_full_match($, '[!-~${HAN}]+( [!-~${HAN}]+)*')`
/** 1000-01-01 onwards: JavaScript reads years below 100 as 1900 and more. */
const PLAIN_DATE = `regexp_full_match($, '[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])')`
/** Eighteen characters, not all the same: numbers of two equal halves are left to JavaScript. */
const PLAIN_ID = `(regexp_full_match($, '[0-9]{17}[0-9X]') and left($, 9) <> right($, 9))`
const PLAIN_NAME = `regexp_full_match($, '[${HAN}]{2,4}')`

const empty = (text: string | null) => text || null

/** What is read from any column in one way; `at` makes it the part of one. */
const make = (kind: string, read: Omit<Part, 'name' | 'column'>) => ({
  kind,
  at: (column: string): Part => ({ name: `${kind}_${column}`, column, ...read }),
})

const one = (kind: string, plain: string | null, sql: string | null, of: (value: string) => string | null) =>
  make(kind, {
    plain,
    types: { text: 'text' },
    sql: sql === null ? {} : { text: sql },
    of: (value) => ({ text: empty(of(value)) }),
  })

const compounds = COMPOUND_SURNAMES.map((name) => `'${name}'`).join(', ')
const LONG = `(length($) >= 3 and $1.folded || $2.folded in (${compounds}))`
const spoken = (sound: string) =>
  `regexp_replace(replace($1.surname_${sound} || case when ${LONG} then $2.surname_${sound} else $2.${sound} end || coalesce($3.${sound}, '') || coalesce($4.${sound}, ''), 'ng', 'n'), 'n([aeiouv])', 'l\\1', 'g')`
const packed = (k: number) => `(coalesce($${k}.folded_code, 0)::ubigint << ${16 * (k - 1)})`

/** All parts; sex is 1 for male, 2 for female. */
export const PARTS = {
  /** A value as it stands. */
  raw: one('raw', '$ is not null', '$', (value) => value),
  text: one('text', PLAIN_TEXT, 'lower($)', normalizeText),
  digits: one('digits', `regexp_full_match($, '[0-9A-Z]+')`, '$', (value) =>
    value
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, ''),
  ),
  /** A number of a person as `preparePersonId` takes it; of an old one also the century given to it and its year there. */
  person: make('person', {
    plain: PLAIN_ID,
    types: { text: 'text', century: 'int', year: 'int' },
    sql: { text: '$' },
    of(value) {
      const written = normalizeNationalId(value)
      const id = toEighteen(written)
      const usable = id.length >= 12 && /\d{6}/.test(id) && !/^(.)\1+$/.test(id)
      const old = usable && id !== written
      return {
        text: usable ? id : null,
        century: old ? Number(id.slice(6, 8)) : null,
        year: old ? Number(id.slice(8, 10)) : null,
      }
    },
  }),
  gb11643: one('gb11643', PLAIN_ID, '$', (value) => {
    const id = toEighteen(normalizeNationalId(value))
    return id.length === 18 && !/^(.)\1+$/.test(id) ? id : null
  }),
  year: one('year', PLAIN_DATE, 'left($, 4)', (value) =>
    String(prepareDate(value)?.year ?? (/^\d{4}$/.exec(value.trim())?.[0] || '')),
  ),
  surname: one('surname', null, null, surnameOf),
  folded: one('folded', null, null, foldName),
  number_digits: one('number_digits', `regexp_full_match($, '[0-9]+')`, '$', (value) =>
    value.normalize('NFKC').replace(/\D/g, ''),
  ),
  date: make('date', {
    plain: PLAIN_DATE,
    types: { day: 'int', ymd: 'int' },
    sql: {
      day: `((make_date(left($, 4)::int, substr($, 6, 2)::int, 1) - date '1970-01-01') + right($, 2)::int - 1)::int`,
      ymd: `(left($, 4)::int * 10000 + substr($, 6, 2)::int * 100 + right($, 2)::int)::int`,
    },
    of(value) {
      const date = prepareDate(value)
      return {
        day: date && date.day_number,
        ymd: date && date.year * 10_000 + date.month * 100 + date.day,
      }
    },
  }),
  sex: make('sex', {
    plain: null,
    types: { sex: 'int' },
    sql: {},
    of(value) {
      const sex = readSex(value)
      return { sex: sex && (sex === 'male' ? 1 : 2) }
    },
  }),
  number: make('number', {
    plain: `regexp_full_match($, '-?[0-9]{1,15}([.][0-9]{1,9})?')`,
    types: { value: 'double' },
    sql: { value: '$::double' },
    of(value) {
      const number = Number(value.trim() || NaN)
      return { value: Number.isFinite(number) ? number : null }
    },
    integers: true,
  }),
  /** `surname_length` 0: no plain name, to be compared in JavaScript; `packed`: four characters of 16 bits. */
  name: make('name', {
    plain: PLAIN_NAME,
    types: { key: 'text', folded: 'text', tone: 'text', sound: 'text', surname_length: 'int', packed: 'none' },
    sql: {
      key: '$',
      folded: `concat($1.folded, $2.folded, $3.folded, $4.folded)`,
      tone: `concat_ws(' ', $1.surname_tone, case when ${LONG} then $2.surname_tone else $2.tone end, $3.tone, $4.tone)`,
      sound: spoken('sound'),
      surname_length: `(case when ${LONG} then 2 else 1 end)::int`,
      packed: `(${packed(1)} | ${packed(2)} | ${packed(3)} | ${packed(4)})`,
    },
    of(value) {
      const name = prepareName(value)
      if (!name) return { key: null, folded: null, tone: null, sound: null, surname_length: null }
      const { key, folded_key, tone_key, sound_key } = name
      return { key, folded: folded_key, tone: tone_key, sound: sound_key, surname_length: 0 }
    },
    characters: true,
  }),
} as const

/** One row of lk_characters: how a character is folded and read, in a surname and elsewhere. */
export function characterRow(code: number): (string | number)[] {
  const folded = foldCharacter(String.fromCodePoint(code))
  const [tone, surname_tone] = [reading(folded), reading(folded, true)]
  return [code, folded, codeOf(folded), tone, surname_tone, dialectSound(tone), dialectSound(surname_tone)]
}

export const CHARACTER_COLUMNS = {
  code: 'int',
  folded: 'text',
  folded_code: 'int',
  tone: 'text',
  surname_tone: 'text',
  sound: 'text',
  surname_sound: 'text',
} as const
