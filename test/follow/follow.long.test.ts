// Two households are found to be one, and then to be two after all: what every room keeps of them, before, meanwhile and
// afterwards.
import { openAll } from '#synthetic/journey/named.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { appraisals, codeOf, poor } from '../steps/appraisals.ts'
import { evaluating } from '../steps/evaluating.ts'
import { family, sendCard, sons_family } from '../steps/families.ts'
import { helped } from './stage.ts'
import { everything, history } from './tables.ts'
import { someRegistered } from '../steps/registered.ts'
import { openWorld, unwrap, type World } from '../world.ts'

// Whole roads with every room on them: 2 s on a quiet machine, ten times that on a busy one.

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

async function questions() {
  const client = await world.as('li.guoqiang')
  const area_code = world.village_codes[0]?.slice(0, 9) ?? ''
  return (await unwrap(client.api.match.reviews.$get({ query: { area_code, state: 'open' } }))).items
}

async function answer(login: string, review_id: string, decision: 'accepted' | 'open') {
  const client = await world.as(login)
  return await unwrap(
    client.api.match.reviews[':review_id'].$post({ param: { review_id }, json: { decision, note: 'looked at both' } }),
  )
}

/** Two people say that they are one. Returns the question, and which household stays and which goes. */
async function merge() {
  const [question] = await questions()
  const review_id = question?.review_id ?? ''
  await answer('li.guoqiang', review_id, 'accepted')
  const { kept, gone } = await answer('liu.xiaomei', review_id, 'accepted')
  return { review_id, kept: kept ?? '', gone: gone ?? '' }
}

/** Two people take it back. */
async function part(review_id: string) {
  expect(await answer('zhong.wei', review_id, 'open')).toMatchObject({ awaiting: true, state: 'accepted' })
  await answer('chen.lihua', review_id, 'open')
}

const committee = () => world.as(`committee.${world.village_codes[0]?.slice(9)}`)

/** Both on the register, planned for, helped, visited again, watched, about to leave the list, and drawn. */
async function wholeWay(): Promise<string[]> {
  const ids = await helped(world, 2)
  const { design, draw } = evaluating(world)
  await draw(await design())
  return ids
}

test('what every room keeps is found under the household that stays, and stands as before when they are parted', async () => {
  const [first = '', second = ''] = (await wholeWay()).toSorted()
  const before = await everything(world)
  const rows_before = await history(world)
  for (const table of [
    'plan',
    'plan_item',
    'delivery',
    'helper',
    'income_ledger',
    'change_event',
    'alert',
    'exit_case',
  ])
    expect(before[table]?.map((row) => row['household_id'])).toEqual(expect.arrayContaining([first, second]))
  expect(before['evaluation_unit']).toHaveLength(2)

  const { review_id, kept, gone } = await merge()
  expect([kept, gone]).toEqual([first, second])
  const merged = await everything(world)
  // Not one row was moved or changed in the rooms from 04 on, but for what is worked out: the diagnosis in force.
  const moved = Object.keys(before).filter((name) => JSON.stringify(merged[name]) !== JSON.stringify(before[name]))
  expect(moved).toEqual([
    'assessment',
    'diagnosis',
    'household',
    'link',
    'match_answer',
    'match_review',
    'person',
    'register_household',
  ])
  expect(merged['diagnosis']).toHaveLength(1)
  await underKept(kept, gone)

  world.at('2015-12-22T08:00:00.000Z')
  await part(review_id)
  const after = await everything(world)
  expect(Object.keys(after)).toEqual(Object.keys(before))
  for (const name of Object.keys(before)) expect({ [name]: after[name] }).toEqual({ [name]: before[name] })
  const rows_after = await history(world)
  for (const [name, ids] of Object.entries(rows_before)) expect(rows_after[name]).toEqual(expect.arrayContaining(ids))
})

/** What the screens are told while the two are one. */
async function underKept(kept: string, gone: string) {
  const county = await world.as('zhong.wei')
  const param = { household_id: kept }
  const of_gone = { household_id: gone }
  const given = await unwrap(county.api.deliver.households[':household_id'].$get({ param }))
  expect(new Set(given.deliveries.map((each) => each.household_id))).toEqual(new Set([kept, gone]))
  expect(given.ledger.map((each) => each.amount)).toEqual([900_000, 900_000])
  expect(given.helpers).toHaveLength(2)
  const plans = await unwrap(county.api.prescribe.households[':household_id'].$get({ param, query: {} }))
  expect(plans.history).toHaveLength(2)
  expect(plans.current?.plan_id).toBe(plans.history.find((plan) => !plan.held)?.plan_id)
  const watched = await unwrap(county.api.monitor.households[':household_id'].$get({ param }))
  expect(watched.changes).toHaveLength(2)
  expect(watched.alerts).toHaveLength(2)
  const decided = await unwrap(county.api.appraise.households[':household_id'].$get({ param }))
  expect(decided.cases).toHaveLength(2)
  expect(decided.votes).toHaveLength(2)
  expect(decided.notices).toHaveLength(4)
  expect(decided.reviews).toHaveLength(6)
  const exits = await unwrap(county.api.exit.households[':household_id'].$get({ param }))
  expect(exits.cases.map((each) => each.held).toSorted()).toEqual([false, true])
  const { items } = await unwrap(county.api.exit.cases.$get({ query: { area_code: world.county_code } }))
  expect(items).toMatchObject([{ household_id: kept }])
  // The case that is held takes no step.
  const held = exits.cases.find((each) => each.held)
  const voted = await unwrap(
    (await committee()).api.exit.steps.$post({
      json: {
        kind: 'appraised',
        happened_on: '2015-12-20',
        cases: [{ exit_id: held?.exit_id ?? '', detail: { present: 30, entitled: 36, for: 30, against: 0 } }],
      },
    }),
  )
  expect(voted).toMatchObject({ done: 0, refused: [{ code: 'exit_held' }] })
  // The file of the one that stays tells of both; that of the other leads to it, as does its number off the handbook.
  const file = await unwrap(county.api.see.households[':household_id'].$get({ param, query: {} }))
  expect(file.joined).toMatchObject([{ household_id: gone }])
  expect(file.deliveries).toBe(given.deliveries.length)
  const { events } = await unwrap(county.api.see.households[':household_id'].timeline.$get({ param, query: {} }))
  const kinds = (of: string) => new Set(events.filter((event) => event.written_for === of).map((event) => event.kind))
  expect([...kinds(gone)]).toEqual(
    expect.arrayContaining(['match.merged', 'register.registered', 'prescribe.approved', 'deliver.delivered']),
  )
  expect(await codeOf(unwrap(county.api.see.households[':household_id'].$get({ param: of_gone, query: {} })))).toBe(
    'household_merged',
  )
  const search = { q: gone, area_code: world.county_code }
  expect((await unwrap(county.api.see.search.$get({ query: search }))).items).toMatchObject([{ household_id: kept }])
  // Nothing waits twice: what was approved for either has been entered.
  const { steps } = await unwrap(county.api.road.$get({ query: { area_code: world.county_code } }))
  const step = (name: string) => steps.find((each) => each.step === name)
  expect(step('05-register')).toMatchObject({ count: 1 })
  expect(step('07-prescribe')).toMatchObject({ count: 1 })
  // Nothing more is written for a household that is another one now.
  const change = { household_id: gone, kind: 'birth', happened_on: '2015-12-19', detail: '添丁', source: '村委会' }
  const village = await committee()
  expect(await codeOf(unwrap(village.api.monitor.changes.$post({ json: { changes: [change] } })))).toBe(
    'household_merged',
  )
  // Runs see one household: nothing is planned, checked or raised a second time.
  const run = { json: { area_code: world.county_code } }
  expect((await unwrap(county.api.diagnose.run.$post(run))).result).toMatchObject({ diagnosed: 0, unchanged: 1 })
  const planned = await unwrap(county.api.prescribe.run.$post({ json: { ...run.json, year: 2015 } }))
  expect(planned.result).toMatchObject({ planned: 0, unchanged: 1 })
}

test('of two open appraisals one goes on, by the name of the household that stays; parted, the other goes on where it was', async () => {
  const { meet, review } = appraisals(world)
  await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  const county = await world.as('zhong.wei')
  const area_code = world.county_code
  await unwrap(county.api.match.run.$post({ json: { area_code } }))
  await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
  await unwrap(county.api.match.run.$post({ json: { area_code } }))
  await unwrap(county.api.assess.run.$post({ json: { area_code, reference_date: '2014-12-31' } }))
  const village = await committee()
  const here = world.village_codes[0] ?? ''
  world.at('2014-07-01T02:00:00.000Z')
  const household_ids = await openAll(village, here)
  expect(household_ids).toHaveLength(2)
  const [first = '', second = ''] = household_ids
  // The younger one has gone further when they are found to be one.
  await meet([second], { held_on: '2014-07-01' })
  const cards = async () => {
    const { columns } = await unwrap(village.api.appraise.board.$get({ query: { area_code: here } }))
    return columns.flatMap((column) => column.cards.map((card) => [card.household_id, card.state]))
  }
  expect(await cards()).toEqual([
    [first, 'applied'],
    [second, 'appraised'],
  ])
  const [question] = await questions()
  const review_id = question?.review_id ?? ''
  await answer('li.guoqiang', review_id, 'accepted')
  expect(await cards()).toEqual([[first, 'applied']])
  expect(await codeOf(review(village, 'village', [second]))).toBe('wrong_state')
  expect(await openAll(village, here)).toEqual([])
  await meet([first], { held_on: '2014-07-01' })
  expect(await cards()).toEqual([[first, 'appraised']])
  await answer('li.guoqiang', review_id, 'open')
  expect((await cards()).toSorted()).toEqual([
    [first, 'appraised'],
    [second, 'appraised'],
  ])
  await review(village, 'village', [second])
})

test('cards that were here only while two households were one make no merger when the household’s own card goes', async () => {
  await wholeWay()
  const { review_id, kept } = await merge()
  await part(review_id)
  const county = await world.as('zhong.wei')
  const { rows } = await sql<{ link_id: string }>`select link_id from link where left_kind = 'submission'
    and withdrawn_at is null and household_id = ${kept}`.execute(world.registry.app)
  expect(rows).toHaveLength(2)
  for (const { link_id } of rows) {
    const json = { reason: 'the card is another family’s' }
    await unwrap(county.api.match.links[':link_id'].withdraw.$post({ param: { link_id }, json }))
  }
  const { rows: after } = await sql`select state, merged_into from household where household_id = ${kept}`.execute(
    world.registry.app,
  )
  expect(after).toEqual([{ state: 'gone', merged_into: null }])
})

test('a household on the register that loses its last card keeps its line, and the village is asked to look', async () => {
  const [household_id = ''] = await someRegistered(world, [{ ...poor, members: family }])
  const county = await world.as('zhong.wei')
  const area_code = world.county_code
  const { rows } = await sql<{ link_id: string }>`select link_id from link where left_kind = 'submission'
    and withdrawn_at is null`.execute(world.registry.app)
  await unwrap(
    county.api.match.links[':link_id'].withdraw.$post({
      param: { link_id: rows[0]?.link_id ?? '' },
      json: { reason: 'the card is another family’s' },
    }),
  )
  const list = await unwrap(county.api.register.households.$get({ query: { area_code } }))
  expect(list.items).toMatchObject([{ household_id, status: 'registered' }])
  const village = await committee()
  const alerts = async () =>
    (await unwrap(village.api.monitor.households[':household_id'].$get({ param: { household_id } }))).alerts
  expect(await alerts()).toMatchObject([
    { rule_code: 'no_card', state: 'open', severity: 'high', days_left: 15, label: { zh: '在册但没有调查表' } },
  ])
  const file = await unwrap(village.api.see.households[':household_id'].$get({ param: { household_id }, query: {} }))
  expect(file).toMatchObject({ no_card: true, status: 'registered', verdict: null, alerts_open: 1 })
  // Looking again raises nothing twice.
  const monitor = async () => (await unwrap(county.api.monitor.run.$post({ json: { area_code } }))).result
  expect(await monitor()).toMatchObject({ raised: 0 })
  // The village goes there: with a card of its own again the alert is over, and says so.
  world.at('2014-10-12T02:00:00.000Z')
  await sendCard(world, { ...poor, surveyed_on: '2014-10-12', household_code: household_id, members: family }, 2)
  await unwrap(county.api.match.run.$post({ json: { area_code } }))
  await monitor()
  expect(await alerts()).toMatchObject([
    { state: 'dismissed', action: expect.stringMatching(/^2014-10-12 .*本户已重新有调查表。/) },
  ])
  expect(
    await unwrap(village.api.see.households[':household_id'].$get({ param: { household_id }, query: {} })),
  ).toMatchObject({ no_card: false, alerts_open: 0 })
})
