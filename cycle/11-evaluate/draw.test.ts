import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { transactRead } from '#registry/transaction.ts'
import { all, evaluating, seed } from '#test/steps/evaluating.ts'
import { hashOf } from './draw.ts'
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

test('the seed is committed before the draw, and no other is taken', async () => {
  await steps.families(4)
  const evaluation_id = await steps.design({ ...all, never_registered: 2 })
  expect(await code(steps.draw(evaluation_id, 'another seed'))).toBe('evaluate_seed_differs')
  expect(await steps.draw(evaluation_id)).toMatchObject({
    drawn: { exited: 0, registered: 0, never_registered: 2 },
    populations: { never_registered: { households: 4, people: 4 } },
    inspectors: 2,
  })
  expect(await code(steps.draw(evaluation_id))).toBe('already_done')
  expect(await steps.show('sun.yifan', evaluation_id)).toMatchObject({ state: 'drawn', seed: null })
})

test('without a hash the seed is made for the evaluator, who alone has it', async () => {
  await steps.families(1)
  const client = await steps.evaluator()
  const made = await unwrap(
    client.api.evaluate.evaluations.$post({
      json: { area_code: world.county_code, year: 2016, design: { half_width: 0.05 } },
    }),
  )
  expect(hashOf(made.seed ?? '')).toBe(made.seed_sha256)
  const row = await world.registry.app
    .selectFrom('evaluation')
    .selectAll()
    .where('evaluation_id', '=', made.evaluation_id)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(row)).not.toContain(made.seed)
  expect(await steps.draw(made.evaluation_id, made.seed ?? '')).toMatchObject({ drawn: { never_registered: 1 } })
})

test('a limit may be set stricter than the rule, never looser', async () => {
  await steps.families(1)
  expect(await code(steps.design(all, { thresholds: { missed: 0.03 } }))).toBe('evaluate_threshold_looser')
  expect(await code(steps.design(all, { thresholds: { recognition: 0.85 } }))).toBe('evaluate_threshold_looser')
  expect(await code(steps.design(all, { thresholds: { missed: 0 } }))).toBe('evaluate_limit_zero')
  expect(await code(steps.design(all, { confidence: 0.9 }))).toBe('evaluate_confidence_lower')
  expect(await code(steps.design({ ...all, exited: 1 }))).toBe('evaluate_sample_too_small')
  expect(await code(steps.design({ exited: 400, registered: 100 } as typeof all))).toBe('evaluate_sample_too_small')
  // The lines and limits of a kinder year.
  expect(await code(steps.design(all, { reference_date: '2012-12-31' }))).toBe('request_invalid')
  const evaluation_id = await steps.design(all, { thresholds: { missed: 0.01 } })
  expect((await steps.show('sun.yifan', evaluation_id)).design.confidence).toBe(0.95)
  expect((await steps.show('sun.yifan', evaluation_id)).design.thresholds).toEqual({
    incidence: 0.02,
    wrong_exit: 0.02,
    missed: 0.01,
    recognition: 0.9,
  })
})

test('an inspector sees his own households and nothing of why they were drawn', async () => {
  const ids = await steps.families(5)
  const evaluation_id = await steps.design()
  await steps.draw(evaluation_id)
  const first = await steps.unitsFor('zhao.ruixue', evaluation_id)
  const second = await steps.unitsFor('ma.tianyu', evaluation_id)
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
  const tried = await steps.inspect('zhao.ruixue', evaluation_id, [
    { household_id: foreign?.household_id, inspected_on: '2015-12-18', answers: steps.answersOf() },
  ])
  expect(tried).toEqual({ accepted: 0, refused: [{ household_id: foreign?.household_id, code: 'not_found' }] })
})

test('the number on the road is that of the list, in a village too: its county’s evaluation is about it (F8)', async () => {
  await steps.families(3)
  await steps.design()
  const evaluator = await world.as('sun.yifan')
  for (const area_code of [world.county_code, `${world.county_code}107001`]) {
    const { items } = await unwrap(evaluator.api.evaluate.evaluations.$get({ query: { area_code } }))
    const { steps: road } = await unwrap(evaluator.api.road.$get({ query: { area_code } }))
    expect(items).toHaveLength(1)
    expect(road.find((each) => each.step === '11-evaluate')).toMatchObject({ count: 1, href: '/evaluations' })
  }
})

test('before publication no official sees anything of it: not by the routes, not by SQL, not in the audit trail', async () => {
  const ids = await steps.families(3)
  const evaluation_id = await steps.design()
  await steps.draw(evaluation_id)
  await steps.inspectAll(evaluation_id)
  await steps.estimate(evaluation_id)

  expect(await code(steps.show('zhong.wei', evaluation_id))).toBe('not_found')
  expect(await code(steps.unitsFor('zhong.wei', evaluation_id))).toBe('not_found')
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

  await steps.publish(evaluation_id)
  // The answers stay with the evaluators for good.
  expect(await rowsFor('county_officer', ['360781'])).toEqual([1, 3, 0, 18])
  expect(await rowsFor('township_officer', ['360781107'])).toEqual([1, 3, 0, 18])
  expect(await rowsFor('county_officer', ['360782'])).toEqual([0, 0, 0, 0])
  const shown = await steps.show('li.guoqiang', evaluation_id)
  expect(shown).toMatchObject({ state: 'published', seed, seed_sha256: hashOf(seed) })
})

test('anybody can draw again once it is published, and sees that it is the same', async () => {
  await steps.families(6)
  const evaluation_id = await steps.design({ ...all, never_registered: 3 })
  await steps.draw(evaluation_id)
  await steps.inspectAll(evaluation_id)
  expect(await code(steps.publish(evaluation_id))).toBe('evaluate_not_estimated')
  await steps.estimate(evaluation_id)
  await steps.publish(evaluation_id)
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
  const frameFor = async (login: string) => {
    const { api } = await world.as(login)
    return unwrap(api.evaluate.evaluations[':evaluation_id'].frame.$get({ param }))
  }
  const whole = await frameFor('sun.yifan')
  expect([whole.blinded, hashOf(whole.frame)]).toEqual([false, whole.frame_sha256])
  // F50: officials read rows of their own area, under identifiers that lead to no household; inspectors none.
  const [, other = ''] = world.village_codes
  expect((await frameFor(`committee.${other.slice(9)}`)).frame).toBe('')
  expect(await code(frameFor('zhao.ruixue'))).toBe('not_permitted')
  const county = await frameFor('chen.lihua')
  expect(county.blinded).toBe(true)
  expect(county.frame.split('\n')).toHaveLength(whole.frame.split('\n').length)
  expect(county.frame).not.toContain('360781-')
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
  const [household_id = ''] = await steps.families(1)
  const evaluation_id = await steps.design()
  await steps.draw(evaluation_id)
  const login = (await steps.unitsFor('zhao.ruixue', evaluation_id)).items.length > 0 ? 'zhao.ruixue' : 'ma.tianyu'
  const one = async (answers: object, inspected_on = '2015-12-20') =>
    (await steps.inspect(login, evaluation_id, [{ household_id, inspected_on, answers }])).refused
  const ahead = await one(steps.answersOf(), '2015-12-25')
  // Nobody can have been there before the draw.
  expect(await one(steps.answersOf(), '2015-12-19')).toMatchObject([{ code: 'day_before_step' }])
  expect(ahead).toEqual([{ household_id, code: 'day_in_future', detail: '2015-12-25' }])
  const faulty = await one({ ...steps.answersOf(), house_grade: 'E', wage_income: '12', verdict: 'poor' })
  expect(faulty).toEqual([{ household_id, code: 'request_invalid', detail: 'wage_income, house_grade, verdict' }])
  expect(await one({})).toEqual([{ household_id, code: 'request_invalid', detail: 'members' }])
  expect(await code(steps.estimate(evaluation_id))).toBe('evaluate_units_open')
  expect(await one(steps.answersOf({ house_grade: 'D', recognises_help: false }))).toEqual([])
  expect(await one(steps.answersOf())).toEqual([{ household_id, code: 'already_done' }])
  const unit = (await steps.unitsFor('sun.yifan', evaluation_id)).items[0]
  expect(unit).toMatchObject({ found_poor: true, found_criteria: ['housing'], stratum: 'never_registered' })
})

test('who holds an office in, below or above the county neither evaluates nor inspects', async () => {
  await steps.families(2)
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
  const evaluation_id = await steps.design()
  const client = await world.as('zhao.ruixue', { role: 'inspector', area_code: '360781' })
  const conflicted = await world.as('sun.yifan', { role: 'evaluator', area_code: '360781' })
  await give('zhao.ruixue', 'village_committee', world.village_codes[3] ?? '')
  expect(await steps.draw(evaluation_id)).toMatchObject({ inspectors: 1 })
  const call = unwrap(
    client.api.evaluate.evaluations[':evaluation_id'].inspections.$post({
      param: { evaluation_id },
      json: { inspections: [{ household_id: '360781-0000001', inspected_on: '2015-12-18', nonresponse: 'absent' }] },
    }),
  )
  // F53: such roles are kept apart before the evaluation is looked at.
  expect(await code(call)).toBe('roles_apart')
  await give('sun.yifan', 'province_analyst', '36')
  const json = { area_code: world.county_code, year: 2016, design: { half_width: 0.05 } }
  expect(await code(unwrap(conflicted.api.evaluate.evaluations.$post({ json })))).toBe('roles_apart')
})
