import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { giveBack } from './give-back.ts'

const megabytes = () => getHeapStatistics().total_heap_size / 2 ** 20

test('what large work left on the heap goes back to the system (F67)', () => {
  giveBack()
  const before = megabytes()
  const rows = () => Array.from({ length: 3_000_000 }, (_, n) => ({ n, next: [n] }))
  expect(rows().length).toBe(3_000_000)
  expect(megabytes() - before).toBeGreaterThan(100)
  giveBack()
  expect(megabytes() - before).toBeLessThan(64)
})
