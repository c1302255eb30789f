// Sends the corpus to a product in another process while its sign of life is asked for all the time.
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Attack, Target } from './corpus.ts'
import type { Probe } from './probes.ts'

export interface Measured {
  attack: string
  seconds: number
  /** Answers by status; `none` for those that were cut off. */
  answers: Record<string, number>
  /** Milliseconds of the sign of life, 99 of 100 and the longest. */
  p99: number
  longest: number
  /** Resident memory afterwards, MB. */
  memory: number
}

export interface Outcome {
  before: number
  after: number
  /** Of `after`, the heap of the main thread. */
  heap: number
  /** Over the whole run, in milliseconds. */
  p50: number
  p99: number
  longest: number
  probes: number
  /** Probes that were not answered with 200. */
  failed: number
  /** The longest piece of work of the answering thread, in its own processor time, ms. */
  held_longest: number
  /** Share of the moments at which who asks would wait more than 100 ms of that time. */
  held_share: number
  /** The same in milliseconds: what its pieces of work took beyond 100 ms each, together. */
  held_over_ms: number
  /** The same machine's own delay meanwhile: how late a timer of a process that does nothing else is, 99 of 100. */
  machine_p99: number
  attacks: Measured[]
}

const megabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

const share = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0

const hasHeld = (message: unknown): message is { held: number } =>
  typeof message === 'object' && message !== null && 'held' in message

/** The part of the product's memory that is its main thread's own heap, MB. */
async function heapOf(product: ChildProcess): Promise<number> {
  return await new Promise((resolve) => {
    product.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'memory' in message)
        resolve((message as { memory: NodeJS.MemoryUsage }).memory.heapTotal / 2 ** 20)
    })
    product.send('how much')
  })
}

/** What its memory may have grown by when all is over, MB. */
export const GROWTH = 200

/** Starts the product, sends every attack, measures. `say` is told of each. */
export async function measure(attacks: readonly Attack[], say: (line: Measured) => void): Promise<Outcome> {
  const product = fork(join(import.meta.dirname, 'product.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  try {
    const target = await new Promise<Target>((resolve, reject) => {
      product.once('message', (message) => resolve(message as Target))
      product.once('exit', (code) => reject(new Error(`the product ended with ${code}`)))
    })
    const held: number[] = []
    product.on('message', (message) => {
      if (hasHeld(message)) held.push(message.held)
    })
    const outcome = await under(target, product.pid ?? 0, attacks, say, held)
    return { ...outcome, heap: await heapOf(product) }
  } finally {
    if (product.connected) product.disconnect()
    await Promise.race([new Promise((resolve) => product.once('exit', resolve)), sleep(15_000)])
    product.kill('SIGKILL')
  }
}

async function under(
  target: Target,
  pid: number,
  attacks: readonly Attack[],
  say: (line: Measured) => void,
  held: number[],
): Promise<Omit<Outcome, 'heap'>> {
  // The first answers load code and plans; what is measured is a product that stands.
  for (let warm = 0; warm < 20; warm += 1) await fetch(`${target.base}/api/health`).then((answer) => answer.text())
  const before = megabytes(pid)
  held.length = 0
  const began_all = performance.now()
  const measured: Measured[] = []
  const probes = new Probes(target.base)
  for (const attack of attacks) {
    const mark = probes.taken.length
    const began = performance.now()
    const statuses = await attack.send(target)
    await sleep(200)
    const taken = probes.taken.slice(mark)
    const answers: Record<string, number> = {}
    for (const status of statuses) answers[status || 'none'] = (answers[status || 'none'] ?? 0) + 1
    const line: Measured = {
      attack: attack.name,
      seconds: (performance.now() - began) / 1000,
      answers,
      p99: share(taken, 0.99),
      longest: Math.max(0, ...taken),
      memory: megabytes(pid),
    }
    measured.push(line)
    say(line)
  }
  // Threads that rest give their memory back after twenty seconds; who holds little now is not waited for.
  for (let waited = 0; waited < 25_000 && megabytes(pid) - before >= GROWTH; waited += 500) await sleep(500)
  await probes.end()
  const held_over_ms = held.reduce((sum, each) => sum + Math.max(0, each - 100), 0)
  return {
    before,
    after: megabytes(pid),
    p50: share(probes.taken, 0.5),
    p99: share(probes.taken, 0.99),
    longest: Math.max(0, ...probes.taken),
    probes: probes.taken.length,
    failed: probes.failed,
    held_longest: Math.max(0, ...held),
    held_over_ms,
    held_share: held_over_ms / (performance.now() - began_all),
    machine_p99: share(probes.late, 0.99),
    attacks: measured,
  }
}

/** The probing thread and what it has told so far. */
class Probes {
  readonly taken: number[] = []
  readonly late: number[] = []
  failed = 0
  readonly #worker: Worker

  constructor(base: string) {
    this.#worker = new Worker(new URL('./probes.ts', import.meta.url), { workerData: { base }, execArgv: [] })
    this.#worker.on('message', ({ took, ok, late }: Probe) => {
      this.taken.push(took)
      this.late.push(late)
      if (!ok) this.failed += 1
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
