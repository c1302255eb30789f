import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differ } from './differ.ts'

test('marks only the characters of a name that differ', () => {
  expect(differ('刘德华', '刘得华').left).toEqual([
    { text: '刘', differs: false },
    { text: '德', differs: true },
    { text: '华', differs: false },
  ])
  expect(differ('', '刘')).toEqual({ left: [], right: [{ text: '刘', differs: true }] })
})

test('keeps every character, and what it calls equal is equal on both sides', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '刘', '𠮷'), maxLength: 24 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const { left, right } = differ(a, b)
      const join = (pieces: typeof left, equal: boolean) =>
        pieces
          .filter((p) => !equal || !p.differs)
          .map((p) => p.text)
          .join('')
      expect(join(left, false)).toBe(a)
      expect(join(right, false)).toBe(b)
      expect(join(left, true)).toBe(join(right, true))
    }),
  )
})
