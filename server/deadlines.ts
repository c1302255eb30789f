// What acts by the clock and not because somebody asked: late alerts go up to the next office.
import { setTimeout as sleep } from 'node:timers/promises'
import { escalateEverywhere } from '#cycle/09-monitor/escalate.ts'
import type { Pack } from '#packs/load.ts'
import type { Registry } from '#registry/open.ts'
import { packInForce } from './pack-in-force.ts'

/** A deadline is counted in days: a quarter of an hour is soon enough, and several servers may do the same. */
const EVERY_MS = 900_000

/** Looks for what is late until it is stopped; what fails is told and tried again the next time. */
export function keepDeadlines(
  parts: { registry: Registry; pack: Pack; clock?: () => string },
  every_ms = EVERY_MS,
): { stop(): Promise<void> } {
  const { registry, pack, clock = () => new Date().toISOString() } = parts
  const rules = packInForce(registry, pack)
  const stopping = new AbortController()
  const keep = async () => {
    while (!stopping.signal.aborted) {
      await sleep(every_ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      if (stopping.signal.aborted) return
      await rules
        .current()
        .then((current) => escalateEverywhere(registry, current, clock()))
        .catch((error: unknown) => console.error('Late alerts could not go up:', error))
    }
  }
  const kept = keep()
  return {
    async stop() {
      stopping.abort()
      await kept
    },
  }
}
