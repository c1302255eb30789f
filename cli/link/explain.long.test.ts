import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { csv, doorstep, inFolder, refused, rows, told, write } from './testkit.ts'

inFolder()

const { left, right } = sampleCountryside(200, 11)
const files = ['--left', 'left.csv', '--right', 'right.csv']
const learnt = [...files, '--model', 'learnt.json']
let links: Record<string, string>[]

/** Up to so many links of each pass and number of others. */
const some = (wanted: (row: Record<string, string>) => boolean, most: number) => links.filter(wanted).slice(0, most)
const pair = (row: Record<string, string>) => ['--left-id', row.left_id!, '--right-id', row.right_id!]

beforeAll(async () => {
  // one in eight stands twice in both lists, not quite alike: two pairs of four are good, and one leads
  const copy = (row: (typeof left)[number], change: object) => ({
    ...row,
    ...change,
    record_id: `${row.record_id}b`,
    household_id: `${row.household_id}b`,
  })
  const slip = (name: string) => `${name.slice(0, 1)}绯${name.slice(2)}`
  const eighth = (_: object, i: number) => i % 8 === 0
  const lefts = left.filter(eighth).map((row) => copy(row, { name: slip(row.name) }))
  const rights = right.filter(eighth).map((row) => copy(row, { area_code: '110101001001' }))
  // one in nine is so miswritten that no rule finds him: the rest of his household does
  const day = (date: string | null) => date && `${date.slice(0, 9)}${(Number(date[9]) + 1) % 10}`
  const odd = right.map((row, i) =>
    i % 9 === 4 ? { ...row, national_id: '', birth_date: day(row.birth_date), phone: '', name: slip(row.name) } : row,
  )
  write('left.csv', csv([...left, ...lefts]))
  write('right.csv', csv([...odd, ...rights]))
  const run = [...files, '--model', 'chinese_person', '--households', '--least-weight', '-5']
  await told(...run, '--out', 'links.csv', '--model-out', 'learnt.json')
  links = rows('links.csv')
})

describe('doorstep link explain, with the household', () => {
  test.each(['pair', 'household', 'second'])(
    'pass %s: the bars sum to the weight in the links file',
    async (pass) => {
      const of = [0, 1, 2, 3].flatMap((n) => some((row) => row.pass === pass && Number(row.support) === n, 3))
      expect(of.length).toBeGreaterThan(2)
      for (const row of of) {
        const shown = await told('explain', ...learnt, '--links', 'links.csv', ...pair(row))
        const sum = [
          shown.prior_weight,
          ...shown.bars.map((bar: { weight: number }) => bar.weight),
          shown.support?.weight ?? 0,
        ]
        expect(sum.reduce((a, b) => a + b, 0)).toBeCloseTo(Number(row.match_weight), 9)
        expect(shown.match_weight).toBeCloseTo(Number(row.match_weight), 9)
        expect(shown).toMatchObject({ pass, band: row.band, doubt: row.doubt || null })
        if (pass !== 'household') expect(shown.support?.others ?? 0).toBe(Number(row.support))
      }
    },
    60_000,
  )

  test('without a links file the support is worked out anew, and is that of the run', async () => {
    const of = [0, 2].flatMap((n) => some((row) => row.pass !== 'household' && Number(row.support) === n, 1))
    expect(of).toHaveLength(2)
    for (const row of of) {
      const shown = await told('explain', ...learnt, '--households', ...pair(row))
      expect(shown.match_weight).toBeCloseTo(Number(row.match_weight), 9)
      expect(shown.support?.others ?? 0).toBe(Number(row.support))
      const filed = await told('explain', ...learnt, '--links', 'links.csv', ...pair(row))
      const ids = (all: { left_id: string }[]) => all.map((anchor) => anchor.left_id)
      if (Number(row.support) > 0) expect(ids(shown.support.anchors)).toEqual(ids(filed.support.anchors))
    }
  })

  test('on paper: a bar for the household, and the band', async () => {
    const row = some(({ pass, support, band }) => pass === 'pair' && support === '2' && band === 'accept', 1)[0]!
    const { out } = await doorstep('link', 'explain', ...learnt, '--links', 'links.csv', ...pair(row))
    expect(out).toMatch(/^household +2 sure +\+\d/m)
    expect(out).toContain(`match weight +${Number(row.match_weight).toFixed(1)} bits`)
    expect(out).toMatch(/: accept\n$/)
    const over = some(({ pass }) => pass === 'household', 1)[0]!
    const told_over = (await doorstep('link', 'explain', ...learnt, '--links', 'links.csv', ...pair(over))).out
    expect(told_over).toMatch(/^left over +\d+ free +[+-]\d/m)
  })

  test('another model than the run had is told of; a pair that is not in the file is refused', async () => {
    const words = [...files, '--model', 'chinese_person', '--links', 'links.csv']
    const { err, code } = await doorstep('link', 'explain', ...words, ...pair(links[0]!))
    expect(code).toBe(0)
    expect(err).toContain('linkage_other_model')
    const stranger = left.find(
      (row) => !links.some((link) => link.left_id === row.record_id && link.right_id === links[0]!.right_id),
    )!
    const not_there = ['--left-id', stranger.record_id, '--right-id', links[0]!.right_id!]
    expect(await refused('explain', ...words, ...not_there)).toMatchObject({ exit: 65, code: 'linkage_no_record' })
    expect(JSON.parse(readFileSync('learnt.json', 'utf8')).households.support_bits.length).toBeGreaterThan(1)
  })
})
