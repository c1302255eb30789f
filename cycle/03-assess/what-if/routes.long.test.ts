import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { tableNames } from '#test/house.ts'
import { someHouseholds, type Given } from '#test/steps/households.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { CallFailed, openWorld, staged, unwrap, type World } from '#test/world.ts'
import type { WhatIfResult } from './run.ts'

let world: World
afterEach(async () => world.rollback())
afterAll(async () => world.close())

type Changes = NonNullable<Parameters<World['client']['api']['what-if']['$post']>[0]['json']['changes']>

const ask = async (changes: Changes, area_code = world.county_code, login = 'zhong.wei') => {
  const client = await world.as(login)
  const answer = await unwrap(client.api['what-if'].$post({ json: { area_code, changes } }))
  return answer.result as unknown as WhatIfResult
}
const failure = async (work: Promise<unknown>) =>
  work.then(
    () => ({ code: 'nothing failed' }),
    (error: unknown) => {
      if (error instanceof CallFailed) return error.problem
      throw error
    },
  )

/** 3,000 yuan a person: above the line of 2014, below 4,000. */
const near: Given = { wage_income: 600_000, business_income: 100_000, members: [{}, {}] }
const poor: Given = { wage_income: 100_000, business_income: 100_000, members: [{}] }
const well: Given = { members: [{ sex: 'female', birth_date: '2009-05-05' }] }

/** Number of rows and a hash over all of them, for every table but the one that tells how far jobs are. */
async function everything(): Promise<Record<string, string>> {
  const tables = [...tableNames()].filter((name) => name !== 'job_run').sort()
  const told = tables.map(
    (table) => sql`select ${sql.lit(table)} as name,
      concat_ws(' ', count(*), sum(hashtextextended(t::text, 0)::numeric)) as told from ${sql.table(table)} t`,
  )
  const { rows } = await transactRead(world.registry, SYSTEM, (tx) =>
    sql<{ name: string; told: string }>`${sql.join(told, sql` union all `)}`.execute(tx),
  )
  return Object.fromEntries(rows.map((row) => [row.name, row.told]))
}

describe('of two households', () => {
  const begin = staged((world) => someHouseholds(world, [near, poor]))
  beforeEach(async () => ({ world } = await begin()))

  test('a township is a part of its county, and evidence is read again when it changes', async () => {
    const first = await ask({ parameters: { income_line: 4000 } }, '360781107', 'hu.min')
    expect(first).toMatchObject({ level: 'township', households: 2, entering: { households: 1 }, villages: [] })
    expect(first.areas.map((each) => [each.area_code, each.level])).toEqual([[world.village_codes[0], 'village']])
    expect(first.areas[0]!.name).toMatchObject({ zh: expect.any(String) })
    await someHouseholds(world, [near])
    expect(await ask({ parameters: { income_line: 4000 } })).toMatchObject({ entering: { households: 2 } })
  })

  test('above the county, county by county, and a lower line lets households leave', async () => {
    const found = await ask({ parameters: { income_line: 500 } }, '36', 'hu.min')
    expect(found).toMatchObject({
      level: 'province',
      leaving: { households: 1, people: 1 },
      entering: { households: 0 },
    })
    expect(found.areas.map((each) => each.area_code)).toEqual(['3607'])
    expect(found.moved[0]).toMatchObject({
      change: 'leaving',
      flips: [{ code: 'income', before: 'unmet', after: 'met' }],
    })
    const nation = await ask({ parameters: { income_line: 500 } }, 'CN', 'wang.jing')
    expect(nation.leaving).toEqual(found.leaving)
    const none = await ask({ rules: [{ kind: 'indicator', code: 'income', source: 'true' }] })
    expect(none.leaving.households).toBe(1)
  })
})

describe('of others', () => {
  beforeEach(async () => {
    world = await openWorld()
  })

  test('a higher line: who enters, where, why and at what cost, and nothing is written', async () => {
    const second = `${world.village_codes[1]}001`
    const ids = await someHouseholds(world, [near, poor, well, { ...near, area_code: second }])
    const county = await world.as('zhong.wei')
    const before = await everything()
    const json = { area_code: world.county_code, changes: { parameters: { income_line: 4000 } } }
    const found = (await unwrap(county.api['what-if'].$post({ json }))).result as unknown as WhatIfResult
    expect(await everything()).toEqual(before)
    expect(Object.keys(before).length).toBeGreaterThan(40)
    expect(found).toMatchObject({
      area_code: '360781',
      level: 'county',
      counties: 1,
      changed: [{ kind: 'parameter', code: 'income_line', unit: 'yuan', before: 2800, after: 4000 }],
      households: 4,
      people: 6,
      // One person at 1,000 yuan: 1,800 short of 2,800 and 3,000 short of 4,000.
      before: { eligible: 1, people: 1, gap: 180_000 },
      after: { eligible: 3, people: 5, gap: 300_000 + 2 * 200_000 },
      entering: { households: 2, people: 4, gap: 400_000 },
      leaving: { households: 0 },
      staying: { households: 1, gap: 300_000 },
    })
    expect(found.areas).toMatchObject([{ area_code: '360781107', level: 'township', entering: { households: 2 } }])
    expect(found.villages.map((each) => [each.area_code, each.entering.households])).toEqual([
      [world.village_codes[0], 1],
      [world.village_codes[1], 1],
    ])
    expect(found.moved.map((each) => each.household_id).sort()).toEqual([ids[0], ids[3]].sort())
    expect(found.moved[0]).toMatchObject({
      head: expect.stringMatching(/^.＊＊$/),
      change: 'entering',
      gap: 200_000,
      flips: [{ kind: 'indicator', code: 'income', before: 'met', after: 'unmet' }],
    })
    expect(found.groups.filter((each) => each.by === 'sex').reduce((sum, each) => sum + each.entering, 0)).toBe(4)
    expect(found.causes.reduce((sum, each) => sum + each.households, 0)).toBe(2)
  })

  test('who may ask, and where; what cannot be asked is refused before any work begins', async () => {
    const body = { area_code: '360781', changes: { parameters: { income_line: 4000 } } }
    for (const login of ['li.guoqiang', 'he.zhiyuan', `surveyor.${world.village_codes[0]!.slice(9)}.1`]) {
      const client = await world.as(login)
      expect((await failure(unwrap(client.api['what-if'].$post({ json: body })))).code, login).toBe('not_permitted')
    }
    const county = await world.as('zhong.wei')
    const fail = (json: typeof body | { area_code: string; changes: Changes }) =>
      failure(unwrap(county.api['what-if'].$post({ json })))
    expect((await fail({ ...body, area_code: '3607' })).code).toBe('outside_area')
    expect(await fail({ ...body, changes: { parameters: { incomeline: 1 } } })).toMatchObject({
      code: 'whatif_unknown_parameter',
      errors: [{ hint: 'income_line' }],
    })
    const rules = [{ kind: 'indicator' as const, code: 'housing', source: 'house_grade ==' }]
    expect((await fail({ ...body, changes: { rules } })).code).toBe('whatif_bad_rule')
    const jobs = await transactRead(world.registry, SYSTEM, (tx) => tx.selectFrom('job_run').select('kind').execute())
    expect(jobs.filter((job) => job.kind === 'what_if')).toEqual([])
  })

  test('one household: an answer and a figure otherwise, each indicator before and after with its reason', async () => {
    const [household_id] = await someHouseholds(world, [near])
    const county = await world.as('zhong.wei')
    const begin = await unwrap(county.api['what-if'].household.$get({ query: { household_id: household_id! } }))
    expect(begin).toMatchObject({
      before: { verdict: 'not_eligible' },
      after: { verdict: 'not_eligible' },
      changed: [],
    })
    expect(begin.answers).toMatchObject({ wage_income: 600_000 })
    expect(JSON.stringify(begin.answers)).not.toMatch(/36078119\d{10}|v1\./)
    const json = {
      household_id: household_id!,
      answers: { house_grade: 'D' },
      changes: { parameters: { income_line: 4000 } },
    }
    const found = await unwrap(county.api['what-if'].household.$post({ json }))
    const states = (side: typeof found.before) =>
      Object.fromEntries(
        side.indicators.filter((each) => each.state !== 'met').map((each) => [each.code, each.reason.en]),
      )
    expect([found.before.verdict, found.after.verdict]).toEqual(['not_eligible', 'eligible'])
    expect(Object.keys(states(found.before))).toEqual([])
    expect(states(found.after)).toMatchObject({
      income: 'Income per person is ¥3,000, below the line of ¥4,000.',
      housing: expect.any(String),
    })
    const typo = { ...json, answers: { house_grad: 'D' } }
    expect((await failure(unwrap(county.api['what-if'].household.$post({ json: typo })))).code).toBe('request_invalid')
    const stranger = await world.as('li.guoqiang')
    expect((await failure(unwrap(stranger.api['what-if'].household.$post({ json })))).code).toBe('not_permitted')
  })

  test('a draft of the workbench is asked before it is published, with a figure laid over it', async () => {
    await someHouseholds(world, [near, { house_grade: 'C' }])
    const bench = (await world.as('wang.jing')).api.rules.drafts
    const { draft_id } = await unwrap(bench.$post({ json: { title: 'Grade C is safe', why: 'Repaired.' } }))
    const at = { param: { draft_id, entry_id: 'indicators.housing' } }
    const found = await unwrap(bench[':draft_id'].entries[':entry_id'].$get(at))
    const value = { ...(found.value as Record<string, unknown>), met: "house_grade in ['A', 'B', 'C']" }
    const entries = [{ id: 'indicators.housing', value }]
    await unwrap(bench[':draft_id'].$patch({ param: { draft_id }, json: { revision: 1, entries } }))
    const asked = await ask({ draft_id, parameters: { income_line: 4000 } })
    expect(asked.changed.map((each) => [each.kind, each.code])).toEqual([
      ['parameter', 'income_line'],
      ['indicator', 'housing'],
    ])
    expect(asked).toMatchObject({ entering: { households: 1 }, leaving: { households: 1 } })
    expect(asked.moved.map((each) => each.flips.map((flip) => flip.code))).toEqual([['income'], ['housing']])
    const county = await world.as('zhong.wei')
    const json = { area_code: '360781', changes: { draft_id: 'none' } }
    expect((await failure(unwrap(county.api['what-if'].$post({ json })))).code).toBe('not_found')
  })
})
