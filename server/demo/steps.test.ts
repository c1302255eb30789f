import { expect, test } from 'vitest'
import { follow, steps, wordsIn } from './steps.ts'

test('every step has its words in both languages, and no words are without a step', () => {
  const named = [...new Set<string>(steps.map((step) => step.name))].sort()
  for (const language of ['en', 'zh'] as const) expect(Object.keys(wordsIn(language).steps).sort()).toEqual(named)
})

test('a life never seems to go back, and says what is still to come by its own pace', () => {
  let now = 0
  const life = follow(() => now)
  expect(life.way()).toMatchObject({ step: 'registry', share: 0, seconds_left: null })
  const shares: number[] = []
  // The journey says "Who is who" again in later years, within another step.
  for (const [message, done, total] of [
    ['Loading the pack china-2014', 0, 1],
    ['Survey round 1: submissions at the door', 50, 100],
    ['Who is who', 0, 1],
    ['The year 2015', 0, 1],
    ['Survey round 2: submissions at the door', 5, 10],
    ['Who is who', 0, 1],
    ['Alerts of 2015', 0, 1],
    ['Tidying up', 0, 1],
  ] as const) {
    now += 1000
    life.hear(message, done, total)
    shares.push(life.way().share)
  }
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(life.way().step).toBe('tidy')
  const { share, seconds_left } = life.way()
  expect(share).toBeGreaterThan(0.9)
  expect(seconds_left).toBe(Math.ceil((8 * (1 - share)) / share) || seconds_left)
})
