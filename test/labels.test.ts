// From a reviewer's screen to the command line: what people decided, downloaded as it is offered, and a linkage of the
// same people held against it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csv, inFolder, told, write } from '../cli/link/testkit.ts'
import { family, family_misspelt, numberOf, sendCard, sons_family } from './steps/families.ts'
import { openWorld, unwrap, type World } from './world.ts'

inFolder()

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

// Two brothers, whose families have their surname, their village and no more in common.
const brother = { name: '赖志明', relation: 'head', birth_date: '1990-11-02', sex: 'male' }
const brothers_family = [
  { ...brother, national_id: numberOf('1990-11-02', '119') },
  { name: '谢金莲', relation: 'spouse', birth_date: '1991-03-14', sex: 'female', national_id: '' },
]
const cards = { 'uuid:1': family, 'uuid:2': sons_family, 'uuid:3': family_misspelt, 'uuid:4': brothers_family }

/** The people of the cards as a list of their own, as another office would have it. */
const people = Object.entries(cards).flatMap(([card, members]) =>
  members.map(({ name, national_id, birth_date, sex }, index) => ({
    record_id: `${card}#${index + 1}`,
    household_id: card,
    name,
    national_id,
    birth_date,
    sex,
    area_code: '360781107001',
    phone: '',
  })),
)

async function decided(): Promise<void> {
  const county = await world.as('zhong.wei')
  for (const [index, [instance_id, members]] of Object.entries(cards).entries()) {
    await sendCard(world, { instance_id, surveyed_on: `2014-04-2${index}`, members }, 1 + (index % 2))
    await unwrap(county.api.match.run.$post({ json: { area_code: world.county_code } }))
  }
  const officer = await world.as('chen.lihua')
  await unwrap(officer.api.match.checks.$post({ json: { area_code: world.county_code, links: 5 } }))
  const { items } = await unwrap(
    officer.api.match.reviews.$get({ query: { area_code: world.county_code, state: 'open' } }),
  )
  expect(items.map((item) => item.kind).toSorted()).toEqual(['check', 'part', 'part'])
  for (const { review_id, kind } of items) {
    const json = { decision: kind === 'check' ? ('accepted' as const) : ('rejected' as const), note: 'looked at both' }
    await unwrap(officer.api.match.reviews[':review_id'].$post({ param: { review_id }, json }))
  }
}

/** The download behind the button of the page of thresholds. */
async function labels(of: 'card' | 'member', which: 'same' | 'all'): Promise<string> {
  const officer = await world.as('chen.lihua')
  const answer = await officer.api.match.labels.$get({ query: { area_code: world.county_code, of, which } })
  expect(answer.headers.get('content-type')).toContain('text/csv')
  return await answer.text()
}

test('what reviewers decided is the truth that a linkage of the same people is measured against', async () => {
  await decided()
  write('people.csv', csv(people))
  write('truth.csv', await labels('member', 'same'))
  const found = await told('--left', 'people.csv', '--model', 'chinese_person', '--out', 'links.csv')
  expect(found).toMatchObject({ records: people.length, accept: 11 })
  const { judged, true_pairs, bands } = await told('evaluate', '--links', 'links.csv', '--truth', 'truth.csv')
  // Five people of the family, surveyed twice; three of them a third time, as the son's family: 5 + 3 + 3 pairs.
  expect([judged, true_pairs]).toEqual([null, 11])
  expect(bands[0]).toMatchObject({ band: 'accept', linked: 11, right: 11, wrong: 0, missed: 0 })
})

test('pairs that were told apart are read as such, not as true ones', async () => {
  const truth = await labels('card', 'all')
  expect(truth.split('\n')[0]).toBe('left_id,right_id,is_match')
  write('judged.csv', truth)
  write(
    'cards.csv',
    csv([
      { left_id: 'uuid:3', right_id: 'uuid:1', match_weight: 40, band: 'accept' },
      { left_id: 'uuid:2', right_id: 'uuid:1', match_weight: 30, band: 'accept' },
      { left_id: 'uuid:4', right_id: 'uuid:1', match_weight: 2, band: 'review' },
    ]),
  )
  const { judged, true_pairs, bands } = await told('evaluate', '--links', 'cards.csv', '--truth', 'judged.csv')
  // uuid:2 was told apart from the family, both as it was first surveyed and as it was surveyed again.
  expect([judged, true_pairs]).toEqual([3, 1])
  expect(bands[0]).toMatchObject({ linked: 2, right: 1, wrong: 1, precision: 0.5 })
})
