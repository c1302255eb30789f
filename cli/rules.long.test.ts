import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Registry } from '#registry/open.ts'
import { addressOf, testRegistry } from '#registry/testing/testing.ts'
import { root } from './open.ts'
import { settingsOn, toldWith, typed } from './testkit.ts'

let folder: string
let made: Registry
let first: ReturnType<typeof settingsOn>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorstep-cli-'))
  made = await testRegistry()
  first = settingsOn({ database_url: await addressOf(made), data_dir: made.data_dir })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await made.close()
})

const doorstep = (words: string[]) => typed(['--json', ...words], first)
const told = (words: string[]) => toldWith(first, words)

describe('the command line', () => {
  test('rules go from a folder into a draft, by a second person into force, and back into the folder', async () => {
    const files = join(folder, 'pack')
    cpSync(join(root, 'packs/china-2014'), files, { recursive: true, filter: (from) => !from.endsWith('.ts') })
    const indicators = join(files, 'rules/indicators.yaml')
    const before = readFileSync(indicators, 'utf8')
    writeFileSync(indicators, before.replace('en: A safe house', 'en: A house that is safe'))
    const officer = (login: string) => ['--as', login]
    for (const login of ['wang.a', 'deng.b'])
      await told(['account', 'add', login, '--name', login, '--role', 'national_analyst', '--area', 'CN'])
    const drafted = await told([...officer('wang.a'), 'pack', 'draft', files, '--title', 'Words', '--why', 'Plainer'])
    expect(drafted).toMatchObject({ changed: ['indicators.housing'], problems: [] })
    const alone = await doorstep([...officer('wang.a'), 'pack', 'publish', drafted.draft_id])
    expect(alone.code).toBe(77)
    expect(JSON.parse(alone.err).code).toBe('pack_second_person')
    expect(await told([...officer('deng.b'), 'pack', 'publish', drafted.draft_id])).toMatchObject({ number: 1 })
    const diff = await doorstep([...officer('deng.b'), 'pack', 'diff', '0', files])
    expect(diff.code).toBe(1)
    expect(JSON.parse(diff.out).changes[0].changes).toMatchObject([{ path: 'label.en', after: 'A house that is safe' }])

    writeFileSync(indicators, before)
    const exported = await told([...officer('deng.b'), 'pack', 'export', files])
    expect(exported.written).toEqual(['rules/indicators.yaml'])
    expect(readFileSync(indicators, 'utf8')).toContain('A house that is safe')
    expect(await told(['pack', 'check', files])).toMatchObject({ problems: [] })
    expect((await told([...officer('deng.b'), 'pack', 'versions'])).in_force.rules_hash).toBe(exported.rules_hash)
  })
})
