import { describe, expect, test } from 'vitest'
import { wilsonInterval } from '../proportion.ts'
import { randomFrom } from './random.ts'
import { resampled } from './resample.ts'

const events = Array.from({ length: 500 }, (_, i) => i < 120)
const share = (times: ArrayLike<number>) => {
  let [hit, all] = [0, 0]
  for (const [i, event] of events.entries()) {
    all += times[i]!
    if (event) hit += times[i]!
  }
  return hit / all
}

describe('figures of units drawn anew', () => {
  test('a proportion: its interval is nearly the one that theory gives', () => {
    const found = resampled({ units: 500, random: randomFrom('a'), draws: 4000, measure: (t) => ({ p: share(t) }) })
    const theory = wilsonInterval({ events: 120, n: 500 })
    expect(found.p?.estimate).toBe(0.24)
    expect(Math.abs(found.p!.lower - theory.lower)).toBeLessThan(0.005)
    expect(Math.abs(found.p!.upper - theory.upper)).toBeLessThan(0.005)
  })

  test('less confidence is a narrower interval; the seed fixes it', () => {
    const run = (seed: string, confidence?: number) =>
      resampled({
        units: 500,
        random: randomFrom(seed),
        draws: 300,
        measure: (t) => ({ p: share(t) }),
        ...(confidence === undefined ? {} : { confidence }),
      }).p!
    expect(run('a')).toEqual(run('a'))
    expect(run('a')).not.toEqual(run('b'))
    expect(run('a', 0.5).upper - run('a', 0.5).lower).toBeLessThan(run('a').upper - run('a').lower)
  })

  test('a figure that some draws do not give rests on the others; one that is not there is null', () => {
    const found = resampled({
      units: 2,
      random: randomFrom('a'),
      draws: 200,
      measure: (t) => ({ only_first: t[0]! > 0 ? t[0]! : null, never: null }),
    })
    expect(found.never).toBeNull()
    expect(found.only_first).toEqual({ estimate: 1, lower: 1, upper: 2 })
  })
})
