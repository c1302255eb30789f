import { sql, type Expression } from 'kysely'
import type { Registry } from '#registry/open.ts'
import { newToken, tokenHash } from './passwords.ts'
import { scopeOf, type Actor } from '../permit/permit.ts'
import { problem } from '../problems.ts'
import { roles, type Role } from '../permit/roles.ts'
import { notBefore, steadyIso } from '../steady.ts'
import { apartOf } from '../permit/together.ts'

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
  user_agent: string | null = null,
): Promise<{ token: string; expires_at: string }> {
  const held = await rolesOf(registry, account_id)
  const apart = apartOf(held.map((each) => each.role))
  if (apart) throw problem('roles_apart', { detail: `The account holds the roles ${apart.join(' and ')}.` })
  const role = wanted ? held.find((each) => each.role === wanted.role && each.area_code === wanted.area_code) : held[0]
  if (!role) throw problem('not_permitted', { detail: 'The account does not hold that role there.' })
  const token = newToken()
  // Sessions live in real time even where the demo's clock stands in 2014.
  const expires_at = steadyIso(session_hours * 3_600_000)
  await registry.app.deleteFrom('session').where('expires_at', '<=', steadyIso()).execute()
  await registry.app
    .insertInto('session')
    .values({
      token_hash: tokenHash(token),
      account_id,
      role: role.role,
      area_code: role.area_code,
      created_at: now,
      expires_at,
      user_agent: user_agent?.slice(0, 200) ?? null,
    })
    .execute()
  return { token, expires_at }
}

/** `role area` of everything an account holds. */
const rolesHeld = (account_id: Expression<string>) =>
  sql<
    string[]
  >`(select coalesce(array_agg(h.role || ' ' || h.area_code), '{}') from account_role h where h.account_id = ${account_id})`

/**
 * At start: no session was opened later than now. A computer whose clock was set back while it was off would otherwise
 * open ended sessions again.
 */
export async function keepTime(registry: Registry): Promise<void> {
  const { newest } = await registry.app
    .selectFrom('session')
    .select((row) => row.fn.max('expires_at').as('newest'))
    .executeTakeFirstOrThrow()
  if (newest) notBefore(Date.parse(newest) - session_hours * 3_600_000)
}

/** Who holds this session token? Null when it is unknown, ended or its account was disabled. */
export async function actorOfToken(registry: Registry, token: string): Promise<Actor | null> {
  const row = await registry.app
    .selectFrom('session')
    .innerJoin('account', 'account.account_id', 'session.account_id')
    .innerJoin('area', 'area.area_code', 'session.area_code')
    .select((row) => [
      'session.account_id',
      'session.role',
      'session.area_code',
      'area.level',
      'account.name',
      rolesHeld(row.ref('session.account_id')).as('held'),
    ])
    .where('token_hash', '=', tokenHash(token))
    .where('expires_at', '>', steadyIso())
    .where('account.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  // A role that was taken away opens nothing any more, in a session opened before either.
  if (!row.held.includes(`${row.role} ${row.area_code}`)) return null
  return {
    account_id: row.account_id,
    name: row.name as { en: string; zh: string },
    role: asRole(row.role),
    area_code: row.area_code,
    scope: scopeOf(row.area_code, row.level),
    apart: apartOf(row.held.map((each) => each.slice(0, each.indexOf(' ')))),
  }
}

/** A field device acts for the surveyor it was given to, within the area on its key. */
export async function actorOfDeviceKey(registry: Registry, key: string): Promise<Actor | null> {
  const row = await registry.app
    .selectFrom('device_key')
    .innerJoin('account', 'account.account_id', 'device_key.account_id')
    .innerJoin('area', 'area.area_code', 'device_key.area_code')
    .select((row) => [
      'device_key.account_id',
      'device_key.area_code',
      'area.level',
      'account.name',
      rolesHeld(row.ref('device_key.account_id')).as('held'),
    ])
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
    apart: apartOf(row.held.map((each) => each.slice(0, each.indexOf(' ')))),
  }
}

/** End every session of an account; returns how many. */
export async function closeSessions(registry: Registry, account_id: string): Promise<number> {
  const ended = await registry.app.deleteFrom('session').where('account_id', '=', account_id).executeTakeFirst()
  return Number(ended.numDeletedRows)
}

export async function closeSession(registry: Registry, token: string): Promise<void> {
  await registry.app.deleteFrom('session').where('token_hash', '=', tokenHash(token)).execute()
}

export { rolesOf }
