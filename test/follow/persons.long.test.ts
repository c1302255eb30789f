// Two persons are found to be one, and to be two after all; and one card's member is told apart: what rests on their
// households, in every room, before, meanwhile and afterwards.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { headOf, someHelped } from '../steps/exiting.ts'
import { person } from '../steps/families.ts'
import { deciding, everything, history } from './tables.ts'
import { openWorld, unwrap, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const held = person('温秀兰', 'spouse', '1965-07-18', '028')
const other = { ...person('罗桂英', 'child', '1992-02-11', '064'), national_id: held.national_id }

/** Two families on the register with the whole road behind them; a member of each has the same number. */
async function sharingANumber() {
  const county = await world.as('zhong.wei')
  const area_code = world.county_code
  const ids = await someHelped(world, [{ members: [headOf(0), held] }, { members: [headOf(1), other] }])
  // The number's holder has a car, says the list of vehicles.
  const records = [
    {
      record_id: 'car-1',
      name: held.name,
      national_id: held.national_id,
      value: 8_000_000,
      detail: '小型轿车',
      since: null,
    },
  ]
  await unwrap(county.api.survey.registers.$post({ json: { county_code: area_code, register: 'vehicle', records } }))
  await unwrap(county.api.match.run.$post({ json: { area_code } }))
  await unwrap(county.api.assess.run.$post({ json: { area_code, reference_date: '2015-12-20' } }))
  await unwrap(county.api.register.refresh.$post({ json: { area_code } }))
  await unwrap(county.api.diagnose.run.$post({ json: { area_code } }))
  await unwrap(county.api.exit.check.$post({ json: { area_code, year: 2016 } }))
  return ids
}

/** Tables that differ. */
const changed = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  Object.keys(before).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]))

const links = (left_kind: string) =>
  transact(world.registry, SYSTEM, async (tx) => {
    const { rows } = await sql<{ link_id: string; household_id: string; person_id: string; left_id: string }>`
      select link_id, household_id, person_id, left_id from link
      where left_kind = ${left_kind} and withdrawn_at is null order by left_id`.execute(tx)
    return rows
  })

test('a member who is the person that holds the number: both households follow; taken back, all stands as before', async () => {
  const ids = await sharingANumber()
  const { questions, accept, part } = deciding(world)
  const [question] = (await questions('waiting')).filter((each) => each.kind === 'number_held')
  const review_id = question?.review_id ?? ''
  const before = await everything(world)
  const rows_before = await history(world)
  await accept(review_id)
  const merged = await everything(world)
  const moved = changed(before, merged)
  expect(moved).toEqual(expect.arrayContaining(['link', 'match_review', 'person']))
  // Persons are in no table of the rooms from 04 on: what follows is what is worked out from them.
  const follows = ['assessment', 'diagnosis', 'follow_up', 'verification', 'national_id_claim']
  expect(moved.filter((name) => !/^(link|match_|person$)/.test(name) && !follows.includes(name))).toEqual([])
  expect(merged['household']).toEqual(before['household'])
  expect((await links('member')).map((link) => link.person_id).length).toBeGreaterThan(0)
  expect(new Set((await links('member')).map((link) => link.person_id)).size).toBeLessThan(
    new Set((before['link'] ?? []).filter((row) => row['left_kind'] === 'member').map((row) => row['person_id'])).size,
  )
  expect(await part(review_id)).toBe('passed')
  const after = await everything(world)
  for (const name of Object.keys(before)) expect({ [name]: after[name] }).toEqual({ [name]: before[name] })
  for (const [name, rows] of Object.entries(rows_before))
    expect((await history(world))[name]).toEqual(expect.arrayContaining(rows))
  expect(ids).toHaveLength(2)
})

test('a member told apart from the person on an earlier card, and put back', async () => {
  await sharingANumber()
  const client = await world.as('zhong.wei')
  const before = await everything(world)
  const all = await links('member')
  const twice = all.find((link) => all.filter((each) => each.person_id === link.person_id).length > 1)
  const param = { link_id: twice?.link_id ?? '' }
  await unwrap(client.api.match.links[':link_id'].withdraw.$post({ param, json: { reason: 'father and son' } }))
  const apart = changed(before, await everything(world))
  expect(apart).toEqual(expect.arrayContaining(['link', 'person']))
  expect(
    apart.filter(
      (name) => !/^(link|match_|person$|assessment|diagnosis|follow_up|verification|national_id_claim)/.test(name),
    ),
  ).toEqual([])
  await unwrap(client.api.match.links[':link_id'].restore.$post({ param, json: { reason: 'one man after all' } }))
  const after = await everything(world)
  // The person who was told apart stays on record as gone: nobody whom no card names is counted.
  const named = (rows: Record<string, unknown>[] = []) =>
    rows.filter((row) => row['state'] !== 'gone' && row['state'] !== 'merged')
  for (const name of Object.keys(before).filter((each) => each !== 'person'))
    expect({ [name]: after[name] }).toEqual({ [name]: before[name] })
  expect(named(after['person'])).toEqual(named(before['person']))
})

test('what a list says of a person follows him: withdrawn, the verdict falls with it, and stands again with it', async () => {
  await sharingANumber()
  const [record] = await links('record')
  expect(record).toBeDefined()
  const client = await world.as('zhong.wei')
  const before = await everything(world)
  const param = { link_id: record?.link_id ?? '' }
  await unwrap(client.api.match.links[':link_id'].withdraw.$post({ param, json: { reason: 'another woman’s car' } }))
  const without = await everything(world)
  expect(changed(before, without)).toEqual(expect.arrayContaining(['assessment', 'link']))
  const verdicts = (tables: typeof before) =>
    tables['assessment']?.map((row) => [row['household_id'], row['evidence_sha256']])
  expect(verdicts(without)).not.toEqual(verdicts(before))
  await unwrap(client.api.match.links[':link_id'].restore.$post({ param, json: { reason: 'hers after all' } }))
  const after = await everything(world)
  for (const name of Object.keys(before)) expect({ [name]: after[name] }).toEqual({ [name]: before[name] })
})
