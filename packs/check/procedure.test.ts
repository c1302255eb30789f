// No lawful figure has a default in code: a pack that leaves one out is not in order.
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { packNames } from '#test/house.ts'
import { checkProcedures } from './procedure.ts'
import { loadPack, readPack } from '../load.ts'
import type { Pack } from '../schema/schema.ts'

const packs = path.join(import.meta.dirname, '..')

const { pack } = await loadPack(path.join(packs, 'china-2014'))
const china = pack!
const at = (of: Pack) => checkProcedures(of).map((each) => each.at)
const exit = china.exit!
const appraisal = china.appraisal!

test.each(packNames())('%s is in order', async (name) => {
  const loaded = await loadPack(path.join(packs, name))
  expect([...loaded.problems, ...checkProcedures(loaded.pack!)]).toEqual([])
})

describe('what the rooms would have to guess is refused', () => {
  test.each(['household', 'village', 'county'] as const)('the notice of the exit of a %s by another name', (level) => {
    const steps = exit.steps[level]!.map((step) => (step.code === 'notice' ? { ...step, code: 'public_notice' } : step))
    expect(at({ ...china, exit: { ...exit, steps: { ...exit.steps, [level]: steps } } })).toEqual([
      `steps.${level}.notice`,
    ])
    const late = exit.steps[level]!.map((step) => ({ ...step, valid_from: '2016-01-02' }))
    expect(at({ ...china, exit: { ...exit, steps: { ...exit.steps, [level]: late } } })).toEqual([
      `steps.${level}.notice`,
    ])
  })

  test('exits without a quorum to vote by', () => {
    expect(at({ ...china, appraisal: null })).toEqual(['household'])
  })

  test('counties that leave without an evaluation, or without its limits', () => {
    const { county_evaluation: _, ...without } = exit
    expect(at({ ...china, exit: without })).toEqual(['county_evaluation'])
    const parameters = china.parameters.filter((each) => each.code !== 'missed_max')
    expect(at({ ...china, parameters })).toEqual(['missed_max'])
    const nought = china.parameters.map((each) =>
      each.code === 'missed_max' ? { ...each, values: each.values.map((value) => ({ ...value, value: 0 })) } : each,
    )
    expect(at({ ...china, parameters: nought })).toEqual(['missed_max'])
  })

  test('a notice that nobody hangs, or that takes two different times', () => {
    const steps = appraisal.steps.filter((step) => step.code !== 'second_notice')
    expect(at({ ...china, appraisal: { ...appraisal, steps } })).toEqual(['steps.second_notice'])
    const first_notice_days = { ...appraisal.first_notice_days, value: 5 }
    expect(at({ ...china, appraisal: { ...appraisal, first_notice_days } })).toEqual(['steps.first_notice'])
  })

  test('two steps of one name on one day; one after the other is how a rule changes', () => {
    const notice = appraisal.steps.find((step) => step.code === 'first_notice')!
    expect(at({ ...china, appraisal: { ...appraisal, steps: [...appraisal.steps, notice] } })).toEqual([
      'steps.first_notice',
    ])
    const steps = [
      ...appraisal.steps.map((step) => (step === notice ? { ...step, valid_to: '2020-01-01' } : step)),
      { ...notice, valid_from: '2020-01-01' },
    ]
    expect(at({ ...china, appraisal: { ...appraisal, steps } })).toEqual([])
  })

  test('what ends before it begins', () => {
    const vetoes = china.vetoes.map((veto) => ({ ...veto, valid_to: veto.valid_from }))
    expect(at({ ...china, vetoes })).toEqual(china.vetoes.map((_, index) => `vetoes.${index}`))
  })

  test('a quorum, a period or a confidence that is not said has the wrong shape', () => {
    const decode = (name: string) => Buffer.from(china.files.get(name)!).toString('utf8')
    const without = (name: string, line: RegExp) =>
      readPack(new Map([...china.files, [name, Buffer.from(decode(name).replace(line, ''))]])).problems.map(
        (each) => each.at,
      )
    expect(without('rules/appraisal.yaml', /  present_of_members: .*\n/)).toEqual(['quorum.present_of_members'])
    expect(without('rules/appraisal.yaml', /  strictly_more: .*\n/)).toEqual(['quorum.strictly_more'])
    expect(without('rules/appraisal.yaml', /objection_answer_days:\n  value: 5\n/)).not.toEqual([])
    expect(without('rules/exit.yaml', /  confidence: 0.95\n/)).toEqual(['county_evaluation.confidence'])
    expect(without('rules/exit.yaml', /      days: 7\n/)).toHaveLength(1)
    expect(without('rules/alerts.yaml', /    visit_within_days: 10\n/)).toHaveLength(1)
  })
})
