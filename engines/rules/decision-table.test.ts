// F74: a decision table is a rule; gaps, overlaps and rows that are never reached are found, with a record that shows it.
import { expect, test } from 'vitest'
import { compileRule, isRefused } from './check/check.ts'
import { checkTable, tableSource } from './decision-table.ts'
import { evaluator } from './run/evaluate.ts'
import type { DecisionTable } from './decision-table.ts'
import type { RuleRecord, RuleSchema } from './schema.ts'

const schema: RuleSchema = {
  household: {
    size: { type: 'int', min: 1, max: 30 },
    walls: { type: 'choice', choices: ['kucha', 'mixed', 'pucca'] },
    income: { type: 'money', min: 0 },
  },
  lists: { members: { pregnant: { type: 'bool' } } },
  parameters: {},
}

const grant: DecisionTable = {
  columns: ['size', 'walls'],
  rows: [
    { when: ['<= 2', '-'], give: 'money(10000)' },
    { when: ['>= 3 and <= 5', "in ['kucha', 'mixed']"], give: 'money(20000)' },
    { when: ['>= 3 and <= 5', "'pucca'"], give: 'money(15000)' },
    { when: ['> 5', '-'], give: 'money(30000)' },
  ],
  hit: 'unique',
}

const given = (table: DecisionTable, record: RuleRecord) => {
  const rule = compileRule(tableSource(table), schema)
  if (isRefused(rule)) throw new Error(JSON.stringify(rule))
  return evaluator(rule)(record, {}, '2014-12-31').value
}

test('a table without gaps or overlaps gives its rows’ values', () => {
  expect(checkTable(grant, schema)).toEqual([])
  expect(given(grant, { size: 1 })).toBe(10000)
  expect(given(grant, { size: 4, walls: 'mixed' })).toBe(20000)
  expect(given(grant, { size: 4, walls: 'pucca' })).toBe(15000)
  expect(given(grant, { size: 9, walls: 'pucca' })).toBe(30000)
  expect(given(grant, { size: 4 })).toBe(null)
  expect(given({ ...grant, rows: grant.rows.slice(0, 2), hit: 'first', otherwise: 'money(0)' }, { size: 9 })).toBe(0)
})

test('a gap, an overlap and a row that is never reached are told with their rows', () => {
  const gap = checkTable({ ...grant, rows: grant.rows.slice(0, 3) }, schema)
  expect(gap).toMatchObject([{ code: 'table_gap', message: expect.stringMatching(/"size":\d+/) }])
  const wide = grant.rows.with(0, { when: ['<= 3', '-'], give: 'money(1)' })
  expect(checkTable({ ...grant, rows: wide }, schema)).toMatchObject([
    { code: 'table_overlap', rows: [1, 2], message: expect.stringContaining('"size":3') },
    { code: 'table_overlap', rows: [1, 3] },
  ])
  const late = [...grant.rows, { when: ['7', '-'], give: 'money(2)' }]
  expect(checkTable({ ...grant, hit: 'first', rows: late }, schema)).toMatchObject([
    { code: 'table_unreached', rows: [5] },
  ])
})

test('cells that are no rule and rows of another length are told with their row', () => {
  const row = (when: string[]) => checkTable({ ...grant, rows: [{ when, give: '1' }] }, schema)
  expect(row(['< 3', "'brick'"])).toMatchObject([
    { code: 'table_cell', rows: [1], message: expect.stringContaining('brick') },
  ])
  expect(row(['< 3'])).toMatchObject([{ code: 'table_shape', rows: [1] }])
  expect(checkTable({ ...grant, rows: [] }, schema)).toMatchObject([{ code: 'table_shape' }])
})
