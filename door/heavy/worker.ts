// What runs inside a worker of pool.ts: loads the module that is named, calls its function, sends back what it gives.
import { parentPort } from 'node:worker_threads'
import { Problem } from '../problems.ts'
import type { Answered, Asked } from './pool.ts'

const port = parentPort
if (!port) throw new Error('door/heavy/worker.ts is started by pool.ts alone')

const answer = (answered: Answered) => port.postMessage(answered)

port.on('message', (asked: Asked) => void perform(asked))

async function perform({ module, name, args }: Asked): Promise<void> {
  try {
    const loaded = (await import(module)) as Record<string, (...args: unknown[]) => unknown>
    const work = loaded[name]
    if (typeof work !== 'function') throw new Error(`${module} has no function ${name}`)
    answer({ kind: 'begun' })
    const result = await work(...args)
    if (isParts(result)) {
      for await (const part of result) answer({ kind: 'part', part })
      answer({ kind: 'done', result: undefined })
    } else answer({ kind: 'done', result })
  } catch (error) {
    if (error instanceof Problem) answer({ kind: 'problem', code: error.code, extras: error.extras })
    else answer({ kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

const isParts = (result: unknown): result is AsyncIterable<unknown> =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result
