import { describe, expect, test } from 'vitest'
import { compileRule, isRefused } from '../check/check.ts'
import { contradictions } from './contradict.ts'
import { evaluator } from '../run/evaluate.ts'
import {
  pick,
  RANDOM_SCHEMA,
  randomParameters,
  randomRecord,
  randomRule,
  REFERENCE_DATES,
  seeded,
} from '../compare/random.ts'
import { refuted } from './refute.ts'
import { findWitness } from './witness.ts'
import type { Claims } from './contradict.ts'
import type { RuleSchema } from '../schema.ts'

const schema: RuleSchema = {
  household: {
    x: { type: 'int', min: 0, max: 100 },
    y: { type: 'int', min: 0, max: 100 },
    share: { type: 'decimal', min: 0, max: 1 },
    income: { type: 'money' },
    sex: { type: 'choice', choices: ['male', 'female'] },
    village: { type: 'text' },
    safe: { type: 'bool' },
    assets: { type: 'choices', choices: ['car', 'tv'] },
    visit: { type: 'date' },
  },
  lists: { members: { years: { type: 'int', min: 0, max: 120 }, sick: { type: 'bool' } } },
  parameters: { line: { type: 'money', min: 1 }, upper: { type: 'money', min: 1 } },
}

const named = (sources: Record<string, string>) =>
  Object.entries(sources).map(([name, source]) => {
    const rule = compileRule(source, schema, 'bool')
    if (isRefused(rule)) throw new Error(`${source}: ${rule[0]!.message}`)
    return { name, rule }
  })
const found = (sources: Record<string, string>, claims?: Claims) => contradictions(named(sources), schema, claims)
const codes = (source: string) =>
  found({ a: source }).map(({ code, start, end }) => `${code.replace('rule_', '')}: ${source.slice(start, end)}`)

describe('one rule', () => {
  test.each([
    ['x > 5 && x < 3', ['never_true: x > 5 && x < 3']],
    ['safe && x > 5 && x < 3', ['never_true: x > 5 && x < 3']],
    ['x > 5 && x < 6', ['never_true: x > 5 && x < 6']],
    ["sex == 'male' && sex == 'female'", ["never_true: sex == 'male' && sex == 'female'"]],
    ["sex != 'male' && sex != 'female'", ["never_true: sex != 'male' && sex != 'female'"]],
    ["sex in ['male', 'female']", ["never_false: sex in ['male', 'female']"]],
    ['x > 100', ['never_true: x > 100']],
    ['x >= 0', ['never_false: x >= 0']],
    ['x + 1 > x', ['never_false: x + 1 > x']],
    ['x * 2 == 7', ['never_true: x * 2 == 7']],
    ['x < y && y < x', ['never_true: x < y && y < x']],
    ['x - y > 0 && y >= x', ['never_true: x - y > 0 && y >= x']],
    ['x == y && x != y', ['never_true: x == y && x != y']],
    ['x > 60 && y < 40 && x < y', ['never_true: x > 60 && y < 40 && x < y']],
    ['income < params.line && income >= params.line', ['never_true: income < params.line && income >= params.line']],
    ['income < 1 && income >= params.line', ['never_true: income < 1 && income >= params.line']],
    ['share > 0.5 && share < 0.5', ['never_true: share > 0.5 && share < 0.5']],
    ['safe && !safe', ['never_true: safe && !safe']],
    ['safe || !safe', ['never_false: safe || !safe']],
    ['safe == true && safe != true', ['never_true: safe == true && safe != true']],
    ['!has(x) && x > 3', ['never_true: !has(x) && x > 3']],
    ['x in [1, 2] && x > 2', ['never_true: x in [1, 2] && x > 2']],
    ["visit < date('2014-01-01') && visit > date('2014-06-01')", ['never_true: visit']],
    ["'car' in assets && !('car' in assets)", ["never_true: 'car' in assets"]],
    ["village == 'a' && village == 'b'", ["never_true: village == 'a'"]],
    ['members.exists(m, m.years > 60 && m.years < 6)', ['never_true: members.exists']],
    ['members.exists(m, m.sick) && members.all(m, !m.sick)', ['never_true: members.exists']],
    ['members.exists(m, m.years < x) && x < 1', ['never_true: members.exists']],
    ['members.size() == 0 && members.exists(m, m.sick)', ['never_true: members.size()']],
    ['members.filter(m, m.sick).size() > members.size()', ['never_true: members.filter']],
    ['members.filter(m, m.sick).size() > 0 && members.all(m, !m.sick)', ['never_true: members.filter']],
    ['members.map(m, m.years).sum() < 0', ['never_true: members.map']],
    ['(x > 5 ? safe : !safe) && x > 7 && !safe', ['never_true: x > 5']],
    ['age(visit) < 0', ['never_true: age(visit) < 0']],
    ['x > 3 && x > 1', ['clause_implied: x > 1']],
    ['x > 1 || x > 3', ['clause_implied: x > 3']],
    ['x > 3 && x > 3', ['clause_implied: x > 3']],
    ["sex == 'male' && sex != 'female'", ["clause_implied: sex != 'female'"]],
    ['members.exists(m, m.years > 60 && m.years > 16)', ['clause_implied: m.years > 16']],
  ])('%s', (source, expected) => {
    const short = codes(source).map((each, index) => each.slice(0, expected[index]?.length))
    expect(short).toEqual(expected)
  })

  test.each([
    'x > 3 && x < 5',
    'x > 3 && x < 5 || x == 7',
    'has(x) && x > 3',
    '!has(x) || x > 3',
    'true',
    'false',
    'share > 0.1 && share < 0.3',
    'share * 3.0 < 0.1 && share > 0.03',
    'income < params.line && income < params.upper',
    'members.exists(m, m.years < 6) && members.exists(m, m.years > 60)',
    'members.all(m, m.sick) && members.all(m, !m.sick)',
    'members.exists_one(m, m.sick) && members.exists(m, m.sick)',
    'x in [1, 2] && y in [2, 3] && x == y',
    'income / 7 > 3 && income < 30',
    'safe && x > 1 || !safe && x < 1',
  ])('nothing wrong with: %s', (source) => expect(codes(source)).toEqual([]))

  test('the message names what excludes what, and there is a hint', () => {
    expect(found({ a: 'safe && x > 5 && x < 3' })).toMatchObject([
      {
        message: 'This can never be true: "x > 5" and "x < 3" exclude each other.',
        hint: expect.stringContaining('<'),
      },
    ])
  })

  test('a very branchy rule is given up, not answered wrongly, and in time', () => {
    const clause = (index: number) => `(x == ${index} || y == ${index} || share > 0.${index + 1})`
    const source = `${Array.from({ length: 40 }, (_, index) => clause(index)).join(' && ')} && x != y`
    const began = process.cpuUsage()
    expect(codes(source)).toEqual([])
    // Processor time, not the clock: a busy machine is no fault of the rule. A quiet one takes well under a second.
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(5)
  })
})

describe('several rules', () => {
  const claims: Claims = { exclusive: [['poor', 'not_poor']] }

  test('exclusive rules that are both true are told with a record that shows it', () => {
    const rules = {
      poor: 'income < params.line || members.exists(m, m.sick)',
      not_poor: 'income >= params.line && safe',
    }
    const [problem, ...others] = found(rules, claims)
    expect(others).toEqual([])
    expect(problem).toMatchObject({ code: 'rule_both_true', rule: 'not_poor', others: ['poor'] })
    const { record, params, reference_date } = problem!.witness!
    for (const { rule } of named(rules)) expect(evaluator(rule)(record, params, reference_date).value).toBe(true)
    expect(problem!.message).toContain('"sick":true')
  })

  test('exclusive rules that do exclude each other are left alone', () => {
    expect(found({ poor: 'x < 5 || !safe', not_poor: 'x >= 5 && safe' }, claims)).toEqual([])
  })

  test('rules that must be able to hold together and cannot', () => {
    const rules = { a: 'safe', b: 'x > 50 || y > 50', c: 'x <= 50 && y < 20' }
    expect(found(rules, { together: [['a', 'b', 'c']] })).toMatchObject([
      { code: 'rule_never_together', rule: 'b', others: ['c'] },
    ])
    expect(found({ a: 'safe', b: 'x > 50' }, { together: [['a', 'b']] })).toEqual([])
  })

  test('a claim about a rule that is not there is a mistake of the caller', () => {
    expect(() => found({ a: 'safe' }, { together: [['a', 'b']] })).toThrow(RangeError)
  })
})

test('no false alarm: what is refuted is never seen, what is witnessed is', () => {
  const random = seeded(11)
  const records = Array.from({ length: 150 }, () => {
    const reference_date = pick(random, REFERENCE_DATES)
    return [randomRecord(random, reference_date), randomParameters(random), reference_date] as const
  })
  let never = 0
  let witnessed = 0
  for (let round = 0; round < 1200; round++) {
    const source = randomRule(random, 'bool', 1 + Math.floor(random() * 3))
    const rule = compileRule(source, RANDOM_SCHEMA, 'bool')
    if (isRefused(rule)) continue
    const run = evaluator(rule)
    for (const truth of [true, false]) {
      const goals = [{ node: rule.root, truth }]
      if (refuted(goals, RANDOM_SCHEMA)) {
        never++
        const seen = records.find((given) => run(...given).value === truth)
        if (seen) throw new Error(`${source} is ${truth} for ${JSON.stringify(seen)}`)
      } else if (round % 10 === 0) {
        const witness = findWitness(goals, RANDOM_SCHEMA, { reference_date: '2014-12-31', tries: 300 })
        if (!witness) continue
        witnessed++
        expect(run(witness.record, witness.params, witness.reference_date).value).toBe(truth)
      }
    }
  }
  expect(never).toBeGreaterThan(100)
  expect(witnessed).toBeGreaterThan(100)
})

test('no false alarm where every record can be looked at, and most of what is impossible is found', () => {
  const small: RuleSchema = {
    household: {
      x: { type: 'int', min: 0, max: 3 },
      y: { type: 'int', min: 0, max: 3 },
      d: { type: 'decimal', min: 0, max: 1 },
      c: { type: 'choice', choices: ['p', 'q'] },
      b: { type: 'bool' },
    },
    lists: {},
    parameters: {},
  }
  const random = seeded(5)
  const sign = () => pick(random, ['<', '<=', '>', '>=', '==', '!='])
  const whole = () => pick(random, ['x', 'y', 'x + y', 'x - y', '2 * x', 'x * 3 - y', '1', '2', '3', '-1'])
  const atom = (): string =>
    pick(random, [
      () => `${whole()} ${sign()} ${whole()}`,
      () => `${whole()} ${sign()} ${whole()}`,
      () => `d ${sign()} ${pick(random, ['0.0', '0.25', '0.5', '1.0', 'double(x)', 'double(y)'])}`,
      () => `x ${sign()} d`,
      () => `x in [${pick(random, ['1', '1, 2', 'y', '0, y'])}]`,
      () => `c ${pick(random, ['==', '!='])} '${pick(random, ['p', 'q'])}'`,
      () => pick(random, ['b', '!b', 'has(x)', '!has(y)', 'b == (x > 1)', '(b ? x : y) > 1']),
    ])()
  const formula = (depth: number): string =>
    depth === 0 ? atom() : `(${formula(depth - 1)} ${pick(random, ['&&', '&&', '||'])} ${formula(depth - 1)})`
  const numbers = [null, 0, 1, 2, 3]
  const records = numbers.flatMap((x) =>
    numbers.flatMap((y) =>
      [null, 0, 0.25, 0.5, 0.75, 1].flatMap((d) =>
        [null, 'p', 'q'].flatMap((c) => [null, true, false].map((b) => ({ x, y, d, c, b }))),
      ),
    ),
  )
  let impossible = 0
  let shown = 0
  for (let round = 0; round < 700; round++) {
    const source = formula(1 + Math.floor(random() * 3))
    const rule = compileRule(source, small, 'bool')
    if (isRefused(rule)) throw new Error(`${rule[0]!.message} in ${source}`)
    const run = evaluator(rule)
    const truth = random() < 0.7
    const seen = records.find((record) => run(record, {}, '2014-12-31').value === truth)
    const proved = refuted([{ node: rule.root, truth }], small)
    if (proved && seen) throw new Error(`${source} is ${truth} for ${JSON.stringify(seen)}`)
    if (!seen) impossible++
    if (proved) shown++
  }
  // Not all: three numbers in a ring, or a hole between two decimals, are beyond intervals.
  expect(impossible).toBeGreaterThan(100)
  expect(shown / impossible).toBeGreaterThan(0.9)
})
