import { expect, test } from 'vitest'
import { corpus } from './corpus.ts'
import { GROWTH, measure } from './measure.ts'

// The lighter part of the corpus; all of it by `npm run check:hostile`.
const light = /nested|ten thousand characters|^deep JSON$|laugh|zip bomb|10,000 choices|leave at once/

test('what is sent to stop it does not hold the thread that answers', async () => {
  const found = await measure(
    corpus.filter((attack) => light.test(attack.name)),
    () => {},
  )
  // Processor time of that thread, not the clock: tests run on busy machines.
  expect(found.held_share).toBeLessThan(0.01)
  expect(found.after - found.before).toBeLessThan(GROWTH)
  expect(found.failed).toBe(0)
  const statuses = found.attacks.flatMap((each) => Object.keys(each.answers))
  expect(statuses.filter((status) => status.startsWith('5') && status !== '503')).toEqual([])
  expect(found.attacks.find((each) => each.attack === 'a zip bomb')?.answers['413'] ?? 0).toBeGreaterThan(0)
}, 900_000)
