import { performance } from 'node:perf_hooks'
import { problem } from '../problems.ts'

interface Count {
  since: number
  tries: number
}
const counts = new Map<string, Count>()
const most_keys = 20_000

const seconds = (): number => performance.now() / 1000

/** The count of a key within its window; a window that is over is forgotten. Time is the process's own, never the wall's. */
function countOf(key: string, window: number): Count {
  const known = counts.get(key)
  if (known && seconds() - known.since <= window) return known
  // The oldest go first: clearing all would let somebody with many keys free himself.
  for (const old of counts.keys()) {
    if (counts.size < most_keys) break
    counts.delete(old)
  }
  const fresh = { since: seconds(), tries: 0 }
  counts.delete(key)
  counts.set(key, fresh)
  return fresh
}

/** How many tries a key has had within its window. */
export const triesOf = (key: string, window: number): number => countOf(key, window).tries

/** Count one more try. Returns how many there are now. */
export function countTry(key: string, window: number): number {
  const count = countOf(key, window)
  count.tries += 1
  return count.tries
}

export const forget = (key: string): boolean => counts.delete(key)

/** Allow `tries` per `seconds` for a key in this process; beyond that `too_many_requests`. */
export function limit(key: string, allowed: { tries: number; seconds: number }): void {
  if (countTry(key, allowed.seconds) > allowed.tries) throw tooMany(allowed)
}

export const tooMany = (allowed: { tries: number; seconds: number }) =>
  problem('too_many_requests', { detail: `More than ${allowed.tries} tries in ${allowed.seconds} seconds.` })
