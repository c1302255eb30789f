import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const pages = globSync(['cycle/**/*.tsx', 'web/**/*.tsx'], { cwd: root })
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

// `null` while a question is open is a page that says nothing; what may be left out is left out once it is known.
test('nothing is drawn as empty because it is not known yet', () => {
  expect(found(/^\s*if \(!(?:\w+\.)?data\) return (?:null|<PageHead)/)).toEqual(MAY_BE_LEFT_OUT)
})

// Parts of the household's file, left out for a role that may not read them: the question is not asked, and a skeleton
// stands while it is (`isLoading`).
const MAY_BE_LEFT_OUT = ['cycle/12-see/pages/file-members.tsx', 'cycle/12-see/pages/file-needs.tsx'].map(
  (path) => expect.stringContaining(path) as string,
)
