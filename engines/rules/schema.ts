/** What a rule may speak of: the form's fields, their types and bounds, and the pack's parameters. */

export type FieldKind = 'int' | 'decimal' | 'money' | 'text' | 'bool' | 'date' | 'choice' | 'choices'

/**
 * One declared field. Money is a whole number of minor units (fen). `min` and `max` bound the numbers that count as an
 * answer: a value outside them reads as UNKNOWN in every back end, since it needs a person's look, not a verdict.
 */
export type FieldType = {
  type: FieldKind
  unit?: string
  choices?: string[]
  minor_units?: number
  min?: number
  max?: number
}

export type ParameterType = FieldType

export type RuleSchema = {
  household: Record<string, FieldType>
  lists: Record<string, Record<string, FieldType>>
  parameters: Record<string, ParameterType>
  /** Named parts: rules that other rules may use by name; each is put in where its name stands. */
  parts?: Record<string, string>
}

/** One answer as it travels: JSON values, dates as YYYY-MM-DD, lists of items as arrays of objects. */
export type RuleRecord = Record<string, unknown>

/**
 * Whole numbers have at most fifteen digits. Below 2^53 (exact in JavaScript), and the same as DuckDB's decimal(15,0),
 * whose try_cast is the one range check there that reads its argument once. In fen: ten thousand billion yuan.
 */
export const WHOLE_LIMIT = 999_999_999_999_999

/** XForms whole numbers are 32-bit signed (JavaRosa IntegerData), so nothing larger is an answer unless declared. */
export const INT_LIMIT = 2_147_483_647
export const MONEY_LIMIT = 10_000_000_000_000
/** With six decimals, a thousand million is fifteen digits: exact in a double. */
export const DECIMAL_LIMIT = 1_000_000_000
/** Decimals of a decimal answer or parameter; further ones are rounded half up when it is read. */
export const FIELD_SCALE = 6
/** Decimals kept of a product, a quotient or a written number. */
export const MOST_SCALE = 12
/** Every number on the way has fewer digits than DuckDB's hugeint (39), so that nothing can overflow. */
export const MOST_DIGITS = 37

const LIMITS: Partial<Record<FieldKind, number>> = { int: INT_LIMIT, money: MONEY_LIMIT, decimal: DECIMAL_LIMIT }

export const isNumeric = (kind: FieldKind): boolean => kind === 'int' || kind === 'money' || kind === 'decimal'

/** The numbers that count as an answer, inclusive; undefined for kinds that are not numbers. */
export function boundsOf(type: FieldType): { lo: number; hi: number } | undefined {
  const limit = LIMITS[type.type]
  if (limit === undefined) return undefined
  const most = type.type === 'decimal' ? DECIMAL_LIMIT : WHOLE_LIMIT
  return { lo: Math.max(type.min ?? -limit, -most), hi: Math.min(type.max ?? limit, most) }
}
