import { expect, it } from 'vitest'
import { fuzz } from './fuzz.testkit.ts'

/** LINKAGE_FUZZ=2000 runs more than the usual. */
const runs = Number(process.env.LINKAGE_FUZZ ?? 40)

it(
  `random lists under random models give what the naive reference gives (${runs} of them)`,
  { timeout: runs * 2000 },
  async () => {
    const met = await fuzz(1, runs)
    // the cases reach what they are meant to reach
    expect(met.links).toBeGreaterThan(4 * runs)
    expect([...met.passes].sort()).toEqual(['household', 'pair', 'second'])
    expect(met.doubts.size).toBe(6)
  },
)
