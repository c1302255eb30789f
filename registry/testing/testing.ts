import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { migrationsDigest, readMigrations } from '../migrate.ts'
import { type OpenOptions, type Registry, openRegistry } from '../open.ts'
import { isAlive } from '../embedded/presence.ts'
import { errorCode } from '../problem.ts'
import { type Embedded, startEmbedded } from '../embedded/supervisor.ts'

/** The key of every test registry: 32 bytes of no secrecy. */
export const TEST_SECRET = Buffer.alloc(32, 'doorstep test').toString('base64')

/** The server tests run on when one is given; without it, the embedded one. */
export const TEST_SERVER = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL

// A checkout has a server of its own: two that stand side by side differ in migrations and stop at other times.
const CHECKOUT = createHash('sha256')
  .update(import.meta.dirname)
  .digest('hex')
  .slice(0, 10)
// Of this machine alone can be told which processes live: a server may serve the tests of several.
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const CACHE = join(tmpdir(), `doorstep-test-${userInfo().username}-${CHECKOUT}`)

// No fsync: these databases are thrown away. Many test files of several runs may share the server.
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
}

let shared: Promise<{ url: URL; embedded: Embedded | null }> | null = null
let counter = 0

/** What a registry holds from the start: made once, and cloned for everybody who asks under the same key. */
export interface Contents {
  /** Other contents have another key: a digest of data and code, in hexadecimal. */
  key: string
  fill(registry: Registry): Promise<void>
}

/**
 * A fresh, migrated registry of its own database, in well under a second: cloned from a template that the first test
 * after a change of the migrations (or of `contents`) makes. One embedded server serves all test files of this checkout,
 * and stops by itself some seconds after the last; with TEST_DATABASE_URL (or DATABASE_URL) that server is used instead.
 * `close()` drops the database. For isolation between tests of one file see `pinned` (pinned.ts).
 */
export async function testRegistry(contents?: Contents): Promise<Registry> {
  shared ??= startShared()
  const { url, embedded } = await shared
  const database = newName()
  await copyTemplate(url, database, contents)
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-test-data-'))
  const registry = await openRegistry({ ...testOptions(at(url, database)), data_dir, migrate: false, pool_size: 6 })
  return {
    ...registry,
    home: embedded ? 'embedded' : 'server',
    async close() {
      await registry.close()
      await asAdmin(url, (admin) => admin.query(`drop database if exists ${database} with (force)`))
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

/** The administrator's address of a registry that `testRegistry` made, for other processes. */
export async function addressOf(registry: Registry): Promise<string> {
  shared ??= startShared()
  return at((await shared).url, registry.database).href
}

/** Another registry over the database of one that `testRegistry` made, as a second server has it. Close it first. */
export async function secondRegistry(first: Registry): Promise<Registry> {
  shared ??= startShared()
  const { url } = await shared
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-test-data-'))
  const registry = await openRegistry({
    ...testOptions(at(url, first.database)),
    data_dir,
    migrate: false,
    pool_size: 6,
  })
  return {
    ...registry,
    async close() {
      await registry.close()
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

/** An empty database on the shared server, with the options that open a registry in it. */
export async function emptyDatabase(): Promise<{ options: OpenOptions; drop(): Promise<void> }> {
  shared ??= startShared()
  const { url } = await shared
  const database = newName()
  await asAdmin(url, (admin) =>
    admin.query(`create database ${database} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`),
  )
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-test-data-'))
  return {
    options: { ...testOptions(at(url, database)), data_dir },
    async drop() {
      await asAdmin(url, (admin) => admin.query(`drop database if exists ${database} with (force)`))
      rmSync(data_dir, { recursive: true, force: true })
    },
  }
}

const newName = (): string => `doorstep_test_${process.pid}_${MACHINE}_${Date.now().toString(36)}_${++counter}`

const testOptions = (url: URL): { database_url: string; secret_key: string } => ({
  database_url: url.href,
  secret_key: TEST_SECRET,
})

function at(url: URL, database: string): URL {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other
}

async function startShared(): Promise<{ url: URL; embedded: Embedded | null }> {
  if (TEST_SERVER) return { url: new URL(TEST_SERVER), embedded: null }
  mkdirSync(CACHE, { recursive: true, mode: 0o755 })
  const embedded = await startEmbedded({ data_dir: CACHE, settings: SETTINGS, flush_new: false })
  // A keeper holds the server between test files, each of which is a process of its own.
  spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts'), CACHE], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref()
  const { host, port, user, password } = embedded.connection
  const url = new URL(`postgres://${user}:${password}@localhost/postgres?host=${encodeURIComponent(host)}&port=${port}`)
  return { url, embedded }
}

async function asAdmin<T>(url: URL, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(settingsOf(url))
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The administrator's connection settings of a server, for tests that need more than the three roles. */
export function settingsOf(url: URL): { host: string; port: number; user: string; password: string; database: string } {
  return {
    host: url.searchParams.get('host') ?? url.hostname,
    port: Number(url.searchParams.get('port') ?? (url.port || 5432)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  }
}

// Any fixed number: one test process makes the template or sweeps, the others wait.
const LOCK = 7_361_290_442

/** Makes `database` of the template, which is made where it is not there; nobody sweeps it away meanwhile. */
async function copyTemplate(url: URL, database: string, contents?: Contents): Promise<void> {
  const migrations = readMigrations()
  const migrated = `doorstep_template_${migrationsDigest(migrations).slice(0, 16)}`
  const options = { ...testOptions(url), migrations }
  await asAdmin(url, async (admin) => {
    await admin.query(`select pg_advisory_lock(${LOCK})`)
    const empty = `template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`
    await makeTemplate(admin, url, migrated, empty, options)
    if (contents) await makeTemplate(admin, url, filledName(migrated, contents), migrated, options, contents.fill)
    const template = contents ? filledName(migrated, contents) : migrated
    // Files copied whole: half the time of PostgreSQL's own choice, which writes every page to its log.
    await admin.query(`create database ${database} template ${template} strategy file_copy`)
  })
}

const filledName = (migrated: string, contents: Contents): string => `${migrated}_${contents.key.slice(0, 16)}`

async function makeTemplate(
  admin: Client,
  url: URL,
  name: string,
  from: string,
  options: Omit<OpenOptions, 'data_dir'>,
  fill: (registry: Registry) => Promise<void> = async () => {},
): Promise<void> {
  const { rows } = await admin.query('select 1 from pg_database where datname = $1', [name])
  if (rows.length > 0) return
  const making = `${name}_making`
  await admin.query(`drop database if exists ${making} with (force)`)
  await admin.query(`create database ${making} template ${from} strategy file_copy`)
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-test-data-'))
  const registry = await openRegistry({ ...options, database_url: at(url, making).href, data_dir })
  try {
    await fill(registry)
  } finally {
    await registry.close()
    rmSync(data_dir, { recursive: true, force: true })
  }
  await admin.query(`alter database ${making} rename to ${name}`)
}

/** Drops databases whose test process is gone from this machine, and templates of earlier migrations or other contents. */
export async function sweep(url: URL): Promise<void> {
  const keep = `doorstep_template_${migrationsDigest().slice(0, 16)}`
  await asAdmin(url, async (admin) => {
    await admin.query(`select pg_advisory_lock(${LOCK})`)
    const { rows } = await admin.query<{ datname: string }>(
      "select datname from pg_database where datname like 'doorstep\\_test\\_%' or datname like 'doorstep\\_template\\_%'",
    )
    for (const { datname } of rows) {
      // One that has begun since nobody was there goes on.
      const [, owner, machine] = /^doorstep_test_(\d+)_([0-9a-f]{8})_/.exec(datname) ?? []
      if (datname === keep || (owner !== undefined && (machine !== MACHINE || isAlive(Number(owner))))) continue
      await admin.query(`drop database if exists ${datname} with (force)`).catch((error: unknown) => {
        // Gone already, in use, or another user's.
        if (!['3D000', '55006', '42501'].includes(errorCode(error))) throw error
      })
    }
  })
}
