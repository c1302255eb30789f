// One rule, three evaluators, one answer: the whole pack as one statement in DuckDB and PostgreSQL against the rooms'
// own JavaScript, household by household: derived fields, indicators, signs, verdict, score, causes and the main one.
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assessRecord } from '#cycle/03-assess/judge/assess.ts'
import { diagnose } from '#cycle/06-diagnose/diagnose.ts'
import type { DialectName } from '#engines/rules/sql/dialect.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { loadPack } from '#packs/load.ts'
import { assessSql, diagnoseSql } from '#packs/nation.ts'
import { complete, rulebookOf, standAt, vetoesOf } from '#packs/rulebook.ts'
import type { Registry } from '#registry/open.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { randomRecords } from './records/records.ts'
import { fillTables, keyed, rowKey, type Row, type RunSql } from './records/record-tables.ts'

const HOUSEHOLDS = 600
const { pack } = await loadPack(path.join(import.meta.dirname, '../packs/china-2014'))
const book = rulebookOf(pack!)
const at = standAt(book, pack!.reference_date, '360781107')
// By chance alone nobody pays for a senior pupil, lacks a trade or names a marriage.
const pupil = { birth_date: '1998-03-01', schooling: 'senior_school', health: 'healthy', disability: 'none' }
const records = randomRecords(book, HOUSEHOLDS, 20_140_101).map((record, index): RuleRecord => {
  const members = record.members as RuleRecord[] | null
  if (members === null) return record
  if (index % 20 === 0) return { ...record, education_expense: 450_000, members: [...members, pupil] }
  const untrained = members.map((member) => ({ ...member, labour_capacity: 'ordinary' }))
  if (index % 20 === 1) return { ...record, skill_training_wanted: true, members: untrained }
  return index % 20 === 2 ? { ...record, stated_other_causes: ['13'] } : record
})

/** What JavaScript says of one household, in the columns of both statements. */
function inJs(record: RuleRecord, index: number): Row {
  const { county_code } = keyed(index)
  const household = {
    county_code,
    household_id: String(index),
    area_code: `${county_code}107`,
    head_name: '',
    instance_id: '',
    surveyed_on: '2014-04-20',
    evidence_sha256: '',
    record,
  }
  const assessed = assessRecord(book, household, at.date)
  const whole = complete(book, record, at)
  const why = diagnose(book, household, at.date)
  const found = new Map(why.causes.map((cause) => [cause.code, cause]))
  return {
    ...Object.fromEntries(book.pack.derived.map(({ name }) => [name, whole[name] ?? null])),
    ...Object.fromEntries(
      assessed.indicators.map(({ code, state }) => [`met_${code}`, state === 'unknown' ? null : state === 'met']),
    ),
    ...Object.fromEntries(vetoesOf(book, whole, at).map(({ code, state }) => [`veto_${code}`, state])),
    verdict: assessed.verdict,
    score: assessed.score,
    income_shortfall: why.income_shortfall,
    unmet_count: why.unmet_indicators.length,
    ...Object.fromEntries(
      book.pack.causes.flatMap(({ code }) => {
        const cause = found.get(code)
        const state = cause === undefined ? false : cause.state === 'present' ? true : null
        return [
          [`cause_${code}`, state],
          [`closes_${code}`, cause?.closes_share ?? 0],
        ]
      }),
    ),
    main_cause: why.computed_cause,
  }
}

const expected = records.map(inJs)

type Change = (statement: string) => string

/** Fills the tables; then says what the statements find in them, changed or not. */
async function inSql(run: RunSql, dialect: DialectName) {
  const tables = await fillTables(run, dialect, book, records)
  return async (changed: Change = (statement) => statement): Promise<Map<string, Row>> => {
    const found = new Map<string, Row>()
    for (const statement of [assessSql(book, tables, at, dialect), diagnoseSql(book, tables, at, dialect)]) {
      for (const row of await run(changed(statement))) found.set(rowKey(row), { ...found.get(rowKey(row)), ...row })
    }
    return found
  }
}

function differences(found: Map<string, Row>): unknown[] {
  return expected.flatMap((said, index): unknown[] => {
    const row = found.get(rowKey(keyed(index)))
    if (!row) return [{ index, missing: true }]
    return Object.entries(said).flatMap(([name, javascript]) => {
      // Whole numbers come as bigint or text, by driver.
      const database = typeof javascript === 'number' && row[name] !== null ? Number(row[name]) : row[name]
      return javascript === database ? [] : [{ index, name, javascript, database }]
    })
  })
}

let registry: Registry
let instance: DuckDBInstance
let inDuckDb: Awaited<ReturnType<typeof inSql>>
beforeAll(async () => {
  registry = await testRegistry()
  instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  inDuckDb = await inSql(async (statement) => (await connection.runAndReadAll(statement)).getRowObjectsJS(), 'duckdb')
})
afterAll(async () => {
  instance.closeSync()
  await registry.close()
})

test('the made households come out every way, so that agreement means something', () => {
  const seen = (name: string) => new Set(expected.map((row) => row[name]))
  expect(seen('verdict')).toEqual(new Set(['eligible', 'not_eligible', 'needs_verification']))
  for (const { code } of book.pack.indicators) expect(seen(`met_${code}`), code).toEqual(new Set([true, false, null]))
  for (const { code } of book.pack.vetoes) expect(seen(`veto_${code}`), code).toEqual(new Set([true, false, null]))
  for (const { code } of book.pack.causes) expect(seen(`cause_${code}`), code).toEqual(new Set([true, false, null]))
  expect(seen('main_cause').size).toBeGreaterThan(8)
  expect(seen('income_shortfall').has(null)).toBe(true)
})

test('JavaScript and DuckDB agree on every household', async () => {
  const found = await inDuckDb()
  expect(found.size).toBe(HOUSEHOLDS)
  expect(differences(found)).toEqual([])
})

test('JavaScript and PostgreSQL agree on every household', async () => {
  const found = await registry.owner.connection().execute(async (one) => {
    const run = await inSql(async (statement) => (await sql.raw<Row>(statement).execute(one)).rows, 'postgres')
    return run()
  })
  expect(found.size).toBe(HOUSEHOLDS)
  expect(differences(found)).toEqual([])
})

test.each([
  ['another line', /280000/g, '281000'],
  ['signs not looked at', "then 'needs_verification' else 'eligible'", "then 'eligible' else 'eligible'"],
  ['ties settled otherwise', /= most_money/g, '>= 0'],
  ['needs beside income forgotten', /\+ unmet_count/g, '+ 0'],
])('the comparison notices: %s', async (_, right, wrong) => {
  const found = await inDuckDb((statement) => statement.replaceAll(right, wrong))
  expect(differences(found).length).toBeGreaterThan(0)
})
