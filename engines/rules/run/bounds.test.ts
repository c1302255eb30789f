// F74: what is still unknown decides nothing where no answer within the declared bounds could change the result.
import { describe, expect, test } from 'vitest'
import { compileRule, isRefused } from '../check/check.ts'
import { tryCompletions } from '../compare/completions.ts'
import { evaluator } from './evaluate.ts'
import { explain } from '../explain.ts'
import type { RuleRecord, RuleSchema } from '../schema.ts'

const schema: RuleSchema = {
  household: {
    size: { type: 'int', min: 1, max: 30 },
    rooms: { type: 'int', min: 0, max: 50 },
    urban: { type: 'bool' },
    income: { type: 'money', min: 0 },
    land: { type: 'decimal', min: 0, max: 1000 },
    region: { type: 'text' },
  },
  lists: {
    members: { sick: { type: 'bool' }, wage: { type: 'money', min: 0 }, level: { type: 'int', min: 0, max: 9 } },
  },
  parameters: { line: { type: 'money', min: 0 } },
}

function run(source: string, record: RuleRecord = {}, params: RuleRecord = {}) {
  const rule = compileRule(source, schema)
  if (isRefused(rule)) throw new Error(`${source}: ${JSON.stringify(rule)}`)
  return evaluator(rule)(record, params, '2015-03-01')
}

describe('decided by bounds', () => {
  const members = [{ wage: 500, sick: true, level: 3 }, { sick: null }, {}]
  test.each<[string, RuleRecord, unknown]>([
    ['size < 31', {}, true],
    ['size < 30', {}, null],
    ['rooms > 50', {}, false],
    ['members.map(m, m.wage).sum() >= 500', { members }, true],
    ['members.map(m, m.wage).sum() > 500', { members }, null],
    ['members.map(m, m.level).sum() <= 21', { members }, true],
    ['members.map(m, m.level).sum() <= 20', { members }, null],
    ['members.filter(m, m.sick).map(m, m.level).sum() >= 3', { members }, true],
    ['members.filter(m, m.sick).map(m, m.level).max() >= 3', { members }, true],
    ['members.filter(m, m.sick).map(m, m.level).min() <= 3', { members }, true],
    ['members.filter(m, m.level > 5).map(m, m.level).min() >= 0', { members: [{}] }, null],
    ['(urban ? 2 : 3) + rooms >= 2', {}, true],
    ['(urban ? 2 : 3) + rooms > 2', {}, null],
    ['7.9 + (urban ? 0.21 : 0.0) - 0.12 * double(size) > 10.0', {}, false],
    ['7.9 + (urban ? 0.21 : 0.0) - 0.12 * double(size) > 4.2', {}, true],
    ['7.9 + (urban ? 0.21 : 0.0) - 0.12 * double(size) > 4.4', {}, null],
    ['income / size <= params.line', { income: 100 }, true],
    ['income / size > params.line', { income: 100 }, false],
    ['income / size < params.line', { income: 2999 }, null],
    ['income / size < params.line', { income: 3000 }, false],
    ['urban ? income < 5 : income < 5', { income: 3 }, true],
    ["urban ? region == 'a' : region == 'b'", { region: 'c' }, false],
    ['min(rooms, 4) + 1 <= 5', {}, true],
    ['max(rooms, 4) >= 4', {}, true],
    ['rooms % 3 < 3', {}, true],
    ['members.size() >= 0', {}, true],
    ['round(land, 1) <= 1000.0', {}, true],
    ['sqrt(size) < 5.48', {}, true],
    ['ln(size) >= 0.0', {}, true],
  ])('%s of %j is %j', (source, record, value) => {
    expect(run(source, record, { line: 100 }).value).toBe(value)
  })

  test('a number is known where its range has closed', () => {
    expect(run('min(members.filter(m, m.sick).size(), 1) * 90', { members })).toMatchObject({ value: 90 })
    expect(run('urban ? 3 : 3')).toMatchObject({ value: 3 })
    expect(run('urban ? 3 : 4')).toMatchObject({ unknown: true, missing: ['urban'] })
  })

  test('what never has a value is not decided by its bounds', () => {
    expect(run('members.map(m, m.level).max() >= 0', { members: [] })).toMatchObject({ missing: ['#empty_list'] })
    expect(run('members.map(m, m.level).average() >= 0', { members: [] })).toMatchObject({ missing: ['#empty_list'] })
    expect(run('income * 1000 * size > 0', { income: 9_999_999_999_999, size: 30 }).missing).toEqual(['#out_of_range'])
  })
})

test('reasons say what is missing and no longer matters, and where a number lies', () => {
  const rule = compileRule('members.filter(m, m.sick).size() >= 1 && rooms + 2 > 1 && size > 2', schema)
  if (isRefused(rule)) throw new Error(JSON.stringify(rule))
  const shown = explain(rule, { size: 3, members: [{ sick: true }, {}, { sick: null }] }, {}, '2015-03-01')
  expect(shown).toMatchObject({ state: 'true', missing: [] })
  expect(shown.clauses[0]).toMatchObject({
    state: 'true',
    missing: [],
    immaterial: ['members[1].sick', 'members[2].sick'],
    spans: [{ source: 'members.filter(m, m.sick).size()', least: 1, most: 3 }],
  })
  expect(shown.clauses[1]).toMatchObject({
    immaterial: ['rooms'],
    spans: [{ source: 'rooms + 2', least: 2, most: 52 }],
  })
  expect(shown.clauses[2]).toMatchObject({ immaterial: [], spans: [] })
})

test('no completion within the bounds changes an answer that is called decided', () => {
  const { known, decided, changed } = tryCompletions(74, 8000, 5)
  expect(changed).toEqual([])
  expect(known).toBeGreaterThan(2500)
  expect(decided).toBeGreaterThan(100)
})
