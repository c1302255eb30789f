import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { importsOf, sources } from '#test/house.ts'
import { usedClasses, withoutUnused } from './unused-styles.ts'

const library = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../node_modules/@mantine/core/${path}`, import.meta.url)), 'utf8')

test('every component of Mantine that any of our files imports keeps its styles, wherever the file stands', () => {
  const used = usedClasses()
  const names = sources(['web', 'ui', 'cycle'])
    .filter((file) => importsOf(file.text).includes('@mantine/core'))
    .flatMap((file) => [...file.text.matchAll(/import\s*\{([^}]*)\}\s*from\s*'@mantine\/core'/g)])
    .flatMap(([, list = '']) => list.split(',').map((name) => name.trim()))
  const met: string[] = []
  const index = library('esm/index.mjs')
  for (const name of new Set(names)) {
    const file = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "\\./(.+?)"`).exec(index)?.[1]
    // A type or a helper has no file of its own there, and no styles.
    if (!file) continue
    met.push(name)
    const own = library(`esm/${file}`).match(/\bm_[0-9a-f]+\b/g) ?? []
    expect(
      own.filter((each) => !used.has(each)),
      name,
    ).toEqual([])
  }
  expect(met).toEqual(expect.arrayContaining(['Modal', 'Button', 'SegmentedControl']))
  const sheet = withoutUnused(library('styles.css'), used)
  expect(sheet.length).toBeLessThan(library('styles.css').length)
  expect(sheet).toContain('z-index')
})
