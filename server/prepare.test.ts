import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outdated } from './prepare.ts'

test('pages are built anew after any file they are made of was changed, and not for tests or for themselves', () => {
  const root = mkdtempSync(join(tmpdir(), 'doorstep-pages-'))
  const write = (path: string, second: number) => {
    writeFileSync(join(root, path), '')
    utimesSync(join(root, path), second, second)
  }
  for (const folder of ['web/dist/assets', 'ui', 'cycle/08-deliver/pages', 'engines', 'door', 'packs'])
    mkdirSync(join(root, folder), { recursive: true })
  const built = join(root, 'web/dist/index.html')
  write('package-lock.json', 1)
  write('cycle/08-deliver/pages/due.tsx', 1)
  expect(outdated(built, root), 'not built yet').toBe(true)
  write('web/dist/index.html', 2)
  write('web/dist/assets/index.js', 3)
  write('ui/table.test.ts', 3)
  write('ui/README.md', 3)
  expect(outdated(built, root), 'built since').toBe(false)
  for (const path of ['cycle/08-deliver/pages/due.tsx', 'cycle/words.en.json', 'ui/ui.css', 'package-lock.json']) {
    write(path, 3)
    expect(outdated(built, root), path).toBe(true)
    write(path, 1)
  }
  expect(outdated(built, root)).toBe(false)
  rmSync(root, { recursive: true })
})
