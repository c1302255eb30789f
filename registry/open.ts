import { Kysely, PostgresDialect } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import { Client, type ClientConfig, Pool } from 'pg'
import { apart, type Held, noteConnection } from './limits.ts'
import { type Migration, migrate } from './migrate.ts'
import { RegistryProblem, errorCode, registryProblem } from './problem.ts'
import { type RoleName, hasSchema, prepareOwnRoles, prepareRoles, rolePassword } from './roles.ts'
import { type Keys, keyFingerprint, loadKeys } from './secrets/secrets.ts'
import { sealEndings } from './secrets/endings.ts'
import { checkKey, keepFingerprint } from './copies/key-check.ts'
import { type Embedded, startEmbedded } from './embedded/supervisor.ts'
import type { Tables } from './tables.ts'
import { typeParsers } from './types.ts'

/** An open registry. Work goes through `transact` (transaction.ts); the handles see no scoped row outside it. */
export interface Registry {
  /** Embedded in this program, or a PostgreSQL server. */
  home: 'embedded' | 'server'
  /** Owns the tables and sees every row: migrations, backup, audit verification. Not for rooms. */
  owner: Kysely<Tables>
  /** What rooms work with: rights by grant, rows by scope. */
  app: Kysely<Tables>
  /** A role that cannot write. */
  read: ReadonlyKysely<Tables>
  /** The pools beneath, for COPY. */
  pools: { owner: Pool; app: Pool; read: Pool }
  /** For encrypted columns and search hashes (secrets.ts). */
  keys: Keys
  data_dir: string
  database: string
  /** Connection settings of the application role, for libraries with a pool of their own. */
  connection: { host: string; port: number; user: string; password: string; database: string }
  close(): Promise<void>
}

export interface OpenOptions {
  /** A PostgreSQL server, 15 or later; its user may create roles. Without it the embedded server is used. */
  database_url?: string
  /** Holds the embedded server's files and, unless `secret_key` is given, the key. */
  data_dir: string
  /** 32 bytes or more, hexadecimal or base64 (DOORSTEP_SECRET_KEY). */
  secret_key?: string
  /** Name of the embedded database. */
  database?: string
  log?: (line: string) => void
  /** Whether to migrate to the newest schema (default true). */
  migrate?: boolean
  /** Another set of migrations than the newest, for tests. */
  migrations?: Migration[]
  /** false: the key's fingerprint is not written yet; for a restore, whose tables must be empty. */
  fingerprint?: boolean
  /** Extra settings of the embedded server. */
  settings?: Record<string, string>
  /** Most connections of the application's pool (default 10; the embedded server takes 60 in all). */
  pool_size?: number
}

/** Opens the registry, starting the embedded server if need be, and migrates it. Throws RegistryProblem. */
export async function openRegistry(options: OpenOptions): Promise<Registry> {
  const keys = loadKeys(options.data_dir, options.secret_key)
  const embedded = options.database_url ? null : await startEmbedded(options)
  const opened: Pool[] = []
  try {
    const admin = embedded
      ? { ...embedded.connection, database: options.database ?? 'doorstep' }
      : parseUrl(options.database_url ?? '')
    if (embedded) await ensureDatabase(embedded, admin.database)
    const suffix = await signInNames(admin, keys)
    const pool = (role: RoleName, max: number): Pool => {
      const made = makePool(admin, keys, role, max, suffix)
      opened.push(made)
      return made
    }
    const size = options.pool_size ?? 10
    const pools = {
      owner: pool('doorstep_owner', 3),
      app: pool('doorstep_app', size),
      read: pool('doorstep_read', size),
    }
    // Before anything is migrated or written: where the server trusts everybody, any key would have signed in.
    await checkKey(pools.owner, keys)
    if (options.migrate !== false) {
      for (const name of await migrate(pools.owner, options.migrations)) options.log?.(`registry: ${name}`)
      if (options.fingerprint !== false) await keepFingerprint(pools.owner, keys)
      if (options.migrations === undefined) await sealEndings(pools.owner, keys)
    }
    const owner = kysely(pools.owner)
    const app = kysely(pools.app)
    const read = kysely(pools.read)
    let closed: Promise<void> | null = null
    return {
      home: embedded ? 'embedded' : 'server',
      owner,
      app,
      // Kysely's own way to hand out a read-only view: the type forbids writes here, the role forbids them there.
      read: read as never,
      pools,
      keys,
      data_dir: options.data_dir,
      database: admin.database,
      connection: { ...roleConfig(admin, keys, 'doorstep_app', suffix) },
      close: () => (closed ??= closeAll(opened, embedded)),
    }
  } catch (error) {
    await closeAll(opened, embedded)
    throw registryProblem(error, options.data_dir) ?? error
  }
}

/**
 * What the names of the sign-in roles end in for this registry: nothing, or, where another registry on the same server
 * has taken the plain names with its own key, a mark of this key. Makes what is missing. Throws
 * `registry_secret_mismatch` for a registry that was made with another key.
 */
async function signInNames(admin: Admin, keys: Keys): Promise<string> {
  if (await signsIn(admin, keys, '')) return ''
  const suffix = `_${keyFingerprint(keys)}`
  if (await signsIn(admin, keys, suffix)) return suffix
  const there = await hasSchema(admin)
  await prepareRoles(admin, keys)
  if (await signsIn(admin, keys, '')) return ''
  if (there) throw foreignKey()
  await prepareOwnRoles(admin, keys, suffix)
  if (!(await signsIn(admin, keys, suffix))) throw foreignKey()
  return suffix
}

// The roles' passwords come from the secret key, so that another key is noticed before anything is written with it.
function foreignKey(): RegistryProblem {
  return new RegistryProblem(
    'registry_secret_mismatch',
    'The roles of this registry do not accept this secret key: it is not the one the registry was made with.',
    'Put the right secret.key into the data folder or set DOORSTEP_SECRET_KEY; on a server, pg_hba.conf must let them in.',
  )
}

async function closeAll(pools: Pool[], embedded: Embedded | null): Promise<void> {
  await Promise.all(pools.map((pool) => pool.end()))
  await embedded?.stop()
}

interface Admin extends ClientConfig {
  host: string
  port: number
  user: string
  password: string
  database: string
}

function parseUrl(url: string): Admin {
  try {
    const parsed = new URL(url)
    if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new Error('not postgres')
    const sslmode = parsed.searchParams.get('sslmode')
    return {
      // A socket folder is written ?host=/var/run/postgresql.
      host: parsed.searchParams.get('host') ?? (decodeURIComponent(parsed.hostname) || 'localhost'),
      port: Number(parsed.port || parsed.searchParams.get('port') || 5432),
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
      database: decodeURIComponent(parsed.pathname.slice(1)) || 'doorstep',
      ...(sslmode && sslmode !== 'disable' ? { ssl: { rejectUnauthorized: sslmode.startsWith('verify') } } : {}),
    }
  } catch {
    throw new RegistryProblem(
      'registry_url_invalid',
      'DATABASE_URL is not the address of a PostgreSQL database.',
      'Write it as postgres://user:password@host:5432/database.',
    )
  }
}

async function ensureDatabase(embedded: Embedded, database: string): Promise<void> {
  const client = new Client({ ...embedded.connection, database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (rows.length === 0) await client.query(`create database ${client.escapeIdentifier(database)}`)
  } catch (error) {
    // Another process was first.
    if (!['42P04', '23505'].includes(errorCode(error))) throw error
  } finally {
    await client.end()
  }
}

/** Whether all is prepared already: the three roles can sign in and use the schema of this database. */
async function signsIn(admin: Admin, keys: Keys, suffix: string): Promise<boolean> {
  const allowed = await Promise.all(
    (['doorstep_owner', 'doorstep_app', 'doorstep_read'] as const).map(async (role) => {
      const client = new Client(roleConfig(admin, keys, role, suffix))
      client.on('error', () => {})
      try {
        await client.connect()
        const { rows } = await client.query<{ usable: boolean | null }>(
          "select has_schema_privilege(oid, 'usage') as usable from pg_namespace where nspname = 'doorstep'",
        )
        return rows[0]?.usable === true
      } catch (error) {
        // 28*: refused sign-in; 42501: no right to connect; 3D000: no such database. Anything else is reported.
        if (!/^28|^42501$|^3D000$/.test(errorCode(error))) throw error
        return false
      } finally {
        await client.end().catch(() => {})
      }
    }),
  )
  return allowed.every(Boolean)
}

function roleConfig(admin: Admin, keys: Keys, role: RoleName, suffix: string): Admin {
  return { ...admin, user: `${role}${suffix}`, password: rolePassword(keys, role) }
}

/** What a connection sets at its start. The owner sees every row: it migrates, backs up and verifies. */
function startOptions(role: RoleName, suffix: string): { options?: string } {
  if (role !== 'doorstep_owner') return {}
  // Under a name of its own it acts as the role that owns the tables.
  const owner = suffix === '' ? '' : ' -c role=doorstep_owner'
  return { options: `-c doorstep.scope=* -c doorstep.role=*${owner}` }
}

function makePool(admin: Admin, keys: Keys, role: RoleName, max: number, suffix: string): Pool {
  const pool = new Pool({
    ...roleConfig(admin, keys, role, suffix),
    max,
    types: typeParsers,
    application_name: role,
    connectionTimeoutMillis: 30_000,
    idleTimeoutMillis: 30_000,
    ...startOptions(role, suffix),
  })
  // An idle connection that the server closes is no reason to end the process; the next query gets a new one.
  pool.on('error', () => {})
  // Nor is one that is lost while it works: its query fails with the same error, and that is told. A client without a
  // listener would end the whole process (pg emits `error` on it when PostgreSQL itself is killed).
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Connections are told as they are given out, so that what runs on one can be cancelled (limits.ts). */
function kysely(pool: Pool): Kysely<Tables> {
  const noted = {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await apart(() => pool.connect())
      noteConnection(client as Held)
      return client
    },
  }
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: noted }) })
}
