import { describe, expect, test } from 'vitest'
import { buildForm } from './form.ts'
import { readMarkdown } from './markdown.ts'

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
    ['form_invalid_expression', ['text | a | A | . != ‘x’'], 2, 'curly'],
    ['form_invalid_expression', ['text | a | A | not(selected(., 1)'], 2, '"("'],
    ['form_missing_calculation', ['calculate | a | |'], 2, 'calculation'],
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
