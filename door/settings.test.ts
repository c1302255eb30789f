import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Problem } from './problems.ts'
import { readSettings, setting_names } from './settings.ts'

function refusal(environment: Record<string, string>): Problem {
  try {
    readSettings(environment, '/srv/doorstep')
  } catch (error) {
    if (error instanceof Problem) return error
  }
  throw new Error('the settings were taken')
}

test('without any setting the demo runs on loopback, in the project’s folder', () => {
  expect(readSettings({}, '/srv/doorstep')).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    data_dir: '/srv/doorstep/.doorstep',
    demo: true,
    database_url: undefined,
  })
})

test('an empty variable counts as not set; a server’s registry has no demo unless asked for', () => {
  const url = 'postgres://doorstep@localhost/doorstep'
  expect(readSettings({ PORT: '', DATABASE_URL: url }, '/srv').demo).toBe(false)
  expect(readSettings({ DATABASE_URL: url, DOORSTEP_DEMO: '1' }, '/srv').demo).toBe(true)
})

test('every wrong setting is named at once, with what it should be', () => {
  const problem = refusal({ PORT: 'many', DATABASE_URL: 'mysql://here', DOORSTEP_SECRET_KEY: 'short' })
  expect(problem.code).toBe('settings_invalid')
  expect(problem.extras.errors?.map((error) => error.path)).toEqual(['PORT', 'DOORSTEP_SECRET_KEY', 'DATABASE_URL'])
  expect(problem.extras.detail).toContain('must begin with postgres://')
})

test('every variable that is read stands in the table of docs/operations.md, and no other', () => {
  const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8')
  const told = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((row) => row[1])
  expect(told.sort()).toEqual([...setting_names].sort())
})
