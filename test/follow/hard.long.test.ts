// Mergers at awkward moments: one that left the list with one that has not, two plans that both gave, an objection or a
// notice under way, both drawn for an inspection.
import { openAll } from '#synthetic/journey/named.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { appraisals, codeOf, poor } from '../steps/appraisals.ts'
import { all, evaluating, exitHousehold } from '../steps/evaluating.ts'
import { family, sendCard, sons_family } from '../steps/families.ts'
import { deregister, helped, objectedTo } from './stage.ts'
import { deciding } from './tables.ts'
import { openWorld, staged, unwrap, type World } from '../world.ts'

let world: World
const two = staged((fresh) => helped(fresh, 2))
/** Two households of one village with the whole road behind them, in the world of this test. */
async function twoHelped(): Promise<string[]> {
  const { world: here, given } = await two()
  world = here
  return given.toSorted()
}
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const committee = () => world.as(`committee.${world.village_codes[0]?.slice(9)}`)
const county = () => world.as('zhong.wei')

/** Where a household stands: on the road, on the register, and in the year's figures. */
async function standOf(household_id: string) {
  const { rows } = await sql<{ status: string }>`select status from household_road
    where household_id = ${household_id}`.execute(world.registry.app)
  const client = await county()
  const { total, items } = await unwrap(
    client.api.register.households.$get({ query: { area_code: world.county_code, status: 'registered' } }),
  )
  const figures = await unwrap(client.api.see.overview.$get({ query: { area_code: world.county_code } }))
  return {
    status: rows[0]?.status,
    registered: items.map((each) => each.household_id).includes(household_id),
    total,
    counts: figures.counts,
    by_year: figures.by_year,
  }
}

async function onlyQuestion(): Promise<string> {
  const { questions } = deciding(world)
  const [question] = await questions('waiting')
  return question?.review_id ?? ''
}

test.each([
  ['the older one left', 0],
  ['the younger one left', 1],
])('a household that left the list and one that has not are on it; both out, they are out: %s', async (_, which) => {
  const ids = await twoHelped()
  const [first = ''] = ids
  const left = ids[which] ?? ''
  const stays = ids[1 - which] ?? ''
  const { accept, part } = deciding(world)
  await exitHousehold(world, left)
  expect([(await standOf(left)).status, (await standOf(stays)).status]).toEqual(['exited', 'exiting'])
  const review_id = await onlyQuestion()
  await accept(review_id)
  expect(await standOf(first)).toMatchObject({ status: 'exiting', registered: true, total: 1 })
  // Its exit goes on where it was, and ends it for both.
  const { cases } = await unwrap(
    (await county()).api.exit.households[':household_id'].$get({ param: { household_id: first } }),
  )
  const open = cases.filter((each) => each.closed_at === null)
  expect(open).toMatchObject([{ household_id: stays, held: false }])
  const run = await unwrap(
    (await county()).api.exit.check.$post({ json: { area_code: world.county_code, year: 2016 } }),
  )
  expect(run.result).toMatchObject({ checked: 1, opened: 0 })
  await exitOpen(open[0]?.exit_id ?? '')
  expect(await standOf(first)).toMatchObject({ status: 'exited' })
  // Parted, each has what was said of it.
  expect(await part(review_id)).toBe('passed')
  expect([(await standOf(left)).status, (await standOf(stays)).status]).toEqual(['exited', 'exited'])
})

/** Through every step of this case. */
async function exitOpen(exit_id: string) {
  const steps = [
    ['committee', 'appraised', { present: 30, entitled: 40, for: 25, against: 0 }],
    ['li.guoqiang', 'verified', { visited_on: '2016-02-05', note: '入户' }],
    ['committee', 'consented', { by: '户主', signed: true }],
    ['committee', 'noticed', {}],
    ['chen.lihua', 'exited', {}],
  ] as const
  for (const [login, kind, detail] of steps) {
    const happened_on = kind === 'exited' ? '2016-02-15' : '2016-02-05'
    world.at(`${happened_on}T08:00:00.000Z`)
    const client = login === 'committee' ? await committee() : await world.as(login)
    expect(
      await unwrap(client.api.exit.steps.$post({ json: { kind, happened_on, cases: [{ exit_id, detail }] } })),
    ).toEqual({ done: 1, refused: [] })
  }
  world.at('2016-02-20T08:00:00.000Z')
}

test('an exit recorded while two were one was both households’; parted, it is that of the household it was written for', async () => {
  const ids = await twoHelped()
  const [first = '', second = ''] = ids
  const { accept, part } = deciding(world)
  const review_id = await onlyQuestion()
  await accept(review_id)
  const { cases } = await unwrap(
    (await county()).api.exit.households[':household_id'].$get({ param: { household_id: first } }),
  )
  await exitOpen(cases.find((each) => !each.held)?.exit_id ?? '')
  const { status, by_year } = await standOf(first)
  expect(status).toBe('exited')
  expect(by_year.find((each) => each.year === 2016)).toMatchObject({ exited: 1 })
  expect(by_year.find((each) => each.year === 2015)).toMatchObject({ helped: 1 })
  await part(review_id)
  expect([(await standOf(first)).status, (await standOf(second)).status]).toEqual(['exited', 'exiting'])
})

test.each([0, 1])(
  'one struck off and one on the register are on it; struck off as one, both are (%i)',
  async (which) => {
    const ids = await twoHelped()
    const [first = '', second = ''] = ids
    await deregister(world, ids[which] ?? '')
    const { accept, part } = deciding(world)
    const review_id = await onlyQuestion()
    world.at('2015-12-21T02:00:00.000Z')
    await accept(review_id)
    expect(await standOf(first)).toMatchObject({ registered: true, total: 1 })
    // As it was known before anybody knew that they are one: its own entries alone.
    const file = async (known_on: string) =>
      (
        await unwrap(
          (await county()).api.register.households[':household_id'].$get({
            param: { household_id: first },
            query: { known_on },
          }),
        )
      ).file?.status
    expect(await file('2015-12-20T23:00:00Z')).toBe(which === 0 ? 'deregistered' : 'registered')
    expect(await file('2015-12-21T23:00:00Z')).toBe('registered')
    world.at('2015-12-22T02:00:00.000Z')
    await unwrap(
      (await county()).api.register.households[':household_id'].deregister.$post({
        param: { household_id: first },
        json: { valid_from: '2015-12-22', reason: '整户外迁' },
      }),
    )
    expect(await standOf(first)).toMatchObject({ registered: false, total: 0, status: 'deregistered' })
    await part(review_id)
    // What was written while they were one is the first one's own.
    expect((await standOf(first)).registered).toBe(false)
    expect((await standOf(second)).registered).toBe(which === 0)
  },
)

test('what either of two plans gave is given: nothing is asked for twice, and no money is lost from the sums', async () => {
  const ids = await twoHelped()
  const [first = ''] = ids
  const client = await county()
  const sums = async () =>
    (await unwrap(client.api.deliver.summary.$get({ query: { area_code: world.county_code, year: '2015' } }))).total
  const due = async () =>
    (await unwrap(client.api.deliver.due.$get({ query: { area_code: world.county_code, year: '2015' } }))).items
  const before = await sums()
  expect(before.given_cost).toBeGreaterThan(0)
  expect(await due()).toEqual([])
  // The first one's own gifts are taken back: only the second one's stand.
  const { deliveries } = await unwrap(
    client.api.deliver.households[':household_id'].$get({ param: { household_id: first } }),
  )
  for (const { delivery_id } of deliveries) {
    await unwrap(
      (await world.as('li.guoqiang')).api.deliver.deliveries[':delivery_id'].reverse.$post({
        param: { delivery_id },
        json: { reason: '记错户' },
      }),
    )
  }
  const given = (await sums()).given_cost
  expect(await due()).toHaveLength(deliveries.length)
  const { accept, part } = deciding(world)
  const review_id = await onlyQuestion()
  await accept(review_id)
  expect(await due()).toEqual([])
  const merged = await sums()
  expect(merged.given_cost + merged.outside_cost).toBe(given)
  expect(merged).toMatchObject({ planned: before.planned / 2, delivered: before.delivered / 2, delivered_share: 1 })
  const told = await unwrap(client.api.deliver.households[':household_id'].$get({ param: { household_id: first } }))
  expect(told.items.map((item) => item.state_of_delivery)).toEqual(told.items.map(() => 'given'))
  expect(told.outside_plan).toEqual([])
  // Help counts for the exit, whichever plan it came by.
  const exits = await unwrap(client.api.exit.check.$post({ json: { area_code: world.county_code, year: 2016 } }))
  expect(exits.result).toMatchObject({ checked: 1, all_met: 1 })
  // A reversal takes money away; it does not add it.
  const { by_year } = await standOf(first)
  expect(by_year.find((each) => each.year === 2015)).toMatchObject({ helped: 1, delivered_cost: given })
  await part(review_id)
  expect(await sums()).toMatchObject({ planned: before.planned, given_cost: given })
  expect(await due()).toHaveLength(deliveries.length)
})

test('a household has one helper: the next one follows whoever was named under either number', async () => {
  const [first = ''] = await twoHelped()
  const { accept } = deciding(world)
  await accept(await onlyQuestion())
  const json = { helpers: [{ household_id: first, name: '周敏', unit: '县教育局', valid_from: '2015-12-20' }] }
  await unwrap((await committee()).api.deliver.helpers.$post({ json }))
  const { helpers } = await unwrap(
    (await county()).api.deliver.households[':household_id'].$get({ param: { household_id: first } }),
  )
  expect(helpers.filter((each) => each.valid_to === null)).toMatchObject([{ name: '周敏' }])
})

test('both were drawn and one has appealed: the sample stays as drawn, the appeal is answered under its name', async () => {
  const ids = await twoHelped()
  const [first = '', second = ''] = ids
  await objectedTo(world, ids)
  const { evaluator, design, draw, unitsFor, inspectAll, estimate, publish, show } = evaluating(world)
  const evaluation_id = await design()
  const { drawn } = await draw(evaluation_id)
  const { accept, part } = deciding(world)
  const review_id = await onlyQuestion()
  // Merged between the draw and the visit: inspectors find both doors on their lists still.
  await accept(review_id)
  const visits = [
    ...(await unitsFor('zhao.ruixue', evaluation_id)).items,
    ...(await unitsFor('ma.tianyu', evaluation_id)).items,
  ]
  expect(visits.map((each) => each.household_id).toSorted()).toEqual([first, second])
  await inspectAll(evaluation_id, { [second]: { house_grade: 'D' } })
  await estimate(evaluation_id)
  await publish(evaluation_id)
  const before = (await show('sun.yifan', evaluation_id)).estimates
  const appeal = async (household_id: string) =>
    await unwrap(
      (await county()).api.evaluate.evaluations[':evaluation_id'].appeals.$post({
        param: { evaluation_id },
        json: { appeals: [{ household_id, statement: '房屋鉴定为B级', evidence: '鉴定书编号 17' }] },
      }),
    )
  const { appeal_ids } = await appeal(second)
  await part(review_id)
  await accept(review_id)
  const settled = await unwrap(
    (await evaluator()).api.evaluate.evaluations[':evaluation_id'].appeals[':appeal_id'].$post({
      param: { evaluation_id, appeal_id: appeal_ids[0] ?? '' },
      json: { state: 'upheld', reason: '鉴定书属实' },
    }),
  )
  expect(settled.state).toBe('upheld')
  expect(Object.values(drawn).reduce((sum, count) => sum + count, 0)).toBe(2)
  const as_found = (await show('sun.yifan', evaluation_id)).estimates.filter((each) => each.basis === 'as_found')
  expect(as_found).toEqual(before.filter((each) => each.basis === 'as_found'))
  // The draw of a later year sees one household.
  const again = await draw(await design(all, {}, 2017))
  expect(Object.values(again.drawn).reduce((sum, count) => sum + count, 0)).toBe(1)
})

test('a notice hangs on over a merger: an objection to either name holds both up, and ends both where it is upheld', async () => {
  world = await openWorld()
  const { meet, review, post, close, object, resolve } = appraisals(world)
  await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  const client = await county()
  const area_code = world.county_code
  await unwrap(client.api.match.run.$post({ json: { area_code } }))
  await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
  await unwrap(client.api.match.run.$post({ json: { area_code } }))
  await unwrap(client.api.assess.run.$post({ json: { area_code, reference_date: '2014-12-31' } }))
  const village = await committee()
  const here = world.village_codes[0] ?? ''
  world.at('2014-06-20T02:00:00.000Z')
  const household_ids = await openAll(village, here)
  const [first = '', second = ''] = household_ids
  await meet([first, second], { held_on: '2014-06-20' })
  await review(village, 'village', [first, second])
  world.at('2014-06-22T02:00:00.000Z')
  const { notice_id } = await post(village, 'first_notice', '2014-06-22')
  world.at('2014-06-23T02:00:00.000Z')
  const { objection_id } = await object(second, notice_id)
  const { accept, part } = deciding(world)
  const review_id = await onlyQuestion()
  await accept(review_id)
  const cards = async () => {
    const { columns } = await unwrap(village.api.appraise.board.$get({ query: { area_code: here } }))
    return columns.flatMap((column) => column.cards)
  }
  expect(await cards()).toMatchObject([{ household_id: first, open_objections: 1 }])
  world.at('2014-06-29T02:00:00.000Z')
  expect(await codeOf(close(village, notice_id, '2014-06-29'))).toBe('appraise_objection_open')
  await resolve(objection_id, 'upheld')
  expect(await close(village, notice_id, '2014-06-29')).toEqual({ passed: 0, rejected: 2 })
  expect(await part(review_id)).toBe('passed')
  expect((await cards()).map((each) => [each.household_id, each.state])).toEqual([
    [first, 'rejected'],
    [second, 'rejected'],
  ])
})

test('a notice that ends while two are one ends for both names: parted, neither hangs for ever', async () => {
  world = await openWorld()
  const { meet, review, post, close } = appraisals(world)
  await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  const client = await county()
  const area_code = world.county_code
  await unwrap(client.api.match.run.$post({ json: { area_code } }))
  await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
  await unwrap(client.api.match.run.$post({ json: { area_code } }))
  await unwrap(client.api.assess.run.$post({ json: { area_code, reference_date: '2014-12-31' } }))
  const village = await committee()
  const here = world.village_codes[0] ?? ''
  world.at('2014-06-20T02:00:00.000Z')
  const household_ids = await openAll(village, here)
  await meet(household_ids, { held_on: '2014-06-20' })
  await review(village, 'village', household_ids)
  world.at('2014-06-22T02:00:00.000Z')
  const { notice_id } = await post(village, 'first_notice', '2014-06-22')
  const { accept, part } = deciding(world)
  const review_id = await onlyQuestion()
  await accept(review_id)
  world.at('2014-06-29T02:00:00.000Z')
  await close(village, notice_id, '2014-06-29')
  await part(review_id)
  const { columns } = await unwrap(village.api.appraise.board.$get({ query: { area_code: here } }))
  expect(columns.flatMap((column) => column.cards.map((card) => [card.household_id, card.state]))).toEqual(
    household_ids.map((household_id) => [household_id, 'township_review']),
  )
})
