import { expect, test } from 'vitest'
import type { Pair } from './candidates.ts'
import type { Card, Someone } from './cards.ts'
import { ALWAYS, judgeCards, type Bands } from './households.ts'

const bands: Bands = { accept: 10, review: 0, margin: 3, anchor: 100, support_bits: [0] }

function card(card_id: string, size: number): Card {
  const people = Array.from({ length: size }, (_, index): Someone => ({
    key: `${card_id}#${index + 1}`,
    card_id,
    name: '',
    relation: null,
    sex: null,
    birth_date: null,
    national_id: '',
    id_valid: false,
    written_id: '',
  }))
  return { card_id, kind: 'visit', area_code: '', surveyed_on: null, phone: null, people }
}

const [left, right] = [card('a', 4), card('b', 4)]

function pair(index: number, weight: number, more: Partial<Pair> = {}): Pair {
  const [a, b] = [left.people[index], right.people[index]]
  if (!a || !b) throw new Error('no such member')
  const base = { household_weight: 0, exact: false, vetoed: false, acceptable: true, levels: {} }
  return { ...base, left: a, right: b, weight, ...more }
}

const at = (accept: number, pairs: Pair[]) => judgeCards(left, right, pairs, { ...bands, accept }).verdict
const decisive = (pairs: Pair[]) => judgeCards(left, right, pairs, bands).decisive

test('two members must be sure: the second one’s weight is the threshold at which nobody is asked any more', () => {
  const pairs = [pair(0, 12), pair(1, 7), pair(2, 4)]
  expect(decisive(pairs)).toBe(7)
  expect(at(7, pairs)).toBe('same')
  expect(at(7.01, pairs)).toBe('doubtful')
})

test('no threshold decides where too few may be accepted at all', () => {
  const pairs = [pair(0, 12), pair(1, 7, { acceptable: false }), pair(2, 6, { vetoed: true })]
  expect(decisive(pairs)).toBeNull()
  expect(at(0, pairs)).not.toBe('same')
})

test('members with the same number and name are sure whatever the threshold', () => {
  const pairs = [pair(0, 5, { exact: true }), pair(1, 5, { exact: true })]
  expect(decisive(pairs)).toBe(ALWAYS)
  expect(at(60, pairs)).toBe('same')
})

test('what the others of a household add is as learnt, by their number; a veto is not lifted', () => {
  const learnt = { ...bands, anchor: 7, support_bits: [-1, 2.5, 6] }
  const totals = (pairs: Pair[]) => judgeCards(left, right, pairs, learnt).chosen.map((each) => each.total)
  expect(totals([pair(0, 4)])).toEqual([3])
  expect(totals([pair(0, 9), pair(1, 4)])).toEqual([8, 6.5])
  expect(totals([pair(0, 9), pair(1, 9), pair(2, 9), pair(3, 4)])).toEqual([15, 15, 15, 10])
  expect(totals([pair(0, 9), pair(1, 4, { vetoed: true })])).toEqual([8, 4])
})
