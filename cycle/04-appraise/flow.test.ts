import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appraisals, codeOf, openAll, poor } from '#test/steps/appraisals.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, staged, unwrap, type World } from '#test/world.ts'

let world: World
let steps: ReturnType<typeof appraisals>

let ids: string[]
const now = '2014-06-20T02:00:00.000Z'
/** Every test of a group begins with so many households opened: opened once, in half a second. */
function begin(count: 1 | 2) {
  const open = staged((world) => appraisals(world).opened(count), now)
  beforeEach(async () => {
    ;({ world, given: ids } = await open())
    steps = appraisals(world)
  })
}
function beginAnew() {
  beforeEach(async () => {
    world = await openWorld(now)
    steps = appraisals(world)
  })
}
afterEach(async () => {
  await world.rollback()
})
afterAll(async () => {
  await world.close()
})

describe('from the application to the approval, of two households', () => {
  begin(2)

  test('each step by its office, and the board counts them', async () => {
    const [one = '', two = ''] = ids
    expect(await steps.stateOf(one)).toBe('applied')
    expect(await steps.meet([one, two])).toMatchObject({ passed: 2, failed: 0 })
    expect(await steps.review(await steps.committee(), 'village', [one, two])).toEqual({
      approved: 2,
      returned: 0,
      rejected: 0,
    })
    world.at('2014-06-22T02:00:00.000Z')
    const first = await steps.post(await steps.committee(), 'first_notice', '2014-06-22')
    expect(first).toMatchObject({ households: 2, closes_on: '2014-06-29' })
    const client = await steps.township()
    const board = await unwrap(client.api.appraise.board.$get({ query: { area_code: steps.village() } }))
    expect(board.waiting).toBe(0)
    expect(board.columns.find((column) => column.state === 'first_notice')?.count).toBe(2)
    expect(board.notices[0]).toMatchObject({ days: 7, days_left: 7, households: 2, closed_at: null })
    const card = board.columns.flatMap((column) => column.cards).find((each) => each.household_id === one)
    expect(card).toMatchObject({ votes: { for: 25, against: 3, abstain: 0 }, village_reviewed: true })
    expect(card?.unmet.length).toBeGreaterThan(0)
    const hanging = await unwrap(
      client.api.appraise.notices[':notice_id'].$get({
        param: { notice_id: first.notice_id },
        query: { area_code: steps.village() },
      }),
    )
    expect(hanging).toMatchObject({ stage: 'first_notice', days: 7, closes_on: '2014-06-29', today: '2014-06-22' })
    expect(hanging.households.map((each) => each.household_id)).toEqual([one, two].sort())
    expect(Object.keys(hanging.households[0] ?? {})).toEqual([
      'household_id',
      'head_name',
      'household_size',
      'area_code',
      'area_name',
    ])
    world.at('2014-06-29T02:00:00.000Z')
    expect(await steps.close(await steps.committee(), first.notice_id, '2014-06-29')).toEqual({
      passed: 2,
      rejected: 0,
    })
    await steps.review(client, 'township', [one, two])
    world.at('2014-07-01T02:00:00.000Z')
    const second = await steps.post(client, 'second_notice', '2014-07-01')
    world.at('2014-07-08T02:00:00.000Z')
    await steps.close(client, second.notice_id, '2014-07-08')
    expect(await steps.stateOf(two)).toBe('county_review')
    await steps.review(await steps.county(), 'county', [one, two])
    expect(await steps.stateOf(one)).toBe('approved')
    const announced = await steps.post(await steps.county(), 'announcement', '2014-07-08', [one, two])
    expect(announced).toMatchObject({ households: 2, closes_on: '2014-07-08' })
    expect(await steps.stateOf(one)).toBe('approved')
    const again = steps.post(await steps.county(), 'announcement', '2014-07-08', [one])
    expect(await codeOf(again)).toBe('already_done')
    expect(await steps.close(await steps.county(), announced.notice_id, '2014-07-08')).toEqual({
      passed: 2,
      rejected: 0,
    })
  })
})

describe('from the application to the approval', () => {
  beginAnew()

  test('a household that a person confirmed as poor may be opened; one that waits for it may not', async () => {
    const [doubtful = ''] = await someHouseholds(world, [{ ...poor, owns_town_house: true }])
    await steps.assess()
    const client = await steps.committee()
    const json = { area_code: steps.village(), household_ids: [doubtful] }
    const open = () => unwrap(client.api.appraise.open.$post({ json }))
    expect(await open()).toEqual({ opened: 0, household_ids: [] })
    const officer = await steps.township()
    const { items } = await unwrap(officer.api.assess.verifications.$get({ query: { area_code: steps.village() } }))
    const verification_id = items.find((each) => each.household_id === doubtful)?.verification_id ?? ''
    const decisions = [{ verification_id, decision: 'confirmed_poor' as const, note: '房屋是借住的。' }]
    await unwrap(officer.api.assess.verifications.$post({ json: { decisions } }))
    expect(await open()).toEqual({ opened: 1, household_ids: [doubtful] })
    expect(await open()).toEqual({ opened: 0, household_ids: [] })
  })
})

describe('the meeting, of one household', () => {
  begin(1)

  test('too few present decide nothing', async () => {
    expect(await codeOf(steps.meet(ids, { present: 26 }))).toBe('appraise_no_quorum')
    expect(await codeOf(steps.meet(ids, { present: 41 }))).toBe('appraise_count_wrong')
    expect(await steps.stateOf(ids[0] ?? '')).toBe('applied')
  })

  test('more votes than people, a day to come and a household twice are refused', async () => {
    expect(await codeOf(steps.meet(ids, {}, 28, 3))).toBe('appraise_votes_exceed')
    expect(await codeOf(steps.meet(ids, { held_on: '2014-06-21' }))).toBe('day_in_future')
    // The case was opened on the 20th.
    expect(await codeOf(steps.meet(ids, { held_on: '2014-06-19' }))).toBe('day_before_step')
    expect(await codeOf(steps.meet([...ids, ...ids]))).toBe('request_invalid')
  })
})

describe('the meeting, of two households', () => {
  begin(2)

  test('half of those present is not more than half: rejected, with the votes on record', async () => {
    const [one = '', two = ''] = ids
    expect(await steps.meet([one], {}, 15, 15)).toMatchObject({ passed: 0, failed: 1 })
    expect(await steps.stateOf(one)).toBe('rejected')
    expect(await steps.stateOf(two)).toBe('applied')
    expect(await codeOf(steps.meet([one]))).toBe('wrong_state')
    const client = await steps.county()
    const story = await unwrap(client.api.appraise.households[':household_id'].$get({ param: { household_id: one } }))
    expect(story.votes[0]).toMatchObject({ votes_for: 15, votes_against: 15, passed: false, present: 30 })
  })
})

describe('the meeting', () => {
  beginAnew()

  test('another village is outside, and its households are not there', async () => {
    const other = world.village_codes[1] ?? ''
    const [theirs = ''] = await someHouseholds(world, [{ ...poor, area_code: `${other}001` }])
    await steps.assess()
    const client = await steps.committee()
    expect(
      await codeOf(unwrap(client.api.appraise.open.$post({ json: { area_code: other, household_ids: [theirs] } }))),
    ).toBe('outside_area')
    expect(await codeOf(steps.meet([theirs], { area_code: other }))).toBe('outside_area')
    const neighbour = await world.as(`committee.${other.slice(9)}`)
    await unwrap(neighbour.api.appraise.open.$post({ json: { area_code: other, household_ids: [theirs] } }))
    expect(await codeOf(steps.meet([theirs]))).toBe('wrong_state')
    const story = client.api.appraise.households[':household_id'].$get({ param: { household_id: theirs } })
    expect(await codeOf(unwrap(story))).toBe('not_found')
    expect(await codeOf(unwrap(client.api.appraise.board.$get({ query: { area_code: other } })))).toBe('outside_area')
  })
})

describe('reviews, of one household', () => {
  begin(1)

  test('each at its step, each by its office, each by another person', async () => {
    expect(await codeOf(steps.review(await steps.committee(), 'village', ids))).toBe('wrong_state')
    await steps.meet(ids)
    expect(await codeOf(steps.review(await steps.township(), 'village', ids))).toBe('not_permitted')
    expect(await codeOf(steps.review(await steps.township(), 'township', ids))).toBe('wrong_state')
    await steps.review(await steps.committee(), 'village', ids)
    expect(await codeOf(steps.review(await steps.committee(), 'village', ids))).toBe('same_person')
    world.at('2014-06-22T02:00:00.000Z')
    const { notice_id } = await steps.post(await steps.committee(), 'first_notice', '2014-06-22')
    world.at('2014-06-29T02:00:00.000Z')
    await steps.close(await steps.committee(), notice_id, '2014-06-29')
    await steps.review(await steps.township(), 'township', ids)
    expect(await codeOf(steps.review(await steps.township(), 'township', ids))).toBe('same_person')
    expect(await codeOf(steps.review(await world.as('liu.xiaomei'), 'township', ids))).toBe('already_done')
  })

  test('one person in two offices reviews once', async () => {
    await steps.toTownship(ids)
    const { account_id } = await steps.account('chen.lihua')
    await steps.giveRole(account_id, 'township_officer', steps.village().slice(0, 9))
    const both = await world.as('chen.lihua', { role: 'township_officer', area_code: steps.village().slice(0, 9) })
    await steps.review(both, 'township', ids)
    world.at('2014-07-01T02:00:00.000Z')
    const { notice_id } = await steps.post(await steps.township(), 'second_notice', '2014-07-01')
    world.at('2014-07-08T02:00:00.000Z')
    await steps.close(await steps.township(), notice_id, '2014-07-08')
    expect(await codeOf(steps.review(await steps.county(), 'county', ids))).toBe('same_person')
    expect(await codeOf(steps.review(await world.as('zhong.wei'), 'county', ids))).toBe('passed')
  })

  test('who surveyed may not review', async () => {
    await steps.meet(ids)
    const { account_id } = await steps.account(`surveyor.${steps.village().slice(9)}.1`)
    await steps.giveRole(account_id, 'village_committee', steps.village())
    const surveyor = await world.as(`surveyor.${steps.village().slice(9)}.1`, {
      role: 'village_committee',
      area_code: steps.village(),
    })
    expect(await codeOf(steps.review(surveyor, 'village', ids))).toBe('same_person')
  })

  test('two decisions on one household are refused', async () => {
    const [one = ''] = ids
    await steps.meet([one])
    expect(await codeOf(steps.review(await steps.committee(), 'village', [one, one]))).toBe('request_invalid')
  })

  test('what the township returns is verified anew before it may hang again', async () => {
    await steps.toTownship(ids)
    await steps.review(await steps.township(), 'township', ids, 'returned')
    expect(await steps.stateOf(ids[0] ?? '')).toBe('appraised')
    expect(await codeOf(steps.post(await steps.committee(), 'first_notice', '2014-06-29', ids))).toBe(
      'appraise_not_reviewed',
    )
    world.at('2014-06-30T02:00:00.000Z')
    expect(await steps.review(await steps.committee(), 'village', ids)).toMatchObject({ approved: 1 })
    expect(await steps.post(await steps.committee(), 'first_notice', '2014-06-30')).toMatchObject({ households: 1 })
  })

  test('what the county returns needs the township and a second notice anew', async () => {
    await steps.toCounty(ids)
    await steps.review(await steps.county(), 'county', ids, 'returned')
    expect(await steps.stateOf(ids[0] ?? '')).toBe('township_review')
    expect(await codeOf(steps.post(await steps.township(), 'second_notice', '2014-07-08', ids))).toBe(
      'appraise_not_reviewed',
    )
    await steps.review(await steps.township(), 'township', ids, 'rejected')
    expect(await steps.stateOf(ids[0] ?? '')).toBe('rejected')
  })
})

describe('notices, of one household', () => {
  begin(1)

  test('a notice whose days run cannot be closed, not even with a date to come', async () => {
    const notice_id = await steps.toFirstNotice(ids)
    world.at('2014-06-28T02:00:00.000Z')
    const clerk = await steps.committee()
    expect(await codeOf(steps.close(clerk, notice_id, '2014-06-28'))).toBe('appraise_notice_running')
    expect(await codeOf(steps.close(clerk, notice_id, '2014-06-29'))).toBe('day_in_future')
    // Half past midnight of the 29th in Shanghai.
    world.at('2014-06-28T16:30:00.000Z')
    expect(await steps.close(clerk, notice_id, '2014-06-29')).toEqual({ passed: 1, rejected: 0 })
    expect(await codeOf(steps.close(clerk, notice_id, '2014-06-29'))).toBe('already_done')
  })

  test('an objection needs no name, and a dismissed one lets the household on', async () => {
    const [one = ''] = ids
    const notice_id = await steps.toFirstNotice([one])
    world.at('2014-06-23T02:00:00.000Z')
    const { objection_id } = await steps.object(one, notice_id, { made_by: ' ' })
    const client = await steps.township()
    const board = await unwrap(client.api.appraise.board.$get({ query: { area_code: steps.village() } }))
    expect(board.objections[0]).toMatchObject({ made_by: null, state: 'open', answer_by: '2014-06-28' })
    await steps.resolve(objection_id, 'dismissed')
    world.at('2014-06-29T02:00:00.000Z')
    expect(await steps.close(await steps.committee(), notice_id, '2014-06-29')).toEqual({ passed: 1, rejected: 0 })
  })
})

describe('notices, of two households', () => {
  begin(2)

  test('hang only what was reviewed, by the office whose notice it is, on a day that fits', async () => {
    const [one = '', two = ''] = ids
    await steps.meet([one, two])
    const clerk = await steps.committee()
    expect(await codeOf(steps.post(clerk, 'first_notice', '2014-06-20', [one]))).toBe('appraise_not_reviewed')
    await steps.review(clerk, 'village', [one])
    expect(await codeOf(steps.post(clerk, 'first_notice', '2014-06-20', [one, two]))).toBe('appraise_not_reviewed')
    expect(await codeOf(steps.post(await steps.township(), 'first_notice', '2014-06-20', [one]))).toBe('not_permitted')
    expect(await codeOf(steps.post(clerk, 'second_notice', '2014-06-20', [one]))).toBe('not_permitted')
    expect(await codeOf(steps.post(clerk, 'first_notice', '2014-06-20', [])), 'nobody named').toBe('request_invalid')
    expect(await codeOf(steps.post(clerk, 'first_notice', '2014-06-21'))).toBe('day_in_future')
    expect(await codeOf(steps.post(clerk, 'first_notice', '2014-06-19'))).toBe('day_before_step')
    expect(await steps.post(clerk, 'first_notice', '2014-06-20')).toMatchObject({ households: 1 })
    expect(await steps.stateOf(two)).toBe('appraised')
  })

  test('an open objection holds the notice; an upheld one rejects its household alone', async () => {
    const [one = '', two = ''] = ids
    const notice_id = await steps.toFirstNotice([one, two])
    world.at('2014-06-23T02:00:00.000Z')
    const { objection_id } = await steps.object(one, notice_id, { made_by: '杨桂英' })
    world.at('2014-06-29T02:00:00.000Z')
    expect(await codeOf(steps.close(await steps.committee(), notice_id, '2014-06-29'))).toBe('appraise_objection_open')
    expect(await steps.resolve(objection_id, 'upheld')).toEqual({ state: 'upheld' })
    expect(await codeOf(steps.resolve(objection_id, 'dismissed'))).toBe('already_done')
    expect(await steps.close(await steps.committee(), notice_id, '2014-06-29')).toEqual({ passed: 1, rejected: 1 })
    expect([await steps.stateOf(one), await steps.stateOf(two)]).toEqual(['rejected', 'township_review'])
    expect(await codeOf(steps.object(two, notice_id))).toBe('appraise_notice_closed')
  })

  test('an objection names a household on the notice and a day on which it hung, and another settles it', async () => {
    const [one = '', two = ''] = ids
    await steps.meet([one, two])
    await steps.review(await steps.committee(), 'village', [one])
    world.at('2014-06-22T02:00:00.000Z')
    const { notice_id } = await steps.post(await steps.committee(), 'first_notice', '2014-06-22')
    world.at('2014-06-23T02:00:00.000Z')
    expect(await codeOf(steps.object(two, notice_id))).toBe('not_found')
    expect(await codeOf(steps.object(one, notice_id, { made_on: '2014-06-21' }))).toBe('day_before_step')
    expect(await codeOf(steps.object(one, notice_id, { made_on: '2014-06-24' }))).toBe('day_in_future')
    const officer = await steps.township()
    const json = { household_id: one, notice_id, made_on: '2014-06-23', statement: '有车。' }
    const { objection_id } = await unwrap(officer.api.appraise.objections.$post({ json }))
    expect(await codeOf(steps.resolve(objection_id, 'upheld'))).toBe('same_person')
  })
})

describe('after a rejection, of one household', () => {
  begin(1)

  test('a case is opened again only on a new assessment', async () => {
    await steps.meet(ids, {}, 5, 20)
    const client = await steps.committee()
    const json = { area_code: steps.village(), household_ids: ids }
    const open = () => unwrap(client.api.appraise.open.$post({ json }))
    expect(await open()).toMatchObject({ opened: 0 })
    world.at('2015-03-01T02:00:00.000Z')
    await steps.assess('2015-12-31')
    const board = await unwrap(client.api.appraise.board.$get({ query: { area_code: steps.village() } }))
    expect(board.waiting).toBe(1)
    expect(await open()).toEqual({ opened: 1, household_ids: ids })
  })

  test('an approved household comes in again only when it is named, as a return', async () => {
    await steps.toCounty(ids)
    await steps.review(await steps.county(), 'county', ids)
    world.at('2015-03-01T02:00:00.000Z')
    await steps.assess('2015-12-31')
    const client = await steps.committee()
    expect(await openAll(client, steps.village()), 'it is in no list of those to open').toEqual([])
    const json = { area_code: steps.village(), household_ids: ids }
    expect(await unwrap(client.api.appraise.open.$post({ json }))).toMatchObject({ opened: 1 })
    const story = await unwrap(
      client.api.appraise.households[':household_id'].$get({ param: { household_id: ids[0] ?? '' } }),
    )
    expect(story.cases.map((each) => [each.kind, each.state])).toEqual([
      ['return', 'applied'],
      ['entry', 'approved'],
    ])
  })
})

describe('on record', () => {
  beginAnew()

  test('every step leaves its mark in the audit chain', async () => {
    const ids = await steps.opened(1)
    await steps.toCounty(ids)
    await steps.review(await steps.county(), 'county', ids)
    const rows = await world.registry.app
      .selectFrom('audit_event')
      .select('action')
      .where('county_code', '=', world.county_code)
      .where('action', 'like', 'appraise.%')
      .orderBy('sequence')
      .execute()
    expect(rows.map((row) => row.action)).toEqual([
      'appraise.open',
      'appraise.meet',
      'appraise.review_village',
      'appraise.notice',
      'appraise.close_notice',
      'appraise.review_township',
      'appraise.notice',
      'appraise.close_notice',
      'appraise.review_county',
    ])
  })
})
