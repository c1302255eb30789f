import { dateNumber } from '../run/dates.ts'
import { DIALECTS, quoteName, sqlLiteral, sqlType, tableName } from './dialect.ts'
import { valueReader } from '../run/closures.ts'
import { scaleOf } from '../run/numbers.ts'
import { bigNode, exactSql } from './numbers.ts'
import { bounded, ownRange } from '../run/intervals.ts'
import { foldRange, foldSql } from './folds.ts'
import { settledSql } from './ranges.ts'
import { sqlOf } from './expression.ts'
import { isNumeric } from '../schema.ts'
import { childrenOf, readsToday } from '../tree.ts'
import type { Dialect, DialectName } from './dialect.ts'
import type { SqlScope } from './scope.ts'
import type { Exact } from '../run/exact.ts'
import type { Aggregate, Base, CompiledRule, Node } from '../tree.ts'

/**
 * A list's table: one row per item. `present` is a boolean column of the household table; without it no rows = empty.
 * `longest` promises that no household has more items: counts then share sums, which halves the work of a nation. What
 * counts the items of a household with more than promised is unknown, never wrong.
 */
export type ListTable = { table: string; key?: string[]; present?: string; longest?: number }

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
  /** Household columns that are passed through to the result. */
  carry?: string[]
  /** A condition on the key columns, laid on the household table and on every list table: one partition of the work. */
  where?: string
}

export type NamedRule = { name: string; rule: CompiledRule }

const isColumn = (value: unknown): value is { column: string } =>
  typeof value === 'object' && value !== null && 'column' in value

/** One statement for rules that do not read each other: see `programSql`. */
export function toSql(rules: NamedRule[], dialectName: DialectName, options: SqlOptions): string {
  return programSql([rules], dialectName, options)
}

/**
 * One statement for a whole pack. Each list table is aggregated once, equal sub-aggregates are shared, and projections
 * over the joined household follow stage by stage: a rule may read, as a household field, what an earlier stage gave
 * under that name. A list test that reads such a result is aggregated after its stage. Result columns: the key,
 * `carry`, then one per rule by name; NULL is unknown.
 * Throws RangeError for a list without a table or a reference date that is no day.
 */
export function programSql(stages: NamedRule[][], dialectName: DialectName, options: SqlOptions): string {
  const dialect = DIALECTS[dialectName]
  const key = options.key.map(quoteName)
  const plan: Plan = { household: new Map(), lists: new Map(), stage_of: new Map() }
  for (const column of options.carry ?? []) plan.household.set(quoteName(column), quoteName(column))
  const outer = outerScope(dialect, options, plan)
  const projected = stages.map((rules, stage) => {
    const columns = rules.map(({ name, rule }) => [name, resultSql(rule.root, outer)] as const)
    for (const { name } of rules) plan.stage_of.set(name, stage + 1)
    return columns
  })

  const joined = (left: string, right: string) =>
    key.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ')
  const scan = (table: string, keyColumns: string[], fields: Map<string, string>): string => {
    const keys = keyColumns.map((from, index) => `${quoteName(from)} as ${key[index]}`)
    const selected = [...keys, ...[...fields].map(([alias, sql]) => `${sql} as ${alias}`)].join(',\n    ')
    const where = options.where === undefined ? '' : `\n  where ${options.where}`
    return `not materialized (\n  select\n    ${selected}\n  from ${tableName(table)}${where}\n)`
  }
  // PostgreSQL would write a stage's expression again wherever a later one reads it; offset 0 keeps it computed once.
  const barrier = dialectName === 'postgres' && stages.length > 1 ? '\n  offset 0' : ''
  const tables = [`h as ${scan(options.household_table, options.key, plan.household)}`]
  let last = 'h'
  const fold = (stage: number): void => {
    const due = [...plan.lists.values()].filter((each) => each.stage === stage && aggregatesOf(each).length > 0)
    if (due.length === 0) return
    for (const each of due) {
      const from = tableOf(options, each.list)
      tables.push(`${each.items} as ${scan(from.table, from.key ?? options.key, each.fields)}`)
      const aggregates = aggregatesOf(each).map(([sql, alias]) => `${sql} as ${alias}`)
      const keys = key.map((column) => `m.${column}`)
      const around = last === 'h' ? 'h' : `${last} as h`
      const join = each.joins_household ? `\n  join ${around} on ${joined('h', 'm')}` : ''
      tables.push(
        `${each.folded} as (\n  select\n    ${[...keys, ...aggregates].join(',\n    ')}\n  from ${each.items} as m${join}\n  group by ${keys.join(', ')}\n)`,
      )
    }
    const columns = due.flatMap((each) =>
      aggregatesOf(each).map(([, alias]) => `${each.folded}.${alias} as ${each.folded}_${alias}`),
    )
    const joins = due.map(({ folded }) => `  left join ${folded} on ${joined('h', folded)}`).join('\n')
    const from = last === 'h' ? 'h' : `${last} as h`
    tables.push(`joined_${stage} as (\n  select h.*, ${columns.join(', ')}\n  from ${from}\n${joins}${barrier}\n)`)
    last = `joined_${stage}`
  }
  fold(0)
  for (const [stage, columns] of projected.slice(0, -1).entries()) {
    const selected = columns.map(([name, sql]) => `    ${sql} as ${resultName(name)}`).join(',\n')
    const from = last === 'h' ? 'h' : `${last} as h`
    tables.push(`stage_${stage + 1} as (\n  select h.*,\n${selected}\n  from ${from}${barrier}\n)`)
    last = `stage_${stage + 1}`
    fold(stage + 1)
  }
  const selected = [
    ...[...key, ...(options.carry ?? []).map(quoteName)].map((column) => `  h.${column}`),
    ...projected
      .slice(0, -1)
      .flatMap((columns) => columns.map(([name]) => `  h.${resultName(name)} as ${quoteName(name)}`)),
    ...(projected.at(-1) ?? []).map(([name, sql]) => `  ${sql} as ${quoteName(name)}`),
  ].join(',\n')
  return `with ${tables.join(',\n')}\nselect\n${selected}\nfrom ${last === 'h' ? 'h' : `${last} as h`}`
}

/** What leaves a statement: decimals as the nearest double, as they leave the evaluator. */
function resultSql(root: Node, scope: SqlScope): string {
  const sql = isNumeric(root.type) ? settledSql(root, scope) : sqlOf(root, scope)
  if (root.type !== 'decimal') return sql
  const double = scope.dialect.toDouble(sql, bigNode(root))
  return scaleOf(root) === 0 ? double : `(${double} / cast('1e${scaleOf(root)}' as ${scope.dialect.double}))`
}

const resultName = (name: string): string => quoteName(`r_${name}`)

type Plan = {
  /** Column of the household scan by alias. */
  household: Map<string, string>
  lists: Map<string, ListPlan>
  /** Which stage gives a name: 1 is the first. */
  stage_of: Map<string, number>
}

type ListPlan = {
  list: string
  /** The stage after which this aggregation is made; 0 reads answers alone. */
  stage: number
  items: string
  folded: string
  fields: Map<string, string>
  /** Aggregate SQL to its column: equal text is computed once. */
  aggregates: Map<string, string>
  /** Tests on single items, each a bit of the columns b0, b1, ...: is there an item for which it holds. */
  tests: Map<string, number>
  /** Tests whose items are counted in lanes of the columns c0, c1, ...: where the longest list is known. */
  counts: Map<string, number>
  longest: number | undefined
  joins_household: boolean
}

/** Bits of a number that are used: whole numbers below 2^53 are exact as doubles, in JavaScript and in both databases. */
const BITS = 53

/** Counts of at most `longest` side by side in one double: a sum of doubles is the fastest aggregate of DuckDB. */
function lanesOf(longest: number): { width: number; lanes: number } {
  if (!Number.isInteger(longest) || longest < 1 || longest >= 2 ** 26)
    throw new RangeError(`the longest list must have 1 to ${2 ** 26 - 1} items, not ${longest}`)
  const width = Math.ceil(Math.log2(longest + 1))
  return { width, lanes: Math.floor(BITS / width) }
}

/** Every aggregate of a list with its column. Empty where no rule asks anything of the items. */
function aggregatesOf(plan: ListPlan): [sql: string, alias: string][] {
  const words: string[][] = []
  for (const [test, at] of plan.tests) {
    const bit = `case when ${test} then cast(${2 ** (at % BITS)} as bigint) else 0 end`
    ;(words[Math.floor(at / BITS)] ??= []).push(bit)
  }
  const bits = words.map((word, index): [string, string] => [`bit_or(${word.join(' | ')})`, `b${index}`])
  const sums: string[][] = []
  const { width, lanes } = lanesOf(plan.longest ?? 1)
  for (const [test, at] of plan.counts) {
    const lane = `case when ${test} then cast(${2 ** ((at % lanes) * width)} as double precision) else 0 end`
    ;(sums[Math.floor(at / lanes)] ??= []).push(lane)
  }
  const packed = sums.map((sum, index): [string, string] => [`sum(${sum.join(' + ')})`, `c${index}`])
  return [...plan.aggregates, ...bits, ...packed]
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
    const units = `cast('1e${scaleOf(of)}' as ${dialect.double})`
    const value =
      of.type === 'decimal' ? `cast(floor(${typed} * ${units} + cast('0.5' as ${dialect.double})) as bigint)` : typed
    // NaN is above every number in both databases, so this also turns it into NULL.
    return of.lo === undefined ? value : `case when ${typed} between ${of.lo} and ${of.hi} then ${value} end`
  }
  return sql
}

function outerScope(dialect: Dialect, options: SqlOptions, plan: Plan): SqlScope {
  const columnOf = (list: string | null, field: string) => options.column?.(list, field) ?? quoteName(field)
  const kept = (fields: Map<string, string>, alias: string, sql: string): string => {
    fields.set(alias, sql)
    return alias
  }
  const scope: SqlScope = {
    dialect,
    of: sqlOf,
    fixed_date: isColumn(options.reference_date) ? undefined : options.reference_date,
    born: () => undefined,
    constant: (node) => {
      if (node.op === 'literal') return node.value
      if (node.op !== 'parameter' || isColumn(options.parameters[node.name])) return undefined
      return valueReader(node)(options.parameters[node.name])
    },
    read: (_, node) => {
      const of = node.op === 'has' ? node.of : node
      if (plan.stage_of.has(node.field)) return guarded(`h.${resultName(node.field)}`, of, dialect)
      const alias = quoteName(`f_${node.field}`)
      return `h.${kept(plan.household, alias, guarded(columnOf(null, node.field), of, dialect))}`
    },
    parameter: (node) => {
      const value = options.parameters[node.name]
      if (isColumn(value)) {
        const alias = quoteName(`p_${node.name}`)
        return `h.${kept(plan.household, alias, guarded(quoteName(value.column), node, dialect))}`
      }
      const given = valueReader(node)(value)
      if (given !== undefined && node.type === 'decimal') return exactSql(given as Exact, false, dialect)
      return node.type === 'decimal'
        ? sqlLiteral(null, 'int', dialect)
        : sqlLiteral(given === undefined ? null : value, node.type, dialect)
    },
    referenceDate: () =>
      isColumn(options.reference_date)
        ? `h.${kept(plan.household, 'reference_day', quoteName(options.reference_date.column))}`
        : sqlLiteral(validDate(options.reference_date), 'date', dialect),
    referenceNumber: () =>
      isColumn(options.reference_date)
        ? `h.${kept(plan.household, 'reference_number', dialect.dayNumber(quoteName(options.reference_date.column)))}`
        : sqlLiteral(dateNumber(validDate(options.reference_date)), 'int', dialect),
    hasList: (list) => {
      const { present } = tableOf(options, list)
      if (present === undefined) return 'true'
      return `h.${kept(plan.household, quoteName(`l_${list}`), `coalesce(${quoteName(present)}, false)`)}`
    },
    aggregate: (node) => {
      const { inner, columns, present } = foldingOf(node)
      const value = foldSql(node, inner, scope, columns)
      return present === 'true' ? value : `case when ${present} then ${value} end`
    },
    reach: (node) => {
      const { inner, columns, present } = foldingOf(node)
      const { low, high } = foldRange(node, inner, columns)
      if (present === 'true') return { low, high }
      const own = bounded(node) ? ownRange(node) : undefined
      const end = (sql: string, bound: Exact | undefined): string =>
        `case when ${present} then ${sql}${bound === undefined ? '' : ` else ${exactSql(bound, bigNode(node), dialect)}`} end`
      return { low: end(low, own?.lo), high: end(high, own?.hi) }
    },
  }
  const foldingOf = (node: Aggregate) => {
    const parts = [node.where, node.body, node.sort].filter((part) => part !== null && part !== undefined)
    const { longest } = tableOf(options, node.list)
    const own = planOf(plan, node.list, Math.max(0, ...parts.map((part) => stageRead(part, plan))), longest)
    const inner: SqlScope = {
      ...scope,
      read: (list, read) => {
        if (list === null) return scope.read(null, read)
        const of = read.op === 'has' ? read.of : read
        return `m.${kept(own.fields, quoteName(`f_${read.field}`), guarded(columnOf(list, read.field), of, dialect))}`
      },
      born: (birth) => {
        if (birth.op !== 'read' || birth.list === null || isColumn(options.reference_date)) return undefined
        const sql = columnOf(birth.list, birth.field)
        const born = `case when ${sql} <= ${scope.referenceDate()} then ${sql} end`
        return `m.${kept(own.fields, quoteName(`b_${birth.field}`), born)}`
      },
    }
    own.joins_household ||= parts.some((part) => readsHousehold(part, options))
    const column = (aggregate: string): string => {
      const alias = own.aggregates.get(aggregate) ?? `a${own.aggregates.size + 1}`
      own.aggregates.set(aggregate, alias)
      return `h.${own.folded}_${alias}`
    }
    const some = (test: string): string => {
      const at = own.tests.get(test) ?? own.tests.size
      own.tests.set(test, at)
      const bit = 2 ** (at % BITS)
      return `(coalesce(h.${own.folded}_b${Math.floor(at / BITS)}, 0) & ${bit} <> 0)`
    }
    const count = (test: string): string => {
      if (longest === undefined) return `coalesce(${column(`count(*) filter (where ${test})`)}, 0)`
      const { width, lanes } = lanesOf(longest)
      const at = own.counts.get(test) ?? own.counts.size
      own.counts.set(test, at)
      const sum = `cast(coalesce(h.${own.folded}_c${Math.floor(at / lanes)}, 0) as bigint)`
      const lane = `((${sum} >> ${(at % lanes) * width}) & ${2 ** width - 1})`
      return `case when coalesce(${column('count(*)')}, 0) <= ${longest} then ${lane} end`
    }
    return { inner, columns: { column, some, count }, present: scope.hasList(node.list) }
  }
  return scope
}

function planOf(plan: Plan, list: string, stage: number, longest: number | undefined): ListPlan {
  const id = `${list} ${stage}`
  const found = plan.lists.get(id)
  if (found) return found
  const number = plan.lists.size + 1
  const names = { items: `items_${number}`, folded: `folded_${number}` }
  const made: ListPlan = {
    list,
    stage,
    ...names,
    fields: new Map(),
    aggregates: new Map(),
    tests: new Map(),
    counts: new Map(),
    longest,
    joins_household: false,
  }
  plan.lists.set(id, made)
  return made
}

/** The latest stage whose results a part of a list test reads; 0 for none. */
function stageRead(node: Node, plan: Plan): number {
  const own = (node.op === 'read' || node.op === 'has') && node.list === null ? plan.stage_of.get(node.field) : 0
  return Math.max(own ?? 0, ...childrenOf(node).map((child) => stageRead(child, plan)))
}

function readsHousehold(node: Node, options: SqlOptions): boolean {
  if ((node.op === 'read' || node.op === 'has') && node.list === null) return true
  if (node.op === 'has_list') return options.list_tables[node.list]?.present !== undefined
  if (node.op === 'parameter' && isColumn(options.parameters[node.name])) return true
  if (readsToday(node) && isColumn(options.reference_date)) return true
  return childrenOf(node).some((child) => readsHousehold(child, options))
}

function validDate(date: string): string {
  if (dateNumber(date) === undefined) throw new RangeError(`reference date must be YYYY-MM-DD, not ${date}`)
  return date
}
