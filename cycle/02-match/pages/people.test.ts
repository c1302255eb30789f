import { expect, test } from 'vitest'
import { countsOf, hiddenSlip, peopleOf, telling, type Compared, type Member, type Step } from './people.ts'

const bands = { accept: 10, review: 0 }

const member = (key: string, more: Partial<Member> = {}): Member => ({
  key,
  person_id: null,
  name: key,
  relation: null,
  sex: null,
  birth_date: null,
  national_id: null,
  ...more,
})

const compared = (left: string, right: string, match_weight: number, more: Partial<Compared> = {}): Compared => ({
  left,
  right,
  steps: [],
  match_weight,
  exact: false,
  vetoed: false,
  sure: false,
  ...more,
})

const card = (instance_id: string, members: Member[]) => ({ instance_id, members })

test('what contradicts and what is doubtful stands before what is sure', () => {
  const left = card(
    'a',
    ['a1', 'a2', 'a3', 'a4'].map((key) => member(key)),
  )
  const right = card(
    'b',
    ['b1', 'b2', 'b3', 'b4'].map((key) => member(key)),
  )
  const pairs = [
    compared('a1', 'b1', 40, { exact: true }),
    compared('a2', 'b2', 5),
    compared('a3', 'b3', 20, { vetoed: true }),
  ]
  const people = peopleOf(left, right, pairs, bands)
  expect(people.together.map((two) => two.left.key)).toEqual(['a3', 'a2', 'a1'])
  expect(countsOf(people, bands)).toEqual({ same: 1, perhaps: 1, against: 1, only_left: 1, only_right: 1 })
})

test('who is one person already is set side by side, not told as missing on both cards', () => {
  const left = card('a', [member('a1'), member('a2', { person_id: 'p' })])
  const right = card('b', [member('b1'), member('b2', { person_id: 'p' })])
  const people = peopleOf(left, right, [compared('a1', 'b1', 12)], bands)
  expect(people.together.map((two) => [two.left.key, two.right.key, two.by])).toEqual([
    ['a1', 'b1', 'compared'],
    ['a2', 'b2', 'linked'],
  ])
  expect(countsOf(people, bands)).toMatchObject({ same: 2, only_left: 0, only_right: 0 })
})

test('one number on one card: the two members who bear it, and nobody else', () => {
  const number = '**************1682'
  const same = card('a', [
    member('a1', { national_id: '**************0001' }),
    member('a2', { national_id: number }),
    member('a3', { national_id: number, person_id: 'holder' }),
  ])
  const people = peopleOf(same, same, [], bands, 'holder')
  expect(people.together.map((two) => [two.left.key, two.right.key, two.by])).toEqual([['a2', 'a3', 'number']])
  expect(people.only_left).toEqual([])
})

test('the strongest reasons for and against are told, not what holds of any two people', () => {
  const step = (comparison: string, level: string | null, weight: number): Step => ({ comparison, level, weight })
  const steps = [
    step('prior', null, -20),
    step('name', 'exact', 14),
    step('phone', 'exact', 12),
    step('area', 'village', 5),
    step('person', 'id_conflict', -9),
    step('rarity', null, 3),
    step('support', '1', 1),
  ]
  const { speaks_for, speaks_against } = telling(steps)
  expect(speaks_for.map((each) => each.comparison)).toEqual(['name', 'phone'])
  expect(speaks_against.map((each) => each.comparison)).toEqual(['person'])
})

test('numbers that end alike behind their masks are not shown as the same where they were found to differ', () => {
  const number = '**************1354'
  const two = (level: string, national_id: string | null) => ({
    left: member('a', { national_id: number }),
    right: member('b', { national_id }),
    pair: compared('a', 'b', 1, { steps: [{ comparison: 'person', level, weight: 1 }] }),
    by: 'compared' as const,
  })
  expect(hiddenSlip(two('near_id', number))).toBe(true)
  expect(hiddenSlip(two('same_id', number))).toBe(false)
  expect(hiddenSlip(two('near_id', null))).toBe(false)
})
