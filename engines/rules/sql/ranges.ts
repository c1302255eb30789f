import { ownRange, bounded, mayClose, shapeOf } from '../run/intervals.ts'
import { scaleOf, sizeOf } from '../run/numbers.ts'
import { compareRanges, endsOf } from '../run/refined.ts'
import { calledSql } from './calls.ts'
import { alignedSql, bigNode, combinedSql, commonScale, exactSql, isBig, moreDecimals } from './numbers.ts'
import { rescaled } from '../run/exact.ts'
import { literalValue } from '../run/values.ts'
import type { Exact } from '../run/exact.ts'
import type { SqlRange, SqlScope } from './scope.ts'
import type { Arithmetic, Comparison, Node } from '../tree.ts'

// How far numbers reach while answers are missing: the same steps as refined.ts, as two expressions instead of one.

/** A comparison of numbers that is decided where no missing answer could change it. */
export function compareSql(comparison: Comparison, scope: SqlScope): string {
  const { sign, left, right } = comparison
  const scale = commonScale([left, right])
  if (shapeOf(left) === 'flat' && shapeOf(right) === 'flat' && (isConstant(left, scope) || isConstant(right, scope))) {
    const always = alwaysSo(comparison, scope)
    if (always !== undefined) return always ? 'true' : 'false'
    const plain = [left, right].map((part) => alignedSql(part, scale, scope))
    return `(${plain[0]} ${SIGNS[sign]} ${plain[1]})`
  }
  const [a, b] = [left, right].map((part) => alignedRange(part, scale, scope)) as [SqlRange, SqlRange]
  return comparedSql(sign, a, b)
}

const SIGNS = { '==': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

const isConstant = (node: Node, scope: SqlScope): boolean => constantOf(node, scope) !== undefined
const constantOf = (node: Node, scope: SqlScope): Exact | undefined =>
  node.op === 'literal'
    ? (literalValue(node) as Exact)
    : node.op === 'parameter'
      ? (scope.constant(node) as Exact | undefined)
      : undefined

/** What a comparison with a constant is for every value within the bounds; undefined where that differs. */
export function alwaysSo({ sign, left, right }: Comparison, scope: SqlScope): boolean | undefined {
  const scale = commonScale([left, right])
  const range = (node: Node) => {
    const constant = constantOf(node, scope)
    if (constant === undefined && !bounded(node)) return {}
    const { lo, hi } = constant === undefined ? ownRange(node) : { lo: constant, hi: constant }
    return { lo: rescaled(lo, scaleOf(node), scale), hi: rescaled(hi, scaleOf(node), scale) }
  }
  return compareRanges(sign, range(left), range(right))
}

function comparedSql(sign: Comparison['sign'], a: SqlRange, b: SqlRange): string {
  switch (sign) {
    case '<':
      return `case when ${a.high} < ${b.low} then true when ${a.low} >= ${b.high} then false end`
    case '<=':
      return `case when ${a.high} <= ${b.low} then true when ${a.low} > ${b.high} then false end`
    case '>':
      return comparedSql('<', b, a)
    case '>=':
      return comparedSql('<=', b, a)
    case '==':
    case '!=': {
      const closed = [a, b].filter(({ low, high }) => low !== high).map(({ low, high }) => `${low} = ${high}`)
      const same = [...closed, `${a.low} = ${b.low}`].join(' and ')
      return `case when ${same} then ${sign === '=='} when ${a.high} < ${b.low} or ${b.high} < ${a.low} then ${sign !== '=='} end`
    }
  }
}

function alignedRange(node: Node, scale: number, scope: SqlScope): SqlRange {
  const more = scale - scaleOf(node)
  if (node.op === 'literal') {
    const sql = alignedSql(node, scale, scope)
    return { low: sql, high: sql }
  }
  return both(rangeSql(node, scope), (sql) =>
    moreDecimals(sql, bigNode(node), more, isBig(sizeOf(node), scale), scope.dialect),
  )
}

const both = ({ low, high }: SqlRange, change: (sql: string) => string): SqlRange => {
  const made = change(low)
  return { low: made, high: low === high ? made : change(high) }
}

/** The lower and the upper end of a number, each NULL where it has none. */
export function rangeSql(node: Node, scope: SqlScope): SqlRange {
  const shape = shapeOf(node)
  switch (node.op) {
    case 'if':
      return hullSql(node, scope)
    case 'arithmetic':
      return shape === 'flat' ? flatRange(node, scope) : arithmeticRange(node, scope)
    case 'call':
      if (shape === 'monotone') return both(rangeSql(node.args[0]!, scope), (sql) => calledSql(node, [sql], scope))
      return shape === 'extreme' ? extremeRange(node, scope) : flatRange(node, scope)
    case 'aggregate':
      return shape === 'flat' ? flatRange(node, scope) : scope.reach(node)
    default:
      return flatRange(node, scope)
  }
}

function flatRange(node: Node, scope: SqlScope): SqlRange {
  const plain = scope.of(node, scope)
  if (!bounded(node) || isConstant(node, scope)) return { low: plain, high: plain }
  const { lo, hi } = ownRange(node)
  const end = (value: Exact): string => `coalesce(${plain}, ${exactSql(value, bigNode(node), scope.dialect)})`
  return { low: end(lo), high: end(hi) }
}

function arithmeticRange(node: Arithmetic, scope: SqlScope): SqlRange {
  const ends = endsOf(node)
  const turned = ({ low, high }: SqlRange, way: 1 | -1): SqlRange =>
    way > 0 ? { low, high } : { low: high, high: low }
  const a = turned(rangeSql(node.left, scope), ends.left)
  const b = turned(rangeSql(node.right, scope), ends.right)
  const low = combinedSql(node, a.low, b.low, scope.dialect)
  return { low, high: a.low === a.high && b.low === b.high ? low : combinedSql(node, a.high, b.high, scope.dialect) }
}

/** Both databases skip NULL in least and greatest; an end without a bound leaves the whole without one. */
function allOf(name: 'least' | 'greatest', ends: string[], safe: boolean): string {
  if (ends.length === 1) return ends[0]!
  const made = `${name}(${ends.join(', ')})`
  return safe ? made : `case when ${ends.map((end) => `${end} is not null`).join(' and ')} then ${made} end`
}

function extremeRange(node: Node & { op: 'call' }, scope: SqlScope): SqlRange {
  const name = node.name === 'least' ? 'least' : 'greatest'
  const parts = node.args.map((arg) => alignedRange(arg, scaleOf(node), scope))
  const safe = node.args.every(bounded)
  return {
    low: allOf(
      name,
      parts.map(({ low }) => low),
      safe,
    ),
    high: allOf(
      name,
      parts.map(({ high }) => high),
      safe,
    ),
  }
}

function hullSql(node: Node & { op: 'if' }, scope: SqlScope): SqlRange {
  const condition = scope.of(node.condition, scope)
  const [met, otherwise] = [node.met, node.otherwise].map((part) => alignedRange(part, scaleOf(node), scope)) as [
    SqlRange,
    SqlRange,
  ]
  const safe = bounded(node.met) && bounded(node.otherwise)
  const end = (a: string, b: string, name: 'least' | 'greatest'): string =>
    `case when ${condition} then ${a} when not ${condition} then ${b} else ${allOf(name, [a, b], safe)} end`
  return { low: end(met.low, otherwise.low, 'least'), high: end(met.high, otherwise.high, 'greatest') }
}

/** The value of a whole rule: a number counts as known where its range has closed. */
export function settledSql(node: Node, scope: SqlScope): string {
  const plain = scope.of(node, scope)
  if (!mayClose(node)) return plain
  const { low, high } = rangeSql(node, scope)
  return low === high ? low : `coalesce(${plain}, case when ${low} = ${high} then ${low} end)`
}
