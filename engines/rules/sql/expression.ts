import { yearsBefore } from '../run/dates.ts'
import { sqlLiteral } from './dialect.ts'
import { scaleOf } from '../run/numbers.ts'
import { isNumeric } from '../schema.ts'
import { callSql } from './calls.ts'
import { alignedSql, arithmeticSql, commonScale, numberSql } from './numbers.ts'
import { alwaysSo, compareSql } from './ranges.ts'
import type { SqlScope } from './scope.ts'
import type { Node } from '../tree.ts'

/** The node as SQL that is NULL exactly where the evaluator says UNKNOWN. */
export function sqlOf(node: Node, scope: SqlScope): string {
  const { dialect } = scope
  const sql = (part: Node): string => sqlOf(part, scope)
  switch (node.op) {
    case 'literal':
      return isNumeric(node.type) ? numberSql(node, dialect) : sqlLiteral(node.value, node.type, dialect)
    case 'read':
      return scope.read(node.list, node)
    case 'has':
      return `(${scope.read(node.list, node)} is not null)`
    case 'has_list':
      return scope.hasList(node.list)
    case 'parameter':
      return scope.parameter(node)
    case 'reference_date':
      return scope.referenceDate()
    case 'not':
      return `(not ${sql(node.arg)})`
    case 'and':
      return node.args.length === 0 ? 'true' : `(${node.args.map(sql).join(' and ')})`
    case 'or':
      return node.args.length === 0 ? 'false' : `(${node.args.map(sql).join(' or ')})`
    case 'one':
      return exactlyOne(node.args.map(sql))
    case 'compare': {
      if (isNumeric(node.left.type)) {
        const comparison = node.cross ?? node
        const always = alwaysSo(comparison, scope)
        if (always !== undefined) return always ? 'true' : 'false'
        return compareAge(node, scope) ?? compareSql(comparison, scope)
      }
      const { sign: written, left, right } = node
      const sign = written === '==' ? '=' : written === '!=' ? '<>' : written
      const ordered = left.type === 'text' && sign !== '=' && sign !== '<>'
      return `(${ordered ? dialect.ordered(sql(left)) : sql(left)} ${sign} ${sql(right)})`
    }
    case 'in': {
      if (node.options.length === 0) return 'false'
      const scale = commonScale([node.arg, ...node.options])
      const aligned = (part: Node): string => (isNumeric(part.type) ? alignedSql(part, scale, scope) : sql(part))
      const arg = aligned(node.arg)
      if (node.options.every((option) => option.op === 'literal'))
        return `(${arg} in (${node.options.map(aligned).join(', ')}))`
      return `(${node.options.map((option) => `${arg} = ${aligned(option)}`).join(' or ')})`
    }
    case 'chosen': {
      const value = sql(node.arg)
      const set = sql(node.set)
      // A null inside the list is no choice; = any would answer NULL for it.
      return `case when ${set} is not null and ${value} is not null then coalesce(${dialect.has(set, value)}, false) end`
    }
    case 'if': {
      if (node.type === 'bool') return eitherSql(node, sql)
      const condition = sql(node.condition)
      const [met, otherwise] = [node.met, node.otherwise].map((part) =>
        isNumeric(node.type) ? alignedSql(part, scaleOf(node), scope) : sql(part),
      )
      return `case when ${condition} then ${met} when not ${condition} then ${otherwise} end`
    }
    case 'arithmetic':
      return arithmeticSql(node, scope)
    case 'call':
      return callSql(node, scope)
    case 'aggregate':
      return scope.aggregate(node)
  }
}

/** A choice between verdicts does not wait for its condition where both say the same. */
function eitherSql({ condition, met, otherwise }: Node & { op: 'if' }, sql: (node: Node) => string): string {
  const [c, a, b] = [condition, met, otherwise].map(sql) as [string, string, string]
  if (met.op === 'literal') return met.value === true ? `(${c} or ${b})` : `(not ${c} and ${b})`
  if (otherwise.op === 'literal') return otherwise.value === true ? `(not ${c} or ${a})` : `(${c} and ${a})`
  return `case when ${c} then ${a} when not ${c} then ${b} when ${a} = ${b} then ${a} end`
}

function exactlyOne(tests: string[]): string {
  if (tests.length === 0) return 'false'
  const hits = tests.map((test) => `coalesce(cast(${test} as int), 0)`).join(' + ')
  const unknown = tests.map((test) => `${test} is null`).join(' or ')
  return `case when ${hits} >= 2 then false when ${unknown} then null else ${hits} = 1 end`
}

/**
 * `age(birth_date) >= 16` as a comparison of dates: a date of birth is compared with one day instead of being taken
 * apart into year, month and day, which is most of the work of a list of people. Undefined where the age is not
 * compared with a known whole number.
 */
function compareAge(node: Node & { op: 'compare' }, scope: SqlScope): string | undefined {
  const { left, sign } = node
  if (left.op !== 'call' || left.name !== 'age' || left.args.length > 1 || scope.fixed_date === undefined)
    return undefined
  if (node.right.type === 'decimal') return undefined
  const years = scope.constant(node.right)
  if (typeof years !== 'number' || !Number.isSafeInteger(years)) return undefined
  const ready = scope.born(left.args[0]!)
  const born = ready ?? sqlOf(left.args[0]!, scope)
  const least = (age: number): string | undefined => {
    const day = yearsBefore(scope.fixed_date!, age)
    return day === undefined ? undefined : `(${born} <= ${sqlLiteral(day, 'date', scope.dialect)})`
  }
  const from = least(years)
  const above = least(years + 1)
  if (from === undefined || above === undefined) return undefined
  const tests: Record<typeof sign, string> = {
    '>=': from,
    '>': above,
    '<': `(not ${from})`,
    '<=': `(not ${above})`,
    '==': `(${from} and not ${above})`,
    '!=': `(not ${from} or ${above})`,
  }
  if (ready !== undefined) return tests[sign]
  return `case when ${born} <= ${scope.referenceDate()} then ${tests[sign]} end`
}
