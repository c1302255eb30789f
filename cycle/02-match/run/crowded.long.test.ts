import { expect, test } from 'vitest'
import { findCandidates } from './candidates.ts'
import type { Card, Someone } from './cards.ts'

/** Heads of one village whose names all sound alike; every second year of birth is borne by two of them. */
function crowd(count: number): Card[] {
  const same_sound = ['张伟', '章伟', '张炜', '章炜', '张苇']
  return Array.from({ length: count }, (_, n) => {
    const card_id = `card${n}`
    const year = 1930 + (n % 60)
    const head: Someone = {
      key: `${card_id}#1`,
      card_id,
      name: same_sound[n % same_sound.length] ?? '',
      relation: 'head',
      sex: 'male',
      birth_date: `${year}-0${1 + (n % 9)}-1${n % 9}`,
      national_id: '',
      id_valid: false,
      written_id: '',
    }
    return { card_id, kind: 'visit', area_code: '360781107201', surveyed_on: null, phone: null, people: [head] }
  })
}

const settings = { scheme: 'gb11643' as const, learnt: null, learn: false, accept: 10, review: 0 }

test('a crowd of names that sound alike is compared by year of birth; the run goes on', async () => {
  const cards = crowd(400)
  const whole = await findCandidates(cards, [], settings)
  const narrow = await findCandidates(cards, [], { ...settings, max_pairs: 20_000 })
  expect(whole.scored).toBeGreaterThan(20_000)
  expect(narrow.scored).toBeGreaterThan(0)
  expect(narrow.scored).toBeLessThanOrEqual(20_000)
  expect(narrow.model.blocking_rules).toEqual(whole.model.blocking_rules)
  const strong = (found: typeof whole) =>
    found.pairs
      .filter((pair) => pair.left.birth_date === pair.right.birth_date && pair.left.name === pair.right.name)
      .map((pair) => [pair.left.key, pair.right.key].sort().join(' '))
      .sort()
  // Whoever agrees in name and birth date is found all the same.
  expect(strong(narrow)).toEqual(strong(whole))
  expect(strong(whole).length).toBeGreaterThan(0)
}, 300_000)

test('people who are alike in everything are named, not an internal error', async () => {
  const alike = crowd(400).map((card) => ({
    ...card,
    people: card.people.map((head) => ({ ...head, name: '张伟', birth_date: '1900-01-01' })),
  }))
  await expect(findCandidates(alike, [], { ...settings, max_pairs: 1_000 })).rejects.toMatchObject({
    code: 'match_crowded',
  })
}, 300_000)
