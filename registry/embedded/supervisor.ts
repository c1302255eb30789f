import { spawn, spawnSync } from 'node:child_process'
import { chownSync, closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { truncateSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { type RunUser, binaries } from './binaries.ts'
import { type Home, listening, passwordOf, prepareHome } from './home.ts'
import { endWithProcess, everySecond } from './lifetime.ts'
import { enter, isAlive, leave, withLock } from './presence.ts'
import { RegistryProblem, diskFull, errorCode, errorMessage, registryProblem, unwritable } from '../problem.ts'

/** Where an embedded server listens: `host` is a socket folder (or 127.0.0.1 on Windows). */
export interface EmbeddedConnection {
  host: string
  port: number
  user: string
  password: string
}

export interface Embedded {
  connection: EmbeddedConnection
  /** Process id of the postmaster. */
  pid: number
  /** The folder with the database files, the log and the password. */
  folder: string
  /** Leaves the server; the last process to leave stops it (fast shutdown: open transactions are rolled back). */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  data_dir: string
  /** Where the socket goes; by default a short path under the system's temporary folder (a socket path ends at 107 bytes). */
  socket_dir?: string
  /** Extra server settings, `{ fsync: 'off' }` for throw-away test servers. */
  settings?: Record<string, string>
  /** false: a new database is not flushed to disk (1,000 files, seconds on a busy disk) before its first use. For tests. */
  flush_new?: boolean
  log?: (line: string) => void
}

export const SUPERUSER = 'doorstep_admin'

// Under 1 GB for the whole server: 128 MB shared, 60 backends of a few MB. jit costs more than it gains on short
// queries. Parallel workers are off because they need /dev/shm, of which a container has 64 MB.
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  shared_buffers: '128MB',
  max_connections: '60',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '10min',
  // Statistics of what grew slowly: the default is a look a minute.
  autovacuum_naptime: '15s',
  wal_compression: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  idle_in_transaction_session_timeout: '10min',
  unix_socket_permissions: '0700',
}

/**
 * Starts PostgreSQL from npm on `data_dir/registry`, or adopts the one that runs there already (another process of ours,
 * or an orphan left by a killed one). Throws RegistryProblem.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => {})
  const home = prepareHome(resolve(options.data_dir), log)
  const name = enterHome(home.folder)
  try {
    const running = await withLock(home.folder, () => adoptOrStart(home, options, log))
    return guard(home.folder, name, running, () => withLock(home.folder, () => adoptOrStart(home, options, log)), log)
  } catch (error) {
    leave(home.folder, name)
    throw registryProblem(error, home.folder) ?? error
  }
}

function enterHome(folder: string): string {
  try {
    return enter(folder)
  } catch (error) {
    throw registryProblem(error, folder) ?? error
  }
}

interface Running {
  connection: EmbeddedConnection
  pid: number
}

async function adoptOrStart(home: Home, options: EmbeddedOptions, log: (line: string) => void): Promise<Running> {
  const native = binaries(home.user, log)
  passwordOf(home.folder)
  // After a kill the old backends hold the shared memory for a moment, and a server may die while we look at it.
  for (let attempt = 1; ; attempt++) {
    const pid = runningPostmaster(home.folder)
    try {
      if (pid !== null) {
        log(`adopting the registry's server that runs already (process ${pid})`)
        return await waitReady(home.folder, pid, log)
      }
      await initialise(home, native, options.flush_new ?? true, log)
      return await waitReady(home.folder, await launch(home, native, options), log)
    } catch (error) {
      const retry = error instanceof RegistryProblem && error.code === 'registry_start_retry'
      if (!retry || attempt >= 30) throw error
      log(`the registry's server is not ready yet, trying again (${attempt})`)
      await sleep(500)
    }
  }
}

/** The process id in postmaster.pid when that process is a PostgreSQL server; a stale file is removed. */
function runningPostmaster(folder: string): number | null {
  const file = join(folder, 'pgdata', 'postmaster.pid')
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid) && isPostgres(pid)) return pid
  rmSync(file, { force: true })
  return null
}

function isPostgres(pid: number): boolean {
  if (process.platform === 'win32') return true
  if (process.platform !== 'linux') {
    return /postgres/.test(spawnSync('ps', ['-p', String(pid), '-o', 'comm=']).stdout?.toString() ?? '')
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres') && !isZombie(pid)
  } catch (error) {
    // Where no file can be opened (EMFILE: every descriptor is in use) the signal to it is the sign of life that is left.
    return !['ENOENT', 'ESRCH'].includes(errorCode(error))
  }
}

/** A process that has ended but whose parent has not taken notice: common in containers without an init. */
function isZombie(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

/** Whether the server of this process id lives. Needs no free descriptor to say yes. */
export const isRunning = (pid: number): boolean => isAlive(pid) && isPostgres(pid)

async function initialise(home: Home, native: string, flush: boolean, log: (line: string) => void): Promise<void> {
  const pgdata = join(home.folder, 'pgdata')
  if (existsSync(pgdata)) return
  log(`making the registry's database in ${home.folder}`)
  const making = join(home.folder, 'pgdata.making')
  rmSync(making, { recursive: true, force: true })
  const pwfile = join(home.folder, 'password.initdb')
  writeFileSync(pwfile, `${passwordOf(home.folder)}\n`, { mode: 0o600 })
  if (home.user) chownSync(pwfile, home.user.uid, home.user.gid)
  const args = [
    '-D',
    making,
    '-U',
    SUPERUSER,
    '--pwfile',
    pwfile,
    '--auth=scram-sha-256',
    '--locale=C',
    '--encoding=UTF8',
  ]
  if (!flush) args.push('--no-sync')
  const { status, output } = await run(join(native, 'bin', 'initdb'), args, home.user)
  rmSync(pwfile, { force: true })
  if (status !== 0) {
    rmSync(making, { recursive: true, force: true })
    throw startFailure(home.folder, output)
  }
  // Renamed only when whole, so that a first start that was cut off begins anew.
  renameSync(making, pgdata)
}

async function run(
  file: string,
  args: string[],
  user: RunUser | null,
): Promise<{ status: number | null; output: string }> {
  return await new Promise((done) => {
    let output = ''
    const child = spawn(file, args, {
      ...identity(user),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(),
      cwd: '/',
    })
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => done({ status: null, output: `${output}${error.message}` }))
    child.on('close', (status) => done({ status, output }))
  })
}

const identity = (user: RunUser | null): { uid?: number; gid?: number } =>
  user ? { uid: user.uid, gid: user.gid } : {}

/** PostgreSQL's own messages in English, since some are recognised; none of the caller's PG* variables. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}

async function launch(home: Home, native: string, options: EmbeddedOptions): Promise<number> {
  const logFile = join(home.folder, 'postgres.log')
  if (existsSync(logFile) && statSync(logFile).size > 10_000_000) truncateSync(logFile)
  const settings = { ...SETTINGS, ...(await listening(home, options.socket_dir)), ...options.settings }
  const args = [
    '-D',
    join(home.folder, 'pgdata'),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const fd = openSync(logFile, 'a', 0o600)
  try {
    // Detached: Ctrl-C in the terminal must reach Doorstep alone, which then stops the server in good order.
    const child = spawn(join(native, 'bin', 'postgres'), args, {
      ...identity(home.user),
      detached: true,
      stdio: ['ignore', fd, fd],
      env: environment(),
      cwd: '/',
    })
    const pid = await new Promise<number>((started, failed) => {
      child.once('spawn', () => started(child.pid ?? 0))
      child.once('error', failed)
    })
    child.unref()
    return pid
  } finally {
    closeSync(fd)
  }
}

/** Waits until the server takes connections, crash recovery included, for as long as its process lives. */
async function waitReady(folder: string, pid: number, log: (line: string) => void): Promise<Running> {
  const started = Date.now()
  for (let told = false; ;) {
    const connection = connectionFrom(folder, pid)
    const failure = connection ? await tryConnect(connection) : 'not listening yet'
    if (connection && failure === null) return { connection, pid }
    if (!isRunning(pid)) throw startFailure(folder, tail(join(folder, 'postgres.log')))
    if (!told && Date.now() - started > 2000) {
      told = true
      log('the registry is recovering what was written before it was cut off')
    }
    if (Date.now() - started > 600_000) {
      throw new RegistryProblem(
        'registry_start_failed',
        `The registry's server did not become ready within ten minutes (${failure}).`,
        `Its log is ${join(folder, 'postgres.log')}.`,
      )
    }
    await sleep(25)
  }
}

// postmaster.pid: 1 pid, 2 data folder, 3 start time, 4 port, 5 socket folder, 6 listen address, 7 shared memory, 8 status.
function connectionFrom(folder: string, pid: number): EmbeddedConnection | null {
  const file = join(folder, 'pgdata', 'postmaster.pid')
  if (!existsSync(file)) return null
  const line = readFileSync(file, 'utf8').split('\n')
  const host = line[4]?.trim() || (line[5]?.trim() ?? '')
  if (Number(line[0]) !== pid || host === '') return null
  return { host, port: Number(line[3]), user: SUPERUSER, password: passwordOf(folder) }
}

/** null when a connection succeeds, else why not; throws when waiting cannot help. */
async function tryConnect(connection: EmbeddedConnection): Promise<string | null> {
  const client = new Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return null
  } catch (error) {
    if (errorCode(error) === '28P01') {
      throw new RegistryProblem(
        'registry_password_wrong',
        'The running registry server refuses the password in its data folder.',
        'Put the file "password" back from a backup of the data folder.',
        error,
      )
    }
    return errorMessage(error)
  } finally {
    await client.end().catch(() => {})
  }
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-4000) : ''
}

function startFailure(folder: string, output: string): RegistryProblem {
  const last = output.trim().split('\n').slice(-15).join('\n')
  if (/No space left on device|Disk quota exceeded/.test(last)) return diskFull(folder, new Error(last))
  if (/pre-existing shared memory block|lock file "[^"]*" already exists/.test(last)) {
    return new RegistryProblem(
      'registry_start_retry',
      'An earlier server is still ending.',
      'Try again in a moment.',
      last,
    )
  }
  if (/could not (bind|create) .*(socket|address)|Address already in use/i.test(last)) {
    return new RegistryProblem(
      'registry_port_unavailable',
      'The registry could not open its socket or port.',
      'Another program holds it, or the temporary folder cannot be written; set TMPDIR to one that can.',
      last,
    )
  }
  if (/Permission denied|Read-only file system|Operation not permitted/.test(last))
    return unwritable(folder, new Error(last))
  if (/could not look up effective user ID/.test(last)) {
    return new RegistryProblem(
      'registry_no_user',
      'PostgreSQL needs its user to have a name, and this one has a number alone (as in a container started with --user).',
      'Start as a user that /etc/passwd names, or give a PostgreSQL server by DATABASE_URL.',
      last,
    )
  }
  if (/database files are incompatible|initialized by PostgreSQL version/.test(last)) {
    return new RegistryProblem(
      'registry_version_mismatch',
      'The data folder was made by another major version of PostgreSQL.',
      'Restore a Doorstep backup into a new data folder: backups are independent of the version.',
      last,
    )
  }
  return new RegistryProblem(
    'registry_start_failed',
    `PostgreSQL did not start: ${last}`,
    `Its log is ${folder}/postgres.log.`,
  )
}

function guard(
  folder: string,
  name: string,
  first: Running,
  revive: () => Promise<Running>,
  log: (line: string) => void,
): Embedded {
  let running = first
  const watch = everySecond(async () => {
    if (isRunning(running.pid)) return
    log('the registry’s server has died; starting it again')
    running = await revive()
  }, log)
  let stopped: Promise<void> | null = null
  const stop = (): Promise<void> => (stopped ??= leaveServer())
  const release = endWithProcess({
    stop,
    atExit() {
      if (leave(folder, name) === 0 && isRunning(running.pid)) process.kill(running.pid, 'SIGINT')
    },
  })
  async function leaveServer(): Promise<void> {
    await watch.end()
    await withLock(folder, async () => {
      if (leave(folder, name) === 0) await shutDown(running)
      release()
    })
  }
  return {
    connection: first.connection,
    folder,
    stop,
    get pid() {
      return running.pid
    },
  }
}

/** Fast shutdown (SIGINT); after a minute immediate (SIGQUIT), from which the next start recovers. */
async function shutDown({ pid, connection }: Running): Promise<void> {
  if (isRunning(pid)) process.kill(pid, 'SIGINT')
  const asked = Date.now()
  for (let forced = false; isRunning(pid); await sleep(20)) {
    if (!forced && Date.now() - asked > 60_000) {
      forced = true
      process.kill(pid, 'SIGQUIT')
    }
  }
  if (basename(connection.host).startsWith('doorstep-')) rmSync(connection.host, { recursive: true, force: true })
}
