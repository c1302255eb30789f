import { at, refuse } from '../refuse.ts'
import { sha256Words } from './sha256.ts'

/**
 * A reproducible source of chance.
 *
 * `next`     unsigned 32-bit integer
 * `uniform`  number in [0, 1) with 53 random bits
 * `below`    integer in 0 .. n-1, without bias (draws again above the last full multiple of n); n <= 2^32
 * `normal`   standard normal number (Box-Muller, one of the pair)
 */
export type Random = {
  next: () => number
  uniform: () => number
  below: (n: number) => number
  normal: () => number
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS 47:4).
 * `state` is four unsigned 32-bit words, not all zero. Passes BigCrush; period 2^128 - 1. Not for secrets.
 */
export function xoshiro128(state: ArrayLike<number>): Random {
  if (state.length < 4) refuse('zero_state', 'The generator needs four words')
  let [s0, s1, s2, s3] = [at(state, 0) >>> 0, at(state, 1) >>> 0, at(state, 2) >>> 0, at(state, 3) >>> 0]
  if ((s0 | s1 | s2 | s3) === 0) refuse('zero_state', 'The generator needs a state with a bit set')

  const next = (): number => {
    const x = Math.imul(s1, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = s1 << 9
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 11) | (s3 >>> 21)
    return result
  }
  const uniform = (): number => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
  const below = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) refuse('bad_range', `Cannot draw below ${n}`)
    const limit = 2 ** 32 - (2 ** 32 % n)
    for (;;) {
      const x = next()
      if (x < limit) return x % n
    }
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { next, uniform, below, normal }
}

/**
 * The generator that a published text stands for: xoshiro128** whose four words are the first 16 bytes, big-endian,
 * of SHA-256 of the text in UTF-8. Anybody can re-run it in any language from this sentence.
 */
export function randomFrom(seed: string): Random {
  return xoshiro128(sha256Words(seed).subarray(0, 4))
}

/** A shuffled copy (Fisher-Yates from the front: position i is swapped with i + below(length - i)). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  return sampleWithoutReplacement(items, items.length, random)
}

/**
 * `n` of `items` by simple random sampling without replacement, in the order drawn: the first n places of a
 * Fisher-Yates shuffle from the front, so a longer draw from the same seed begins with the shorter one.
 * Refuses `size_exceeds_frame`.
 */
export function sampleWithoutReplacement<T>(items: readonly T[], n: number, random: Random): T[] {
  if (!Number.isInteger(n) || n < 0) refuse('bad_size', `A sample size must be a whole number, not ${n}`)
  if (n > items.length) refuse('size_exceeds_frame', `Cannot draw ${n} from ${items.length}`)
  const pool = items.slice()
  for (let i = 0; i < n; i++) {
    const j = i + random.below(pool.length - i)
    const [here, drawn] = [at(pool, i), at(pool, j)]
    pool[j] = here
    pool[i] = drawn
  }
  return pool.slice(0, n)
}
