import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds } from '#test/steps/households.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import { escalateEverywhere } from './escalate.ts'

// Deadlines act (F62): an alert on which nobody called goes up, first to the township, then to the county.
let world: World
let alert_id: string
beforeEach(async () => {
  world = await openWorld()
  world.at('2014-05-01T08:00:00.000Z')
  const [household_id = ''] = await someHouseholds(world, [{}])
  const change = { household_id, kind: 'disaster', happened_on: '2014-04-30', source: 'a neighbour', detail: '' }
  const village = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  // A disaster asks for a visit within three days: by 4 May.
  const told = await unwrap(village.api.monitor.changes.$post({ json: { changes: [change] } }))
  alert_id = told.alert_ids[0] ?? ''
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

/** The clock strikes in every county at noon of a day. */
const strike = (day: string) => {
  world.at(`${day}T04:00:00.000Z`)
  return escalateEverywhere(world.registry, world.pack, `${day}T04:00:00.000Z`)
}
const seen = async (login: string) => {
  const { items } = await unwrap(
    (await world.as(login)).api.monitor.alerts.$get({
      query: { area_code: login === 'zhong.wei' ? '360781' : '360781107' },
    }),
  )
  const { escalated, mine } = items.find((each) => each.alert_id === alert_id)!
  return { to: escalated.map((each) => each.role), mine }
}
const visit = async (login: string) =>
  unwrap(
    (await world.as(login)).api.monitor.alerts[':alert_id'].$post({
      param: { alert_id },
      json: { state: 'visited', action: '已入户' },
    }),
  ).then(
    () => 'done',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )
const audited = async () => {
  const query = { county_code: world.county_code, action: 'monitor.escalate' }
  return (await unwrap((await world.as('zhong.wei')).api.audit.$get({ query }))).events
}

test('within its days nothing goes up; a day late to the township, a week later to the county; each once', async () => {
  await strike('2014-05-04')
  expect(await seen('li.guoqiang')).toEqual({ to: [], mine: true })
  await strike('2014-05-05')
  await strike('2014-05-05')
  expect(await seen('li.guoqiang')).toEqual({ to: ['township_officer'], mine: true })
  // The county sees it, and it is not the county’s yet.
  expect(await seen('zhong.wei')).toEqual({ to: ['township_officer'], mine: false })
  expect(await visit('zhong.wei')).toBe('not_permitted')
  await strike('2014-05-11')
  expect((await seen('zhong.wei')).mine).toBe(false)
  await strike('2014-05-12')
  expect(await seen('zhong.wei')).toEqual({ to: ['township_officer', 'county_officer'], mine: true })
  expect((await audited()).map((event) => [event.role, event.subject_id, event.detail])).toEqual([
    ['system', alert_id, { due_on: '2014-05-04', to: 'county_officer' }],
    ['system', alert_id, { due_on: '2014-05-04', to: 'township_officer' }],
  ])
  expect(await visit('zhong.wei')).toBe('done')
})

test('what was visited in time goes up no more, and the county never had it', async () => {
  expect(await visit(`committee.${world.village_codes[0]?.slice(9)}`)).toBe('done')
  await strike('2014-06-30')
  expect(await seen('zhong.wei')).toEqual({ to: [], mine: false })
  expect(await audited()).toEqual([])
})

test('left for months it goes up to both at once; two servers that strike at once send it once', async () => {
  world.at('2014-08-01T04:00:00.000Z')
  await Promise.all([strike('2014-08-01'), strike('2014-08-01')])
  expect((await seen('zhong.wei')).to).toEqual(['township_officer', 'county_officer'])
  expect(await audited()).toHaveLength(2)
})

test('a run of the county does the same, and says so', async () => {
  world.at('2014-05-06T04:00:00.000Z')
  const county = await world.as('zhong.wei')
  const { result } = await unwrap(county.api.monitor.run.$post({ json: { area_code: world.county_code } }))
  expect(result).toMatchObject({ escalated: { township_officer: 1 } })
})

test('a pack without steps sends nothing up', async () => {
  world.at('2014-08-01T04:00:00.000Z')
  await escalateEverywhere(world.registry, { ...world.pack, escalation: [] }, '2014-08-01T04:00:00.000Z')
  expect((await seen('zhong.wei')).to).toEqual([])
})
