import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { csv, doorstep, folder, inFolder, refused, told, write } from '../testkit.ts'

inFolder()

const given = ['Ana', 'Berta', 'Carla', 'Dora', 'Elsa', 'Fina', 'Gala', 'Hilda', 'Ines', 'Julia', 'Karla', 'Luz']
const level = (name: string, m: number, u: number, more: object = {}) => ({ name, m, u, ...more })
const text = (name: string) => ({
  name,
  columns: [name],
  kind: 'text',
  levels: [level('exact', 0.8, 0.01), level('close', 0.1, 0.01, { at_least: 0.9 }), level('different', 0.1, 0.98)],
})
const digits = (name: string) => ({
  name,
  columns: [name],
  kind: 'digits',
  levels: [level('exact', 0.8, 0.001), level('one_edit', 0.05, 0.0001), level('different', 0.15, 0.9989)],
})
const model = (rules: string[][]) => ({
  format: 'linkage-model/1',
  name: 'families',
  comparisons: [text('given'), text('family'), digits('number'), digits('phone')],
  blocking_rules: rules,
  prior: 0.001,
  thresholds: { accept: 10, review: 0 },
})

const HOUSES = 80

/** Houses of six who share surname and telephone; one list has four of each, the other four too, two of them the same. */
function houses() {
  const people = Array.from({ length: 6 * HOUSES }, (_, i) => {
    const house = Math.floor(i / 6)
    return {
      record_id: `p${i}`,
      place: i % 6,
      given: given[(i * 7 + house) % 12],
      family: `family ${(house * 7919) % 997}`,
      number: String(10_000_000 + ((i * 7_368_787) % 89_999_999)),
      phone: String(500_000_000 + ((house * 7_368_787) % 99_999_999)),
    }
  })
  return { left: people.filter(({ place }) => place < 4), right: people.filter(({ place }) => place > 1) }
}

const two = ['--left', 'left.csv', '--right', 'right.csv']
beforeAll(() => {
  const { left, right } = houses()
  write('left.csv', csv(left))
  write('right.csv', csv(right))
  write('phone.json', JSON.stringify(model([['number'], ['phone'], ['given:prefix9']])))
  write('number.json', JSON.stringify(model([['number']])))
})

describe('what a run says of what it learnt', () => {
  test('families are not learnt as matches: of two lists the best pairs are learnt from, and that is told', async () => {
    const found = await told('train', ...two, '--model', 'phone.json', '--out', 'learnt.json')
    const [notice] = found.problems
    expect(notice).toMatchObject({
      code: 'linkage_learnt_from_best_pairs',
      detail: { rule: ['phone'], rule_pairs: 16 * HOUSES },
    })
    expect(notice.message).toMatch(/^By all pairs the records had several matches each/)
    expect(found.expected_matches).toBeCloseTo(2 * HOUSES, -1)
    const learnt = JSON.parse(readFileSync(join(folder, 'learnt.json'), 'utf8'))
    const number = learnt.comparisons.find(({ name }: { name: string }) => name === 'number')
    expect(number.levels[0].m).toBeGreaterThan(0.95)
    const linked = await told(...two, '--model', 'phone.json', '--out', 'links.csv')
    expect(linked).toMatchObject({ pairs: 16 * HOUSES, accept: 2 * HOUSES })
    expect(linked.problems.map(({ code }: { code: string }) => code)).toEqual(['linkage_learnt_from_best_pairs'])
    expect(linked.rules.map(({ pairs }: { pairs: number }) => pairs)).toEqual([2 * HOUSES, 16 * HOUSES, 0])
  })

  test('--rules: learnt by some of the rules, and the model keeps them all', async () => {
    const sound = await told('train', ...two, '--model', 'phone.json', '--rules', '1', '--out', 'learnt.json')
    expect(sound).toMatchObject({ problems: [], rules: [{ rule: ['number'], pairs: 2 * HOUSES }] })
    expect(JSON.parse(readFileSync(join(folder, 'learnt.json'), 'utf8')).blocking_rules).toHaveLength(3)
    const after = await told(...two, '--model', 'learnt.json', '--train', 'none', '--out', 'links.csv')
    expect(after).toMatchObject({ pairs: 16 * HOUSES, accept: 2 * HOUSES, review: 0, problems: [] })
    const none = await refused('train', ...two, '--model', 'phone.json', '--rules', '4', '--out', 'learnt.json')
    expect(none.detail).toBe('There is no blocking rule 4. There are: 1 [number], 2 [phone], 3 [given:prefix9].')
  })

  test('train says of each level what it rests on, and of each rule how many pairs it makes', async () => {
    const tables: unknown[] = []
    const before = console.table
    console.table = (rows: unknown) => void tables.push(rows)
    try {
      expect((await doorstep('link', 'train', ...two, '--model', 'phone.json', '--out', 'learnt.json')).code).toBe(0)
    } finally {
      console.table = before
    }
    const [levels, rules] = tables as [{ comparison: string; level: string; note: string }[], { note: string }[]]
    const note = (name: string, of: string) =>
      levels.find(({ comparison, level: each }) => comparison === name && each === of)!.note
    expect(note('phone', 'one_edit')).toContain("never seen: the model's own")
    expect(note('number', 'different')).toMatch(/^m from few matches/)
    expect(note('given', 'exact')).toBe('')
    expect(rules.map((row) => row.note)).toEqual(['', '', 'makes no pairs'])
  })

  test('--sql-out: the chain as it was run, table by table', async () => {
    await told(...two, '--model', 'number.json', '--out', 'links.csv', '--sql-out', 'chain.sql')
    const chain = readFileSync(join(folder, 'chain.sql'), 'utf8')
    const tables = [...chain.matchAll(/^-- (\w+): (\d+) rows, \d+ ms$/gm)].map(([, table]) => table)
    expect(tables).toEqual(expect.arrayContaining(['lk_rows_left', 'lk_scored', 'lk_links', 'links_out']))
    expect(chain).toMatch(/^create or replace temp table lk_links as$/m)
  })
})
