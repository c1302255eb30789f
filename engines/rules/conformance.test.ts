import { DuckDBInstance } from '@duckdb/node-api'
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileRule, isRefused } from './check.ts'
import { DIALECTS, sqlLiteral } from './dialect.ts'
import { evaluator } from './evaluate.ts'
import { toSql } from './sql.ts'
import type { DialectName } from './dialect.ts'
import type { FieldType, RuleRecord, RuleSchema } from './schema.ts'
import type { CompiledRule, RuleProblem } from './tree.ts'

// The suite's cases as JSON: cel.expr.conformance.test.SimpleTest.
type Json = Record<string, unknown>
type Suite = { name: string; suites?: Suite[]; tests?: { original: Json }[] }
type Case = {
  path: string
  source: string
  rule: CompiledRule
  record: RuleRecord
  schema: RuleSchema
  expected: unknown
}

/** What the profile covered when this was last looked at; it may grow, never shrink. */
const INSIDE_AT_LEAST = 311

const KINDS: Record<string, { type: FieldType['type']; read: (value: unknown) => unknown }> = {
  boolValue: { type: 'bool', read: (value) => value },
  int64Value: { type: 'int', read: Number },
  doubleValue: { type: 'decimal', read: Number },
  stringValue: { type: 'text', read: (value) => value },
}

function scalar(value: unknown): { type: FieldType['type']; value: unknown } | undefined {
  const [name, content] = Object.entries((value ?? {}) as Json)[0] ?? []
  const kind = name === undefined ? undefined : KINDS[name]
  return kind && { type: kind.type, value: kind.read(content) }
}

/** The case as a rule of the profile, or the reason why it lies outside. */
function place(path: string, original: Json): Case | string {
  const source = String(original.expr)
  if (original.evalError ?? original.anyEvalErrors)
    return 'expects an error: the profile refuses the rule or says unknown'
  if (original.unknown ?? original.anyUnknowns) return 'expects unknown attributes by node id'
  if (original.checkOnly) return 'only checked for a type'
  if (original.container) return 'needs a container (qualified names)'
  if (original.disableMacros) return 'turns macros off'
  const wanted = original.typedResult ? (original.typedResult as Json).result : (original.value ?? { boolValue: true })
  const expected = scalar(wanted)
  if (expected === undefined) return 'gives a list, map, message, bytes, uint, null, type or timestamp'
  const schema: RuleSchema = { household: {}, lists: {}, parameters: {} }
  const record: RuleRecord = {}
  for (const [name, binding] of Object.entries((original.bindings ?? {}) as Record<string, Json>)) {
    const bound = scalar(binding.value)
    if (bound === undefined) return 'binds a list, map, message, bytes, uint, null or timestamp'
    if (typeof bound.value === 'string' && bound.value.includes('\0')) return 'binds text with a zero character'
    schema.household[name] = { type: bound.type }
    record[name] = bound.value
  }
  const rule = compileRule(source, schema)
  if (isRefused(rule)) return reasonOf(rule[0]!)
  return { path, source, rule, record, schema, expected: expected.value }
}

function reasonOf({ code, message }: RuleProblem): string {
  if (code === 'rule_unknown_field') return 'names an extension library (math, cel, strings, optional) or a namespace'
  if (code === 'rule_syntax') return 'optional syntax and back-quoted names'
  if (code === 'rule_type') return 'a type the profile does not convert or order (text to number, bool < bool)'
  if (/^\w+ is not in the profile/.test(message)) return 'a function outside the profile (dyn, timestamp, matches, ...)'
  return `${code}: ${message}`
}

const inside: Case[] = []
const failing: Json[] = []
const outside = new Map<string, number>()
const collect = (suite: Suite, path: string): void => {
  for (const { original } of suite.tests ?? []) {
    if (original.evalError) failing.push(original)
    const placed = place(`${path}/${String(original.name ?? original.expr)}`, original)
    if (typeof placed === 'string') outside.set(placed, (outside.get(placed) ?? 0) + 1)
    else inside.push(placed)
  }
  for (const inner of suite.suites ?? []) collect(inner, `${path}/${inner.name}`)
}
collect(tests as unknown as Suite, '')

function statement({ rule, record, schema }: Case, dialect: DialectName): string {
  const literals = Object.entries(schema.household).map(
    ([name, { type }]) => `${sqlLiteral(record[name], type, DIALECTS[dialect])} as "${name}"`,
  )
  const household_table = `(select ${["cast('a' as text) as county_code", ...literals].join(', ')}) as one`
  const options = {
    household_table,
    list_tables: {},
    key: ['county_code'],
    parameters: {},
    reference_date: '2014-01-01',
  }
  return toSql([{ name: 'result', rule }], dialect, options)
}

describe('cel-spec conformance cases inside the profile', () => {
  test('the count of cases inside does not shrink; those outside are counted by reason', () => {
    const rows = [...outside].sort((a, b) => b[1] - a[1]).map(([reason, cases]) => ({ cases, reason }))
    console.table([{ cases: inside.length, reason: 'INSIDE' }, ...rows])
    expect(inside.length).toBeGreaterThanOrEqual(INSIDE_AT_LEAST)
  })

  test('the evaluator gives the expected value in every case inside', () => {
    const wrong = inside.flatMap(({ path, source, rule, record, expected }) => {
      const outcome = evaluator(rule)(record, {}, '2014-01-01')
      return outcome.value === expected ? [] : [{ path, source, outcome, expected }]
    })
    expect(wrong).toEqual([])
  })

  test('a case that expects an error is refused or unknown, never answered', () => {
    const answered = failing.flatMap((original) => {
      const rule = compileRule(String(original.expr), { household: {}, lists: {}, parameters: {} })
      return isRefused(rule) || evaluator(rule)({}, {}, '2014-01-01').unknown ? [] : [original.expr]
    })
    expect(failing.length).toBeGreaterThan(200)
    expect(answered).toEqual([])
  })

  test('DuckDB gives the expected value in every case inside', async () => {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    const runSql = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
    expect(await wrongIn('duckdb', runSql)).toEqual([])
    connection.closeSync()
  })

  describe.skipIf(process.env.DATABASE_URL === undefined)('in PostgreSQL (needs DATABASE_URL)', () => {
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
    beforeAll(() => client.connect())
    afterAll(() => client.end())
    test('PostgreSQL gives the expected value in every case inside', async () => {
      const runSql = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows
      expect(await wrongIn('postgres', runSql)).toEqual([])
    })
  })
})

async function wrongIn(dialect: DialectName, runSql: (sql: string) => Promise<Record<string, unknown>[]>) {
  const wrong: unknown[] = []
  for (const each of inside) {
    const sql = statement(each, dialect)
    const result = await runSql(sql).then(
      ([row]) => row?.result,
      (error: unknown) => String(error),
    )
    const got = typeof each.expected === 'number' ? Number(result) : result
    if (got !== each.expected) wrong.push({ path: each.path, source: each.source, got, expected: each.expected, sql })
  }
  return wrong
}
