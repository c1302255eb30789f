import { expect, it } from 'vitest'
import { fuzz } from './fuzz.testkit.ts'

it('random lists under random models give what the naive reference gives (8 of them)', async () => {
  expect((await fuzz(1, 8)).links).toBeGreaterThan(30)
})
