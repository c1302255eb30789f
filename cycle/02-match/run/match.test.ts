import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { StateOf } from '#registry/tables/states.ts'
import { searchHash } from '#registry/secrets/secrets.ts'
import { family, person } from '#test/steps/families.ts'
import { submissionXml, type Given } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import type { RunResult } from './run.ts'

type Person = ReturnType<typeof person>

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const [father, mother, son, wife, grandson] = family as [Person, Person, Person, Person, Person]
const stranger = person('邱发明', 'head', '1971-09-30', '071')

const surveyor = (k = 1) => `surveyor.${world.village_codes[0]?.slice(9)}.${k}`

async function send(given: Given, login = surveyor()): Promise<void> {
  const xml = submissionXml(world, given)
  const sent = await unwrap((await world.as(login)).api.survey.submissions.$post({ json: { submissions: [xml] } }))
  expect(sent).toMatchObject({ accepted: 1 })
}

const officer = () => world.as('zhong.wei')

async function run(): Promise<RunResult> {
  const client = await officer()
  const answer = await unwrap(client.api.match.run.$post({ json: { area_code: world.county_code } }))
  return answer.result as unknown as RunResult
}

const households = () =>
  world.registry.app
    .selectFrom('household')
    .select(['household_id', 'area_code', 'head_name', 'household_size', 'current_instance_id', 'state', 'merged_into'])
    .orderBy('household_id')
    .execute()

const persons = () =>
  world.registry.app
    .selectFrom('person')
    .select(['person_id', 'household_id', 'area_code', 'name', 'relation', 'birth_date', 'national_id_hash', 'state'])
    .orderBy('person_id')
    .execute()

const links = (left_kind: StateOf<'link.left_kind'>) =>
  world.registry.app
    .selectFrom('link')
    .select(['left_id', 'household_id', 'person_id', 'method', 'band', 'withdrawn_at'])
    .where('left_kind', '=', left_kind)
    .where('withdrawn_at', 'is', null)
    .orderBy('left_id')
    .execute()

const openReviews = async () => {
  const client = await officer()
  return await unwrap(client.api.match.reviews.$get({ query: { area_code: world.county_code } }))
}

test('families that have nothing in common are numbered in order of place and id; running again changes nothing', async () => {
  await send({ instance_id: 'uuid:b', members: [{}, {}] })
  await send({ instance_id: 'uuid:a', members: [{}] })
  await send({ instance_id: 'uuid:c', area_code: `${world.village_codes[0]}002`, members: [{}] })
  expect(await run()).toMatchObject({ submissions: 3, households_created: 3, persons_created: 4, reviews_opened: 0 })
  expect((await households()).map((each) => [each.household_id, each.current_instance_id])).toEqual([
    ['360781-0000001', 'uuid:a'],
    ['360781-0000002', 'uuid:b'],
    ['360781-0000003', 'uuid:c'],
  ])
  const before = [await households(), await persons(), await links('member')]
  expect(await run()).toMatchObject({ submissions: 0, households_created: 0, persons_created: 0, reviews_opened: 0 })
  expect([await households(), await persons(), await links('member')]).toEqual(before)
})

test('two surveyors at one door: one household, the later card speaks, by numbers that are the same', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await send({ instance_id: 'uuid:2', surveyed_on: '2014-04-25', members: family.slice(0, 4) }, surveyor(2))
  expect(await run()).toMatchObject({
    households_created: 1,
    duplicates_found: 1,
    persons_created: 5,
    members_linked: 4,
  })
  expect(await households()).toMatchObject([{ current_instance_id: 'uuid:2', household_size: 4 }])
  expect((await links('submission')).map((each) => each.method)).toEqual(['first_seen', 'exact_id'])
  // The grandson is not on the later card.
  const by_name = Object.fromEntries((await persons()).map((each) => [each.name, each.state]))
  expect(by_name).toEqual({ 赖福生: 'active', 温秀兰: 'active', 赖志华: 'active', 许玉珍: 'active', 赖国平: 'left' })
})

test('a later visit finds the household through misspelt names and swapped digits', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', phone: '13800001234', members: family })
  await run()
  const swapped = father.national_id.replace(
    /(\d)(\d)(\d)(.)$/,
    (_, a: string, b: string, c: string, d: string) => `${b}${a}${c}${d}`,
  )
  expect(swapped).not.toBe(father.national_id)
  await send({
    instance_id: 'uuid:2',
    surveyed_on: '2015-04-20',
    phone: '13800001234',
    members: [
      { ...father, national_id: swapped },
      { ...mother, name: '温秀蓝', national_id: '' },
      { ...son, national_id: '' },
      wife,
      grandson,
    ],
  })
  expect(await run()).toMatchObject({
    households_created: 0,
    submissions_linked: 1,
    persons_created: 0,
    members_linked: 5,
  })
  const linked = await links('member')
  expect(new Set(linked.map((each) => each.person_id)).size).toBe(5)
  // The name is the later card's, the number the last valid one.
  const [found] = (await persons()).filter((each) => each.name === '温秀蓝')
  expect(found?.national_id_hash).toBe(searchHash(world.registry.keys, 'national_id', mother.national_id))
})

test('the head’s number entered for everyone is nobody else’s', async () => {
  const lent = family.map((each) => ({ ...each, national_id: father.national_id }))
  await send({ instance_id: 'uuid:1', members: lent })
  await send({ instance_id: 'uuid:2', members: [{}, {}] })
  expect(await run()).toMatchObject({ households_created: 2, persons_created: 7, reviews_opened: 0 })
  const hash = searchHash(world.registry.keys, 'national_id', father.national_id)
  expect((await persons()).filter((each) => each.national_id_hash === hash).map((each) => each.name)).toEqual([
    '赖福生',
  ])
})

test('a number alone merges nobody; whose it is stays open', async () => {
  await send({ instance_id: 'uuid:1', members: [father, mother] })
  await send({ instance_id: 'uuid:2', members: [{ ...stranger, national_id: father.national_id }] })
  expect(await run()).toMatchObject({ households_created: 2, persons_created: 3, reviews_opened: 1 })
  const { items } = await openReviews()
  expect(items).toMatchObject([{ kind: 'number_held' }])
  const claims = await world.registry.app
    .selectFrom('national_id_claim')
    .innerJoin('person', 'person.person_id', 'national_id_claim.person_id')
    .select('person.name')
    .where(
      'national_id_claim.national_id_hash',
      '=',
      searchHash(world.registry.keys, 'national_id', father.national_id),
    )
    .execute()
  expect(claims).toHaveLength(1)
})

test('a household that moved is the same household at its new place', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await run()
  const there = `${world.village_codes[1]}001`
  await send(
    { instance_id: 'uuid:2', surveyed_on: '2015-05-01', area_code: there, members: family },
    `surveyor.${there.slice(9, 12)}.1`,
  )
  await run()
  expect(await households()).toMatchObject([{ area_code: there, current_instance_id: 'uuid:2' }])
  expect((await persons()).every((each) => each.area_code === there)).toBe(true)
})

test('a son’s family surveyed on its own stays a household of its own, and a person is asked', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await send({
    instance_id: 'uuid:2',
    surveyed_on: '2014-04-26',
    members: [
      { ...son, relation: 'head' },
      { ...wife, relation: 'spouse' },
      { ...grandson, relation: 'child' },
    ],
  })
  expect(await run()).toMatchObject({ households_created: 2, persons_created: 5, reviews_opened: 1 })
  expect((await openReviews()).items).toMatchObject([{ kind: 'part', left_id: 'uuid:2' }])
  // Each of the three is one person, of the household that named him last.
  const [old_one, new_one] = await households()
  const where = Object.fromEntries((await persons()).map((each) => [each.name, each.household_id]))
  expect(where['赖福生']).toBe(old_one?.household_id)
  expect(where['赖国平']).toBe(new_one?.household_id)
})

test('one shared member is somebody who moved, not a merger', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: [father, mother, son] })
  await send({
    instance_id: 'uuid:2',
    surveyed_on: '2014-04-28',
    members: [{}, {}, { ...son, relation: 'child_in_law' }],
  })
  expect(await run()).toMatchObject({ households_created: 2, persons_created: 5, reviews_opened: 0 })
  const [, second] = await households()
  expect((await persons()).find((each) => each.name === '赖志华')?.household_id).toBe(second?.household_id)
})

test('a code names the household where a member agrees; a wrong code opens a question', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: [father, mother, son, wife] })
  await run()
  await send({
    instance_id: 'uuid:2',
    surveyed_on: '2015-04-20',
    household_code: '0000001',
    members: [father, {}, {}, {}],
  })
  await send({ instance_id: 'uuid:3', surveyed_on: '2015-04-21', household_code: '360781-0000001', members: [{}, {}] })
  expect(await run()).toMatchObject({ submissions_linked: 1, households_created: 1, reviews_opened: 1 })
  const by_id = Object.fromEntries((await links('submission')).map((each) => [each.left_id, each.method]))
  expect(by_id).toEqual({ 'uuid:1': 'first_seen', 'uuid:2': 'household_code', 'uuid:3': 'first_seen' })
  expect((await openReviews()).items).toMatchObject([{ kind: 'code_disagrees', left_id: 'uuid:3' }])
})

test('withdrawing a link restores the household and its people, and the next run respects it', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await run()
  const before = [await households(), await persons()]
  await send({ instance_id: 'uuid:2', surveyed_on: '2014-04-28', members: family.slice(0, 3) }, surveyor(2))
  await run()
  expect(await households()).toMatchObject([{ current_instance_id: 'uuid:2', household_size: 3 }])
  const client = await officer()
  const [household] = await households()
  const shown = await unwrap(
    client.api.match.households[':household_id'].$get({ param: { household_id: household?.household_id ?? '' } }),
  )
  expect(JSON.stringify(shown)).not.toContain(father.national_id)
  const link = shown.links.find((each) => each.left_id === 'uuid:2')
  const done = await unwrap(
    client.api.match.links[':link_id'].withdraw.$post({
      param: { link_id: link?.link_id ?? '' },
      json: { reason: 'another family of the same name' },
    }),
  )
  expect(done).toMatchObject({ withdrawn: 4, household_ids: [household?.household_id] })
  expect([await households(), await persons()]).toEqual(before)
  expect(await run()).toMatchObject({ submissions: 1, households_created: 1 })
})

test('a question accepted merges two households; taking it back restores them exactly', async () => {
  await send({ instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await send({
    instance_id: 'uuid:2',
    surveyed_on: '2014-04-26',
    members: [
      { ...son, relation: 'head' },
      { ...wife, relation: 'spouse' },
      { ...grandson, relation: 'child' },
    ],
  })
  await run()
  const before = [await households(), await persons(), await links('submission'), await links('member')]
  const client = await world.as('li.guoqiang')
  const [item] = (await openReviews()).items
  const param = { review_id: item?.review_id ?? '' }
  const shown = await unwrap(client.api.match.reviews[':review_id'].$get({ param }))
  expect(shown.left?.members).toHaveLength(3)
  expect(shown.right?.members).toHaveLength(5)
  for (const pair of shown.pairs) {
    const total = pair.steps.reduce((sum, step) => sum + step.weight, 0)
    expect(total).toBeCloseTo(pair.match_weight, 6)
  }
  const done = await unwrap(
    client.api.match.reviews[':review_id'].$post({ param, json: { decision: 'accepted', note: 'one stove' } }),
  )
  expect(done).toMatchObject({ kept: '360781-0000001', gone: '360781-0000002' })
  expect(await households()).toMatchObject([
    { state: 'active', current_instance_id: 'uuid:2' },
    { state: 'merged', merged_into: '360781-0000001' },
  ])
  expect((await openReviews()).left).toBe(0)
  const again = await unwrap(client.api.match.reviews[':review_id'].$get({ param }))
  await unwrap(
    client.api.match.links[':link_id'].withdraw.$post({
      param: { link_id: again.undo_link_id ?? '' },
      json: { reason: 'two stoves after all' },
    }),
  )
  expect([await households(), await persons(), await links('submission'), await links('member')]).toEqual(before)
  expect((await openReviews()).left).toBe(1)
})

test('other registers find their person by number and name; a name spelt otherwise is forgiven, a stranger is not', async () => {
  await send({ instance_id: 'uuid:1', members: family })
  await run()
  const records = [
    ['r1', father.name, father.national_id],
    ['r2', '许玉真', wife.national_id],
    ['r3', '邱桂英', son.national_id],
    ['r4', mother.name, ''],
  ] as const
  const client = await officer()
  await unwrap(
    client.api.survey.registers.$post({
      json: {
        register: 'vehicle',
        county_code: world.county_code,
        records: records.map(([record_id, name, national_id]) => ({
          record_id,
          name,
          national_id: national_id || null,
          value: null,
          detail: null,
          since: null,
        })),
      },
    }),
  )
  expect(await run()).toMatchObject({ records_linked: 2, records_left: 2 })
  const found = await sql<{
    left_id: string
    name: string
    method: string
  }>`select l.left_id, p.name, l.method from link l
    join person p on p.county_code = l.county_code and p.person_id = l.person_id
    where l.left_kind = 'record' order by l.left_id`.execute(world.registry.app)
  expect(found.rows).toEqual([
    { left_id: 'vehicle:r1', name: '赖福生', method: 'exact_id' },
    { left_id: 'vehicle:r2', name: '许玉珍', method: 'exact_id' },
  ])
})

test('a surveyor may not run or decide, and nobody decides on his own survey', async () => {
  const client = await world.as(surveyor())
  const refused = await client.api.match.run.$post({ json: { area_code: world.county_code } })
  expect(refused.status).toBe(403)
  const decision = await client.api.match.reviews[':review_id'].$post({
    param: { review_id: 'none' },
    json: { decision: 'accepted' },
  })
  expect(decision.status).toBe(403)
  await send({ instance_id: 'uuid:1', members: family }, 'li.guoqiang')
  await send({ instance_id: 'uuid:2', members: [{ ...son, relation: 'head' }, wife, grandson] })
  await run()
  const [item] = (await openReviews()).items
  const own = await (
    await world.as('li.guoqiang')
  ).api.match.reviews[':review_id'].$post({
    param: { review_id: item?.review_id ?? '' },
    json: { decision: 'rejected' },
  })
  expect(own.status).toBe(403)
  expect(await own.json()).toMatchObject({ code: 'same_person' })
})
