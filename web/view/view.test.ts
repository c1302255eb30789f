import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { carryView, parseView, readSearch, sharedView, writeSearch } from './view.ts'

test('an area code stays text, and a plain view has a plain address', () => {
  expect(readSearch('?area=360781107&status=a&status=b')).toEqual({ area: '360781107', status: ['a', 'b'] })
  expect(writeSearch({ area: '360781107', q: '', page: undefined, on: false })).toBe('?area=360781107')
  expect(writeSearch({})).toBe('')
})

test('what is written is read back', () => {
  const key = fc.stringMatching(/^[a-z_]{1,8}$/).filter((k) => k !== '__proto__')
  const value = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (view) => {
      expect(readSearch(writeSearch(view))).toEqual(view)
    }),
  )
})

test('a key that does not fit is dropped, the others stay', () => {
  const schema = sharedView.extend({ page: z.coerce.number().int().min(1).default(1) })
  expect(parseView(schema, { area: '../etc', as_on: '2014-12-31', page: 'x' })).toEqual({
    as_on: '2014-12-31',
    page: 1,
  })
  expect(() => parseView(z.object({ must: z.string() }), {})).toThrow('optional')
})

test('links carry place and date, but never over their own', () => {
  const from = { area: '360781107', as_on: '2014-12-31', q: '刘' }
  expect(carryView('/households?status=poor', from)).toBe('/households?area=360781107&as_on=2014-12-31&status=poor')
  expect(carryView('/households?area=36#top', from)).toBe('/households?as_on=2014-12-31&area=36#top')
  expect(carryView('/api/openapi.json', from)).toBe('/api/openapi.json')
  expect(carryView('https://example.org/', from)).toBe('https://example.org/')
})
