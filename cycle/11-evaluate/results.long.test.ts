import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { all, evaluating, exitHousehold } from '#test/steps/evaluating.ts'
import { poor, someHelped } from '#test/steps/exiting.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
let steps: ReturnType<typeof evaluating>
beforeEach(async () => {
  world = await openWorld()
  steps = evaluating(world)
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const code = async (call: Promise<unknown>) => {
  const failed = await call.then(
    () => null,
    (error: unknown) => error,
  )
  return failed instanceof CallFailed ? failed.problem.code : failed
}

test('rates by stratum, appeals, and the decision; the county may then leave the list on them', async () => {
  const [exits = '', stays = ''] = await someHelped(world, [{}, poor])
  const missed = await someHouseholds(world, [{}, {}, {}])
  const county = await world.as('zhong.wei')
  world.at('2015-12-20T08:00:00.000Z')
  await unwrap(county.api.exit.check.$post({ json: { area_code: world.county_code, year: 2016 } }))
  await exitHousehold(world, exits)

  const evaluation_id = await steps.design()
  expect((await steps.draw(evaluation_id)).drawn).toEqual({ exited: 1, registered: 1, never_registered: 3 })
  const [poor_outside = '', refused = ''] = missed
  await steps.inspectAll(evaluation_id, {
    [exits]: { house_grade: 'D' },
    [stays]: poor,
    [poor_outside]: { house_grade: 'C' },
  })
  const { results } = await steps.estimate(evaluation_id)
  const of = (measure: string, basis = 'as_found') =>
    results.find((each) => each.basis === basis)?.estimates.find((each) => each.measure === measure)
  expect(of('wrong_exit')).toMatchObject({ numerator: 1, denominator: 1, estimate: 1, result: 'refuted' })
  expect(of('missed')).toMatchObject({ numerator: 1, denominator: 3, result: 'refuted', threshold: 0.02 })
  // The whole stratum was inspected: the rate is known, not estimated.
  expect(of('missed')).toMatchObject({ low: 1 / 3, high: 1 / 3 })
  expect(of('still_poor')).toMatchObject({ numerator: 1, denominator: 1 })
  expect(of('recognition')).toMatchObject({ numerator: 5, denominator: 5, estimate: 1 })
  // One person still on the list, one missed, one wrongly exited, among five.
  expect(of('incidence')).toMatchObject({ numerator: 3, denominator: 5, estimate: 0.6, result: 'refuted' })

  await steps.publish(evaluation_id)
  const appeal = async (login: string, household_id: string) =>
    await unwrap(
      (await world.as(login)).api.evaluate.evaluations[':evaluation_id'].appeals.$post({
        param: { evaluation_id },
        json: { appeals: [{ household_id, statement: '房屋鉴定为B级', evidence: '鉴定书编号 17' }] },
      }),
    )
  const decide = async () =>
    await unwrap(
      (await steps.evaluator()).api.evaluate.evaluations[':evaluation_id'].decide.$post({
        param: { evaluation_id },
        json: { note: '' },
      }),
    )
  const { appeal_ids } = await appeal('li.guoqiang', exits)
  expect(await code(appeal('zhong.wei', exits))).toBe('already_done')
  expect(await code(appeal('zhong.wei', '360781-9999999'))).toBe('not_found')
  expect(await code(decide())).toBe('evaluate_appeal_open')
  const settled = await unwrap(
    (await steps.evaluator()).api.evaluate.evaluations[':evaluation_id'].appeals[':appeal_id'].$post({
      param: { evaluation_id, appeal_id: appeal_ids[0] ?? '' },
      json: { state: 'upheld', reason: '鉴定书属实' },
    }),
  )
  expect(settled).toEqual({ state: 'upheld', overall: 'failed' })
  const both = (await steps.show('zhong.wei', evaluation_id)).estimates.filter((each) => each.measure === 'wrong_exit')
  expect(both.map((each) => [each.basis, each.numerator, each.result])).toEqual([
    ['as_found', 1, 'refuted'],
    ['after_appeals', 0, 'shown'],
  ])
  expect(await decide()).toMatchObject({
    overall: 'failed',
    as_found: 'failed',
    measures: { wrong_exit: 'shown', missed: 'refuted', incidence: 'refuted' },
  })
  expect(await code(decide())).toBe('wrong_state')
  const figures = await unwrap(
    county.api.exit.areas.check.$get({ query: { area_code: world.county_code, year: '2016' } }),
  )
  expect(figures).toMatchObject({
    level: 'county',
    all_met: false,
    checks: {
      figures: {
        incidence_percent: 40,
        wrong_exit_percent: 0,
        recognition_percent: 100,
        evaluated_decision: 'failed',
        evaluated_never_registered: 3,
      },
    },
  })
  expect(figures.checks.criteria[0]).toMatchObject({ code: 'evaluation', state: false, missing: ['not_passed'] })
  expect(refused).not.toBe('')
})

test('a county leaves on an evaluation of its year that passed, and on no other; nobody draws until it does', async () => {
  const [exits = ''] = await someHelped(world, [{}])
  // Enough of them that all being content shows nine in ten.
  const others = await someHouseholds(
    world,
    Array.from({ length: 40 }, () => ({})),
  )
  const county = await world.as('zhong.wei')
  world.at('2015-12-20T08:00:00.000Z')
  await unwrap(county.api.exit.check.$post({ json: { area_code: world.county_code, year: 2016 } }))
  await exitHousehold(world, exits)
  const refusal = (year: number) =>
    code(unwrap(county.api.exit.areas.$post({ json: { area_code: world.county_code, year } })))

  const second = await steps.design({ ...all, exited: 900 })
  const evaluation_id = await steps.design()
  await steps.draw(evaluation_id)
  expect(await code(steps.draw(second))).toBe('evaluate_drawn_already')
  // Nobody was visited: nothing to publish.
  await steps.estimate(evaluation_id, { without_the_rest: true })
  expect(await code(steps.publish(evaluation_id))).toBe('evaluate_nobody_visited')
  await steps.inspectAll(evaluation_id)
  await steps.estimate(evaluation_id)
  await steps.publish(evaluation_id)
  expect(await refusal(2016)).toBe('exit_no_evaluation')
  const decided = await unwrap(
    (await steps.evaluator()).api.evaluate.evaluations[':evaluation_id'].decide.$post({
      param: { evaluation_id },
      json: { note: '' },
    }),
  )
  expect(decided.overall).toBe('passed')
  expect(await refusal(2017)).toBe('exit_no_evaluation')
  const made = await unwrap(county.api.exit.areas.$post({ json: { area_code: world.county_code, year: 2016 } }))
  expect(made.checks.figures).toMatchObject({ evaluated_decision: 'passed', evaluated_never_registered: others.length })
  const decide = async () =>
    await unwrap(
      (await world.as('hu.min')).api.exit.areas[':area_exit_id'].$post({
        param: { area_exit_id: made.area_exit_id },
        json: { state: 'approved', reason: '评估通过' },
      }),
    )
  expect(await code(decide())).toBe('exit_notice_running')
  world.at('2016-01-27T08:00:00.000Z')
  // Between the proposal and the decision the evaluation is found to have been otherwise.
  const put = (overall: string) =>
    world.registry.app
      .updateTable('evaluation')
      .set({ decision: JSON.stringify({ ...decided, overall }) })
      .where('county_code', '=', world.county_code)
      .where('evaluation_id', '=', evaluation_id)
      .execute()
  await put('not_shown')
  expect(await code(decide())).toBe('exit_criteria_not_met')
  await put('passed')
  expect(await decide()).toMatchObject({ state: 'approved' })
})
