import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { apart } from '#registry/limits.ts'
import { problem, type ProblemCode, type ProblemExtras } from '../problems.ts'

/** What a worker is asked: a function by module and name. Arguments are cloned, so plain data. */
export interface Asked {
  module: string
  name: string
  args: readonly unknown[]
}

/** What it answers, piece by piece where the function gives an async iterable. */
export type Answered =
  /** The module is loaded; the work begins. */
  | { kind: 'begun' }
  | { kind: 'part'; part: unknown }
  | { kind: 'done'; result: unknown }
  | { kind: 'problem'; code: ProblemCode; extras: ProblemExtras }
  | { kind: 'error'; message: string }

export interface Allowed {
  /** Given up when the client has left. */
  signal?: AbortSignal | undefined
  /** Wall time of the work, waiting for a worker and loading the module left out (default 60). */
  seconds?: number
}

// A workbook of a county, 2 million cells, takes 500 MB while it is read; a form or a draft takes 50.
const most_megabytes = 700
// The main thread and PostgreSQL need the rest of the machine.
const most_workers = Math.max(1, Math.min(2, availableParallelism() - 1))
const most_waiting = 20
// A worker that has done nothing for so long gives its memory back; one takes a third of a second to start.
const idle_ms = 20_000
// Loading takes a second on a quiet machine and many on a busy one; what is ended meanwhile is loaded anew for the next,
// which would be ended too.
const loading_seconds = 180

interface Task {
  asked: Asked
  allowed: Allowed
  part: (part: unknown) => void
  done: (result: unknown) => void
  failed: (error: unknown) => void
}

const waiting: Task[] = []
const idle: Hand[] = []
let busy = 0

/**
 * Runs work that may take long or much memory in a thread of its own, so that the main thread goes on answering:
 * `heavy<typeof readTable>(new URL('./table.ts', import.meta.url), 'readTable', [bytes], { signal })`. Problems that the
 * work throws arrive as problems. Throws `took_too_long`, `needs_too_much` (memory) or `too_busy` (queue full).
 */
export async function heavy<F extends (...args: never[]) => unknown>(
  module: URL,
  name: string,
  args: Parameters<F>,
  allowed: Allowed = {},
): Promise<Awaited<ReturnType<F>>> {
  const result = await enqueue({ module: module.href, name, args }, allowed, () => {})
  return result as Awaited<ReturnType<F>>
}

/**
 * As `heavy` for a function that gives an async iterable: `take` gets each part as it comes. A large result in parts of a
 * few milliseconds keeps the main thread free; as one message it would stop it.
 */
export async function heavyParts<P>(
  module: URL,
  name: string,
  args: readonly unknown[],
  take: (part: P) => void,
  allowed: Allowed = {},
): Promise<void> {
  await enqueue({ module: module.href, name, args }, allowed, (part) => take(part as P))
}

function enqueue(asked: Asked, allowed: Allowed, part: (part: unknown) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (allowed.signal?.aborted) return reject(left())
    if (waiting.length >= most_waiting) return reject(problem('too_busy'))
    // A signal may live as long as the process; what hears it keeps the task, and with it all that came of it.
    const end = () => allowed.signal?.removeEventListener('abort', leave)
    const leave = () => {
      const at = waiting.indexOf(task)
      if (at >= 0) waiting.splice(at, 1)
      task.failed(left())
    }
    const done = (result: unknown) => {
      end()
      resolve(result)
    }
    const failed = (error: unknown) => {
      end()
      reject(error)
    }
    const task: Task = { asked, allowed, part, done, failed }
    waiting.push(task)
    allowed.signal?.addEventListener('abort', leave)
    next()
  })
}

const left = () => problem('client_left')

function next(): void {
  while (busy < most_workers && waiting.length > 0) {
    const task = waiting.shift() as Task
    busy += 1
    void run(task)
      .catch((error: unknown) => task.failed(error))
      .finally(() => {
        busy -= 1
        next()
      })
  }
}

/** A worker with what is to hear from it; between two tasks nobody is. */
interface Hand {
  worker: Worker
  hear: ((answered: Answered) => void) | null
  /** It has ended, and hears nothing any more: one that ran out of memory tells that and its end in one breath. */
  gone?: boolean
  timer?: NodeJS.Timeout
}

function start(): Hand {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: most_megabytes, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
    // What this process was started with may not suit a thread (a test runner's loaders).
    execArgv: [],
  })
  const hand: Hand = { worker, hear: null }
  worker.on('message', (answered: Answered) => hand.hear?.(answered))
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const kind = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'problem' : 'error'
    const too_much = { code: 'needs_too_much' as const, extras: { detail: `More than ${most_megabytes} MB.` } }
    hand.gone = true
    hand.hear?.(kind === 'problem' ? { kind, ...too_much } : { kind, message: error.stack ?? error.message })
    forget(hand)
  })
  worker.on('exit', () => {
    hand.gone = true
    hand.hear?.({ kind: 'error', message: 'the worker ended before its work' })
    forget(hand)
  })
  return hand
}

/** One task on one worker; the worker rests afterwards, or is ended where the work could not be. */
async function run(task: Task): Promise<void> {
  const hand = idle.pop() ?? apart(start)
  const { asked, allowed } = task
  const { worker } = hand
  const seconds = allowed.seconds ?? 60
  clearTimeout(hand.timer)
  worker.ref()
  const given_up = await new Promise<boolean>((resolve) => {
    const finish = (unfinished: boolean) => {
      clearTimeout(timer)
      allowed.signal?.removeEventListener('abort', abort)
      hand.hear = null
      resolve(unfinished)
    }
    const abort = () => {
      task.failed(left())
      finish(true)
    }
    const giveUpAfter = (limit: number) =>
      setTimeout(() => {
        task.failed(problem('took_too_long', { detail: `More than ${limit} seconds.` }))
        finish(true)
      }, limit * 1000)
    let timer = giveUpAfter(loading_seconds)
    hand.hear = (answered) => {
      if (answered.kind === 'begun') {
        clearTimeout(timer)
        timer = giveUpAfter(seconds)
        return
      }
      if (answered.kind === 'part') return task.part(answered.part)
      if (answered.kind === 'done') task.done(answered.result)
      if (answered.kind === 'problem') task.failed(problem(answered.code, answered.extras))
      if (answered.kind === 'error') task.failed(new Error(answered.message))
      return finish(false)
    }
    if (allowed.signal?.aborted) return abort()
    allowed.signal?.addEventListener('abort', abort)
    worker.postMessage(asked)
  })
  if (given_up) await worker.terminate()
  else rest(hand)
}

function rest(hand: Hand): void {
  if (hand.gone) return
  hand.worker.unref()
  hand.timer = setTimeout(() => {
    forget(hand)
    void hand.worker.terminate()
  }, idle_ms).unref()
  idle.push(hand)
}

function forget(hand: Hand): void {
  const at = idle.indexOf(hand)
  if (at >= 0) idle.splice(at, 1)
}
