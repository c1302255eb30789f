import { describe, expect, it } from 'vitest'
import { link } from '../link.ts'
import type { LinkageModel } from '../model/model.ts'

// Whole bits: nothing is rounded on the way, so that a threshold can be met exactly.
const half = (name: string, bits: number): LinkageModel['comparisons'][number] => ({
  name,
  columns: [name],
  kind: 'text',
  levels: [
    { name: 'exact', m: 0.5, u: 0.5 / 2 ** bits },
    { name: 'different', m: 0.5, u: 0.5 },
  ],
})
const model = (thresholds: LinkageModel['thresholds']): LinkageModel => ({
  format: 'linkage-model/1',
  name: 'edges',
  prior: 0.5,
  thresholds,
  comparisons: [half('code', 5), half('name', 3)],
  blocking_rules: [['code']],
})
const left = [{ record_id: 'a', code: 'c', name: 'x' }]
/** 8 bits, and with a rival 5. */
const right = [
  { record_id: 'best', code: 'c', name: 'x' },
  { record_id: 'rival', code: 'c', name: 'y' },
]
const found = async (thresholds: LinkageModel['thresholds'], others = right) => {
  const { links } = await link({ left, right: others }, model(thresholds), { train: 'none' })
  const { match_weight, band, doubt, margin } = links.find((each) => each.right_id === 'best')!
  return { match_weight, band, doubt, margin }
}

describe('a threshold that is met exactly', () => {
  it('accepts at just so many bits, not a little below', async () => {
    const alone = right.slice(0, 1)
    const accepted = await found({ accept: 8, review: 0, margin: 3 }, alone)
    expect(accepted).toMatchObject({ match_weight: 8, band: 'accept', doubt: null, margin: null })
    expect(await found({ accept: 8.001, review: 0, margin: 3 }, alone)).toMatchObject({ band: 'review', doubt: null })
  })

  it('a rival that is worse by just the margin is no close one; one a little nearer is', async () => {
    expect(await found({ accept: 6, review: 0, margin: 3 })).toMatchObject({ band: 'accept', doubt: null, margin: 3 })
    const near = await found({ accept: 6, review: 0, margin: 3.001 })
    expect(near).toMatchObject({ band: 'review', doubt: 'close_rival', margin: 3 })
  })
})
