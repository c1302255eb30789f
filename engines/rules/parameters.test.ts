import { describe, expect, test } from 'vitest'
import { checkParameters, parametersAt } from './parameters.ts'
import type { DatedParameter, DatedValue } from './parameters.ts'

// Standards per person and year in fen: 2,300 yuan at 2010 prices; 2,736 for 2013, 2,800 for 2014 (NBS of China).
const line: DatedParameter = {
  name: 'income_line',
  type: 'money',
  unit: 'yuan/year',
  local: 'at_least',
  values: [
    { from: '2014-01-01', value: 280_000, source: 'NBS 2015' },
    { from: '2013-01-01', value: 273_600, source: 'NBS 2014' },
    { from: '2014-01-01', value: 300_000, source: 'province', area: '36' },
    { from: '2014-07-01', value: 310_000, source: 'county', area: '3608' },
  ],
}

test.each([
  ['2013-12-31', '360881', 273_600, 'NBS 2014'],
  ['2014-01-01', '330100', 280_000, 'NBS 2015'],
  ['2014-06-30', '360881', 300_000, 'province'],
  ['2014-07-01', '360881', 310_000, 'county'],
  ['2014-07-01', '360700', 300_000, 'province'],
])('on %s in %s the line is %i (%s)', (date, area, value, source) => {
  const found = parametersAt([line], date, area)
  expect(found.values).toEqual({ income_line: value })
  expect(found.sources.income_line).toMatchObject({ source })
  expect(found.problems).toEqual([])
})

test('a problem says which value, what is wrong and what to do', () => {
  const values = [
    { from: '2014-01-01', to: '2014-12-30', value: 1, source: 's' },
    { from: '2015-01-01', value: 2, source: 's' },
    { from: '2015-01-01', value: 3, source: 's' },
  ]
  expect(checkParameters([{ name: 'x', type: 'money', values }])).toEqual([
    {
      code: 'parameter_gap',
      name: 'x',
      from: '2015-01-01',
      message: 'x: no value from 2014-12-31 until 2015-01-01.',
      hint: expect.stringContaining('Add a value'),
    },
    {
      code: 'parameter_overlap',
      name: 'x',
      from: '2015-01-01',
      message: 'x: two values hold on 2015-01-01.',
      hint: expect.stringContaining('day before'),
    },
  ])
})

test('no value in force is a gap, and the value is left out', () => {
  expect(parametersAt([line], '2012-12-31', '36')).toMatchObject({
    values: {},
    problems: [{ code: 'parameter_gap', name: 'income_line', from: '2012-12-31' }],
  })
})

describe('checkParameters', () => {
  const codes = (values: DatedValue[], rest: Partial<DatedParameter> = {}) =>
    checkParameters([{ name: 'x', type: 'money', ...rest, values }]).map(({ code }) => code)
  const at = (from: string, value: DatedValue['value'], rest: Partial<DatedValue> = {}) => ({
    from,
    value,
    source: 's',
    ...rest,
  })

  test.each<[string, DatedValue[], Partial<DatedParameter>, string[]]>([
    ['good', line.values, { local: 'at_least' }, []],
    ['same day twice', [at('2014-01-01', 1), at('2014-01-01', 2)], {}, ['parameter_overlap']],
    [
      'ends after the next began',
      [at('2014-01-01', 1, { to: '2015-01-01' }), at('2015-01-01', 2)],
      {},
      ['parameter_overlap'],
    ],
    ['adjoining', [at('2014-01-01', 1, { to: '2014-12-31' }), at('2015-01-01', 2)], {}, []],
    ['leap day adjoining', [at('2016-01-01', 1, { to: '2016-02-28' }), at('2016-02-29', 2)], {}, []],
    ['a day missing', [at('2014-01-01', 1, { to: '2014-12-30' }), at('2015-01-01', 2)], {}, ['parameter_gap']],
    ['no such day', [at('2014-02-30', 1)], {}, ['parameter_date']],
    ['backwards', [at('2014-02-03', 1, { to: '2014-02-02' })], {}, ['parameter_date']],
    ['fraction of a fen', [at('2014-01-01', 1.5)], {}, ['parameter_type']],
    ['text for money', [at('2014-01-01', '280000')], {}, ['parameter_type']],
    [
      'local not allowed',
      [at('2014-01-01', 1), at('2014-01-01', 2, { area: '36' })],
      { local: 'none' },
      ['parameter_local'],
    ],
    [
      'below the nation',
      [at('2014-01-01', 5), at('2014-01-01', 2, { area: '36' })],
      { local: 'at_least' },
      ['parameter_local'],
    ],
    [
      'overtaken later',
      [at('2014-01-01', 5), at('2016-01-01', 9), at('2015-01-01', 6, { area: '36' })],
      { local: 'at_least' },
      ['parameter_local'],
    ],
    [
      'above the nation',
      [at('2014-01-01', 5), at('2014-01-01', 6, { area: '36' })],
      { local: 'at_most' },
      ['parameter_local'],
    ],
  ])('%s', (_, values, rest, expected) => expect(codes(values, rest)).toEqual(expected))
})
