import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Settings } from '#door/settings.ts'
import type { Say, Told } from './steps.ts'
import type { World } from './worlds.ts'

export interface Life {
  /** Fulfilled when the world is whole; rejected with what the process said last. */
  done: Promise<void>
  /** Ends it; what there is of it goes at the next start. */
  stop(): void
}

// Started by its name, not imported: the product runs without the synthetic country.
const program = fileURLToPath(new URL('../../synthetic/demo/program.ts', import.meta.url))

/** Lives a world in a process of its own, so that the product answers meanwhile. */
export const liveBeside = (world: World, settings: Settings, hear: (told: Told) => void): Life =>
  start(world.name, { DOORSTEP_DATA: settings.data_dir, DATABASE_URL: '' }, hear)

/** Lives the township in the registry that DATABASE_URL names, and waits for it. */
export const liveHere = (settings: Settings, say: Say): Promise<void> =>
  start('here', { DOORSTEP_DATA: settings.data_dir, DATABASE_URL: settings.database_url ?? '' }, (told) =>
    say(told.message, told.done, told.total),
  ).done

function start(what: World['name'] | 'here', env: NodeJS.ProcessEnv, hear: (told: Told) => void): Life {
  // Much is made and thrown away at once: with more room for what is young, collecting it takes a third of the time.
  const child = spawn(process.execPath, ['--max-semi-space-size=64', program, what], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)))
  child.on('message', (message) => hear(message as Told))
  let stopped = false
  const done = new Promise<void>((fulfil, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) fulfil()
      else reject(new Error(stopped ? 'stopped' : said.trim() || `the life of the demo ended with ${code}`))
    })
  })
  // Whoever asked may have gone; a failure is kept for those who ask.
  done.catch(() => {})
  return {
    done,
    stop() {
      stopped = true
      child.kill('SIGTERM')
    },
  }
}
