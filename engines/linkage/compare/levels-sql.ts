import { at } from '../at.ts'
import { outcomesOf } from '../model/model.ts'
import type { Comparison, LevelTest } from '../model/model.ts'
import { PARTS } from './parts.ts'
import type { Part } from './parts.ts'
import { quote } from '../session/session.ts'

/** Columns computed from one column of the records, once per distinct value; layers may be named by what follows them. */
export type ValueColumns = { part: Part; layers?: Record<string, string>[]; columns: Record<string, string> }

/**
 * One comparison in SQL. `values` says what is computed of each value, `slots` what the codes tables keep of a record (by
 * default all of `values`). `level` is the level of a pair, -1 where a value is missing on either side, null where SQL
 * cannot tell and the JavaScript comparer is asked. `helpers` are named parts of `level`. `keys[i]` is the slot that stands
 * for the i-th key of the comparer; `terms` the slot of term frequencies, by column (kind `tests`) or of the whole ('').
 */
export type ComparisonSql = {
  values: ValueColumns[]
  slots?: Record<string, string>
  helpers?: Record<string, string>
  level: string
  keys: string[]
  terms: Record<string, string>
}

/** The slots of a comparison with their SQL over the columns of its values. */
export function slotsOf({ values, slots }: ComparisonSql): Record<string, string> {
  return slots ?? Object.fromEntries(values.flatMap(({ columns }) => Object.keys(columns).map((name) => [name, name])))
}

const out = (part: Part, output: string) => quote(`${part.name}__${output}`)
const hashed = (sql: string) => `case when ${sql} is not null then hash(${sql}) end`
const raw = (column: string) => quote(`c_${column}`)
/** A column of integers as a number, beside its text. */
const numbered = (column: string) => quote(`n_${column}`)
const identity = (part: Part, columns: Record<string, string>): ComparisonSql['values'] => [{ part, columns }]

/** Index of the level that an outcome falls to: itself, or the next weaker one that the model lists. */
function fixed(comparison: Comparison): (outcome: string) => number {
  const outcomes = outcomesOf(comparison.kind)
  return (outcome) => {
    const rank = outcomes.indexOf(outcome)
    const found = comparison.levels.findIndex((level) => outcomes.indexOf(level.name) >= rank)
    return found < 0 ? comparison.levels.length - 1 : found
  }
}

/** Keys of the listed levels only, as `comparerOf` gives them. */
const listed = (comparison: Comparison, by: Record<string, string>) =>
  comparison.levels.flatMap((level) => by[level.name] ?? [])

/** Sixteenth parts of a 64-bit int that are not zero: hexadecimal digits in which two numbers differ. */
const nibbles = (xor: string) =>
  `bit_count(((${xor}) | ((${xor}) >> 1) | ((${xor}) >> 2) | ((${xor}) >> 3)) & 1229782938247303441::ubigint)`

/** Outcome of two dates (compareDates) as 0..3; null where one is missing. */
function dateSql(d: (side: string) => string, y: (side: string) => string): string {
  const [ld, rd, ly, ry] = [d('l'), d('r'), y('l'), y('r')]
  const [year_l, year_r, month_l, month_r] = [
    `${ly} // 10000`,
    `${ry} // 10000`,
    `${ly} // 100 % 100`,
    `${ry} // 100 % 100`,
  ]
  const years = `abs(${year_l} - ${year_r})`
  const days = `abs(${ld} - ${rd})`
  return `case when ${ld} is null or ${rd} is null then null when ${ld} = ${rd} then 0
    when ${years} = 0 and (${ly} % 10000 = 101 or ${ry} % 10000 = 101 or (${month_l} = ${ry} % 100 and ${ly} % 100 = ${month_r})
      or ${month_l} = ${month_r} or ${ly} % 100 = ${ry} % 100) then 1
    when ${ly} % 10000 = ${ry} % 10000 and ${years} > 0 and (${years} < 10 or ${years} % 10 = 0) then 1
    when ${days} between 17 and 52 then 1 when ${years} <= 1 then 2 else 3 end`
}

/** The one column of a comparison that has one. */
const columnOf = (comparison: Comparison): string => at(comparison.columns, 0)

type Maker = (comparison: Comparison, at: (slot: string) => string) => ComparisonSql
const side = (which: string, slot: string) => `${which}.${slot}`
const missing = (slot: string) => `${side('l', slot)} is null or ${side('r', slot)} is null`
const same = (slot: string) => `${side('l', slot)} = ${side('r', slot)}`

const exact: Maker = (c, at) => {
  const text = PARTS.text.at(columnOf(c))
  const level = fixed(c)
  return {
    values: identity(text, { [at('')]: hashed(out(text, 'text')) }),
    level: `case when ${missing(at(''))} then -1 when ${same(at(''))} then ${level('exact')} else ${level('different')} end`,
    keys: [at('')],
    terms: { '': at('') },
  }
}

const text: Maker = (c, at) => ({
  ...exact({ ...c, kind: 'exact' }, at),
  level: `case when ${missing(at(''))} then -1 when ${same(at(''))} then 0 end`,
})

const digits: Maker = (c, at) => {
  const part = PARTS.digits.at(columnOf(c))
  const [value, level] = [out(part, 'text'), fixed(c)]
  const [own, packed, length] = [at(''), at('_p'), at('_n')]
  const apart = nibbles(`xor(l.${packed}, r.${packed})`)
  return {
    values: identity(part, {
      [own]: hashed(value),
      [packed]: `case when regexp_full_match(${value}, '[0-9]{1,15}') then ('0x1' || ${value})::ubigint end`,
      // a remark in the column of telephones may have any length
      [length]: `least(length(${value}), 255)::utinyint`,
    }),
    level: `case when ${missing(own)} then -1 when ${same(own)} then ${level('exact')}
    when least(l.${length}, r.${length}) < 5 or abs(l.${length}::int - r.${length}::int) > 1 then ${level('different')}
    when l.${length} = r.${length} and ${apart} = 1 then ${level('one_edit')}
    when l.${length} = r.${length} and ${apart} > 2 then ${level('different')} end`,
    keys: listed(c, { exact: own }),
    terms: { '': own },
  }
}

const number: Maker = (c, at) => {
  const part = PARTS.number.at(columnOf(c))
  const last = c.levels.length - 1
  const when = c.levels
    .slice(0, last)
    .map((x, k) => `when abs(l.${at('')} - r.${at('')}) <= ${x.within ?? 0} then ${k}`)
  return {
    values: identity(part, { [at('')]: out(part, 'value') }),
    level: `case when ${missing(at(''))} then -1 ${when.join(' ')} else ${last} end`,
    keys: [],
    terms: {},
  }
}

const prefix: Maker = (c, at) => {
  const part = PARTS.text.at(columnOf(c))
  const value = out(part, 'text')
  const levels = c.levels.slice(0, -1)
  const slots = levels.map((x, k) => [
    at(`_${k}`),
    hashed(x.length === undefined ? value : `left(${value}, ${x.length})`),
  ])
  const when = levels.map((_, k) => `when ${same(at(`_${k}`))} then ${k}`)
  return {
    values: identity(part, Object.fromEntries(slots)),
    level: `case when ${missing(at('_0'))} then -1 ${when.join(' ')} else ${levels.length} end`,
    keys: levels.map((_, k) => at(`_${k}`)),
    terms: { '': at('_0') },
  }
}

const date: Maker = (c, at) => {
  const part = PARTS.date.at(columnOf(c))
  const level = fixed(c)
  const outcomes = outcomesOf('date').map((name, rank) => `when ${rank} then ${level(name)}`)
  const [day, ymd, days] = [at(''), at('_d'), `${out(part, 'day')}::varchar`]
  return {
    values: identity(part, {
      [day]: out(part, 'day'),
      [ymd]: out(part, 'ymd'),
      ...(c.term_frequency ? { [at('_h')]: hashed(days) } : {}),
    }),
    helpers: {
      [at('_o')]: dateSql(
        (s) => `${s}.${day}`,
        (s) => `${s}.${ymd}`,
      ),
    },
    level: `case when ${at('_o')} is null then -1 else case ${at('_o')} ${outcomes.join(' ')} end end`,
    keys: listed(c, { exact: day }),
    terms: { '': at('_h') },
  }
}

const chinese_name: Maker = (c, at) => {
  const part = PARTS.name.at(columnOf(c))
  const level = fixed(c)
  const slot = { own: at(''), folded: at('_f'), tone: at('_t'), sound: at('_s'), packed: at('_p') }
  const [surname, length, sum, wrong] = [at('_n'), at('_l'), at('_m'), at('_wrong')]
  const keys = listed(c, { exact: slot.own, variant: slot.folded, same_tone: slot.tone, same_sound: slot.sound })
  const lane = (s: string, k: number) => `((${s} >> ${16 * k}) & 65535)`
  const packed = out(part, 'packed')
  // lanes of 16 bits that are not zero: adding 0x7fff to the lower 15 bits carries into the top one
  const low = '9223231297218904063::ubigint'
  const differ = `xor(l.${slot.packed}, r.${slot.packed})`
  return {
    values: identity(part, {
      [slot.own]: hashed(out(part, 'key')),
      [slot.folded]: hashed(out(part, 'folded')),
      [slot.tone]: hashed(out(part, 'tone')),
      [slot.sound]: hashed(out(part, 'sound')),
      [slot.packed]: packed,
      [surname]: `${out(part, 'surname_length')}::utinyint`,
      // beyond seven no length is asked for; of two the sum fits a byte
      [length]: `least(length(${out(part, 'folded')}), 99)::utinyint`,
      [sum]: `(${[0, 1, 2, 3].map((k) => lane(packed, k)).join(' + ')})::integer`,
    }),
    helpers: { [wrong]: `bit_count((((${differ} & ${low}) + ${low}) | ${differ}) & 9223512776490647552::ubigint)` },
    level: `case when ${missing(slot.own)} then -1 when l.${surname} = 0 or r.${surname} = 0 then null
    when ${same(slot.own)} then ${level('exact')} when ${same(slot.folded)} then ${level('variant')}
    when ${same(slot.tone)} then ${level('same_tone')} when ${same(slot.sound)} then ${level('same_sound')}
    when ${same(length)} and (${wrong} = 1 and l.${length} >= 3) then ${level('one_character')}
    when ${same(length)} and ${same(sum)} then null
    when l.${length} + r.${length} = 7 then null
    when (l.${slot.packed} & 65535) = (r.${slot.packed} & 65535) and l.${surname} = r.${surname}
      and (l.${surname} = 1 or ${lane(`l.${slot.packed}`, 1)} = ${lane(`r.${slot.packed}`, 1)})
      then case when l.${length} + r.${length} = 5 then null else ${level('surname')} end
    else ${level('different')} end`,
    keys,
    // the value behind the first level, which need not be `exact`
    terms: { '': keys[0] ?? slot.own },
  }
}

export const MAKERS: Partial<Record<Comparison['kind'], Maker>> = {
  exact,
  text,
  digits,
  number,
  prefix,
  date,
  chinese_name,
}
export { dateSql, fixed, hashed, listed, missing, numbered, out, raw, same }
export type { LevelTest, Maker }
