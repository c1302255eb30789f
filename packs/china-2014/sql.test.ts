import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { DIALECTS, quoteName, sqlLiteral, sqlType } from '#engines/rules/dialect.ts'
import type { FieldType } from '#engines/rules/schema.ts'
import { toSql } from '#engines/rules/sql.ts'
import type { NamedRule } from '#engines/rules/sql.ts'
import { compilePack, completeRecord } from '../compile.ts'
import type { Ready } from '../compile.ts'
import { cardFields } from '../forms.ts'
import { loadPack } from '../load.ts'
import { parametersAt } from '../rule-schema.ts'
import { base } from './example.ts'

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

const [head, ...others] = base.members
const person = (change: object) => ({ ...head!, ...change })
/** One life each for what the rules look for. */
const LIVES: Record<string, unknown>[] = [
  { wage_income: 0, minimum_allowance_income: 100_000 },
  { house_grade: 'D', relocation_willing: true, disaster_prone: true },
  { house_grade: 'C', seasonal_clothing: false, owns_town_house: true },
  { hardships: ['disaster', 'death'], cooperative_member: true },
  { assets: ['car', 'truck'] },
  {
    registers: [
      { register: 'vehicle', value: 9_000_000 },
      { register: 'payroll', value: null },
    ],
  },
  { registers: [{ register: 'business', value: null }] },
  { arable_land: 0.3, forest_land: 12.5, orchard_land: 1 },
  { capital_needed: true, debt: 5_000_000 },
  { water_safe: false, water_source: 'spring_or_open', water_minutes: 45, water_short_months: 3 },
  {
    medical_expense: 1_234_567,
    members: [
      person({
        health: 'serious_illness',
        illness_treated: false,
        labour_capacity: 'none',
        disability: 'severe',
        medical_insurance: false,
      }),
      ...others,
    ],
  },
  {
    members: [
      person({ health: 'chronic_illness', illness_treated: true, labour_capacity: 'weak', work_months: 2 }),
      ...others,
    ],
  },
  {
    members: [person({ labour_capacity: 'ordinary', work_months: 3, education: 'primary' })],
    skill_training_wanted: true,
  },
  {
    education_expense: 900_000,
    members: [
      person({ birth_date: '1996-12-31', schooling: 'university', labour_capacity: 'none' }),
      person({ birth_date: '2000-01-01', schooling: 'dropped_out' }),
    ],
  },
  {
    education_expense: 900_000,
    members: [person({ birth_date: '1998-05-05', schooling: 'senior_school', labour_capacity: null })],
  },
  {
    education_expense: 500_000,
    members: [person({ birth_date: '1998-05-05', schooling: 'vocational_school', labour_capacity: null })],
  },
  {
    household_size: 2,
    wage_income: 0,
    members: [person({ birth_date: '1954-12-31', labour_capacity: 'weak', pension_insurance: false })],
  },
  { household_size: 1, wage_income: 300_000, members: [person({ birth_date: '1945-01-01', labour_capacity: 'none' })] },
  { food_shortage: 'often', road_type: 'none', road_distance: 3000, own_drive: 'weak', stated_other_causes: ['13'] },
]

/** The example household, the lives, and each of these with each answer missing in turn. */
function variants(): Record<string, unknown>[] {
  return [{}, ...LIVES].flatMap((life) => {
    const whole: Record<string, unknown> & { members?: unknown } = { ...base, ...life }
    const members = (whole.members ?? []) as object[]
    const without = Object.keys(life).length === 0 ? Object.keys(base) : [...Object.keys(life), 'household_attribute']
    const blanks = without.map((name) => ({ ...whole, [name]: null }))
    const faces = Object.keys(head!).map((name) => ({
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
