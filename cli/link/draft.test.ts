import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readModel } from '#engines/linkage/model/schema.ts'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { guessOf } from './draft/kinds.ts'
import { csv, doorstep, folder, inFolder, refused, told, write } from './testkit.ts'

inFolder()

const guess = (values: string[], more: object = {}) => {
  const profile = { column: 'x', values, filled: 1000, records: 1000, distinct: 600, numeric: false }
  return guessOf({ ...profile, ...more }).content
}

describe('what a column is', () => {
  test.each([
    ['sex', ['男', '女', '男'], { distinct: 2 }],
    ['sex', ['F', 'M'], { distinct: 2 }],
    ['date', ['1980-03-12', '12/03/1980', '1980年3月12日'], {}],
    ['date', ['٢٠٠١-٠٢-٠٣', '2001-02-03'], {}],
    ['email', ['a.b@example.org', 'c@example.com'], {}],
    ['national_id', ['522301196909130071', '52230119690913007X'], {}],
    ['code', ['07096 394 136', '+44 7096 394136'], {}],
    ['code', ['٠٥١٠٦٦٩٨٩٤'], {}],
    ['code', ['G4 8TW', 'SW1A 1AA', 'WV35BP'], {}],
    ['group', ['North', 'South'], { distinct: 12 }],
    ['group', ['522301100208'], { distinct: 25 }],
    ['chinese_name', ['董勇', '王小明'], {}],
    ['name', ['María José', 'Ana'], {}],
    ['name', ['عبد العزيز', 'كرمة'], {}],
    ['name', ['12 High Street', 'Studio 92, Clifford Extensions'], {}],
    ['year', ['1980', '1975', '2012'], { distinct: 60, numeric: true }],
    ['year', ['1980', '1975'], { distinct: 20, numeric: true }],
    [null, ['1980', '34', '562', '2012'], { distinct: 60, numeric: true }],
    [null, ['17', '34', '56'], { distinct: 70, numeric: true }],
    [null, ['1200.50', '13.75'], { numeric: true }],
    [null, ['x'.repeat(90)], {}],
    [null, ['yes'], { distinct: 1 }],
    [null, ['rare'], { filled: 12 }],
  ])('%s: %s', (content, values, more) => expect(guess(values, more)).toBe(content))
})

describe('doorstep link draft', () => {
  const { left, right, truth } = sampleCountryside(500, 5)
  beforeAll(() => {
    const extra = (list: readonly object[]) => list.map((row, i) => ({ ...row, paid: `${(i * 37) % 500}.5`, note: '' }))
    write('left.csv', csv(extra(left)))
    write('right.csv', csv(right.map(({ phone, ...row }) => ({ ...row, mobile: phone }))))
    write('truth.csv', csv(Array.from(truth, ([right_id, left_id]) => ({ left_id, right_id }))))
  })
  const two = ['--left', 'left.csv', '--right', 'right.csv', '--rename-right', 'mobile=phone']

  test('a model of lists nobody has described, which links them', async () => {
    const found = await told('draft', ...two, '--out', 'draft.json')
    const model = readModel(JSON.parse(readFileSync(join(folder, 'draft.json'), 'utf8')))
    const kinds = Object.fromEntries(model.comparisons.map(({ kind, columns }) => [columns.join(' '), kind]))
    expect(kinds).toEqual({
      'national_id birth_date sex': 'person_id',
      name: 'chinese_name',
      area_code: 'exact',
      phone: 'digits',
    })
    expect(model.comparisons.filter((c) => c.shared_in_household).map(({ name }) => name)).toEqual([
      'area_code',
      'phone',
    ])
    expect(model.comparisons.every(({ note }) => note !== undefined)).toBe(true)
    expect(model.households).toBeDefined()
    expect(found.rules.every(({ rule }: { rule: string[] }) => rule.join() !== 'phone:digits')).toBe(true)
    expect(found.left_out.map(({ column }: { column: string }) => column)).toEqual(['paid', 'note'])
    const next = found.next[1].split(' ').slice(2)
    await told(...next)
    const { bands } = await told('evaluate', '--links', 'links.csv', '--truth', 'truth.csv')
    expect(bands[0].precision).toBeGreaterThan(0.999)
    expect(bands[0].recall).toBeGreaterThan(0.95)
  })

  test('a file that is there is not written over; what to type besides is told from the values', async () => {
    write('mine.json', 'my work')
    const again = await doorstep('link', 'draft', ...two, '--out', 'mine.json')
    expect(again).toMatchObject({ code: 64 })
    expect(again.err).toContain('mine.json is there already')
    expect(readFileSync(join(folder, 'mine.json'), 'utf8')).toBe('my work')
    const people = Array.from({ length: 300 }, (_, i) => {
      const given = ['José', 'Ana', 'Luis', 'Zoë'][i % 4]! + String.fromCodePoint(97 + (i % 26))
      const born =
        i % 3 ? `${1950 + (i % 50)}-0${1 + (i % 9)}-1${i % 10}` : `2${i % 9}/0${1 + (i % 9)}/${1950 + (i % 50)}`
      return { id: i, given, born, 'Teléfono 1': `5830${10_000 + i * 7}` }
    })
    write('people.csv', csv(people))
    const found = await told('draft', '--left', 'people.csv', '--id', 'id', '--out', 'people.json')
    expect(found.reading).toEqual({ dates: 'dmy', plain: 'given' })
    expect(found.comparisons.map(({ name }: { name: string }) => name)).toEqual(['given', 'born', 'telefono_1'])
    expect(found.next[1]).toBe(
      'doorstep link --left people.csv --id id --dates dmy --plain given --model people.json --clusters clusters.csv --out links.csv',
    )
  })

  test('years are compared and make rules with a name; fillers are no values (F76)', async () => {
    const people = Array.from({ length: 400 }, (_, i) => ({
      record_id: i,
      given: `${['Ana', 'Luis', 'Zoe', 'Jan'][i % 4]}${String.fromCodePoint(97 + (i % 26))}`,
      born: i % 50 === 0 ? 'nan' : `${1940 + ((i * 7) % 70)}.0`,
      phone: i % 3 ? `5830${10_000 + i * 7}` : '000000000',
    }))
    write('years.csv', csv(people))
    const found = await told('draft', '--left', 'years.csv', '--out', 'years.json')
    const { comparisons, blocking_rules } = readModel(JSON.parse(readFileSync(join(folder, 'years.json'), 'utf8')))
    expect(comparisons.find(({ name }) => name === 'born')).toMatchObject({
      kind: 'number',
      levels: [{ name: 'exact', within: 0 }, { name: 'near', within: 1 }, { name: 'different' }],
    })
    expect(blocking_rules).toContainEqual(['given', 'born'])
    // 134 of one telephone would be a crowd of pairs
    expect(found.rules.find(({ rule }: { rule: string[] }) => rule.join() === 'phone:digits')).toBeUndefined()
    expect(found.problems).toMatchObject([
      { code: 'linkage_fillers', detail: { fillers: { born: 8, phone: 134 } } },
      { code: 'linkage_whole_numbers', detail: { whole: { born: 392 } } },
    ])
    expect(found.not_known.join()).not.toContain('Which words')
  })

  test('a name with the year of a date is counted by the year, and so is not dropped (F76)', async () => {
    const people = Array.from({ length: 240 }, (_, i) => ({
      record_id: i,
      given: `${['Ana', 'Luis', 'Zoe', 'Jan'][i % 4]}${String.fromCodePoint(97 + (i % 20))}`,
      born: `${1950 + (i % 40)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`,
    }))
    write('dated.csv', csv(people))
    const { rules } = await told('draft', '--left', 'dated.csv', '--out', 'dated.json')
    const same = Map.groupBy(people, ({ given, born }) => `${given} ${born.slice(0, 4)}`)
    const pairs = [...same.values()].reduce((sum, { length: n }) => sum + (n * (n - 1)) / 2, 0)
    expect(rules).toContainEqual({ rule: ['given', 'born:year'], pairs })
  })

  test('of products it says what it does not know (F76)', async () => {
    const products = Array.from({ length: 200 }, (_, i) => ({
      record_id: i,
      title: `Acme ${['Office', 'Photo', 'Home'][i % 3]} Suite version ${1 + (i % 9)} ${String.fromCodePoint(97 + (i % 26), 97 + (i % 11))}`,
      price: `${19 + (i % 80)}.99`,
    }))
    write('products.csv', csv(products))
    // no title is written twice: the makers' first words still bring pairs together
    const found = await told('draft', '--left', 'products.csv', '--out', 'products.json')
    expect(found.rules[0].rule).toEqual(['title:prefix12'])
    expect(found.not_known.join()).toContain('Which words of title matter')
    expect(found.not_known.join()).toContain('no column holds a number')
    const { out } = await doorstep('link', 'draft', '--left', 'products.csv', '--out', 'again.json')
    expect(out).toContain('What it does not know:\n  - How often true pairs differ')
    expect(out).toContain('Two products of one maker')
  })

  test('columns that tell nobody apart are refused with why', async () => {
    write('poor.csv', `record_id,paid\n${Array.from({ length: 60 }, (_, i) => `${i},${i % 7}.5`).join('\n')}\n`)
    const found = await refused('draft', '--left', 'poor.csv', '--out', 'poor.json')
    expect(found).toMatchObject({ exit: 65, code: 'linkage_no_usable_rule' })
    expect(found.detail).toContain('paid: amounts or ages change')
  })
})
