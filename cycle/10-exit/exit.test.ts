import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { someHelped, poor } from '#test/steps/exiting.ts'
import { CallFailed, openWorld, staged, unwrap, type World } from '#test/world.ts'

let world: World
let households: string[]
/** Households helped as planned, poor no more: made once for all tests of a group (1.5 s). */
function begin(how_many: 1 | 2) {
  const open = staged((world) => someHelped(world, how_many === 1 ? [{}] : [{}, {}]))
  beforeEach(async () => ({ world, given: households } = await open()))
}
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const village = () => world.village_codes[0] ?? ''
const committee = () => world.as(`committee.${village().slice(9)}`)
const township = () => world.as('li.guoqiang')
type Client = Awaited<ReturnType<typeof committee>>
type Kind = Parameters<Client['api']['exit']['steps']['$post']>[0]['json']['kind']

const code = async (call: Promise<unknown>) => {
  const failed = await call.then(
    () => null,
    (error: unknown) => error,
  )
  return failed instanceof CallFailed ? failed.problem.code : failed
}

interface CheckResult {
  checked: number
  all_met: number
  not_met: number
  unknown: number
  opened: number
  already_open: number
  by_criterion: Record<string, { unmet: number; unknown: number }>
}

const check = async () => {
  const county = await world.as('zhong.wei')
  const job = await unwrap(county.api.exit.check.$post({ json: { area_code: world.county_code, year: 2016 } }))
  return job.result as unknown as CheckResult
}

const step = async (client: Client, kind: Kind, happened_on: string, exit_ids: string[], detail = {}) =>
  await unwrap(
    client.api.exit.steps.$post({
      json: { kind, happened_on, cases: exit_ids.map((exit_id) => ({ exit_id, detail })) },
    }),
  )

const storyOf = async (household_id: string) => {
  const client = await world.as('he.zhiyuan')
  return await unwrap(client.api.exit.households[':household_id'].$get({ param: { household_id } }))
}

/** Open cases of the households given, by household. */
const casesOf = async () => {
  const client = await world.as('zhong.wei')
  const { items } = await unwrap(client.api.exit.cases.$get({ query: { area_code: world.county_code, limit: '2000' } }))
  return new Map(items.map((each) => [each.household_id, each.exit_id]))
}

const meeting = { present: 30, entitled: 40, for: 25, against: 3 }

/** From the check to the notice posted on 2016-01-08, each step by the person whose it is. */
async function toNotice(exit_ids: string[]): Promise<void> {
  world.at('2016-01-05T08:00:00.000Z')
  expect(await step(await committee(), 'appraised', '2016-01-05', exit_ids, meeting)).toEqual({
    done: exit_ids.length,
    refused: [],
  })
  world.at('2016-01-08T08:00:00.000Z')
  await step(await township(), 'verified', '2016-01-06', exit_ids, { visited_on: '2016-01-06', note: '入户核实无误' })
  await step(await committee(), 'consented', '2016-01-07', exit_ids, { by: '户主', signed: true })
  expect(await step(await committee(), 'noticed', '2016-01-08', exit_ids, { place: '公告栏' })).toMatchObject({
    refused: [],
  })
}

describe('of one household', () => {
  begin(1)

  test('the whole way, each step by another person; every step is on record', async () => {
    const [household_id = ''] = households
    await check()
    const exit_id = (await casesOf()).get(household_id) ?? ''
    await toNotice([exit_id])

    const county = await world.as('chen.lihua')
    world.at('2016-01-14T08:00:00.000Z')
    expect(await step(county, 'exited', '2016-01-14', [exit_id])).toEqual({
      done: 0,
      refused: [{ exit_id, code: 'exit_notice_running' }],
    })
    world.at('2016-01-15T08:00:00.000Z')
    expect(await step(county, 'exited', '2016-01-15', [exit_id])).toEqual({ done: 1, refused: [] })
    const [only] = (await storyOf(household_id)).cases
    expect(only).toMatchObject({ state: 'exited', exited_on: '2016-01-15', consent: true, notice_to: '2016-01-15' })
    expect(only?.steps.map((each) => each.kind)).toEqual([
      'checked',
      'appraised',
      'verified',
      'consented',
      'noticed',
      'exited',
    ])
    const events = await world.registry.app
      .selectFrom('audit_event')
      .select('action')
      .where('county_code', '=', world.county_code)
      .where('subject_id', '=', exit_id)
      .orderBy('sequence')
      .execute()
    expect(events.map((event) => event.action)).toEqual([
      'exit.appraise',
      'exit.verify',
      'exit.consent',
      'exit.notice',
      'exit.approve',
    ])
    expect(await check()).toMatchObject({ checked: 0 })
  })

  describe('a step is refused', () => {
    test('out of order, ahead of the day, before the last one, by the wrong role, or when it says too little', async () => {
      const [household_id = ''] = households
      await check()
      const exit_id = (await casesOf()).get(household_id) ?? ''
      world.at('2016-01-05T08:00:00.000Z')
      const one = async (client: Client, kind: Kind, happened_on: string, detail = {}) =>
        (await step(client, kind, happened_on, [exit_id], detail)).refused.map((each) => each.code)
      expect(await one(await township(), 'verified', '2016-01-05')).toEqual(['wrong_state'])
      expect(await code(one(await committee(), 'appraised', '2016-01-06', meeting))).toBe('day_in_future')
      expect(await code(one(await township(), 'appraised', '2016-01-05', meeting))).toBe('not_permitted')
      expect(await one(await committee(), 'appraised', '2016-01-05', { present: 30 })).toEqual(['exit_detail_missing'])
      expect(await one(await committee(), 'appraised', '2016-01-05', { ...meeting, present: 26 })).toEqual([
        'appraise_votes_exceed',
      ])
      expect(await one(await committee(), 'appraised', '2016-01-05', { ...meeting, present: 26, for: 20 })).toEqual([
        'appraise_no_quorum',
      ])
      const other = await world.as(`committee.${world.village_codes[1]?.slice(9)}`)
      expect(await one(other, 'appraised', '2016-01-05', meeting)).toEqual(['not_found'])
      expect(await one(await committee(), 'appraised', '2016-01-05', meeting)).toEqual([])
      const visit = { visited_on: '2016-01-04', note: '入户' }
      expect(await one(await township(), 'verified', '2016-01-04', visit)).toEqual(['day_before_step'])
    })

    test('from whoever surveyed or verified: another person must take it', async () => {
      const [household_id = ''] = households
      await check()
      const exit_id = (await casesOf()).get(household_id) ?? ''
      const account = (login: string) =>
        world.registry.app
          .selectFrom('account')
          .select('account_id')
          .where('login', '=', login)
          .executeTakeFirstOrThrow()
      const give = async (login: string, role: string, area_code: string) =>
        await world.registry.app
          .insertInto('account_role')
          .values({ account_id: (await account(login)).account_id, role, area_code, granted_by: null })
          .execute()
      const surveyor = `surveyor.${village().slice(9)}.1`
      await give(surveyor, 'township_officer', '360781107')
      await give('liu.xiaomei', 'county_officer', '360781')
      world.at('2016-01-20T08:00:00.000Z')
      await step(await committee(), 'appraised', '2016-01-05', [exit_id], meeting)
      const visit = { visited_on: '2016-01-06', note: '入户' }
      const asOfficer = await world.as(surveyor, { role: 'township_officer', area_code: '360781107' })
      expect((await step(asOfficer, 'verified', '2016-01-06', [exit_id], visit)).refused).toEqual([
        { exit_id, code: 'same_person' },
      ])
      await step(
        await world.as('liu.xiaomei', { role: 'township_officer', area_code: '360781107' }),
        'verified',
        '2016-01-06',
        [exit_id],
        visit,
      )
      await step(await committee(), 'consented', '2016-01-07', [exit_id], { by: '户主', signed: true })
      await step(await committee(), 'noticed', '2016-01-08', [exit_id])
      world.at('2016-01-28T08:00:00.000Z')
      const verifier = await world.as('liu.xiaomei', { role: 'county_officer', area_code: '360781' })
      expect((await step(verifier, 'exited', '2016-01-28', [exit_id])).refused).toEqual([
        { exit_id, code: 'same_person' },
      ])
      expect(await step(await world.as('chen.lihua'), 'exited', '2016-01-28', [exit_id])).toMatchObject({ done: 1 })
    })
  })

  test('what has grown worse since the check is noticed at the last step', async () => {
    const [household_id = ''] = households
    await check()
    const exit_id = (await casesOf()).get(household_id) ?? ''
    await toNotice([exit_id])
    world.at('2016-01-16T08:00:00.000Z')
    await unwrap(
      (await committee()).api.monitor.changes.$post({
        json: {
          changes: [{ household_id, kind: 'death', happened_on: '2016-01-12', detail: '户主去世', source: '邻居' }],
        },
      }),
    )
    expect(await step(await world.as('chen.lihua'), 'exited', '2016-01-16', [exit_id])).toEqual({
      done: 0,
      refused: [{ exit_id, code: 'exit_criteria_not_met', detail: 'no_high_alert' }],
    })
  })

  test('a village leaves when few poor people are left: proposed by the township, hung out, decided by the county', async () => {
    const [household_id = ''] = households
    const proposal = { area_code: village(), year: 2016 }
    const propose = async (login = 'li.guoqiang') =>
      await unwrap((await world.as(login)).api.exit.areas.$post({ json: proposal }))
    expect(await code(propose())).toBe('exit_criteria_not_met')
    await check()
    const exit_id = (await casesOf()).get(household_id) ?? ''
    await toNotice([exit_id])
    world.at('2016-01-20T08:00:00.000Z')
    await step(await world.as('chen.lihua'), 'exited', '2016-01-20', [exit_id])

    const made = await propose()
    expect(made).toMatchObject({ level: 'village', state: 'proposed', decide_from: '2016-01-27' })
    expect(made.checks.figures).toMatchObject({ people: 1, registered_people: 0, incidence_percent: 0 })
    expect(await code(propose())).toBe('already_done')
    const decide = async (login: string, state: 'approved' | 'refused' = 'approved') =>
      await unwrap(
        (await world.as(login)).api.exit.areas[':area_exit_id'].$post({
          param: { area_exit_id: made.area_exit_id },
          json: { state, reason: '达到标准' },
        }),
      )
    expect(await code(decide('li.guoqiang'))).toBe('not_permitted')
    expect(await code(decide('hu.min'))).toBe('not_permitted')
    expect(await code(decide('zhong.wei'))).toBe('exit_notice_running')
    world.at('2016-01-27T08:00:00.000Z')
    expect(await decide('zhong.wei')).toEqual({ area_exit_id: made.area_exit_id, state: 'approved' })
    expect(await code(decide('zhong.wei'))).toBe('already_done')
    const { items } = await unwrap(
      (await world.as('hu.min')).api.exit.areas.$get({ query: { area_code: world.county_code } }),
    )
    expect(items.map((each) => [each.area_code, each.state])).toEqual([[village(), 'approved']])
  })
})

describe('of two households', () => {
  begin(2)

  test('without help delivered, or with a grave alert open, nobody is sent off the list', async () => {
    const [helped = '', alerted = ''] = households
    const given = await world.registry.app
      .selectFrom('delivery')
      .select('delivery_id')
      .where('county_code', '=', world.county_code)
      .where('household_id', '=', helped)
      .execute()
    expect(given.length).toBeGreaterThan(0)
    for (const { delivery_id } of given) {
      await unwrap(
        (await world.as('li.guoqiang')).api.deliver.deliveries[':delivery_id'].reverse.$post({
          param: { delivery_id },
          json: { reason: '登记有误' },
        }),
      )
    }
    await unwrap(
      (await committee()).api.monitor.changes.$post({
        json: {
          changes: [
            { household_id: alerted, kind: 'death', happened_on: '2015-12-01', detail: '户主去世', source: '邻居' },
          ],
        },
      }),
    )
    const result = await check()
    expect(result).toMatchObject({ all_met: 0, not_met: 2 })
    expect(result.by_criterion).toMatchObject({
      plan_delivered: { unmet: 1, unknown: 0 },
      no_high_alert: { unmet: 1, unknown: 0 },
    })
  })

  test('a household that does not agree stays, with its reason; a meeting that votes no stops the case', async () => {
    const [refuses = '', outvoted = ''] = households
    await check()
    const cases = await casesOf()
    const first = cases.get(refuses) ?? ''
    const second = cases.get(outvoted) ?? ''
    world.at('2016-01-10T08:00:00.000Z')
    await step(await committee(), 'appraised', '2016-01-05', [first], meeting)
    await step(await committee(), 'appraised', '2016-01-05', [second], { ...meeting, for: 15, against: 15 })
    await step(await township(), 'verified', '2016-01-06', [first], { visited_on: '2016-01-06', note: '入户' })
    await step(await committee(), 'refused', '2016-01-07', [first], { by: '户主', reason: '儿子下岗了' })
    expect((await storyOf(refuses)).cases[0]).toMatchObject({
      state: 'stopped',
      consent: false,
      stopped_reason: '儿子下岗了',
    })
    expect((await storyOf(outvoted)).cases[0]).toMatchObject({ state: 'stopped', stopped_reason: 'vote_failed' })
    expect(await check()).toMatchObject({ all_met: 2, opened: 2 })
  })

  test('an objection holds the exit up until somebody else has answered it; an upheld one ends it', async () => {
    const [dismissed = '', upheld = ''] = households
    await check()
    const cases = await casesOf()
    const ids = [cases.get(dismissed) ?? '', cases.get(upheld) ?? '']
    const [first = '', second = ''] = ids
    await toNotice(ids)
    world.at('2016-01-15T08:00:00.000Z')
    await step(await committee(), 'objected', '2016-01-10', ids, { statement: '这户还没有稳定收入' })
    const county = await world.as('chen.lihua')
    expect((await step(county, 'exited', '2016-01-15', ids)).refused.map((each) => each.code)).toEqual([
      'exit_objection_open',
      'exit_objection_open',
    ])
    const answer = { upheld: false, resolution: '核对工资流水' }
    expect(await step(await township(), 'answered', '2016-01-12', [first], answer)).toMatchObject({ done: 1 })
    expect(await step(await township(), 'answered', '2016-01-12', [second], { ...answer, upheld: true })).toMatchObject(
      {
        done: 1,
      },
    )
    expect(await step(await township(), 'answered', '2016-01-12', [first], answer)).toMatchObject({
      refused: [{ code: 'exit_no_such_objection' }],
    })
    expect((await step(county, 'exited', '2016-01-15', ids)).refused).toEqual([
      { exit_id: second, code: 'wrong_state' },
    ])
    expect((await storyOf(dismissed)).cases[0]).toMatchObject({ state: 'exited' })
    expect((await storyOf(upheld)).cases[0]).toMatchObject({ state: 'stopped', stopped_reason: '核对工资流水' })
  })
})

describe('of others, or of none', () => {
  beforeEach(async () => {
    world = await openWorld()
  })

  test('who meets everything gets a case; of the others it is told what they lack; twice opens nothing twice', async () => {
    const [good = '', stays = '', doubtful = ''] = await someHelped(world, [{}, poor, { water_safe: null }])
    const result = await check()
    expect(result).toMatchObject({ checked: 3, all_met: 1, not_met: 1, unknown: 1, opened: 1, already_open: 0 })
    expect(result.by_criterion['income']).toEqual({ unmet: 1, unknown: 0 })
    expect(result.by_criterion['water']).toEqual({ unmet: 0, unknown: 1 })
    // The stops are in force from 2018 on: nobody of 2016 is kept by one.
    expect(result.by_criterion['unsafe_water']).toBeUndefined()
    expect(await check()).toMatchObject({ all_met: 1, opened: 0, already_open: 1 })

    const [only, ...others] = (await storyOf(good)).cases
    expect(others).toEqual([])
    expect(only).toMatchObject({ state: 'checked', year: 2016, checks: { reference_date: '2016-12-31' } })
    expect(only?.checks.criteria.every((each) => each.state === true)).toBe(true)
    expect(only?.checks.support.map((each) => [each.code, each.state])).toEqual([
      ['plan_delivered', true],
      ['no_high_alert', true],
    ])
    expect(only?.steps.map((each) => each.kind)).toEqual(['checked'])

    const client = await township()
    const candidates = async (query: object) =>
      (
        await unwrap(client.api.exit.candidates.$get({ query: { area_code: '360781107', year: '2016', ...query } }))
      ).items.map((each) => each.household_id)
    expect(await candidates({})).toEqual([good, stays, doubtful].sort())
    expect(await candidates({ criterion: 'income' })).toEqual([stays])
    expect(await candidates({ outcome: 'unknown' })).toEqual([doubtful])
    expect(await candidates({ limit: '1' })).toEqual([good, stays, doubtful].sort().slice(0, 1))
  })

  test('before the criteria are in force there is nothing to check', async () => {
    const county = await world.as('zhong.wei')
    const early = unwrap(county.api.exit.check.$post({ json: { area_code: world.county_code, year: 2015 } }))
    expect(await code(early)).toBe('exit_no_criteria')
  })

  test('a county without a closed evaluation has no figures to leave on', async () => {
    const county = await world.as('zhong.wei')
    const call = unwrap(county.api.exit.areas.$post({ json: { area_code: world.county_code, year: 2016 } }))
    expect(await code(call)).toBe('exit_no_evaluation')
    const township_call = unwrap(county.api.exit.areas.$post({ json: { area_code: '360781107', year: 2016 } }))
    expect(await code(township_call)).toBe('request_invalid')
  })
})
