// What a page or a comment points to is there: files move, and what named them is easily left behind.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { root, sources } from './house.ts'

const mine = (path: string) => !/(?:^|\/)(?:node_modules|dist|\.[^/]+)\//.test(`${path}/`)
const all = globSync('**/*', { cwd: root, exclude: (path) => !mine(path) }).filter(mine)
const there = new Set(all)
const endings = new Set(all.flatMap((path) => path.split('/').map((_, at, parts) => parts.slice(at).join('/'))))
const pages = all
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

test('links between pages lead somewhere', () => {
  const links = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => ({ path, to })),
  )
  const local = links.filter(({ to }) => !/^[a-z]+:/.test(to))
  expect(local.length).toBeGreaterThan(40)
  const dead = local.filter(({ path, to }) => !there.has(normalize(join(dirname(path), to)).replace(/\/$/, '')))
  expect(dead).toEqual([])
})

test('a source file that a page or a comment names is there, by its path or the end of it', () => {
  // `NN-verb` stands for any room.
  const named = [
    ...pages.flatMap(({ path, text }) =>
      [...text.matchAll(/`([\w./-]+\.(?:tsx?|sql|css))`/g)].map((found) => ({ path, found })),
    ),
    ...sources(
      ['cycle', 'engines', 'door', 'registry', 'packs', 'server', 'ui', 'web', 'cli', 'synthetic', 'test'],
      /\.(?:tsx?|sql)$/,
      { tests: true },
    ).flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line) => /(?:^\s*(?:\/\/|\*|\/\*\*|--)|\s(?:\/\/|--)\s).*$/.exec(line) ?? [])
        .flatMap((comment) => [...comment.matchAll(/(?<![\w/.'*{-])([\w.-]+(?:\/[\w.-]+)*\.tsx?)\b/g)])
        .map((found) => ({ path, found })),
    ),
  ].map(({ path, found }) => ({ path, name: found[1] ?? '' }))
  expect(named.length).toBeGreaterThan(150)
  const gone = named.filter(
    ({ path, name }) => !name.includes('NN-') && !endings.has(name) && !there.has(normalize(join(dirname(path), name))),
  )
  expect(gone).toEqual([])
})

test('docs/scripts.md has every npm script, and no other', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  const table = readFileSync(join(root, 'docs/scripts.md'), 'utf8')
  const told = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map((found) => found[1])
  expect(told.toSorted()).toEqual(Object.keys(scripts).toSorted())
})

test('the files that docs/recipes.md tells to change are there', () => {
  const named = [...readFileSync(join(root, 'docs/recipes.md'), 'utf8').matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.\w+)`/g)]
  const paths = named.map((found) => found[1] ?? '').filter((path) => !path.startsWith('@'))
  expect(new Set(paths).size).toBeGreaterThan(25)
  expect(paths.filter((path) => !there.has(path))).toEqual([])
})
