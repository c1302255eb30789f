import path from 'node:path'
import { expect, test } from 'vitest'
import { loadPack } from '../load.ts'
import { judge, rulebookOf, standAt } from '../rulebook.ts'

const { pack } = await loadPack(path.join(import.meta.dirname, '..', 'china-2014'))
const book = rulebookOf(pack!)
const at = standAt(book, '2014-12-31', '360781107')
const reasonOf = (code: string, record: Record<string, unknown>) =>
  judge(book, record, at).indicators.find((each) => each.code === code)!.reason

const income = {
  household_size: 3,
  wage_income: 839_997,
  business_income: 0,
  property_income: 0,
  minimum_allowance_income: 0,
  five_guarantee_income: 0,
  pension_income: 0,
  elderly_allowance_income: 0,
  disability_allowance_income: 0,
  ecological_compensation_income: 0,
  family_support_income: 0,
  other_transfer_income: 0,
  production_cost: 0,
}

test('a reason names the income and the line, and one fen below is not shown as the line', () => {
  expect(reasonOf('income', income)).toEqual({
    en: 'Income per person is ¥2,799.99, below the line of ¥2,800.',
    zh: '人均纯收入¥2,799.99，低于¥2,800的标准。',
  })
})

test('a choice is said by its label in the language asked', () => {
  const { en, zh } = reasonOf('food', { food_shortage: 'some_months', protein_weekly: null })
  expect(en).toBe('The family lacks food or protein (short of food: In some months; protein every week: not known).')
  expect(zh).toBe('吃得不够或缺少蛋白质（吃不饱的情况：有几个月不够吃；每周有蛋白质食物：不清楚）。')
})

test('no template names a field that is not there', () => {
  const known = new Set([
    ...Object.keys(book.compiled.schema.household),
    ...Object.keys(book.compiled.schema.parameters).map((name) => `params.${name}`),
  ])
  const templates = [
    ...book.pack.indicators.flatMap((each) => [each.met_reason, each.unmet_reason, each.unknown_reason]),
    ...book.pack.causes.flatMap((each) => [each.reason, each.unknown_reason]),
    ...book.pack.vetoes.map((each) => each.reason),
  ]
  const named = templates.flatMap(Object.values<string>).flatMap((text) => [...text.matchAll(/\{([^}]+)\}/g)])
  expect(named.length).toBeGreaterThan(20)
  expect(named.map(([, name]) => name).filter((name) => !known.has(name!))).toEqual([])
})
