import { expect, test } from 'vitest'
import { parseSubmission, answersOf, toSubmissionXml } from '#engines/xforms/answers/submission.ts'
import type { Answers } from '#engines/xforms/answers/submission.ts'
import { validateSubmission } from '#engines/xforms/answers/validate.ts'
import { toXForm } from '#engines/xforms/write/xform.ts'
import { formOf } from '../forms.ts'
import { loadPack } from '../load.ts'
import { base } from './example.ts'

const { pack } = await loadPack(import.meta.dirname)
const card = formOf(pack!, 'household_card')

const people = base.members.map((member, index) => ({
  ...member,
  name: ['王大山', '李春花', '王小明'][index]!,
  relation: ['head', 'spouse', 'child'][index]!,
  sex: ['male', 'female', 'male'][index]!,
  national_id: index === 0 ? '999999197501010011' : null,
}))
const visit = {
  ...base,
  area_code: '360781107201001',
  surveyed_on: '2014-06-12',
  surveyor_name: '陈敏',
  consent: true,
  phone: '13800000000',
  stated_cause: '12',
  members: people,
} as unknown as Answers

function problemsOf(change: object): [string, string][] {
  const xml = toSubmissionXml(card, { ...visit, ...change } as Answers, { instance_id: 'uuid:1' })
  const parsed = parseSubmission(xml)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  const { problems, unchecked } = validateSubmission(card, parsed, { today: '2014-06-30' })
  expect(unchecked).toEqual([])
  return [...answersOf(card, parsed).problems, ...problems].map(({ code, path }) => [code, path])
}
const firstWith = (change: object) => ({ members: [{ ...people[0]!, ...change }, ...people.slice(1)] })

test('both forms become XForms with texts in two languages', () => {
  for (const form_id of pack!.forms) {
    const xml = toXForm(formOf(pack!, form_id))
    expect(xml).toContain('lang="English (en)"')
    expect(xml).toContain('lang="Chinese (zh)"')
    expect(xml).toContain(`id="${form_id}"`)
  }
})

test('a filled card is accepted, every condition of it checked', () => expect(problemsOf({})).toEqual([]))

test('money goes out in yuan and comes back in fen', () => {
  const xml = toSubmissionXml(card, visit, { instance_id: 'uuid:1' })
  expect(xml).toMatch(/<wage_income>8400(\.00)?</)
  const parsed = parseSubmission(xml)
  expect(parsed.ok && answersOf(card, parsed).answers['wage_income']).toBe(840_000)
})

test.each<[string, object, string, string]>([
  ['a birth date in the future', firstWith({ birth_date: '2014-07-01' }), 'answer_constraint', 'members[1]/birth_date'],
  [
    'a birth date of another century',
    firstWith({ birth_date: '1875-01-01' }),
    'answer_constraint',
    'members[1]/birth_date',
  ],
  [
    'an identity number too short',
    firstWith({ national_id: '36078119750101' }),
    'answer_constraint',
    'members[1]/national_id',
  ],
  [
    'an identity number with a thirteenth month of tens',
    firstWith({ national_id: '999999197521010011' }),
    'answer_constraint',
    'members[1]/national_id',
  ],
  ['a member without a name', firstWith({ name: null }), 'answer_required', 'members[1]/name'],
  ['thirteen months of work', firstWith({ work_months: 13 }), 'answer_constraint', 'members[1]/work_months'],
  ['a visit tomorrow', { surveyed_on: '2014-07-01' }, 'answer_constraint', 'cover/surveyed_on'],
  ['a village code where a group is asked', { area_code: '360781107201' }, 'answer_constraint', 'cover/area_code'],
  ['wages of three million yuan', { wage_income: 300_000_000 }, 'answer_constraint', 'income/wage_income'],
  ['income below nothing', { pension_income: -100 }, 'answer_constraint', 'income/pension_income'],
  ['"none of these" and a car', { assets: ['none', 'car'] }, 'answer_constraint', 'belongings/assets'],
  ['no word on consent', { consent: null }, 'answer_required', 'cover/consent'],
])('%s is pointed out', (_what, change, code, at) => {
  const problems = problemsOf(change)
  expect(problems).toHaveLength(1)
  expect(problems[0]![0]).toBe(code)
  expect(problems[0]![1]).toContain(at)
})
