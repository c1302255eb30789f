import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { root as house } from '../house.ts'
import { measure } from './measure.ts'
import { readImports, testsReaching } from './reach.ts'
import { alive, scoreOf } from './report.ts'

const files: Record<string, string> = {
  'package.json': '{ "type": "module", "imports": { "#lib/*": "./lib/*" } }',
  'lib/price.ts': `import { atLeast } from './at-least.ts'

/** Nothing is paid below ten. */
export function price(n: number): number {
  if (n < 10) return 0
  return atLeast(n * 2, 30)
}

export function unused(n: number): number {
  return n
}
`,
  'lib/at-least.ts': 'export const atLeast = (n: number, least: number): number => (n > least ? n : least)\n',
  // A loop that a mutant keeps from ending, in work done while the file is loaded.
  'lib/table.ts': `let sum = 0
for (let n = 0; n < 3; n++) sum += n
export const total = sum
const made = new Map<number, number>()
/** Remembers: a mutant that was on leaves its value behind. */
export function square(n: number): number {
  const value = made.get(n) ?? n * n
  made.set(n, value)
  return value
}
`,
  'lib/price.test.ts': `import { expect, test } from 'vitest'
import { price } from '#lib/price.ts'
test('price', () => {
  expect([price(9), price(10), price(20)]).toEqual([0, 30, 40])
})
`,
  'lib/gate.ts': `/** Opens at once. */
export const gate = (open: boolean): Promise<string> =>
  new Promise((resolve) => {
    if (open) resolve('open')
  })
`,
  'lib/gate.test.ts': `import { expect, test } from 'vitest'
import { gate } from './gate.ts'
test('gate', async () => {
  expect(await gate(true)).toBe('open')
})
`,
  'lib/table.test.ts': `import { expect, test } from 'vitest'
import { square, total } from './table.ts'
test('total', () => {
  expect(total).toBe(3)
})
test('square', () => {
  expect([square(3), square(3)]).toEqual([9, 9])
})
test('fails always', () => {
  expect(square(4)).toBe(17)
})
`,
}

const root = mkdtempSync(join(realpathSync(tmpdir()), 'mutation-example-'))
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
symlinkSync(realpathSync(join(house, 'node_modules')), join(root, 'node_modules'), 'dir')
afterAll(() => rmSync(root, { recursive: true, force: true }))

const copies = () => readdirSync(realpathSync(tmpdir())).filter((name) => /^mutation-(?!example)/.test(name))
const unchanged = () => {
  for (const [path, text] of Object.entries(files)) expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  expect(readdirSync(root).toSorted()).toEqual(['lib', 'node_modules', 'package.json'])
}

test('which tests reach a file, the nearest first', () => {
  const reaching = testsReaching(readImports(root), ['lib/at-least.ts'])
  expect(reaching.map(({ path, files: own }) => [path, [...own]])).toEqual([
    ['lib/price.test.ts', [['lib/at-least.ts', 2]]],
  ])
})

test('what is held is killed, what is not is listed with its place', async () => {
  const measured = await measure({ root, files: ['lib/price.ts', 'lib/at-least.ts'] })
  unchanged()
  expect(alive(measured)).toEqual([
    // n and the least of equal size give the same.
    'lib/at-least.ts:1  comparison  n > least  ->  (n) >= (least)',
    'lib/price.ts:10  return  n  ->  undefined  (no test reaches it)',
  ])
  const { score, counts, mutants, population } = scoreOf(measured)
  expect(counts['no test reaches it']).toBe(1)
  expect([mutants, population]).toEqual([measured.outcomes.length, measured.outcomes.length])
  expect(score).toBe((mutants - 2) / mutants)
})

test('a loop without end is stopped, what a mutant leaves behind is not counted, a test that always fails judges nothing', async () => {
  const measured = await measure({ root, files: ['lib/table.ts'], oneLimit: 6000 })
  unchanged()
  const fate = (of: string) => measured.outcomes.filter(({ mutant }) => mutant.to === of).map((each) => each.fate)
  expect(fate('n--')).toEqual(['timed out'])
  // In one process the first test's 3 * 3 is remembered, so that nothing seems to change.
  expect(fate('(n) / (n)')).toEqual(['killed'])
  expect(fate('made.get(n)')).toEqual(['killed'])
  expect(measured.broken).toEqual([expect.stringContaining('fails always')])
  expect(alive(measured)).toEqual([
    'lib/table.ts:2  number  0  ->  1',
    'lib/table.ts:8  statement  made.set(n, value)  ->  (left out)',
  ])
})

test('what waits for ever is stopped, and the mutants after it are judged', async () => {
  const began = performance.now()
  const measured = await measure({ root, files: ['lib/gate.ts'] })
  const fates = measured.outcomes.map(({ mutant, fate }) => [mutant.kind, mutant.to, fate])
  expect(fates).toEqual([
    ['condition', '!(open)', 'timed out'],
    ['branch', 'false', 'timed out'],
    ['statement', '', 'timed out'],
    ['text', "''", 'killed'],
  ])
  expect(performance.now() - began).toBeLessThan(120_000)
})

test('a run that is killed leaves the project as it was', async () => {
  const before = copies()
  const code = `import { measure } from '${pathToFileURL(join(import.meta.dirname, 'measure.ts')).href}'
    await measure({ root: ${JSON.stringify(root)}, files: ['lib/price.ts'] })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' })
  while (copies().length <= before.length + 1) await wait(20)
  child.kill('SIGKILL')
  await once(child, 'exit')
  unchanged()
  for (const left of copies().filter((each) => !before.includes(each)))
    rmSync(join(realpathSync(tmpdir()), left), { recursive: true, force: true })
})
