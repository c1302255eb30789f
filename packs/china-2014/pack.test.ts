import { base, head, LIVES } from './example.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkAreas, readAreas } from '../areas.ts'
import type { Area } from '../areas.ts'
import { checkPack } from '../check/check.ts'
import { compilePack, completeRecord } from '../compile.ts'
import type { CompiledPack } from '../compile.ts'
import { workExamples } from '../check/examples.ts'
import { cardFields, formOf } from '../forms.ts'
import { loadPack } from '../load.ts'
import { parametersAt } from '../schema/rules.ts'
import type { Pack } from '../schema/schema.ts'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'

let pack: Pack
let compiled: CompiledPack
let areas: readonly Area[]
beforeAll(async () => {
  const loaded = await loadPack(import.meta.dirname)
  expect(loaded.problems).toEqual([])
  pack = loaded.pack!
  compiled = compilePack(pack, cardFields(pack)).compiled!
  areas = readAreas(pack)
})

function judge(record: Record<string, unknown>, on = pack.reference_date) {
  const params = parametersAt(pack, on).values
  const complete = completeRecord(compiled, record, params, on)
  const states = Object.fromEntries(
    Object.entries(compiled.indicators).map(([code, { met }]) => [`met_${code}`, met.run(complete, params, on).value]),
  )
  const judged = { ...complete, ...states }
  const verdict = compiled.verdicts.find(({ ready }) => ready.run(judged, params, on).value === true)?.code
  const holds = (rules: Record<string, { run: (typeof compiled.verdicts)[number]['ready']['run'] }>) =>
    Object.keys(rules).filter((code) => rules[code]!.run(judged, params, on).value === true)
  const all = (pick: (each: CompiledPack['causes'][string]) => CompiledPack['causes'][string]['rule']) =>
    Object.fromEntries(Object.entries(compiled.causes).map(([code, each]) => [code, pick(each)]))
  return {
    complete,
    verdict,
    priority: compiled.priority!.run(judged, params, on).value,
    vetoes: holds(compiled.vetoes),
    causes: holds(all(({ rule }) => rule)),
    measures: holds(
      Object.fromEntries(Object.entries(compiled.measures).map(([code, each]) => [code, each.condition])),
    ),
    exit: holds(compiled.exit.household),
    stops: holds(compiled.exit.stops),
    value: (ready: { run: (typeof compiled.derived)[number]['ready']['run'] }) => ready.run(judged, params, on).value,
  }
}
const withHead = (change: object) => ({ ...base, members: [{ ...head, ...change }, ...base.members.slice(1)] })

test('the pack has no problem', () => expect(checkPack(pack)).toEqual([]))

test('every worked example comes out as it says', () => {
  const worked = workExamples(pack, compiled)
  expect(worked.length).toBeGreaterThan(35)
  expect(worked.filter(({ holds }) => !holds)).toEqual([])
  const covered = (code: string) => new Set(worked.filter((each) => each.code === code).map(({ got }) => got))
  for (const { code } of pack.indicators) expect(covered(code)).toEqual(new Set(['met', 'unmet', 'unknown']))
})

const lean = () => ({
  ...pack,
  area_files: { 'areas/areas.csv': pack.area_files['areas/groups-made.csv']!.split('\n')[0]! },
})

const broken = (change: (copy: Pack) => void) => {
  const copy: Pack = structuredClone(lean())
  change(copy)
  return checkPack(copy)
}

test('the line of each year, with the mark of its source beside it', () => {
  const line = pack.parameters.find(({ code }) => code === 'income_line')!
  expect(line.values.map(({ from, value, confidence }) => [from.slice(0, 4), value / 100, confidence])).toEqual([
    ['2010', 2300, 'V'],
    ['2011', 2536, 'U'],
    ['2012', 2625, 'U'],
    ['2013', 2736, 'P'],
    ['2014', 2800, 'V'],
    ['2015', 2855, 'V'],
    ['2016', 2952, 'U'],
    ['2017', 2952, 'U'],
    ['2018', 2995, 'U'],
    ['2019', 3218, 'P'],
    ['2020', 4000, 'V'],
  ])
  const values = pack.parameters.flatMap((parameter) => parameter.values)
  expect(values.filter(({ confidence, source }) => confidence !== source.confidence)).toEqual([])
})

describe('the check finds what is wrong', () => {
  test('nothing, where nothing is wrong', () => expect(broken(() => {})).toEqual([]))
  test.each<[string, string, (copy: Pack) => void]>([
    ['a missing word', 'pack_missing_word', (copy) => delete copy.indicators[0]!.plain['zh']],
    ['an empty word', 'pack_missing_word', (copy) => (copy.measures[3]!.label['en'] = ' ')],
    ['a word in one language only', 'pack_missing_word', (copy) => delete copy.words['en']!['status']!['exited']],
    ['a code twice', 'pack_duplicate_code', (copy) => (copy.causes[1]!.code = '01')],
    ['an unknown cause', 'pack_unknown_reference', (copy) => copy.measures[0]!.causes.push('99')],
    [
      'a measure that does nothing',
      'pack_idle_measure',
      (copy) => Object.assign(copy.measures[0]!, { causes: [], closes: { income: '0', indicators: [] } }),
    ],
    ['an unknown indicator', 'pack_unknown_reference', (copy) => copy.causes[0]!.closes.indicators.push('wifi')],
    ['a gap in a parameter', 'pack_parameter_gap', (copy) => (copy.parameters[0]!.values[2]!.to = '2012-06-30')],
    ['a rule of an unknown field', 'pack_bad_rule', (copy) => (copy.indicators[4]!.met = "house_grad == 'A'")],
    ['a rule of an unknown choice', 'pack_bad_rule', (copy) => (copy.indicators[4]!.met = "house_grade == 'E'")],
    ['a sum that is no sum', 'pack_bad_rule', (copy) => (copy.measures[0]!.cost = 'electricity')],
    ['a rule turned round', 'pack_example_fails', (copy) => (copy.indicators[4]!.met = "house_grade in ['C', 'D']")],
    [
      'a form without a Chinese label',
      'pack_missing_word',
      (copy) =>
        (copy.form_sources['household_card'] = copy.form_sources['household_card']!.replace('| 联系电话 |', '| |')),
    ],
    [
      'a form with an open group',
      'pack_bad_form',
      (copy) =>
        (copy.form_sources['household_card'] = copy.form_sources['household_card']!.replace('| end group |', '| |')),
    ],
  ])('%s', (_what, code, change) => {
    const problems = broken(change)
    expect(problems.map((each) => each.code)).toContain(code)
  })
})

describe('forms', () => {
  test('the inspection asks a part of what the card asks, in the same spelling, and says nothing of status or stratum', () => {
    const card = cardFields(pack)
    const inspection = fieldsOf(formOf(pack, 'household_inspection'))
    const own = Object.keys(inspection.household).filter((name) => !(name in card.household))
    expect(own).toEqual(['recognises_help'])
    for (const [name, field] of Object.entries(inspection.household)) {
      if (name in card.household) expect(field.type, name).toBe(card.household[name]!.type)
    }
    expect(Object.keys(inspection.lists['members']!).every((name) => name in card.lists['members']!)).toBe(true)
    expect(pack.form_sources['household_inspection']).not.toMatch(/stratum|registered|exited|贫困户|脱贫|建档/)
  })
  test('money is asked in yuan and kept in fen; yes and no are booleans; the size is a number', () => {
    const { household, lists } = cardFields(pack)
    expect(household['wage_income']).toMatchObject({ type: 'money', unit: 'yuan', minor_units: 100 })
    expect(household['water_safe']!.type).toBe('bool')
    expect(household['household_size']!.type).toBe('int')
    expect(lists['members']!['birth_date']!.type).toBe('date')
  })
})

describe('areas', () => {
  test('the nation, its 31 provinces, Ruijin with its 247 villages, Yeping with 399 made groups', () => {
    const count = (level: string, within = '') =>
      areas.filter((area) => area.level === level && area.area_code.startsWith(within)).length
    expect(count('province')).toBe(31)
    expect(count('township')).toBeGreaterThan(41_000)
    expect(count('township', '360781')).toBe(18)
    expect(count('village')).toBe(247)
    expect(count('village', '360781107')).toBe(30)
    expect(count('group', '360781107')).toBe(399)
    expect(areas.find((area) => area.area_code === '360781107')!.name).toEqual({ zh: '叶坪镇', en: 'Yeping Town' })
  })
  test('every group is marked made; every village of Yeping has a shape that holds its point', () => {
    expect(areas.filter((area) => area.level === 'group').every((area) => area.source === 'made')).toBe(true)
    const shapes = JSON.parse(pack.village_shapes!) as {
      features: { id: string; properties: { made: boolean }; geometry: { coordinates: [number, number][][] } }[]
    }
    const villages = areas.filter((area) => area.level === 'village' && area.parent_code === '360781107')
    expect(shapes.features.map(({ id }) => id).sort()).toEqual(villages.map((area) => area.area_code).sort())
    for (const { id, properties, geometry } of shapes.features) {
      const { longitude, latitude } = villages.find((area) => area.area_code === id)!
      const ring = geometry.coordinates[0]!
      const turns = ring.slice(1).map(([x, y], index) => {
        const [px, py] = ring[index]!
        return Math.sign((x - px) * (latitude! - py) - (y - py) * (longitude! - px))
      })
      expect(new Set(turns), id).toEqual(new Set([1]))
      expect(properties.made).toBe(true)
    }
  })
  test('areas that do not nest are reported', () => {
    const yeping = areas.filter((area) => '360781107'.startsWith(area.area_code) || area.area_code === 'CN')
    expect(checkAreas(pack, yeping)).toEqual([])
    const message = (area: Partial<Area>) =>
      checkAreas(pack, [...yeping, { ...yeping.at(-1)!, ...area }])
        .map((each) => each.message)
        .join(' ')
    expect(message({})).toContain('stands twice')
    expect(message({ area_code: '360782107' })).toContain('does not begin with 360781')
    expect(message({ area_code: '360781199', parent_code: '360799' })).toContain('is not there')
    expect(message({ area_code: '3607811' })).toContain('9 characters')
    expect(message({ area_code: '360781199', name: { zh: '某镇' } })).toContain('no name in en')
  })
  test('a code that a neighbour’s code begins with is refused: its people would see the neighbour too', () => {
    const yeping = areas.filter((area) => '360781107'.startsWith(area.area_code) || area.area_code === 'CN')
    const county = yeping.find((area) => area.level === 'county')!
    const strangers = (...more: Partial<Area>[]) =>
      checkAreas(pack, [...yeping, ...more.map((area) => ({ ...county, ...area }))])
        .filter((each) => each.message.includes('does not lie in'))
        .map((each) => `${each.at}: ${/begins with (\w+)/.exec(each.message)?.[1]}`)
    expect(strangers()).toEqual([])
    expect(strangers({ area_code: '36078' })).toEqual(['360781: 36078', '360781107: 36078'])
    expect(strangers({ area_code: '3607811' })).toEqual(['360781107: 3607811', '3607811: 360781'])
    // Another province's prefecture, whose code ours begins with.
    const other = { area_code: '35', level: 'province', parent_code: 'CN' }
    expect(strangers(other, { area_code: '36078', level: 'prefecture', parent_code: '35' })).toContain('360781: 36078')
    expect(strangers({ area_code: '360782' })).toEqual([])
  })
})

describe('the verdict', () => {
  test('at the line and in want of nothing: not poor; one fen less: poor', () => {
    expect(judge(base).verdict).toBe('not_eligible')
    expect(judge({ ...base, wage_income: 839_999 }).verdict).toBe('eligible')
  })
  test('the line of 2015 is higher', () => {
    expect(judge(base, '2014-12-31').verdict).toBe('not_eligible')
    expect(judge(base, '2015-01-01').verdict).toBe('eligible')
  })
  test('above the line in a dangerous house: poor', () => {
    expect(judge({ ...base, wage_income: 9_000_000, house_grade: 'D' }).verdict).toBe('eligible')
  })
  test('something not known: verify; a certain need beside it: poor all the same', () => {
    expect(judge({ ...base, business_income: null }).verdict).toBe('needs_verification')
    expect(judge({ ...base, business_income: null, seasonal_clothing: false }).verdict).toBe('eligible')
  })
  test('unsafe water alone does not register a household and does keep one from leaving', () => {
    const thirsty = judge({ ...base, water_safe: false })
    expect(thirsty.verdict).toBe('not_eligible')
    expect(thirsty.exit).not.toContain('water')
    expect(thirsty.stops).toContain('unsafe_water')
  })
  test('a sign of wealth does not change the verdict', () => {
    const owner = judge({ ...base, house_grade: 'C', assets: ['car'], registers: [{ register: 'payroll', value: 1 }] })
    expect(owner.verdict).toBe('eligible')
    expect(owner.vetoes).toEqual(['car', 'public_payroll'])
  })
  test('urgency grows with certain needs and is known even where an answer is missing', () => {
    expect(judge(base).priority).toBe(0)
    expect(judge({ ...base, house_grade: 'D', water_safe: null }).priority).toBe(15)
    expect(judge({ ...base, house_grade: 'D', wage_income: 0 }).priority).toBe(45)
  })
})

describe('causes and measures', () => {
  test('a skilled, healthy household by a paved road shows no cause', () => expect(judge(base).causes).toEqual([]))
  test('a head who fell ill: illness, not lack of labour; the counterfactual counts lost work, bills apart', () => {
    const ill = judge({
      ...withHead({ health: 'serious_illness', illness_treated: true, labour_capacity: 'none' }),
      wage_income: 300_000,
      medical_expense: 1_200_000,
    })
    expect(ill.causes).toEqual(['01'])
    // A year of the head's work, and half a year of whoever cares.
    expect(ill.value(compiled.causes['01']!.closes.income)).toBe(1_200_000)
    expect(ill.value(compiled.causes['01']!.closes.expense!)).toBe(1_200_000)
    expect(ill.measures).toContain('treatment')
  })
  test('treatment spares expense and does not count as income', () => {
    const { closes } = compiled.measures['treatment']!
    const ill = judge({ ...withHead({ health: 'serious_illness', illness_treated: true }), medical_expense: 1_200_000 })
    expect(ill.value(closes.income)).toBe(0)
    expect(ill.value(closes.expense!)).toBe(600_000)
  })
  test('the allowance closes exactly the gap, up to its ceiling', () => {
    const pair = {
      ...base,
      household_size: 2,
      wage_income: 400_000,
      members: [
        { ...head, birth_date: '1940-01-01', labour_capacity: 'none' },
        { ...head, birth_date: '1941-01-01', labour_capacity: 'weak' },
      ],
    }
    const old = judge(pair)
    expect(old.complete['labourers']).toBe(0)
    expect(old.causes).toContain('08')
    expect(old.measures).toContain('minimum_allowance')
    expect(old.value(compiled.measures['minimum_allowance']!.closes.income)).toBe(160_000)
    expect(judge({ ...pair, wage_income: 0 }).value(compiled.measures['minimum_allowance']!.closes.income)).toBe(
      360_000,
    )
  })
  test('whatever need a household has, some measure that fits it meets it', () => {
    const needs = new Set<string>()
    for (const life of LIVES) {
      const found = judge({ ...base, ...life })
      for (const { code } of pack.indicators.filter(
        (each) => each.code !== 'income' && !found.exit.includes(each.code),
      )) {
        const fitting = pack.measures.filter(
          (each) => found.measures.includes(each.code) && each.closes.indicators.includes(code),
        )
        expect(fitting.length, `${code}: ${JSON.stringify(life)}`).toBeGreaterThan(0)
        needs.add(code)
      }
    }
    expect(needs.size).toBe(6)
  })
  test('every main cause has a measure, and every guarantee has a measure that meets it', () => {
    const answered = new Set(pack.measures.flatMap((measure) => measure.causes))
    for (const cause of pack.causes.filter((each) => each.main)) expect(answered, cause.name).toContain(cause.code)
    const closed = new Set(pack.measures.flatMap((measure) => measure.closes.indicators))
    for (const { code } of pack.indicators) if (code !== 'income') expect(closed, code).toContain(code)
    expect(new Set(pack.measures.map((measure) => measure.batch)).size).toBe(5)
  })
  test('every measure that excludes another is excluded by it', () => {
    const pairs = pack.measures.flatMap((one) => one.excludes.map((other) => [one.code, other] as const))
    for (const [one, other] of pairs) {
      if (['access_road', 'drinking_water'].includes(other)) continue
      expect(pack.measures.find((measure) => measure.code === other)!.excludes, `${one} ${other}`).toContain(one)
    }
  })
})

const alertsOf = (now: object, before: object) => {
  const on = pack.reference_date
  const params = parametersAt(pack, on).values
  const previous = Object.entries(completeRecord(compiled, { ...base, ...before }, params, on)).map(([name, value]) => [
    `previous_${name}`,
    value,
  ])
  const record = { ...completeRecord(compiled, { ...base, ...now }, params, on), ...Object.fromEntries(previous) }
  return Object.keys(compiled.alerts).filter((code) => compiled.alerts[code]!.run(record, params, on).value === true)
}

describe('after registration', () => {
  test('nothing changed well above the line: no alert', () => {
    expect(alertsOf({ wage_income: 3_000_000 }, { wage_income: 3_000_000 })).toEqual([])
  })
  test('income falls below the line', () => {
    expect(alertsOf({ wage_income: 600_000 }, { wage_income: 3_000_000 })).toEqual(['income_fall', 'below_line'])
  })
  test('a bill that doubled past the alert sum; a flood', () => {
    const alerts = alertsOf(
      { wage_income: 3_000_000, medical_expense: 1_500_000, hardships: ['disaster'] },
      { wage_income: 3_000_000, medical_expense: 300_000 },
    )
    expect(alerts).toEqual(['sudden_medical', 'disaster'])
  })
  test('a county leaves at 1.99 percent and 90 percent recognition, not at 2 or 89.9', () => {
    const params = parametersAt(pack, pack.reference_date).values
    const met = (code: string, facts: object) =>
      compiled.exit.county[code]!.run({ ...facts }, params, pack.reference_date).value
    expect(met('combined_incidence', { incidence_percent: 1.99 })).toBe(true)
    expect(met('combined_incidence', { incidence_percent: 2 })).toBe(false)
    expect(met('recognition', { recognition_percent: 90 })).toBe(true)
    expect(met('recognition', { recognition_percent: 89.9 })).toBe(false)
    expect(met('missed', {})).toBe(null)
  })
})
