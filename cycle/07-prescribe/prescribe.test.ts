import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { base as with_pupil } from '#packs/china-2014/example.ts'
import { loadPack } from '#packs/load.ts'
import { rulebookOf, standAt, type Rulebook } from '#packs/rulebook.ts'
import { prescribe, type Basis, type Standing } from './prescribe.ts'

let book: Rulebook
beforeAll(async () => {
  const { pack } = await loadPack(fileURLToPath(new URL('../../packs/china-2014', import.meta.url)))
  if (!pack) throw new Error('the pack does not load')
  book = rulebookOf(pack)
})

// A pupil has a right to a grant; without one, plans hold only what is needed.
const toddler = { birth_date: '2012-06-01', schooling: null }
const base = {
  ...with_pupil,
  members: with_pupil.members.map((each) => (each.schooling === null ? each : { ...each, ...toddler })),
}
const area_code = '360781107001001'
const nothing: Basis = {
  diagnosis_id: 'd1',
  income_shortfall: 0,
  unmet_indicators: [],
  main_cause: null,
  other_causes: [],
  score: 0,
}

function plan(record: Record<string, unknown>, basis: Partial<Basis>, standing: Standing[] = [], params = {}) {
  const at = standAt(book, '2014-04-30', area_code)
  return prescribe(
    book,
    { household_id: '360781-0000001', area_code, record: { ...base, ...record } },
    { ...nothing, ...basis },
    { ...at, params: { ...at.params, ...params } },
    standing,
  )
}

const codes = (of: ReturnType<typeof plan>) => of.items.map((item) => item.measure_code).sort()

describe('the plan of one household', () => {
  test('without a need there is nothing to plan', () => {
    const made = plan({}, {})
    expect(made).toMatchObject({ needs: [], items: [], uncovered: [], cost: 0, income_gain: 0 })
  })

  test('who can be treated is treated: the cheaper visit does not answer the cause in its place', () => {
    const ill = { ...base.members[0], health: 'serious_illness', illness_treated: true, medical_insurance: true }
    const both = { ...ill, name: 'second', health: 'chronic_illness' }
    const made = plan({ members: [ill, both] }, { main_cause: '01' })
    expect(codes(made)).toContain('treatment')
    const visit = made.weighed.find((each) => each.measure_code === 'family_doctor')
    expect(visit).toMatchObject({ state: 'not_needed', instead: ['treatment'] })
    const only = plan({ members: [both] }, { main_cause: '01' })
    expect(codes(only)).toContain('family_doctor')
  })

  test('each unmet indicator is a need, closed by the measure that names it, with its reason in words', () => {
    const made = plan({ house_grade: 'D' }, { unmet_indicators: ['housing'], main_cause: '04' })
    expect(made.needs).toEqual([{ need: 'housing', amount: 1 }])
    expect(codes(made)).toEqual(['house_rebuild'])
    expect(made.items[0]).toMatchObject({ cause: '04', cost: 3_000_000, cost_period: 'once', indicators: ['housing'] })
    expect(made.items[0]?.reason.en).toBe('Meets the need: A safe house; answers the cause: Disaster.')
    expect(made.items[0]?.reason.zh).toMatch(/^解决：.+；针对致贫原因：.+。$/)
  })

  test('the income shortfall is closed for the least money; no measure that is not needed is added', () => {
    const made = plan({ arable_land: 3, forest_land: 0, orchard_land: 0 }, { income_shortfall: 300_000 })
    expect(made.income_gain).toBeGreaterThanOrEqual(300_000)
    for (const item of made.items) {
      const without = made.income_gain - item.income_gain
      expect(without, `${item.measure_code} is needed`).toBeLessThan(300_000)
    }
    const cheaper = made.weighed.filter((each) => each.state === 'not_needed' && (each.income_gain ?? 0) >= 300_000)
    for (const each of cheaper) expect(each.cost).toBeGreaterThanOrEqual(made.cost)
  })

  test('what the household has a right to stands in the plan, needed or not', () => {
    const made = plan({ members: with_pupil.members }, {})
    expect(codes(made)).toEqual(['boarding_grant'])
    expect(made.items[0]?.reason.en).toBe('The household has a right to it.')
  })

  test('each cause is answered by a measure for it, though it closes no need', () => {
    const members = base.members.map((each, i) =>
      i === 0 ? { ...each, health: 'serious_illness', illness_treated: true } : each,
    )
    const made = plan({ members, medical_expense: 100_000 }, { main_cause: '01', income_shortfall: 100_000 })
    expect(codes(made)).toContain('treatment')
    expect(made.uncovered).toEqual([])
    const chickens = made.weighed.find((each) => each.measure_code === 'poultry')
    expect(chickens?.causes).toEqual([])
  })

  test('a cause that nothing answers is open, with the reason; every measure in force is told', () => {
    const made = plan({}, { main_cause: '02', other_causes: ['13'] })
    expect(made.uncovered).toMatchObject([
      { need: 'cause:02', reason: 'not_eligible' },
      { need: 'cause:13', reason: 'no_option' },
    ])
    expect(made.uncovered[1]?.text.en).toBe('Cost of a marriage: no measure answers this cause.')
    expect(made.uncovered[1]?.text.zh).toContain('没有针对')
    expect(made.weighed.length).toBe(book.pack.measures.length)
    expect(made.weighed.find((each) => each.measure_code === 'house_rebuild')?.state).toBe('not_eligible')
  })

  test('measures that exclude one another never stand together', () => {
    const far = { relocation_willing: true, disaster_prone: true, house_grade: 'D', water_safe: false }
    const made = plan(far, { unmet_indicators: ['housing', 'water'] })
    const chosen = new Set(codes(made))
    for (const measure of book.pack.measures) {
      if (!chosen.has(measure.code)) continue
      for (const other of measure.excludes) expect(chosen.has(other), `${measure.code} and ${other}`).toBe(false)
    }
    expect(made.uncovered).toEqual([])
  })

  test('what the answers do not tell is listed with what is missing, and never chosen', () => {
    const made = plan({ house_grade: null }, { unmet_indicators: ['housing'] })
    const rebuild = made.weighed.find((each) => each.measure_code === 'house_rebuild')
    expect(rebuild).toMatchObject({ state: 'unknown', missing: ['house_grade'], cost: null })
    expect(made.items).toEqual([])
    expect(made.uncovered).toMatchObject([{ need: 'housing', reason: 'no_option' }])
    expect(made.uncovered[0]?.text.en).toContain('no measure')
  })

  test('an income that is not known is said to be open, not taken for none', () => {
    const made = plan({ wage_income: null }, { income_shortfall: null })
    expect(made.needs).toEqual([])
    expect(made.uncovered).toMatchObject([{ need: 'income', amount: null, reason: 'unknown' }])
  })

  test('of measures that cost the same, the one that answers the main cause is taken', () => {
    const twins = ['aaa', 'bbb', 'ccc'].map((code, index) => ({
      ...book.pack.measures.find((measure) => measure.code === 'house_rebuild')!,
      code,
      excludes: [],
      causes: [['12'], ['04'], ['09']][index] ?? [],
    }))
    const compiled = book.compiled.measures.house_rebuild!
    const with_twins: Rulebook = {
      ...book,
      pack: { ...book.pack, measures: twins },
      compiled: { ...book.compiled, measures: Object.fromEntries(twins.map((each) => [each.code, compiled])) },
    }
    const choose = (basis: Partial<Basis>) =>
      prescribe(
        with_twins,
        { household_id: '360781-0000001', area_code, record: { ...base, house_grade: 'D' } },
        { ...nothing, unmet_indicators: ['housing'], ...basis },
        standAt(book, '2014-04-30', area_code),
      ).items.map((item) => item.measure_code)
    expect(choose({ main_cause: '04' })).toEqual(['bbb'])
    expect(choose({ main_cause: '01', other_causes: ['09'] })).toEqual(['ccc'])
    expect(choose({})).toEqual(['aaa'])
  })

  test('what an earlier plan began is not begun twice, and counts once it is on its way', () => {
    const begun = (on_its_way: boolean): Standing => ({
      measure_code: 'house_rebuild',
      cost_period: 'once',
      income_gain: 0,
      indicators: ['housing'],
      on_its_way,
    })
    const coming = plan({ house_grade: 'D' }, { unmet_indicators: ['housing'] }, [begun(true)])
    expect(coming).toMatchObject({ needs: [], items: [], uncovered: [] })
    const failed = plan({ house_grade: 'D' }, { unmet_indicators: ['housing'] }, [begun(false)])
    expect(failed.items).toEqual([])
    expect(failed.uncovered).toMatchObject([{ need: 'housing' }])
    expect(failed.weighed.find((each) => each.measure_code === 'house_rebuild')?.state).toBe('standing')
  })

  test('a pack may ask for a margin over the line, and for costs over several years', () => {
    const rich = plan({}, { income_shortfall: 100_000 }, [], { plan_margin_percent: 20 })
    expect(rich.needs).toEqual([{ need: 'income', amount: 120_000 }])
    const yearly = (years: number) =>
      plan({ forest_land: 50, ecological_compensation_income: 0 }, { income_shortfall: 100_000 }, [], {
        plan_years: years,
      }).items.filter((item) => item.cost_period === 'yearly').length
    expect(yearly(1)).toBeGreaterThan(0)
    expect(yearly(40)).toBe(0)
  })
})
