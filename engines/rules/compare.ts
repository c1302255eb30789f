import { compileRule, isRefused } from './check.ts'
import { DIALECTS, quoteName, sqlLiteral, sqlType } from './dialect.ts'
import { evaluator } from './evaluate.ts'
import { pick, RANDOM_SCHEMA, randomParameters, randomRecord, randomRule, REFERENCE_DATES, seeded } from './random.ts'
import { toSql } from './sql.ts'
import type { Dialect, DialectName } from './dialect.ts'
import type { Random } from './random.ts'
import type { FieldType, RuleRecord } from './schema.ts'
import type { NamedRule, SqlOptions } from './sql.ts'

/** Runs one statement on one connection (temporary tables are used) and gives its rows. */
export type RunSql = (sql: string) => Promise<Record<string, unknown>[]>

export type Difference = { rule: string; record: RuleRecord; javascript: unknown; database: unknown }
export type Comparison = {
  pairs: number
  rules: number
  refused: number
  unknown: number
  differences: Difference[]
}

type Household = { record: RuleRecord; params: RuleRecord; reference_date: string }

const RULES_PER_PACK = 40
const HOUSEHOLDS = 60
const KINDS = ['bool', 'bool', 'bool', 'int', 'money', 'decimal', 'date', 'text'] as const

/**
 * Random (rule, household) pairs through the evaluator and a database: every difference is given, with its rule and
 * record. Half the packs take parameters and reference date as literals, half from columns. Missing answers, missing
 * and empty lists, boundary values and birthdays are among the records. Same seed, same pairs.
 */
export async function compareBackends(
  runSql: RunSql,
  dialect: DialectName,
  seed: number,
  pairs: number,
): Promise<Comparison> {
  const random = seeded(seed)
  const total: Comparison = { pairs: 0, rules: 0, refused: 0, unknown: 0, differences: [] }
  const households = Array.from({ length: HOUSEHOLDS }, () => randomHousehold(random))
  const tables = await fillTables(runSql, DIALECTS[dialect], households)
  try {
    for (let packs = 0; total.pairs < pairs && total.differences.length < 20; packs++) {
      const rules = randomPack(random, total)
      const fixed = packs % 2 === 0 ? { ...pick(random, households) } : null
      await comparePack(runSql, dialect, rules, households, fixed, tables, total)
    }
  } finally {
    for (const table of Object.values(tables)) await runSql(`drop table if exists ${table}`)
  }
  return total
}

const randomHousehold = (random: Random): Household => ({
  record: randomRecord(random),
  params: randomParameters(random),
  reference_date: pick(random, REFERENCE_DATES),
})

/** Refusals that random rules may meet by right; any other is a mistake in the checker or in the generator. */
const EXPECTED_REFUSALS = new Set(['rule_maybe_zero_division', 'rule_out_of_range'])

function randomPack(random: Random, total: Comparison): NamedRule[] {
  const rules: NamedRule[] = []
  while (rules.length < RULES_PER_PACK) {
    const source = randomRule(random, pick(random, KINDS), 1 + Math.floor(random() * 4))
    const rule = compileRule(source, RANDOM_SCHEMA)
    if (isRefused(rule)) {
      const wrong = rule.find((problem) => !EXPECTED_REFUSALS.has(problem.code))
      if (wrong) throw new Error(`${wrong.code}: ${wrong.message} in ${source}`)
      total.refused++
    } else rules.push({ name: `r${rules.length}`, rule })
  }
  return rules
}

type Tables = { households: string; members: string; plots: string }

async function fillTables(runSql: RunSql, dialect: Dialect, households: Household[]): Promise<Tables> {
  const tables = { households: 'rule_households', members: 'rule_members', plots: 'rule_plots' }
  const { household, lists, parameters } = RANDOM_SCHEMA
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
  await fill(runSql, dialect, tables.households, [...key, ...Object.entries(household), ...extra], rows)
  for (const list of ['members', 'plots'] as const) {
    const items = households.flatMap(({ record }, index) =>
      ((record[list] ?? []) as RuleRecord[]).map((item) => ({ ...item, ...keyOfHousehold(index) })),
    )
    await fill(runSql, dialect, tables[list], [...key, ...Object.entries(lists[list]!)], items)
  }
  return tables
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

async function comparePack(
  runSql: RunSql,
  dialect: DialectName,
  rules: NamedRule[],
  households: Household[],
  fixed: Household | null,
  tables: Tables,
  total: Comparison,
): Promise<void> {
  const names = Object.keys(RANDOM_SCHEMA.parameters)
  const options: SqlOptions = {
    household_table: tables.households,
    list_tables: {
      members: { table: tables.members, present: 'members_present' },
      plots: { table: tables.plots, present: 'plots_present' },
    },
    key: ['county_code', 'household_id'],
    parameters: fixed?.params ?? Object.fromEntries(names.map((name) => [name, { column: `param_${name}` }])),
    reference_date: fixed?.reference_date ?? { column: 'ref_day' },
  }
  const shown = rules.map(({ name, rule }) => (rule.type === 'date' ? `cast(${name} as text) as ${name}` : name))
  const pack = toSql(rules, dialect, options)
  const rows = await runSql(`select county_code, household_id, ${shown.join(', ')} from (${pack}) as verdicts`)
  const byKey = new Map(rows.map((row) => [`${String(row.county_code)}/${String(row.household_id)}`, row]))
  const evaluators = rules.map(({ name, rule }) => ({ name, rule, run: evaluator(rule) }))
  for (const [index, household] of households.entries()) {
    const { county_code, household_id } = keyOfHousehold(index)
    const row = byKey.get(`${county_code}/${household_id}`) ?? {}
    const { params, reference_date } = fixed ?? household
    for (const { name, rule, run } of evaluators) {
      const outcome = run(household.record, params, reference_date)
      const numeric = typeof outcome.value === 'number' && row[name] !== null
      const database = numeric ? Number(row[name]) : row[name]
      total.pairs++
      if (outcome.unknown) total.unknown++
      if (outcome.value !== database && total.differences.length < 20) {
        const record = { ...household.record, params, reference_date }
        total.differences.push({ rule: rule.source, record, javascript: outcome, database })
      }
    }
  }
  total.rules += rules.length
}
