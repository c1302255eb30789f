// The edges of what two cards are to one another: exactly the margin, exactly two left out.
import { expect, test } from 'vitest'
import type { Card, Someone } from './cards.ts'
import type { Pair } from './candidates.ts'
import { judgeCards, type Bands } from './households.ts'

const bands: Bands = { accept: 10, review: 2, margin: 4, anchor: 15, support_bits: [0] }
const someone = (card_id: string, nth: number): Someone => ({
  key: `${card_id}#${nth}`,
  card_id,
  name: `name ${nth}`,
  relation: nth === 1 ? 'head' : 'child',
  sex: null,
  birth_date: null,
  national_id: '',
  id_valid: false,
  written_id: '',
})
const card = (card_id: string, size: number): Card => ({
  card_id,
  kind: 'visit',
  area_code: '',
  surveyed_on: null,
  phone: null,
  people: Array.from({ length: size }, (_, nth) => someone(card_id, nth + 1)),
})
const pair = (left: Someone, right: Someone, weight: number): Pair => ({
  left,
  right,
  weight,
  household_weight: weight,
  exact: false,
  vetoed: false,
  acceptable: true,
  levels: {},
})
const at = (of: Card, nth: number): Someone => of.people[nth - 1]!

test('a rival that is worse by the margin takes nothing away; one that is a little nearer does', () => {
  const left = card('a', 1)
  const right = card('b', 2)
  const verdict = (rival: number) =>
    judgeCards(left, right, [pair(at(left, 1), at(right, 1), 12), pair(at(left, 1), at(right, 2), rival)], bands)
      .verdict
  expect(verdict(8)).toBe('same')
  expect(verdict(8.001)).toBe('doubtful')
})

test('just heavy enough is sure, just short of it is asked', () => {
  const [left, right] = [card('a', 1), card('b', 1)]
  const verdict = (weight: number) => judgeCards(left, right, [pair(at(left, 1), at(right, 1), weight)], bands).verdict
  expect(verdict(10)).toBe('same')
  expect(verdict(9.999)).toBe('doubtful')
  expect(verdict(2)).toBe('doubtful')
  expect(verdict(1.999)).toBe('apart')
})

test('another head, and two or more of the larger card left out, is a part of a family; with one left out it is the same', () => {
  // The head of the small card is a child of the large one, and the head of the large one is not on the small card.
  const verdict = (size: number) => {
    const small = card('a', 2)
    const large = card('b', size)
    const pairs = [pair(at(small, 1), at(large, 2), 20), pair(at(small, 2), at(large, 3), 20)]
    return judgeCards(small, large, pairs, bands).verdict
  }
  expect(verdict(4)).toBe('part')
  expect(verdict(3)).toBe('same')
})
