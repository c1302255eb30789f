import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What goes when the program is told to stop (Ctrl-C, `kill`), so that neither spilled tables nor halves of files stay. */
const passing = new Set<string>()
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function remove(): void {
  for (const path of passing) rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  passing.clear()
}

function leave(signal: NodeJS.Signals): void {
  remove()
  unwatch()
  // as if nobody had listened: whoever started the program sees which signal ended it
  process.kill(process.pid, signal)
}

function watch(): void {
  for (const signal of SIGNALS) process.on(signal, leave)
  // an error that nobody caught: a pipe whose reader has gone
  process.on('exit', remove)
}

function unwatch(): void {
  for (const signal of SIGNALS) process.off(signal, leave)
  process.off('exit', remove)
}

/** Runs `work` while `path` may come to be; it is removed afterwards, and by a signal too. */
export async function whilePassing<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (passing.size === 0) watch()
  passing.add(path)
  try {
    return await work()
  } finally {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
    passing.delete(path)
    if (passing.size === 0) unwatch()
  }
}

/**
 * A folder of this run's own in `parent`, by default the system's folder for temporary files (TMPDIR): DuckDB would else
 * put what does not fit the memory limit into `.tmp` of the folder one stands in.
 */
export async function withScratch<T>(parent: string | undefined, work: (folder: string) => Promise<T>): Promise<T> {
  if (parent !== undefined) await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent ?? tmpdir(), 'doorstep-link-'))
  return whilePassing(folder, () => work(folder))
}
