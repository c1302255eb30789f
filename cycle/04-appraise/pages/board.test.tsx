import { describe, expect, test } from 'vitest'
import { drawPage, type PageGiven } from '#test/pages/draw-page.tsx'
import { dueFor, type Board } from './board-data.ts'
import BoardPage from './board.tsx'

const card = (n: number, more: object = {}) => ({
  appraisal_id: `a${n}`,
  household_id: `36078100${n}`,
  head_name: `Liu ${n}`,
  area_code: '360781001',
  household_size: 4,
  net_income_per_capita: 230_000,
  unmet: ['housing'],
  votes: null,
  open_objections: 0,
  village_reviewed: false,
  township_reviewed: false,
  state: 'applied',
  ...more,
})
const column = (state: string, cards: object[] = [], count = cards.length) => ({ state, cards, count })
const board = (more: object = {}) => ({
  today: '2016-03-02',
  waiting: 0,
  due: { meet: 0, review_village: 0, first_notice: 0, review_township: 0, second_notice: 0, review_county: 0 },
  rules: { days: {}, notice_roles: { first_notice: 'village_committee', second_notice: 'township_officer' } },
  notices: [],
  objections: [],
  columns: [column('applied'), column('appraised')],
  ...more,
})
const page = (answer: object | undefined, given: PageGiven = {}) =>
  drawPage(BoardPage, {
    path: '/appraise',
    role: 'village_committee',
    answers: answer === undefined ? [] : [[['appraise', 'board', '360781'], answer]],
    ...given,
  })

describe('the board', () => {
  test('waits, and says neither that nobody is there nor that nothing is due', async () => {
    const drawn = await page(undefined)
    expect(drawn.has('div', { 'aria-busy': 'true' })).toBe(true)
    expect(drawn.text).not.toMatch(/board\.empty|due\.nothing/)
  })

  test('tells a failure', async () => {
    const failures = [[['appraise', 'board', '360781'], { title: 'The server did not answer' }]] as const
    expect((await page(undefined, { failures })).one('section', { role: 'alert' }).text).toContain('did not answer')
  })

  test('is empty only where nobody waits to be brought in either', async () => {
    const empty = await page(board())
    expect(empty.one('div', { id: 'cases' }).attributes['data-total']).toBe('0')
    expect(empty.text).toContain('appraise:board.empty')
    expect((await page(board({ waiting: 3 }))).text).not.toContain('appraise:board.empty')
  })

  test('each state with its number, its cards and how many are not shown', async () => {
    const drawn = await page(board({ columns: [column('applied', [card(1), card(2)], 130), column('appraised')] }))
    const [applied, appraised] = drawn.all('section', { class: 'ap-column' })
    expect(applied?.one('h3').text).toBe('applied 130')
    expect(applied?.texts('a')).toEqual(['Liu 1', 'Liu 2'])
    expect(applied?.text).toContain('appraise:board.more n=128')
    expect(appraised?.text).toContain('appraise:board.none')
    expect(drawn.one('select').texts('option')).toEqual(['applied (130)', 'appraised (0)'])
  })

  test('a card says what is lacking, its votes, an objection that is open, and a review that was made', async () => {
    const cards = [
      card(1, { state: 'appraised', votes: { for: 20, against: 3, abstain: 1 }, open_objections: 1 }),
      card(2, { state: 'appraised', village_reviewed: true, township_reviewed: false }),
      card(3, { state: 'township_review', village_reviewed: true, township_reviewed: false }),
    ]
    const drawn = await page(board({ columns: [column('appraised', cards)] }))
    const [first, second, third] = drawn.all('article')
    expect(first?.text).toContain('appraise:card.votes for=20 against=3 abstain=1')
    expect(first?.texts('span', { class: 'd-tag d-tag-seal' })).toEqual(['appraise:card.objection'])
    expect(first?.text).toContain('pack.not_met what=housing')
    expect(second?.texts('span', { class: 'd-tag d-tag-met' })).toEqual(['appraise:card.reviewed'])
    expect(third?.has('span', { class: 'd-tag d-tag-met' })).toBe(false)
  })
})

describe('what is due', () => {
  const due = { meet: 2, review_village: 1, first_notice: 4, review_township: 5, second_notice: 6, review_county: 7 }
  const steps = (role: string, more: object = {}) =>
    dueFor(role, board({ due, waiting: 9, ...more }) as unknown as Board).map(({ step, count }) => [step, count])

  test('for each role its own steps, in their order; who hangs notices the pack says', () => {
    expect(steps('village_committee')).toEqual([
      ['meet', 2],
      ['review_village', 1],
      ['first_notice', 4],
      ['open', 9],
    ])
    expect(steps('township_officer')).toEqual([
      ['review_township', 5],
      ['second_notice', 6],
      ['open', 9],
    ])
    expect(steps('county_officer')).toEqual([['review_county', 7]])
    expect(steps('inspector')).toEqual([])
    expect(steps('village_committee', { rules: null })).not.toContainEqual(['first_notice', 4])
  })

  test('nothing of a step with nothing', () => {
    expect(steps('village_committee', { due: { ...due, meet: 0 }, waiting: 0 })).toEqual([
      ['review_village', 1],
      ['first_notice', 4],
    ])
  })

  test('one button for the first of them; another by the address; none for whom nothing waits', async () => {
    const full = board({ due, waiting: 9, columns: [column('applied', [card(1)])] })
    const first = await page(full)
    expect(first.one('div', { class: 'ap-due' }).attributes['data-total']).toBe('2')
    expect(first.text).toContain('appraise:due.meet_button count=2')
    expect(first.all('button', { 'aria-pressed': 'true' }).map((each) => each.text)).toEqual(['appraise:due.meet 2'])
    const review = await page(full, { at: '/appraise?due=review_village' })
    expect(review.text).toContain('appraise:due.review_village_button count=1')
    expect(review.all('a').map((a) => a.attributes['href'])).toContain('/appraise/review?level=village')
    const nobody = await page(full, { role: 'inspector' })
    expect(nobody.text).toContain('appraise:due.nothing')
    expect(nobody.has('div', { class: 'ap-due' })).toBe(false)
  })
})
