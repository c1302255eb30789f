import { describe, expect, test } from 'vitest'
import { drawPage, type PageGiven } from '#test/pages/draw-page.tsx'
import CandidatesPage from './candidates.tsx'

const criterion = (code: string, state: boolean | null) => ({ code, label: { en: code, zh: code }, state })
const row = (household_id: string, outcome: string, checks: object) => ({
  household_id,
  head_name: `head of ${household_id}`,
  outcome,
  checks: { criteria: [], support: [], stops: [], ...checks },
})
const rows = [
  row('h1', 'all_met', { criteria: [criterion('income', true)], stops: [criterion('alert', false)] }),
  row('h2', 'not_met', {
    criteria: [criterion('income', false), criterion('water', null)],
    stops: [criterion('appeal', true), criterion('alert', null)],
  }),
]
const wanted = (more: object = {}) => ({
  area_code: '360781',
  year: 2026,
  criterion: undefined,
  outcome: undefined,
  ...more,
})
const page = (given: PageGiven = {}, items: object[] = rows, more: object = {}) =>
  drawPage(CandidatesPage, {
    path: '/exits/candidates',
    answers: [
      [['exit', 'candidates', wanted(more)], { pages: [{ items, next: null, registered: 1204 }], pageParams: [null] }],
    ],
    ...given,
  })

describe('candidates for exit', () => {
  test('each with what keeps it on the list: not met, not known, and a stop that holds; what is good is left out', async () => {
    const drawn = await page()
    const [first, second] = drawn.all('tr', { 'data-index': true })
    expect(first?.texts('td')).toEqual(['h1', 'exit:outcomes.all_met', ''])
    expect(second?.texts('td')[2]).toBe('pack.not_met what=incomepack.not_known what=waterappealalert')
    const states = second
      ?.all('td')[2]
      ?.all('span', { class: 'd-state d-state-unmet' })
      .map((each) => each.text)
    expect(states).toEqual(['pack.not_met what=income', 'appeal'])
    expect(drawn.text).toContain('exit:registered 1,204')
  })

  test('how many are registered is a dash until it is known', async () => {
    const drawn = await page({ answers: [] })
    expect(drawn.text).toContain('exit:registered —')
    expect(drawn.text).not.toContain('exit:candidates.none')
  })

  test('nobody fits: said once it is known', async () => {
    expect((await page({}, [])).text).toContain('exit:candidates.none')
  })

  test('the year is this one unless the address says another, and goes with each link', async () => {
    expect((await page()).one('a', { href: '/exits/h1?year=2026' }).text).toBe('head of h1')
    const before = await page({ at: '/exits/candidates?year=2024&outcome=not_met' }, rows, {
      year: 2024,
      outcome: 'not_met',
    })
    expect(before.has('a', { href: '/exits/h1?year=2024' })).toBe(true)
    expect(before.text).toContain('exit:candidates.lead year=2024')
  })

  test('the check is offered to whoever may make it', async () => {
    expect((await page()).text).not.toContain('exit:candidates.check')
    expect((await page({ actions: ['exit.check'] })).texts('button')).toContain('exit:candidates.check year=2026')
  })
})
