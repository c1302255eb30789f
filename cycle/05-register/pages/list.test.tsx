import { describe, expect, test } from 'vitest'
import { drawPage, type PageGiven } from '#test/pages/draw-page.tsx'
import RegisterPage from './list.tsx'

const row = (household_id: string, more: object = {}) => ({
  household_id,
  head_name: `head of ${household_id}`,
  area_code: '360781107',
  household_size: 4,
  household_attribute: null,
  status: 'registered',
  registered_on: '2016-03-02',
  ...more,
})
const carried = [
  { name: 'household_attribute', label: { en: 'Kind' }, choices: {} },
  { name: 'ethnicity', label: { en: 'Ethnicity' }, choices: { han: { en: 'Han' } } },
  { name: 'dialect', label: {}, choices: {} },
]
interface Answered {
  items?: object[]
  total?: number
  status?: string
  find?: string
}

const page = (given: PageGiven = {}, { items = [row('h1')], total, status, find }: Answered = {}) =>
  drawPage(RegisterPage, {
    path: '/register',
    answers: [
      [
        ['register', 'list', '360781', status, find],
        { pages: [{ items, total: total ?? items.length, next: null, carried }], pageParams: [undefined] },
      ],
    ],
    ...given,
  })

describe('the register', () => {
  test('each household with its file; answers by the words of their form', async () => {
    const items = [
      row('h1', { ethnicity: 'han', dialect: 'hakka', household_attribute: 'poor' }),
      row('h2', { ethnicity: 'she', status: 'deregistered' }),
    ]
    const drawn = await page({}, { items })
    expect(drawn.texts('th', { scope: 'col' })).toEqual([
      'register:list.head',
      'register:list.number',
      'register:list.place',
      'register:list.size',
      'register:list.attribute',
      'Ethnicity',
      'dialect',
      'register:list.status',
      'register:list.since',
    ])
    const [first, second] = drawn.all('tr', { 'data-index': true })
    expect(first?.one('a').attributes['href']).toBe('/households/h1')
    expect(first?.texts('td')).toEqual([
      'h1',
      '—',
      '4',
      'register:attribute.poor',
      'Han',
      'hakka',
      'register:list.registered',
      '2 Mar 2016',
    ])
    // An answer without a word is shown as it is; what is missing is a dash.
    expect(second?.texts('td').slice(3, 7)).toEqual(['—', 'she', '—', 'register:list.deregistered'])
  })

  test('how many there are is said once it is known, and only then can the list be printed', async () => {
    const drawn = await page({}, { total: 1204 })
    expect(drawn.one('span', { class: 'rg-total' }).text).toBe('register:list.total count=1204')
    expect(drawn.texts('button').length).toBe(1)
    const waiting = await page({ answers: [] })
    expect(waiting.one('span', { class: 'rg-total' }).text).toBe('')
    expect(waiting.has('button')).toBe(false)
  })

  test('none at all, and none that fit a filter, are told apart; neither is printed', async () => {
    const none = await page({}, { items: [] })
    expect(none.text).toContain('register:list.empty')
    expect(none.has('button')).toBe(false)
    const filtered = await page({ at: '/register?status=deregistered' }, { items: [], status: 'deregistered' })
    expect(filtered.text).toContain('register:list.none_found')
    const sought = await page({ at: '/register?find=liu' }, { items: [], find: 'liu' })
    expect(sought.text).toContain('register:list.none_found')
    expect(sought.all('input').map((each) => each.attributes['value'])).toContain('liu')
  })
})
