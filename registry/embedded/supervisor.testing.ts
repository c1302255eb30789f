// For supervisor's tests: servers of their own in folders of their own, and processes that write to them.
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach } from 'vitest'
import { isAlive } from './presence.ts'
import { type Embedded, type EmbeddedOptions, startEmbedded } from './supervisor.ts'

// These start servers of their own, with fsync, whatever DATABASE_URL says: what they test is the embedded home.
export const made: string[] = []
const children: ChildProcess[] = []
export const start = (options: EmbeddedOptions): Promise<Embedded> => startEmbedded({ ...options, flush_new: false })

/** A data folder of its own, removed at the end. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'doorstep-supervisor-'))
  // As the data folder that an operator makes: PostgreSQL's own user may pass through it.
  chmodSync(path, 0o755)
  made.push(path)
  return path
}

let pattern: string | undefined

/** A data folder whose database is made and stopped: copied (0.1 s) where the test is not of the first start (1 s). */
export async function madeFolder(): Promise<string> {
  if (pattern === undefined) {
    pattern = folder()
    const server = await start({ data_dir: pattern })
    await server.stop()
  }
  const path = folder()
  // The files stay PostgreSQL's user's.
  execFileSync('cp', ['-a', join(pattern, 'registry'), path])
  return path
}

const CHILD = join(import.meta.dirname, 'supervisor.child.ts')

interface Message {
  pid: number
  acknowledged: number[]
}

/** A process that opens the server in `data_dir`, writes numbers and tells which were acknowledged. */
export function child(data_dir: string): { process: ChildProcess; state: Message; ready: Promise<void> } {
  const process = fork(CHILD, [data_dir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.push(process)
  const state: Message = { pid: 0, acknowledged: [] }
  const ready = new Promise<void>((done, failed) => {
    process.on('message', (message: { pid?: number; acknowledged?: number }) => {
      if (message.pid !== undefined) state.pid = message.pid
      if (message.acknowledged !== undefined) state.acknowledged.push(message.acknowledged)
      if (state.acknowledged.length >= 20) done()
    })
    process.on('exit', () => failed(new Error('the child ended')))
  })
  ready.catch(() => {})
  return { process, state, ready }
}

export const ended = async (pid: number): Promise<void> => {
  while (isAlive(pid) && !zombie(pid)) await sleep(20)
}
export const zombie = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

export async function numbers(server: Embedded): Promise<number[]> {
  const client = new Client({ ...server.connection, database: 'postgres' })
  await client.connect()
  const { rows } = await client.query<{ n: number }>('select n from written order by n')
  await client.end()
  return rows.map((row) => row.n)
}

export const quit = (process: ChildProcess, signal: NodeJS.Signals): Promise<unknown> => {
  const gone = new Promise((done) => process.once('exit', done))
  process.kill(signal)
  return gone
}

/** Ends what tests started and removes what they made: call at the top of a test file. */
export function tidy(): void {
  afterEach(() => {
    for (const process of children.splice(0)) if (process.exitCode === null) process.kill('SIGKILL')
  })
  afterAll(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
    pattern = undefined
  })
}
