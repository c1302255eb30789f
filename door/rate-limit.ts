import { problem } from './problems.ts'

const counts = new Map<string, { since: number; tries: number }>()
const most_keys = 10_000

/** Allow `tries` per `seconds` for a key in this process; beyond that `too_many_requests`. */
export function limit(key: string, allowed: { tries: number; seconds: number }): void {
  const now = Date.now()
  const entry = counts.get(key)
  if (!entry || now - entry.since > allowed.seconds * 1000) {
    if (counts.size >= most_keys) counts.clear()
    counts.set(key, { since: now, tries: 1 })
    return
  }
  entry.tries += 1
  if (entry.tries > allowed.tries) {
    throw problem('too_many_requests', { detail: `More than ${allowed.tries} tries in ${allowed.seconds} seconds.` })
  }
}
