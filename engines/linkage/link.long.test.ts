import { beforeAll, describe, expect, it } from 'vitest'
import { link } from './link.ts'
import type { LinkResult } from './link.ts'
import { chinesePersonModel } from './models/chinese-person.ts'
import { sampleCountryside } from './testing/sample.testkit.ts'

const model = chinesePersonModel()
const { left, right } = sampleCountryside(105, 11)
const brief = (result: LinkResult) =>
  result.links.map((x) => [x.left_id, x.right_id, x.match_weight, x.band, x.doubt, x.pass])

describe('link', () => {
  let result: LinkResult
  beforeAll(async () => {
    result = await link({ left, right }, model, { threads: 2 })
  })

  it('gives the same links however many rejected ones are asked for', async () => {
    const more = await link({ left, right }, model, { least_weight: -20 })
    expect(brief(more).filter(([, , , band]) => band !== 'reject')).toEqual(brief(result))
    expect(more.model).toEqual(result.model)
  })

  it('is symmetric: right against left links the same pairs', async () => {
    const back = await link({ left: right, right: left }, model)
    const turned = new Map(back.links.map((x) => [`${x.right_id} ${x.left_id}`, x]))
    expect(turned.size).toBe(result.links.length)
    for (const x of result.links) {
      const y = turned.get(`${x.left_id} ${x.right_id}`)
      expect(y?.band).toBe(x.band)
      expect(y?.match_weight).toBeCloseTo(x.match_weight, 6)
    }
  })

  it('takes shares of a wider population in place of its own', async () => {
    const name = left[0]!.name
    const common = await link({ left, right }, model, { frequencies: { name: new Map([[name, 0.2]]) } })
    expect(common.frequencies.name!.get(name)).toBe(0.2)
    const of = (r: LinkResult) => r.links.find((x) => x.left_id === left[0]!.record_id)!
    expect(of(common).levels[0]).toBe(0)
    expect(of(common).match_weight).toBeLessThan(of(result).match_weight - 3)
  })
})
