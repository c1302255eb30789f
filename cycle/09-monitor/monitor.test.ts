import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base } from '#packs/china-2014/example.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import { someHouseholds, type Given } from '#test/steps/households.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import { daysBetween } from '#door/day.ts'
import { alertsByChange, alertsOf, changeKinds } from './monitor.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const head = { name: '朱春生', sex: 'male', birth_date: '1975-03-15', national_id: '360781197503151210' }
const code = async (call: Promise<unknown>) => {
  const failed = await call.then(
    () => null,
    (error: unknown) => error,
  )
  return failed instanceof CallFailed ? failed.problem.code : failed
}

/** One family, visited in 2014 and again, with other answers, on a later day. Returns its household_id. */
async function visitedTwice(then: Given, now: Given, surveyed_on = '2015-04-18'): Promise<string> {
  const members = [head]
  world.at('2014-05-01T08:00:00.000Z')
  const [household_id = ''] = await someHouseholds(world, [{ ...then, members }])
  world.at(`${surveyed_on}T08:00:00.000Z`)
  const [again] = await someHouseholds(world, [{ ...now, members, surveyed_on, household_code: household_id }])
  if (again !== household_id) throw new Error('the second visit was not linked to the first')
  return household_id
}

const run = async () => {
  const county = await world.as('zhong.wei')
  const job = await unwrap(county.api.monitor.run.$post({ json: { area_code: world.county_code } }))
  return job.result as { checked: number; raised: number; by_rule: Record<string, number> }
}
const alerts = async (state?: 'open' | 'visited' | 'helped') => {
  const county = await world.as('zhong.wei')
  const query = { area_code: world.county_code, ...(state ? { state } : {}) }
  return await unwrap(county.api.monitor.alerts.$get({ query }))
}
const committee = () => world.as(`committee.${world.village_codes[0]?.slice(9)}`)

describe('rules over two visits', () => {
  const check = (now: Record<string, unknown>, before: Record<string, unknown>) => {
    const book = rulebookOf(world.pack)
    return alertsOf(book, { ...base, ...now }, { ...base, ...before }, standAt(book, '2015-04-18', '360781107001001'))
  }

  test('what stayed as it was raises nothing; what grew worse tells now and before', () => {
    expect(check({}, {})).toEqual([])
    const [worse, ...others] = check({ house_grade: 'D' }, { house_grade: 'A' })
    expect(others).toEqual([])
    expect(worse).toEqual({
      rule_code: 'house_worse',
      severity: 'high',
      facts: [{ field: 'house_grade', now: 'D', before: 'A' }],
    })
  })

  test('what is not known raises nothing', () => {
    expect(check({ house_grade: null }, { house_grade: 'A' })).toEqual([])
    expect(check({ house_grade: 'D' }, { house_grade: null })).toEqual([])
  })

  test('every alert that a change raises is of a kind the pack has words for, and every kind has them', () => {
    const kinds = changeKinds(world.pack)
    expect(kinds.length).toBeGreaterThan(10)
    for (const language of world.pack.languages)
      expect(Object.keys(world.pack.words[language]?.change_kind ?? {}).sort()).toEqual([...kinds].sort())
    expect(alertsByChange(world.pack, 'death', '2015-01-01').map((each) => each.rule_code)).toEqual([
      'death_or_accident',
    ])
    expect(alertsByChange(world.pack, 'birth', '2015-01-01')).toEqual([])
  })

  test('days are counted over months', () => {
    expect(daysBetween('2015-02-27', '2015-03-02')).toBe(3)
    expect(daysBetween('2015-03-02', '2015-02-27')).toBe(-3)
  })
})

describe('an alert run', () => {
  test('finds a family that was never registered and is falling, once', async () => {
    const household_id = await visitedTwice({}, { wage_income: 100_000, business_income: 100_000, water_safe: false })
    expect(await run()).toMatchObject({ checked: 1, by_rule: { below_line: 1, income_fall: 1, water_lost: 1 } })
    expect(await run()).toMatchObject({ checked: 1, raised: 0 })
    const { items, total } = await alerts('open')
    expect(total).toBe(items.length)
    const water = items.find((each) => each.rule_code === 'water_lost')
    expect(water).toMatchObject({ household_id, severity: 'medium', register_status: null, days_left: 15 })
    expect(water?.evidence).toMatchObject({ surveyed_on: '2015-04-18', previous_surveyed_on: '2014-04-20' })
    const safe = water?.evidence.facts.find((fact) => fact.field === 'water_safe')
    expect(safe).toMatchObject({ now: { en: 'no', zh: '否' }, before: { en: 'yes', zh: '是' } })
    // The most pressing first.
    const due = items.map((each) => each.due_on)
    expect(due).toEqual(due.toSorted())
    const page = await unwrap(
      (await world.as('li.guoqiang')).api.monitor.alerts.$get({
        query: { area_code: '360781107', limit: '1', after: items[0]?.alert_id ?? '' },
      }),
    )
    expect(page.items[0]?.alert_id).toBe(items[1]?.alert_id)
  })

  test('two visits of one round are no change', async () => {
    await visitedTwice({}, { wage_income: 0, business_income: 0 }, '2014-05-02')
    expect(await run()).toMatchObject({ checked: 0, raised: 0 })
  })
})

describe('changes and what is done', () => {
  test('a death is told by the village and raises an alert at once; a birth raises none', async () => {
    const [household_id = ''] = await someHouseholds(world, [{}])
    const village = await committee()
    const change = { household_id, happened_on: '2014-04-30', source: 'the household', detail: '父亲去世' }
    const tell = (kind: string) =>
      unwrap(village.api.monitor.changes.$post({ json: { changes: [{ ...change, kind }] } }))
    expect(await tell('death')).toMatchObject({ recorded: 1, duplicates: 0, raised: 1 })
    expect(await tell('death')).toMatchObject({ recorded: 0, duplicates: 1, raised: 0 })
    expect(await tell('birth')).toMatchObject({ recorded: 1, raised: 0 })
    const tomorrow = { ...change, kind: 'death', happened_on: '2014-05-02' }
    expect(await code(unwrap(village.api.monitor.changes.$post({ json: { changes: [tomorrow] } })))).toBe(
      'day_in_future',
    )
    expect(await code(tell('comet'))).toBe('monitor_unknown_kind')
    const other = await world.as(`committee.${world.village_codes[1]?.slice(9)}`)
    const elsewhere = other.api.monitor.changes.$post({ json: { changes: [{ ...change, kind: 'death' }] } })
    expect(await code(unwrap(elsewhere))).toBe('monitor_unknown_household')
    const story = await unwrap(village.api.monitor.households[':household_id'].$get({ param: { household_id } }))
    expect(story.changes.map((each) => each.kind).sort()).toEqual(['birth', 'death'])
    expect(story.alerts).toMatchObject([{ rule_code: 'death_or_accident', evidence: { kind: 'death' }, days_left: 7 }])
  })

  test('village and township say what was done; it stays on record, and a closed alert stays closed', async () => {
    const [household_id = ''] = await someHouseholds(world, [{}])
    const village = await committee()
    const change = { household_id, kind: 'disaster', happened_on: '2014-04-30', source: 'a neighbour', detail: '' }
    const told = await unwrap(village.api.monitor.changes.$post({ json: { changes: [change] } }))
    const param = { alert_id: told.alert_ids[0] ?? '' }
    const take = async (login: string, state: 'visited' | 'helped', action: string) =>
      unwrap((await world.as(login)).api.monitor.alerts[':alert_id'].$post({ param, json: { state, action } }))
    const own = `committee.${world.village_codes[0]?.slice(9)}`
    expect(await code(take('zhong.wei', 'visited', '已入户'))).toBe('not_permitted')
    expect(await code(take(`committee.${world.village_codes[1]?.slice(9)}`, 'visited', '已入户'))).toBe('not_found')
    world.at('2014-05-06T02:00:00.000Z')
    expect((await alerts('open')).items).toMatchObject([{ days_left: -2 }])
    // Nobody has been there and nothing was given: that is no help (F62).
    expect(await code(take(own, 'helped', '已落实临时救助'))).toBe('monitor_not_looked_at')
    await take(own, 'visited', '已入户了解')
    world.at('2014-05-08T02:00:00.000Z')
    await take('li.guoqiang', 'helped', '已落实临时救助')
    expect((await alerts()).items).toMatchObject([
      {
        state: 'helped',
        action: '2014-05-06 已入户了解\n2014-05-08 已落实临时救助',
        handled_by: { en: 'Li Guoqiang' },
        days_left: null,
      },
    ])
    expect(await code(take(own, 'visited', '再次入户'))).toBe('already_done')
  })
})
