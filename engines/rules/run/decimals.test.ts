// F74: decimals are exact, a division keeps its fraction, and each function gives what its page says.
import { describe, expect, test } from 'vitest'
import { compileRule, isRefused } from '../check/check.ts'
import { divided, fromNumber, quotient, rescaled } from './exact.ts'
import { evaluator } from './evaluate.ts'
import type { RuleRecord, RuleSchema } from '../schema.ts'

const schema: RuleSchema = {
  household: {
    household_size: { type: 'int', min: 1, max: 30 },
    rooms: { type: 'int', min: 0, max: 50 },
    pension: { type: 'money', min: 0 },
    postcode: { type: 'text' },
    born: { type: 'date' },
    seen: { type: 'date' },
    land: { type: 'decimal', min: 0, max: 1000 },
  },
  lists: {
    members: {
      relation: { type: 'choice', choices: ['head', 'child'] },
      education: { type: 'choice', choices: ['none', 'primary'] },
      birth_date: { type: 'date' },
      wage: { type: 'money', min: 0 },
    },
  },
  parameters: { line: { type: 'money' }, k: { type: 'int', min: 0, max: 10 } },
  parts: { per_head: 'pension / household_size', poor: 'per_head < params.line' },
}

function run(source: string, record: RuleRecord = {}, params: RuleRecord = {}, day = '2015-03-01') {
  const rule = compileRule(source, schema)
  if (isRefused(rule)) throw new Error(`${source}: ${JSON.stringify(rule)}`)
  const { value, missing } = evaluator(rule)(record, params, day)
  return missing.length > 0 ? missing : value
}

describe('exact', () => {
  test.each<[string, RuleRecord, unknown]>([
    ['household_size / rooms > 3', { household_size: 10, rooms: 3 }, true],
    ['pension * 1.1 == 110', { pension: 100 }, true],
    ['pension * 1.1 == money(11) / 10', { pension: 1 }, true],
    ['pension / household_size == 0.5', { pension: 1, household_size: 2 }, true],
    ['pension / household_size', { pension: 5, household_size: 2 }, 3],
    ['pension * -1.1', { pension: 5 }, -6],
    ['0.1 + 0.2', {}, 0.3],
    ['1 / 3', {}, 0.333333333333],
    ['2 / 3 * 3 == 2', {}, false],
    ['2 / 3 == 4 / 6', {}, true],
    ['pension / 3 < params.line / 3', { pension: 1 }, true],
    ['1.005 * 100.0', {}, 100.5],
    ['land * land', { land: 0.123456 }, 0.015241383936],
  ])('%s of %j is %j', (source, record, value) => {
    const guarded = source.includes('/ rooms') ? `rooms > 0 && ${source}` : source
    expect(run(guarded, record, { line: 2 })).toEqual(value)
  })

  // Every tie of 0 to 99,999 fen: doubles are wrong in half of them.
  test('a tie of pension * 1.1 is never missed', () => {
    const rule = compileRule('pension * 1.1 >= params.line * 1.1', schema)
    if (isRefused(rule)) throw new Error('refused')
    const more = compileRule('pension * 1.1 > params.line * 1.1', schema)
    if (isRefused(more)) throw new Error('refused')
    for (let pension = 0; pension < 100_000; pension += 7) {
      expect(evaluator(rule)({ pension }, { line: pension }, '2015-01-01').value).toBe(true)
      expect(evaluator(more)({ pension }, { line: pension }, '2015-01-01').value).toBe(false)
    }
  })
})

describe('functions', () => {
  const members = [
    { relation: 'child', education: 'none', birth_date: '2010-01-01', wage: 0 },
    { relation: 'head', education: 'primary', birth_date: '1980-06-01', wage: 900 },
    { relation: 'child', education: 'none', birth_date: '2008-01-01', wage: 300 },
  ]
  test.each<[string, RuleRecord, unknown]>([
    ['round(2.5)', {}, 3],
    ['round(-2.5)', {}, -3],
    ['round(2.449, 1)', {}, 2.4],
    ['trunc(-7 / 2)', {}, -3],
    ['floor(-7 / 2)', {}, -4],
    ['ceil(-7 / 2)', {}, -3],
    ['floor(-3.2)', {}, -4],
    ['ceil(3.2)', {}, 4],
    ['abs(-3.2)', {}, 3.2],
    ['sqrt(2)', {}, 1.414214],
    ['ln(10)', {}, 2.302585],
    ['exp(1)', {}, 2.718282],
    ['exp(20)', {}, 485165195],
    ['age(born)', { born: '2000-02-29' }, 15],
    ["age(born, date('2010-02-28'))", { born: '2000-02-29' }, 9],
    ['age_months(born)', { born: '2014-10-02' }, 4],
    ['age_months(born)', { born: '2015-01-31' }, 1],
    ["age_months(born, date('2015-02-28'))", { born: '2015-01-31' }, 0],
    ['age_months(born)', { born: '2015-03-02' }, ['born']],
    ['year(born) * 100 + month(born)', { born: '2014-10-02' }, 201410],
    ['day(born)', { born: '2014-10-02' }, 2],
    ['members.map(m, m.wage).average()', { members }, 400],
    ['members.map(m, m.wage).average()', { members: [] }, ['#empty_list']],
    ['members.map(m, m.wage).median()', { members }, 300],
    ['members.map(m, m.wage).median()', { members: members.slice(1) }, 600],
    ['members.map(m, m.wage).largest(2).sum()', { members }, 1200],
    ['members.map(m, m.wage).smallest(params.k).sum()', { members }, 300],
    ['members.map(m, m.education).distinct().size()', { members }, 2],
    ["the(members, m, m.relation == 'head').education", { members }, 'primary'],
    ["the(members, m, m.relation == 'child').education", { members }, ['#several_items']],
    ["members.filter(m, m.relation == 'head').only().wage", { members: [] }, ['#empty_list']],
    ['members.sortBy(m, m.birth_date).map(m, m.wage).first()', { members }, 900],
    ['members.sortBy(m, m.birth_date).map(m, m.wage).last()', { members }, 0],
    ["postcode.substring(0, 2) == '36'", { postcode: '3608' }, true],
    ["postcode.substring(0, 2) == '36'", { postcode: '3' }, ['#out_of_range']],
    ['postcode.lowerAscii()', { postcode: 'ÄB' }, 'Äb'],
    ['cel.bind(x, pension / 12, x > 1 && x < 3)', { pension: 24 }, true],
    ['per_head < 3 && poor', { pension: 4, household_size: 2 }, true],
  ])('%s of %j is %j', (source, record, value) => expect(run(source, record, { k: 2, line: 3 })).toEqual(value))
})

describe('refused, with what to write instead', () => {
  test.each([
    ['members[0].wage', 'the(members'],
    ['members.first()', 'sortBy'],
    ['ln(rooms)', 'ln(max(x, 1))'],
    ['sqrt(rooms - 3)', 'sqrt(max(x, 0))'],
    ['exp(rooms)', 'exp(min(x, 20))'],
    ['round(land, rooms)', 'round(x, 2)'],
    ['pension / rooms', 'd > 0'],
    ['medain(pension)', 'median'],
    ['members.map(m, m.wage).largest(2).max()', ''],
    ['double(pension) * double(pension) * double(pension)', 'round'],
  ])('%s', (source, hint) => {
    const rule = compileRule(source, schema)
    if (!isRefused(rule)) throw new Error('compiled')
    expect(`${rule[0]!.message} ${rule[0]!.hint}`).toContain(hint)
    expect(rule[0]!.end).toBeGreaterThan(rule[0]!.start)
  })

  test('a division where a whole number is wanted says how to get one', () => {
    expect(compileRule('rooms / 2', schema, 'int')).toMatchObject([{ hint: expect.stringContaining('trunc(x)') }])
  })

  test('months and years do not compare', () => {
    const months = { ...schema, household: { ...schema.household, stay: { type: 'int' as const, unit: 'years' } } }
    expect(compileRule('age_months(born) > stay', months)).toMatchObject([{ code: 'rule_unit' }])
  })

  test('names that stand for more than themselves are within the budget', () => {
    const doubled = Array.from({ length: 40 }).reduce<string>(
      (inner, _, n) => `cel.bind(y${39 - n}, ${n === 39 ? 'rooms' : `y${38 - n} + y${38 - n}`}, ${inner})`,
      'y39 > 0',
    )
    expect(compileRule(doubled, schema)).toMatchObject([{ code: expect.stringMatching(/^rule_/) }])
    const parts = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`p${n}`, n === 0 ? 'rooms' : `p${n - 1} + p${n - 1}`]),
    )
    expect(compileRule('p39 > 0', { ...schema, parts })).toMatchObject([{ code: 'rule_not_in_profile' }])
  })
})

test('whole arithmetic behind it agrees with big integers', () => {
  expect(divided(7, 2, 'round')).toBe(4)
  expect(divided(-7, 2, 'round')).toBe(-4)
  expect(divided(10n ** 30n, 3, 'floor')).toBe(10n ** 30n / 3n)
  expect(quotient(1, 0, 3, 0, 12, 'round')).toBe(333_333_333_333)
  expect(rescaled(125, 2, 1)).toBe(13)
  expect(fromNumber(0.1, 6)).toBe(100_000)
  expect(fromNumber(1e-7, 7)).toBe(1)
})
