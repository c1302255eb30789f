import { describe, expect, test } from 'vitest'
import { compileRule, isRefused } from './check.ts'
import type { RuleSchema } from '../schema.ts'

const schema: RuleSchema = {
  household: {
    size: { type: 'int', min: 1 },
    rooms: { type: 'int' },
    income: { type: 'money', unit: 'yuan/year' },
    pension: { type: 'money', unit: 'yuan/month' },
    area: { type: 'decimal' },
    safe: { type: 'bool' },
    roof: { type: 'choice', choices: ['tile', 'straw'] },
    village: { type: 'text' },
    assets: { type: 'choices', choices: ['car', 'tv'] },
    visit: { type: 'date' },
  },
  lists: { members: { sick: { type: 'bool' }, wage: { type: 'money' }, births: { type: 'int' } } },
  parameters: { line: { type: 'money', unit: 'yuan/year' } },
}

/** code and the refused piece of source of every problem */
const problems = (source: string): string[] => {
  const rule = compileRule(source, schema)
  return isRefused(rule) ? rule.map(({ code, start, end }) => `${code}: ${source.slice(start, end)}`) : []
}

describe('refused, with the place', () => {
  test.each([
    ['', ['rule_syntax: ']],
    ['safe &&', ['rule_syntax: &&']],
    ['safe and safe', ['rule_syntax: and']],
    ['sfe', ['rule_unknown_field: sfe']],
    ['sfe && roof == "tin"', ['rule_unknown_field: sfe', 'rule_unknown_choice: "tin"']],
    ['members.exists(m, m.sik)', ['rule_unknown_field: m.sik']],
    ['line > 3', ['rule_unknown_field: line']],
    ['params.lime > 3', ['rule_unknown_parameter: params.lime']],
    ["'bus' in assets", ["rule_unknown_choice: 'bus'"]],
    ["roof in ['tile', 'tin']", ["rule_unknown_choice: 'tin'"]],
    ["assets == 'car'", ["rule_type: assets == 'car'"]],
    ["visit > '2014-01-01'", ["rule_type: visit > '2014-01-01'"]],
    ["visit > date('2014-02-30')", ["rule_type: date('2014-02-30')"]],
    ['rooms', []],
    ['rooms && safe', ['rule_type: rooms']],
    ['!rooms', ['rule_type: rooms']],
    ['safe ? 1 : "a"', ['rule_type: safe ? 1 : "a"']],
    ['income + rooms > 3', ['rule_type: income + rooms']],
    ['income * income > 3', ['rule_type: income * income']],
    ['income < pension', ['rule_unit: income < pension']],
    ['income < pension * 12', ['rule_unit: income < pension * 12']],
    ['income / rooms > 3', ['rule_maybe_zero_division: rooms']],
    ['income / (size - 1) > 3', ['rule_maybe_zero_division: size - 1']],
    ['rooms > 0 || income / rooms > 3', ['rule_maybe_zero_division: rooms']],
    ['area % 2', ['rule_type: area % 2']],
    ['9999999999999999', ['rule_out_of_range: 9999999999999999']],
    ['rooms == null', ['rule_not_in_profile: null']],
    ['village.matches("a")', ['rule_not_in_profile: village.matches("a")']],
    ['now() > visit', ['rule_not_in_profile: now()']],
    ['members', ['rule_type: members']],
    ['members.filter(m, m.sick)', ['rule_not_in_profile: members.filter(m, m.sick)']],
    ['members[0].sick', ['rule_unknown_field: members[0].sick']],
    ['members.exists(m, m)', ['rule_type: m']],
    ['members.exists(m, m.wage)', ['rule_type: m.wage']],
    ['members.exists(m, members.exists(n, n.sick))', ['rule_not_in_profile: members']],
    ['members.map(m, m.sick).sum()', ['rule_type: members.map(m, m.sick).sum()']],
    ['members.sum()', ['rule_type: members.sum()']],
    ['(safe || sfe) && (safe || sffe)', ['rule_unknown_field: sfe', 'rule_unknown_field: sffe']],
    ['constructor', ['rule_unknown_field: constructor']],
    ['params.constructor > 1', ['rule_unknown_parameter: params.constructor']],
    ["village.toString('a')", ["rule_not_in_profile: village.toString('a')"]],
  ])('%s', (source, expected) => {
    expect(problems(source)).toEqual(expected)
    const rule = compileRule(source, schema)
    for (const { message, hint } of isRefused(rule) ? rule : []) {
      expect(message).toMatch(/[.!]$/)
      expect(hint).toMatch(/\w/)
    }
  })
})

describe('a guarded division is allowed', () => {
  test.each([
    'income / size < params.line',
    'income / 12 < params.line',
    'rooms != 0 && income / rooms < params.line',
    'rooms > 0 && safe && income / rooms < params.line',
    '!(rooms == 0) && income / rooms < params.line',
    'rooms <= 0 || income / rooms < params.line',
    'rooms > 0 ? income / rooms < params.line : false',
    'rooms == 0 ? false : income / rooms < params.line',
    'rooms - size > 0 && income / (rooms - size) < params.line',
    'members.exists(m, m.births > 0 && m.wage / m.births > 3)',
    'size(members) > 0 && income / size(members) > 3',
  ])('%s', (source) => expect(problems(source)).toEqual([]))
})

test('bounds of counts and sums follow from the list and its fields', () => {
  const bounds = (source: string) => {
    const rule = compileRule(source, {
      household: {},
      lists: { plots: { mu: { type: 'decimal', min: 0, max: 50 }, trees: { type: 'int', min: -2, max: 30 } } },
      parameters: {},
    })
    return isRefused(rule) ? rule : [rule.root.lo, rule.root.hi]
  }
  expect(bounds('plots.filter(p, p.trees > 0).size()')).toEqual([0, 1_000_000])
  expect(bounds('plots.map(p, p.trees).sum()')).toEqual([-2_000_000, 30_000_000])
  expect(bounds('plots.map(p, p.mu).sum()')).toEqual([0, 50_000_000])
  // A sum of decimals is exact and as long as it is.
  expect(bounds('plots.map(p, p.mu * 1e6).sum()')).toEqual([0, 50_000_000_000_000])
  // Within fifteen digits by its bounds, so neither back end has to look.
  expect(compileRule('plots.size() * 7', { household: {}, lists: { plots: {} }, parameters: {} })).toMatchObject({
    root: { checked: false },
  })
})

test('the wanted type is checked, and close names are offered', () => {
  expect(compileRule('rooms + 1', schema, 'bool')).toMatchObject([{ code: 'rule_type' }])
  expect(compileRule('rom > 1', schema)).toMatchObject([{ hint: 'Did you mean rooms?' }])
  expect(compileRule("roof == 'tiles'", schema)).toMatchObject([{ hint: "Did you mean 'tile'?" }])
  expect(compileRule("roof == 'concrete'", schema)).toMatchObject([{ hint: "Known: 'tile', 'straw'." }])
  expect(compileRule('members.exists(m, m.grade > 1)', schema)).toMatchObject([
    { hint: 'Known: m.sick, m.wage, m.births.' },
  ])
  expect(compileRule('income / rooms > 3', schema)).toMatchObject([{ hint: expect.stringContaining('d > 0 && x / d') }])
  expect(compileRule("visit > '2014-01-01'", schema)).toMatchObject([{ hint: "Write dates as date('2014-01-01')." }])
})

test('deep and long rules are answered with a problem or a rule, never with an exception', () => {
  expect(problems(`${'('.repeat(3000)}safe${')'.repeat(3000)}`).every((problem) => problem.startsWith('rule_'))).toBe(
    true,
  )
  expect(problems('safe && '.repeat(2000))).toHaveLength(1)
  expect(problems(Array(800).fill('safe').join(' && '))).toEqual([])
  expect(problems(Array(3000).fill('1').join(' + '))).toHaveLength(1)
  const nested = Array(40)
    .fill('? safe : !safe)')
    .reduce((source: string, end: string) => `(${source} ${end}`, 'safe')
  expect(problems(nested)[0]).toMatch(/^rule_not_in_profile/)
  expect(problems(`${'!'.repeat(4000)}safe`).every((problem) => problem.startsWith('rule_'))).toBe(true)
})
