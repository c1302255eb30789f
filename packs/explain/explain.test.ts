import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import { base, head } from '../china-2014/example.ts'
import { decidingSentences, explainRule, explainWords, type Said } from './explain.ts'
import en from './explain.en.json' with { type: 'json' }
import zh from './explain.zh.json' with { type: 'json' }
import { loadPack } from '../load.ts'
import { ruleSchemaOf } from '../schema/rules.ts'
import { ask, complete, indicatorsOf, rulebookOf, standAt, withStates, type Rulebook } from '../rulebook.ts'

const bookOf = async (name: string) => rulebookOf((await loadPack(path.join(import.meta.dirname, '..', name))).pack!)
const china = await bookOf('china-2014')
const costa_rica = await bookOf('costa-rica-2014')
const at = standAt(china, '2014-12-31', '360781107')

const family = (change: Record<string, unknown> = {}, son: Record<string, unknown> = {}) => ({
  ...base,
  registers: [{ register: 'vehicle', name: '朱春生', national_id: '999', value: null, detail: 'van', since: null }],
  wage_income: 693_000,
  members: [
    { ...head, name: '朱春生', relation: 'head', national_id: 'sealed' },
    { ...base.members[1], name: '谢桂英', relation: 'spouse' },
    {
      ...base.members[2],
      name: '朱小林',
      relation: 'child',
      birth_date: '2001-03-01',
      schooling: 'dropped_out',
      ...son,
    },
  ],
  ...change,
})
const told = (part: Parameters<typeof explainRule>[1], code: string, record: Record<string, unknown>) =>
  explainRule(china, part, code, complete(china, record, at), at)!

test('an income below the line: the sum, the line, its day and its source, in both languages', () => {
  const said = told('indicators', 'income', family())
  expect(said).toMatchObject({
    state: 'false',
    text: {
      en: 'Net income per person: ¥2,310, below ¥2,800 (Poverty line, in force from 2014-01-01; Line of 2014, 2,800 yuan)',
      zh: '人均纯收入：¥2,310，低于¥2,800（国家扶贫标准，自2014-01-01起执行；依据：2014年标准2800元）',
    },
    parameters: [{ code: 'income_line', from: '2014-01-01', value: { en: '¥2,800' } }],
  })
  expect(said.worked_out[0]!.text).toEqual({
    en: 'Net income per person: ¥2,310 (Net income of the household ¥6,930 ÷ People of the household 3)',
    zh: '人均纯收入：¥2,310（家庭纯收入¥6,930 ÷ 家庭人口3）',
  })
})

test('the member who decided is told by relation and age, by name only where names may be said', () => {
  const record = complete(china, family(), at)
  const plain = explainRule(china, 'indicators', 'education', record, at)!
  expect(plain.text.en).toBe('People of the household: it does not hold for Son or daughter, 13')
  expect(decidingSentences(plain).map((text) => text['en'])).toContain(
    'Son or daughter, 13: Is this person at school now? Stopped going before finishing, not “Kindergarten”',
  )
  expect(JSON.stringify(plain)).not.toContain('朱小林')
  const named = explainRule(china, 'indicators', 'education', record, at, { names: true })!
  expect(named.clauses[0]!.who!.text).toEqual({ en: '朱小林 (Son or daughter, 13)', zh: '朱小林（子女，13岁）' })
})

test('what is missing and makes no difference is said, and where a number lies that is not known yet', () => {
  const schema = ruleSchemaOf(china.pack, china.fields)
  const say = (source: string, record: Record<string, unknown>) => {
    const rule = compileRule(source, schema)
    if (isRefused(rule)) throw new Error(JSON.stringify(rule))
    return explainWords(china, rule, complete(china, record, at), at)
  }
  const sick = "members.filter(m, m.schooling == 'dropped_out').size()"
  const spans = [{ least: { en: '0', zh: '0' }, most: { en: '3', zh: '3' } }]
  const missing = ['members[0].schooling', 'members[1].schooling', 'members[2].schooling']
  const nobody = family({}, { schooling: null })
  expect(say(`${sick} >= 1`, nobody)).toMatchObject({ state: 'unknown', spans, immaterial: [] })
  expect(say(`${sick} >= 4`, nobody)).toMatchObject({
    state: 'false',
    spans,
    immaterial: missing.map((field) => ({ field })),
    ask: [],
  })
  // The greatest number that a field holds is no bound that means anything to anybody.
  expect(told('indicators', 'income', family({ wage_income: null }))).toMatchObject({ state: 'unknown', spans: [] })
})

test('an unknown says what is missing and whom to ask; clauses that did not matter ask nothing', () => {
  const said = told('indicators', 'medical', family({}, { medical_insurance: null, schooling: 'junior_school' }))
  expect(said.state).toBe('unknown')
  const asked = (clause: Said): Said['ask'] => [...clause.ask, ...clause.clauses.flatMap(asked)]
  expect(asked(said)).toEqual([
    {
      field: 'members[2].medical_insurance',
      label: { en: 'Covered by medical insurance?', zh: '参加医疗保险了吗？' },
      who: { en: 'Son or daughter, 13', zh: '子女，13岁' },
    },
  ])
  expect(decidingSentences(said)).toEqual([
    {
      en: 'Son or daughter, 13: Not known: Covered by medical insurance?',
      zh: '子女，13岁：不清楚：参加医疗保险了吗？',
    },
  ])
  const income = told('indicators', 'income', family({ business_income: null }))
  expect(income.ask.map((each) => each.field)).toEqual(['business_income'])
})

test('a false relation is told as what is so, and a denial once', () => {
  expect(told('causes', '05', family()).clauses[1]!.text.en).toBe(
    'Cultivated land: 4 mu, not below 1.5 mu (Too little land, per person 0.5 mu × People of the household 3)',
  )
  expect(told('stops', 'unsafe_water', family({ water_safe: false }))).toMatchObject({
    kind: 'clause',
    state: 'true',
    text: { en: 'Is the water clean enough to drink after boiling? no', zh: '水烧开后能放心喝吗？否' },
  })
})

test('a sign says which list it stands on; a personal number is never said', () => {
  const sentences = decidingSentences(told('vetoes', 'car', family()))
  expect(sentences.map((each) => each['en'])).toContain('Vehicles: Value on the list: not given')
  expect(JSON.stringify(told('vetoes', 'car', family()))).not.toContain('999')
  expect(
    JSON.stringify(explainRule(china, 'vetoes', 'car', complete(china, family(), at), at, { names: true })),
  ).not.toContain('sealed')
})

test('verdicts and the exit of a household stand on its needs, the exit of an area on its figures', () => {
  const whole = complete(china, family(), at)
  const states = withStates(china, whole, indicatorsOf(china, whole, at))
  const poor = explainRule(china, 'verdicts', 'eligible', states, at)!
  expect([poor.state, decidingSentences(poor).map((text) => text['en'])]).toEqual([
    'true',
    ['Income at or above the line: Not met', 'Children at school: Not met'],
  ])
  const leaves = explainRule(china, 'exit', 'income', states, at)!
  expect(leaves).toMatchObject({
    state: 'false',
    text: { en: 'Income at or above the line: Not met', zh: '收入达到标准：未达标' },
  })
  const village = explainRule(china, 'village', 'incidence', { incidence_percent: 1.5 }, at)!
  expect([village.state, village.text]).toEqual([
    'true',
    {
      en: 'Share of poor people: 1.5 %, below 2 % (Village leaves the list below, percent, in force from 2010-01-01; Commonly cited: below 2 percent, in the west 3)',
      zh: '贫困发生率：1.5 %，低于2 %（贫困村退出的贫困发生率上限（百分之），自2010-01-01起执行；依据：常见说法：低于2%，西部3%）',
    },
  ])
})

test('what a reason asks is what the follow-up asks: no more, no less, whatever is missing', () => {
  const [father, mother, son] = family().members
  const gaps: Record<string, unknown>[] = [
    { wage_income: null, pension_income: null },
    { food_shortage: null },
    { water_safe: null, water_minutes: null, water_source: 'protected_well' },
    { members: [father, { ...mother, health: null, medical_insurance: null }, { ...son, birth_date: null }] },
    { members: [father, { ...mother, health: 'chronic_illness', illness_treated: null }, { ...son, schooling: null }] },
    { members: null, household_size: null },
  ]
  const asked = (clause: Said): string[] => [
    ...clause.ask.map((each) => each.field),
    ...clause.clauses.flatMap((each) => asked(each)),
  ]
  let unknown = 0
  for (const gap of gaps) {
    const whole = complete(china, family(gap), at)
    for (const indicator of indicatorsOf(china, whole, at).filter((each) => each.state === 'unknown')) {
      unknown += 1
      const said = explainRule(china, 'indicators', indicator.code, whole, at)!
      expect([...new Set(asked(said))].sort(), indicator.code).toEqual([...indicator.missing].sort())
    }
  }
  expect(unknown).toBeGreaterThan(7)
})

test('a list that nobody ever sent is what is missing', () => {
  const car = told('vetoes', 'car', family({ registers: null, assets: ['none'] }))
  expect(car.state).toBe('unknown')
  expect(decidingSentences(car)).toEqual([{ en: "Not known: Other departments' lists", zh: '不清楚：其他部门的名单' }])
  expect(car.ask).toEqual([])
})

test('both languages have the same frames', () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort())
})

const people = {
  members: [
    { relation: 'head', age: 40, escolari: 2, rez_esc: null, dis: false },
    { relation: 'child', age: 12, escolari: null, rez_esc: 3, dis: null },
  ],
  household_size: 2,
}

test('another country, with no word of this one', () => {
  const there = standAt(costa_rica, '2014-07-01', 'CR01')
  const said = explainRule(costa_rica, 'indicators', 'school_lag', complete(costa_rica, people, there), there)!
  expect(decidingSentences(said).map((each) => [each['en'], each['zh']])).toEqual([
    ['Son or daughter, 12: Age in years: 12 years, not below 7 years', '子女，12岁：年龄：12年，不低于7年'],
    ['Son or daughter, 12: Age in years: 12 years, not above 17 years', '子女，12岁：年龄：12年，不超过17年'],
    [
      'Son or daughter, 12: Years behind in school (ages 7 to 17): 3 years, not below 2 years',
      '子女，12岁：落后的学年（7至17岁）：3年，不低于2年',
    ],
  ])
})

describe.each([
  ['china-2014', china, [family(), family({ water_safe: null, wage_income: null, members: null }), { members: [] }]],
  ['costa-rica-2014', costa_rica, [people, { members: [{}] }, {}]],
] as [string, Rulebook, Record<string, unknown>[]][])('%s', (_, book, records) => {
  const everything = (record: Record<string, unknown>) => {
    const on = standAt(book, book.pack.reference_date, '')
    const whole = complete(book, record, on)
    const states = withStates(book, whole, indicatorsOf(book, whole, on))
    const { indicators, vetoes, causes, exit, verdicts } = book.compiled
    const ready = [
      ...Object.values(indicators).map((each) => each.met),
      ...Object.values(vetoes),
      ...Object.values(causes).map((each) => each.rule),
      ...Object.values(exit.household),
      ...Object.values(exit.stops),
      ...verdicts.map((each) => each.ready),
    ]
    return ready.map((each) => ({
      said: explainWords(book, each.rule, states, on),
      asked: ask(each, states, on),
    }))
  }
  test.each(records.map((record, index) => [index, record] as const))(
    'every rule is told wholly: record %i',
    (_index, record) => {
      const all = everything(record)
      expect(all.length).toBeGreaterThan(8)
      for (const { said, asked } of all) {
        expect([said.state, asked.value]).toEqual([asked.value === null ? 'unknown' : String(asked.value), asked.value])
        const look = (clause: Said): void => {
          for (const language of book.pack.languages) {
            expect(clause.text[language], clause.source).toMatch(/\S/)
            expect(clause.text[language], clause.source).not.toMatch(/[{}]|undefined|null|NaN/)
          }
          for (const each of [...clause.clauses, ...clause.worked_out]) look(each)
        }
        look(said)
        expect(decidingSentences(said).length, said.source).toBeGreaterThan(0)
      }
    },
  )
})
