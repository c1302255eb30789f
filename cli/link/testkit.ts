import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect } from 'vitest'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { spawned as spawnedIn, typed } from '../testkit.ts'

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
export const spawned = (...words: string[]) =>
  spawnedIn(words, folder, { PATH: process.env.PATH, DATABASE_URL: 'nonsense', DOORSTEP_DATA: join(folder, 'none') })

/** The same program in this process. */
export const doorstep = (...words: string[]) => typed(words)

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

/** Names, numbers and telephones alone: a run takes a third of the time that the whole model of a person does. */
export function lightModel(): LinkageModel {
  const whole = chinesePersonModel()
  const levels = [
    { name: 'exact', m: 0.9, u: 0.0001 },
    { name: 'different', m: 0.1, u: 0.9999 },
  ]
  return {
    ...whole,
    comparisons: [
      ...whole.comparisons.filter(({ name }) => name === 'name' || name === 'phone'),
      { name: 'number', columns: ['national_id'], kind: 'exact', levels },
    ],
    blocking_rules: [['national_id'], ['name'], ['phone:digits']],
    ...{ accept_requires: [], vetoes: [], households: undefined, thresholds: { accept: 5, review: 0 } },
  }
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
