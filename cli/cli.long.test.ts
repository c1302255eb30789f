import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Registry } from '#registry/open.ts'
import { addressOf, emptyDatabase, testRegistry } from '#registry/testing/testing.ts'
import { root } from './open.ts'
import { makeProgram } from './program.ts'
import { settingsOn, spawned, toldWith, typed } from './testkit.ts'

// The command line on databases of its own; as its own process where a test says so.
let folder: string
let made: Registry
let empty: Awaited<ReturnType<typeof emptyDatabase>>
let first: ReturnType<typeof settingsOn>
let second: ReturnType<typeof settingsOn>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorstep-cli-'))
  made = await testRegistry()
  empty = await emptyDatabase()
  first = settingsOn({ database_url: await addressOf(made), data_dir: made.data_dir })
  second = settingsOn(empty.options)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await made.close()
  await empty.drop()
})

const doorstep = (words: string[], env = first) => typed(['--json', ...words], env)
const told = (words: string[], env = first) => toldWith(env, words)

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
    const mysql = { ...first, DATABASE_URL: 'mysql://localhost' }
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
      const result = await told(['synthetic', '--households', '60', '--seed', '7', '--out', out])
      expect(result).toMatchObject({ households: 60, seed: 7 })
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
    const verify = spawned(['--json', 'audit', 'verify'], folder, { ...process.env, ...second })
    expect(verify).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(verify.out)).toMatchObject({ events: 4, verified: true })
  })
})
