import { describe, expect, test } from 'vitest'
import { compileRule, isRefused } from '../check/check.ts'
import { evaluator } from './evaluate.ts'
import type { RuleRecord, RuleSchema } from '../schema.ts'

const schema: RuleSchema = {
  household: {
    size: { type: 'int', min: 1 },
    rooms: { type: 'int' },
    income: { type: 'money', unit: 'yuan' },
    area: { type: 'decimal' },
    safe: { type: 'bool' },
    warm: { type: 'bool' },
    roof: { type: 'choice', choices: ['tile', 'straw'] },
    village: { type: 'text' },
    assets: { type: 'choices', choices: ['car', 'tv'] },
    visit: { type: 'date' },
  },
  lists: {
    members: {
      birth_date: { type: 'date' },
      sick: { type: 'bool' },
      wage: { type: 'money', unit: 'yuan' },
      score: { type: 'decimal' },
    },
  },
  parameters: { line: { type: 'money', unit: 'yuan' }, rate: { type: 'decimal' } },
}

function run(source: string, record: RuleRecord = {}, params: RuleRecord = {}, reference_date = '2015-03-01') {
  const rule = compileRule(source, schema)
  if (isRefused(rule)) throw new Error(`${source}: ${JSON.stringify(rule)}`)
  return evaluator(rule)(record, params, reference_date)
}

const T = { safe: true }
const F = { safe: false }
const unknown = (...missing: string[]) => ({ value: null, unknown: true, missing })
const known = (value: unknown) => ({ value, unknown: false, missing: [] })

describe('Kleene logic', () => {
  test.each([
    ['safe && warm', T, unknown('warm')],
    ['safe && warm', F, known(false)],
    ['warm && safe', F, known(false)],
    ['safe || warm', T, known(true)],
    ['warm || safe', T, known(true)],
    ['warm || safe', F, unknown('warm')],
    ['safe && warm && rooms > 1', {}, unknown('safe', 'warm', 'rooms')],
    ['!warm', {}, unknown('warm')],
    ['!safe && warm', F, unknown('warm')],
    ['!safe && safe', T, known(false)],
    ['warm == warm', {}, unknown('warm')],
    ['safe != warm', T, unknown('warm')],
    ['warm ? 1 : 2', {}, unknown('warm')],
    ['safe ? 1 : rooms', T, known(1)],
    ['safe ? 1 : rooms', F, unknown('rooms')],
  ])('%s of %j', (source, record, outcome) => expect(run(source, record)).toEqual(outcome))
})

describe('values', () => {
  test.each([
    ['rooms == 3', { rooms: 3 }, known(true)],
    ['rooms != 3', {}, unknown('rooms')],
    ['-7 / 2', {}, known(-3.5)],
    ['trunc(-7 / 2)', {}, known(-3)],
    ['int(-7 / 2)', {}, known(-3)],
    ['-7 % 2', {}, known(-1)],
    ['rooms * 0', { rooms: -4 }, known(0)],
    ['7 / size', {}, unknown('size')],
    ['7 / size', { size: 0 }, unknown('size')],
    ['rooms != 0 && 7 / rooms == 3', { rooms: 0 }, known(false)],
    ['rooms != 0 && 7 / rooms == 3.5', { rooms: 2 }, known(true)],
    ['rooms != 0 && 7 / rooms == 3', { rooms: 2 }, known(false)],
    ['rooms > 0 ? 7 / rooms : -1', { rooms: 0 }, known(-1)],
    ['rooms', { rooms: 2.5 }, unknown('rooms')],
    ['rooms', { rooms: '3' }, unknown('rooms')],
    ['rooms', { rooms: 3_000_000_000 }, unknown('rooms')],
    ['area', { area: Number.NaN }, unknown('area')],
    ['area * 0.5 > 10.0', { area: 20.5 }, known(true)],
    ['0.1 + 0.2 == 0.3', {}, known(true)],
    ['int(area)', { area: -2.7 }, known(-2)],
    ['money(area)', { area: 2.5 }, known(3)],
    ['double(rooms) / 2.0', { rooms: 3 }, known(1.5)],
    ['income * rooms * 1000', { income: 10_000_000_000_000, rooms: 2 }, unknown('#out_of_range')],
    ["roof == 'tile'", { roof: 'straw' }, known(false)],
    ["roof in ['tile', 'straw']", {}, unknown('roof')],
    ["roof in ['tile']", { roof: 'tile' }, known(true)],
    ['3 in [rooms, 3]', {}, known(true)],
    ['2 in [rooms, 3]', {}, unknown('rooms')],
    ["'car' in assets", { assets: [] }, known(false)],
    ["'car' in assets", { assets: ['tv', 'car'] }, known(true)],
    ["'car' in assets", {}, unknown('assets')],
    ['size(assets)', { assets: ['tv'] }, known(1)],
    [
      "village.startsWith('Shi') && village.endsWith('dong') && village.contains('ba')",
      { village: 'Shibadong' },
      known(true),
    ],
    ["village.contains('x')", {}, unknown('village')],
    ['size(village)', { village: '😀村' }, known(2)],
    ["'\uFFFD' < '😀'", {}, known(true)],
    ["village + '!' == 'a!'", { village: 'a' }, known(true)],
    ['min(rooms, 2)', {}, unknown('rooms')],
    ['max(rooms, 2)', { rooms: 1 }, known(2)],
    ['has(rooms)', {}, known(false)],
    ['has(rooms)', { rooms: 0 }, known(true)],
    ['visit', { visit: '2015-02-29' }, unknown('visit')],
    ["days_between(date('2014-12-31'), reference_date)", {}, known(60)],
    ["max(visit, date('2015-01-01'))", { visit: '2014-06-30' }, known('2015-01-01')],
    ['income / size < params.line', { income: 600, size: 2 }, unknown('params.line')],
  ])('%s of %j', (source, record, outcome) => expect(run(source, record)).toEqual(outcome))
})

test.each([
  ['2000-02-29', '2015-02-28', 14],
  ['2000-02-29', '2015-03-01', 15],
  ['2000-02-29', '2016-02-29', 16],
  ['2000-03-01', '2015-02-28', 14],
  ['2000-02-28', '2015-02-28', 15],
  ['2015-02-28', '2015-02-28', 0],
])('born %s is on %s %i years old', (visit, day, years) => {
  expect(run('age(visit)', { visit }, {}, day)).toEqual(known(years))
})

test('a birth after the reference date is not an age', () => {
  expect(run('age(visit) < 6', { visit: '2016-01-01' })).toEqual(unknown('visit'))
})

describe('lists', () => {
  const members = (...sick: (boolean | null)[]) => ({ members: sick.map((sick) => ({ sick })) })
  const wages = (...wage: (number | null)[]) => ({ members: wage.map((wage) => ({ wage, sick: (wage ?? 1) > 0 })) })
  test.each([
    ['members.exists(m, m.sick)', members(), known(false)],
    ['members.exists(m, m.sick)', {}, unknown('members')],
    ['members.exists(m, m.sick)', { members: null }, unknown('members')],
    ['members.exists(m, m.sick)', members(null, true), known(true)],
    ['members.exists(m, m.sick)', members(false, null), unknown('members[1].sick')],
    ['members.all(m, m.sick)', members(), known(true)],
    ['members.all(m, m.sick)', members(null, false), known(false)],
    ['members.all(m, m.sick)', members(true, null), unknown('members[1].sick')],
    ['members.exists_one(m, m.sick)', members(true, false), known(true)],
    ['members.exists_one(m, m.sick)', members(true, null), unknown('members[1].sick')],
    ['members.exists_one(m, m.sick)', members(true, null, true), known(false)],
    ['members.exists_one(m, m.sick)', members(), known(false)],
    ['members.size()', members(true, null), known(2)],
    ['size(members) == 0', members(), known(true)],
    ['has(members)', {}, known(false)],
    ['has(members)', members(), known(true)],
    ['members.filter(m, m.sick).size()', members(true, false, true), known(2)],
    ['members.filter(m, m.sick).size() > 0', members(true, null), known(true)],
    ['members.filter(m, m.sick).size() > 1', members(true, null), unknown('members[1].sick')],
    ['members.filter(m, m.sick).size() > 2', members(true, null), known(false)],
    ['members.filter(m, m.sick).size() == 3', members(true, null), known(false)],
    ['min(members.filter(m, m.sick).size(), 1)', members(true, null), known(1)],
    [
      'members.filter(m, m.sick).exists(m, m.wage > 5)',
      { members: [{ sick: false }, { sick: true, wage: 9 }] },
      known(true),
    ],
    [
      'members.filter(m, m.sick).all(m, m.wage > 5)',
      { members: [{ sick: false }, { sick: true, wage: 9 }] },
      known(true),
    ],
    ['members.filter(m, has(m.wage)).map(m, m.wage).sum()', wages(5, null, 7), known(12)],
    ['members.map(m, m.wage).sum()', wages(5, null), unknown('members[1].wage')],
    ['sum(members.map(m, m.wage))', wages(), known(0)],
    ['members.map(m, m.wage).min()', wages(5, -3, 4), known(-3)],
    ['max(members.map(m, m.wage * 2))', wages(5, -3), known(10)],
    ['members.map(m, m.wage).max()', wages(), unknown('#empty_list')],
    ['members.map(m, m.score).sum() == 0.3', { members: [{ score: 0.1 }, { score: 0.2 }] }, known(true)],
    ['members.map(m, m.sick, m.wage).sum()', wages(5, -3), known(5)],
    ['members.map(m, m.birth_date).min()', { members: [{ birth_date: '1990-01-02' }] }, known('1990-01-02')],
    ['members.exists(m, m.wage > params.line)', wages(5), unknown('params.line')],
    ['[1, 2, 3].exists(e, e == rooms)', { rooms: 2 }, known(true)],
    ['[1, 2].all(e, e > rooms)', {}, unknown('rooms')],
    ['[1, 2, 3].exists_one(e, e > 2)', {}, known(true)],
  ])('%s of %j', (source, record, outcome) => expect(run(source, record)).toEqual(outcome))

  test('an out-of-range sum is unknown, and a large one that returns into range is exact', () => {
    const big = 10_000_000_000_000
    const sum = 'members.map(m, m.wage * 99).sum()'
    expect(run(sum, wages(big, big))).toEqual(unknown('#out_of_range'))
    const many = [...Array<number>(12).fill(big), ...Array<number>(12).fill(-big), 1]
    expect(run(sum, wages(...many))).toEqual(known(99))
  })
})

test('an evaluator keeps nothing between records and refuses a reference date that is no day', () => {
  const rule = compileRule('safe && members.exists(m, m.sick)', schema)
  if (isRefused(rule)) throw new Error('refused')
  const evaluate = evaluator(rule)
  expect(evaluate({ safe: true, members: [{}] }, {}, '2015-01-01').missing).toEqual(['members[0].sick'])
  expect(evaluate({ safe: true, members: [{ sick: true }] }, {}, '2015-01-01')).toEqual(known(true))
  expect(() => evaluate({}, {}, '2015-02-30')).toThrow(RangeError)
})

test('a compiled rule is plain JSON and runs the same after a round trip', () => {
  const rule = compileRule("members.exists(m, age(m.birth_date) < 16) || visit > date('2014-01-01')", schema)
  if (isRefused(rule)) throw new Error('refused')
  const again = JSON.parse(JSON.stringify(rule)) as typeof rule
  expect(again).toEqual(rule)
  expect(rule).toMatchObject({ fields: ['visit'], lists: { members: ['birth_date'] }, uses_reference_date: true })
  const record = { visit: '2014-01-02' }
  expect(evaluator(again)(record, {}, '2015-01-01')).toEqual(evaluator(rule)(record, {}, '2015-01-01'))
})
