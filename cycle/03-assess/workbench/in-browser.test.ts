import { expect, test } from 'vitest'
import { isRefused } from '#engines/rules/check/check.ts'
import { cardFields } from '#packs/forms.ts'
import { loadPack } from '#packs/load.ts'
import { ruleSchemaOf } from '#packs/schema/rules.ts'
import { answersRead, checkAt, schemaAt, workHere, type Bench } from './in-browser.ts'
import { offersAt } from './complete.ts'

const { pack } = await loadPack(new URL('../../../packs/china-2014', import.meta.url).pathname)
if (!pack) throw new Error('the pack does not load')
const bench: Bench = {
  reference_date: pack.reference_date,
  schema: ruleSchemaOf(pack, cardFields(pack)),
  indicators: pack.indicators.map((each) => each.code),
  derived: pack.derived,
  parameters: pack.parameters,
}

test('every rule of the pack passes the check of the browser, and every example comes out', () => {
  let worked = 0
  for (const indicator of pack.indicators) {
    const spot = { id: `indicators.${indicator.code}`, path: 'met' }
    const rule = checkAt(bench, spot, indicator.met)
    if (isRefused(rule)) throw new Error(`${indicator.code}: ${rule[0]?.message}`)
    const shown = workHere(bench, spot, rule, indicator.examples)
    expect(shown.filter((each) => !each.holds)).toEqual([])
    worked += shown.length
  }
  for (const field of pack.derived) {
    const spot = { id: `derived.${field.name}`, path: 'rule' }
    const rule = checkAt(bench, spot, field.rule)
    if (isRefused(rule)) throw new Error(`${field.name}: ${rule[0]?.message}`)
    const shown = workHere(bench, spot, rule, field.examples ?? [])
    expect(shown.filter((each) => !each.holds)).toEqual([])
    worked += shown.length
  }
  expect(worked).toBeGreaterThan(30)
  for (const part of ['household', 'stops', 'village', 'county'] as const)
    for (const { code, rule } of pack.exit?.[part] ?? [])
      expect(isRefused(checkAt(bench, { id: `exit.${part}.${code}`, path: 'rule' }, rule)), code).toBe(false)
  for (const { code, rule } of pack.alerts)
    expect(isRefused(checkAt(bench, { id: `alerts.${code}`, path: 'rule' }, rule)), code).toBe(false)
  for (const { code, condition, cost, closes } of pack.measures)
    for (const [path, rule] of Object.entries({ condition, cost, 'closes.income': closes.income }))
      expect(isRefused(checkAt(bench, { id: `measures.${code}`, path }, rule)), `${code} ${path}`).toBe(false)
})

test('a rule of the wrong kind is told, and a derived field may not read those after it', () => {
  expect(checkAt(bench, { id: 'measures.x', path: 'cost' }, 'true')).toMatchObject([{ code: 'rule_type' }])
  expect(checkAt(bench, { id: 'indicators.x', path: 'met' }, 'household_size')).toMatchObject([{ code: 'rule_type' }])
  const [first, second] = pack.derived
  const later = checkAt(bench, { id: `derived.${first!.name}`, path: 'rule' }, second!.name)
  expect(later).toMatchObject([{ code: 'rule_unknown_field' }])
})

test('the answers behind a derived field are those to be given in an example', () => {
  const rule = checkAt(bench, { id: 'indicators.income', path: 'met' }, 'net_income_per_capita > params.income_line')
  if (isRefused(rule)) throw new Error('refused')
  const { household } = answersRead(bench, rule)
  expect(household).toContain('wage_income')
  expect(household).not.toContain('net_income_per_capita')
})

const offers = (written: string, id = 'indicators.housing', asked = false) => {
  const cursor = written.indexOf('|')
  const source = written.replace('|', '')
  return offersAt(source, cursor, schemaAt(bench, { id, path: 'met' }), asked).offers.map((each) => each.text)
}

test('completion offers fields, lists, parameters and functions by what is begun', () => {
  expect(offers('house_g|')[0]).toBe('house_grade')
  expect(offers('grade|')).toContain('house_grade')
  expect(offers('memb|')).toContain('members.')
  expect(offers('params.income|')).toContain('income_line')
  expect(offers('ag|')).toContain('age(')
  expect(offers('|')).toEqual([])
  expect(offers('|', 'indicators.housing', true).length).toBeGreaterThan(5)
  expect(offers('house_grade|'), 'what is written out needs no offer').toEqual([])
})

test('within a list its own fields, of a list its folds, in quotes the choices', () => {
  expect(offers('members.|')).toContain('exists(')
  expect(offers('members.exists(m, m.hea|')).toContain('health')
  expect(offers('members.exists(m, m.hea|')).not.toContain('household_size')
  expect(offers("members.exists(m, m.health == '|')")).toContain('chronic_illness')
  expect(offers("members.exists(m, m.health in ['healthy', 'chr|'])")).toEqual(['chronic_illness'])
  expect(offers("house_grade in ['A', '|']")).toEqual(expect.arrayContaining(['B', 'C', 'D']))
  expect(offers("house_grade == 'A' && prot|")).toContain('protein_weekly')
})

test('each chapter offers its own', () => {
  expect(offers('met_inc|', 'verdict.eligible')).toContain('met_income')
  expect(offers('met_inc|')).not.toContain('met_income')
  expect(offers('previous_de|', 'alerts.debt')).toContain('previous_debt')
  expect(offers('inci|', 'exit.village.incidence')).toEqual(['incidence_percent'])
})
