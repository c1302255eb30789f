import { afterAll, beforeAll, expect, test } from 'vitest'
import { twoApps } from './two-apps.ts'

let twins: Awaited<ReturnType<typeof twoApps>>
beforeAll(async () => {
  twins = await twoApps([1])
})
afterAll(async () => twins.close())

test('every write route has its example of being sent twice: a new one without fails here', () => {
  const writes = new Set(
    twins.routes
      .filter((route) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(route.method))
      .map((route) => `${route.method} ${route.path}`),
  )
  const shown = new Set(twins.steps.map((step) => step.route))
  expect([...writes].filter((route) => !shown.has(route) && !same_door.has(route))).toEqual([])
  expect([...shown].filter((route) => !writes.has(route))).toEqual([])
})

/** Other addresses of routes that have an example: the same function answers. */
const same_door = new Set(['POST /v1/submission'])
