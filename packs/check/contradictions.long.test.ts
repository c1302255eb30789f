import path from 'node:path'
import { expect, test } from 'vitest'
import { checkPack } from './check.ts'
import { loadPack } from '../load.ts'
import { judge, rulebookOf, standAt } from '../rulebook.ts'
import type { Pack } from '../schema/schema.ts'

const load = async (id: string): Promise<Pack> => (await loadPack(path.join(import.meta.dirname, '..', id))).pack!
const china = await load('china-2014')

/** The china pack with something changed; the problems of its rules against each other. */
function contradictionsOf(change: (pack: Pack) => void) {
  const pack = structuredClone(china)
  change(pack)
  const found = checkPack(pack).filter(({ code }) => code === 'pack_rules_contradict')
  return { pack, found }
}
const verdict = (pack: Pack, code: string) => pack.verdicts.find((each) => each.code === code)!
const indicator = (pack: Pack, code: string) => pack.indicators.find((each) => each.code === code)!

test.each(['china-2014', 'costa-rica-2014'])('the rules of %s do not contradict each other', async (id) => {
  expect(checkPack(await load(id)).filter(({ code }) => code === 'pack_rules_contradict')).toEqual([])
})

test('a household that is both poor and not poor is shown, as the whole pack judges it', () => {
  const { pack, found } = contradictionsOf((pack) => {
    verdict(pack, 'not_eligible').rule = 'met_income && met_clothing && met_education && met_medical && met_housing'
  })
  expect(found).toMatchObject([{ file: 'rules/verdict.yaml', at: 'not_eligible.rule' }])
  const record = JSON.parse(/\{.*\}/.exec(found[0]!.message)![0]) as Record<string, unknown>
  const book = rulebookOf(pack)
  const { indicators, verdict: given } = judge(book, record, standAt(book, pack.reference_date, ''))
  expect(given).toBe('eligible')
  expect(indicators.filter(({ state }) => state === 'unmet').map(({ code }) => code)).toEqual(['food'])
  for (const code of ['income', 'clothing', 'education', 'medical', 'housing'])
    expect(indicators.find((each) => each.code === code)!.state).toBe('met')
})

test.each<[string, (pack: Pack) => void, string, string]>([
  [
    'an indicator that can never be met',
    (pack) => (indicator(pack, 'housing').met = "house_grade == 'A' && house_grade == 'B'"),
    'housing.met',
    'never be true',
  ],
  [
    'an indicator that can never be unmet',
    (pack) => (indicator(pack, 'housing').met = "house_grade in ['A', 'B', 'C', 'D']"),
    'housing.met',
    'never be false',
  ],
  [
    'a limit that no value the parameter ever had lets a household pass',
    (pack) => (indicator(pack, 'income').met = 'net_income >= 100000000 && net_income < params.income_line'),
    'income.met',
    'exclude each other',
  ],
  [
    'a verdict that is never given',
    (pack) => (verdict(pack, 'eligible').rule = 'met_income && !met_income'),
    'eligible.rule',
    'exclude each other',
  ],
  [
    'exit criteria that nobody can meet together',
    (pack) => (pack.exit!.household[1]!.rule = '!met_income'),
    `household.`,
    'never be true together',
  ],
  [
    'a measure that nobody can be given',
    (pack) =>
      (pack.measures[0]!.condition = 'members.exists(m, !m.medical_insurance) && members.all(m, m.medical_insurance)'),
    `${china.measures[0]!.code}.condition`,
    'exclude each other',
  ],
])('%s', (_, change, at, message) => {
  const { found } = contradictionsOf(change)
  expect(found).toHaveLength(1)
  expect(found[0]!.at).toContain(at)
  expect(found[0]!.message).toContain(message)
  expect(found[0]!.hint).toBeTruthy()
})
