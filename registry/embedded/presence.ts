import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RegistryProblem, errorCode } from '../problem.ts'

/**
 * Who uses an embedded server: one empty file per user in `<folder>/users`. The last to leave stops the server, so a
 * command started beside a running server neither stops it nor is left alone when the first process goes.
 */

/** The start time of a process in clock ticks (Linux), so that a reused process id is not taken for the old process. */
function startTicks(pid: number): string {
  try {
    // Field 22 of /proc/<pid>/stat; the command name in brackets may hold spaces, so count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch {
    return '0'
  }
}

/** Whether a process runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

const self = (): string => `${process.pid}-${startTicks(process.pid)}`

function isLive(name: string): boolean {
  const [pid, ticks] = name.split('-')
  return isAlive(Number(pid)) && (ticks === '0' || startTicks(Number(pid)) === ticks)
}

/** This process among all that may share a registry: machine, PID namespace, process id and start time. */
export const processName = (): string => `${machine()}/${self()}`

/** Whether a process of this very machine is known to have ended. Of another machine's nothing is known: false. */
export function hasEnded(name: string): boolean {
  const at = name.lastIndexOf('/')
  return name.slice(0, at) === machine() && !isLive(name.slice(at + 1))
}

function machine(): string {
  try {
    // Two containers may share a host's name; their process ids mean nothing to one another.
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

let counter = 0

/** Registers this process as a user; returns the name to hand to `leave`. */
export function enter(folder: string): string {
  mkdirSync(join(folder, 'users'), { recursive: true })
  const name = `${self()}-${++counter}`
  writeFileSync(join(folder, 'users', name), '')
  return name
}

/** Removes one user; returns how many live users remain. Synchronous, so that it can run while the process exits. */
export function leave(folder: string, name: string): number {
  rmSync(join(folder, 'users', name), { force: true })
  return liveUsers(folder).length
}

/** Names of the live users; files of dead processes are removed on the way. */
export function liveUsers(folder: string): string[] {
  const users = join(folder, 'users')
  if (!existsSync(users)) return []
  return readdirSync(users).filter((name) => {
    if (isLive(name)) return true
    rmSync(join(users, name), { force: true })
    return false
  })
}

/** Runs `work` while no other process starts or stops the server of this folder. A dead holder's lock is broken. */
export async function withLock<T>(folder: string, work: () => Promise<T>, patience_ms = 120_000): Promise<T> {
  const path = join(folder, 'lock')
  const deadline = Date.now() + patience_ms
  const mark = `${self()}-${++counter}`
  for (;;) {
    try {
      writeFileSync(path, mark, { flag: 'wx' })
      break
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
      breakStale(path, mark)
    }
    if (Date.now() > deadline) {
      throw new RegistryProblem(
        'registry_locked',
        `Another process has been at work in ${folder} for ${Math.round(patience_ms / 60_000)} minutes.`,
        `Wait for it to finish; if none runs, remove the file ${path}.`,
      )
    }
    await sleep(30 + Math.random() * 40)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function breakStale(path: string, mark: string): void {
  try {
    const holder = readFileSync(path, 'utf8')
    if (holder === '' || isLive(holder)) return
    const aside = `${path}.${mark}`
    renameSync(path, aside)
    // Between reading and renaming a live process may have taken the lock: then give it back.
    if (readFileSync(aside, 'utf8') === holder) rmSync(aside, { force: true })
    else renameSync(aside, path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}
