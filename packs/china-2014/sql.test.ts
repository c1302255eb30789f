import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { DIALECTS, quoteName, sqlLiteral, sqlType } from '#engines/rules/sql/dialect.ts'
import type { FieldType } from '#engines/rules/schema.ts'
import { toSql } from '#engines/rules/sql/sql.ts'
import type { NamedRule } from '#engines/rules/sql/sql.ts'
import { compilePack, completeRecord } from '../compile.ts'
import type { Ready } from '../compile.ts'
import { cardFields } from '../forms.ts'
import { loadPack } from '../load.ts'
import { parametersAt } from '../schema/rules.ts'
import { base, head, LIVES } from './example.ts'

const { pack } = await loadPack(import.meta.dirname)
const compiled = compilePack(pack!, cardFields(pack!)).compiled!
const params = parametersAt(pack!, '2014-12-31').values

/** Every rule that reads one household's record. */
function householdRules(): [string, Ready][] {
  return [
    ...Object.entries(compiled.indicators).map(([code, { met }]): [string, Ready] => [`indicator_${code}`, met]),
    ...Object.entries(compiled.vetoes).map(([code, ready]): [string, Ready] => [`veto_${code}`, ready]),
    ...Object.entries(compiled.causes).flatMap(([code, { rule, closes }]): [string, Ready][] => [
      [`cause_${code}`, rule],
      ...closing(`cause_${code}`, closes),
    ]),
    ...Object.entries(compiled.measures).flatMap(([code, { condition, cost, closes }]): [string, Ready][] => [
      [`measure_${code}`, condition],
      [`measure_${code}_cost`, cost],
      ...closing(`measure_${code}`, closes),
    ]),
    ...Object.entries(compiled.exit.stops).map(([code, ready]): [string, Ready] => [`stop_${code}`, ready]),
  ]
}

/** The example household, the lives, and each of these with each answer missing in turn. */
function variants(): Record<string, unknown>[] {
  return [{}, ...LIVES].flatMap((life) => {
    const whole: Record<string, unknown> & { members?: unknown } = { ...base, ...life }
    const members = (whole.members ?? []) as object[]
    const without = Object.keys(life).length === 0 ? Object.keys(base) : [...Object.keys(life), 'household_attribute']
    const blanks = without.map((name) => ({ ...whole, [name]: null }))
    const faces = Object.keys(head).map((name) => ({
      ...whole,
      members: [{ ...members[0], [name]: null }, ...members.slice(1)],
    }))
    return [whole, ...blanks, ...faces]
  })
}

const closing = (code: string, { income, expense }: { income: Ready; expense: Ready | null }): [string, Ready][] => [
  [`${code}_income`, income],
  ...(expense ? [[`${code}_expense`, expense] as [string, Ready]] : []),
]
const keyed = (household_id: number) => ({ county_code: '360781', household_id })

test('every rule gives the same for one household in JavaScript and for all of them in DuckDB', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const run = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
  const dialect = DIALECTS.duckdb
  const records = variants().map((record) => completeRecord(compiled, record, params, '2014-12-31'))
  const key: [string, FieldType][] = [
    ['county_code', { type: 'text' }],
    ['household_id', { type: 'int' }],
  ]
  const fill = async (table: string, columns: [string, FieldType][], rows: Record<string, unknown>[]) => {
    await run(
      `create table ${table} (${columns.map(([name, type]) => `${quoteName(name)} ${sqlType(type.type, dialect)}`).join(', ')})`,
    )
    const values = rows.map(
      (row) => `(${columns.map(([name, type]) => sqlLiteral(row[name] ?? null, type.type, dialect)).join(', ')})`,
    )
    if (values.length > 0) await run(`insert into ${table} values ${values.join(', ')}`)
  }
  const present = ['members', 'registers'].map((list): [string, FieldType] => [`${list}_present`, { type: 'bool' }])
  await fill(
    'households',
    [...key, ...Object.entries(compiled.schema.household), ...present],
    records.map((record, index) => ({
      ...record,
      ...keyed(index),
      members_present: Array.isArray(record['members']),
      registers_present: Array.isArray(record['registers']),
    })),
  )
  for (const list of ['members', 'registers']) {
    const items = records.flatMap((record, index) =>
      ((record[list] ?? []) as object[]).map((item) => ({ ...item, ...keyed(index) })),
    )
    await fill(list, [...key, ...Object.entries(compiled.schema.lists[list]!)], items)
  }
  const rules = householdRules()
  const named: NamedRule[] = rules.map(([name, { rule }]) => ({ name, rule }))
  const sql = toSql(named, 'duckdb', {
    household_table: 'households',
    list_tables: {
      members: { table: 'members', present: 'members_present' },
      registers: { table: 'registers', present: 'registers_present' },
    },
    key: ['county_code', 'household_id'],
    parameters: params,
    reference_date: '2014-12-31',
  })
  const rows = new Map((await run(sql)).map((row) => [Number(row['household_id']), row]))
  connection.closeSync()

  const seen = new Map<string, Set<unknown>>()
  const differences: unknown[] = []
  for (const [index, record] of records.entries()) {
    for (const [name, ready] of rules) {
      const { value } = ready.run(record, params, '2014-12-31')
      const found = rows.get(index)![name]
      const database = typeof value === 'number' && found !== null ? Number(found) : found
      if (value !== database) differences.push({ name, index, value, database })
      seen.set(name, (seen.get(name) ?? new Set()).add(value))
    }
  }
  expect(differences).toEqual([])
  expect(rules.length * records.length).toBeGreaterThan(10_000)
  // Each yes-or-no rule came out all three ways, so the comparison means something for every one of them.
  const flat = rules
    .filter(([name, { rule }]) => rule.type === 'bool' && seen.get(name)!.size < 3)
    .map(([name]) => name)
  expect(flat).toEqual([])
})
