import type { Run } from '../run/values.ts'
import type { Sign } from '../tree.ts'

type Plain = number | bigint | string | boolean

/**
 * A comparison of two values. One closure for each sign, since a test called through a variable cannot be inlined:
 * with `reading` (closures.ts) the rules of bench/rules ran 1.2 to 1.6 times as fast. UNKNOWN when either side is.
 */
export function compared(sign: Sign, left: Run, right: Run): Run {
  switch (sign) {
    case '==':
      return (record, item, around) => {
        const a = left(record, item, around)
        if (a === undefined) return undefined
        const b = right(record, item, around)
        return b === undefined ? undefined : a === b
      }
    case '!=':
      return (record, item, around) => {
        const a = left(record, item, around)
        if (a === undefined) return undefined
        const b = right(record, item, around)
        return b === undefined ? undefined : a !== b
      }
    case '<':
      return (record, item, around) => {
        const a = left(record, item, around)
        if (a === undefined) return undefined
        const b = right(record, item, around)
        return b === undefined ? undefined : a < b
      }
    case '<=':
      return (record, item, around) => {
        const a = left(record, item, around)
        if (a === undefined) return undefined
        const b = right(record, item, around)
        return b === undefined ? undefined : a <= b
      }
    case '>':
      return (record, item, around) => {
        const a = left(record, item, around)
        if (a === undefined) return undefined
        const b = right(record, item, around)
        return b === undefined ? undefined : a > b
      }
    case '>=':
      return (record, item, around) => {
        const a = left(record, item, around)
        if (a === undefined) return undefined
        const b = right(record, item, around)
        return b === undefined ? undefined : a >= b
      }
  }
}

/** A comparison with a written value. */
export function comparedWith(sign: Sign, left: Run, b: Plain): Run {
  switch (sign) {
    case '==':
      return (record, item, around) => {
        const a = left(record, item, around)
        return a === undefined ? undefined : a === b
      }
    case '!=':
      return (record, item, around) => {
        const a = left(record, item, around)
        return a === undefined ? undefined : a !== b
      }
    case '<':
      return (record, item, around) => {
        const a = left(record, item, around)
        return a === undefined ? undefined : a < b
      }
    case '<=':
      return (record, item, around) => {
        const a = left(record, item, around)
        return a === undefined ? undefined : a <= b
      }
    case '>':
      return (record, item, around) => {
        const a = left(record, item, around)
        return a === undefined ? undefined : a > b
      }
    case '>=':
      return (record, item, around) => {
        const a = left(record, item, around)
        return a === undefined ? undefined : a >= b
      }
  }
}
