// The time of what is done. The machine's clock is its own; a request has the time that it was given, and in a
// demonstration that lies years before.
import { AsyncLocalStorage } from 'node:async_hooks'

const times = new AsyncLocalStorage<string>()

/** Runs `work` as done at this time (ISO); everything below has it, however deep. */
export const actingAt = <T>(iso: string, work: () => T): T => times.run(iso, work)

/** Apart by less, the two clocks say the same. */
const same_ms = 60_000

/** The time of what is done, where it is another than the time at which it is written down; else null. */
export function actedAt(recorded_at: string): string | null {
  const time = times.getStore()
  if (time === undefined) return null
  return Math.abs(Date.parse(time) - Date.parse(recorded_at)) < same_ms ? null : new Date(time).toISOString()
}
