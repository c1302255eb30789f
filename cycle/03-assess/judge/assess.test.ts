import path from 'node:path'
import { expect, test } from 'vitest'
import { base } from '#packs/china-2014/example.ts'
import { loadPack } from '#packs/load.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { assessRecord, followUpOf } from './assess.ts'
import { explainShown } from './why.ts'

const { pack } = await loadPack(path.join(import.meta.dirname, '../../../packs/china-2014'))
const book = rulebookOf(pack!)

const household = (change: Record<string, unknown>, area_code = '360781107201001') => ({
  county_code: '360781',
  household_id: '360781-0000001',
  area_code,
  head_name: '朱春生',
  instance_id: 'uuid:1',
  surveyed_on: '2014-04-20',
  evidence_sha256: 'e',
  record: { ...base, registers: [], ...change } as Record<string, unknown>,
})
const assess = (change: Record<string, unknown>) => assessRecord(book, household(change), '2014-12-31')

test('well in everything: not eligible, nothing to ask', () => {
  const assessed = assess({})
  expect(assessed).toMatchObject({
    verdict: 'not_eligible',
    net_income_per_capita: 280_000,
    household_size: 3,
    unmet_indicators: [],
    unknown_indicators: [],
    vetoes: [],
  })
  expect(followUpOf(book, assessed)).toBeNull()
})

test('one fen below the line of the year, or a dangerous house, is enough', () => {
  expect(assess({ wage_income: 839_999 })).toMatchObject({ verdict: 'eligible', unmet_indicators: ['income'] })
  expect(assess({ house_grade: 'D' })).toMatchObject({ verdict: 'eligible', unmet_indicators: ['housing'] })
  expect(assessRecord(book, household({}), '2015-06-30').verdict).toBe('eligible')
})

test('unknown is never no: a person looks, and the visit knows what to ask of whom', () => {
  const members = [...base.members.slice(0, 2), { ...base.members[2], birth_date: null, schooling: null }]
  const assessed = assess({ members, water_safe: null })
  expect(assessed.verdict).toBe('needs_verification')
  expect(assessed.unknown_indicators).toEqual(['education', 'water'])
  const visit = followUpOf(book, assessed)!
  expect(visit.fields).toEqual(['members[2].birth_date', 'members[2].schooling', 'water_safe'])
  expect(visit.reasons.map((each) => each.indicator)).toEqual(['education', 'water'])
  expect(visit.reasons[0]!.followup.zh).toContain('学校')
})

test('a visit asks for answers, never for what is worked out from them', () => {
  const assessed = assess({ business_income: null, pension_income: null })
  expect(assessed.indicators.find((each) => each.code === 'income')).toMatchObject({
    state: 'unknown',
    missing: ['business_income', 'pension_income'],
  })
  expect(followUpOf(book, assessed)!.fields).toEqual(['business_income', 'pension_income'])
})

test('a sign sends a poor household to a person with its evidence, and never makes one poor', () => {
  const registers = [
    { register: 'vehicle', name: '朱春生', value: 500_000, detail: null },
    { register: 'vehicle', name: '朱春生', value: 8_000_000, detail: '小型轿车' },
  ]
  const poor = assess({ house_grade: 'D', registers })
  expect(poor.verdict).toBe('needs_verification')
  expect(poor.vetoes).toEqual([
    {
      code: 'car',
      reason: expect.objectContaining({ en: 'A car is owned or registered.' }),
      evidence: {
        said: [],
        registers: [{ register: 'vehicle', name: '朱春生', value: 8_000_000, detail: '小型轿车' }],
      },
    },
  ])
  expect(assess({ registers }).verdict).toBe('not_eligible')
  expect(assess({ house_grade: 'D', assets: ['car'] }).vetoes[0]!.evidence).toEqual({
    said: [{ field: 'assets', value: ['car'] }],
    registers: [],
  })
})

test('without any list of another department no sign is held against anyone', () => {
  expect(assess({ house_grade: 'D', registers: null })).toMatchObject({ verdict: 'eligible', vetoes: [] })
})

test('one, fourteen and thirty members are judged; thirty-one are no answer and ask for a person', () => {
  const people = (count: number) => ({
    household_size: count,
    wage_income: count * 280_000,
    members: Array.from({ length: count }, () => base.members[0]),
  })
  expect(assess(people(1)).verdict).toBe('not_eligible')
  expect(assess(people(14))).toMatchObject({ verdict: 'not_eligible', household_size: 14 })
  expect(assess({ ...people(14), wage_income: 14 * 280_000 - 1 }).verdict).toBe('eligible')
  expect(assess(people(30)).verdict).toBe('not_eligible')
  expect(assess(people(31))).toMatchObject({ verdict: 'needs_verification', unknown_indicators: ['income'] })
})

test('an income beyond all bounds is unknown and not rich', () => {
  expect(assess({ wage_income: 10 ** 14 })).toMatchObject({
    verdict: 'needs_verification',
    net_income_per_capita: null,
  })
})

test('areas share one standpoint unless they have values of their own', () => {
  const here = standAt(book, '2014-12-31', '360781107201001')
  const there = standAt(book, '2014-12-31', '360781107202001')
  expect(there.params).toBe(here.params)
  expect(there.area_code).toBe('360781107202001')
  expect(standAt(book, '2015-01-01', '360781107202001').params.income_line).toBe(285_500)

  const copy: Pack = structuredClone(pack!)
  const line = copy.parameters.find((each) => each.code === 'income_line')!
  line.values.push({ ...line.values.find((each) => each.from === '2014-01-01')!, area: '360781107202', value: 300_000 })
  const local = rulebookOf(copy)
  const at = (area_code: string) => standAt(local, '2014-12-31', area_code).params.income_line
  expect([at('360781107202001'), at('360781107201001'), at('360781107202009')]).toEqual([300_000, 280_000, 300_000])
  const richer = (area_code: string) => assessRecord(local, household({}, area_code), '2014-12-31').verdict
  expect([richer('360781107201001'), richer('360781107202001')]).toEqual(['not_eligible', 'eligible'])
})

test('an explanation says that a personal number is there, and not which', () => {
  const copy: Pack = structuredClone(pack!)
  copy.indicators[0]!.met = 'members.all(m, has(m.national_id) && m.national_id == "x")'
  const changed = rulebookOf(copy)
  const rule = changed.compiled.indicators[copy.indicators[0]!.code]!.met.rule
  const at = standAt(changed, '2014-12-31', '360781')
  const record = { ...base, members: [{ national_id: '360781197501010019' }, { national_id: 'x' }] }
  const text = JSON.stringify(explainShown(rule, record, at, copy.personal_fields))
  expect(text).toContain('***')
  expect(text).not.toContain('360781197501010019')
})
