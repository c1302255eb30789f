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
