import { appendFileSync, readFileSync } from 'node:fs'
import { TestRunner, type RunnerTask, type RunnerTestCase, type RunnerTestSuite } from 'vitest'
import { readPlan, type Plan, type PlanRecord } from './plan.ts'
import { state } from './switch.ts'

globalThis.mutantRunner = true

const nameOf = (task: RunnerTask): string => {
  const names: string[] = []
  for (let at: RunnerTask | undefined = task; at; at = at.suite) names.unshift(at.name)
  return [task.file.name, ...names].join(' > ')
}

/** What is waited for until the run ends this process, which it does on a timeout and a doubtful test (run-tests.ts). */
const never = new Promise<void>(() => undefined)

async function fails(run: () => unknown): Promise<boolean> {
  try {
    await run()
    return false
  } catch {
    return true
  }
}

/**
 * Vitest's runner, which runs each test once without a mutant and then once for each mutant that it reached and nothing
 * killed yet. Loading and setting up are done once for all of them: that is what makes a mutant cheap.
 */
export default class SwitchingRunner extends TestRunner {
  readonly #plan: Plan = readPlan(readFileSync(process.env['MUTATION_PLAN'] ?? '', 'utf8'))
  readonly #decided = new Set(this.#plan.decided)
  readonly #letLive = new Set(this.#plan.let_live)

  #say(record: PlanRecord): void {
    appendFileSync(this.#plan.records, `${JSON.stringify(record)}\n`)
  }

  /** What was asked since the last time, and how often. */
  #takeAsked(): Map<number, number> {
    const asked = new Map<number, number>()
    for (const [id, times] of state.asked.entries()) if (times > 0) asked.set(id, times)
    state.asked.fill(0)
    return asked
  }

  #sayOutside(file: string): void {
    const ids = [...this.#takeAsked().keys()]
    if (ids.length > 0) this.#say({ type: 'outside', file, ids })
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const name = nameOf(test)
    if (this.#plan.left_out.includes(name)) return
    const run = TestRunner.getTestFn(test)
    if (this.#plan.mode === 'one') return await run()
    this.#sayOutside(test.file.name)
    const began = performance.now()
    try {
      await run()
    } catch (error) {
      this.#say({ type: 'broken', test: name, message: String(error).slice(0, 200) })
      return
    }
    const took = performance.now() - began
    const asked = this.#takeAsked()
    const slow = took > this.#plan.slow
    if (asked.size > 0) {
      this.#say({ type: 'reached', test: name, file: test.file.name, ids: [...asked.keys()], slow })
      if (!slow) await this.#runMutants(name, run, asked, took)
    }
    this.#say({ type: 'finished', test: name })
  }

  async #runMutants(name: string, run: () => unknown, asked: ReadonlyMap<number, number>, took: number): Promise<void> {
    const live = [...asked].filter(([id]) => !this.#decided.has(id) && !this.#letLive.has(`${id} ${name}`))
    const killed: number[] = []
    for (const [id, times] of live) {
      const limit = 3000 + 20 * took
      this.#say({ type: 'start', id, test: name, limit, at: Date.now() })
      if (await this.#failsWith(run, { id, times, limit, name })) {
        this.#say({ type: 'killed', id, test: name })
        this.#decided.add(id)
        killed.push(id)
      } else this.#say({ type: 'alive', id, test: name })
    }
    if (live.length > 0 && (await fails(run))) {
      this.#say({ type: 'doubtful', ids: killed, test: name })
      await never
    }
    state.asked.fill(0)
  }

  /** Runs a test with a mutant on. After one that waits for ever none follows here: what it started would disturb it. */
  async #failsWith(
    run: () => unknown,
    of: { id: number; times: number; limit: number; name: string },
  ): Promise<boolean> {
    state.active = of.id
    state.hits = 0
    state.limit = 100_000 + 100 * of.times
    let isLate = false
    const late = setTimeout(() => {
      isLate = true
      this.#say({ type: 'timeout', id: of.id, test: of.name })
    }, of.limit)
    const failed = await fails(run)
    clearTimeout(late)
    if (isLate) await never
    state.active = 0
    return failed
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite)
    if (this.#plan.mode === 'one' || suite.file.id !== suite.id) return
    this.#sayOutside(suite.file.name)
    this.#say({ type: 'done', file: suite.file.name })
  }
}
