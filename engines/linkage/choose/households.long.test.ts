import { describe, expect, it } from 'vitest'
import { householdLinks } from './households.ts'
import { link } from '../link.ts'
import { chinesePersonModel } from '../models/chinese-person.ts'
import { evaluate } from '../evaluate.ts'
import { sampleCountryside } from '../testing/sample.testkit.ts'

const model = chinesePersonModel()
const father = {
  name: '张国强',
  national_id: '11010519491231002X',
  birth_date: '1949-12-31',
  sex: '女',
  area_code: '110105100201',
}
const mother = {
  name: '李玉梅',
  national_id: '440524188001010014',
  birth_date: '1880-01-01',
  sex: '男',
  area_code: '110105100201',
}
const child = { name: '张小宝', national_id: null, birth_date: '2012-03-05', sex: '男', area_code: '110105100201' }
const family = (side: string, people: object[]) =>
  people.map((p, i) => ({ record_id: `${side}${i}`, household_id: `${side}H`, ...p }))

const sizes = (counts: Record<string, number>) => new Map(Object.entries(counts))

const kinds = (pairs: [string, string][], l: Record<string, number>, r: Record<string, number>) =>
  householdLinks(pairs, sizes(l), sizes(r)).map((x) => x.kind)

describe('households', () => {
  it('completes a linked household by a member whom nothing else would find', async () => {
    // another name (the milk name), the lunar birthday, no number: no blocking rule brings the two together
    const renamed = { ...child, name: '张浩然', birth_date: '2012-04-11', area_code: null }
    const records = { left: family('L', [father, mother, child]), right: family('R', [father, mother, renamed]) }
    const with_households = await link(records, model, { train: 'none' })
    const without = await link(records, model, { train: 'none', households: false })
    expect(without.links.map((x) => x.left_id)).toEqual(['L0', 'L1'])
    expect(with_households.links.find((x) => x.left_id === 'L2')).toMatchObject({ right_id: 'R2', pass: 'household' })
    expect(with_households.households).toMatchObject([
      { left_household: 'LH', right_household: 'RH', kind: 'same', left_size: 3 },
    ])
  })

  it('does not complete across sex or generation', async () => {
    const grandchild = { ...child, name: '张小玲', sex: '女', birth_date: '2019-03-05' }
    const records = { left: family('L', [father, mother, child]), right: family('R', [father, mother, grandchild]) }
    const { links } = await link(records, model, { train: 'none' })
    expect(links.map((x) => x.left_id)).toEqual(['L0', 'L1'])
  })

  it('lifts a doubtful pair by its household', async () => {
    const written = { ...child, birth_date: null, name: '张晓宝' }
    const records = { left: family('L', [father, mother, child]), right: family('R', [father, mother, written]) }
    const alone = await link(records, model, { train: 'none', households: false })
    const { links } = await link(records, model, { train: 'none', households: true })
    const own = (found: typeof links) => found.find((x) => x.left_id === 'L2')
    expect(own(alone.links)).toMatchObject({ right_id: 'R2', band: 'review', pass: 'pair' })
    expect(own(links)).toMatchObject({ right_id: 'R2', band: 'accept', pass: 'household' })
    expect(links.find((x) => x.left_id === 'L0')).toMatchObject({ pass: 'pair', support: 1, support_weight: 2 })
  })

  it('takes another given name on the same number for a milk name, unless somebody at home bears it', async () => {
    const son = { ...child, national_id: '110105201203050013' }
    const bands = async (left: object[], right: object[]) => {
      const { links } = await link({ left: family('L', left), right: family('R', right) }, model, { train: 'none' })
      return links.map((x) => [x.left_id, x.right_id, x.band, x.doubt])
    }
    const milk = { ...son, name: '张毛毛' }
    expect(await bands([mother, son], [mother, milk])).toContainEqual(['L1', 'R1', 'accept', null])
    // alone, nobody vouches for him
    expect(await bands([son], [milk])).toContainEqual(['L0', 'R0', 'review', 'needs_second_evidence'])
    // the number, birth date and sex are the father's, entered for the daughter whose name stands in the register
    const daughter = {
      ...child,
      name: '张毛毛',
      sex: '女',
      national_id: '110105201510080029',
      birth_date: '2015-10-08',
    }
    const carries = { ...father, name: '张毛毛' }
    expect(await bands([mother, father, daughter], [mother, carries])).toContainEqual([
      'L1',
      'R1',
      'review',
      'needs_second_evidence',
    ])
    // a sister of like name is nobody to take him for once she is linked herself
    const sister = { ...daughter, name: '张毛娟', birth_date: '2012-03-05', national_id: null }
    const here = [mother, son, sister]
    expect(await bands(here, [mother, milk, sister])).toContainEqual(['L1', 'R1', 'accept', null])
    expect(await bands(here, [mother, { ...milk, name: '张毛娜' }])).toContainEqual([
      'L1',
      'R1',
      'review',
      'needs_second_evidence',
    ])
  })

  it('gains recall over persons alone, and loses no precision', async () => {
    const { left, right, truth } = sampleCountryside(120, 5, 6, 4)
    const wanted = [...truth].map(([right_id, left_id]) => ({ left_id, right_id }))
    const sure = async (households: boolean) => {
      const { links } = await link({ left, right }, model, { households })
      return evaluate(
        links.filter((x) => x.band === 'accept'),
        wanted,
        [0],
      )[0]!
    }
    const [alone, together] = [await sure(false), await sure(true)]
    expect(together.recall).toBeGreaterThan(alone.recall + 0.01)
    expect(together.false_positives).toBeLessThanOrEqual(alone.false_positives)
  })

  it('names a household that moved, and one that split while it did', async () => {
    const there = [father, mother, child].map((x) => ({ ...x, area_code: '110105300205' }))
    const whole = { left: family('L', [father, mother, child]), right: family('R', there) }
    expect((await link(whole, model, { train: 'none' })).households).toMatchObject([{ kind: 'moved', left_size: 3 }])
    const apart = { ...whole, right: whole.right.map((x, i) => ({ ...x, household_id: i === 0 ? 'RA' : 'RB' })) }
    const { households } = await link(apart, model, { train: 'none' })
    expect(households.map((x) => [x.right_household, x.kind])).toEqual([
      ['RA', 'split'],
      ['RB', 'split'],
    ])
    // one of three met elsewhere: the household stands where it stood
    const pairs = [true, false, false].map((away) => ['a', 'x', away] as const)
    expect(householdLinks(pairs, sizes({ a: 3 }), sizes({ x: 3 }))[0]!.kind).toBe('same')
  })

  it('names splits, merges and moves', () => {
    expect(
      kinds(
        [
          ['a', 'x'],
          ['a', 'x'],
          ['a', 'y'],
          ['a', 'y'],
        ],
        { a: 4 },
        { x: 2, y: 2 },
      ),
    ).toEqual(['split', 'split'])
    expect(
      kinds(
        [
          ['a', 'x'],
          ['b', 'x'],
        ],
        { a: 1, b: 1 },
        { x: 2 },
      ),
    ).toEqual(['merge', 'merge'])
    expect(
      kinds(
        [
          ['a', 'x'],
          ['a', 'x'],
          ['a', 'y'],
        ],
        { a: 4 },
        { x: 2, y: 5 },
      ),
    ).toEqual(['same', 'moved_members'])
  })
})
