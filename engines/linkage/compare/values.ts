/**
 * A value as the engine reads it, in a run and in a single pair alike: null for what is missing (null, undefined, ''). A
 * Date is its day in UTC, objects with a writing of their own are written so (a Temporal date, a date of DuckDB), others as
 * JSON. Half a surrogate pair, which no file can hold, is U+FFFD.
 */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, 10)
  if (typeof value !== 'object') return String(value).toWellFormed()
  const written: unknown = Reflect.get(value, 'toString')
  const plain = Array.isArray(value) || typeof written !== 'function' || written === Object.prototype.toString
  return (plain ? JSON.stringify(value) : String(value)).toWellFormed() || null
}

/** The order of DuckDB, by bytes of UTF-8: JavaScript's own puts characters of two places before some of one. */
export function byCodePoint(a: string, b: string): number {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  // within a pair: from its first half on
  if (i > 0 && /[\ud800-\udbff]/.test(a.charAt(i - 1))) i--
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1)
}
