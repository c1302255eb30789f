import { literalValue } from '../run/values.ts'
import { rescaled, tenTo } from '../run/exact.ts'
import { intervalOf, scaleOf, sizeOf } from '../run/numbers.ts'
import type { Dialect } from './dialect.ts'
import type { Exact, Rounding } from '../run/exact.ts'
import type { SqlScope } from './scope.ts'
import type { Arithmetic, Base, Node } from '../tree.ts'

// Numbers in SQL are whole, in units of the last decimal, as in the evaluator: bigint where eighteen digits do,
// hugeint (DuckDB) or numeric (PostgreSQL) beyond. Which it is follows from the node's bounds, so nothing overflows.

/** Below 9 * 10^18 a bigint holds it. */
const BIGINT_ROOM = 9e18
export const isBig = (size: number, scale: number): boolean => size * 10 ** scale >= BIGINT_ROOM

export const bigNode = (node: Base): boolean => isBig(sizeOf(node), scaleOf(node))

export const commonScale = (nodes: Node[]): number => Math.max(...nodes.map(scaleOf))

export const exactSql = (value: Exact, big: boolean, dialect: Dialect): string =>
  `cast(${big ? `'${value}'` : value} as ${big ? dialect.big : 'bigint'})`

/** A written number in units of its last decimal. */
export const numberSql = (node: Node & { op: 'literal' }, dialect: Dialect): string =>
  exactSql(literalValue(node) as Exact, bigNode(node), dialect)

const cast = (sql: string, from_big: boolean, big: boolean, dialect: Dialect): string =>
  from_big === big ? sql : `cast(${sql} as ${big ? dialect.big : 'bigint'})`

/** The node in units of a later decimal; `big` forces the larger type. */
export function alignedSql(node: Node, scale: number, scope: SqlScope, big = isBig(sizeOf(node), scale)): string {
  const more = scale - scaleOf(node)
  if (node.op === 'literal') return exactSql(rescaled(literalValue(node) as Exact, 0, more), big, scope.dialect)
  return moreDecimals(scope.of(node, scope), bigNode(node), more, big, scope.dialect)
}

export function moreDecimals(sql: string, from_big: boolean, more: number, big: boolean, dialect: Dialect): string {
  const own = cast(sql, from_big, big, dialect)
  return more === 0 ? own : `(${own} * ${exactSql(tenTo(more), big, dialect)})`
}

/** a / b as a whole number. `signs` says what is known: a divisor that is positive, a dividend that is not negative. */
export function dividedSql(
  a: string,
  b: string,
  rounding: Rounding,
  signs: { dividend: boolean; divisor: boolean },
  big: boolean,
  dialect: Dialect,
): string {
  const cut = (dividend: string, divisor: string): string => dialect.divide(dividend, divisor, big)
  const two = exactSql(2, big, dialect)
  switch (rounding) {
    case 'trunc':
      return cut(a, b)
    case 'round': {
      const up = cut(`(${a} * ${two} + ${b})`, `(${b} * ${two})`)
      const down = cut(`(${a} * ${two} - ${b})`, `(${b} * ${two})`)
      if (signs.dividend && signs.divisor) return up
      const same = signs.divisor ? `${a} >= 0` : `(${a} >= 0) = (${b} > 0)`
      return `case when ${same} then ${up} when not (${same}) then ${down} end`
    }
    // Divisors are powers of ten here, and so positive.
    case 'floor':
      return `case when ${a} >= 0 then ${cut(a, b)} else -${cut(`(${b} - 1 - ${a})`, b)} end`
    case 'ceil':
      return `case when ${a} >= 0 then ${cut(`(${a} + ${b} - 1)`, b)} else ${cut(a, b)} end`
  }
}

/** A whole number in units of one decimal, in those of an earlier one. */
export function fewerDecimals(
  sql: string,
  node: { size: number; scale: number; least: number },
  scale: number,
  rounding: Rounding,
  dialect: Dialect,
): string {
  const big = isBig(node.size * 2, node.scale)
  const own = cast(sql, isBig(node.size, node.scale), big, dialect)
  const by = exactSql(tenTo(node.scale - scale), big, dialect)
  const made = dividedSql(own, by, rounding, { dividend: node.least >= 0, divisor: true }, big, dialect)
  return cast(`(${made})`, big, isBig(node.size, scale), dialect)
}

export function arithmeticSql(node: Arithmetic, scope: SqlScope): string {
  const { dialect } = scope
  const [a, b] = [scope.of(node.left, scope), scope.of(node.right, scope)]
  if (node.sign === '%') return `(${a} % ${divisorSql(node, b)})`
  if (!node.checked) return combinedSql(node, a, b, dialect)
  if (node.sign === '/' || node.sign === '//')
    return dialect.within(dialect.toDouble(combinedSql(node, a, b, dialect), false))
  return dialect.within(`cast(${a} as ${dialect.double}) ${node.sign} ${b}`)
}

/** The node's operation on two expressions that stand for its operands. */
export function combinedSql(node: Arithmetic, a: string, b: string, dialect: Dialect): string {
  const { sign, left, right } = node
  const [a_scale, b_scale, scale] = [scaleOf(left), scaleOf(right), scaleOf(node)]
  if (sign === '+' || sign === '-') {
    const big = bigNode(node) || [left, right].some((part) => isBig(sizeOf(part), scale))
    const x = moreDecimals(a, bigNode(left), scale - a_scale, big, dialect)
    const y = moreDecimals(b, bigNode(right), scale - b_scale, big, dialect)
    return cast(`(${x} ${sign} ${y})`, big, bigNode(node), dialect)
  }
  if (sign === '*') {
    const size = sizeOf(left) * Math.max(1, sizeOf(right))
    const big = isBig(size, a_scale + b_scale)
    const product = `(${cast(a, bigNode(left), big, dialect)} * ${cast(b, bigNode(right), big, dialect)})`
    if (a_scale + b_scale === scale) return cast(product, big, bigNode(node), dialect)
    const least = intervalOf(left).lo >= 0 && intervalOf(right).lo >= 0 ? 0 : -1
    return fewerDecimals(product, { size, scale: a_scale + b_scale, least }, scale, 'round', dialect)
  }
  return quotientSql(node, a, b, dialect)
}

/** A guard proved that it is not zero; the planner may still run this side first. */
export function divisorSql(node: Arithmetic, sql: string): string {
  const { lo, hi } = intervalOf(node.right)
  return lo > 0 || hi < 0 ? sql : `nullif(${sql}, 0)`
}

/** The quotient of two expressions for the node's operands. */
export function quotientSql(node: Arithmetic, a: string, b: string, dialect: Dialect): string {
  const { sign, left, right } = node
  const scale = sign === '//' ? 0 : scaleOf(node)
  const places = scale + scaleOf(right) - scaleOf(left)
  const [up, down] = [Math.max(0, places), Math.max(0, -places)]
  const big = isBig(sizeOf(left) * 2, scaleOf(left) + up) || isBig(sizeOf(right) * 2, scaleOf(right) + down)
  const dividend = moreDecimals(a, bigNode(left), up, big, dialect)
  const divisor = divisorSql(node, moreDecimals(b, bigNode(right), down, big, dialect))
  const signs = { dividend: intervalOf(left).lo >= 0, divisor: intervalOf(right).lo >= 0 }
  const made = dividedSql(dividend, divisor, sign === '//' ? 'trunc' : 'round', signs, big, dialect)
  return cast(`(${made})`, big, bigNode(node), dialect)
}
