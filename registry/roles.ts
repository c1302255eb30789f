import { Client, type ClientConfig } from 'pg'
import { RegistryProblem, errorCode, errorMessage, registryProblem } from './problem.ts'
import type { Keys } from './secrets/secrets.ts'

export const ROLES = ['doorstep_owner', 'doorstep_app', 'doorstep_read'] as const
export type RoleName = (typeof ROLES)[number]

/** The password of a role: derived from the secret key, so that every process that has the key can sign in. */
export const rolePassword = (keys: Keys, role: RoleName): string => keys.derive(`role:${role}`).toString('base64url')

// jit: compiling the expressions of a wide view takes a second or two, reading a county by it some milliseconds; a server
// has it on unless told otherwise (12-see's tests: 48 s with it, 4 s without).
const EVERYBODY = ['search_path = doorstep', "timezone = 'UTC'", 'jit = off']

// Set by role, so that they hold for whoever signs in as it. On Citus the scope must travel to the workers.
const ROLE_SETTINGS: Record<RoleName, string[]> = {
  doorstep_owner: EVERYBODY,
  doorstep_app: EVERYBODY,
  doorstep_read: [...EVERYBODY, 'default_transaction_read_only = on'],
}

/**
 * Makes the three sign-in roles, their rights on this database and the schema, where they are missing. `admin` is a
 * superuser, or a user who may create roles and owns (or may create schemas in) the database.
 */
export async function prepareRoles(admin: ClientConfig, keys: Keys): Promise<void> {
  const client = new Client(admin)
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw registryProblem(error) ?? unusable(error)
  }
  try {
    await checkVersion(client)
    // Advisory locks are per database but roles are not: two databases of one server may meet here, hence the retries.
    await client.query('select pg_advisory_lock(7361290440)')
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query('begin')
        for (const role of ROLES) await prepareRole(client, role, rolePassword(keys, role))
        await prepareSchema(client)
        await client.query('commit')
        return
      } catch (error) {
        await client.query('rollback').catch(() => {})
        const raced = ['XX000', '23505', '40001', '42710'].includes(errorCode(error))
        if (!raced || attempt === 10) throw error
      }
    }
  } catch (error) {
    if (error instanceof RegistryProblem) throw error
    throw registryProblem(error) ?? unusable(error)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Whether this database holds a registry already, with whatever key. */
export async function hasSchema(admin: ClientConfig): Promise<boolean> {
  const client = new Client(admin)
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query("select 1 from pg_namespace where nspname = 'doorstep'")
    return rows.length > 0
  } catch (error) {
    throw registryProblem(error) ?? unusable(error)
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Sign-in roles for one registry alone, where another one on this server has the plain names: members of those, with the
 * same rights, and with passwords from this registry's key.
 */
export async function prepareOwnRoles(admin: ClientConfig, keys: Keys, suffix: string): Promise<void> {
  const client = new Client(admin)
  client.on('error', () => {})
  try {
    await client.connect()
    for (const role of ROLES) {
      const name = client.escapeIdentifier(`${role}${suffix}`)
      const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [`${role}${suffix}`])
      const password = client.escapeLiteral(rolePassword(keys, role))
      if (rows.length === 0) await client.query(`create role ${name} login password ${password} in role ${role}`)
      for (const setting of ROLE_SETTINGS[role]) await client.query(`alter role ${name} set ${setting}`)
    }
  } catch (error) {
    throw registryProblem(error) ?? unusable(error)
  } finally {
    await client.end().catch(() => {})
  }
}

function unusable(error: unknown): RegistryProblem {
  return new RegistryProblem(
    'registry_rights_missing',
    `The user of DATABASE_URL cannot prepare the registry: ${errorMessage(error)}.`,
    'Give a user who may create roles (alter role ... createrole) and owns the database.',
    error,
  )
}

async function checkVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version")
  const version = Math.floor(Number(rows[0]?.version) / 10_000)
  if (version < 15) {
    throw new RegistryProblem(
      'registry_version_old',
      `The database server is PostgreSQL ${version}; Doorstep needs 15 or later.`,
      'Upgrade the server, or leave DATABASE_URL empty to use the embedded one.',
    )
  }
}

async function prepareRole(client: Client, role: RoleName, password: string): Promise<void> {
  const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  // A role that is there keeps its password: it may serve another Doorstep on this server.
  if (rows.length === 0) await client.query(`create role ${role} login password ${client.escapeLiteral(password)}`)
  for (const setting of ROLE_SETTINGS[role]) await client.query(`alter role ${role} set ${setting}`)
  const { rows: citus } = await client.query("select 1 from pg_extension where extname = 'citus'")
  if (citus.length > 0) await client.query(`alter role ${role} set citus.propagate_set_commands = 'local'`)
}

async function prepareSchema(client: Client): Promise<void> {
  const { rows } = await client.query("select 1 from pg_namespace where nspname = 'doorstep'")
  if (rows.length === 0) {
    // A user who is no superuser must be a member of the role to which it gives the schema.
    await client.query(`do $$ begin
      if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant doorstep_owner to %I', current_user);
      end if; end $$`)
    await client.query('create schema doorstep authorization doorstep_owner')
  }
  await client.query('grant usage on schema doorstep to doorstep_app, doorstep_read')
}
