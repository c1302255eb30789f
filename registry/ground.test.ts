import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Registry } from './open.ts'
import { testRegistry } from './testing.ts'

let registry: Registry
beforeAll(async () => {
  const t = performance.now()
  registry = await testRegistry()
  console.log('testRegistry', performance.now() - t)
})
afterAll(() => registry.close())

test('opens', async () => {
  expect(await registry.app.selectFrom('area').selectAll().execute()).toEqual([])
  const t = performance.now()
  await (await testRegistry()).close()
  console.log('second', performance.now() - t)
})
