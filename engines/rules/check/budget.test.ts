import { expect, test } from 'vitest'
import { compileRule, isRefused } from './check.ts'
import { LIMITS } from './budget.ts'
import type { RuleSchema } from '../schema.ts'

const schema: RuleSchema = {
  household: {
    rooms: { type: 'int', min: 0, max: 50 },
    sick: { type: 'bool' },
    ...Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`question_number_${n}`, { type: 'int' as const }])),
  },
  lists: { members: { age: { type: 'int', min: 0, max: 130 } } },
  parameters: {},
}

const nested = (levels: number, width: number): string => {
  const list = `[${Array.from({ length: width }, (_, n) => n).join(',')}]`
  return Array.from({ length: levels }).reduce<string>((inner, _, n) => `${list}.all(x${n}, ${inner})`, 'rooms > 0')
}

// One name that stands for four of the one before it, eleven times over: four million nodes out of 260 characters.
const doubled = Array.from({ length: 11 }).reduce<string>((inner, _, n) => {
  const before = n === 10 ? 'rooms' : `y${n + 1}`
  return `[${Array(4).fill(before).join('+')}].all(y${n}, ${inner})`
}, 'y0 > 0')

const hostile: Record<string, string> = {
  'lists inside lists': nested(12, 4),
  'lists inside lists, many times over': nested(40, 9).slice(0, 10_000),
  'a name that stands for more than itself': doubled,
  'a list without end': `rooms in [${Array.from({ length: 3000 }, (_, n) => n % 10).join(',')}]`,
  'four thousand names that are not there': `rooms in [${Array(2400).fill('abc').join(',')}]`,
  'one endless name': `${'a'.repeat(9_990)} > 1`,
  brackets: '('.repeat(10_000),
  'brackets that close': `${'('.repeat(4_000)}rooms${')'.repeat(4_000)} > 0`,
  signs: `${'-'.repeat(4_000)}rooms > 0`,
  indexes: `rooms${'[0]'.repeat(1_600)} > 0`,
  macros: `members${'.filter(m, m.age > 1)'.repeat(400)}.size() > 1`,
  choices: Array.from({ length: 60 }).reduce<string>((inner) => `(sick ? ${inner} : sick)`, 'true'),
  quotes: '"'.repeat(10_000),
}

test.each(Object.entries(hostile))('%s: an answer within the budget', (_, source) => {
  const began = process.cpuUsage()
  const result = compileRule(source, schema)
  const { user, system } = process.cpuUsage(began)
  // Processor time, not the clock: this holds on a busy machine too. A quiet one takes 5 to 60 ms.
  expect((user + system) / 1000).toBeLessThan(1_000)
  expect(isRefused(result) ? result.length : 1).toBeLessThan(60)
})

test('what is unrolled beyond the budget is refused with a way out', () => {
  const refused = compileRule(nested(12, 4), schema)
  expect(refused).toEqual([
    expect.objectContaining({ code: 'rule_not_in_profile', hint: 'Split it into several rules.' }),
  ])
  expect(isRefused(compileRule(doubled, schema))).toBe(true)
})

test('what people write stays far below it', () => {
  const long = Array.from({ length: 150 }, (_, n) => `(rooms > ${n} && members.exists(m, m.age > ${n}))`).join(' || ')
  expect(isRefused(compileRule(long, schema))).toBe(false)
  expect(isRefused(compileRule(nested(3, 10), schema))).toBe(false)
  expect(LIMITS.steps).toBeGreaterThanOrEqual(10_000)
})
