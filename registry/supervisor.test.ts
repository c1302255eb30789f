import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { isAlive } from './presence.ts'
import { type Embedded, type EmbeddedOptions, startEmbedded } from './supervisor.ts'

// These start servers of their own, with fsync, whatever DATABASE_URL says: what they test is the embedded home.
const made: string[] = []
const children: ChildProcess[] = []
const start = (options: EmbeddedOptions): Promise<Embedded> => startEmbedded({ ...options, flush_new: false })
const isRoot = process.getuid?.() === 0

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'doorstep-supervisor-'))
  // As the data folder that an operator makes: PostgreSQL's own user may pass through it.
  chmodSync(path, 0o755)
  made.push(path)
  return path
}

let pattern: string | undefined

/** A data folder whose database is made and stopped: copied (0.1 s) where the test is not of the first start (1 s). */
async function madeFolder(): Promise<string> {
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
function child(data_dir: string): { process: ChildProcess; state: Message; ready: Promise<void> } {
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

const ended = async (pid: number): Promise<void> => {
  while (isAlive(pid) && !zombie(pid)) await sleep(20)
}
const zombie = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

async function numbers(server: Embedded): Promise<number[]> {
  const client = new Client({ ...server.connection, database: 'postgres' })
  await client.connect()
  const { rows } = await client.query<{ n: number }>('select n from written order by n')
  await client.end()
  return rows.map((row) => row.n)
}

const quit = (process: ChildProcess, signal: NodeJS.Signals): Promise<unknown> => {
  const gone = new Promise((done) => process.once('exit', done))
  process.kill(signal)
  return gone
}

afterEach(() => {
  for (const process of children.splice(0)) if (process.exitCode === null) process.kill('SIGKILL')
})
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true })
})

describe('the embedded server', () => {
  test('survives kill -9 of itself and of Node: what was acknowledged is there', async () => {
    const data_dir = folder()
    const writer = child(data_dir)
    await writer.ready
    process.kill(writer.state.pid, 'SIGKILL')
    await quit(writer.process, 'SIGKILL')
    const server = await start({ data_dir })
    const found = await numbers(server)
    await server.stop()
    expect(writer.state.acknowledged.length).toBeGreaterThanOrEqual(20)
    expect(found).toEqual(expect.arrayContaining(writer.state.acknowledged))
    // At most one more: committed, but killed before the word of it came out.
    expect(found.length).toBeLessThanOrEqual(writer.state.acknowledged.length + 1)
    expect(isAlive(server.pid) && !zombie(server.pid)).toBe(false)
  })

  test('an orphan, whose Node was killed, is adopted and stopped at the end', async () => {
    const data_dir = await madeFolder()
    const writer = child(data_dir)
    await writer.ready
    await quit(writer.process, 'SIGKILL')
    expect(isAlive(writer.state.pid)).toBe(true)
    const server = await start({ data_dir })
    expect(server.pid).toBe(writer.state.pid)
    expect(await numbers(server)).toEqual(expect.arrayContaining(writer.state.acknowledged))
    await server.stop()
    await ended(server.pid)
    expect(existsSync(join(server.folder, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test('a second process adopts it and does not stop it; the last to leave does', async () => {
    const data_dir = await madeFolder()
    const first = child(data_dir)
    await first.ready
    const second = await start({ data_dir })
    expect(second.pid).toBe(first.state.pid)
    await second.stop()
    const before = first.state.acknowledged.length
    await sleep(300)
    expect(first.state.acknowledged.length).toBeGreaterThan(before)
    const third = await start({ data_dir })
    await quit(first.process, 'SIGTERM')
    expect((await numbers(third)).length).toBeGreaterThan(0)
    await third.stop()
    expect(existsSync(join(third.folder, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('stops in good order when Node is sent %s', async (signal) => {
    const data_dir = await madeFolder()
    const writer = child(data_dir)
    await writer.ready
    await quit(writer.process, signal)
    await ended(writer.state.pid)
    const log = readFileSync(join(data_dir, 'registry', 'postgres.log'), 'utf8')
    expect(log).toContain('database system is shut down')
    expect(log).not.toContain('was not properly shut down')
  })

  test('is started again when it dies under a living Node', async () => {
    const server = await start({ data_dir: await madeFolder() })
    const first = server.pid
    process.kill(first, 'SIGKILL')
    while (server.pid === first) await sleep(50)
    expect(server.pid).not.toBe(first)
    const client = new Client({ ...server.connection, database: 'postgres' })
    await client.connect()
    await client.end()
    await server.stop()
    expect(existsSync(join(server.folder, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test('takes no connection from the network, nor without the password', async () => {
    const server = await start({ data_dir: await madeFolder() })
    expect(server.connection.host).toMatch(/^\//)
    const client = new Client({ ...server.connection, database: 'postgres' })
    await client.connect()
    const { rows } = await client.query(
      "select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync",
    )
    await client.end()
    expect(rows).toEqual([{ listen: '', fsync: 'on' }])
    const stranger = new Client({ ...server.connection, password: 'guess', database: 'postgres' })
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(statSync(server.connection.host).mode & 0o077).toBe(0)
    expect(statSync(join(server.folder, 'password')).mode & 0o077).toBe(0)
    await server.stop()
  })

  test('does not take a stranger’s process id in a left-over postmaster.pid for its server', async () => {
    const data_dir = await madeFolder()
    const server = await start({ data_dir })
    await server.stop()
    writeFileSync(join(server.folder, 'pgdata', 'postmaster.pid'), `${process.pid}\n${server.folder}\n`)
    const again = await start({ data_dir })
    expect(again.pid).not.toBe(process.pid)
    await again.stop()
  })
})

describe.skipIf(!isRoot)('as root (skipped: the tests do not run as root)', () => {
  test('under a folder closed to PostgreSQL’s user the files go elsewhere, and a note says where', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'doorstep-closed-'))
    made.push(closed)
    const lines: string[] = []
    const server = await start({ data_dir: join(closed, 'data'), log: (line) => lines.push(line) })
    made.push(server.folder)
    expect(server.folder.startsWith(closed)).toBe(false)
    expect(readFileSync(join(closed, 'data', 'registry-is-elsewhere.txt'), 'utf8').trim()).toBe(server.folder)
    expect(lines.join('\n')).toContain(server.folder)
    await server.stop()
  })

  test('a full disk is a problem with a code, and nothing is left half made', async () => {
    const mount = folder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      console.log('skipped: this machine does not let root mount a small disk')
      return
    }
    try {
      chmodSync(mount, 0o755)
      await expect(start({ data_dir: mount })).rejects.toMatchObject({ code: 'registry_disk_full' })
      expect(existsSync(join(mount, 'registry', 'pgdata'))).toBe(false)
    } finally {
      execFileSync('umount', [mount])
    }
  })
})

describe('a data folder that cannot be', () => {
  test('is a problem with a code', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    await expect(start({ data_dir: join(file, 'data') })).rejects.toMatchObject({
      code: 'registry_data_dir_unwritable',
    })
  })

  test('without its password file is a problem, not a new password', async () => {
    const data_dir = folder()
    mkdirSync(join(data_dir, 'registry', 'pgdata'), { recursive: true })
    await expect(start({ data_dir })).rejects.toMatchObject({ code: 'registry_password_missing' })
  })
})
