// One definition of where a household stands: whatever happened to it, what is asked of a past moment afterwards is what
// was told at that moment.
import { afterAll, afterEach, beforeEach, test } from 'vitest'
import { toldAsThen } from '../steps/status-history.ts'
import { openWorld, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld('2015-06-20T02:00:00.000Z')
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test.each([1, 3])('as it was told then, so it is told afterwards (history %i)', async (history) =>
  toldAsThen(world, history),
)
