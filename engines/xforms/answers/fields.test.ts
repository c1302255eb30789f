import { expect, test } from 'vitest'
import { fieldProblems, fieldsOf } from './fields.ts'
import { HOUSEHOLD } from '../testform.ts'
import { buildForm } from '../form.ts'
import { readMarkdown } from '../read/markdown.ts'

test('groups disappear, a repeat is a list, types are those of rules', () => {
  const { household, lists } = fieldsOf(HOUSEHOLD)
  const types = (fields: Record<string, { type: string }>) =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.type]))
  expect(types(household)).toEqual({
    start: 'datetime',
    deviceid: 'text',
    village: 'text',
    poor: 'bool',
    wall: 'choice',
    assets: 'choices',
    area: 'decimal',
    income: 'money',
    gps: 'geopoint',
    photo: 'media',
    n_children: 'int',
  })
  expect(types(lists['member'] ?? {})).toEqual({ m_name: 'text', born: 'date', age: 'int', wage: 'money' })
  expect(household['wall']).toMatchObject({ choices: ['mud', 'brick'], choice_labels: { mud: { default: 'Mud' } } })
  expect(household['poor']).not.toHaveProperty('choices')
  expect(household['income']).toMatchObject({ unit: 'CNY', minor_units: 100, required: true })
  expect(household['wall']?.relevant).toBe("${poor} = 'yes'")
  expect(fieldProblems(HOUSEHOLD)).toEqual([])
})

test('one name in two groups is ambiguous once groups disappear; in a list of its own it is not', () => {
  const { form } = buildForm(
    readMarkdown(`
    | survey |
    | | type | name | label |
    | | text | a | A |
    | | begin group | g | G |
    | | text | a | A |
    | | end group | | |
    | | begin repeat | r | R |
    | | text | a | A |
    | | end repeat | | |`),
  )
  expect(form && fieldProblems(form)).toMatchObject([{ code: 'form_ambiguous_name', row: 4 }])
})
