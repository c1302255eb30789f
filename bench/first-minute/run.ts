// `node bench/first-minute/run.ts [--here] [--keep]`: the first minute of a newcomer, in a fresh clone of this checkout:
// `npm ci`, `npm start`, and a look into all twelve rooms. Prints processor seconds, disk, memory and times. `--here`
// takes this checkout as it is installed and leaves `npm ci` out. Needs Node, npm and git alone.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rooms } from './rooms.ts'

const { values: asked } = parseArgs({ options: { here: { type: 'boolean' }, keep: { type: 'boolean' } } })
const checkout = fileURLToPath(new URL('../..', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'first-minute-'))
const clone = asked.here ? checkout : join(base, 'doorstep')
const data_dir = join(base, 'data')
const result: Record<string, number | string> = { load_before: loadavg()[0] ?? 0, processors: cpus().length }

const seconds = (since: number): number => Math.round((performance.now() - since) / 100) / 10
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)

/** Bytes on the disk under a folder, hard links counted once. */
function diskOf(folder: string, seen = new Set<string>()): number {
  if (!existsSync(folder)) return 0
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    try {
      if (entry.isDirectory()) {
        bytes += diskOf(path, seen)
        continue
      }
      const { blocks, dev, ino, nlink } = lstatSync(path)
      const id = `${dev}:${ino}`
      if (nlink > 1 && seen.has(id)) continue
      seen.add(id)
      bytes += blocks * 512
    } catch {
      // Gone meanwhile.
    }
  }
  return bytes
}

/** Where the registry's files lie when PostgreSQL's user cannot enter the data folder. */
function dataFolders(): string[] {
  const pointer = join(data_dir, 'registry-is-elsewhere.txt')
  return existsSync(pointer) ? [data_dir, readFileSync(pointer, 'utf8').trim()] : [data_dir]
}
const disk = (): number => [clone, ...dataFolders()].reduce((sum, folder) => sum + diskOf(folder), 0)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address ? address.port : 0
}

// What `time` of a shell tells of a command and all its children, where there is one; PostgreSQL is among them.
function timed(command: string): { user: number; wall: number } {
  const began = performance.now()
  const done = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time (${command} >/dev/null 2>&1)`], {
    cwd: clone,
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status}: ${done.stderr}`)
  const [user = 0, system = 0] = (done.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { user: Math.round((user + system) * 10) / 10, wall: seconds(began) }
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

try {
  if (!asked.here) {
    spawnSync('git', ['clone', '-q', checkout, clone], { stdio: 'inherit' })
    const install = timed('npm ci --no-audit --no-fund')
    result.npm_ci_processor_seconds = install.user
    result.npm_ci_seconds = install.wall
  }
  result.install_megabytes = megabytes(diskOf(clone))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...process.env, PORT: String(port), DOORSTEP_DATA: data_dir, DOORSTEP_DEMO: '1', DATABASE_URL: '' }
  const began = performance.now()
  const server = spawn('npm', ['start', '--silent'], {
    cwd: clone,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: process.platform !== 'win32',
    shell: process.platform === 'win32',
  })
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, disk())), 3000)
  try {
    for (;;) {
      if (server.exitCode !== null) throw new Error(`npm start ended with ${server.exitCode}`)
      const answer = await fetch(url).catch(() => null)
      if (answer?.ok && result.first_answer_seconds === undefined) result.first_answer_seconds = seconds(began)
      const health = await fetch(`${url}/api/health`).catch(() => null)
      if (health?.status === 200) break
      await sleep(200)
    }
    result.ready_seconds = seconds(began)
    const seen = await rooms(url)
    result.twelve_rooms_seconds = seconds(began)
    for (const [name, rows] of Object.entries(seen)) result[`rows_${name}`] = rows
    const empty = Object.entries(seen).filter(([, rows]) => rows === 0)
    if (empty.length > 0) throw new Error(`nothing in ${empty.map(([name]) => name).join(', ')}`)
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    // The shell that npm starts has the same words and the same environment: the server is the largest of them.
    const mains = pids.filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/start.js') &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(data_dir)
        )
      } catch {
        return false
      }
    })
    const peaks = mains.map((pid) => memoryOf(Number(pid)))
    if (peaks.length > 0) result.server_memory_peak_megabytes = megabytes(Math.max(...peaks))
    result.disk_megabytes = megabytes(disk())
  } finally {
    clearInterval(watch)
    result.disk_peak_megabytes = megabytes(Math.max(peak, disk()))
    if (server.pid) process.kill(process.platform === 'win32' ? server.pid : -server.pid, 'SIGINT')
    await new Promise((ended) => (server.exitCode === null ? server.once('exit', ended) : ended(null)))
  }
} finally {
  if (!asked.keep) for (const folder of [...dataFolders(), base]) rmSync(folder, { recursive: true, force: true })
}
result.load_after = loadavg()[0] ?? 0
const width = Math.max(...Object.keys(result).map((name) => name.length))
for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(width)}  ${value}`)
