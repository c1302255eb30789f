/** A refusal with a stable code, so that the caller can name it in its own catalogue of problems. */
export type Refusal = RangeError & { code: string }

/** Throws a RangeError that carries `code`. Used where going on would give a wrong number. */
export function refuse(code: string, message: string): never {
  throw Object.assign(new RangeError(message), { code })
}

/** Order by UTF-16 code unit: the same on every machine, whatever its language. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
