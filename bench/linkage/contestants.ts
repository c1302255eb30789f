import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CACHE } from './prepare.ts'
import type { Data } from './prepare.ts'
import { specFile } from './spec.ts'

export type Stage = { wall: number; cpu: number }
/** What one run tells: seconds by stage without loading, peak memory of its process with loading. */
export type Run = {
  contestant: string
  version: string
  stages: Record<string, Stage>
  peak_mb: number
  /** One-minute load of the machine before it began. */
  load: number
  folder: string
  pairs?: number
  steps?: { table: string; rows: number; seconds: number }[]
}
export type Contestant = { name: string; version: string; python: string | null }

/** The versions that are measured: the newest 4 and the newest 5 (pre-releases too) that PyPI has when first made. */
const RIVALS = [
  { name: 'splink 4', requirement: 'splink==4.*', folder: 'splink4' },
  { name: 'splink 5', requirement: 'splink>=5.0.0.dev0,<6', folder: 'splink5' },
]
const BESIDE = ['duckdb==1.5.6', 'sqlglot==30.17.0', 'igraph==1.0.0', 'altair==6.3.0']

/** Python 3.10 or newer with venv; else the reason in words. */
function findPython(): { python: string } | { reason: string } {
  for (const python of ['python3', 'python']) {
    const asked = spawnSync(python, ['-c', 'import sys, venv, ensurepip; print(sys.version_info >= (3, 10))'], {
      encoding: 'utf8',
    })
    if (asked.status === 0 && asked.stdout.trim() === 'True') return { python }
    if (asked.status === 0) return { reason: `${python} is older than 3.10` }
    if (asked.error === undefined) return { reason: `${python} has no venv or ensurepip` }
  }
  return { reason: 'Python is not here' }
}

/**
 * Splink 4 and 5 in virtual environments of their own under the temp folder, made once. Those that cannot be made are
 * told of in `reasons`: the run goes on without them. Nothing is downloaded with `install` false.
 */
export function findSplink({ install = true, fresh = false } = {}): { found: Contestant[]; reasons: string[] } {
  const asked = findPython()
  if ('reason' in asked) return { found: [], reasons: [asked.reason] }
  const found: Contestant[] = []
  const reasons: string[] = []
  for (const { name, requirement, folder } of RIVALS) {
    const venv = join(CACHE, folder)
    const python = join(venv, 'bin', 'python')
    const ready = join(venv, 'ready')
    if (fresh) rmSync(venv, { recursive: true, force: true })
    if (!existsSync(ready) && !install) {
      reasons.push(`${name} is not installed here: npm run bench:linkage installs it`)
      continue
    }
    if (!existsSync(ready)) {
      mkdirSync(CACHE, { recursive: true })
      const made = spawnSync(asked.python, ['-m', 'venv', '--clear', venv], { encoding: 'utf8' })
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement, ...BESIDE]
      const filled = made.status === 0 ? spawnSync(python, pip, { encoding: 'utf8' }) : made
      if (filled.status !== 0) {
        const why = (filled.stderr || filled.stdout || String(filled.error)).trim().split('\n').at(-1)!
        reasons.push(`${name} could not be installed (no PyPI?): ${why}`)
        continue
      }
      writeFileSync(ready, '')
    }
    const version = spawnSync(python, ['-c', 'import splink; print(splink.__version__)'], { encoding: 'utf8' })
    if (version.status === 0) found.push({ name, version: version.stdout.trim(), python })
    else reasons.push(`${name} does not start: ${version.stderr.trim().split('\n').at(-1)}`)
  }
  return { found, reasons }
}

/** Results of this process's runs; `cleanUp` removes them. */
export const OUT = join(CACHE, 'out', String(process.pid))
export const cleanUp = () => rmSync(OUT, { recursive: true, force: true })

export const OURS: Contestant = { name: 'ours', version: process.version, python: null }

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** Runs one contestant in a process of its own; `trained`: a folder of Splink's results whose model ours shall take. */
export async function runOnce(
  contestant: Contestant,
  data: Data,
  machine: { threads: number; memory: string },
  trained?: string,
): Promise<Run> {
  const folder = join(OUT, data.name, `${contestant.name.replace(' ', '')}${trained ? '_imported' : ''}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const shared = [fileURLToPath(specFile(data.spec)), data.folder, folder, String(machine.threads), machine.memory]
  const [command, args] = contestant.python
    ? [contestant.python, [here('run_splink.py'), ...shared]]
    : [process.execPath, [here('run_ours.ts'), ...shared, ...(trained ? [trained] : [])]]
  const load = loadavg()[0]!
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // each language keeps its compiled modules between runs: Python's .pyc, and this as cli/doorstep.js asks for it
      env: { ...process.env, PYTHONHASHSEED: '0', NODE_COMPILE_CACHE: join(CACHE, 'compiled') },
    })
    let [text, complaints] = ['', '']
    child.stdout.on('data', (part) => (text += part))
    child.stderr.on('data', (part) => (complaints += part))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(text)
      else
        reject(
          new Error(
            `${contestant.name} on ${data.name} ended with ${code ?? signal}: ${complaints.trim().slice(-2000)}`,
          ),
        )
    })
  })
  const told = JSON.parse(output.trim().split('\n').at(-1)!) as Omit<Run, 'contestant' | 'load' | 'folder'>
  return { ...told, contestant: contestant.name, load, folder }
}
