// A county's sharing out in a thread of its own: the same answer, while the main thread goes on.
import { expect, test } from 'vitest'
import { heavy } from '#door/heavy/pool.ts'
import { fund, type Fundable, type Means } from './fund.ts'

test('twenty thousand plans are shared out aside; the main thread goes on meanwhile', async () => {
  const items = Array.from({ length: 20_000 }, (_, i): Fundable[] => {
    const area_code = `360781107${String(i % 200).padStart(3, '0')}`
    return ['pigs', 'course'].map((measure_code, k) => ({
      item_id: `${i} ${measure_code}`,
      household_id: `h${i}`,
      area_code,
      measure_code,
      batch: k === 0 ? 'production' : 'education',
      cost: 100_000 + ((i * 7919 + k * 31) % 400_000),
      value: 1,
      funded: true,
      unfunded_reason: null,
      settled: false,
      right: false,
      requires: [],
      score: i % 100,
      compared_in: area_code,
    }))
  }).flat()
  const budget = (batch: string, amount: number) => ({ budget_id: batch, area_code: '360781', batch, amount })
  const means: Means = {
    budgets: [budget('production', 3_000_000_000), budget('education', 3_000_000_000)],
    rule: { floor_percent: 80, depth_percent: 100 },
    seed: 'x',
  }
  let beats = 0
  const beat = setInterval(() => beats++, 10)
  const aside = await heavy<typeof fund>(new URL('./fund.ts', import.meta.url), 'fund', [items, means], {
    seconds: 600,
  })
  clearInterval(beat)
  // In its own thread the solver would let none through.
  expect(beats).toBeGreaterThan(10)
  const here = await fund(items, means)
  expect([aside.whole, aside.spent, aside.changed.size]).toEqual([here.whole, here.spent, here.changed.size])
  expect(aside.whole).toBeGreaterThan(1_000)
})
