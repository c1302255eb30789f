import { describe, expect, test } from 'vitest'
import type { Answers } from './submission.ts'
import { parseSubmission, toSubmissionXml } from './submission.ts'
import { HOUSEHOLD } from '../testform.ts'
import { validateSubmission } from './validate.ts'
import { parseXPath } from '../xpath/parse.ts'
import { documentNode, evaluate } from '../xpath/evaluate.ts'
import { parseXml } from '../xml.ts'

const GOOD: Answers = { village: 'Shibadong', poor: false, income: 500_000, member: [] }
function check(answers: Answers, form = HOUSEHOLD) {
  const instance = parseSubmission(toSubmissionXml(form, answers, { instance_id: 'uuid:1' }))
  if (!instance.ok) throw new Error(instance.problem.message)
  return validateSubmission(form, instance, { today: '2026-11-23' })
}
const member = (part: Answers): Answers => ({ m_name: 'Li', born: null, age: null, wage: null, ...part })
const codes = (answers: Answers) => check(answers).problems.map(({ code, path }) => `${code} ${path}`)

describe('validateSubmission', () => {
  test('a sound household has no problems and nothing unchecked', () => {
    expect(check({ ...GOOD, member: [member({ born: '1980-02-29', age: 46, wage: 100_000 })] })).toEqual({
      problems: [],
      unchecked: [],
    })
  })
  test("a birth date in the future is told with the form's own words", () => {
    const { problems } = check({ ...GOOD, member: [member({ born: '2026-11-23' }), member({ born: '2026-11-24' })] })
    expect(problems).toEqual([
      {
        code: 'answer_constraint',
        path: 'member[2]/born',
        got: '2026-11-24',
        expected: 'The birth date lies in the future.',
      },
    ])
  })
  test('required only where relevant', () => {
    expect(codes(GOOD)).toEqual([])
    expect(codes({ ...GOOD, poor: true })).toEqual(['answer_required wall'])
    expect(codes({ ...GOOD, village: null })).toEqual(['answer_required cover/place/village'])
  })
  test('each entry of a repeat looks at its own answers', () => {
    const entries = [
      member({ age: 17 }),
      member({ age: 18 }),
      member({ age: 40, wage: 1 }),
      member({ age: 10, wage: 900_000_000 }),
    ]
    expect(codes({ ...GOOD, member: entries })).toEqual(['answer_required member[2]/wage'])
    expect(codes({ ...GOOD, member: [member({ age: 40, wage: 500_001 })] })).toEqual([
      'answer_constraint member[1]/wage',
    ])
  })
  test('selected and count-selected', () => {
    expect(codes({ ...GOOD, assets: ['none', 'tv'] })).toEqual(['answer_constraint assets'])
    expect(codes({ ...GOOD, assets: ['none'] })).toEqual([])
  })
  test('what cannot be evaluated is named, not guessed', () => {
    const form = structuredClone(HOUSEHOLD)
    const area = form.items.find((item) => item.name === 'area')
    if (area) area.bind.constraint = "pulldata('prices', 'a', 'b', .) > 1"
    const { problems, unchecked } = check({ ...GOOD, area: 1 }, form)
    expect(problems).toEqual([])
    expect(unchecked).toEqual([
      { path: 'area', expression: "pulldata('prices', 'a', 'b', .) > 1", reason: 'pulldata()' },
    ])
  })
})

describe('XPath', () => {
  const parsed = parseXml(
    '<data><a>3</a><b>2026-01-31</b><r><x>1</x></r><r><x>2</x></r><r><x/></r><m>tv phone</m></data>',
  )
  if ('problem' in parsed) throw new Error('the test document is broken')
  const document = documentNode(parsed.root)
  const env = { current: document, today: '2026-02-01', now: '2026-02-01T10:00:00Z', instance: () => undefined }
  const value = (source: string) => evaluate(parseXPath(source), { node: document, position: 1, size: 1, env })
  test.each([
    ['1 + 2 * 3 - 4 div 2', 5],
    ['-(3) + 5 mod 3', -1],
    ['/data/a * 2', 6],
    ['count(/data/r)', 3],
    ['count(/data/r[x > 1])', 1],
    ['/data/r[2]/x = 2', true],
    ['/data/r/x = 3', false],
    ['sum(/data/r[x != ""]/x)', 3],
    ['today() - /data/b', 1],
    ["/data/b < today() and date('2026-02-01') = today()", true],
    ["if(/data/a > 2, 'big', 'small')", 'big'],
    ["selected(/data/m, 'tv')", true],
    ["selected(/data/m, 't')", false],
    ["regex('13800000000', '[0-9]{11}')", true],
    ["regex('x13800000000', '[0-9]{11}')", false],
    ["string-length('贫困户')", 3],
    ['round(2.5)', 3],
    ['round(2.345, 2)', 2.35],
    ["format-date('2026-03-04', '%Y/%n/%e')", '2026/3/4'],
    ['not(/data/none)', true],
    ["/data/none = ''", false],
    ["coalesce(/data/r[3]/x, 'n')", 'n'],
    ['position(/data/r[2])', 2],
    ["concat('a', /data/a)", 'a3'],
    ['/data/*[1]', undefined],
    ['count-selected(/data/m)', 2],
    ["translate('abc', 'ab', 'x')", 'xc'],
    ['max(1, 4, 2)', 4],
    ['string(/data/div) = ""', true],
  ])('%s', (source, expected) => {
    const found = value(source)
    if (expected === undefined) expect(Array.isArray(found) && found[0]?.name).toBe('a')
    else expect(found).toBe(expected)
  })
  test.each(['1 +', "'open", '/data/[1]', 'f(', ')', '((('.repeat(400), 'a b'])('%j is a syntax error', (source) => {
    expect(() => parseXPath(source)).toThrow()
  })
})
