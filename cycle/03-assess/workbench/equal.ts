/** Same plain JSON value, whatever the order of keys. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const theirs = new Map<string, unknown>(Object.entries(b))
  const ours = Object.entries(a)
  return (
    ours.length === theirs.size && ours.every(([key, value]) => theirs.has(key) && deepEqual(value, theirs.get(key)))
  )
}
