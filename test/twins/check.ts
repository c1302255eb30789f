// npm run check:twins: every write of every room once, twice and ten times at once, over two server processes on one
// registry. What ten at once have added must be what one adds. Prints what differs and ends with 1, or says that nothing does.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TEST_SECRET, addressOf } from '#registry/testing/testing.ts'
import { verifyAudit } from '#registry/audit/verify.ts'
import { placedRegistry, readPack, villagesOf } from '../world.ts'
import { makeStage, type Door } from './stage.ts'
import { stepsOf } from './steps.ts'

const began = performance.now()
const pack = await readPack()
const registry = await placedRegistry(pack)
const url = await addressOf(registry)
const folder = mkdtempSync(join(tmpdir(), 'doorstep-twins-'))
const servers: ChildProcess[] = [1, 2].map((number) =>
  fork(join(import.meta.dirname, 'serve.ts'), [url, TEST_SECRET, join(folder, String(number))], { stdio: 'inherit' }),
)

/** The next word of a server. */
async function told(server: ChildProcess): Promise<Record<string, unknown>> {
  const [message] = (await once(server, 'message')) as [Record<string, unknown>]
  return message
}

try {
  const ports = await Promise.all(servers.map(async (server) => Number((await told(server))['port'])))
  const doors = ports.map(
    (port): Door =>
      (path, init) =>
        fetch(`http://127.0.0.1:${port}${path}`, init),
  )
  const at = async (iso: string): Promise<void> => {
    await Promise.all(
      servers.map(async (server) => {
        const heard = told(server)
        server.send({ clock: iso })
        await heard
      }),
    )
  }
  const stage = { registry, pack, doors, at, times: [1, 2, 10] }
  const acting = makeStage(stage, await villagesOf(registry))
  const steps = stepsOf(stage, acting)
  const findings = await acting.live(steps, ({ step, times, what }) =>
    console.log(`${step}, ${times} at once: ${what}`),
  )
  const { problems } = await verifyAudit(registry)
  for (const problem of problems) console.log(`audit: ${JSON.stringify(problem)}`)
  const seconds = Math.round((performance.now() - began) / 1000)
  const routes = new Set(steps.map((step) => step.route)).size
  console.log(
    `${routes} write routes, ${steps.length} steps, once, twice and ten times at once over ${ports.length} servers: ` +
      `${findings.length} counted twice or answered otherwise (${seconds} s)`,
  )
  process.exitCode = findings.length + problems.length === 0 ? 0 : 1
} finally {
  for (const server of servers) {
    const gone = once(server, 'exit')
    server.disconnect()
    await gone
  }
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
}
