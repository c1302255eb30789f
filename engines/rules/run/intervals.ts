import { fromNumber } from './exact.ts'
import { intervalOf, scaleOf } from './numbers.ts'
import { isNumeric } from '../schema.ts'
import type { Exact } from './exact.ts'
import type { CallName, Node } from '../tree.ts'

// How far a number reaches while some answers are missing. The evaluator (ranges.ts) and SQL (sql/ranges.ts) both follow
// what is said here of a node, so that they decide the same comparisons.

/**
 * How a node's range follows from its parts:
 * `flat`: the value, or the node's own bounds while it is unknown; `monotone`: it grows with its one part; `sum`,
 * `product`, `quotient`, `extreme` and `if` as one would think; `count`, `total`, `least` and `most` over a list.
 */
export type Shape =
  | 'flat'
  | 'monotone'
  | 'sum'
  | 'product'
  | 'quotient'
  | 'extreme'
  | 'if'
  | 'count'
  | 'total'
  | 'least'
  | 'most'

const GROWS = new Set<CallName>(['decimal', 'round', 'money', 'trunc', 'whole', 'floor', 'ceil', 'sqrt', 'ln', 'exp'])
const isFixed = (node: Node): boolean => node.op === 'literal'
const notBelow = (node: Node, least: number): boolean => intervalOf(node).lo >= least

export function shapeOf(node: Node): Shape {
  switch (node.op) {
    case 'if':
      return 'if'
    case 'call':
      if (node.checked) return 'flat'
      if (GROWS.has(node.name)) return 'monotone'
      return (node.name === 'least' || node.name === 'greatest') && isNumeric(node.type) ? 'extreme' : 'flat'
    case 'arithmetic':
      if (node.checked || node.unguarded) return 'flat'
      if (node.sign === '+' || node.sign === '-') return 'sum'
      if (node.sign === '*') {
        const both = notBelow(node.left, 0) && notBelow(node.right, 0)
        return both || isFixed(node.left) || isFixed(node.right) ? 'product' : 'flat'
      }
      if (node.sign === '%') return 'flat'
      return isFixed(node.right) || (notBelow(node.left, 0) && intervalOf(node.right).lo > 0) ? 'quotient' : 'flat'
    case 'aggregate':
      if (node.fold === 'count') return 'count'
      if (node.body === null || !isNumeric(node.type) || !bounded(node.body)) return 'flat'
      return node.fold === 'sum' ? 'total' : node.fold === 'min' ? 'least' : node.fold === 'max' ? 'most' : 'flat'
    default:
      return 'flat'
  }
}

/**
 * Whether an unknown node always has bounds: it is unknown only because an answer is missing, never because there is no
 * value at all (an empty list has no greatest value, a division by zero no result).
 */
export function bounded(node: Node): boolean {
  switch (node.op) {
    case 'literal':
    case 'read':
    case 'parameter':
    case 'reference_date':
      return true
    case 'if':
      return bounded(node.met) && bounded(node.otherwise)
    case 'call':
      return !node.checked && node.name !== 'substring' && node.args.every(bounded)
    case 'arithmetic': {
      const { lo, hi } = intervalOf(node.right)
      const divides = node.sign === '/' || node.sign === '//' || node.sign === '%'
      return !node.checked && !(divides && lo <= 0 && hi >= 0) && bounded(node.left) && bounded(node.right)
    }
    case 'aggregate':
      // A whole sum may leave its fifteen digits.
      return node.fold === 'count' || (node.fold === 'sum' && scaleOf(node) > 0 && bounded(node.body!))
    default:
      return false
  }
}

/** A node's own bounds in units of its last decimal, a little wider where they are not whole. */
export function ownRange(node: Node): { lo: Exact; hi: Exact } {
  const { lo, hi } = intervalOf(node)
  const scale = scaleOf(node)
  if (node.op === 'read' || node.op === 'parameter') {
    // As an answer at the bound is read.
    const units = 10 ** scale
    return { lo: Math.floor(lo * units + 0.5), hi: Math.floor(hi * units + 0.5) }
  }
  const wider = (value: number, by: 1 | -1): Exact => {
    const last = 10 ** -scale
    const moved =
      Number.isInteger(value) && Math.abs(value) < 2 ** 52 ? value : value + by * (Math.abs(value) * 1e-12 + last)
    const units = by < 0 ? Math.floor(moved * 10 ** scale) : Math.ceil(moved * 10 ** scale)
    // What is proved not to be negative stays so.
    const whole = by < 0 && value >= 0 ? Math.max(0, units) : units
    return Math.abs(whole) <= Number.MAX_SAFE_INTEGER ? fromNumber(whole, 0) : canonical(BigInt(whole), by)
  }
  return { lo: wider(lo, -1), hi: wider(hi, 1) }
}

/** Beyond 2^53 doubles are coarse: one part in 10^12 more is outside for certain. */
const canonical = (value: bigint, by: 1 | -1): Exact =>
  value + BigInt(by) * ((value < 0n ? -value : value) / 10n ** 12n + 1n)

/** Whether the range may close to one value while an answer is still missing: min(x, 4) is 4 once x is at least 4. */
export function mayClose(node: Node): boolean {
  const shape = shapeOf(node)
  switch (shape) {
    case 'flat':
    case 'count':
      return false
    case 'sum':
    case 'quotient':
      return node.op === 'arithmetic' && (shape === 'quotient' || mayClose(node.left) || mayClose(node.right))
    case 'product':
    case 'monotone':
    case 'extreme':
    case 'if':
    case 'total':
    case 'least':
    case 'most':
      return isNumeric(node.type)
  }
}
