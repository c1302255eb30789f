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
  // Not a share of the run, which lasts as long as its attacks: 1 % of the 42 s that it took with a long rest at its end.
  expect(found.held_over_ms).toBeLessThan(420)
  expect(found.after - found.before).toBeLessThan(GROWTH)
  expect(found.failed).toBe(0)
  const statuses = found.attacks.flatMap((each) => Object.keys(each.answers))
  expect(statuses.filter((status) => status.startsWith('5') && status !== '503')).toEqual([])
  expect(found.attacks.find((each) => each.attack === 'a zip bomb')?.answers['413'] ?? 0).toBeGreaterThan(0)
}, 900_000)
