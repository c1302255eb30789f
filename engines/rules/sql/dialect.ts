import { WHOLE_LIMIT } from '../schema.ts'
import type { FieldKind } from '../schema.ts'

export type DialectName = 'postgres' | 'duckdb'

/**
 * The places where the two databases differ in what they compute. Measured on DuckDB 1.5.6 and PostgreSQL 18: DuckDB
 * divides whole numbers into a double (7/2 = 3.5), PostgreSQL compares text by the database's collation, and both
 * round half to even when a double is cast to a whole number.
 */
export type Dialect = {
  name: DialectName
  double: string
  /** Whole numbers beyond eighteen digits. */
  big: string
  /** Whole division, cut towards zero; `big` says that an operand is beyond eighteen digits. */
  divide: (a: string, b: string, big?: boolean) => string
  /** A whole number as the nearest double. */
  toDouble: (whole: string, big: boolean) => string
  /**
   * A double that holds a whole number, as bigint, or NULL above fifteen digits; reads its argument once. Doubles are
   * exact to 2^53, so nothing in range is rounded and nothing out of range is rounded into it.
   */
  within: (double: string) => string
  ordered: (text: string) => string
  daysBetween: (from: string, to: string) => string
  dayNumber: (date: string) => string
  monthNumber: (date: string) => string
  datePart: (part: 'year' | 'month' | 'day', date: string) => string
  /** Code points `from` (counted from 1), `length` of them or all that follow. */
  substring: (text: string, from: number, length?: number) => string
  /** The kept values as one sorted list, `at` (counted from 1), its length, and the sum of its first items. */
  sortedList: (value: string, by: string, where: string, descending: boolean) => string
  at: (list: string, index: string) => string
  sumOfFirst: (list: string, count: string) => string
  textSize: (text: string) => string
  listSize: (list: string) => string
  endsWith: (text: string, end: string) => string
  contains: (text: string, part: string) => string
  has: (list: string, value: string) => string
  textList: (literals: string[]) => string
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A dotted name is quoted part by part; anything with a bracket is taken as SQL (a query, read_parquet(...)). */
export const tableName = (table: string): string =>
  table.includes('(') ? table : table.split('.').map(quoteName).join('.')

const postgres: Dialect = {
  name: 'postgres',
  double: 'double precision',
  big: 'numeric',
  divide: (a, b, big) => (big ? `div(${a}, ${b})` : `(${a} / ${b})`),
  toDouble: (whole) => `cast(${whole} as double precision)`,
  // least and greatest skip NULL, so a NULL ends at a limit and becomes NULL again.
  within: (double) => {
    const limit = `double precision '${WHOLE_LIMIT + 1}'`
    return `cast(nullif(nullif(least(greatest(${double}, -${limit}), ${limit}), ${limit}), -${limit}) as bigint)`
  },
  ordered: (text) => `(${text} collate "C")`,
  daysBetween: (from, to) => `cast(${to} - ${from} as bigint)`,
  dayNumber: (date) => `cast(to_char(${date}, 'YYYYMMDD') as bigint)`,
  monthNumber: (date) => `cast(extract(year from ${date}) * 12 + extract(month from ${date}) as bigint)`,
  datePart: (part, date) => `cast(extract(${part} from ${date}) as bigint)`,
  substring: (text, from, length) => `substr(${text}, ${from}${length === undefined ? '' : `, ${length}`})`,
  sortedList: (value, by, where, descending) =>
    `array_agg(${value} order by ${by}${descending ? ' desc' : ''})${where}`,
  at: (list, index) => `(${list})[${index}]`,
  sumOfFirst: (list, count) => `(select sum(t.v) from unnest((${list})[1:cast(${count} as int)]) as t(v))`,
  textSize: (text) => `cast(char_length(${text}) as bigint)`,
  listSize: (list) => `cast(cardinality(${list}) as bigint)`,
  endsWith: (text, end) => `(right(${text}, char_length(${end})) = ${end})`,
  contains: (text, part) => `(strpos(${text}, ${part}) > 0)`,
  has: (list, value) => `(${value} = any(${list}))`,
  textList: (literals) => `cast(array[${literals.join(', ')}] as text[])`,
}

const duckdb: Dialect = {
  name: 'duckdb',
  double: 'double',
  big: 'hugeint',
  divide: (a, b) => `(${a} // ${b})`,
  // A cast from hugeint rounds twice; text is read with one rounding.
  toDouble: (whole, big) => (big ? `cast(cast(${whole} as varchar) as double)` : `cast(${whole} as double)`),
  // Only from a double: DuckDB 1.5.6 turns try_cast(whole as smaller whole) = constant into whole = constant, so that
  // what does not fit compares as false instead of NULL.
  within: (double) => `cast(try_cast(${double} as decimal(15,0)) as bigint)`,
  ordered: (text) => text,
  daysBetween: (from, to) => `date_diff('day', ${from}, ${to})`,
  dayNumber: (date) => `(year(${date}) * 10000 + month(${date}) * 100 + day(${date}))`,
  monthNumber: (date) => `(year(${date}) * 12 + month(${date}))`,
  datePart: (part, date) => `${part}(${date})`,
  substring: (text, from, length) => `substr(${text}, ${from}${length === undefined ? '' : `, ${length}`})`,
  sortedList: (value, by, where, descending) => `list(${value} order by ${by}${descending ? ' desc' : ''})${where}`,
  at: (list, index) => `(${list})[${index}]`,
  sumOfFirst: (list, count) => `list_sum((${list})[1:${count}])`,
  textSize: (text) => `length(${text})`,
  listSize: (list) => `len(${list})`,
  endsWith: (text, end) => `ends_with(${text}, ${end})`,
  contains: (text, part) => `contains(${text}, ${part})`,
  has: (list, value) => `list_contains(${list}, ${value})`,
  textList: (literals) => `cast([${literals.join(', ')}] as varchar[])`,
}

export const DIALECTS: Record<DialectName, Dialect> = { postgres, duckdb }

export const sqlType = (kind: FieldKind, dialect: Dialect): string => {
  switch (kind) {
    case 'int':
    case 'money':
      return 'bigint'
    case 'decimal':
      return dialect.double
    case 'bool':
      return 'boolean'
    case 'date':
      return 'date'
    case 'choices':
      return dialect.name === 'postgres' ? 'text[]' : 'varchar[]'
    default:
      return 'text'
  }
}

/** One value of a declared kind as SQL; null becomes a typed NULL. Dates arrive as YYYY-MM-DD. */
export function sqlLiteral(value: unknown, kind: FieldKind, dialect: Dialect): string {
  if (value === undefined || value === null) return `cast(null as ${sqlType(kind, dialect)})`
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') {
    return kind === 'decimal' ? `cast('${value}' as ${dialect.double})` : `cast(${value} as bigint)`
  }
  if (Array.isArray(value)) return dialect.textList(value.map((text) => quoteText(String(text))))
  return `cast(${quoteText(String(value))} as ${kind === 'date' ? 'date' : 'text'})`
}
