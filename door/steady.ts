import { performance } from 'node:perf_hooks'

let start = Date.now() - performance.now()

/**
 * Milliseconds since 1970 that never run backwards in this process, whatever happens to the computer's clock: what ends
 * by time (a session, a code) ends by this.
 */
export const steadyNow = (): number => start + performance.now()

/** Something was recorded at this time, so it is not earlier now: a clock set back before a restart is seen by that. */
export function notBefore(milliseconds: number): void {
  start = Math.max(start, milliseconds - performance.now())
}

/** `steadyNow`, and some milliseconds more, as the registry stores times. */
export const steadyIso = (plus_milliseconds = 0): string => new Date(steadyNow() + plus_milliseconds).toISOString()
