import { beforeEach, expect, test, vi } from 'vitest'
import { dropDrafts, keepDraft, readDraft } from './draft.ts'

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
    key: (i: number) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size
    },
  })
})

test('a draft belongs to one person, one form and one case (F29, F3)', () => {
  keepDraft('wang', 'review', 'case-1', 'roof seen, leaks')
  expect(readDraft('wang', 'review', 'case-1')).toBe('roof seen, leaks')
  expect(readDraft('wang', 'review', 'case-2')).toBeUndefined()
  expect(readDraft('wang', 'verify', 'case-1')).toBeUndefined()
  expect(readDraft('li', 'review', 'case-1')).toBeUndefined()
  keepDraft('wang', 'review', 'case-1', undefined)
  expect(readDraft('wang', 'review', 'case-1')).toBeUndefined()
})

test('a draft is dropped after a week, and what is no draft is none', () => {
  keepDraft('wang', 'review', 'case-1', 'x', 0)
  expect(readDraft('wang', 'review', 'case-1', 6 * 86_400_000)).toBe('x')
  expect(readDraft('wang', 'review', 'case-1', 7 * 86_400_000)).toBeUndefined()
  expect(kept.size).toBe(0)
  kept.set('doorstep.draft.wang.review.case-9', '{not json')
  expect(readDraft('wang', 'review', 'case-9')).toBeUndefined()
})

test('signing out removes one person’s drafts and nobody else’s', () => {
  keepDraft('wang', 'review', 'a', '1')
  keepDraft('wang', 'exit', 'b', '2')
  keepDraft('li', 'review', 'a', '3')
  expect(dropDrafts('wang')).toBe(2)
  expect(readDraft('li', 'review', 'a')).toBe('3')
})
