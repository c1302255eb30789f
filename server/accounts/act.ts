// What an administrator may do to accounts: only where every role of the account lies within his own area.
import { randomBytes, randomUUID } from 'node:crypto'
import type { EnteredToWrite } from '#door/context.ts'
import { hashPassword, tokenHash } from '#door/sign-in/passwords.ts'
import { mustBeStrong } from '#door/sign-in/password-rules.ts'
import { covers, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { steadyIso } from '#door/steady.ts'
import { apartOf } from '#door/permit/together.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import {
  areasNamed,
  endSessions,
  giveRoles,
  holdAccount,
  insertAccount,
  otherAdministrators,
  saveCode,
  setDisabled,
  setPassword,
  takeRole,
  type HeldRole,
} from './store.ts'

type C = EnteredToWrite

const code_hours = 24
// Without 0, O, 1, I, L: read out over a telephone. 32^12 is 60 bits, and tries are limited.
const code_letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'

function newCode(): string {
  const letters = [...randomBytes(12)].map((byte) => code_letters[byte % code_letters.length]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** As it is stored: however the code was typed. */
export const codeHash = (code: string): string => tokenHash(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))

/** The account, if all that it holds lies within the actor's area; the nation's own are for the nation. */
async function accountWithin(c: C, account_id: string) {
  const { tx, actor } = c.var
  const found = await holdAccount(tx, account_id)
  const sees = found !== undefined && found.roles.some(({ area_code }) => covers(actor, area_code))
  if (!found || (!sees && !actor.scope.includes('*'))) {
    throw problem('not_found', { detail: `There is no account ${account_id} in your area.` })
  }
  for (const { area_code } of found.roles) permit(actor, 'account.manage', area_code)
  if (found.roles.length === 0) permit(actor, 'account.manage', NATION)
  return found
}

/** Refuses roles at places that are not there, or at a level that does not have the role, and roles that must be apart. */
async function mustFit(c: C, roles: readonly HeldRole[], held: readonly HeldRole[]): Promise<void> {
  const { tx, actor, pack } = c.var
  for (const each of roles) permit(actor, 'account.manage', each.area_code)
  const levels = new Map(
    (await areasNamed(tx, [...new Set(roles.map((each) => each.area_code))])).map((area) => [
      area.area_code,
      area.level,
    ]),
  )
  const wrong = roles.filter(({ role, area_code }) => {
    const level = levels.get(area_code)
    return level === undefined || (pack.role_levels !== undefined && !pack.role_levels[role]?.includes(level))
  })
  if (wrong.length > 0) {
    throw problem('role_not_here', {
      detail: wrong
        .map(({ role, area_code }) => `${role} at ${area_code} (${levels.get(area_code) ?? 'no such area'})`)
        .join('; '),
      errors: wrong.map(({ role, area_code }) => ({
        path: `roles.${role}`,
        message: levels.get(area_code) ?? 'no such area',
        got: area_code,
      })),
    })
  }
  const apart = apartOf([...held, ...roles].map((each) => each.role))
  if (apart) throw problem('roles_apart', { detail: `${apart.join(' and ')}.` })
}

/** Refuses to take the last administrator that a place has. */
async function mustLeaveAdministrator(tx: Tx, account_id: string, taken: readonly HeldRole[]): Promise<void> {
  const places = [
    ...new Set(taken.filter((each) => each.role === 'administrator').map((each) => each.area_code)),
  ].sort()
  for (const area_code of places) {
    if ((await otherAdministrators(tx, area_code, account_id)) === 0)
      throw problem('last_administrator', { detail: `${area_code} has no other administrator whose account is open.` })
  }
}

async function giveCode(c: C, account_id: string) {
  const { tx, actor, now } = c.var
  const code = newCode()
  const expires_at = steadyIso(code_hours * 3_600_000)
  await saveCode(tx, { account_id, code_hash: codeHash(code), expires_at, made_by: actor.account_id, made_at: now })
  return { code, expires_at }
}

const record = (c: C, action: string, account_id: string, detail: Record<string, unknown> = {}): Promise<void> =>
  audit(c.var.tx, { county_code: NATION, action, subject_kind: 'account', subject_id: account_id, detail })

export interface Invitation {
  login: string
  name: { en: string; zh: string }
  password?: string | undefined
  roles: HeldRole[]
}

/** Make an account. Without a password there comes a code, shown once, with which the person sets one. */
export async function invite(c: C, input: Invitation) {
  const { tx, actor, now } = c.var
  await mustFit(c, input.roles, [])
  const { login, name, password } = input
  if (password !== undefined) mustBeStrong(password, { login, names: Object.values(name) })
  const account_id = randomUUID()
  const password_hash = password === undefined ? null : await hashPassword(password)
  if (!(await insertAccount(tx, { account_id, login, name, password_hash, now })))
    throw problem('login_taken', { errors: [{ path: 'login', message: 'taken', got: login }] })
  await giveRoles(tx, account_id, input.roles, { granted_by: actor.account_id, granted_at: now })
  const code = password === undefined ? await giveCode(c, account_id) : null
  await record(c, 'account.create', account_id, { login, roles: input.roles })
  return { account_id, code: code?.code ?? null, code_until: code?.expires_at ?? null }
}

/** Give and take roles of an account; at least one stays. */
export async function changeRoles(c: C, account_id: string, change: { give: HeldRole[]; take: HeldRole[] }) {
  const { tx, actor, now } = c.var
  const found = await accountWithin(c, account_id)
  const key = (each: HeldRole) => `${each.role} ${each.area_code}`
  const taken = new Set(change.take.map(key))
  const left = found.roles.filter((each) => !taken.has(key(each)))
  await mustFit(c, change.give, left)
  if (left.length + change.give.length === 0)
    throw problem('request_invalid', { detail: 'An account without any role: disable it instead.' })
  const kept = new Set([...left, ...change.give].map(key))
  const lost = found.roles.filter((each) => !kept.has(key(each)))
  await mustLeaveAdministrator(tx, account_id, lost)
  for (const each of lost) await takeRole(tx, account_id, each)
  await giveRoles(tx, account_id, change.give, { granted_by: actor.account_id, granted_at: now })
  await record(c, 'account.roles', account_id, { gave: change.give, took: lost })
  return { roles: [...new Map([...left, ...change.give].map((each) => [key(each), each])).values()] }
}

/** Close an account: it can no longer sign in, and what it has open ends. */
export async function disable(c: C, account_id: string) {
  const { tx, now } = c.var
  const found = await accountWithin(c, account_id)
  if (found.disabled_at !== null) return { disabled: false }
  await mustLeaveAdministrator(tx, account_id, found.roles)
  await setDisabled(tx, account_id, now)
  await endSessions(tx, account_id)
  await record(c, 'account.disable', account_id)
  return { disabled: true }
}

export async function enable(c: C, account_id: string) {
  const found = await accountWithin(c, account_id)
  if (found.disabled_at === null) return { enabled: false }
  await setDisabled(c.var.tx, account_id, null)
  await record(c, 'account.enable', account_id)
  return { enabled: true }
}

/** Take the password away and hand out a code with which the person sets a new one; all sessions end. */
export async function reset(c: C, account_id: string) {
  const { tx, now } = c.var
  const found = await accountWithin(c, account_id)
  if (found.demo) throw problem('wrong_state', { detail: 'People of the demo sign in without a password.' })
  await setPassword(tx, account_id, null, now)
  const code = await giveCode(c, account_id)
  await record(c, 'account.reset', account_id)
  return { code: code.code, code_until: code.expires_at }
}
