// Two households of different townships are found to be one: it counts where it lives, is seen there whole, and is acted
// on there; what was spent stays where it was spent.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { appraisals, codeOf } from '../steps/appraisals.ts'
import { helped, lodged } from './stage.ts'
import { submissionXml } from '../steps/households.ts'
import { deciding, everything } from './tables.ts'
import { openWorld, unwrap, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

/** A village of another township, with a surveyor, a committee and a township officer of its own. */
async function elsewhere() {
  const { account, giveRole } = appraisals(world)
  const { rows } = await sql<{ area_code: string; parent_code: string }>`select area_code, parent_code from area
    where county_code = ${world.county_code} and level = 'village' and parent_code <> ${world.village_codes[0]?.slice(0, 9)}
    order by area_code limit 1`.execute(world.registry.app)
  const { area_code = '', parent_code = '' } = rows[0] ?? {}
  const last = world.village_codes.at(-1)?.slice(9) ?? ''
  const people = [
    [`surveyor.${last}.1`, 'surveyor', area_code],
    [`committee.${last}`, 'village_committee', area_code],
    ['liu.xiaomei', 'township_officer', parent_code],
  ] as const
  for (const [login, role, area] of people) await giveRole((await account(login)).account_id, role, area)
  const as = (login: string, role: string, area: string) => world.as(login, { role, area_code: area })
  const [surveyor, committee, officer] = await Promise.all(people.map(([login, role, area]) => as(login, role, area)))
  if (!surveyor || !committee || !officer) throw new Error('nobody is there')
  return { village: area_code, township: parent_code, surveyor, committee, officer }
}

/** One household with the whole road behind it, and the same children surveyed last in another township. */
async function inTwoTownships() {
  const there = await elsewhere()
  const send = async (surveyed_on: string, household_code?: string) => {
    const given = {
      area_code: there.village,
      surveyed_on,
      members: lodged(1),
      ...(household_code ? { household_code } : {}),
    }
    const sent = await unwrap(
      there.surveyor.api.survey.submissions.$post({ json: { submissions: [submissionXml(world, given)] } }),
    )
    expect(sent).toMatchObject({ accepted: 1 })
  }
  await send('2014-04-20')
  const [first = ''] = await helped(world, 1)
  const { rows } = await sql<{ household_id: string }>`select household_id from household
    where household_id <> ${first}`.execute(world.registry.app)
  const second = rows[0]?.household_id ?? ''
  await send('2015-12-18', second)
  const county = await world.as('zhong.wei')
  await unwrap(county.api.match.run.$post({ json: { area_code: world.county_code } }))
  await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code, reference_date: '2015-12-20' } }))
  const [question] = await deciding(world).questions('waiting')
  return { first, second, review_id: question?.review_id ?? '', there }
}

test('it is seen whole where it lives, acted on there alone, and counted there once', async () => {
  const { first, second, review_id, there } = await inTwoTownships()
  const here = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  const township = world.village_codes[0]?.slice(0, 9) ?? ''
  const county = await world.as('zhong.wei')
  const before = await everything(world)
  const { accept, part } = deciding(world)
  const { kept, gone } = await accept(review_id)
  expect([kept, gone].toSorted()).toEqual([first, second].toSorted())

  // Seen whole: what was written in the other township too.
  const param = { household_id: kept }
  for (const reader of [there.committee, there.officer, county]) {
    const given = await unwrap(reader.api.deliver.households[':household_id'].$get({ param }))
    expect(given.deliveries.length).toBeGreaterThan(0)
    expect(given.helpers).toHaveLength(1)
    expect(
      (await unwrap(reader.api.prescribe.households[':household_id'].$get({ param, query: {} }))).current,
    ).toBeTruthy()
    expect((await unwrap(reader.api.monitor.households[':household_id'].$get({ param }))).alerts).toHaveLength(1)
    expect((await unwrap(reader.api.exit.households[':household_id'].$get({ param }))).cases).toHaveLength(1)
    expect((await unwrap(reader.api.appraise.households[':household_id'].$get({ param }))).cases).toHaveLength(1)
    expect((await unwrap(reader.api.register.households[':household_id'].$get({ param, query: {} }))).file).toBeTruthy()
    const file = await unwrap(reader.api.see.households[':household_id'].$get({ param, query: {} }))
    expect(file).toMatchObject({ area_code: there.village, joined: [{ household_id: gone }] })
    expect(file.deliveries).toBe(given.deliveries.length)
  }
  const kinds = async (reader: typeof county) =>
    (await unwrap(reader.api.see.households[':household_id'].timeline.$get({ param, query: {} }))).events.map(
      (event) => event.kind,
    )
  expect(await kinds(there.committee)).toEqual(await kinds(county))
  // Where it was before, it is not there any more.
  const stories = [
    here.api.deliver.households[':household_id'].$get({ param }),
    here.api.see.households[':household_id'].$get({ param, query: {} }),
    here.api.exit.households[':household_id'].$get({ param }),
  ]
  for (const story of stories) expect(await codeOf(unwrap(story as never))).toBe('not_found')

  // In lists and counts once, where it lives.
  const counts = async (reader: typeof county, area_code: string) =>
    (await unwrap(reader.api.see.overview.$get({ query: { area_code } }))).counts
  const once = { households: 1, registered: 1, planned: 1, helped: 1 }
  expect(await counts(there.committee, there.village)).toMatchObject(once)
  expect(await counts(there.officer, there.township)).toMatchObject(once)
  expect(await counts(county, world.county_code)).toMatchObject(once)
  expect(await counts(here, world.village_codes[0] ?? '')).toMatchObject({ households: 0, planned: 0, helped: 0 })
  const lists = async (reader: typeof county, area_code: string) => {
    const query = { area_code }
    const cases = await unwrap(reader.api.exit.cases.$get({ query }))
    const alerts = await unwrap(reader.api.monitor.alerts.$get({ query }))
    const plans = await unwrap(reader.api.prescribe.plans.$get({ query }))
    const board = await unwrap(reader.api.appraise.board.$get({ query }))
    return [cases.items, alerts.items, plans.items, board.columns.flatMap((column) => column.cards)].map((items) =>
      items.map((each: { household_id: string }) => each.household_id),
    )
  }
  expect(await lists(there.committee, there.village)).toEqual([[kept], [kept], [kept], [kept]])
  expect(await lists(county, world.county_code)).toEqual([[kept], [kept], [kept], [kept]])
  expect(await lists(here, world.village_codes[0] ?? '')).toEqual([[], [], [], []])
  // Money where it was spent.
  const spent = async (area_code: string) =>
    (await unwrap(county.api.deliver.summary.$get({ query: { area_code, year: '2015' } }))).total.given_cost
  expect(await spent(township)).toBeGreaterThan(0)
  expect(await spent(there.township)).toBe(0)

  // Steps are taken there, and nowhere else.
  const { cases } = await unwrap(county.api.exit.households[':household_id'].$get({ param }))
  const meeting = {
    kind: 'appraised' as const,
    happened_on: '2015-12-20',
    cases: [{ exit_id: cases[0]?.exit_id ?? '', detail: { present: 30, entitled: 36, for: 30, against: 0 } }],
  }
  expect(await unwrap(here.api.exit.steps.$post({ json: meeting }))).toMatchObject({
    done: 0,
    refused: [{ code: 'not_found' }],
  })
  expect(await unwrap(there.committee.api.exit.steps.$post({ json: meeting }))).toEqual({ done: 1, refused: [] })
  const { alerts } = await unwrap(there.committee.api.monitor.households[':household_id'].$get({ param }))
  const visited = {
    param: { alert_id: alerts[0]?.alert_id ?? '' },
    json: { state: 'visited' as const, action: '已入户' },
  }
  expect(await codeOf(unwrap(here.api.monitor.alerts[':alert_id'].$post(visited)))).toBe('not_found')
  expect(await unwrap(there.committee.api.monitor.alerts[':alert_id'].$post(visited))).toMatchObject({
    state: 'visited',
  })
  // A run over the township where it lives finds the plan and the case that are there: nothing is made a second time.
  const planned = await unwrap(
    there.officer.api.prescribe.run.$post({ json: { area_code: there.township, year: 2015 } }),
  )
  expect(planned.result).toMatchObject({ planned: 0 })
  const checked = await unwrap(there.officer.api.exit.check.$post({ json: { area_code: there.township, year: 2016 } }))
  expect(checked.result).toMatchObject({ opened: 0 })

  // Parted, each is where it was; the steps taken stay on record.
  await part(review_id)
  expect(await lists(here, world.village_codes[0] ?? '')).toEqual([[first], [first], [first], [first]])
  expect(await lists(there.committee, there.village)).toEqual([[], [], [], []])
  const after = await everything(world)
  const told = ['alert', 'exit_case', 'exit_step', 'match_review', 'match_answer']
  for (const name of Object.keys(before).filter((each) => !told.includes(each)))
    expect({ [name]: after[name] }).toEqual({ [name]: before[name] })
})

test('what is seen over the county is seen for that household alone: the transaction is closed again', async () => {
  const { first, review_id, there } = await inTwoTownships()
  const { accept } = deciding(world)
  // Not yet one: nothing of the other township's household is there.
  const param = { household_id: first }
  expect(await codeOf(unwrap(there.committee.api.deliver.households[':household_id'].$get({ param })))).toBe(
    'not_found',
  )
  const { kept } = await accept(review_id)
  // A change told for it is written where it lives, and found beside those told before.
  const change = { household_id: kept, kind: 'birth', happened_on: '2015-12-19', detail: '添丁', source: '村委会' }
  expect(await unwrap(there.committee.api.monitor.changes.$post({ json: { changes: [change] } }))).toMatchObject({
    recorded: 1,
  })
  const debt = { household_id: kept, kind: 'debt', happened_on: '2015-12-01', detail: '盖房借款', source: '村委会' }
  expect(await unwrap(there.committee.api.monitor.changes.$post({ json: { changes: [debt] } }))).toMatchObject({
    recorded: 0,
    duplicates: 1,
  })
  const told = (await everything(world))['change_event'] ?? []
  const rows = told.map((row) => [row['kind'], String(row['area_code']).slice(0, 9)])
  expect(rows.toSorted()).toEqual([
    ['birth', there.township],
    ['debt', world.village_codes[0]?.slice(0, 9)],
  ])
})
