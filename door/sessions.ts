import type { Registry } from '#registry/open.ts'
import { newToken, tokenHash, verifyPassword } from './passwords.ts'
import { scopeOf, type Actor } from './permit.ts'
import { problem } from './problems.ts'
import { roles, type Role } from './roles.ts'

const session_hours = 12

export const publicActor: Actor = { account_id: null, name: null, role: 'public', area_code: null, scope: [] }

/** A stored role may be older than the code; one that no longer exists opens nothing. */
function asRole(text: string): Role {
  return roles.find((role) => role === text) ?? 'public'
}

async function rolesOf(registry: Registry, account_id: string) {
  return registry.app
    .selectFrom('account_role')
    .innerJoin('area', 'area.area_code', 'account_role.area_code')
    .select(['account_role.role', 'account_role.area_code', 'area.level', 'area.name as area_name'])
    .where('account_role.account_id', '=', account_id)
    .orderBy('account_role.role')
    .orderBy('account_role.area_code')
    .execute()
}

/**
 * Open a session for an account in one of its roles (the first when none is named).
 * Returns the token, shown once, or throws `not_permitted` where the account does not hold the role.
 */
export async function openSession(
  registry: Registry,
  account_id: string,
  now: string,
  wanted?: { role: string; area_code: string },
): Promise<{ token: string; expires_at: string }> {
  const held = await rolesOf(registry, account_id)
  const role = wanted ? held.find((each) => each.role === wanted.role && each.area_code === wanted.area_code) : held[0]
  if (!role) throw problem('not_permitted', { detail: 'The account does not hold that role there.' })
  const token = newToken()
  // Sessions live in real time even where the demo's clock stands in 2014.
  const expires_at = new Date(Date.now() + session_hours * 3_600_000).toISOString()
  await registry.app
    .insertInto('session')
    .values({
      token_hash: tokenHash(token),
      account_id,
      role: role.role,
      area_code: role.area_code,
      created_at: now,
      expires_at,
    })
    .execute()
  return { token, expires_at }
}

/** Check a login and password; an unknown login costs as much time as a wrong password. */
export async function checkPassword(registry: Registry, login: string, password: string): Promise<string> {
  const account = await registry.app
    .selectFrom('account')
    .select(['account_id', 'password_hash'])
    .where('login', '=', login)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  const stored = account?.password_hash ?? unknown_account_hash
  const right = await verifyPassword(stored, password)
  if (!account?.password_hash || !right) throw problem('sign_in_failed')
  return account.account_id
}

// The hash of a random password nobody kept, so that timing does not tell which logins exist.
const unknown_account_hash =
  '$argon2id$v=19$m=19456,t=2,p=1$5r4R25p7ZUgtcfycPyg22g$8aMOj5yBJNoQyv4aCj8dpbVWrpxR98XRdf2xpzGCg3g'

/** Who holds this session token? Null when it is unknown, ended or its account was disabled. */
export async function actorOfToken(registry: Registry, token: string): Promise<Actor | null> {
  const row = await registry.app
    .selectFrom('session')
    .innerJoin('account', 'account.account_id', 'session.account_id')
    .innerJoin('area', 'area.area_code', 'session.area_code')
    .select(['session.account_id', 'session.role', 'session.area_code', 'area.level', 'account.name'])
    .where('token_hash', '=', tokenHash(token))
    .where('expires_at', '>', new Date().toISOString())
    .where('account.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  return {
    account_id: row.account_id,
    name: row.name as { en: string; zh: string },
    role: asRole(row.role),
    area_code: row.area_code,
    scope: scopeOf(row.area_code, row.level),
  }
}

/** A field device acts for the surveyor it was given to, within the area on its key. */
export async function actorOfDeviceKey(registry: Registry, key: string): Promise<Actor | null> {
  const row = await registry.app
    .selectFrom('device_key')
    .innerJoin('account', 'account.account_id', 'device_key.account_id')
    .innerJoin('area', 'area.area_code', 'device_key.area_code')
    .select(['device_key.account_id', 'device_key.area_code', 'area.level', 'account.name'])
    .where('key_hash', '=', tokenHash(key))
    .where('revoked_at', 'is', null)
    .where('account.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  return {
    account_id: row.account_id,
    name: row.name as { en: string; zh: string },
    role: 'surveyor',
    area_code: row.area_code,
    scope: scopeOf(row.area_code, row.level),
  }
}

export async function closeSession(registry: Registry, token: string): Promise<void> {
  await registry.app.deleteFrom('session').where('token_hash', '=', tokenHash(token)).execute()
}

export { rolesOf }
