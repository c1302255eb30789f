import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Settings } from '#door/settings.ts'
import type { Told } from './live.ts'
import type { World } from './worlds.ts'

export interface Life {
  /** Fulfilled when the world is whole; rejected with what the process said last. */
  done: Promise<void>
  /** Ends it; what there is of it goes at the next start. */
  stop(): void
}

const program = fileURLToPath(new URL('live.ts', import.meta.url))

/** Lives a world in a process of its own, so that the product answers meanwhile. */
export function liveBeside(world: World, settings: Settings, hear: (told: Told) => void): Life {
  // Much is made and thrown away at once: with more room for what is young, collecting it takes a third of the time.
  const child = spawn(process.execPath, ['--max-semi-space-size=64', program, world.name], {
    env: { ...process.env, DOORSTEP_DATA: settings.data_dir, DATABASE_URL: '' },
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
