import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { openSession } from '#door/sign-in/sessions.ts'
import { loadPack, type Pack } from '#packs/load.ts'
import { openRegistry } from '#registry/open.ts'
import { isAlive } from '#registry/embedded/presence.ts'
import { emptyDatabase, TEST_SECRET } from '#registry/testing/testing.ts'
import { verifyAudit } from '#registry/audit/verify.ts'
import { placePack } from '#server/place/pack.ts'
import { placePeople } from '#server/place/people.ts'
import { submissionXml } from './steps/households.ts'
import { root } from './house.ts'

// The real server as a process of its own, killed without warning while devices send. What it answered with 201 must be
// there afterwards, whichever PostgreSQL keeps it.

const village = '360781107201'
const secret_key = Buffer.from(TEST_SECRET, 'base64').toString('hex')
const open: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Home {
  data_dir: string
  database_url?: string
}

async function readPack(): Promise<Pack> {
  const { pack } = await loadPack(join(root, 'packs/china-2014'))
  if (!pack) throw new Error('the pack has faults')
  return pack
}

/** Areas, forms and one surveyor, and the surveyor's token. */
async function prepare(home: Home, pack: Pack): Promise<string> {
  const registry = await openRegistry({ ...home, secret_key })
  try {
    await placePack(registry, pack, () => {})
    const name = { en: 'Zhu Chunsheng', zh: '朱春生' }
    await placePeople(registry, [{ login: 'surveyor', name, role: 'surveyor', area_code: village }])
    const account = await registry.app.selectFrom('account').select('account_id').executeTakeFirstOrThrow()
    return (await openSession(registry, account.account_id, new Date().toISOString())).token
  } finally {
    await registry.close()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Start the server and wait until it is ready. */
async function start(home: Home, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(root, 'server/start.js')], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      DOORSTEP_HOST: '127.0.0.1',
      DOORSTEP_DATA: home.data_dir,
      DOORSTEP_DEMO: '0',
      DOORSTEP_SECRET_KEY: secret_key,
      DATABASE_URL: home.database_url ?? '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout?.on('data', (bytes) => (said += bytes))
  child.stderr?.on('data', (bytes) => (said += bytes))
  open.push(() => void child.kill('SIGKILL'))
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${said}`)
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null)
    if (answer?.status === 200) return child
    await sleep(100)
  }
  throw new Error(`the server is not ready:\n${said}`)
}

function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  return ended
}

/** Devices that send household after household, as a phone does, until told to stop; 201 counts as kept. */
function devices(port: number, token: string, pack: Pack, many: number) {
  const kept: string[] = []
  const ending = new AbortController()
  const device = async () => {
    while (!ending.signal.aborted) {
      const instance_id = `uuid:${randomUUID()}`
      const xml = submissionXml({ pack, village_codes: [village] }, { surveyed_on: '2014-04-20' }, instance_id)
      const body = new FormData()
      body.set('xml_submission_file', new Blob([xml], { type: 'text/xml' }), 'submission.xml')
      const headers = { authorization: `Bearer ${token}`, 'x-openrosa-version': '1.0', 'x-doorstep': '1' }
      const answer = await fetch(`http://127.0.0.1:${port}/submission`, { method: 'POST', headers, body }).catch(
        () => null,
      )
      if (answer?.status === 201) kept.push(instance_id)
      // A device whose server does not answer waits before it tries the next.
      else await sleep(50)
    }
  }
  const running = Array.from({ length: many }, device)
  return {
    kept,
    async until(count: number) {
      for (let tries = 0; tries < 300 && kept.length < count; tries++) await sleep(100)
      expect(kept.length, 'submissions answered 201').toBeGreaterThanOrEqual(count)
    },
    async stop() {
      ending.abort()
      await Promise.all(running)
    },
  }
}

/** Which of these are in the registry, and whether its audit chains hold. */
async function look(home: Home) {
  const registry = await openRegistry({ ...home, secret_key })
  try {
    const rows = await registry.owner.selectFrom('submission').select(['instance_id', 'state']).execute()
    const events = await registry.owner
      .selectFrom('audit_event')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    return { rows, events: Number(events.n), audit: await verifyAudit(registry) }
  } finally {
    await registry.close()
  }
}

async function expectNothingLost(home: Home, kept: readonly string[]) {
  const { rows, events, audit } = await look(home)
  const there = new Set(rows.map((row) => row.instance_id))
  expect(kept.filter((instance_id) => !there.has(instance_id))).toEqual([])
  expect(new Set(kept).size).toBe(kept.length)
  expect(events).toBeGreaterThan(0)
  expect(audit.problems).toEqual([])
}

describe('kill -9 in the middle of submissions', () => {
  test('embedded registry: the server, then PostgreSQL itself, lose nothing that was answered', async () => {
    const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-kill-'))
    // Where tests run as root, PostgreSQL runs as another user, who must be able to enter.
    chmodSync(data_dir, 0o755)
    open.push(() => {
      const left = postmaster(data_dir)
      if (left !== null && isAlive(left)) process.kill(left, 'SIGKILL')
      rmSync(data_dir, { recursive: true, force: true })
    })
    const home: Home = { data_dir }
    const pack = await readPack()
    const token = await prepare(home, pack)
    const port = await freePort()
    const first = await start(home, port)
    const sending = devices(port, token, pack, 6)
    open.push(() => sending.stop())
    await sending.until(30)
    await kill(first)
    const before = sending.kept.length

    // The same folder again: the orphan PostgreSQL is adopted, and the devices go on.
    const second = await start(home, port)
    await sending.until(before + 30)
    const running = postmaster(data_dir)
    if (running === null) throw new Error('no embedded server runs')
    process.kill(running, 'SIGKILL')
    const between = sending.kept.length
    // The supervisor brings PostgreSQL back through crash recovery under the running server.
    await sending.until(between + 20)
    await kill(second)
    await sending.stop()
    await expectNothingLost(home, sending.kept)
  })

  test('a PostgreSQL server: the server loses nothing that was answered', async () => {
    const database = await emptyDatabase()
    open.push(() => database.drop())
    const home: Home = { data_dir: database.options.data_dir, database_url: database.options.database_url ?? '' }
    const pack = await readPack()
    const token = await prepare(home, pack)
    const port = await freePort()
    const first = await start(home, port)
    const sending = devices(port, token, pack, 6)
    open.push(() => sending.stop())
    await sending.until(30)
    await kill(first)
    const before = sending.kept.length
    const second = await start(home, port)
    await sending.until(before + 20)
    await kill(second)
    await sending.stop()
    await expectNothingLost(home, sending.kept)
  })
})

/** The process id of the embedded server of this data folder, while it runs. */
function postmaster(data_dir: string): number | null {
  const file = join(data_dir, 'registry', 'pgdata', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null
}
