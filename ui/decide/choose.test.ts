import { expect, test } from 'vitest'
import { between, chosenAtFirst } from './choose.tsx'

const people = ['a', 'b', 'c', 'd'].map((key) => ({ key, name: key }))

test('nobody is chosen beforehand, unless there is only one to decide on (F4, F5)', () => {
  expect(chosenAtFirst(people).size).toBe(0)
  expect([...chosenAtFirst(people.slice(0, 1))]).toEqual(['a'])
  expect(chosenAtFirst([]).size).toBe(0)
})

test('a range goes from row to row in either direction', () => {
  expect(between(people, 'b', 'd')).toEqual(['b', 'c', 'd'])
  expect(between(people, 'd', 'b')).toEqual(['b', 'c', 'd'])
  expect(between(people, 'x', 'b')).toEqual([])
})
