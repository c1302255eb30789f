import { type Kysely, sql } from 'kysely'
import type { Registry } from '../open.ts'
import type { Tables } from '../tables.ts'
import type { Tx } from '../transaction.ts'

type Pin = <T>(act: (tx: Tx) => Promise<T>, settings: readonly string[], read_only: boolean) => Promise<T>

const pins = new WeakMap<Registry, Pin>()

/** How transactions of a pinned registry run; undefined for an ordinary one. */
export const pinOf = (registry: Registry): Pin | undefined => pins.get(registry)

export interface Pinned {
  /** A registry whose transactions all join one outer transaction. */
  registry: Registry
  /** Rolls the outer transaction back: nothing of the test remains. */
  rollback(): Promise<void>
  /** What has been done so far stays when `back` undoes what follows. */
  mark(): Promise<void>
  /** Back to the mark; a registry that nothing kept in memory for the one before is known by. */
  back(): Promise<Registry>
}

/**
 * For tests: every transaction becomes a savepoint in one outer transaction, so a failed one does not poison the rest,
 * and all is undone at the end. One connection serves them, one at a time. `registry.app` and `registry.read` are that
 * connection; `registry.owner` is not pinned and sees nothing of it. Deferred constraints are not checked.
 */
export async function pinned(registry: Registry): Promise<Pinned> {
  const held = await registry.app.startTransaction().execute()
  let queue: Promise<unknown> = Promise.resolve()

  const run: Pin = (act, settings, read_only) => {
    const turn = queue.then(async () => {
      const mode = read_only ? ['set transaction read only'] : []
      // One message: a third of all statements of a room's tests were these.
      const begin = sql.raw(['savepoint request', ...mode, ...settings].join(';'))
      try {
        await begin.execute(held)
        const result = await act(held)
        await sql.raw('release savepoint request').execute(held)
        return result
      } catch (error) {
        await sql.raw('rollback to savepoint request').execute(held)
        await sql.raw('release savepoint request').execute(held)
        throw error
      }
    })
    queue = turn.catch(() => {})
    return turn
  }

  const held_as_kysely = held as Kysely<Tables>
  const copy = (): Registry => {
    const made = { ...registry, app: held_as_kysely, read: held_as_kysely as never, close: async () => {} }
    pins.set(made, run)
    return made
  }
  return {
    registry: copy(),
    async rollback() {
      await queue
      await held.rollback().execute()
    },
    async mark() {
      await queue
      await sql.raw('savepoint mark').execute(held)
    },
    async back() {
      await queue
      await sql.raw('rollback to savepoint mark').execute(held)
      return copy()
    },
  }
}
