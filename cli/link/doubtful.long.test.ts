import { copyFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test } from 'vitest'
import { readColumns } from '#engines/linkage/session/session.ts'
import { tidied } from '#engines/linkage/files/tidy.ts'
import { withDuckDb } from './inputs.ts'
import { csv, doorstep, folder, inFolder, rows, told, write } from './testkit.ts'
import { root } from '../open.ts'

// F76: lists that link nothing, or the wrong thing, and what is said of it.
inFolder()

const digits = (name: string) => ({
  ...{ name, columns: [name], kind: 'digits' },
  levels: [
    { name: 'exact', m: 0.99, u: 0.0001 },
    { name: 'different', m: 0.01, u: 0.9999 },
  ],
})
const model = {
  ...{ format: 'linkage-model/1', name: 'members', prior: 0.1 },
  comparisons: [{ ...digits('name'), kind: 'text' }, digits('postcode'), digits('phone')],
  blocking_rules: [['name'], ['postcode:digits'], ['phone:digits']],
  thresholds: { accept: 5, review: 0 },
}
beforeAll(() => write('model.json', JSON.stringify(model)))
const of = (left: string, right?: string) => [
  ...['--left', left, ...(right ? ['--right', right] : []), '--model', 'model.json', '--out', 'links.csv'],
]
const codes = (found: { problems: { code: string }[] }) => found.problems.map(({ code }) => code)
const pairs = () => rows('links.csv').map(({ left_id, right_id }) => `${left_id}-${right_id}`)

describe('no links are never silent', () => {
  test('700 identical records: nothing can be learnt, and the crowded rule is named', async () => {
    const same = { name: 'Anna Nowak', postcode: '81372', phone: '583001122' }
    write('same.csv', csv(Array.from({ length: 700 }, (_, i) => ({ record_id: i + 1, ...same }))))
    const found = await told(...of('same.csv'))
    expect(found).toMatchObject({ accept: 0, review: 0, pairs: (700 * 699) / 2 })
    expect(codes(found)).toEqual(['linkage_all_alike'])
    expect(found.problems[0].detail).toMatchObject({ rule: ['name'], rule_pairs: 244_650, crowd: 700, records: 700 })
    const { err } = await doorstep('link', ...of('same.csv'))
    expect(err).toContain('linkage_all_alike: No link: all 244650 pairs')
    expect(err).toContain(
      'The widest rule, [name], makes 244650 of them; one of its keys is shared by 700 of 700 records',
    )
  })

  test('no two records share a key: each rule with the records that have one', async () => {
    write('a.csv', 'record_id,name,postcode,phone\n1,Anna,81372,\n2,Piotr,,\n')
    write('b.csv', 'record_id,name,postcode,phone\n1,Maria,70001,583001122\n')
    const found = await told(...of('a.csv', 'b.csv'))
    expect(found).toMatchObject({ pairs: 0, accept: 0, review: 0 })
    expect(codes(found)).toEqual(['linkage_empty_column', 'linkage_no_pairs'])
    expect(found.problems[1].message).toContain('[name] 2 and 1; [postcode:digits] 1 and 1; [phone:digits] 0 and 1')
    const alone = await told(...of('a.csv'))
    expect(alone.problems[1]).toMatchObject({ code: 'linkage_no_pairs', detail: { rules: [{ records: [2] }, {}, {}] } })
  })

  test('pairs that are all too light say so; links silence it', async () => {
    const list = 'record_id,name,postcode,phone\n1,Anna,81372,583001122\n'
    write('a.csv', list)
    write('b.csv', list.replace('81372', '70001').replace('583001122', '583009999'))
    const found = await told(...of('a.csv', 'b.csv'), '--train', 'none')
    expect(found).toMatchObject({ pairs: 1, accept: 0, review: 0 })
    expect(codes(found)).toEqual(['linkage_no_links'])
    write('b.csv', list.replace('81372', '81370'))
    expect(codes(await told(...of('a.csv', 'b.csv'), '--train', 'none'))).toEqual([])
  })
})

describe('values that are not what they seem', () => {
  test('10000.0 of a column of decimals is 10000, and is no key of 100000', async () => {
    write('a.csv', 'record_id,name,postcode,phone\n1,Anna,10000,\n2,Piotr,100000,22222\n')
    write('b.csv', 'record_id,name,postcode,phone\n1,Ann,10000.0,\n2,Zofia,70001.0,44444\n')
    const found = await told(...of('a.csv', 'b.csv'), '--train', 'none', '--least-weight', '-20')
    expect(pairs()).toEqual(['1-1'])
    expect(found.problems).toMatchObject([{ code: 'linkage_whole_numbers', detail: { whole: { postcode: 2 } } }])
  })

  test('a Parquet file of decimals too, but a column of true decimals stays', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const row = (id: number, name: string, code: string, phone: string) =>
      `select ${id} as record_id, '${name}' as name, ${code}::double as postcode, '${phone}' as phone`
    await connection.run(
      `copy (${row(1, 'Ann', '10000', '4.0')} union all ${row(2, 'Jan', "'nan'", '4.5')}) to 'b.parquet'`,
    )
    connection.closeSync()
    instance.closeSync()
    write('a.csv', 'record_id,name,postcode,phone\n1,Anna,10000,\n2,Piotr,70002,77777\n')
    const found = await told(...of('a.csv', 'b.parquet'), '--train', 'none')
    expect(pairs()).toEqual(['1-1'])
    expect(found.problems).toMatchObject([
      { code: 'linkage_fillers', detail: { fillers: { postcode: 1 } } },
      { code: 'linkage_whole_numbers', detail: { whole: { postcode: 1 } } },
    ])
    expect(found.problems[1].detail.whole).toEqual({ postcode: 1 })
  })

  test('fillers are missing, and told with their number', async () => {
    write('a.csv', 'record_id,name,postcode,phone\n1,Anna,81372,n/a\n2,Piotr,70001,n/a\n')
    const found = await told(...of('a.csv'), '--train', 'none')
    expect(found.pairs).toBe(0)
    const seen = found.problems.find(({ code }: { code: string }) => code === 'linkage_fillers')
    expect(seen.detail.fillers).toEqual({ phone: 2 })
    expect(seen.message).toContain('--keep-fillers phone')
    expect((await doorstep('link', ...of('a.csv'), '--train', 'none')).err).toContain('--keep-fillers phone')
  })

  /** What `doorstep link` makes of a column of this value alone. */
  const read = (value: string) =>
    withDuckDb({}, async (connection) => {
      const relation = `(select '${value}' as phone)`
      const list = { path: 'a.csv', relation, columns: ['phone'], close: async () => {} }
      const { file, problems } = await tidied(connection, list, { columns: ['phone'] })
      const [values] = await readColumns(connection, `select phone from ${file.relation}`)
      return { value: values![0], problems }
    })

  test.each(['None', 'nan', 'NULL', '000000000', 'n/a', '-', '<NA>', '0000-00-00', ' — ', '不详', '9999999.0'])(
    '"%s" is missing, and told with its number',
    async (filler) => {
      const { value, problems } = await read(filler)
      expect(value).toBeNull()
      const seen = problems.find(({ code }) => code === 'linkage_fillers')!
      expect(seen.detail.fillers).toEqual({ phone: 1 })
      expect(seen.message).toContain(`phone 1 (${filler.trim()})`)
    },
  )

  test.each(['Nan', 'Null', '0000', 'Nona', '999999', 'N', '1.000'])('"%s" is a value', async (value) => {
    expect(await read(value)).toEqual({ value, problems: [] })
  })

  test('fillers that are true values are kept by column', async () => {
    write('a.csv', 'record_id,name,postcode,phone\n1,NA,81372,-\n2,NA,70001,-\n')
    const found = await told(...of('a.csv'), '--train', 'none', '--keep-fillers', 'name')
    expect(found.pairs).toBe(1)
    expect(found.problems[0].detail.fillers).toEqual({ phone: 2 })
    expect((await doorstep('link', ...of('a.csv'), '--train', 'none')).err).toContain('--keep-fillers name,phone')
    const missing = await doorstep('link', ...of('a.csv'), '--keep-fillers', 'nowhere')
    expect(missing).toMatchObject({ code: 65 })
    expect(missing.err).toContain('linkage_no_column')
  })

  test('a household written for none makes no household of strangers', async () => {
    const list = (ids: string) => `record_id,household_id,name,postcode,phone\n${ids}`
    write('a.csv', list('1,None,Anna,81372,\n2,H2,Jan,81372,\n'))
    const { problems } = await told(...of('a.csv'), '--train', 'none')
    expect(problems[0]).toMatchObject({ code: 'linkage_fillers', detail: { fillers: { household_id: 1 } } })
  })

  test('long numbers that were rounded are missing: their last digits are lost', async () => {
    write('a.csv', 'record_id,name,postcode,phone\n1,Anna,1,5.22301E+17\n2,Piotr,2,5.22301E+17\n')
    const found = await told(...of('a.csv'), '--train', 'none')
    expect(found.pairs).toBe(0)
    expect(found.problems[0]).toMatchObject({ code: 'linkage_rounded_numbers', detail: { rounded: { phone: 2 } } })
  })
})

describe('the same list twice', () => {
  const list = 'record_id,name,postcode,phone\n1,Anna,81372,583001122\n2,Piotr,70001,583009999\n'
  test.each([
    ['one file', 'a.csv', './a.csv'],
    ['a copy under another name', 'a.csv', 'copy.csv'],
  ])('%s is told', async (_, left, right) => {
    write('a.csv', list)
    copyFileSync(join(folder, 'a.csv'), join(folder, 'copy.csv'))
    expect(codes(await told(...of(left, right), '--train', 'none'))).toEqual(['linkage_same_list'])
    const { err } = await doorstep('link', ...of(left, right), '--train', 'none')
    expect(err).toContain('each record will be linked with itself')
    expect(err).toContain('leave --right out')
  })

  test('two lists of one size are not', async () => {
    write('a.csv', list)
    write('b.csv', list.replace('Piotr', 'Pietr'))
    expect(codes(await told(...of('a.csv', 'b.csv'), '--train', 'none'))).toEqual([])
  })
})

describe('a reader that goes', () => {
  test.each(['link model --schema', '--json link model --schema'])('%s | true ends quietly', (words) => {
    const one = `"${process.execPath}" "${join(root, 'cli/doorstep.js')}" ${words}`
    const run = spawnSync('bash', ['-c', `${one} | true; echo "\${PIPESTATUS[0]}"`], { encoding: 'utf8', cwd: folder })
    expect(run.stderr).toBe('')
    expect(run.stdout.trim()).toBe('0')
  })
})
