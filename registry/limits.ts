import { AsyncLocalStorage } from 'node:async_hooks'
import { connect } from 'node:net'
import { join } from 'node:path'

/** What the statements of a piece of work may take; everything below `withLimits` has them, however deep. */
export interface Limits {
  /** Milliseconds for one statement; longer ones fail with 57014. Absent: as long as they need. */
  statement_ms?: number
  /** When it is aborted, the statement that runs is cancelled, and what it belongs to is rolled back. */
  signal?: AbortSignal
}

const limits = new AsyncLocalStorage<Limits>()

/** Runs `work` under limits; work inside may set others for its own part. */
export const withLimits = <T>(given: Limits, work: () => T): T => limits.run(given, work)

/**
 * Runs `work` under no limits and for nobody: what outlives the request that happened to need it first (a connection, a
 * thread) would else keep that request, its signal and all that hangs on it, for as long as it lives.
 */
export const apart: <T>(work: () => T) => T = AsyncLocalStorage.snapshot()

export const limitsNow = (): Limits => limits.getStore() ?? {}

/** The connection that a transaction holds, as PostgreSQL needs it named to cancel what runs on it. */
export interface Held {
  processID?: number
  secretKey?: number
}

const holding = new AsyncLocalStorage<{ held: Held | null }>()

/** Runs `work`; the connection that it takes from a pool meanwhile is told to `noteConnection` and kept in `place`. */
export const whileHolding = <T>(place: { held: Held | null }, work: () => T): T => holding.run(place, work)

/** Called by a pool for every connection it gives out. */
export function noteConnection(client: Held): void {
  const place = holding.getStore()
  if (place) place.held = client
}

// A CancelRequest of the protocol (PostgreSQL manual 54.2.9): length, code, process, key.
const cancel_code = 80_877_102

/**
 * Asks the server to cancel what runs on a connection; resolves when the server has taken note. Goes past the pools, which
 * may be used up by what is to be cancelled.
 */
export function cancelOn(at: { host: string; port: number }, { processID, secretKey }: Held): Promise<void> {
  return new Promise((resolve) => {
    if (processID === undefined || secretKey === undefined) return resolve()
    const message = Buffer.alloc(16)
    message.writeInt32BE(16, 0)
    message.writeInt32BE(cancel_code, 4)
    message.writeInt32BE(processID, 8)
    message.writeInt32BE(secretKey, 12)
    const socket = at.host.startsWith('/') ? connect(join(at.host, `.s.PGSQL.${at.port}`)) : connect(at.port, at.host)
    socket.setTimeout(5_000, () => socket.destroy())
    socket.on('connect', () => socket.end(message))
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    socket.resume()
  })
}
