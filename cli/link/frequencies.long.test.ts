import { beforeAll, describe, expect, test } from 'vitest'
import { link } from '#engines/linkage/link.ts'
import type { Comparison, LinkageModel } from '#engines/linkage/model/model.ts'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { csv, doorstep, inFolder, lightModel, refused, rows, told, write } from './testkit.ts'

inFolder()

const { left, right } = sampleCountryside(120, 5)
const two = ['--left', 'left.csv', '--right', 'right.csv', '--model', 'light.json']
beforeAll(() => {
  write('light.json', JSON.stringify(lightModel()))
  write('left.csv', csv(left))
  write('right.csv', csv(right))
})

describe('doorstep link --frequencies', () => {
  test('the shares that a run wrote give the same links again, in CSV and in Parquet', async () => {
    const run = [...two, '--train', 'none', '--one-to-one']
    await told(...run, '--out', 'a.csv', '--frequencies-out', 'shares.csv')
    const shares = rows('shares.csv')
    expect(Object.keys(shares[0]!)).toEqual(['comparison', 'column', 'value', 'share'])
    const names = shares.filter((row) => row.comparison === 'name').map((row) => Number(row.share))
    expect(names).toEqual(names.toSorted((a, b) => b - a))
    await told(...run, '--out', 'b.csv', '--frequencies', 'shares.csv')
    await told(...run, '--out', 'c.csv', '--frequencies-out', 'shares.parquet')
    await told(...run, '--out', 'd.csv', '--frequencies', 'shares.parquet')
    for (const file of ['b.csv', 'd.csv']) {
      const again = rows(file)
      for (const [i, row] of rows('a.csv').entries()) {
        expect(again[i]).toMatchObject({ left_id: row.left_id, right_id: row.right_id, band: row.band })
        expect(Number(again[i]!.match_weight)).toBeCloseTo(Number(row.match_weight), 9)
      }
    }
  })

  test('a name common in the nation gives less, in the run and in its explanation', async () => {
    await told(...two, '--out', 'here.csv', '--model-out', 'learnt.json')
    const { left_id, right_id } = rows('here.csv').find((row) => row.levels!.startsWith('0 ') && row.band === 'accept')!
    const { name } = left.find((row) => row.record_id === left_id)!
    write('nation.csv', `comparison,value,share\nname, ${name} ,0.02\nname,欧阳没有这人,0.5\n`)
    const learnt = [...two.slice(0, 4), '--model', 'learnt.json']
    await told(...learnt, '--train', 'none', '--out', 'nation-links.csv', '--frequencies', 'nation.csv')
    const weight = (file: string) =>
      Number(rows(file).find((row) => row.left_id === left_id && row.right_id === right_id)!.match_weight)
    expect(weight('nation-links.csv')).toBeLessThan(weight('here.csv') - 1)
    const ids = ['--left-id', left_id!, '--right-id', right_id!]
    const shown = await told('explain', ...learnt, ...ids, '--frequencies', 'nation.csv')
    expect(shown.match_weight).toBeCloseTo(weight('nation-links.csv'), 9)
    expect((await told('train', ...two, '--out', 't.json', '--frequencies', 'nation.csv')).mode).toBe('all')
    const other = await doorstep('link', 'explain', ...learnt, ...ids, '--links', 'nation-links.csv')
    expect(other.err).toContain('--frequencies')
  })

  test.each([
    ['comparison,value,share\nname,王伟,0.003\nnmae,王伟,0.1\n', 2, '"nmae" counts no value'],
    ['comparison,value,share\nsex,男,0.5\n', 1, '"sex" counts no value'],
    ['comparison,column,value,share\nname,surname,王,0.07\n', 1, '"name", "surname" counts no value'],
    ['comparison,value,share\nname,王伟,0\n', 1, 'above 0 and at most 1'],
    ['comparison,value,share\nname,王伟,7%\n', 1, 'above 0 and at most 1'],
    ['comparison,value,share\nname,王伟,1.5\n', 1, 'above 0 and at most 1'],
    ['comparison,value,share\nname,王伟,0.1\nname,李强,0.1\nname,王 伟,0.2\n', 3, 'stands in row 1 already'],
    ['comparison,value,share\nname,,0.1\n', 1, 'no value of name'],
  ])('refused: %j', async (text, row, message) => {
    write('bad.csv', text)
    const found = await refused(...two, '--out', 'no.csv', '--frequencies', 'bad.csv')
    expect(found).toMatchObject({ exit: 65, code: 'linkage_bad_frequencies', errors: [{ path: `row ${row}` }] })
    expect(found.errors[0].message).toContain(message)
    expect(found.action).toContain('comparison, value, share')
  })

  test('refused: a file without its columns, or that is not there', async () => {
    write('bare.csv', 'name,share\n王伟,0.1\n')
    const none = (file: string) => refused(...two, '--out', 'no.csv', '--frequencies', file)
    expect(await none('bare.csv')).toMatchObject({ exit: 65, code: 'linkage_no_column' })
    expect(await none('nowhere.csv')).toMatchObject({ exit: 65, code: 'file_not_found' })
  })
})

/** A comparison of two levels of which the first is equality. */
const of = (kind: Comparison['kind'], names: [string, string], columns = ['v']): Comparison => ({
  ...{ name: 'v', columns, kind, term_frequency: true },
  levels: [
    { name: names[0], m: 0.9, u: 0.01, ...(kind === 'prefix' ? { length: 3 } : {}) },
    { name: names[1], m: 0.1, u: 0.99 },
  ],
})

describe('shares given reach the value of every kind', () => {
  test.each([
    [of('exact', ['exact', 'different']), 'Ulica  A', 'ulica a'],
    [of('text', ['same', 'other']), 'Ulica  A', 'ulica a'],
    [of('digits', ['exact', 'different']), '58-300', '58300'],
    [of('date', ['exact', 'different']), '1980-03-12', '1980/3/12'],
    [of('prefix', ['start', 'other']), '81-20', '81-99'],
    [of('chinese_name', ['exact', 'different']), '王小明', ' 王小明'],
    [of('person_id', ['same_id', 'different'], ['v', 'b', 's']), '11010519491231002X', '11010519491231002x'],
  ])('$kind', async (comparison, value, written) => {
    const model: LinkageModel = {
      ...{ format: 'linkage-model/1', name: 'kinds', comparisons: [comparison], blocking_rules: [['k']], prior: 0.5 },
      thresholds: { accept: 5, review: -20 },
    }
    write('given.csv', csv([{ comparison: 'v', value: written, share: 0.25 }]))
    write('model.json', JSON.stringify(model))
    const records = [{ record_id: 'a', v: value, k: '1', b: null, s: null }]
    write('one.csv', csv(records))
    const run = ['--left', 'one.csv', '--right', 'one.csv', '--model', 'model.json', '--train', 'none']
    await told(...run, '--out', 'with.csv', '--frequencies', 'given.csv', '--frequencies-out', 'taken.csv')
    expect(rows('taken.csv')).toMatchObject([{ comparison: 'v', value, share: '0.25' }])
    const { links } = await link({ left: records, right: records }, model, { train: 'none' })
    const without = links[0]!.match_weight
    expect(Number(rows('with.csv')[0]!.match_weight)).toBeLessThan(without - 2)
    const ids = ['--left-id', 'a', '--right-id', 'a']
    const shown = await told('explain', ...run.slice(0, 6), ...ids, '--frequencies', 'given.csv')
    expect(shown.match_weight).toBeCloseTo(Number(rows('with.csv')[0]!.match_weight), 9)
  })
})
