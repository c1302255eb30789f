import { dateNumber } from './dates.ts'
import { fromNumber, rescaled, tenTo, times } from './exact.ts'
import { scaleOf } from './numbers.ts'
import { isNumeric } from '../schema.ts'
import type { Exact } from './exact.ts'
import type { RuleRecord } from '../schema.ts'
import type { Node } from '../tree.ts'

/** A value inside the evaluator: dates are yyyymmdd, numbers whole at their node's scale, `undefined` is UNKNOWN. */
export type Value = boolean | Exact | string | readonly string[] | undefined
export type Surroundings = { params: RuleRecord; reference: number }
/** record, list item (an empty object outside lists), parameters and reference date. */
export type Run = (record: RuleRecord, item: RuleRecord, around: Surroundings) => Value

/** An item that is null is an item without answers, as a row of NULLs is. */
export const NO_ANSWERS: RuleRecord = Object.freeze({})

/** Negative below, positive above, by code point: UTF-16 code units put U+FFFD after an emoji, the databases do not. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) {
      const surrogate = (text: string) => at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00
      const from = surrogate(a) || surrogate(b) ? at - 1 : at
      return (a.codePointAt(from) ?? 0) - (b.codePointAt(from) ?? 0) || a.charCodeAt(at) - b.charCodeAt(at)
    }
  }
  return a.length - b.length
}

/** Numbers and dates by size, text by code point, false before true. */
export const order = (a: Value, b: Value): number =>
  typeof a === 'string' ? compareText(a, b as string) : (a as Exact) < (b as Exact) ? -1 : a === b ? 0 : 1

/** The written value as the evaluator holds it. */
export const literalValue = (node: Node & { op: 'literal' }): Value =>
  node.type === 'date'
    ? dateNumber(node.value)
    : typeof node.value === 'number'
      ? fromNumber(node.value, scaleOf(node))
      : node.value

/** A number at a larger scale than its own; anything else as it is. */
export function alignedTo(node: Node, scale: number, closureOf: (node: Node) => Run): Run {
  const run = closureOf(node)
  const more = isNumeric(node.type) ? scale - scaleOf(node) : 0
  if (more === 0) return run
  if (node.op === 'literal') {
    const value = rescaled(literalValue(node) as Exact, 0, more)
    return () => value
  }
  const factor = tenTo(more)
  return (record, item, around) => {
    const value = run(record, item, around) as Exact | undefined
    return value === undefined ? undefined : times(value, factor)
  }
}
