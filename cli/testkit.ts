import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { vi } from 'vitest'
import { TEST_SECRET } from '#registry/testing/testing.ts'
import { root } from './open.ts'
import { run } from './run.ts'

// The command line in tests: as its own process where the test is about the process, in this one where it is not.

export interface Typed {
  code: number | null
  out: string
  err: string
}

/** The command line as its own process: about a second each, three where it opens a registry. */
export function spawned(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Typed {
  const ended = spawnSync(process.execPath, [join(root, 'cli/doorstep.js'), ...words], { env, encoding: 'utf8', cwd })
  return { code: ended.status, out: ended.stdout, err: ended.stderr }
}

/** The same in this process, in the folder one stands in. */
export async function typed(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Typed> {
  let [out, err] = ['', '']
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text) => void (out += `${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation((text) => void (err += `${text}\n`)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text)))),
  ]
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, env)
  const { exitCode } = process
  process.exitCode = undefined
  try {
    await run(words)
    return { code: Number(process.exitCode ?? 0), out, err }
  } finally {
    process.exitCode = exitCode
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    for (const spy of spies) spy.mockRestore()
  }
}

/** The settings of a command on this database. */
export const settingsOn = (options: { database_url?: string; data_dir: string }) => ({
  DATABASE_URL: options.database_url!,
  DOORSTEP_SECRET_KEY: Buffer.from(TEST_SECRET, 'base64').toString('hex'),
  DOORSTEP_DATA: options.data_dir,
})

/** What a command printed as JSON; a failure shows its problem. */
export async function toldWith(env: Readonly<Record<string, string>>, words: readonly string[]) {
  const { code, out, err } = await typed(['--json', ...words], env)
  if (out === '') throw new Error(`doorstep ${words.join(' ')}: ${code} ${err}`)
  return JSON.parse(out)
}
