import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { hashOf } from './draw.ts'
import { plainAnswers, someHouseholds } from '#test/households.ts'
import { poor, someHelped } from '#test/exiting.ts'
import { transactRead } from '#registry/transaction.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
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
const evaluator = () => world.as('sun.yifan')
const seed = 'dice thrown in public on 1 December 2015: 4 2 6 6 1'
const all = { exited: 1000, registered: 1000, never_registered: 1000 }
type Sizes = typeof all

const design = async (sizes: Partial<Sizes> = all, more: object = {}) =>
  (
    await unwrap(
      (await evaluator()).api.evaluate.evaluations.$post({
        json: { area_code: world.county_code, year: 2015, design: { sizes, ...more }, seed_sha256: hashOf(seed) },
      }),
    )
  ).evaluation_id

const draw = async (evaluation_id: string, given = seed) =>
  await unwrap(
    (await evaluator()).api.evaluate.evaluations[':evaluation_id'].draw.$post({
      param: { evaluation_id },
      json: { seed: given },
    }),
  )

const unitsFor = async (login: string, evaluation_id: string) =>
  await unwrap(
    (await world.as(login)).api.evaluate.evaluations[':evaluation_id'].units.$get({ param: { evaluation_id } }),
  )

/** The inspection form's part of a plain household's answers. */
const answersOf = (given: object = {}) => {
  const card = plainAnswers(world, given)
  const names = [
    'wage_income',
    'business_income',
    'property_income',
    'minimum_allowance_income',
    'five_guarantee_income',
    'pension_income',
    'elderly_allowance_income',
    'disability_allowance_income',
    'ecological_compensation_income',
    'family_support_income',
    'other_transfer_income',
    'production_cost',
    'food_shortage',
    'protein_weekly',
    'seasonal_clothing',
    'house_grade',
    'water_source',
    'water_minutes',
    'water_short_months',
    'water_safe',
  ]
  const members = (card['members'] as Record<string, unknown>[]).map(
    ({
      name,
      relation,
      sex,
      birth_date,
      education,
      schooling,
      health,
      disability,
      labour_capacity,
      medical_insurance,
    }) => ({
      name,
      relation,
      sex,
      birth_date,
      education,
      schooling,
      health,
      disability,
      labour_capacity,
      medical_insurance,
    }),
  )
  return {
    ...Object.fromEntries(names.map((name) => [name, card[name]])),
    recognises_help: true,
    ...given,
    members,
  }
}

const inspect = async (login: string, evaluation_id: string, inspections: object[]) =>
  await unwrap(
    (await world.as(login)).api.evaluate.evaluations[':evaluation_id'].inspections.$post({
      param: { evaluation_id },
      json: { inspections: inspections as never },
    }),
  )

/** Each inspector goes to his own households; `found` says what he sees where it is not a plain household. */
const inspectAll = async (evaluation_id: string, found: Record<string, object> = {}) => {
  for (const login of ['zhao.ruixue', 'ma.tianyu']) {
    const { items } = await unitsFor(login, evaluation_id)
    if (items.length === 0) continue
    const done = await inspect(
      login,
      evaluation_id,
      items.map(({ household_id }) => ({
        household_id,
        inspected_on: '2015-12-18',
        answers: answersOf(found[household_id] ?? {}),
      })),
    )
    expect(done).toEqual({ accepted: items.length, refused: [] })
  }
}

const estimate = async (evaluation_id: string, json: { without_the_rest?: boolean } = {}) =>
  await unwrap(
    (await evaluator()).api.evaluate.evaluations[':evaluation_id'].estimate.$post({ param: { evaluation_id }, json }),
  )
const publish = async (evaluation_id: string) =>
  await unwrap(
    (await evaluator()).api.evaluate.evaluations[':evaluation_id'].publish.$post({ param: { evaluation_id } }),
  )
const show = async (login: string, evaluation_id: string) =>
  await unwrap((await world.as(login)).api.evaluate.evaluations[':evaluation_id'].$get({ param: { evaluation_id } }))

/** Some families of the first village, none of them on the list. */
const families = async (count: number) => {
  const ids = await someHouseholds(
    world,
    Array.from({ length: count }, () => ({})),
  )
  world.at('2015-12-20T08:00:00.000Z')
  return ids
}

test('the seed is committed before the draw, and no other is taken', async () => {
  await families(4)
  const evaluation_id = await design({ ...all, never_registered: 2 })
  expect(await code(draw(evaluation_id, 'another seed'))).toBe('evaluate_seed_differs')
  expect(await draw(evaluation_id)).toMatchObject({
    drawn: { exited: 0, registered: 0, never_registered: 2 },
    populations: { never_registered: { households: 4, people: 4 } },
    inspectors: 2,
  })
  expect(await code(draw(evaluation_id))).toBe('already_done')
  expect(await show('sun.yifan', evaluation_id)).toMatchObject({ state: 'drawn', seed: null })
})

test('without a hash the seed is made for the evaluator, who alone has it', async () => {
  await families(1)
  const client = await evaluator()
  const made = await unwrap(
    client.api.evaluate.evaluations.$post({
      json: { area_code: world.county_code, year: 2015, design: { half_width: 0.05 } },
    }),
  )
  expect(hashOf(made.seed ?? '')).toBe(made.seed_sha256)
  const row = await world.registry.app
    .selectFrom('evaluation')
    .selectAll()
    .where('evaluation_id', '=', made.evaluation_id)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(row)).not.toContain(made.seed)
  expect(await draw(made.evaluation_id, made.seed ?? '')).toMatchObject({ drawn: { never_registered: 1 } })
})

test('a limit may be set stricter than the rule, never looser', async () => {
  await families(1)
  expect(await code(design(all, { thresholds: { missed: 0.03 } }))).toBe('evaluate_threshold_looser')
  expect(await code(design(all, { thresholds: { recognition: 0.85 } }))).toBe('evaluate_threshold_looser')
  const evaluation_id = await design(all, { thresholds: { missed: 0.01 } })
  expect((await show('sun.yifan', evaluation_id)).design.thresholds).toEqual({
    incidence: 0.02,
    wrong_exit: 0.02,
    missed: 0.01,
    recognition: 0.9,
  })
})

test('an inspector sees his own households and nothing of why they were drawn', async () => {
  const ids = await families(5)
  const evaluation_id = await design()
  await draw(evaluation_id)
  const first = await unitsFor('zhao.ruixue', evaluation_id)
  const second = await unitsFor('ma.tianyu', evaluation_id)
  expect([first.items.length, second.items.length].sort()).toEqual([2, 3])
  const both = [...first.items, ...second.items].map((each) => each.household_id)
  expect(both.sort()).toEqual([...ids].sort())
  expect(first.blind).toBe(true)
  for (const unit of first.items)
    expect(Object.keys(unit).sort()).toEqual([
      'area_code',
      'group_name',
      'head_name',
      'household_id',
      'inspected_on',
      'nonresponse',
    ])
  const [foreign] = second.items
  const tried = await inspect('zhao.ruixue', evaluation_id, [
    { household_id: foreign?.household_id, inspected_on: '2015-12-18', answers: answersOf() },
  ])
  expect(tried).toEqual({ accepted: 0, refused: [{ household_id: foreign?.household_id, code: 'not_found' }] })
})

test('before publication no official sees anything of it: not by the routes, not by SQL, not in the audit trail', async () => {
  const ids = await families(3)
  const evaluation_id = await design()
  await draw(evaluation_id)
  await inspectAll(evaluation_id)
  await estimate(evaluation_id)

  expect(await code(show('zhong.wei', evaluation_id))).toBe('not_found')
  expect(await code(unitsFor('zhong.wei', evaluation_id))).toBe('not_found')
  const list = await unwrap(
    (await world.as('zhong.wei')).api.evaluate.evaluations.$get({ query: { area_code: world.county_code } }),
  )
  expect(list.items).toEqual([])
  const rowsFor = async (role: string, scope: string[]) =>
    await transactRead(world.registry, { account_id: 'somebody', role, scope }, async (tx) => {
      const tables = ['evaluation', 'evaluation_unit', 'inspection', 'evaluation_estimate'] as const
      const counts: number[] = []
      for (const table of tables) {
        const { count } = await tx
          .selectFrom(table)
          .select((select) => select.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
        counts.push(count)
      }
      return counts
    })
  expect(await rowsFor('county_officer', ['360781'])).toEqual([0, 0, 0, 0])
  expect(await rowsFor('township_officer', ['360781107'])).toEqual([0, 0, 0, 0])
  expect(await rowsFor('province_analyst', ['36'])).toEqual([0, 0, 0, 0])
  expect(await rowsFor('evaluator', ['360781'])).toEqual([1, 3, 3, 18])
  const trail = await world.registry.app
    .selectFrom('audit_event')
    .selectAll()
    .where('county_code', '=', world.county_code)
    .where('action', 'like', 'evaluate.%')
    .execute()
  expect(trail.map((event) => event.action).sort()).toEqual([
    'evaluate.design',
    'evaluate.draw',
    'evaluate.estimate',
    'evaluate.inspect',
    'evaluate.inspect',
  ])
  for (const household_id of ids) expect(JSON.stringify(trail)).not.toContain(household_id)

  await publish(evaluation_id)
  // The answers stay with the evaluators for good.
  expect(await rowsFor('county_officer', ['360781'])).toEqual([1, 3, 0, 18])
  expect(await rowsFor('township_officer', ['360781107'])).toEqual([1, 3, 0, 18])
  expect(await rowsFor('county_officer', ['360782'])).toEqual([0, 0, 0, 0])
  const shown = await show('li.guoqiang', evaluation_id)
  expect(shown).toMatchObject({ state: 'published', seed, seed_sha256: hashOf(seed) })
})

test('anybody can draw again once it is published, and sees that it is the same', async () => {
  await families(6)
  const evaluation_id = await design({ ...all, never_registered: 3 })
  await draw(evaluation_id)
  await inspectAll(evaluation_id)
  expect(await code(publish(evaluation_id))).toBe('evaluate_not_estimated')
  await estimate(evaluation_id)
  await publish(evaluation_id)
  const client = await world.as('chen.lihua')
  const param = { evaluation_id }
  const again = await unwrap(client.api.evaluate.evaluations[':evaluation_id'].rerun.$get({ param }))
  expect(again).toEqual({
    seed_equal: true,
    frame_equal: true,
    draw_equal: true,
    equal: true,
    drawn: 3,
    differences: [],
  })
  const { frame, frame_sha256 } = await unwrap(client.api.evaluate.evaluations[':evaluation_id'].frame.$get({ param }))
  expect(hashOf(frame)).toBe(frame_sha256)
  const unit = await world.registry.app.selectFrom('evaluation_unit').selectAll().executeTakeFirstOrThrow()
  await world.registry.app
    .updateTable('evaluation_unit')
    .set({ draw_order: 99 })
    .where('county_code', '=', world.county_code)
    .where('household_id', '=', unit.household_id)
    .execute()
  const changed = await unwrap(client.api.evaluate.evaluations[':evaluation_id'].rerun.$get({ param }))
  expect(changed).toMatchObject({ equal: false, draw_equal: false, differences: [unit.household_id] })
})

test('an inspection is taken once, whole, by the form', async () => {
  const [household_id = ''] = await families(1)
  const evaluation_id = await design()
  await draw(evaluation_id)
  const login = (await unitsFor('zhao.ruixue', evaluation_id)).items.length > 0 ? 'zhao.ruixue' : 'ma.tianyu'
  const one = async (answers: object, inspected_on = '2015-12-18') =>
    (await inspect(login, evaluation_id, [{ household_id, inspected_on, answers }])).refused
  const ahead = await one(answersOf(), '2015-12-25')
  expect(ahead).toEqual([{ household_id, code: 'request_invalid', detail: '2015-12-25 lies ahead' }])
  const faulty = await one({ ...answersOf(), house_grade: 'E', wage_income: '12', verdict: 'poor' })
  expect(faulty).toEqual([{ household_id, code: 'request_invalid', detail: 'wage_income, house_grade, verdict' }])
  expect(await one({})).toEqual([{ household_id, code: 'request_invalid', detail: 'members' }])
  expect(await code(estimate(evaluation_id))).toBe('evaluate_units_open')
  expect(await one(answersOf({ house_grade: 'D', recognises_help: false }))).toEqual([])
  expect(await one(answersOf())).toEqual([{ household_id, code: 'already_done' }])
  const unit = (await unitsFor('sun.yifan', evaluation_id)).items[0]
  expect(unit).toMatchObject({ found_poor: true, found_criteria: ['housing'], stratum: 'never_registered' })
})

test('who holds an office in, below or above the county neither evaluates nor inspects', async () => {
  await families(2)
  const account = async (login: string) =>
    (
      await world.registry.app
        .selectFrom('account')
        .select('account_id')
        .where('login', '=', login)
        .executeTakeFirstOrThrow()
    ).account_id
  const give = async (login: string, role: string, area_code: string) =>
    await world.registry.app
      .insertInto('account_role')
      .values({ account_id: await account(login), role, area_code, granted_by: null })
      .execute()
  const evaluation_id = await design()
  await give('zhao.ruixue', 'village_committee', world.village_codes[3] ?? '')
  expect(await draw(evaluation_id)).toMatchObject({ inspectors: 1 })
  const asInspector = { role: 'inspector', area_code: '360781' }
  const client = await world.as('zhao.ruixue', asInspector)
  const call = unwrap(
    client.api.evaluate.evaluations[':evaluation_id'].inspections.$post({
      param: { evaluation_id },
      json: { inspections: [{ household_id: '360781-0000001', inspected_on: '2015-12-18', nonresponse: 'absent' }] },
    }),
  )
  expect(await code(call)).toBe('evaluate_conflict')
  await give('sun.yifan', 'province_analyst', '36')
  const conflicted = await world.as('sun.yifan', { role: 'evaluator', area_code: '360781' })
  const json = { area_code: world.county_code, year: 2015, design: { half_width: 0.05 } }
  expect(await code(unwrap(conflicted.api.evaluate.evaluations.$post({ json })))).toBe('evaluate_conflict')
})

test('rates by stratum, appeals, and the decision; the county may then leave the list on them', async () => {
  const [exits = '', stays = ''] = await someHelped(world, [{}, poor])
  const missed = await someHouseholds(world, [{}, {}, {}])
  const county = await world.as('zhong.wei')
  world.at('2015-12-20T08:00:00.000Z')
  await unwrap(county.api.exit.check.$post({ json: { area_code: world.county_code, year: 2015 } }))
  await exit(exits)

  const evaluation_id = await design()
  expect((await draw(evaluation_id)).drawn).toEqual({ exited: 1, registered: 1, never_registered: 3 })
  const [poor_outside = '', refused = ''] = missed
  await inspectAll(evaluation_id, {
    [exits]: { house_grade: 'D' },
    [stays]: poor,
    [poor_outside]: { house_grade: 'C' },
  })
  const { results } = await estimate(evaluation_id)
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

  await publish(evaluation_id)
  const appeal = async (login: string, household_id: string) =>
    await unwrap(
      (await world.as(login)).api.evaluate.evaluations[':evaluation_id'].appeals.$post({
        param: { evaluation_id },
        json: { appeals: [{ household_id, statement: '房屋鉴定为B级', evidence: '鉴定书编号 17' }] },
      }),
    )
  const decide = async () =>
    await unwrap(
      (await evaluator()).api.evaluate.evaluations[':evaluation_id'].decide.$post({
        param: { evaluation_id },
        json: { note: '' },
      }),
    )
  const { appeal_ids } = await appeal('li.guoqiang', exits)
  expect(await code(appeal('zhong.wei', exits))).toBe('already_done')
  expect(await code(appeal('zhong.wei', '360781-9999999'))).toBe('not_found')
  expect(await code(decide())).toBe('evaluate_appeal_open')
  const settled = await unwrap(
    (await evaluator()).api.evaluate.evaluations[':evaluation_id'].appeals[':appeal_id'].$post({
      param: { evaluation_id, appeal_id: appeal_ids[0] ?? '' },
      json: { state: 'upheld', reason: '鉴定书属实' },
    }),
  )
  expect(settled).toEqual({ state: 'upheld', overall: 'failed' })
  const both = (await show('zhong.wei', evaluation_id)).estimates.filter((each) => each.measure === 'wrong_exit')
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
    county.api.exit.areas.check.$get({ query: { area_code: world.county_code, year: '2015' } }),
  )
  expect(figures).toMatchObject({
    level: 'county',
    all_met: false,
    checks: { figures: { incidence_percent: 40, wrong_exit_percent: 0, recognition_percent: 100 } },
  })
  expect(refused).not.toBe('')
})

/** Through every step of the exit, to the county's mark. */
async function exit(household_id: string): Promise<void> {
  const village = world.village_codes[0] ?? ''
  const committee = await world.as(`committee.${village.slice(9)}`)
  const county = await world.as('chen.lihua')
  const { cases } = await unwrap(county.api.exit.households[':household_id'].$get({ param: { household_id } }))
  const exit_id = cases[0]?.exit_id ?? ''
  world.at('2016-01-20T08:00:00.000Z')
  const steps = [
    [committee, 'appraised', { present: 30, entitled: 40, for: 25, against: 0 }],
    [await world.as('li.guoqiang'), 'verified', { visited_on: '2016-01-05', note: '入户' }],
    [committee, 'consented', { by: '户主', signed: true }],
    [committee, 'noticed', {}],
    [county, 'exited', {}],
  ] as const
  for (const [client, kind, detail] of steps) {
    const happened_on = kind === 'exited' ? '2016-01-15' : '2016-01-05'
    const taken = await unwrap(
      client.api.exit.steps.$post({ json: { kind, happened_on, cases: [{ exit_id, detail }] } }),
    )
    if (taken.done !== 1) throw new Error(`${kind}: ${JSON.stringify(taken.refused)}`)
  }
}
