// The one place where a secret is tried, whichever door it came to: the sign-in page, Basic, a device's key, a bearer
// token, a one-time code, the demo. Failures alone are counted: by address, by account and address, and how many
// accounts one address tries. No account is ever locked: a stranger can only slow himself down.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { audit, NATION } from '#registry/audit/audit.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { addressOf } from './address.ts'
import type { DoorEnv } from '../context.ts'
import { isKnownDevice, rememberDevice } from './known-device.ts'
import { verifyPassword } from './passwords.ts'
import { problem } from '../problems.ts'
import { countTry, forget, tooMany, triesOf } from './rate-limit.ts'

type C = Context<DoorEnv>

/** One address may fail so often: an office of many people behind one address still gets through. */
const by_address = { tries: 60, seconds: 600 }
/** One address at one account, and one browser that the account knows. */
const by_pair = { tries: 10, seconds: 60 }
const by_device = { tries: 20, seconds: 60 }
/** Accounts that one address fails at: somebody who tries one password at many. */
const logins_each = { tries: 15, seconds: 600 }
/** From so many failures an hour, from wherever, each further try at the account takes its time; none is refused. */
const slow_from = { tries: 30, seconds: 3600 }
const slow_milliseconds = 1500

// argon2 takes 19 MiB and some 30 ms a try: more than this at once wait, and beyond the queue they are sent away.
const at_once = 4
const queue = 64
let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= at_once) {
    if (waiting.length >= queue) throw problem('too_many_requests', { detail: 'Many people are signing in just now.' })
    await new Promise<void>((go) => waiting.push(go))
  }
  running += 1
  try {
    return await work()
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

/** Refuses before anything is looked up, where this address has failed too often. */
function mustNotBeBusy(address: string): void {
  if (triesOf(`address ${address}`, by_address.seconds) >= by_address.tries) throw tooMany(by_address)
  if (triesOf(`logins ${address}`, logins_each.seconds) >= logins_each.tries) throw tooMany(logins_each)
}

/** A secret that is no login's (a key, a token, a code's account unknown) was wrong. */
export async function failedSecret(c: C, door: string): Promise<void> {
  const address = addressOf(c)
  const tries = countTry(`address ${address}`, by_address.seconds)
  await tellFailure(c, door, null, address, tries)
  if (tries > by_address.tries) throw tooMany(by_address)
}

// The hash of a random password nobody kept, so that timing does not tell which logins exist.
const unknown_account_hash =
  '$argon2id$v=19$m=19456,t=2,p=1$5r4R25p7ZUgtcfycPyg22g$8aMOj5yBJNoQyv4aCj8dpbVWrpxR98XRdf2xpzGCg3g'

export interface Found {
  account_id: string
  password_hash: string | null
  password_set_at: string | null
}

/**
 * Try a secret of a login. `check` says whether it is right; it runs for an unknown login too, so that the time does
 * not tell which exist. Returns the account, or throws `refusal`'s problem or `too_many_requests`.
 */
export async function trySecret<F extends Found>(
  c: C,
  door: string,
  login: string,
  found: F | undefined,
  check: (found: F | undefined) => Promise<boolean>,
  refusal: 'sign_in_failed' | 'code_wrong',
): Promise<F> {
  const address = addressOf(c)
  const known = found !== undefined && isKnownDevice(c, login, found.account_id, found.password_set_at)
  const pair = known ? `device ${login}` : `pair ${address} ${login}`
  const allowed = known ? by_device : by_pair
  if (!known) mustNotBeBusy(address)
  if (triesOf(pair, allowed.seconds) >= allowed.tries) throw tooMany(allowed)
  const account = `account ${login}`
  if (!known && triesOf(account, slow_from.seconds) >= slow_from.tries) await sleep(slow_milliseconds)
  // Counted before the answer is known: tries sent at once cannot all slip through.
  const first = triesOf(pair, allowed.seconds) === 0
  const tries = countTry(pair, allowed.seconds)
  if (tries > allowed.tries) throw tooMany(allowed)
  if (await inTurn(() => check(found))) {
    if (found) {
      forget(pair)
      return found
    }
  }
  countTry(account, slow_from.seconds)
  if (!known) {
    countTry(`address ${address}`, by_address.seconds)
    if (first) countTry(`logins ${address}`, logins_each.seconds)
  }
  await tellFailure(c, door, found?.account_id ?? null, address, tries)
  throw problem(refusal)
}

/**
 * Check a login and password, under the limits. Returns the account. A right password makes the browser known.
 */
export async function checkPassword(c: C, door: string, login: string, password: string): Promise<string> {
  const found = await c.var.registry.app
    .selectFrom('account')
    .select(['account_id', 'password_hash', 'password_set_at'])
    .where('login', '=', login)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  const right = async (of: Found | undefined): Promise<boolean> => {
    const fits = await verifyPassword(of?.password_hash ?? unknown_account_hash, password)
    return fits && typeof of?.password_hash === 'string'
  }
  const account = await trySecret(c, door, login, found, right, 'sign_in_failed')
  if (door === 'password') rememberDevice(c, login, account.account_id, account.password_set_at)
  return account.account_id
}

/**
 * A failure leaves its mark: the first, the tenth, the hundredth in a row, so that a storm of them does not drown the
 * record. What was typed is not kept: it is often a password in the wrong field.
 */
async function tellFailure(c: C, door: string, account_id: string | null, address: string, tries: number) {
  if (!/^10*$/.test(String(tries))) return
  await transact(c.var.registry, SYSTEM, (tx) =>
    audit(tx, {
      county_code: NATION,
      action: 'session.failed',
      subject_kind: 'account',
      subject_id: account_id ?? 'unknown',
      detail: { door, address, tries },
    }),
  )
}
