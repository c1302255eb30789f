import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readColumns } from '#engines/linkage/session/session.ts'
import { machineOf, withDuckDb } from '../inputs.ts'
import { run, withLists, words } from './scratch.testkit.ts'
import { folder } from '../testkit.ts'

withLists()

describe('what does not fit', () => {
  test.each([
    { machine: {}, parent: tmpdir() },
    { machine: { temp: 'elsewhere' }, parent: 'elsewhere' },
  ])('DuckDB is told of a folder of its own in $parent', async ({ machine, parent }) => {
    const told = await withDuckDb(machine, async (connection, scratch) => {
      const [setting] = await readColumns(connection, `select current_setting('temp_directory')`)
      // 64 MB of numbers in 40 MB of memory
      await connection.run(`set memory_limit = '40MB'; set threads = 1`)
      await connection.run('create table much as select hash(i) as h from range(8000000) t(i)')
      return { setting: setting![0], scratch, spilled: readdirSync(scratch).length }
    })
    expect(told.setting).toBe(told.scratch)
    expect(dirname(told.scratch)).toBe(parent)
    expect(told.spilled).toBeGreaterThan(0)
    expect(existsSync(told.scratch)).toBe(false)
    expect(machineOf({ work: 'w' }, told.scratch)).toEqual({})
  })

  test('goes to the system folder for temporary files, in a folder of its own that is gone at the end', async () => {
    const done = await run([...words, '--out', 'l.csv'])
    expect(done).toMatchObject({ code: 0, left: [] })
    expect(done.seen.some((name) => name.startsWith('doorstep-link-'))).toBe(true)
    expect(
      readdirSync(folder)
        .sort()
        .filter((name) => !name.startsWith('tmp') && name !== 'elsewhere'),
    ).toEqual(['l.csv', 'left.csv', 'right.csv'])
  })
})
