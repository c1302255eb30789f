import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { tellError } from './exit.ts'
import { root } from './open.ts'
import { makeProgram } from './program.ts'

// `doorstep link` as a stranger runs it: in a folder of files, without a registry. Of use to tests alone.
export let folder: string
let before: string

/** Gives the tests of a file a folder of their own to stand in. */
export function inFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'doorstep-link-'))
    before = process.cwd()
    process.chdir(folder)
  })
  afterAll(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  })
}

/** As its own process: about a second each. */
export function spawned(...words: string[]) {
  const env = { PATH: process.env.PATH, DATABASE_URL: 'nonsense', DOORSTEP_DATA: join(folder, 'none') }
  const run = spawnSync(process.execPath, [join(root, 'cli/doorstep.js'), ...words], {
    env,
    encoding: 'utf8',
    cwd: folder,
  })
  return { code: run.status, out: run.stdout, err: run.stderr }
}

/** The same program in this process, as main.ts runs it. */
export async function doorstep(...words: string[]) {
  let [out, err] = ['', '']
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text) => void (out += `${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation((text) => void (err += `${text}\n`)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text)))),
  ]
  const program = makeProgram()
  try {
    await program.parseAsync(['node', 'doorstep', ...words])
    return { code: 0, out, err }
  } catch (error) {
    if (error instanceof CommanderError) return { code: 64, out, err }
    const code = tellError(error, program.opts().json === true)
    return { code, out, err }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

export async function told(...words: string[]) {
  const run = await doorstep('--json', 'link', ...words)
  if (run.code !== 0) throw new Error(`${words.join(' ')}: ${run.code} ${run.err}`)
  return JSON.parse(run.out)
}

/** What a refusal says on standard error, with its exit code. */
export async function refused(...words: string[]) {
  const { code, err, out } = await doorstep('--json', 'link', ...words)
  expect(out).toBe('')
  return { exit: code, ...JSON.parse(err.trim().split('\n').at(-1)!) }
}

export const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text)
export const rows = (name: string): Record<string, string>[] =>
  parse(readFileSync(join(folder, name), 'utf8'), { columns: true })

export function csv(list: readonly object[]): string {
  const names = Object.keys(list[0]!)
  const cell = (value: unknown) => (value === null || value === undefined ? '' : String(value))
  return [names.join(','), ...list.map((row) => names.map((n) => cell((row as Record<string, unknown>)[n])).join(','))]
    .join('\n')
    .concat('\n')
}
