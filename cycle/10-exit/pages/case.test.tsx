import { describe, expect, test } from 'vitest'
import { drawPage, type PageGiven } from '#test/pages/draw-page.tsx'
import CasePage from './case.tsx'

const named = (en: string) => ({ en, zh: en })
const criterion = (code: string, state: boolean | null, more: object = {}) => ({
  code,
  label: named(code),
  state,
  reason: named(`because of ${code}`),
  missing: [] as string[],
  missing_labels: [] as object[],
  ...more,
})
const checks = {
  reference_date: '2016-12-31',
  criteria: [
    criterion('income', true),
    criterion('housing', null, { missing: ['roof'], missing_labels: [named('Roof')] }),
  ],
  support: [criterion('plan', false)],
  stops: [criterion('alert', false), criterion('appeal', true)],
}
const step = (kind: string, detail: object = {}) => ({ step_id: kind, kind, happened_on: '2016-11-03', detail })
const open = {
  exit_id: 'x1',
  year: 2016,
  state: 'verified',
  closed_at: null,
  stopped_reason: null,
  checks,
  steps: [step('checked'), step('appraised', { votes_for: 12, passed: true, year: 2016 }), step('verified')],
}
const story = (cases: object[]) => ({ head_name: 'Liu', cases })
const page = (given: PageGiven) => drawPage(CasePage, { path: '/exits/$household_id', at: '/exits/h1', ...given })
const of = (cases: object[]) => [['exit', 'household', 'h1'], story(cases)] as const
const stepsOf = async (each: object) =>
  (await page({ answers: [of([each])] }))
    .all('ol')
    .flatMap((list) => list.all('li'))
    .map((item) => item.attributes['class'])

describe('a case of exit', () => {
  test('before it is known the page waits and shows no criterion', async () => {
    const drawn = await page({})
    expect(drawn.has('div', { 'aria-busy': 'true' })).toBe(true)
    expect(drawn.text).not.toContain('exit:case.criteria')
  })

  test('that cannot be read says why', async () => {
    const drawn = await page({ failures: [[['exit', 'household', 'h1'], { title: 'Elsewhere' }]] })
    expect(drawn.one('section', { role: 'alert' }).text).toContain('Elsewhere')
  })

  test('as it was then, until it is worked out for today', async () => {
    expect((await page({ answers: [of([open])] })).text).toContain('exit:case.then')
    const now = await page({ answers: [of([open]), [['exit', 'criteria', 'h1', 2016], { checks }]] })
    expect(now.text).toContain('exit:case.now')
  })

  test('a criterion is met, not met or unknown with what is missing', async () => {
    const [criteria, stops] = (await page({ answers: [of([open])] })).all('dl')
    const states = (list: typeof criteria) => list?.all('dd').map((fact) => fact.text)
    expect(states(criteria)).toEqual([
      'ui.state.metbecause of income',
      'ui.state.unknownbecause of housing exit:missing fields=Roof',
      'ui.state.unmetbecause of plan',
    ])
    // What would stop it reads the other way round, and a reason stands only where it does.
    expect(states(stops)).toEqual(['exit:does_not_hold', 'exit:holdsbecause of appeal'])
  })

  test('steps that were taken, the next one, and those to come', async () => {
    expect(await stepsOf(open)).toEqual([
      'd-step-done',
      'd-step-done',
      'd-step-done',
      'd-step-now',
      'd-step-later',
      'd-step-later',
    ])
    const drawn = await page({ answers: [of([open])] })
    expect(drawn.one('li', { 'aria-current': 'step' }).text).toContain('exit:step.consented')
    expect(drawn.text).toContain('exit:field.votes_for: 12 · exit:field.passed: exit:yes')
    // The year stands in the heading.
    expect(drawn.text).not.toContain('exit:field.year')
  })

  test('a case that is closed has no next step; one that was stopped says why', async () => {
    const closed = {
      ...open,
      closed_at: '2016-12-01',
      stopped_reason: 'vote_failed',
      steps: [step('checked'), step('stopped')],
    }
    expect(await stepsOf(closed)).toEqual(['d-step-done', 'd-step-stopped'])
    expect((await page({ answers: [of([closed])] })).text).toContain('exit:case.stopped exit:vote_failed')
    expect((await page({ answers: [of([{ ...closed, stopped_reason: 'moved away' }])] })).text).toContain('moved away')
  })
})
