import { describe, expect, test } from 'vitest'
import { buildForm } from './form.ts'
import { readMarkdown } from './read/markdown.ts'

const build = (text: string) => buildForm(readMarkdown(text))
const survey = (...rows: string[]) =>
  build(`| survey |\n| | type | name | label | relevant |\n${rows.map((row) => `| | ${row} |`).join('\n')}`)

describe('problems name code, row and a way out', () => {
  test.each([
    ['form_duplicate_name', ['text | a | A |', 'text | a | B |'], 3, 'a_2'],
    ['form_unknown_type', ['txet | a | A |'], 2, 'types'],
    ['form_unknown_type', ['integr | a | A |'], 2, 'integer'],
    ['form_unknown_reference', ['text | name | A |', 'text | b | B | ${nam} = 1'], 3, '${name}'],
    ['form_missing_list', ['select_one wall | a | A |'], 2, 'choices'],
    ['form_invalid_name', ['text | full name | A |'], 2, 'full_name'],
    ['form_unbalanced_group', ['begin group | g | G |', 'text | a | A |'], 2, 'end group'],
    ['form_unbalanced_group', ['text | a | A |', 'end repeat | | |'], 3, 'begin repeat'],
    ['form_missing_label', ['text | a | |'], 2, 'label'],
    ['form_missing_name', ['text | | A |'], 2, 'name'],
    ['form_unknown_type', ['constructor | a | A |'], 2, 'types'],
    ['form_reserved_name', ['text | __proto__ | A |'], 2, '__proto___1'],
    ['form_missing_list', ['select_one toString | a | A |'], 2, 'choices'],
    ['form_invalid_expression', ['text | a | A | 1 == 2'], 2, 'one "="'],
    ['form_invalid_expression', ['text | a | A | not(selected(., 1)'], 2, '"("'],
    ['form_missing_calculation', ['calculate | a | |'], 2, 'calculation'],
    ['form_unknown_type', ['TEXT | a | A |'], 2, 'text'],
    ['form_reserved_name', ['begin repeat | data | R |', 'text | a | A |', 'end repeat | | |'], 2, 'another name'],
    ['form_invalid_reference', ['text | a | A |', 'text | b | B | ${ a } = 1'], 3, 'without spaces'],
  ] as const)('%s %#', (code, rows, row, hint) => {
    const { form, problems } = survey(...rows)
    expect(form).toBeUndefined()
    expect(problems[0]).toMatchObject({ code, sheet: 'survey', row })
    expect(problems[0]?.hint).toContain(hint)
  })

  test('all of them at once, not only the first', () => {
    const { problems } = survey('text | a | A |', 'nonsense | b | B |', 'text | a | C | ${zzz}')
    expect(problems.map((problem) => problem.code).sort()).toEqual([
      'form_duplicate_name',
      'form_unknown_reference',
      'form_unknown_type',
    ])
  })

  test('a workbook without a survey sheet lists the sheets it has', () => {
    expect(build('| Feuil1 |\n| | type |\n').problems[0]).toMatchObject({
      code: 'form_missing_sheet',
      message: expect.stringContaining('feuil1') as string,
    })
  })
})

test('unit and minor_units stay with the question; the form can be written to JSON', () => {
  const { form } = build(`
    | survey |
    | | type | name | label | unit | minor_units |
    | | begin repeat | member | Member | | |
    | | decimal | wage | Wage | CNY | 100 |
    | | end repeat | | | | |`)
  const [repeat] = form?.items ?? []
  expect(repeat).toMatchObject({ kind: 'repeat', items: [{ name: 'wage', unit: 'CNY', minor_units: 100 }] })
  expect(JSON.parse(JSON.stringify(form))).toEqual(form)
})

test.each(['0', '-100', '1.5', 'hundred'])('minor_units of %s is no number of parts, and says where', (minor_units) => {
  const { problems } = build(`
    | survey |
    | | type | name | label | minor_units |
    | | decimal | wage | Wage | ${minor_units} |`)
  expect(problems).toEqual([
    expect.objectContaining({ code: 'form_invalid_parameter', sheet: 'survey', row: 2, column: 'minor_units' }),
  ])
})

test('text without a language joins the default language where others are spoken', () => {
  const { form } = build(`
    | survey |
    | | type | name | label | label::Chinese (zh) |
    | | text | a | Name | 姓名 |
    | settings |
    | | default_language | form_id | version |
    | | English (en) | f | 3 |`)
  expect(form).toMatchObject({ form_id: 'f', title: 'f', version: '3', languages: ['English (en)', 'Chinese (zh)'] })
  expect(form?.items[0]?.labels).toEqual({ 'English (en)': 'Name', 'Chinese (zh)': '姓名' })
})

test('or_other adds the choice once and asks for the words behind it', () => {
  const { form } = build(`
    | survey |
    | | type | name | label |
    | | select_one wall or_other | w1 | First |
    | | select_one wall or_other | w2 | Second |
    | choices |
    | | list_name | name | label |
    | | wall | mud | Mud |`)
  expect(form?.lists['wall']?.choices.map((choice) => choice.name)).toEqual(['mud', 'other'])
  expect(form?.items.map((item) => item.name)).toEqual(['w1', 'w1_other', 'w2', 'w2_other'])
  expect(form?.items[1]?.bind.relevant).toBe("selected(../w1, 'other')")
})

/** A form with more columns than three: the headers, then rows of cells. */
function sheets(headers: string, rows: string[], more = '') {
  return build(`| survey |\n| | ${headers} |\n${rows.map((row) => `| | ${row} |`).join('\n')}\n${more}`)
}
const list = '| choices |\n| | list_name | name | label |\n| | l | 1 | A |\n| | l | two words | B |'

describe('what clients would stumble over is refused at its row', () => {
  const parameters = 'type | name | label | appearance | parameters'
  test.each([
    ['an app that is no package', parameters, ['image | a | A | | app=camera'], 2],
    ['an app whose part begins with a digit', parameters, ['image | a | A | | app=org.1st.camera'], 2],
    ['a shuffle that is neither true nor false', parameters, ['select_one l | a | A | | randomize=perhaps'], 2],
    ['a seed without a shuffle', parameters, ['select_one l | a | A | | seed=42'], 2],
    ['a seed in words', parameters, ['select_one l | a | A | | randomize=true seed=some'], 2],
    ['a seed of no question', parameters, ['select_one l | a | A | | randomize=true seed=${n}'], 2],
    ['marks that the appearance does not show', parameters, ['range | a | A | rating | tick_interval=3'], 2],
    ['labels outside the range', parameters, ['range | a | A | | start=5 end=9 tick_labelset=n'], 2],
    ['places of no list', parameters, ['geoshape | a | A | | reference-geometry=fields'], 2],
    ['places of a question', parameters, ['text | t | T | | ', 'geopoint | a | A | | reference-geometry=${t}'], 3],
    ['several choices stored parted by spaces', parameters, ['select_multiple l | a | A | | '], 2],
    [
      'triggers without commas',
      'type | name | label | trigger',
      ['text | a | A | ', 'dateTime | b | B | ${a};${a}'],
      3,
    ],
    [
      'a group as trigger',
      'type | name | label | trigger',
      ['begin group | g | G | ', 'text | a | A | ', 'end group | | | ', 'text | b | B | ${g}'],
      5,
    ],
    [
      'a count beside a question of its name',
      'type | name | label | repeat_count',
      ['integer | r_count | N | ', 'begin repeat | r | R | 2 + 1', 'text | a | A | ', 'end repeat | | | '],
      3,
    ],
    [
      'two repeats of one name',
      'type | name | label',
      [
        'begin group | g | G',
        'begin repeat | r | R',
        'text | a | A',
        'end repeat | | ',
        'end group | | ',
        'begin repeat | r | R',
        'text | b | B',
        'end repeat | | ',
      ],
      7,
    ],
    ['or_other with a filter', 'type | name | label | choice_filter', ['select_one l or_other | a | A | name = 1'], 2],
    [
      'an outside list that is not there',
      'type | name | label | choice_filter',
      ['select_one_external city | a | A | name = 1'],
      2,
    ],
    [
      'a table of two lists',
      'type | name | label | appearance',
      ['begin group | g | G | table-list', 'select_one l | a | A | ', 'select_one n | b | B | ', 'end group | | | '],
      4,
    ],
  ] as const)('%s', (_, headers, rows, row) => {
    const numbers = '| | n | 1 | One |\n| | n | 9 | Nine |'
    const { form, problems } = sheets(headers, [...rows], `${list}\n${numbers}`)
    expect(form).toBeUndefined()
    expect(problems.map((problem) => problem.row)).toContain(row)
  })
})

test('curly quotation marks in expressions are made straight, with a remark; texts keep theirs', () => {
  const { form } = survey('text | a | A |', 'text | b | say “yes” | ${a} = ‘yes’ or ${a} = “ja”')
  expect(form?.items[1]).toMatchObject({
    labels: { default: 'say “yes”' },
    bind: { relevant: `\${a} = 'yes' or \${a} = "ja"` },
  })
  expect(form?.remarks).toMatchObject([
    { code: 'form_quotes_straightened', sheet: 'survey', row: 3, column: 'relevant' },
  ])
})

test('parameters may stand apart from their sign, and an app is left aside where the form draws itself', () => {
  const headers = 'type | name | label | appearance | parameters'
  expect(sheets(headers, ['range | a | A | | start = 2, end= 8']).form?.items[0]?.parameters).toEqual({
    start: '2',
    end: '8',
  })
  expect(sheets(headers, ['image | a | A | signature | app=something']).problems).toEqual([])
})
