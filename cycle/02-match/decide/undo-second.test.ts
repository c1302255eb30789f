// F58: a decision on a registered household is taken back by two people, and what cannot be is said to the first of them.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { family, numberOf, sendCard, sons_family } from '#test/steps/families.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

async function run(): Promise<void> {
  const client = await world.as('zhong.wei')
  await unwrap(client.api.match.run.$post({ json: { area_code: world.county_code } }))
}

async function assess(): Promise<void> {
  const client = await world.as('zhong.wei')
  await unwrap(client.api.assess.run.$post({ json: { area_code: world.county_code } }))
}

async function waiting(login: string) {
  const client = await world.as(login)
  const area_code = world.village_codes[0]?.slice(0, 9) ?? ''
  return await unwrap(client.api.match.reviews.$get({ query: { area_code, state: 'waiting' } }))
}

async function answer(login: string, review_id: string, decision: 'accepted' | 'rejected' | 'unsure' | 'open') {
  const client = await world.as(login)
  return await unwrap(
    client.api.match.reviews[':review_id'].$post({ param: { review_id }, json: { decision, note: 'looked at both' } }),
  )
}

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'passed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )

test('whoever asks first to take back what others have built on is told so, not the second person alone', async () => {
  const sons = [
    {
      name: '赖长林',
      relation: 'head',
      birth_date: '1991-06-12',
      sex: 'male',
      national_id: numberOf('1991-06-12', '095'),
    },
    {
      name: '廖金莲',
      relation: 'spouse',
      birth_date: '1992-02-19',
      sex: 'female',
      national_id: numberOf('1992-02-19', '108'),
    },
  ]
  await someRegistered(world, [{ ...poor, members: sons_family, surveyed_on: '2014-04-10' }])
  await sendCard(world, { instance_id: 'uuid:b', surveyed_on: '2014-09-11', members: sons })
  await run()
  const grown = [
    { ...sons[0], relation: 'child' },
    { ...sons[1], relation: 'child_in_law' },
  ]
  await sendCard(world, { instance_id: 'uuid:c', surveyed_on: '2014-09-12', members: [...family, ...grown] }, 2)
  await run()
  await assess()
  const { items } = await waiting('li.guoqiang')
  expect(items).toHaveLength(2)
  for (const [index, { review_id }] of items.entries()) {
    world.at(`2014-11-0${2 + index}T08:00:00.000Z`)
    for (const login of ['li.guoqiang', 'liu.xiaomei'])
      if ((await waiting(login)).items.some((each) => each.review_id === review_id))
        await answer(login, review_id, 'accepted')
  }
  const [first = '', second = ''] = items.map((item) => item.review_id)
  expect(await code(answer('liu.xiaomei', first, 'open'))).toBe('match_review_built_on')
  const { rows } = await sql`select 1 from match_undo where review_id = ${first}`.execute(world.registry.app)
  expect(rows, 'nobody is asked to confirm what cannot be').toEqual([])
  // In the other order both are undone, each by two where two are needed.
  for (const review_id of [second, first]) {
    const asked = await answer('liu.xiaomei', review_id, 'open')
    if (asked.awaiting && asked.state === 'accepted')
      expect(await answer('li.guoqiang', review_id, 'open')).toMatchObject({ state: 'open' })
  }
})
