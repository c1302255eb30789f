import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IsolationLevel, type Transaction, sql } from 'kysely'
import { cancelOn, limitsNow, whileHolding, type Held } from './limits.ts'
import type { Registry } from './open.ts'
import { RegistryProblem, errorCode, isConnectionLoss } from './problem.ts'
import { pinOf } from './testing/pinned.ts'
import { freshStatistics } from './statistics.ts'
import type { Tables } from './tables.ts'

/** Who acts, in which role, and over which areas: area codes, each covering all below it; `['*']` is the nation. */
export interface Actor {
  account_id: string | null
  role: string
  scope: string[]
}

/** The program itself: sign-in, migrations of data, jobs. */
export const SYSTEM: Actor = { account_id: null, role: 'system', scope: ['*'] }

export type Tx = Transaction<Tables>
/**
 * What a store that reads is given. A `Tx` serves as one. Kysely's own ReadonlyKysely refuses plain SQL, so that stores
 * had to call it something else in 75 places. What plain SQL or a `with` might still write, the role of the connection
 * and `read only` refuse.
 */
export type ReadTx = Pick<
  Tx,
  'selectFrom' | 'selectNoFrom' | 'with' | 'withRecursive' | 'fn' | 'case' | 'dynamic' | 'isTransaction' | 'getExecutor'
>

export interface TransactOptions {
  isolation_level?: IsolationLevel
  /** How often the work is begun anew after a serialization failure or deadlock (default 5 attempts). */
  attempts?: number
}

interface Context {
  registry: Registry
  actor: Actor
  tx: Tx
  read_only: boolean
}

const current = new AsyncLocalStorage<Context>()
const contexts = new WeakMap<object, Context>()

/** The actor and registry of a transaction that `transact` began. */
export function contextOf(tx: ReadTx): { registry: Registry; actor: Actor } {
  const context = contexts.get(tx)
  if (!context) throw new Error('this is not a transaction of transact()')
  return context
}

/**
 * Runs `work` in one transaction of the application role, as `actor`: row-level security shows the actor's scope
 * alone. Called again inside itself (same registry, same actor) it joins the outer transaction, whose fate it shares.
 * After a serialization failure or deadlock `work` runs again from the start, so it must touch nothing but `tx`.
 */
export async function transact<T>(
  registry: Registry,
  actor: Actor,
  work: (tx: Tx) => Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  const outer = joinable(registry, actor, false)
  return outer ? await work(outer) : await begin({ registry, actor, read_only: false }, work, options)
}

/**
 * As `transact`, on the role that cannot write, in a read-only transaction. `isolation_level: 'repeatable read'` gives
 * several queries one snapshot.
 */
export async function transactRead<T>(
  registry: Registry,
  actor: Actor,
  work: (tx: ReadTx) => Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  const outer = joinable(registry, actor, true)
  return outer ? await work(outer) : await begin({ registry, actor, read_only: true }, work, options)
}

function joinable(registry: Registry, actor: Actor, read_only: boolean): Tx | null {
  const outer = current.getStore()
  if (!outer || outer.registry !== registry) return null
  if (outer.read_only && !read_only) throw new Error('a write inside transactRead()')
  if (key(outer.actor) !== key(actor)) throw new Error('a transaction has one actor: finish it before another acts')
  return outer.tx
}

const key = (actor: Actor): string => JSON.stringify([actor.account_id, actor.role, actor.scope])

type Beginning = Omit<Context, 'tx'>

async function begin<T>(beginning: Beginning, work: (tx: Tx) => Promise<T>, options: TransactOptions): Promise<T> {
  const attempts = options.attempts ?? 5
  for (let attempt = 1; ; attempt++) {
    const progress = { begun: false }
    const began = performance.now()
    try {
      const result = await once(beginning, work, options, progress)
      if (!beginning.read_only) await freshStatistics(beginning.registry, performance.now() - began)
      return result
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error, progress.begun)) throw error
      // A server that died is back in a second or two; jitter keeps two that collided from colliding again.
      const pause = isConnectionLoss(error) ? 300 * attempt : 10 * 2 ** attempt
      await sleep(pause * (0.5 + Math.random()))
    }
  }
}

// 40001: serialization failure, 40P01: deadlock. A lost connection is only safe to retry before the work began:
// afterwards nobody knows whether the commit arrived.
function isRetryable(error: unknown, begun: boolean): boolean {
  return ['40001', '40P01'].includes(errorCode(error)) || (!begun && isConnectionLoss(error))
}

async function once<T>(
  beginning: Beginning,
  work: (tx: Tx) => Promise<T>,
  options: TransactOptions,
  progress: { begun: boolean },
): Promise<T> {
  const { registry, actor, read_only } = beginning
  const { statement_ms, signal } = limitsNow()
  const statements = actorSettings(actor)
  if (statement_ms !== undefined) statements.push(`set local statement_timeout = ${Math.round(statement_ms)}`)
  const place: { held: Held | null } = { held: null }
  const act = async (tx: Tx): Promise<T> => {
    progress.begun = true
    const context: Context = { registry, actor, tx, read_only }
    contexts.set(tx, context)
    return await untilLeft(registry, place, signal, () => current.run(context, () => work(tx)))
  }
  const pin = pinOf(registry)
  if (pin) return await pin(act, statements, read_only)
  const set = async (tx: Tx): Promise<T> => {
    // Each alone in its own message: Citus forwards the message as it stands to the workers.
    for (const statement of statements) await sql.raw(statement).execute(tx)
    return await act(tx)
  }
  const database = read_only ? (registry.read as never as Registry['app']) : registry.app
  let builder = database.transaction()
  if (options.isolation_level) builder = builder.setIsolationLevel(options.isolation_level)
  if (read_only) builder = builder.setAccessMode('read only')
  return await whileHolding(place, () => builder.execute(set))
}

/** Does `work`; when `signal` says that nobody waits for it any more, the statement under way is cancelled. */
async function untilLeft<T>(
  registry: Registry,
  place: { held: Held | null },
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!signal || !place.held) return await work()
  const { held } = place
  let over = false
  let cancelling: Promise<void> = Promise.resolve()
  // Again and again: a cancellation between two statements meets none, and the next would begin.
  const cancel = () => {
    cancelling = (async () => {
      while (!over) {
        await cancelOn(registry.connection, held)
        await Promise.race([finished, sleep(200)])
      }
    })()
  }
  let finish = () => {}
  const finished = new Promise<void>((resolve) => (finish = resolve))
  signal.addEventListener('abort', cancel)
  try {
    if (signal.aborted) cancel()
    return await work()
  } finally {
    over = true
    finish()
    signal.removeEventListener('abort', cancel)
    // The connection goes back to its pool afterwards: a late cancellation would meet somebody else's statement.
    await cancelling
  }
}

/** The SET LOCAL statements of an actor. The values cannot be parameters (Citus), so they are checked to be plain. */
export function actorSettings(actor: Actor): string[] {
  if (actor.scope.some((code) => code === '') || actor.role === '' || actor.role === '*') {
    throw new RegistryProblem('registry_actor_invalid', 'An actor needs a role and areas.', 'Name them.')
  }
  return [
    `set local doorstep.scope = '${plain(actor.scope.join(','))}'`,
    `set local doorstep.role = '${plain(actor.role)}'`,
    `set local doorstep.account_id = '${plain(actor.account_id ?? '')}'`,
  ]
}

function plain(value: string): string {
  if (!/^[0-9A-Za-z,*_-]*$/.test(value)) {
    throw new RegistryProblem(
      'registry_actor_invalid',
      `"${value}" cannot name a role, an area or an account.`,
      'Use letters, digits, underscore and hyphen alone.',
    )
  }
  return value
}
