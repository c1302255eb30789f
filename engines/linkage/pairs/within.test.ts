import { describe, expect, it } from 'vitest'
import { link } from '../link.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { sampleCountryside } from '../testing/sample.testkit.ts'

// 400,000 pairs by default: a village of these lists is met often enough among fewer
const options = { households: false, sample_pairs: 100_000 }

const bits = async (left: object[], right: object[]) => {
  const { model, training } = await link({ left, right } as never, chinesePersonModel(), options)
  const [phone, place] = [3, 2].map((c) => model.comparisons[c]!.levels[0]!)
  return { within: training.comparisons[3]!.within, phone: Math.log2(phone!.m / phone!.u), place: place!.u }
}

describe('agreement that always comes together', () => {
  it('is counted once: people who share a telephone live in one village', async () => {
    const { left, right } = sampleCountryside(450, 4, 40)
    // everyone of a house is told with its telephone
    const phones = new Map(left.flatMap((x) => (x.phone ? [[x.household_id, x.phone] as const] : [])))
    const shared = left.map((x) => ({ ...x, phone: phones.get(x.household_id) ?? null }))
    const found = await bits(shared, right)
    expect(found.within).toBe('area')
    // the same telephones where everybody has his own village: nothing to leave out
    const own = (list: readonly { record_id: string }[]) =>
      list.map((x, i) => ({ ...x, area_code: `522301100${200 + ((i * 7919) % 40)}` }))
    const apart = await bits(own(shared), own(right))
    expect(apart.within).toBeUndefined()
    expect(apart.phone - found.phone).toBeGreaterThan(4)
    expect(apart.phone - found.phone).toBeLessThan(-Math.log2(found.place) + 1)
  })

  it('leaves alone what mostly matches share', async () => {
    const { left, right } = sampleCountryside(450, 4, 40)
    const { training } = await link({ left, right }, chinesePersonModel(), options)
    expect(training.comparisons.find((x) => x.name === 'person')!.within).toBeUndefined()
  })
})
