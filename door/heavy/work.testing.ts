// Work for pool.long.test.ts: what a worker may be asked that goes well, goes wrong, or never ends.
import { problem } from '../problems.ts'

export const double = (numbers: readonly number[]): number[] => numbers.map((each) => each * 2)

export async function* parts(count: number): AsyncGenerator<number[]> {
  for (let at = 0; at < count; at += 1) yield [at, at * at]
}

export function refuse(): never {
  throw problem('body_too_large', { detail: 'as the work said' })
}

export function fail(): never {
  throw new TypeError('not foreseen')
}

export function forever(): never {
  for (;;) Math.random()
}

export function devour(): number {
  const kept: number[][] = []
  // 32 MB, which is copied in a tenth of the time that making it takes
  const one = Array.from({ length: 4_000_000 }, (_, n) => n + 0.5)
  for (;;) kept.push(one.slice())
}

/** Ends the thread itself, with no word before. */
export function leave(): never {
  process.exit(0)
}
