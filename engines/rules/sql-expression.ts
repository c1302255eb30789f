import { yearsBefore } from './dates.ts'
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
  /** The value of a literal or of a parameter that is the same for every household; undefined for anything else. */
  constant: (node: Node) => unknown
  /** A date of birth that is NULL after the reference date, where the scan can give it ready made. */
  born: (node: Node) => string | undefined
  /** The reference date where it is the same for every household. */
  fixed_date: string | undefined
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
      const by_birth = compareAge(node, scope)
      if (by_birth !== undefined) return by_birth
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

/**
 * `age(birth_date) >= 16` as a comparison of dates: a date of birth is compared with one day instead of being taken
 * apart into year, month and day, which is most of the work of a list of people. Undefined where the age is not
 * compared with a known whole number.
 */
function compareAge(node: Node & { op: 'compare' }, scope: SqlScope): string | undefined {
  const { left, sign } = node
  if (left.op !== 'call' || left.name !== 'age' || scope.fixed_date === undefined) return undefined
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

/** What a list's one aggregation gives to the folds over it. */
export type ListColumns = {
  /** The column of an aggregate function; NULL where the household has no item. */
  column: (aggregate: string) => string
  /** TRUE where the test holds for some item, else FALSE. Fifty tests share one aggregate. */
  some: (test: string) => string
  /** How many items the test holds for. */
  count: (test: string) => string
}

/** The value of a fold from the columns of its list's aggregation once the household is joined to them. */
export function foldSql(node: Aggregate, inner: SqlScope, { column, some, count }: ListColumns): string {
  const { dialect } = inner
  const body = node.body === null ? null : sqlOf(node.body, inner)
  const where = node.where === null ? null : sqlOf(node.where, inner)
  const filled = (aggregate: string, empty: string): string => `coalesce(${column(aggregate)}, ${empty})`
  switch (node.fold) {
    case 'exists':
      return `case when ${some(body!)} then true when not ${some(`${body} is null`)} then false end`
    case 'all':
      return `case when ${some(`not ${body}`)} then false when not ${some(`${body} is null`)} then true end`
    case 'exists_one': {
      const hits = count(body!)
      return `case when ${hits} >= 2 then false when not ${some(`${body} is null`)} then ${hits} = 1 end`
    }
    case 'count': {
      if (where === null) return filled('count(*)', '0')
      const hits = count(where)
      return `case when not ${some(`${where} is null`)} then ${hits} end`
    }
    default: {
      const scaled = node.fold === 'sum' && node.type === 'decimal'
      const value = scaled ? millionths(body!, dialect) : body!
      const known = `not ${some(where === null ? `${value} is null` : `${where} is null or (${where} and ${value} is null)`)}`
      const fold = `${node.fold}(${value})${where === null ? '' : ` filter (where ${where})`}`
      if (node.fold !== 'sum') return `case when ${known} then ${column(fold)} end`
      const total = dialect.within(`cast(${filled(fold, '0')} as ${dialect.double})`)
      const sum = scaled ? `(${total} / cast('${DECIMAL_SCALE}' as ${dialect.double}))` : total
      return `case when ${known} then ${sum} end`
    }
  }
}

function millionths(sql: string, dialect: Dialect): string {
  const scale = `cast('${DECIMAL_SCALE}' as ${dialect.double})`
  const half = `cast('0.5' as ${dialect.double})`
  return `case when abs(${sql}) <= ${DECIMAL_LIMIT} then cast(floor(${sql} * ${scale} + ${half}) as bigint) end`
}
