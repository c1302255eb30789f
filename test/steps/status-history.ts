// What people may try on one household, in an order of chance, and what its page says after each.
import { expect } from 'vitest'
import { randomFrom } from '#engines/statistics/draw/random.ts'
import { dayIn } from '#door/day.ts'
import { appraisals } from './appraisals.ts'
import { unwrap, type World } from '../world.ts'

const DAY = 86_400_000

/** Everything that people may try on one household, each as whoever's task it is; most fail most of the time. */
function tries(world: World, household_id: string, chance: () => number, today: () => string) {
  const steps = appraisals(world)
  const area_code = world.county_code
  const ids = [household_id]
  const param = { household_id }
  const analyst = () => world.as('zhong.wei')
  const notice = async () => {
    const client = await steps.county()
    const { notices } = await unwrap(client.api.appraise.households[':household_id'].$get({ param }))
    return notices.findLast((each) => each.closed_at === null)?.notice_id ?? ''
  }
  const plan = async () => {
    const client = await analyst()
    return (await unwrap(client.api.prescribe.households[':household_id'].$get({ param, query: {} }))).current
  }
  const exit_case = async () => {
    const client = await steps.county()
    const { cases } = await unwrap(client.api.exit.households[':household_id'].$get({ param }))
    return cases.find((each) => each.closed_at === null)
  }
  const exit = async (kind: 'appraised' | 'verified' | 'consented' | 'refused' | 'noticed' | 'exited' | 'stopped') => {
    const client = await {
      appraised: steps.committee,
      verified: steps.township,
      consented: steps.committee,
      refused: steps.committee,
      noticed: steps.committee,
      exited: steps.county,
      stopped: steps.county,
    }[kind]()
    const detail = {
      appraised: { present: 30, entitled: 40, for: chance() < 0.8 ? 25 : 5, against: 3 },
      verified: { visited_on: today(), note: '入户' },
      consented: { by: '户主', signed: true },
      refused: { by: '户主', reason: '收入不稳' },
      noticed: {},
      exited: {},
      stopped: { reason: '情况有变' },
    }[kind]
    const cases = [{ exit_id: (await exit_case())?.exit_id ?? '', detail }]
    await unwrap(client.api.exit.steps.$post({ json: { kind, happened_on: today(), cases } }))
  }
  return {
    assess: () => steps.assess('2015-12-31'),
    verify: async () => {
      const client = await steps.township()
      const { items } = await unwrap(client.api.assess.verifications.$get({ query: { area_code: steps.village() } }))
      const decision = chance() < 0.7 ? ('confirmed_poor' as const) : ('confirmed_not_poor' as const)
      const decisions = items.map(({ verification_id }) => ({ verification_id, decision, note: '看过' }))
      await unwrap(client.api.assess.verifications.$post({ json: { decisions } }))
    },
    open: async () => {
      const json = { area_code: steps.village(), household_ids: ids }
      await unwrap((await steps.committee()).api.appraise.open.$post({ json }))
    },
    meet: () => steps.meet(ids, { held_on: today() }, chance() < 0.85 ? 25 : 5, 3),
    village: async () => steps.review(await steps.committee(), 'village', ids),
    first: async () => steps.post(await steps.committee(), 'first_notice', today()),
    close_first: async () => steps.close(await steps.committee(), await notice(), today()),
    township: async () =>
      steps.review(await steps.township(), 'township', ids, chance() < 0.85 ? 'approved' : 'returned'),
    second: async () => steps.post(await steps.township(), 'second_notice', today()),
    close_second: async () => steps.close(await steps.township(), await notice(), today()),
    county: async () => steps.review(await steps.county(), 'county', ids, chance() < 0.85 ? 'approved' : 'rejected'),
    enter: async () => unwrap((await analyst()).api.register.enter.$post({ json: { area_code, valid_from: today() } })),
    diagnose: async () => unwrap((await analyst()).api.diagnose.run.$post({ json: { area_code } })),
    plan: async () => unwrap((await analyst()).api.prescribe.run.$post({ json: { area_code, year: 2016 } })),
    agree: async () => {
      const json = { plan_ids: [(await plan())?.plan_id ?? ''], agreed_on: today() }
      await unwrap((await steps.committee()).api.prescribe.plans.agree.$post({ json }))
    },
    approve: async () => {
      const json = { plan_ids: [(await plan())?.plan_id ?? ''] }
      await unwrap((await steps.county()).api.prescribe.plans.approve.$post({ json }))
    },
    deliver: async () => {
      const deliveries = ((await plan())?.items ?? []).map((item) => ({
        household_id,
        measure_code: item.measure_code,
        delivered_on: today(),
        quantity: 1,
        unit: '项',
        cost: item.cost,
        provider: '乡政府',
        head_signed: true,
      }))
      await unwrap((await steps.committee()).api.deliver.deliveries.$post({ json: { deliveries } }))
    },
    reverse: async () => {
      const client = await steps.committee()
      const story = await unwrap(client.api.deliver.households[':household_id'].$get({ param }))
      for (const { delivery_id } of story.deliveries) {
        const json = { reason: '登记有误' }
        await unwrap(
          client.api.deliver.deliveries[':delivery_id'].reverse.$post({ param: { delivery_id }, json }),
        ).catch(() => null)
      }
    },
    check: async () => unwrap((await analyst()).api.exit.check.$post({ json: { area_code, year: 2016 } })),
    appraised: () => exit('appraised'),
    verified: () => exit('verified'),
    consented: () => exit('consented'),
    refused: () => exit('refused'),
    noticed: () => exit('noticed'),
    exited: () => exit('exited'),
    stopped: () => exit('stopped'),
    strike_off: async () => {
      const json = { valid_from: today(), reason: '重复登记' }
      await unwrap((await steps.county()).api.register.households[':household_id'].deregister.$post({ param, json }))
    },
  }
}

type Try = keyof ReturnType<typeof tries>

// The way a household goes where nothing comes between.
const way: Try[] = [
  'assess',
  'verify',
  'open',
  'meet',
  'village',
  'first',
  'close_first',
  'township',
  'second',
  'close_second',
  'county',
  'enter',
  'diagnose',
  'plan',
  'agree',
  'approve',
  'deliver',
  'check',
  'appraised',
  'verified',
  'consented',
  'noticed',
  'exited',
]
const between: Try[] = [
  'assess',
  'county',
  'reverse',
  'deliver',
  'plan',
  'check',
  'refused',
  'stopped',
  'strike_off',
  'open',
  'enter',
]

/** A history of 45 turns; what was told after each is told of that moment afterwards. */
export async function toldAsThen(world: World, seed: number): Promise<void> {
  const random = randomFrom(`status ${seed}`)
  const chance = () => random.uniform()
  let clock = Date.parse('2015-06-20T02:00:00.000Z')
  const now = () => new Date(clock).toISOString()
  const today = () => dayIn(world.pack.time_zone, now())
  const steps = appraisals(world)
  // Not poor by the rules once it is helped, so that an exit may come; a sign from outside makes a person look.
  const ids = await steps.opened(1, {
    house_grade: 'A',
    food_shortage: 'never',
    protein_weekly: true,
    seasonal_clothing: true,
  })
  const household_id = ids[0] ?? ''
  const doing = tries(world, household_id, chance, today)
  const client = await world.as('he.zhiyuan')
  const param = { household_id }
  const told: { at: string; status: string; after: string }[] = []
  const look = async (after: string) => {
    const { status } = await unwrap(client.api.see.households[':household_id'].$get({ param, query: {} }))
    told.push({ at: now(), status, after })
  }
  await look('opened')
  let at = way.indexOf('meet')
  let failures = 0
  for (let turn = 0; turn < 45; turn++) {
    const onward = chance() < 0.7
    const next = (onward ? way[at % way.length] : between[Math.floor(chance() * between.length)]) ?? 'assess'
    clock += Math.round((next.startsWith('close') || next === 'exited' ? 7 : chance() * 3) * DAY) + 1000
    world.at(now())
    const done = await doing[next]().then(
      () => true,
      () => false,
    )
    // What does not go on is tried once more, then left.
    failures = onward && !done ? failures + 1 : 0
    if (onward && (done || failures === 2)) {
      at += 1
      failures = 0
    }
    clock += 1000
    world.at(now())
    await look(next)
  }
  const then = async (known_on: string) =>
    (await unwrap(client.api.see.households[':household_id'].timeline.$get({ param, query: { known_on } }))).status_then
  const asked = []
  for (const each of told) asked.push({ ...each, status: await then(each.at) })
  expect(asked).toEqual(told)
  expect(await then('2010-01-01T00:00:00.000Z')).toBeNull()
  // It means something only where the household was in many places.
  expect(new Set(told.map((each) => each.status)).size).toBeGreaterThanOrEqual(4)
}
