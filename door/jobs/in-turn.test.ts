import { expect, test } from 'vitest'
import { mapInTurn } from './in-turn.ts'

const busy = (milliseconds: number) => {
  const until = performance.now() + milliseconds
  while (performance.now() < until) Math.random()
}

test('while a long list is worked on, others have their turn; the order stays (F41)', async () => {
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  const found = await mapInTurn(
    Array.from({ length: 100 }, (_, n) => n),
    (n) => {
      busy(3)
      return n * 2
    },
  )
  clearInterval(timer)
  expect(found).toEqual(Array.from({ length: 100 }, (_, n) => n * 2))
  // 300 ms of work in pieces of ten: a plain loop gives none.
  expect(turns).toBeGreaterThan(15)
})
