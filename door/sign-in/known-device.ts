// A browser in which an account was signed in before says so by a cookie, sealed with the registry's key: a stranger who
// guesses at the account elsewhere does not lock its owner out here.
import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { sameSecret, type Keys } from '#registry/secrets/secrets.ts'
import type { DoorEnv } from '../context.ts'

const year = 365 * 24 * 3600

const nameOf = (login: string): string => `doorstep_known_${Buffer.from(login).toString('base64url').slice(0, 80)}`

const sealOf = (keys: Keys, account_id: string, since: string): string =>
  createHmac('sha256', keys.derive('known-device')).update(`${account_id} ${since}`).digest('base64url')

/** Remember this browser for the account. `since` is when the password was set: a new one forgets all browsers. */
export function rememberDevice(c: Context<DoorEnv>, login: string, account_id: string, since: string | null): void {
  setCookie(c, nameOf(login), sealOf(c.var.registry.keys, account_id, since ?? ''), {
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.var.settings.secure_cookies,
    path: '/',
    maxAge: year,
  })
}

export function isKnownDevice(c: Context<DoorEnv>, login: string, account_id: string, since: string | null): boolean {
  const given = getCookie(c, nameOf(login))
  return given !== undefined && sameSecret(given, sealOf(c.var.registry.keys, account_id, since ?? ''))
}
