import { describe, expect, test } from 'vitest'
import { drawPage, type PageGiven } from '#test/pages/draw-page.tsx'
import SummaryPage from './summary.tsx'

const figures = {
  planned: 40,
  delivered: 30,
  delivered_share: 0.75,
  signed: 28,
  planned_cost: 500_000,
  given_cost: 412_300,
  outside_plan: 2,
}
const summary = {
  year: 2016,
  total: figures,
  areas: [
    { ...figures, area_code: '360781001', name: { en: 'Yeping', zh: '叶坪' }, outside_plan: 0 },
    { ...figures, area_code: '360781002', name: {} },
  ],
  measures: [],
}
const key = (year?: number) => ['deliver', 'summary', '360781', year] as const
const page = (given: PageGiven) => drawPage(SummaryPage, { path: '/deliveries', ...given })

describe('what was given', () => {
  test('before it is known no figure stands, not even 0', async () => {
    const drawn = await page({})
    expect(drawn.text).not.toMatch(/\b0\b|%|deliver:summary\.none/)
    expect(drawn.all('div', { role: 'status' })).toHaveLength(2)
  })

  test('a failure is told in place of the page, with a way to try again', async () => {
    const drawn = await page({ failures: [[key(), { title: 'No right', code: 'forbidden' }]] })
    expect(drawn.one('section', { role: 'alert' }).text).toContain('No right')
    expect(drawn.one('button').text).toBe('ui.retry')
    expect(drawn.has('table')).toBe(false)
  })

  test('each figure of the whole, and of each place with the way into it', async () => {
    const drawn = await page({ answers: [[key(), summary]] })
    expect(drawn.text).toContain('75.0%')
    const [places] = drawn.all('table')
    expect(places?.all('a').map((a) => [a.text, a.attributes['href']])).toEqual([
      ['Yeping', '/deliveries?area=360781001'],
      // A place without a name in the reader's language is its code.
      ['360781002', '/deliveries?area=360781002'],
    ])
    // What was given outside the plan stands only where there was any.
    expect(places?.all('tr').map((row) => row.texts('td').at(-1))).toEqual([undefined, '', '2'])
    // No measure: the table says so.
    expect(drawn.text).toContain('deliver:summary.none')
    expect(drawn.all('a').map((a) => a.attributes['href'])).toContain('/deliveries/list?year=2016')
  })

  test('a year of the address goes with every link', async () => {
    const drawn = await page({ at: '/deliveries?year=2015', answers: [[key(2015), { ...summary, year: 2015 }]] })
    expect(drawn.all('table')[0]?.all('a')[0]?.attributes['href']).toBe('/deliveries?area=360781001&year=2015')
  })
})
