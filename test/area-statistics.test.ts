// F74: figures of areas as dated parameters, computed in both databases to the same digit and read by all evaluators.
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { areaStatisticsSql, computedValues, type AreaStatistic } from '#engines/rules/area-statistics.ts'
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import type { RunSql } from '#engines/rules/compare/compare.ts'
import { evaluator } from '#engines/rules/run/evaluate.ts'
import { parametersAt } from '#engines/rules/parameters.ts'
import { pick, seeded } from '#engines/rules/compare/random.ts'
import { emptyDatabase, settingsOf } from '#registry/testing/testing.ts'

let duckdb: RunSql
let postgres: RunSql
let close: () => Promise<void>

beforeAll(async () => {
  const { options, drop } = await emptyDatabase()
  const client = new pg.Client(settingsOf(new URL(options.database_url!)))
  await client.connect()
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  duckdb = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
  postgres = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows
  close = async () => {
    connection.closeSync()
    await client.end()
    await drop()
  }
})
afterAll(() => close())

const statistics: AreaStatistic[] = [
  { name: 'median_income', of: 'income', kind: 'money', statistic: 'median' },
  { name: 'mean_income', of: 'income', kind: 'money', statistic: 'mean' },
  { name: 'poorest_tenth', of: 'income', kind: 'money', statistic: 'percentile', percent: 10 },
  { name: 'cutoff', of: 'score', kind: 'decimal', statistic: 'quota', places: 3, least: 4 },
  { name: 'mean_score', of: 'score', kind: 'decimal', statistic: 'mean' },
]

test('both databases compute the same, and a rule reads it with its day; an area without it is unknown', async () => {
  const random = seeded(60)
  const rows = Array.from({ length: 400 }, (_, n) => ({
    area: pick(random, ['360881001', '360881002', '330100001', '440000009']),
    income: random() < 0.1 ? null : Math.floor(random() * 100_000) - 20_000,
    score: n % 9 === 0 ? null : Math.round(random() * 1e7) / 1e6,
  })).filter(({ area }, n) => area !== '440000009' || n < 12)
  const values = rows
    .map(({ area, income, score }) => `('${area}', ${income ?? 'null'}, ${score ?? 'null'})`)
    .join(', ')
  const answers = []
  for (const [run, dialect] of [
    [duckdb, 'duckdb'],
    [postgres, 'postgres'],
  ] as const) {
    await run('create temporary table area_households (area_code text, income bigint, score double precision)')
    await run(`insert into area_households values ${values}`)
    const tables = { household_table: 'area_households', area: 'substr(area_code, 1, 6)' }
    const found = await run(areaStatisticsSql(statistics, dialect, tables))
    answers.push(found.map((row) => ({ ...row, value: Number(row.value), households: Number(row.households) })))
  }
  expect(answers[0]).toEqual(answers[1])
  const incomes = rows.flatMap(({ area, income }) => (area.startsWith('360881') && income !== null ? [income] : []))
  const sorted = incomes.toSorted((a, b) => a - b)
  const computed = computedValues(answers[0]!, '2014-07-01', 'computed from the survey')
  const find = (name: string) => computed[name]!.find(({ area }) => area === '360881')!.value
  expect(find('median_income')).toBe(sorted[Math.ceil(sorted.length / 2) - 1])
  expect(find('poorest_tenth')).toBe(sorted[Math.ceil(sorted.length / 10) - 1])

  const rule = compileRule('income * 10 < params.median_income * 6', {
    household: { income: { type: 'money' } },
    lists: {},
    parameters: { median_income: { type: 'money' } },
  })
  if (isRefused(rule)) throw new Error(JSON.stringify(rule))
  const parameters = [{ name: 'median_income', type: 'money' as const, values: computed['median_income']! }]
  const ask = (area: string, date: string, income: number) =>
    evaluator(rule)({ income }, parametersAt(parameters, date, area).values, date)
  const line = Math.floor((Number(find('median_income')) * 6) / 10)
  expect(ask('360881001', '2014-12-31', line - 1).value).toBe(true)
  expect(ask('360881001', '2014-12-31', line + 1).value).toBe(false)
  expect(ask('360881001', '2014-06-30', line - 1)).toMatchObject({ unknown: true, missing: ['params.median_income'] })
  expect(ask('110000001', '2014-12-31', line - 1)).toMatchObject({ unknown: true })
})

test('a percent or a place out of range is refused', () => {
  const tables = { household_table: 'x', area: 'a' }
  const one = (statistic: AreaStatistic) => () => areaStatisticsSql([statistic], 'duckdb', tables)
  expect(one({ name: 'a', of: 'b', kind: 'int', statistic: 'percentile', percent: 101 })).toThrow(RangeError)
  expect(one({ name: 'a', of: 'b', kind: 'int', statistic: 'quota', places: 0 })).toThrow(RangeError)
  expect(() => computedValues([], '2014-02-30', 's')).toThrow(RangeError)
})
