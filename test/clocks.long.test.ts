// Whatever days people claim, no way through the steps is faster than the pack's days allow, by the clock.
import fc from 'fast-check'
import { afterAll, afterEach, expect, test } from 'vitest'
import { addDays, dayIn, daysBetween } from '#door/day.ts'
import { appraisals, codeOf } from './steps/appraisals.ts'
import { someHelped } from './steps/exiting.ts'
import { staged, unwrap, type World } from './world.ts'

let world: World
const now = '2014-06-20T02:00:00.000Z'
const opened = staged((fresh) => appraisals(fresh).opened(1), now)
const helped = staged((fresh) => someHelped(fresh, [{}]), now)
afterEach(async () => world.rollback())
afterAll(async () => world.close())

// Each try: so many hours go by, then a step is tried with a day claimed so many days from that day.
const tries = fc.array(
  fc.record({ hours: fc.integer({ min: 0, max: 70 }), claim: fc.integer({ min: -400, max: 400 }) }),
  {
    minLength: 25,
    maxLength: 45,
  },
)
/** The same histories on every machine; what is claimed is nearer the day than not. */
const histories = fc.sample(tries, { numRuns: 6, seed: 20140620 }).map((history) =>
  history.map(({ hours, claim }, nth) => ({
    hours,
    claim: nth % 3 === 0 ? 0 : nth % 3 === 1 ? Math.round(claim / 40) : claim,
  })),
)

/** Walk a history; `attempt` tries whatever step is next with the day claimed. */
async function walk(
  from: string,
  history: (typeof histories)[number],
  attempt: (claimed: string, day: string) => Promise<void>,
) {
  let clock = Date.parse(from)
  for (const { hours, claim } of history) {
    clock += hours * 3_600_000
    const now = new Date(clock).toISOString()
    world.at(now)
    const day = dayIn(world.pack.time_zone, now)
    await attempt(addDays(day, claim), day)
  }
}

test.each(histories)('an appraisal is never faster than its two notices (history %#)', async (...history) => {
  const stage = await opened()
  world = stage.world
  const steps = appraisals(world)
  const [one = ''] = stage.given
  const days: Record<string, string> = {}
  let notice_id = ''
  await walk(now, history, async (claimed, day) => {
    const state = await steps.stateOf(one)
    const did = async (name: string, call: Promise<unknown>) => {
      if ((await codeOf(call)) === 'passed') days[name] = day
    }
    if (state === 'applied') return did('meeting', steps.meet([one], { held_on: claimed }))
    if (state === 'appraised' || state === 'township_review') {
      const [client, level, stage] =
        state === 'appraised'
          ? ([await steps.committee(), 'village', 'first_notice'] as const)
          : ([await steps.township(), 'township', 'second_notice'] as const)
      await codeOf(steps.review(client, level, [one]))
      return did(
        stage,
        steps.post(client, stage, claimed).then((posted) => {
          notice_id = posted.notice_id
        }),
      )
    }
    if (state === 'first_notice' || state === 'second_notice') {
      const client = state === 'first_notice' ? await steps.committee() : await steps.township()
      return did(`${state} closed`, steps.close(client, notice_id, claimed))
    }
    if (state === 'county_review') await did('approved', steps.review(await steps.county(), 'county', [one]))
  })
  expect(days).toHaveProperty('first_notice')
  for (const stage of ['first_notice', 'second_notice'] as const) {
    const [posted, closed] = [days[stage], days[`${stage} closed`]]
    if (posted && closed) expect(daysBetween(posted, closed), stage).toBeGreaterThanOrEqual(7)
  }
  if (days['approved']) expect(daysBetween(days['meeting'] ?? '', days['approved'])).toBeGreaterThanOrEqual(14)
})

test.each(histories)(
  'an exit is never faster than its notice, and its days stand in order (history %#)',
  async (...history) => {
    const stage = await helped()
    world = stage.world
    const [household_id = ''] = stage.given
    const county = await world.as('chen.lihua')
    await unwrap(
      (await world.as('zhong.wei')).api.exit.check.$post({ json: { area_code: world.county_code, year: 2016 } }),
    )
    const committee = await world.as(`committee.${(world.village_codes[0] ?? '').slice(9)}`)
    const township = await world.as('li.guoqiang')
    const story = async () =>
      (await unwrap(county.api.exit.households[':household_id'].$get({ param: { household_id } }))).cases[0]
    const exit_id = (await story())?.exit_id ?? ''
    const way = [
      [committee, 'appraised', () => ({ present: 30, entitled: 40, for: 25, against: 0 })],
      [township, 'verified', (day: string) => ({ visited_on: day, note: '入户' })],
      [committee, 'consented', () => ({ by: '户主', signed: true })],
      [committee, 'noticed', () => ({})],
      [county, 'exited', () => ({})],
    ] as const
    const days: string[] = []
    await walk('2015-12-20T08:00:00.000Z', history, async (claimed, day) => {
      const next = way[days.length]
      if (!next) return
      const [client, kind, detail] = next
      const cases = [{ exit_id, detail: detail(claimed) }]
      const call = client.api.exit.steps.$post({ json: { kind, happened_on: claimed, cases } })
      const done = await unwrap(call).then(
        (answer) => answer.done,
        () => 0,
      )
      if (done === 1) days.push(day)
    })
    expect(days.length).toBeGreaterThanOrEqual(4)
    if (days[4]) expect(daysBetween(days[3] ?? '', days[4])).toBeGreaterThanOrEqual(7)
    const claimed = (await story())?.steps.map((step) => step.happened_on) ?? []
    expect(claimed).toEqual(claimed.toSorted())
  },
)
