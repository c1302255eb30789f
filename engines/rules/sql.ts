import { dateNumber } from './dates.ts'
import { DIALECTS, quoteName, sqlLiteral, sqlType, tableName } from './dialect.ts'
import { valueReader } from './closures.ts'
import { foldSql, sqlOf } from './sql-expression.ts'
import { childrenOf } from './tree.ts'
import type { Dialect, DialectName } from './dialect.ts'
import type { SqlScope } from './sql-expression.ts'
import type { Base, CompiledRule, Node } from './tree.ts'

/** A list's table: one row per item. `present` is a boolean column of the household table; without it no rows = empty. */
export type ListTable = { table: string; key?: string[]; present?: string }

export type SqlOptions = {
  /** A table name (dots separate schema and table) or SQL with a bracket in it. */
  household_table: string
  list_tables: Record<string, ListTable>
  /** Key columns, the county first; the list tables carry them too, under the same names or their own `key`. */
  key: string[]
  /** Values, or columns of the household table where the value differs by area. A name left out is unknown. */
  parameters: Record<string, unknown>
  reference_date: string | { column: string }
  /** SQL for a field where it is not simply a column of that name. `list` is null for the household. */
  column?: (list: string | null, field: string) => string
  /** A condition on the key columns, laid on the household table and on every list table: one partition of the work. */
  where?: string
}

export type NamedRule = { name: string; rule: CompiledRule }

const isColumn = (value: unknown): value is { column: string } =>
  typeof value === 'object' && value !== null && 'column' in value

/**
 * One statement for a whole pack: each list table is aggregated once, equal sub-aggregates are shared, and one
 * projection joins them to the household. Result columns: the key, then one per rule by name; NULL is unknown.
 * Throws RangeError for a list without a table or a reference date that is no day.
 */
export function toSql(rules: NamedRule[], dialectName: DialectName, options: SqlOptions): string {
  const dialect = DIALECTS[dialectName]
  const key = options.key.map(quoteName)
  const household = new Map<string, string>()
  const lists = new Map<string, ListPlan>()
  const outer = outerScope(dialect, options, household, lists)
  const columns = rules.map(({ name, rule }) => `  ${sqlOf(rule.root, outer)} as ${quoteName(name)}`)

  const scan = (table: string, keyColumns: string[], fields: Map<string, string>): string => {
    const keys = keyColumns.map((from, index) => `${quoteName(from)} as ${key[index]}`)
    const selected = [...keys, ...[...fields].map(([alias, sql]) => `${sql} as ${alias}`)].join(',\n    ')
    const where = options.where === undefined ? '' : `\n  where ${options.where}`
    return `not materialized (\n  select\n    ${selected}\n  from ${tableName(table)}${where}\n)`
  }
  const joined = (left: string, right: string) =>
    key.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ')

  const tables = [`h as ${scan(options.household_table, options.key, household)}`]
  for (const [list, plan] of lists) {
    if (plan.aggregates.size === 0) continue
    const from = tableOf(options, list)
    tables.push(`${plan.items} as ${scan(from.table, from.key ?? options.key, plan.fields)}`)
    const aggregates = [...plan.aggregates].map(([sql, alias]) => `${sql} as ${alias}`)
    const keys = key.map((column) => `m.${column}`)
    const join = plan.joins_household ? `\n  join h on ${joined('h', 'm')}` : ''
    tables.push(
      `${plan.folded} as (\n  select\n    ${[...keys, ...aggregates].join(',\n    ')}\n  from ${plan.items} as m${join}\n  group by ${keys.join(', ')}\n)`,
    )
  }
  const folded = [...lists.values()].filter((plan) => plan.aggregates.size > 0).map((plan) => plan.folded)
  const from = ['from h', ...folded.map((name) => `left join ${name} on ${joined('h', name)}`)].join('\n')
  const selected = [...key.map((column) => `  h.${column}`), ...columns].join(',\n')
  return `with ${tables.join(',\n')}\nselect\n${selected}\n${from}`
}

type ListPlan = {
  items: string
  folded: string
  fields: Map<string, string>
  /** Aggregate SQL to its column: equal text is computed once. */
  aggregates: Map<string, string>
  joins_household: boolean
}

function tableOf(options: SqlOptions, list: string): ListTable {
  const table = options.list_tables[list]
  if (table === undefined) throw new RangeError(`no table is given for the list ${list}`)
  return table
}

/** A column as an answer: of its type, and NULL where the evaluator would not take the value as an answer. */
function guarded(sql: string, of: Base, dialect: Dialect): string {
  if (of.type === 'int' || of.type === 'money' || of.type === 'decimal') {
    const typed = `cast(${sql} as ${sqlType(of.type, dialect)})`
    // NaN is above every number in both databases, so this also turns it into NULL.
    return of.lo === undefined ? typed : `case when ${typed} between ${of.lo} and ${of.hi} then ${typed} end`
  }
  return sql
}

function outerScope(
  dialect: Dialect,
  options: SqlOptions,
  household: Map<string, string>,
  lists: Map<string, ListPlan>,
): SqlScope {
  const columnOf = (list: string | null, field: string) => options.column?.(list, field) ?? quoteName(field)
  const kept = (fields: Map<string, string>, alias: string, sql: string): string => {
    fields.set(alias, sql)
    return alias
  }
  const scope: SqlScope = {
    dialect,
    read: (_, node) => {
      const of = node.op === 'has' ? node.of : node
      const alias = quoteName(`f_${node.field}`)
      return `h.${kept(household, alias, guarded(columnOf(null, node.field), of, dialect))}`
    },
    parameter: (node) => {
      const value = options.parameters[node.name]
      if (isColumn(value)) {
        const alias = quoteName(`p_${node.name}`)
        return `h.${kept(household, alias, guarded(quoteName(value.column), node, dialect))}`
      }
      return sqlLiteral(valueReader(node)(value) === undefined ? null : value, node.type, dialect)
    },
    referenceDate: () =>
      isColumn(options.reference_date)
        ? `h.${kept(household, 'reference_day', quoteName(options.reference_date.column))}`
        : sqlLiteral(validDate(options.reference_date), 'date', dialect),
    referenceNumber: () =>
      isColumn(options.reference_date)
        ? `h.${kept(household, 'reference_number', dialect.dayNumber(quoteName(options.reference_date.column)))}`
        : sqlLiteral(dateNumber(validDate(options.reference_date)), 'int', dialect),
    hasList: (list) => {
      const { present } = tableOf(options, list)
      if (present === undefined) return 'true'
      return `h.${kept(household, quoteName(`l_${list}`), `coalesce(${quoteName(present)}, false)`)}`
    },
    aggregate: (node) => {
      const plan = planOf(lists, node.list)
      const inner: SqlScope = {
        ...scope,
        read: (list, read) => {
          if (list === null) return scope.read(null, read)
          const of = read.op === 'has' ? read.of : read
          return `m.${kept(plan.fields, quoteName(`f_${read.field}`), guarded(columnOf(list, read.field), of, dialect))}`
        },
      }
      plan.joins_household ||= [node.where, node.body].some((part) => part !== null && readsHousehold(part, options))
      const column = (aggregate: string): string => {
        const alias = plan.aggregates.get(aggregate) ?? `a${plan.aggregates.size + 1}`
        plan.aggregates.set(aggregate, alias)
        return `${plan.folded}.${alias}`
      }
      const value = foldSql(node, inner, column)
      const present = scope.hasList(node.list)
      return present === 'true' ? value : `case when ${present} then ${value} end`
    },
  }
  return scope
}

function planOf(lists: Map<string, ListPlan>, list: string): ListPlan {
  const found = lists.get(list)
  if (found) return found
  const number = lists.size + 1
  const plan = { items: `items_${number}`, folded: `folded_${number}`, fields: new Map(), aggregates: new Map() }
  const made: ListPlan = { ...plan, joins_household: false }
  lists.set(list, made)
  return made
}

function readsHousehold(node: Node, options: SqlOptions): boolean {
  if ((node.op === 'read' || node.op === 'has') && node.list === null) return true
  if (node.op === 'has_list') return options.list_tables[node.list]?.present !== undefined
  if (node.op === 'parameter' && isColumn(options.parameters[node.name])) return true
  const usesDate = node.op === 'reference_date' || (node.op === 'call' && node.name === 'age')
  if (usesDate && isColumn(options.reference_date)) return true
  return childrenOf(node).some((child) => readsHousehold(child, options))
}

function validDate(date: string): string {
  if (dateNumber(date) === undefined) throw new RangeError(`reference date must be YYYY-MM-DD, not ${date}`)
  return date
}
