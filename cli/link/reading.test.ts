import { describe, expect, test } from 'vitest'
import { readColumns } from '#engines/linkage/session/session.ts'
import { withDuckDb } from './inputs.ts'
import { dateSql, plainSql } from './reading.ts'
import { doorstep, inFolder, refused, rows, told, write } from './testkit.ts'

inFolder()

const read = (sql: (value: string) => string, values: string[]) =>
  withDuckDb({}, async (connection) => {
    const list = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')
    return (await readColumns(connection, `select ${sql('v')} from (select unnest([${list}]) as v)`))[0]
  })

const text = (name: string, m: number) => ({
  name,
  columns: [name],
  kind: 'text',
  levels: [
    { name: 'exact', m, u: 0.001 },
    { name: 'different', m: 1 - m, u: 0.999 },
  ],
})
const model = {
  format: 'linkage-model/1',
  name: 'patients',
  comparisons: [
    text('first', 0.9),
    text('last', 0.9),
    {
      name: 'born',
      columns: ['born'],
      kind: 'date',
      levels: [
        { name: 'exact', m: 0.95, u: 0.0001 },
        { name: 'different', m: 0.05, u: 0.9999 },
      ],
    },
  ],
  blocking_rules: [['born:date']],
  prior: 0.01,
  thresholds: { accept: 10, review: 0 },
}
const patients = `record_id,first,last,born
a,José,Núñez,31.12.1980
b,Jose,Nunez,1980-12-31
c,أحمد,الشّهري,2001-02-03
d,احمد,الشهرى,٢٠٠١-٠٢-٠٣
`

describe('how values are read', () => {
  test('dates that end in the year, by their order', async () => {
    const dates = ['31/12/1980', '1.2.1980', ' 01-02-1980 00:00:00', '1980-03-12', '12/80', '1 2 80', '31/12/80', '']
    const rest = ['1980-03-12', '12/80', '1 2 80', '31/12/80', '']
    expect(await read((v) => dateSql(v, 'dmy'), dates)).toEqual(['1980-12-31', '1980-2-1', '1980-02-01', ...rest])
    expect(await read((v) => dateSql(v, 'mdy'), dates)).toEqual(['1980-31-12', '1980-1-2', '1980-01-02', ...rest])
  })

  test('plain: marks go where they are marks, and stay where they are letters', async () => {
    const pairs = {
      'José María Núñez': 'Jose Maria Nunez',
      'Nguyễn Đức Łukasz': 'Nguyen Duc Lukasz',
      'أحمد إبراهيم آل': 'احمد ابراهيم ال',
      'فاطمة مـصطفى الرّشيد': 'فاطمه مصطفي الرشيد',
      '٠٥١٢ ۳۴': '0512 34',
      'हिन्दी José': 'हिन्दी José',
      '李秀英 é': '李秀英 é',
      "O'Neill": "O'Neill",
    }
    expect(await read(plainSql, Object.keys(pairs))).toEqual(Object.values(pairs))
  })

  test('what cannot be read as a date is told from one in fifty, with what would read it; the options do', async () => {
    write('patients.csv', patients)
    write('model.json', JSON.stringify(model))
    const words = ['--left', 'patients.csv', '--model', 'model.json', '--train', 'none', '--out', 'l.csv']
    const before = await told(...words)
    expect(before).toMatchObject({ pairs: 0, accept: 0 })
    expect(before.problems[0].message).toContain('Of the first 4 values of born in patients.csv, 2 cannot be read')
    const half = await told(...words, '--dates', 'dmy')
    expect(half).toMatchObject({ pairs: 1, accept: 0 })
    expect(half.problems[0].message).toContain('--plain born')
    const both = await told(...words, '--dates', 'dmy', '--plain', 'first,last,born')
    expect(both).toMatchObject({ pairs: 2, accept: 2, problems: [] })
    expect(rows('l.csv').map(({ left_id, right_id }) => left_id! + right_id!)).toEqual(['ab', 'cd'])
    const reading = ['--dates', 'dmy', '--plain', 'first,last']
    const ids = ['--left-id', 'a', '--right-id', 'b']
    const { out } = await doorstep('link', 'explain', ...words.slice(0, 4), ...reading, ...ids)
    expect(out).toMatch(/born +exact .* 1980-12-31 +1980-12-31/)
    expect(out).toMatch(/last +exact .* Nunez +Nunez/)
  })

  test.each([
    ['12/31/1980', '--dates mdy'],
    ['31/12/1980', '--dates dmy'],
    ['01/02/1980', '--dates dmy or mdy, whichever it is'],
  ])('%s: %s', async (date, remedy) => {
    write('one.csv', `record_id,first,last,born\n1,x,y,${date}\n2,z,v,1980-01-01\n`)
    const { problems } = await told('--left', 'one.csv', '--model', 'model.json', '--train', 'none', '--out', 'l.csv')
    expect(problems[0].message).toContain(`(doorstep link: ${remedy})`)
  })

  test('a column to read plainly that is not there is refused, with those that are', async () => {
    const words = ['--left', 'patients.csv', '--model', 'model.json', '--out', 'l.csv', '--plain', 'name']
    expect(await refused(...words)).toMatchObject({ exit: 65, code: 'linkage_no_column' })
  })
})
