import { DIALECTS, quoteName, sqlLiteral, sqlType } from '../sql/dialect.ts'
import { RANDOM_SCHEMA } from './random.ts'
import { isNumeric } from '../schema.ts'
import { toSql } from '../sql/sql.ts'
import type { Dialect, DialectName } from '../sql/dialect.ts'
import type { FieldType, RuleRecord, RuleSchema } from '../schema.ts'
import type { ListTable, NamedRule, SqlOptions } from '../sql/sql.ts'

/** Runs one statement on one connection (temporary tables are used) and gives its rows. */
export type RunSql = (sql: string) => Promise<Record<string, unknown>[]>
export type Databases = Partial<Record<DialectName, RunSql>>

export type Household = { record: RuleRecord; params: RuleRecord; reference_date: string }
export type Standards = Pick<Household, 'params' | 'reference_date'>

const HOUSEHOLDS = 'rule_households'
const tableOf = (list: string): string => `rule_${list}`

/** Random lists have at most six items (random.ts). */
const LONGEST = 6

export const databasesOf = (databases: Databases) => Object.entries(databases) as [DialectName, RunSql][]

/** Writes the households of a schema into temporary tables of the connection. */
export async function fillTables(
  runSql: RunSql,
  dialectName: DialectName,
  households: Household[],
  { household, lists, parameters }: RuleSchema = RANDOM_SCHEMA,
): Promise<void> {
  const dialect = DIALECTS[dialectName]
  const key: [string, FieldType][] = [
    ['county_code', { type: 'text' }],
    ['household_id', { type: 'int' }],
  ]
  const extra: [string, FieldType][] = [
    ...Object.entries(parameters).map(([name, type]): [string, FieldType] => [`param_${name}`, type]),
    ['ref_day', { type: 'date' }],
    ...Object.keys(lists).map((list): [string, FieldType] => [`${list}_present`, { type: 'bool' }]),
  ]
  const rows = households.map(({ record, params, reference_date }, index) => ({
    ...record,
    ...keyOfHousehold(index),
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [`param_${name}`, value])),
    ref_day: reference_date,
    ...Object.fromEntries(Object.keys(lists).map((list) => [`${list}_present`, Array.isArray(record[list])])),
  }))
  await fill(runSql, dialect, HOUSEHOLDS, [...key, ...Object.entries(household), ...extra], rows)
  for (const list of Object.keys(lists)) {
    const items = households.flatMap(({ record }, index) =>
      ((record[list] ?? []) as (RuleRecord | null)[]).map((item) => ({ ...item, ...keyOfHousehold(index) })),
    )
    await fill(runSql, dialect, tableOf(list), [...key, ...Object.entries(lists[list]!)], items)
  }
}

export async function dropTables(runSql: RunSql, schema = RANDOM_SCHEMA): Promise<void> {
  for (const table of [HOUSEHOLDS, ...Object.keys(schema.lists).map(tableOf)])
    await runSql(`drop table if exists ${table}`)
}

// Equal household numbers in two counties: a join that leaves the county out would be seen.
const keyOfHousehold = (index: number) => ({ county_code: index % 2 ? 'b' : 'a', household_id: Math.floor(index / 2) })

async function fill(
  runSql: RunSql,
  dialect: Dialect,
  table: string,
  columns: [string, FieldType][],
  rows: RuleRecord[],
) {
  const typed = columns.map(([name, type]) => `${quoteName(name)} ${sqlType(type.type, dialect)}`)
  await runSql(`drop table if exists ${table}`)
  await runSql(`create temporary table ${table} (${typed.join(', ')})`)
  const values = rows.map(
    (row) => `(${columns.map(([name, type]) => sqlLiteral(row[name], type.type, dialect)).join(', ')})`,
  )
  if (values.length > 0) await runSql(`insert into ${table} values ${values.join(', ')}`)
}

/**
 * What the database answers: one array per household in order, one value per rule; null is unknown, numbers are
 * JavaScript's, dates are YYYY-MM-DD. `fixed` gives parameters and date as literals; without it they are columns.
 */
export async function askDatabase(
  runSql: RunSql,
  dialect: DialectName,
  rules: NamedRule[],
  households: number,
  fixed: Standards | null,
  schema: RuleSchema = RANDOM_SCHEMA,
): Promise<unknown[][]> {
  const names = Object.keys(schema.parameters)
  // Both ways of counting: each list now with the promise that it is no longer than it is, now without.
  const promised = (at: number) => ((at % 2 === 0) === (fixed !== null) ? { longest: LONGEST } : {})
  const tables = Object.keys(schema.lists).map((list, at): [string, ListTable] => [
    list,
    { table: tableOf(list), present: `${list}_present`, ...promised(at) },
  ])
  const options: SqlOptions = {
    household_table: HOUSEHOLDS,
    list_tables: Object.fromEntries(tables),
    key: ['county_code', 'household_id'],
    parameters: fixed?.params ?? Object.fromEntries(names.map((name) => [name, { column: `param_${name}` }])),
    reference_date: fixed?.reference_date ?? { column: 'ref_day' },
  }
  const shown = rules.map(({ name, rule }) => (rule.type === 'date' ? `cast(${name} as text) as ${name}` : name))
  const pack = toSql(rules, dialect, options)
  const rows = await runSql(`select county_code, household_id, ${shown.join(', ')} from (${pack}) as verdicts`)
  const byKey = new Map(rows.map((row) => [`${String(row.county_code)}/${String(row.household_id)}`, row]))
  return Array.from({ length: households }, (_, index) => {
    const { county_code, household_id } = keyOfHousehold(index)
    const row = byKey.get(`${county_code}/${household_id}`) ?? {}
    return rules.map(({ name, rule }) => {
      const value = row[name]
      return isNumeric(rule.type) && value !== null ? Number(value) : value
    })
  })
}
