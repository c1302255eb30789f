import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Preload } from './preload.ts'
import { withoutUnused } from './unused-styles.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const dist = mkdtempSync(join(tmpdir(), 'doorstep-first-load-'))

// As `npm run build` makes it: the test's own NODE_ENV would bring React's development code.
beforeAll(() => {
  const vite = join(project, 'node_modules/vite/bin/vite.js')
  const environment = { ...process.env, NODE_ENV: 'production' }
  execFileSync(process.execPath, [vite, 'build', 'web', '--outDir', dist, '--logLevel', 'error'], {
    cwd: project,
    env: environment,
  })
})
afterAll(() => rmSync(dist, { recursive: true, force: true }))

const sent = (file: string): number => {
  const size = (name: string) => statSync(join(dist, name), { throwIfNoEntry: false })?.size
  const bytes = size(`${file}.br`) ?? size(file)
  if (bytes === undefined) throw new Error(`the build has no ${file}`)
  return bytes
}

test('the clerk’s first screen is at most 300 kB of code as it is sent; data and headers fit into 50 kB more', () => {
  const page = readFileSync(join(dist, 'index.html'), 'utf8')
  const { words, home } = JSON.parse(readFileSync(join(dist, 'preload.json'), 'utf8')) as Preload
  const asked = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '')
  for (const language of ['en', 'zh']) {
    expect(words[language], language).not.toHaveLength(0)
    const needed = [...new Set([...asked, ...(words[language] ?? []), ...home])]
    expect(
      needed.reduce((sum, file) => sum + sent(file), 0),
      language,
    ).toBeLessThan(300_000)
    // A reader fetches his own language alone, and neither the map nor the charts before he comes to them.
    const other = language === 'en' ? 'zh' : 'en'
    expect(needed.filter((file) => /maplibre|plot/.test(file) || file.includes(`bundle.${other}`))).toEqual([])
  }
})

test('styles of components that are used stay, those of others go, in media queries too', () => {
  const sheet =
    '.m_aaaaaaaa{color:red}.m_bbbbbbbb:hover,.plain{content:"}"}@media print{.m_cccccccc{color:blue}}' +
    '@layer x;.m_cccccccc,.m_dddddddd:is(.m_cccccccc,p){top:0}.d-mine{left:0}@keyframes m_eeeeeeee{from{top:0}}'
  const used = new Set(['m_aaaaaaaa', 'm_bbbbbbbb'])
  expect(withoutUnused(sheet, used)).toBe(
    '.m_aaaaaaaa{color:red}.m_bbbbbbbb:hover,.plain{content:"}"}@layer x;.d-mine{left:0}@keyframes m_eeeeeeee{from{top:0}}',
  )
})
