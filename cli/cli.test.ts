import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyDatabase, TEST_SECRET } from '#registry/testing.ts'
import { root } from './open.ts'
import { makeProgram } from './program.ts'
import { spawned, typed } from './testkit.ts'

// The command line on databases of its own; as its own process where a test says so.
let folder: string
let first: Awaited<ReturnType<typeof emptyDatabase>>
let second: Awaited<ReturnType<typeof emptyDatabase>>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorstep-cli-'))
  first = await emptyDatabase()
  second = await emptyDatabase()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await first.drop()
  await second.drop()
})

const envOf = (database: typeof first) => ({
  DATABASE_URL: database.options.database_url!,
  DOORSTEP_SECRET_KEY: Buffer.from(TEST_SECRET, 'base64').toString('hex'),
  DOORSTEP_DATA: database.options.data_dir,
})

const doorstep = (words: string[], database = first) => typed(['--json', ...words], envOf(database))

/** What the command printed; a failure shows its problem. */
async function told(words: string[], database = first) {
  const ran = await doorstep(words, database)
  if (ran.out === '') throw new Error(`doorstep ${words.join(' ')}: ${ran.code} ${ran.err}`)
  return JSON.parse(ran.out)
}

describe('the command line', () => {
  test('every command has help with an example', () => {
    const walk = (command: Command): Command[] =>
      command.commands.length === 0 ? [command] : command.commands.flatMap(walk)
    const commands = walk(makeProgram())
    expect(commands.map((command) => command.name())).toEqual(
      expect.arrayContaining(['serve', 'synthetic', 'import', 'match', 'assess', 'diagnose', 'plan', 'draw', 'export']),
    )
    for (const command of commands) {
      let text = ''
      command.configureOutput({ writeOut: (more) => (text += more) })
      command.outputHelp()
      expect(text, command.name()).toContain('$ doorstep ')
      expect(command.description(), command.name()).not.toBe('')
    }
  })

  test('an unknown command or a wrong option is a usage error, 64', async () => {
    expect(spawned(['asses'], folder).code).toBe(64)
    const wrong = await doorstep(['synthetic', '--households', 'many', '--seed', '1', '--out', folder])
    expect(wrong.code).toBe(64)
    expect(wrong.err).toContain('whole number')
  })

  test('a settings error names the variable; a missing file is named', async () => {
    const mysql = { ...first, options: { ...first.options, database_url: 'mysql://localhost' } }
    const settings = JSON.parse((await doorstep(['audit', 'verify'], mysql)).err)
    expect(settings).toMatchObject({ code: 'settings_invalid', errors: [{ path: 'DATABASE_URL' }] })
    const file = await doorstep(['import', 'nowhere.csv', '--kind', 'submissions', '--area', '360781'])
    expect(file.code).toBe(65)
    expect(JSON.parse(file.err)).toMatchObject({ code: 'file_not_found' })
  })

  test('synthetic writes the same bytes for the same seed', async () => {
    const made: string[] = []
    for (const name of ['a', 'b']) {
      const out = join(folder, name)
      const result = await told(['synthetic', '--households', '120', '--seed', '7', '--out', out])
      expect(result).toMatchObject({ households: 120, seed: 7 })
      made.push(readFileSync(join(out, 'manifest.json'), 'utf8'))
    }
    expect(made[0]).toBe(made[1])
    expect(existsSync(join(folder, 'a', 'truth', 'households.parquet'))).toBe(true)
  })

  test('pack check passes the pack and lists what is wrong with a broken one', async () => {
    expect(await told(['pack', 'check', join(root, 'packs/china-2014')])).toMatchObject({ problems: [] })
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'pack.yaml'), 'id: broken\n')
    const run = await doorstep(['pack', 'check', broken])
    expect(run.code).toBe(1)
    const codes = JSON.parse(run.out).problems.map((each: { code: string }) => each.code)
    expect(codes).toContain('pack_missing_file')
    expect(codes).toContain('pack_bad_shape')
  })

  test('areas, accounts, audit, snapshot, backup and restore', async () => {
    const division = join(folder, 'division')
    mkdirSync(division)
    writeFileSync(join(division, 'areas.csv'), '"code","name","cityCode"\n"360798","试验县","3607"\n')
    writeFileSync(join(division, 'streets.csv'), '"code","name","areaCode"\n"360798001","试验镇","360798"\n')
    expect(await told(['areas', 'import', division])).toMatchObject({ read: 2, added: 2, already_there: 0 })
    expect(await told(['areas', 'import', division])).toMatchObject({ added: 0, already_there: 2 })

    const officer = ['account', 'add', 'zhao.min', '--name', '赵敏', '--role', 'county_officer', '--area', '360798']
    expect(await told(officer)).toMatchObject({ login: 'zhao.min', area_code: '360798' })
    const again = await doorstep(officer)
    expect(again.code).toBe(65)
    expect(JSON.parse(again.err).detail).toContain('zhao.min already')

    const snapshot = await told(['snapshot', '--out', join(folder, 'snapshot'), '--tables', 'area'])
    expect(snapshot.rows.area).toBeGreaterThan(40_000)
    expect((await doorstep(['snapshot', '--out', join(folder, 'other'), '--tables', 'session'])).code).toBe(69)

    const backup = await told(['backup', '--out', join(folder, 'backup')])
    const back = await told(['restore', '--from', join(folder, 'backup')], second)
    // Two imports of areas, the account, and the backup itself, which is on record in its own copy.
    expect(back).toMatchObject({ rows: backup.rows, events: 4, problems: [] })
    const verify = spawned(['--json', 'audit', 'verify'], folder, { ...process.env, ...envOf(second) })
    expect(verify).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(verify.out)).toMatchObject({ events: 4, verified: true })
  })

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
