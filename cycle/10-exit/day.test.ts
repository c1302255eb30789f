// At half past seven in the morning where the campaign is, it is still the evening before in Greenwich.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, addMonths, dayIn, endOfDay } from '#door/day.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

const none = { exit_id: 'none', detail: { present: 30, entitled: 40, for: 25, against: 3 } }

test('a step taken this morning is not in the future; one of tomorrow is', async () => {
  world.at('2016-01-05T23:30:00.000Z')
  const committee = await world.as(`committee.${(world.village_codes[0] ?? '').slice(9)}`)
  const take = (happened_on: string) =>
    unwrap(committee.api.exit.steps.$post({ json: { kind: 'appraised', happened_on, cases: [none] } }))
  expect(await take('2016-01-06')).toEqual({ done: 0, refused: [{ exit_id: 'none', code: 'not_found' }] })
  await expect(take('2016-01-07')).rejects.toMatchObject({ problem: { code: 'day_in_future' } })
})

test('the session says the same day, and the end of it', async () => {
  const session = await unwrap((await world.as('chen.lihua')).api.session.$get())
  expect(session).toMatchObject({ now: '2016-01-05T23:30:00.000Z', today: '2016-01-06' })
})

test('what is dated by its recording is of the same day in the household’s story', async () => {
  const [household_id = ''] = await someHouseholds(world, [{}])
  world.at('2016-01-05T23:30:00.000Z')
  const county = await world.as('zhong.wei')
  await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code, reference_date: '2015-12-31' } }))
  const { events } = await unwrap(
    county.api.see.households[':household_id'].timeline.$get({ param: { household_id }, query: {} }),
  )
  expect(events.find((event) => event.kind === 'assess.assessed')).toMatchObject({
    happened_on: '2016-01-06',
    recorded_at: '2016-01-05T23:30:00.000Z',
  })
})

test.each(['Asia/Shanghai', 'America/Costa_Rica', 'Asia/Kolkata', 'Africa/Nairobi', 'America/New_York'])(
  'a day ends at midnight in %s, in summer and winter',
  (zone) => {
    for (const day of ['2016-01-05', '2016-03-13', '2016-07-05', '2016-11-06', '2016-12-31']) {
      const end = endOfDay(zone, day)
      expect(dayIn(zone, end)).toBe(day)
      expect(dayIn(zone, new Date(Date.parse(end) + 1).toISOString())).toBe(addDays(day, 1))
    }
  },
)

test('months are counted on the calendar', () => {
  expect(addMonths('2015-11-30', 3)).toBe('2016-03-01')
  expect(addMonths('2015-11-15', 14)).toBe('2017-01-15')
})
