import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const pages = globSync('{cycle/*/pages,cycle/*/pages/**,web}/*.tsx', { cwd: root })
  .filter((path) => !path.includes('dist'))
  .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }))

/** Lines of pages that a pattern finds, with their place. */
const found = (pattern: RegExp) =>
  pages.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
  )

test('there are pages to look at', () => expect(pages.length).toBeGreaterThan(80))

// A table without rows says "none"; one whose rows are not known waits (F7).
test('no table is given an empty list for one that is not known', () => {
  expect(found(/\brows=\{.*\?\? \[\]\}/)).toEqual([])
})

test('no number stands for one that is not known', () => {
  expect(found(/<(?:Num|Money)\b[^>]*\b(?:value|minor)=\{[^}]*\.data\?\.[^}]*\?\? 0\}/)).toEqual([])
  expect(found(/\bt\([^)]*\.data\?\.[^)]*\?\? 0\b/)).toEqual([])
})

test('no error of a question is swallowed', () => {
  expect(found(/\berror\) return null/)).toEqual([])
})
