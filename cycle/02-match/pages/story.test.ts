import { expect, test } from 'vitest'
import { reasonOf, storyOf, type Linked } from './story.ts'

const link = (left_kind: string, left_id: string, more: Partial<Linked> = {}): Linked => ({
  link_id: `${left_kind} ${left_id}`,
  left_kind,
  left_id,
  person_name: null,
  method: 'first_seen',
  surveyed_on: null,
  linked_at: '2014-06-01T00:00:00.000Z',
  withdrawn_at: null,
  withdrawn_reason: null,
  ...more,
})

test('members stand with their card, the newest card first, records apart', () => {
  const story = storyOf([
    link('record', 'vehicle:1'),
    link('member', 'uuid:a#10'),
    link('member', 'uuid:a#2'),
    link('submission', 'uuid:a', { surveyed_on: '2014-05-01' }),
    link('submission', 'uuid:b', { surveyed_on: '2016-05-01' }),
    link('member', 'uuid:c#1'),
  ])
  expect(story.cards.map((each) => [each.key, each.card?.surveyed_on, each.members.map((m) => m.left_id)])).toEqual([
    ['uuid:b', '2016-05-01', []],
    ['uuid:a', '2014-05-01', ['uuid:a#2', 'uuid:a#10']],
    ['uuid:c', undefined, ['uuid:c#1']],
  ])
  expect(story.records.map((each) => each.left_id)).toEqual(['vehicle:1'])
  expect(story.withdrawals).toEqual([])
})

test('what was withdrawn together for one reason is told once, the latest first', () => {
  const at = (withdrawn_at: string, withdrawn_reason: string) => ({ withdrawn_at, withdrawn_reason })
  const story = storyOf([
    link('submission', 'uuid:a', at('2015-01-01T00:00:00.000Z', 'two families')),
    link('member', 'uuid:a#1', at('2015-01-01T00:00:00.000Z', 'two families')),
    link('member', 'uuid:b#1', at('2016-01-01T00:00:00.000Z', 'another')),
  ])
  expect(story.cards).toEqual([])
  expect(story.withdrawals.map((each) => [each.reason, each.cards.length, each.members.length])).toEqual([
    ['another', 0, 1],
    ['two families', 1, 1],
  ])
})

test('a decision is told as one, with what was written', () => {
  const id = '8fe45e5e-e4e3-4c84-871b-cd0f9141513c'
  expect(reasonOf(`review ${id}: went there\nand asked`)).toEqual({ key: 'decision', note: 'went there\nand asked' })
  expect(reasonOf(`check ${id}: `)).toEqual({ key: 'decision', note: '' })
  expect(reasonOf('review of the village')).toEqual({ key: null, note: 'review of the village' })
  expect(reasonOf('no card names this person; the record is linked to another')).toEqual({
    key: 'record_moved',
    note: '',
  })
})
