import { sqlLiteral } from './dialect.ts'
import { intervalOf } from './numbers.ts'
import { DECIMAL_LIMIT, DECIMAL_SCALE } from './schema.ts'
import type { Dialect } from './dialect.ts'
import type { Aggregate, Arithmetic, Node, Parameter } from './tree.ts'

/** Where an expression stands: how it names answers, parameters and the aggregates made below it. */
export type SqlScope = {
  dialect: Dialect
  read: (list: string | null, node: Node & { op: 'read' | 'has' }) => string
  parameter: (node: Parameter) => string
  referenceDate: () => string
  referenceNumber: () => string
  hasList: (list: string) => string
  aggregate: (node: Aggregate) => string
}

/** The node as SQL that is NULL exactly where the evaluator says UNKNOWN. */
export function sqlOf(node: Node, scope: SqlScope): string {
  const { dialect } = scope
  const sql = (part: Node): string => sqlOf(part, scope)
  switch (node.op) {
    case 'literal':
      return sqlLiteral(node.value, node.type, dialect)
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
      const sign = node.sign === '==' ? '=' : node.sign === '!=' ? '<>' : node.sign
      const ordered = node.left.type === 'text' && sign !== '=' && sign !== '<>'
      return `(${ordered ? dialect.ordered(sql(node.left)) : sql(node.left)} ${sign} ${sql(node.right)})`
    }
    case 'in': {
      if (node.options.length === 0) return 'false'
      const arg = sql(node.arg)
      if (node.options.every((option) => option.op === 'literal'))
        return `(${arg} in (${node.options.map(sql).join(', ')}))`
      return `(${node.options.map((option) => `${arg} = ${sql(option)}`).join(' or ')})`
    }
    case 'chosen': {
      const value = sql(node.arg)
      const set = sql(node.set)
      // A null inside the list is no choice; = any would answer NULL for it.
      return `case when ${set} is not null and ${value} is not null then coalesce(${dialect.has(set, value)}, false) end`
    }
    case 'if': {
      const condition = sql(node.condition)
      return `case when ${condition} then ${sql(node.met)} when not ${condition} then ${sql(node.otherwise)} end`
    }
    case 'arithmetic':
      return arithmetic(node, scope)
    case 'call':
      return call(node, scope)
    case 'aggregate':
      return scope.aggregate(node)
  }
}

function exactlyOne(tests: string[]): string {
  if (tests.length === 0) return 'false'
  const hits = tests.map((test) => `coalesce(cast(${test} as int), 0)`).join(' + ')
  const unknown = tests.map((test) => `${test} is null`).join(' or ')
  return `case when ${hits} >= 2 then false when ${unknown} then null else ${hits} = 1 end`
}

function arithmetic(node: Arithmetic, scope: SqlScope): string {
  const { dialect } = scope
  const a = sqlOf(node.left, scope)
  const b = sqlOf(node.right, scope)
  const whole = node.type !== 'decimal'
  if (node.sign === '/' || node.sign === '%') {
    const { lo, hi } = intervalOf(node.right)
    // A guard proved it; the planner may still run this side first.
    const divisor = lo > 0 || hi < 0 ? b : `nullif(${b}, 0)`
    if (node.sign === '%') return `(${a} % ${divisor})`
    return whole ? dialect.divide(a, divisor) : `(${a} / ${divisor})`
  }
  if (!whole || !node.checked) return `(${a} ${node.sign} ${b})`
  return dialect.within(`cast(${a} as ${dialect.double}) ${node.sign} ${b}`)
}

function call(node: Node & { op: 'call' }, scope: SqlScope): string {
  const { dialect } = scope
  const args = node.args.map((arg) => sqlOf(arg, scope))
  const [a, b] = args as [string, string]
  const argument = node.args[0]!
  switch (node.name) {
    case 'age': {
      const years = dialect.divide(`(${scope.referenceNumber()} - ${dialect.dayNumber(a)})`, 'cast(10000 as bigint)')
      return `case when ${a} <= ${scope.referenceDate()} then ${years} end`
    }
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
    case 'text_size':
      return dialect.textSize(a)
    case 'choices_size':
      return dialect.listSize(a)
    case 'decimal':
      return `cast(${a} as ${dialect.double})`
    case 'whole':
    case 'money': {
      if (argument.type !== 'decimal') return a
      const cut = node.name === 'whole' ? `trunc(${a})` : `floor(${a} + cast('0.5' as ${dialect.double}))`
      return node.checked ? dialect.within(cut) : `cast(${cut} as bigint)`
    }
    case 'least':
    case 'greatest':
      if (args.length === 1) return a
      // Both databases skip NULL here; an unknown operand makes the result unknown.
      return `case when ${args.map((arg) => `${arg} is not null`).join(' and ')} then ${node.name}(${args.join(', ')}) end`
  }
}

/** The aggregate functions a fold needs, and its value from their columns once the household is joined to them. */
export function foldSql(node: Aggregate, inner: SqlScope, column: (aggregate: string) => string): string {
  const { dialect } = inner
  const body = node.body === null ? null : sqlOf(node.body, inner)
  const where = node.where === null ? null : sqlOf(node.where, inner)
  const filled = (aggregate: string, empty: string): string => `coalesce(${column(aggregate)}, ${empty})`
  // 2 is true, 1 unknown, 0 false: one aggregate carries all three.
  const state = `coalesce(2 * cast(${body} as int), 1)`
  switch (node.fold) {
    case 'exists':
      return `(nullif(${filled(`max(${state})`, '0')}, 1) = 2)`
    case 'all':
      return `(nullif(${filled(`min(${state})`, '2')}, 1) = 2)`
    case 'exists_one': {
      const hits = filled(`count(*) filter (where ${body})`, '0')
      const unknown = filled(`count(*) filter (where ${body} is null)`, '0')
      return `case when ${hits} >= 2 then false when ${unknown} = 0 then ${hits} = 1 end`
    }
    case 'count': {
      if (where === null) return filled('count(*)', '0')
      const unknown = filled(`count(*) filter (where ${where} is null)`, '0')
      return `case when ${unknown} = 0 then ${filled(`count(*) filter (where ${where})`, '0')} end`
    }
    default: {
      const scaled = node.fold === 'sum' && node.type === 'decimal'
      const value = scaled ? millionths(body!, dialect) : body!
      const missing = where === null ? `${value} is null` : `${where} is null or (${where} and ${value} is null)`
      const unknown = filled(`count(*) filter (where ${missing})`, '0')
      const fold = `${node.fold}(${value})${where === null ? '' : ` filter (where ${where})`}`
      if (node.fold !== 'sum') return `case when ${unknown} = 0 then ${column(fold)} end`
      const total = dialect.within(`cast(${filled(fold, '0')} as ${dialect.double})`)
      const sum = scaled ? `(${total} / cast('${DECIMAL_SCALE}' as ${dialect.double}))` : total
      return `case when ${unknown} = 0 then ${sum} end`
    }
  }
}

function millionths(sql: string, dialect: Dialect): string {
  const scale = `cast('${DECIMAL_SCALE}' as ${dialect.double})`
  const half = `cast('0.5' as ${dialect.double})`
  return `case when abs(${sql}) <= ${DECIMAL_LIMIT} then cast(floor(${sql} * ${scale} + ${half}) as bigint) end`
}
