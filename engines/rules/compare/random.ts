import type { FieldType, RuleRecord, RuleSchema } from '../schema.ts'

/** A seeded source of numbers in [0, 1): mulberry32 (public domain, T. Ettinger 2017). Same seed, same rules. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Random = () => number
export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!

/** A form with every type, bounded and not, two lists, and parameters of every kind that rules compare with. */
export const RANDOM_SCHEMA: RuleSchema = {
  household: {
    size: { type: 'int', min: 1, max: 30 },
    rooms: { type: 'int' },
    income: { type: 'money' },
    debt: { type: 'money', min: 0, max: 1_000_000_000 },
    area: { type: 'decimal' },
    harvest: { type: 'decimal', min: 0, max: 10_000 },
    roof: { type: 'choice', choices: ['tile', 'straw', "o'x"] },
    village: { type: 'text' },
    safe: { type: 'bool' },
    assets: { type: 'choices', choices: ['car', 'tv', 'ox'] },
    visit: { type: 'date' },
  },
  lists: {
    members: {
      birth_date: { type: 'date' },
      sex: { type: 'choice', choices: ['f', 'm'] },
      sick: { type: 'bool' },
      wage: { type: 'money' },
      score: { type: 'decimal' },
      schooling: { type: 'int', min: 0, max: 20 },
      name: { type: 'text' },
      skills: { type: 'choices', choices: ['car', 'tv', 'ox'] },
    },
    plots: { crop: { type: 'choice', choices: ['rice', 'tea'] }, mu: { type: 'decimal' }, leased: { type: 'bool' } },
  },
  parameters: {
    line: { type: 'money' },
    rate: { type: 'decimal' },
    school_age: { type: 'int', min: 3, max: 18 },
    cutoff: { type: 'date' },
  },
}

export const REFERENCE_DATES = ['2015-02-28', '2015-03-01', '2016-02-29', '2014-12-31', '2020-06-15'] as const

const INTS = [0, 1, 2, 3, 5, 7, -1, -4, 20, 30, 31, 2_147_483_647, -2_147_483_647, 2_147_483_648]
const AMOUNTS = [0, 1, 299_999, 300_000, 300_001, -50, 123_456, 9_999_999_999_999, 10_000_000_000_001, 7]
const DECIMALS = [0, 0.1, 0.2, 0.3, 0.5, 1.5, 2.5, -2.5, 3.5, 1 / 3, 1e-6, 999_999_999.5, 1e9, 1.1e9, 42, -0.1]
// Code-point order, quotes, wildcards, backslash, a pair of surrogates and the code unit above them.
const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'b',
  'é',
  '中文',
  '😀',
  '\uFFFD',
  "o'x",
  'a%_b',
  'a\\b',
  'tile',
  '3601',
  '36',
  'North',
]
const DATES = ['1955-02-28', '1999-03-01', '2000-02-29', '2012-02-29', '2009-02-28', '1900-01-01', '0001-01-01']

/** The day before, on or after an anniversary of the reference date, up to ninety years back; in leap years 29 February. */
function nearBirthday(random: Random, reference_date: string): string {
  const [year, month, day] = reference_date.split('-').map(Number) as [number, number, number]
  const years = pick(random, [0, 1, 3, 6, 15, 16, 18, 60, 90])
  const step = pick(random, [-1, 0, 1])
  return new Date(Date.UTC(year - years, month - 1, day + step)).toISOString().slice(0, 10)
}

/** The value just outside, at and just inside a declared bound. */
function atBound(random: Random, { type, min, max }: FieldType): unknown {
  const bound = pick(
    random,
    [min, max].filter((each) => each !== undefined),
  )
  return bound + pick(random, type === 'decimal' ? [-0.001, 0, 0.001] : [-1, 0, 1])
}

/**
 * A value of the declared type, often at a boundary; null for one answer in ten. Dates lie around the birthdays of the
 * reference date half the time.
 */
export function randomValue(random: Random, type: FieldType, reference_date: string): unknown {
  if (random() < 0.1) return null
  if ((type.min ?? type.max) !== undefined && random() < 0.2) return atBound(random, type)
  switch (type.type) {
    case 'int':
      return random() < 0.5 ? pick(random, INTS) : Math.floor(random() * 25)
    case 'money':
      return random() < 0.5 ? pick(random, AMOUNTS) : Math.floor(random() * 600_000)
    case 'decimal':
      return random() < 0.5 ? pick(random, DECIMALS) : Math.round(random() * 100_000) / 1000
    case 'bool':
      return random() < 0.5
    case 'date':
      return random() < 0.5 ? pick(random, DATES) : nearBirthday(random, reference_date)
    case 'choice':
      return pick(random, type.choices!)
    case 'choices':
      return type.choices!.filter(() => random() < 0.4)
    case 'text':
      return pick(random, TEXTS)
  }
}

const answers = (random: Random, types: Record<string, FieldType>, reference_date: string): RuleRecord =>
  Object.fromEntries(Object.entries(types).map(([field, type]) => [field, randomValue(random, type, reference_date)]))

const blank = (types: Record<string, FieldType>): RuleRecord =>
  Object.fromEntries(Object.keys(types).map((field) => [field, null]))

/** One item in twenty is null or has no answer. */
function randomItem(random: Random, types: Record<string, FieldType>, reference_date: string): RuleRecord | null {
  if (random() < 0.05) return random() < 0.5 ? null : blank(types)
  return answers(random, types, reference_date)
}

/** A household with no answer at all (1 in 30), no list (1 in 12), empty lists, or up to six items. */
export function randomRecord(random: Random, reference_date: string, schema = RANDOM_SCHEMA): RuleRecord {
  const no_lists = Object.fromEntries(Object.keys(schema.lists).map((list) => [list, null]))
  if (random() < 1 / 30) return { ...blank(schema.household), ...no_lists }
  const lists = Object.entries(schema.lists).map(([list, types]) => {
    const length = random() < 0.15 ? 0 : Math.floor(random() * 6)
    const items = () => Array.from({ length }, () => randomItem(random, types, reference_date))
    return [list, random() < 0.08 ? null : items()] as const
  })
  return { ...answers(random, schema.household, reference_date), ...Object.fromEntries(lists) }
}

export const randomParameters = (random: Random, schema = RANDOM_SCHEMA): RuleRecord =>
  answers(random, schema.parameters, pick(random, REFERENCE_DATES))

type Inside = 'members' | 'plots' | null

const fieldsOf = (kind: FieldType['type'], inside: Inside): string[] => {
  const named = (types: Record<string, FieldType>, prefix: string) =>
    Object.keys(types)
      .filter((field) => types[field]!.type === kind)
      .map((field) => prefix + field)
  const own = named(RANDOM_SCHEMA.household, '')
  // Inside a list its own fields come up more often than the household's.
  return inside === null ? own : [...Array(3).fill(named(RANDOM_SCHEMA.lists[inside]!, 'm.')).flat(), ...own]
}

const SIGNS = ['==', '!=', '<', '<=', '>', '>='] as const
const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Source of a random rule of the profile. `depth` bounds its height. */
export function randomRule(random: Random, kind: FieldType['type'], depth: number): string {
  return expression(random, kind, depth, null)
}

function expression(random: Random, kind: FieldType['type'], depth: number, inside: Inside): string {
  const down = (kind: FieldType['type']) => expression(random, kind, depth - 1, inside)
  const fields = fieldsOf(kind, inside)
  const leaf = (): string => (fields.length > 0 && random() < 0.75 ? pick(random, fields) : constant(random, kind))
  if (depth <= 0) return leaf()
  if (random() < 0.06) return `(${down('bool')} ? ${down(kind)} : ${down(kind)})`
  switch (kind) {
    case 'bool':
      return verdict(random, depth, inside)
    case 'int':
      return wholeNumber(random, depth, inside, leaf)
    case 'money': {
      const forms = [
        leaf,
        () => `(${down('money')} ${pick(random, ['+ debt', '- income', '- 300000'])})`,
        () => `(trunc(${down('money')}) % 7)`,
        () => `(${down('money')} * ${pick(random, ['2', '-3', 'size', 'rooms'])})`,
        () => `(${down('money')} / ${pick(random, ['size', '7', '-2'])})`,
        () => `(${down('money')} * ${pick(random, ['0.6', '1.1', 'params.rate'])})`,
        () =>
          `${pick(random, ['round', 'trunc', 'floor', 'ceil'])}(${down('money')} / ${pick(random, ['size', '3', '-0.7'])})`,
        () => `abs(${down('money')})`,
        () => `money(${down('decimal')})`,
        () => fold(random, depth, inside, 'money') ?? leaf(),
        () => `${pick(random, ['min', 'max'])}(${down('money')}, ${down('money')})`,
      ]
      return pick(random, forms)()
    }
    case 'decimal': {
      const forms = [
        leaf,
        () => `(${down('decimal')} ${pick(random, ['+', '-', '*'])} ${down('decimal')})`,
        () => `(${down('decimal')} ${pick(random, ['+', '-', '*', '/'])} ${pick(random, ['2', 'size', '0.3'])})`,
        () => `double(${down(pick(random, ['int', 'money']))})`,
        () => `(area > 0.0 ? ${down('decimal')} / area : ${down('decimal')})`,
        () => `(${down('int')} / ${pick(random, ['size', '3', '-7', 'params.school_age'])})`,
        () => `(${down('money')} / ${pick(random, ['money(7)', 'money(300000)'])})`,
        () => `round(${down('decimal')}, ${pick(random, ['1', '2', '4'])})`,
        () => `sqrt(${pick(random, ['double(size)', 'harvest', 'double(debt)', 'harvest / size'])})`,
        () => `ln(${pick(random, ['double(size)', 'size', 'harvest + 1.0', 'max(harvest, 0.5)'])})`,
        () => `exp(${pick(random, ['size / 3', 'min(harvest, 13.0)', '-double(size)'])})`,
        () => average(random, depth, inside) ?? leaf(),
        () => fold(random, depth, inside, 'decimal') ?? leaf(),
        () => `-${leaf().replace(/^-/, '')}`,
      ]
      return pick(random, forms)()
    }
    case 'date':
      return random() < 0.6 ? leaf() : (fold(random, depth, inside, 'date') ?? `max(${down('date')}, ${down('date')})`)
    case 'text':
      return random() < 0.6 ? leaf() : words(random, depth, inside, leaf)
    default:
      return leaf()
  }
}

function constant(random: Random, kind: FieldType['type']): string {
  switch (kind) {
    case 'bool':
      return pick(random, ['true', 'false'])
    case 'int':
      return random() < 0.2 ? 'params.school_age' : String(pick(random, [0, 1, 2, 3, 7, 16, -5]))
    case 'money':
      return random() < 0.6 ? 'params.line' : `money(${pick(random, [0, 299_999, 300_000, 7])})`
    case 'decimal':
      return random() < 0.3 ? 'params.rate' : pick(random, ['0.0', '0.1', '0.3', '2.5', '1e3'])
    case 'date':
      return pick(random, ['reference_date', 'params.cutoff', "date('2000-02-29')", "date('2015-03-01')"])
    case 'choice':
      return "'tile'"
    default:
      return text(pick(random, TEXTS))
  }
}

function wholeNumber(random: Random, depth: number, inside: Inside, leaf: () => string): string {
  const down = (kind: FieldType['type']) => expression(random, kind, depth - 1, inside)
  const divisor = () => pick(random, ['size', '3', '-4', 'params.school_age'])
  const forms = [
    leaf,
    () => `(${down('int')} ${pick(random, ['+', '-', '*'])} ${down('int')})`,
    () => `(int(${down('int')}) % ${divisor()})`,
    () => `${pick(random, ['int', 'trunc', 'round', 'floor', 'ceil'])}(${down('int')} / ${divisor()})`,
    () => `(rooms != 0 ? ${pick(random, ['trunc', 'round'])}(${down('int')} / rooms) : int(${down('int')}) % 9)`,
    () => `age(${down('date')})`,
    () => `age_months(${down('date')})`,
    () => `${pick(random, ['age', 'age_months'])}(${down('date')}, ${down('date')})`,
    () => `${pick(random, ['year', 'month', 'day'])}(${down('date')})`,
    () => `abs(${down('int')})`,
    () => `days_between(${down('date')}, ${down('date')})`,
    () => `${pick(random, ['int', 'round', 'trunc', 'floor', 'ceil'])}(${down('decimal')})`,
    () => `size(${pick(random, [...fieldsOf('text', inside), ...fieldsOf('choices', inside)])})`,
    () => `${pick(random, ['min', 'max'])}(${down('int')}, ${down('int')})`,
    () => fold(random, depth, inside, 'int') ?? leaf(),
    () => fold(random, depth, inside, 'count') ?? leaf(),
    () => `-${leaf().replace(/^-/, '')}`,
  ]
  return pick(random, forms)()
}

function verdict(random: Random, depth: number, inside: Inside): string {
  const down = (kind: FieldType['type'], less = 1) => expression(random, kind, depth - less, inside)
  const test = (list: 'members' | 'plots') => expression(random, 'bool', depth - 1, list)
  const list = pick(random, ['members', 'plots'] as const)
  const choiceField = pick(random, fieldsOf('choice', inside))
  const choicesOf = (path: string): string[] => {
    const types = path.startsWith('m.') ? RANDOM_SCHEMA.lists[inside!]! : RANDOM_SCHEMA.household
    return types[path.replace('m.', '')]!.choices!
  }
  const fields = ['bool', 'int', 'money', 'date', 'choice', 'choices'] as const
  const quantified = () => `${list}.${pick(random, ['exists', 'all', 'exists_one'])}(m, ${test(list)})`
  const forms = [
    () => `(${down('bool')} && ${down('bool')})`,
    () => `(${down('bool')} || ${down('bool')} || ${down('bool', 2)})`,
    () => `!${down('bool')}`,
    () =>
      `(${down(pick(random, ['int', 'decimal']))} ${pick(random, SIGNS)} ${down(pick(random, ['int', 'decimal']))})`,
    () => `(${down('money')} ${pick(random, SIGNS)} ${down('money')})`,
    () => `(${down('date')} ${pick(random, SIGNS)} ${down('date')})`,
    () => `(${down('text')} ${pick(random, SIGNS)} ${down('text')})`,
    () => `(${down('bool', 2)} ${pick(random, ['==', '!='])} ${down('bool', 2)})`,
    () => `(${choiceField} ${pick(random, ['==', '!='])} ${text(pick(random, choicesOf(choiceField)))})`,
    () =>
      `(${down('int')} / ${pick(random, ['size', 'params.school_age', '-3'])} ${pick(random, SIGNS)} ${down(pick(random, ['int', 'decimal']))})`,
    () => `(rooms > 0 && size / rooms ${pick(random, SIGNS)} ${down(pick(random, ['int', 'decimal']), 2)})`,
    () => `(rooms < 0 && ${down('decimal', 2)} ${pick(random, SIGNS)} size / rooms)`,
    () => `(income / size ${pick(random, SIGNS)} debt / params.school_age)`,
    () => `(${choiceField} in [${choicesOf(choiceField).slice(1).map(text).join(', ')}])`,
    () => `(${down('int')} in [1, ${down('int')}, 7])`,
    () => `('car' in ${pick(random, fieldsOf('choices', inside))})`,
    () => `has(${pick(random, fieldsOf(pick(random, fields), inside))})`,
    () =>
      `${pick(random, fieldsOf('text', inside))}.${pick(random, ['startsWith', 'endsWith', 'contains'])}(${down('text', 2)})`,
    () => `(size > 0 && income / size < ${down('money', 2)})`,
    () => (inside === null ? quantified() : `has(${list})`),
    () => (inside === null ? quantified() : down('bool')),
    () => (inside === null ? `${list}.filter(m, ${test(list)}).all(m, ${test(list)})` : down('bool')),
  ]
  return pick(random, forms)()
}

/** Text of text, and text of one member. */
function words(random: Random, depth: number, inside: Inside, leaf: () => string): string {
  const down = () => expression(random, 'text', depth - 1, inside)
  const one = (list: 'members' | 'plots') => expression(random, 'bool', depth - 1, list)
  const forms = [
    () => `(${down()} + ${leaf()})`,
    () => `${down()}.${pick(random, ['lowerAscii()', 'upperAscii()', 'substring(0, 1)', 'substring(1)'])}`,
    ...(inside === null
      ? [
          () => `members.filter(m, ${one('members')}).map(m, m.name).only()`,
          () => `(the(members, m, ${one('members')}).sex + '')`,
          () => `(plots.filter(m, ${one('plots')}).only().crop + '')`,
          () =>
            `members.sortBy(m, m.${pick(random, ['birth_date', 'wage'])}).map(m, m.name).${pick(random, ['first', 'last'])}()`,
        ]
      : []),
  ]
  return pick(random, forms)()
}

function average(random: Random, depth: number, inside: Inside): string | undefined {
  if (inside !== null) return undefined
  const values = `members.map(m, ${expression(random, pick(random, ['int', 'decimal'] as const), depth - 1, 'members')})`
  return `${values}.${pick(random, ['average', 'average', 'median'])}()`
}

function fold(random: Random, depth: number, inside: Inside, kind: FieldType['type'] | 'count'): string | undefined {
  if (inside !== null) return undefined
  const list = pick(random, ['members', 'plots'] as const)
  const filtered = random() < 0.5 ? `${list}.filter(m, ${expression(random, 'bool', depth - 1, list)})` : list
  if (kind === 'count') {
    const kinds = ['int', 'text', 'date', 'bool', 'decimal'] as const
    if (random() < 0.7) return `${filtered}.size()`
    return `${filtered}.map(m, ${expression(random, pick(random, kinds), depth - 1, list)}).distinct().size()`
  }
  const value = expression(random, kind, depth - 1, list)
  const how =
    kind === 'date' ? pick(random, ['min', 'max', 'only']) : pick(random, ['sum', 'sum', 'min', 'max', 'only'])
  if (kind !== 'date' && random() < 0.15)
    return `${filtered}.map(m, ${value}).${pick(random, ['largest', 'smallest'])}(${pick(random, ['1', '2', 'size', 'rooms'])}).sum()`
  if (random() < 0.1)
    return `${filtered}.sortBy(m, m.${list === 'members' ? 'birth_date' : 'mu'}).map(m, ${value}).${pick(random, ['first', 'last'])}()`
  if (how === 'only') return `${filtered}.map(m, ${value}).only()`
  return random() < 0.5 ? `${filtered}.map(m, ${value}).${how}()` : `${how}(${filtered}.map(m, ${value}))`
}
