import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, expect } from 'vitest'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { csv, folder, inFolder, write } from '../testkit.ts'
import { root } from '../../open.ts'

// Runs as processes that are looked into and stopped: of use to scratch.test.ts and scratch.long.test.ts.

/** A folder with two lists, left.csv and right.csv, that take half a second to link. */
export function withLists(): void {
  inFolder()
  beforeAll(() => {
    const { left, right } = sampleCountryside(1000, 5)
    write('left.csv', csv(left))
    write('right.csv', csv(right))
  })
}

// Node keeps compiled code in the same folder
const own = (folder: string) => readdirSync(folder).filter((name) => name !== 'node-compile-cache')

/** A run in the test's folder, with a temporary folder of its own to look into; `stop` once `ready` says so. */
export async function run(words: string[], stop?: { signal: NodeJS.Signals; ready: (line: string) => boolean }) {
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

export const words = ['--left', 'left.csv', '--right', 'right.csv', '--model', 'chinese_person', '--threads', '1']

/** Holds that a run which is told to stop leaves neither its scratch folder nor half a file. */
export async function leavesNothing(signal: NodeJS.Signals): Promise<void> {
  const stop = { signal, ready: (said: string) => said.includes('lk_pairs') || said.includes('lk_compared') }
  const stopped = await run([...words, '--out', 'half.csv', '--model-out', 'half.json'], stop)
  expect(stopped).toMatchObject({ code: null, signal, left: [] })
  expect(readdirSync(folder).filter((name) => name.startsWith('half'))).toEqual([])
  expect(existsSync(join(folder, '.tmp'))).toBe(false)
}
