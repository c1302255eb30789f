import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import i18next from 'i18next'
import { expect, test } from 'vitest'
import { counted, languages } from '../i18n.ts'

const root = new URL('../..', import.meta.url).pathname
const files = ['web/words/en.json', ...globSync('cycle/*/words.en.json', { cwd: root })]

function flat(value: unknown, path = ''): Array<[string, string]> {
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(value as object).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key))
}
const read = (file: string) => new Map(flat(JSON.parse(readFileSync(`${root}/${file}`, 'utf8'))))
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()
// Plural forms differ by language: Chinese has only `_other`.
const base = (key: string) => key.replace(/_(one|other)$/, '')

const others = Object.keys(languages).filter((language) => language !== 'en')
const pairs = files.flatMap((file) =>
  others.map((language) => [file, `${dirname(file)}/${basename(file).replace('en', language)}`] as const),
)
for (const [file, twin] of pairs) {
  test(`${file} and ${twin} say the same things, with the same gaps`, () => {
    const [en, other] = [read(file), read(twin)]
    const keys = (words: Map<string, string>) => [...new Set([...words.keys()].map(base))].sort()
    expect(keys(other)).toEqual(keys(en))
    for (const [key, text] of other) {
      expect(gaps(text), key).toEqual(gaps(en.get(key) ?? en.get(`${base(key)}_other`) ?? ''))
      expect(text.trim(), key).not.toBe('')
    }
  })
}
for (const each of new Set(pairs.flat())) {
  test(`${each} says nothing twice`, () => {
    // Of two equal keys in one object the first would be lost without a word.
    const lines = readFileSync(`${root}/${each}`, 'utf8').match(/^\s*"[^"]+": "/gm) ?? []
    expect(lines.length).toBe(read(each).size)
  })
}
test('the words of every language have a bundle', () => {
  const bundles = globSync('web/words/bundle.*.ts', { cwd: root }).map((file) => file.split('.').at(-2))
  expect(bundles.toSorted()).toEqual(Object.keys(languages).toSorted())
})

// "1 accounts" is said by nobody: a line that counts has the form for one.
const PLURAL = /\{\{(?:n|count)\}\} (?:[a-z]+ ){0,2}?(?:people|[a-z]{2,}s|are|were|have|go|hang|pass|leave)\b/
for (const file of files) {
  test(`${file} has the form for one of every line that counts`, () => {
    const en = read(file)
    const lacking = [...en].filter(
      ([key, text]) => !/_(one|other)$/.test(key) && PLURAL.test(text) && !en.has(`${key}_one`),
    )
    expect(lacking).toEqual([])
  })
}

test('a line takes its form by n or count, written as a number or as the reader writes it', async () => {
  const own = i18next.createInstance()
  const shell = { days: '{{n}} days', days_one: '{{n}} day', plain: '{{n}} more' }
  await own.init({ lng: 'en', defaultNS: 'shell', resources: { en: { shell } }, interpolation: { escapeValue: false } })
  const say = (key: string, gaps: Record<string, string | number>) => own.t(key, counted(gaps))
  expect(say('days', { n: 1 })).toBe('1 day')
  expect(say('days', { n: '1' })).toBe('1 day')
  expect(say('days', { n: 0 })).toBe('0 days')
  expect(say('days', { n: '1,001' })).toBe('1,001 days')
  expect(say('plain', { n: 1 })).toBe('1 more')
})
