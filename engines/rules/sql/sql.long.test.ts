import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { compileRule, isRefused } from '../check/check.ts'
import { compareBackends } from '../compare/compare.ts'
import { smallestCase } from '../compare/shrink.ts'
import { toSql } from './sql.ts'
import type { RuleSchema } from '../schema.ts'
import type { SqlOptions } from './sql.ts'

const schema: RuleSchema = {
  household: { income: { type: 'money' }, size: { type: 'int', min: 1 } },
  lists: { members: { sick: { type: 'bool' }, wage: { type: 'money' } }, plots: { mu: { type: 'decimal' } } },
  parameters: { line: { type: 'money' } },
}

const rules = (sources: Record<string, string>) =>
  Object.entries(sources).map(([name, source]) => {
    const rule = compileRule(source, schema)
    if (isRefused(rule)) throw new Error(JSON.stringify(rule))
    return { name, rule }
  })

const options: SqlOptions = {
  household_table: 'household',
  list_tables: { members: { table: 'survey.person', key: ['county_code', 'hh'] }, plots: { table: 'plot' } },
  key: ['county_code', 'household_id'],
  parameters: { line: 280_000 },
  reference_date: '2014-12-31',
}

const times = (sql: string, part: string): number => sql.split(part).length - 1

test('a pack is one statement: each list is read once and equal aggregates are shared', () => {
  const pack = rules({
    a: 'members.exists(m, m.sick)',
    b: '!members.exists(m, m.sick) && size > 2',
    c: 'members.exists(p, p.sick) || plots.map(p, p.mu).sum() > 1.0',
  })
  const sql = toSql(pack, 'duckdb', options)
  expect(times(sql, 'from "survey"."person"')).toBe(1)
  expect(times(sql, 'from "plot"')).toBe(1)
  expect(times(sql, 'case when m."f_sick" then cast(')).toBe(1)
  expect(times(sql, 'group by m."county_code", m."household_id"')).toBe(2)
})

test('a partition condition reaches every table, and a list is joined to households only where a rule needs it', () => {
  const alone = toSql(rules({ a: 'members.exists(m, m.wage > params.line)' }), 'postgres', {
    ...options,
    where: "county_code = '36'",
  })
  expect(times(alone, "where county_code = '36'")).toBe(2)
  expect(alone).not.toContain('join h on')
  expect(toSql(rules({ a: 'members.exists(m, m.wage > income)' }), 'postgres', options)).toContain('join h on')
})

test('names and text are quoted, a missing list table and a wrong day are refused', () => {
  const text: RuleSchema = { household: { name: { type: 'text' } }, lists: {}, parameters: {} }
  const rule = compileRule(`name == "o'x"`, text)
  if (isRefused(rule)) throw new Error('refused')
  const sql = toSql([{ name: 'a"b', rule }], 'postgres', options)
  expect(sql).toContain(`'o''x'`)
  expect(sql).toContain(`"a""b"`)
  const pack = rules({ a: 'members.exists(m, m.sick)' })
  expect(() => toSql(pack, 'duckdb', { ...options, list_tables: {} })).toThrow(RangeError)
  const dated = rules({ a: 'reference_date == reference_date' })
  expect(() => toSql(dated, 'duckdb', { ...options, reference_date: '2014-13-01' })).toThrow(RangeError)
})

// Each line is a mistake that a naive translation makes (reference: measured semantics of DuckDB and CEL).
test.each([
  ['whole division', / \/\/ /g, ' / '],
  ['the county left out of a join', /h\."county_code" = (folded_\d)\."county_code"/g, 'true'],
  [
    'unknown items taken as misses',
    /not \(coalesce\(h\.folded_\d_b\d, 0\) & \d+ <> 0\) then false/g,
    'true then false',
  ],
  ['bounds not looked at', /between 0 and (20|1000000000)\b/g, 'is not null'],
  ['no roster taken as an empty one', /coalesce\("(members|plots)_present", false\)/g, 'true'],
])('the comparison of back ends notices: %s', async (_, right, wrong) => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const spoilt = async (sql: string) => (await connection.runAndReadAll(sql.replace(right, wrong))).getRowObjectsJS()
  const result = await compareBackends(spoilt, 'duckdb', 4, 2400)
  expect(result.differences.length).toBeGreaterThan(0)
  // The smallest case still differs, and is smaller.
  const found = result.differences[0]!
  const smallest = await smallestCase({ duckdb: spoilt }, found)
  expect(smallest.answers.duckdb).not.toEqual(smallest.javascript.value)
  expect(smallest.rule.length).toBeLessThanOrEqual(found.rule.length)
  expect(JSON.stringify(smallest.record).length).toBeLessThan(JSON.stringify(found.record).length)
  connection.closeSync()
})

test('a household with more items than promised is unknown, never counted wrong', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const run = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS()
  await run(`create table household as select 1 as county_code, i as household_id from range(1, 12) t(i)`)
  await run(`create table person as select 1 as county_code, i as household_id, u % 2 = 0 as sick, u as wage
    from range(1, 12) t(i), unnest(range(i)) s(u)`)
  const named = rules({
    sick: 'members.filter(m, m.sick).size()',
    well: 'members.filter(m, !m.sick).size()',
    paid: 'members.filter(m, m.wage > 2).size()',
    rich: 'members.filter(m, m.wage > 5).size()',
    any: 'members.exists(m, m.sick)',
    only: 'members.exists_one(m, m.wage == 3)',
  })
  const tables = { household_table: 'household', key: ['county_code', 'household_id'] }
  const ask = async (longest?: number) =>
    run(
      `${toSql(named, 'duckdb', { ...options, ...tables, list_tables: { members: { table: 'person', ...(longest ? { longest } : {}) } } })} order by 2`,
    )
  const plain = await ask()
  expect(await ask(15)).toEqual(plain)
  const cut = await ask(7)
  expect(cut.slice(0, 7)).toEqual(plain.slice(0, 7))
  for (const row of cut.slice(7))
    expect(row).toMatchObject({ sick: null, well: null, paid: null, rich: null, any: true })
  await expect(ask(2 ** 26)).rejects.toThrow(RangeError)
  connection.closeSync()
})
