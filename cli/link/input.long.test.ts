import { DuckDBInstance } from '@duckdb/node-api'
import iconv from 'iconv-lite'
import { beforeAll, describe, expect, test } from 'vitest'
import { doorstep, inFolder, refused, told, write } from './testkit.ts'

inFolder()

const model = {
  ...{ format: 'linkage-model/1', name: 'staff', blocking_rules: [['given'], ['dob']], prior: 0.1 },
  thresholds: { accept: 5, review: 0 },
  comparisons: [
    {
      ...{ name: 'given', columns: ['given'], kind: 'text' },
      levels: [
        { name: 'exact', m: 0.9, u: 0.01 },
        { name: 'different', m: 0.1, u: 0.99 },
      ],
    },
    {
      ...{ name: 'born', columns: ['dob'], kind: 'date' },
      levels: [
        { name: 'exact', m: 0.9, u: 0.0001 },
        { name: 'different', m: 0.1, u: 0.9999 },
      ],
    },
  ],
}
const header = 'record_id,given,dob\n'
const plain = `${header}1,Anne,1980-03-12\n2,Paul,1975-11-02\n`
beforeAll(async () => {
  write('model.json', JSON.stringify(model))
  write('good.csv', plain)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const people = (id: string, date: string) =>
    `select 1::${id} as record_id, 'Anne' as given, ${date} '1980-03-12' as dob union all select 2, 'Paul', '1975-11-02'`
  await connection.run(`copy (${people('integer', 'date')}) to 'dates.parquet'`)
  await connection.run(`copy (${people('bigint', 'timestamp')}) to 'times.parquet'`)
  await connection.run(`copy (${people('integer', 'date')}) to 'parquet.dat' (format parquet)`)
  await connection.run(`copy (select 1 as record_id, ['Anne'] as given, '1980-03-12' as dob) to 'lists.parquet'`)
  connection.closeSync()
  instance.closeSync()
})
const against = (file: string) => [
  ...['--left', 'good.csv', '--right', file, '--model', 'model.json'],
  ...['--train', 'none', '--one-to-one', '--out', 'out.csv'],
]

describe('lists as they come', () => {
  test.each([
    ['a byte order mark', 'bom.csv', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(plain)])],
    ['UTF-16', 'utf16.csv', iconv.encode(plain, 'utf-16')],
    ['carriage returns and line feeds', 'crlf.csv', plain.replaceAll('\n', '\r\n')],
    ['carriage returns alone', 'cr.csv', plain.replaceAll('\n', '\r')],
    ['semicolons', 'semicolon.csv', plain.replaceAll(',', ';')],
    ['blanks in the header', 'header.csv', plain.replace(',given,', ', given ,')],
    ['a comma too many', 'trailing.csv', plain.replaceAll('\n', ',\n')],
    ['empty lines', 'lines.csv', plain.replaceAll('\n', '\n\n')],
    [
      'quoted line ends',
      'quoted.csv',
      plain.replace('record_id,', 'record_id,"a\nnote",').replaceAll(/^(\d),/gm, '$1,"x, ""y""\nz",'),
    ],
    ['whole numbers and dates', 'dates.parquet', null],
    ['times', 'times.parquet', null],
    ['Parquet under another name', 'parquet.dat', null],
  ])('%s', async (_, file, text) => {
    if (text !== null) write(file, text)
    expect(await told(...against(file))).toMatchObject({ right: 2, accept: 2, problems: [] })
  })

  test.each([
    [
      'torn.csv',
      plain.replace('Paul,', 'Paul'),
      { code: 'linkage_unreadable_file', numbers: { path: 'torn.csv', line: 3 } },
    ],
    ['open.csv', plain.replace('Anne', '"Anne'), { code: 'linkage_unreadable_file', numbers: { path: 'open.csv' } }],
    ['ends.csv', plain.replace('12\n', '12\r\n'), { code: 'linkage_unreadable_file', numbers: { path: 'ends.csv' } }],
    [
      'sheet.xlsx',
      'PK\u0003\u0004...',
      {
        code: 'linkage_unreadable_file',
        detail: 'sheet.xlsx is a spreadsheet (XLSX) or ZIP file: save it as CSV or Parquet.',
      },
    ],
    ['lists.parquet', null, { code: 'linkage_unreadable_file', numbers: { column: 'given' } }],
    ['blank.csv', plain.replace('1,Anne', '  ,Anne'), { code: 'linkage_missing_id', numbers: { without_id: 1 } }],
    [
      'headless.csv',
      plain.replace(header, ''),
      { code: 'linkage_no_column', numbers: { columns: ['1', 'Anne', '1980-03-12'] } },
    ],
    ['nulls.csv', `${header}1,,\n2,,\n`, { code: 'linkage_no_usable_rule' }],
    [
      'mixed.csv',
      Buffer.concat([Buffer.from(`${header}1,王小明,1980-03-12\n`), iconv.encode('2,李小娜,1975-11-02\n', 'gb18030')]),
      { code: 'linkage_mixed_encodings', numbers: { utf8_line: 2, other_line: 3 } },
    ],
  ])('%s is refused with what to do', async (file, text, problem) => {
    if (text !== null) write(file, text)
    const found = await refused(...against(file))
    expect(found).toMatchObject({ exit: 65, ...problem })
    expect(found.action.length).toBeGreaterThan(10)
  })

  test('a column that no list has is told of before the run, once, with those that are there', async () => {
    const wrong = { ...model, comparisons: [model.comparisons[0], { ...model.comparisons[1], columns: ['birthday'] }] }
    write('wrong.json', JSON.stringify({ ...wrong, blocking_rules: [['given'], ['birthday:year']] }))
    const words = against('dates.parquet').map((word) => (word === 'model.json' ? 'wrong.json' : word))
    const { problems } = await told(...words)
    expect(problems).toMatchObject([
      { code: 'linkage_missing_column', detail: { columns: ['birthday'], comparisons: ['born'] } },
    ])
    expect(problems[0].message).toContain('no pairs are made by [birthday:year]')
    expect(problems[0].message).toContain('good.csv has record_id, given, dob')
    expect((await doorstep('link', ...words)).err.match(/linkage_missing_column/g)).toHaveLength(1)
    write('wrong.json', JSON.stringify({ ...model, blocking_rules: [['givn'], ['given']] }))
    expect((await told(...words)).problems[0].message).toContain('(did you mean given for givn?)')
  })

  test('a column of one list alone is told of before the run, even where the run is refused', async () => {
    write('named.csv', plain.replace('given,dob', 'first,born'))
    const run = await doorstep('link', ...against('named.csv'))
    expect(run.code).toBe(65)
    expect(run.err).toContain('named.csv has no column dob, given, which the other list has')
    expect(run.err).toContain('It has besides: first, born (--rename-right its_column=dob)')
    expect(await told(...against('named.csv'), '--rename-right', 'first=given')).toMatchObject({
      accept: 0,
      review: 2,
      problems: [{ code: 'linkage_missing_column', detail: { columns: ['dob'], path: 'named.csv' } }],
    })
  })

  test('an encoding that was named and is not the one says so', async () => {
    write('latin1.csv', iconv.encode(plain.replace('Anne', 'André'), 'latin1'))
    const found = await refused(...against('latin1.csv'), '--encoding', 'utf-8')
    expect(found).toMatchObject({ code: 'linkage_unreadable_file', numbers: { line: 2 } })
    expect(found.detail).toContain('it is not UTF-8')
  })

  test('dates that cannot be read and ids with blanks are told of', async () => {
    write(
      'euro.csv',
      plain.replace('1980-03-12', '12.03.1980').replace('1975-11-02', '02/11/1975').replace('\n2,', '\n2 ,'),
    )
    expect((await told(...against('euro.csv'))).problems).toMatchObject([
      { code: 'linkage_blank_ids', detail: { ids: 1 } },
      { code: 'linkage_unreadable_values', detail: { column: 'dob', unread: 2 } },
    ])
  })
})
