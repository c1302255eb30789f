// The product as `npm start` gives it, on a folder of its own that is removed again.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { embeddedFolders } from '#registry/embedded/folders.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

// The first start lives two villages: half a minute on a quiet machine, many times that on a busy one.
const patience_seconds = 600

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let second = 0; second < patience_seconds; second++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    const answer = await fetch(`${url}/api/health`).catch(() => null)
    if (answer?.status === 200) return
    await sleep(1000)
  }
  throw new Error(`the server is not ready after ${patience_seconds} s`)
}

/** Start the product on a folder of its own; `stop` ends it and removes the folder. */
export async function startProduct() {
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-e2e-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...process.env, PORT: String(port), DOORSTEP_DATA: data_dir, DOORSTEP_DEMO: '1', DATABASE_URL: '' }
  const child = spawn(process.execPath, [join(root, 'server/start.js')], { cwd: root, env, stdio: 'inherit' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await Promise.race([ended, sleep(15_000)])
    child.kill('SIGKILL')
    for (const folder of embeddedFolders(data_dir)) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const began = performance.now()
    await ready(url, child)
    console.log(`ready after ${Math.round((performance.now() - began) / 100) / 10} s`)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}
