import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { sampleCountryside } from '#engines/linkage/sample.ts'
import { readColumns } from '#engines/linkage/session.ts'
import { machineOf, withDuckDb } from './link/inputs.ts'
import { csv, folder, inFolder, write } from './link.testkit.ts'
import { root } from './open.ts'

inFolder()

// Node keeps compiled code in the same folder
const own = (folder: string) => readdirSync(folder).filter((name) => name !== 'node-compile-cache')

/** A run in the test's folder, with a temporary folder of its own to look into; `stop` once `ready` says so. */
async function run(words: string[], stop?: { signal: NodeJS.Signals; ready: (line: string) => boolean }) {
  const temporary = join(folder, `tmp${readdirSync(folder).length}`)
  mkdirSync(temporary)
  const child = spawn(process.execPath, [join(root, 'cli/doorstep.js'), '--json', 'link', ...words, '--progress'], {
    cwd: folder,
    env: { PATH: process.env.PATH, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seen = new Set<string>()
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
    for (const name of own(temporary)) seen.add(name)
    if (stop?.ready(err)) {
      if (stop.signal === 'SIGPIPE') child.stderr.destroy()
      else child.kill(stop.signal)
    }
  })
  const ended = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal })),
  )
  await wait(20)
  return { ...ended, err, seen: [...seen], left: own(temporary) }
}

const words = ['--left', 'left.csv', '--right', 'right.csv', '--model', 'chinese_person', '--threads', '1']

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
    const { left, right } = sampleCountryside(1000, 5)
    write('left.csv', csv(left))
    write('right.csv', csv(right))
    const done = await run([...words, '--out', 'l.csv'])
    expect(done).toMatchObject({ code: 0, left: [] })
    expect(done.seen.some((name) => name.startsWith('doorstep-link-'))).toBe(true)
    expect(
      readdirSync(folder)
        .sort()
        .filter((name) => !name.startsWith('tmp') && name !== 'elsewhere'),
    ).toEqual(['l.csv', 'left.csv', 'right.csv'])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: neither it nor half a file stays',
    async (signal) => {
      const stop = { signal, ready: (said: string) => said.includes('lk_pairs') || said.includes('lk_compared') }
      const stopped = await run([...words, '--out', 'half.csv', '--model-out', 'half.json'], stop)
      expect(stopped).toMatchObject({ code: null, signal, left: [] })
      expect(readdirSync(folder).filter((name) => name.startsWith('half'))).toEqual([])
      expect(existsSync(join(folder, '.tmp'))).toBe(false)
    },
    60_000,
  )

  test('a pipe whose reader has gone: the work is finished, and no file is half written', async () => {
    const stop = { signal: 'SIGPIPE' as const, ready: (said: string) => said.includes('lk_rows_left') }
    expect(await run([...words, '--out', 'piped.csv'], stop)).toMatchObject({ code: 0, left: [] })
    expect(readFileSync(join(folder, 'piped.csv'), 'utf8')).toBe(readFileSync(join(folder, 'l.csv'), 'utf8'))
    rmSync(join(folder, 'piped.csv'))
  })

  test('--temp: in a folder of its own there, which need not be there before', async () => {
    const done = await run([...words, '--temp', 'scratch', '--out', 'l.csv'])
    expect(done).toMatchObject({ code: 0, left: [], seen: [] })
    expect(readdirSync(join(folder, 'scratch'))).toEqual([])
  })
})
