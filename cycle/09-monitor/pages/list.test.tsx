import { describe, expect, test } from 'vitest'
import { drawPage, type PageGiven } from '#test/pages/draw-page.tsx'
import AlertListPage from './list.tsx'

const alert = (alert_id: string, more: object = {}) => ({
  alert_id,
  household_id: 'h1',
  head_name: `head of ${alert_id}`,
  rule_code: 'income_fell',
  label: { en: 'Income fell', zh: '收入下降' },
  severity: 'high',
  register_status: 'registered',
  state: 'helped',
  due_on: '2026-03-20',
  ...more,
})
const counts = [
  { state: 'open', severity: 'high', count: 3 },
  { state: 'open', severity: 'low', count: 4 },
  { state: 'helped', severity: 'low', count: 5 },
]
const page = (given: PageGiven = {}, state?: string, items: object[] = [alert('a1'), alert('a2', { label: {} })]) =>
  drawPage(AlertListPage, {
    path: '/alerts/list',
    answers: [[['monitor', 'list', '360781', state], { pages: [{ items, counts, next: null }], pageParams: [null] }]],
    ...given,
  })

describe('alerts', () => {
  test('the numbers are sums over all severities, each leads to its list', async () => {
    const drawn = await page()
    const numbers = drawn
      .all('a')
      .filter((each) => each.attributes['href']?.startsWith('/alerts/list'))
      .map((each) => [each.attributes['href'], /\d+/.exec(each.text)?.[0]])
    expect(numbers).toEqual([
      ['/alerts/list', '12'],
      ['/alerts/list?state=open', '7'],
      ['/alerts/list?state=visited', '0'],
      ['/alerts/list?state=helped', '5'],
      ['/alerts/list?state=dismissed', '0'],
    ])
  })

  test('before they are known no number stands', async () => {
    const drawn = await page({ answers: [] })
    expect(drawn.text).not.toMatch(/\d/)
    expect(drawn.has('*', { 'data-total': true })).toBe(false)
  })

  test('the list says how many there are of the state that is shown', async () => {
    expect((await page()).has('div', { 'data-total': '12' })).toBe(true)
    const open = await page({ at: '/alerts/list?state=open' }, 'open')
    expect(open.has('div', { 'data-total': '7' })).toBe(true)
    expect(open.text).toContain('ui.table.first n=2 all=7')
  })

  test('a sign without a name in the reader’s language is its code; a household that never was on the register says so', async () => {
    const drawn = await page({}, undefined, [alert('a1'), alert('a2', { label: {}, register_status: null })])
    const [first, second] = drawn.all('tr', { 'data-index': true })
    expect(first?.text).toContain('Income fell')
    expect(second?.text).toContain('income_fell')
    expect(second?.text).toContain('monitor:status_never')
  })

  test('a state that there is not is no filter', async () => {
    expect((await page({ at: '/alerts/list?state=gone' })).has('div', { 'data-total': '12' })).toBe(true)
  })
})
