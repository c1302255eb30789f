import { alignedSql, bigNode, fewerDecimals } from './numbers.ts'
import { intervalOf, scaleOf, sizeOf } from '../run/numbers.ts'
import { isNumeric } from '../schema.ts'
import type { Dialect } from './dialect.ts'
import type { Rounding } from '../run/exact.ts'
import type { SqlScope } from './scope.ts'
import type { CallName, Node } from '../tree.ts'

const ROUNDINGS: Partial<Record<CallName, Rounding>> = {
  round: 'round',
  money: 'round',
  trunc: 'trunc',
  whole: 'trunc',
  floor: 'floor',
  ceil: 'ceil',
}

/** A call in SQL; NULL when an operand is, or where it has no value. */
export function callSql(node: Node & { op: 'call' }, scope: SqlScope): string {
  const { name } = node
  if (name === 'least' || name === 'greatest') return extremeSql(node, scope)
  const args = node.args.map((arg) => scope.of(arg, scope))
  return calledSql(node, args, scope)
}

/** The call on expressions that stand for its operands. */
export function calledSql(node: Node & { op: 'call' }, args: string[], scope: SqlScope): string {
  const { dialect } = scope
  const { name } = node
  const [a, b] = args as [string, string]
  if (ROUNDINGS[name] !== undefined) return roundedSql(node, a, dialect)
  switch (name) {
    case 'age':
    case 'age_months':
      return agedSql(name, a, b, scope)
    case 'year':
    case 'month':
    case 'day':
      return dialect.datePart(name, a)
    case 'days_between':
      return dialect.daysBetween(a, b)
    case 'starts_with':
      return `starts_with(${a}, ${b})`
    case 'ends_with':
      return dialect.endsWith(a, b)
    case 'contains':
      return dialect.contains(a, b)
    case 'concat':
      return `(${a} || ${b})`
    case 'lower':
    case 'upper': {
      const [from, to] = name === 'lower' ? [UPPER, LOWER] : [LOWER, UPPER]
      return `translate(${a}, '${from}', '${to}')`
    }
    case 'substring': {
      const [from, to] = node.args.slice(1).map((end) => Number((end as Node & { op: 'literal' }).value))
      const part = dialect.substring(a, from! + 1, to === undefined ? undefined : to - from!)
      return `case when ${dialect.textSize(a)} >= ${to ?? from} then ${part} end`
    }
    case 'text_size':
      return dialect.textSize(a)
    case 'choices_size':
      return dialect.listSize(a)
    case 'abs':
      return `abs(${a})`
    case 'decimal':
      return a
    case 'sqrt':
    case 'ln':
    case 'exp':
      return curveSql(node, a, dialect)
    default:
      throw new Error(`no SQL for ${name}`)
  }
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LOWER = UPPER.toLowerCase()

function agedSql(name: 'age' | 'age_months', birth: string, on: string | undefined, scope: SqlScope): string {
  const { dialect } = scope
  const day = on ?? scope.referenceDate()
  const number = on === undefined ? scope.referenceNumber() : dialect.dayNumber(on)
  const completed =
    name === 'age'
      ? dialect.divide(`(${number} - ${dialect.dayNumber(birth)})`, 'cast(10000 as bigint)')
      : `${dialect.monthNumber(day)} - ${dialect.monthNumber(birth)} - case when ${dialect.datePart('day', day)} < ${dialect.datePart('day', birth)} then 1 else 0 end`
  return `case when ${birth} <= ${day} then ${completed} end`
}

function roundedSql(node: Node & { op: 'call' }, sql: string, dialect: Dialect): string {
  const argument = node.args[0]!
  const [own, scale] = [scaleOf(argument), scaleOf(node)]
  const size = sizeOf(argument)
  const fewer = { size, scale: own, least: intervalOf(argument).lo }
  // A result that is looked at may be larger than its bounds say.
  if (own === scale) return node.checked ? dialect.within(dialect.toDouble(sql, false)) : sql
  const made = fewerDecimals(sql, fewer, scale, ROUNDINGS[node.name]!, dialect)
  return node.checked ? dialect.within(dialect.toDouble(made, false)) : made
}

/** As `curved` of the evaluator, step by step. */
function curveSql(node: Node & { op: 'call' }, sql: string, dialect: Dialect): string {
  const argument = node.args[0]!
  const number = (value: string): string => `cast('${value}' as ${dialect.double})`
  const double = dialect.toDouble(sql, bigNode(argument))
  const x = scaleOf(argument) === 0 ? double : `(${double} / ${number(`1e${scaleOf(argument)}`)})`
  const value = `${node.name}(${x})`
  const units = (factor: string, times: number): string =>
    `cast(floor(${value} * ${number(factor)} + ${number('0.5')}) as bigint)${times === 1 ? '' : ` * ${times}`}`
  if (node.name !== 'exp' || (node.hi ?? 0) < 1_000) return units('1e6', 1)
  return `case when ${value} >= 1000000 then ${units('1', 1_000_000)} when ${value} >= 1000 then ${units('1e3', 1_000)} else ${units('1e6', 1)} end`
}

function extremeSql(node: Node & { op: 'call' }, scope: SqlScope): string {
  const args = node.args.map((arg) =>
    isNumeric(arg.type) ? alignedSql(arg, scaleOf(node), scope, bigNode(node) || undefined) : scope.of(arg, scope),
  )
  if (args.length === 1) return args[0]!
  // Both databases skip NULL here; an unknown operand makes the result unknown.
  return `case when ${args.map((arg) => `${arg} is not null`).join(' and ')} then ${node.name}(${args.join(', ')}) end`
}
