import { mkdirSync, mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { elsewhere, sweepDemos } from './folders.ts'
import { enter, leave } from './presence.ts'

test('of what lies outside data folders, only a demo’s leftovers go by themselves (F94)', () => {
  const base = mkdtempSync(join(tmpdir(), 'doorstep-elsewhere-'))
  const shared = join(base, 'shared')
  const make = (name: string, options: { data: boolean; demo: boolean; told?: boolean }) => {
    const folder = join(shared, `data-${name}`)
    const data_dir = join(base, name)
    mkdirSync(join(folder, 'pgdata'), { recursive: true })
    writeFileSync(join(folder, 'pgdata', 'rows'), 'x'.repeat(10_000))
    if (options.told !== false) writeFileSync(join(folder, 'belongs-to.txt'), `${data_dir}\n`)
    if (options.demo) writeFileSync(join(folder, 'demo'), '')
    if (options.data) {
      mkdirSync(data_dir)
      writeFileSync(join(data_dir, 'registry-is-elsewhere.txt'), `${folder}\n`)
    }
    return folder
  }
  try {
    const kept_demo = make('kept-demo', { data: true, demo: true })
    const left_demo = make('left-demo', { data: false, demo: true })
    const left_real = make('left-real', { data: false, demo: false })
    const unnamed = make('unnamed', { data: false, demo: true, told: false })
    const used = make('used', { data: false, demo: true })
    const user = enter(used)
    const states = Object.fromEntries(elsewhere(shared).map((each) => [each.folder, each.state]))
    expect(states).toEqual({
      [kept_demo]: 'kept',
      [left_demo]: 'left',
      [left_real]: 'left',
      [unnamed]: 'unknown',
      [used]: 'used',
    })
    expect(elsewhere(shared).every((each) => each.bytes >= 10_000)).toBe(true)
    const said: string[] = []
    sweepDemos((line) => said.push(line), shared)
    expect([kept_demo, left_demo, left_real, unnamed, used].map((folder) => existsSync(folder))).toEqual([
      true,
      false,
      true,
      true,
      true,
    ])
    expect(said).toHaveLength(1)
    leave(used, user)
    sweepDemos(() => {}, shared)
    expect(existsSync(used)).toBe(false)
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
})
