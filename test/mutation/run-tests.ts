import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecords, type Plan, type PlanRecord } from './plan.ts'

/** How one process of tests ended: `still` had to be stopped as it went on for too long. */
export type Ending = 'passed' | 'failed' | 'still'

interface Process {
  root: string
  tests: readonly string[]
  plan: Plan
  mutant?: number
  /** File that gathers mutants reached in threads and processes of the tests. */
  elsewhere: string
  /** Is it to be stopped? Asked twice a second. */
  isLate: () => boolean
}

/** Runs these tests in a process of their own, with all that they start in its group. */
function runProcess({ root, tests, plan, mutant, elsewhere, isLate }: Process): Promise<Ending> {
  const planFile = `${plan.records}.plan`
  writeFileSync(planFile, JSON.stringify(plan))
  const config = join(import.meta.dirname, 'vitest.config.ts')
  const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, '--config', config]
  if (plan.mode === 'one') words.push('--bail', '1')
  const child = spawn(process.execPath, words, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      ...process.env,
      MUTATION_PLAN: planFile,
      MUTATION_TESTS: tests.join('\n'),
      MUTANTS_ELSEWHERE: elsewhere,
      ...(mutant === undefined ? {} : { MUTANT: String(mutant) }),
    },
  })
  const stop = () => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  process.once('exit', stop)
  return new Promise((resolve, reject) => {
    let late = false
    const watch = setInterval(() => {
      if (late || !isLate()) return
      late = true
      stop()
    }, 500)
    child.once('error', reject)
    child.once('exit', (code) => {
      clearInterval(watch)
      process.off('exit', stop)
      // What a test leaves running must not take the machine from the next.
      stop()
      resolve(late ? 'still' : code === 0 ? 'passed' : 'failed')
    })
  })
}

const recordsIn = (file: string): PlanRecord[] => (existsSync(file) ? readRecords(readFileSync(file, 'utf8')) : [])

/** Reads numbers, one a line. */
const numbersIn = (file: string): number[] =>
  existsSync(file) ? [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number))] : []

export interface Switching {
  records: PlanRecord[]
  /** Mutants that threads or other processes of the tests reached. */
  elsewhere: number[]
  /** Test files that did not come to their end, however often they were begun. */
  unfinished: string[]
}

/**
 * All mutants against these test files, in as few processes as it takes: one, and one more for each mutant that goes on without
 * end or outlives its test. `stuck_ms` is how long nothing may happen outside the tests' own limits.
 */
export async function runSwitching(of: {
  root: string
  folder: string
  tests: readonly string[]
  slow: number
  stuck_ms?: number
}): Promise<Switching> {
  const { root, folder, tests, slow, stuck_ms = 240_000 } = of
  const records = join(folder, 'records')
  const elsewhere = join(folder, 'elsewhere')
  const unfinished: string[] = []
  let fruitless = 0
  for (;;) {
    const so = recordsIn(records)
    const done = new Set(so.flatMap((each) => (each.type === 'done' ? [each.file] : [])))
    const left = tests.filter((each) => !done.has(each) && !unfinished.includes(each))
    const [first] = left
    if (first === undefined) return { records: so, elsewhere: numbersIn(elsewhere), unfinished }
    const leftOut = so.flatMap((each) =>
      each.type === 'doubtful' || each.type === 'broken' || each.type === 'finished' ? [each.test] : [],
    )
    const letLive = so.flatMap((each) => (each.type === 'alive' ? [`${each.id} ${each.test}`] : []))
    const decided = so.flatMap((each) => (each.type === 'killed' || each.type === 'timeout' ? [each.id] : []))
    const plan: Plan = { mode: 'switch', records, decided, left_out: leftOut, let_live: letLive, slow }
    const begun = Date.now()
    const isLate = () => {
      const now = recordsIn(records)
      const last = now.at(-1)
      // Where a test hangs, or is no longer what it was, the process is at its end.
      if (now.length > so.length && (last?.type === 'timeout' || last?.type === 'doubtful')) return true
      const quiet = Date.now() - Math.max(begun, existsSync(records) ? statSync(records).mtimeMs : 0)
      if (last?.type !== 'start' || last.at < begun) return quiet > stuck_ms
      if (quiet <= last.limit + 2000) return false
      appendFileSync(records, `${JSON.stringify({ type: 'timeout', id: last.id, test: last.test })}\n`)
      return true
    }
    await runProcess({ root, tests: left, plan, elsewhere, isLate })
    // A file that cannot be loaded, or that ends its process, is left out after its second turn.
    fruitless = recordsIn(records).length === so.length ? fruitless + 1 : 0
    if (fruitless >= 1) unfinished.push(first)
  }
}

/** One mutant, on from the start of a process of its own, against the tests that reach it. */
export const runOne = async (of: {
  root: string
  folder: string
  tests: readonly string[]
  mutant: number
  leftOut: readonly string[]
  limit: number
}): Promise<Ending> => {
  const end = Date.now() + of.limit
  const plan: Plan = {
    mode: 'one',
    records: join(of.folder, 'one'),
    decided: [],
    left_out: [...of.leftOut],
    let_live: [],
    slow: 1e9,
  }
  return await runProcess({
    root: of.root,
    tests: of.tests,
    plan,
    mutant: of.mutant,
    elsewhere: join(of.folder, 'elsewhere-one'),
    isLate: () => Date.now() > end,
  })
}
