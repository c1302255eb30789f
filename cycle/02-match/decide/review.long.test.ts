// What people decide on: two reviewers, undo to the letter, thresholds, checks, and runs that compare only who is new.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { family, family_misspelt, numberOf, sendCard, sons_family } from '#test/steps/families.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import type { RunResult } from '../run/run.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

async function run(): Promise<RunResult> {
  const client = await world.as('zhong.wei')
  const answer = await unwrap(client.api.match.run.$post({ json: { area_code: world.county_code } }))
  return answer.result as unknown as RunResult
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

const decided = async (login: string) =>
  (
    await unwrap(
      (await world.as(login)).api.match.reviews.$get({
        query: { area_code: world.county_code.concat('107'), state: 'accepted' },
      }),
    )
  ).items

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'passed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )

/**
 * Everything that says who is who and what rests on it, without the rows that tell its history: withdrawn links and
 * answers, superseded assessments, dropped tasks; and without what only names a row or says when it was written.
 */
async function standing() {
  const rows = async (query: ReturnType<typeof sql>) => (await query.execute(world.registry.app)).rows
  return {
    households: await rows(sql`select to_jsonb(h) - 'changed_at' as row from household h order by household_id`),
    persons: await rows(sql`select to_jsonb(p) - 'changed_at' as row from person p order by person_id`),
    links: await rows(sql`select to_jsonb(l) - 'link_id' - 'linked_at' - 'run_id' - 'account_id'
        || jsonb_build_object('evidence', l.evidence - 'restores') as row
      from link l where withdrawn_at is null order by left_kind, left_id`),
    claims: await rows(sql`select * from national_id_claim order by national_id_hash`),
    reviews: await rows(sql`select to_jsonb(r) as row from match_review r order by review_id`),
    answers: await rows(sql`select review_id, decision, account_id from match_answer where withdrawn_at is null
      order by review_id, account_id`),
    assessments: await rows(sql`select to_jsonb(a) - 'assessment_id' - 'assessed_at' - 'account_id' as row
      from assessment a where superseded_at is null order by household_id`),
    follow_ups: await rows(sql`select household_id, fields, reason, state from follow_up where state <> 'dropped'
      order by household_id`),
    verifications: await rows(sql`select v.household_id, v.reasons, v.state, v.decided_by, v.note from verification v
      join assessment a on a.county_code = v.county_code and a.assessment_id = v.assessment_id
      where a.superseded_at is null and v.state <> 'dropped' order by v.household_id`),
    register: await rows(sql`select to_jsonb(r) - 'changed_at' as row from register_household r order by household_id`),
    entries: await rows(sql`select to_jsonb(e) as row from register_entry e order by entry_id`),
  }
}

const registered = async () =>
  (
    await sql<{ household_id: string; status: string }>`select household_id, status from register_household
    order by household_id`.execute(world.registry.app)
  ).rows

const assessed = async () =>
  (
    await sql<{ household_id: string; household_size: number }>`select household_id, household_size from assessment
    where superseded_at is null order by household_id`.execute(world.registry.app)
  ).rows

async function onlyQuestion(kind: string): Promise<string> {
  const { items } = await waiting('li.guoqiang')
  expect(items).toMatchObject([{ kind }])
  return items[0]?.review_id ?? ''
}

test('a merger that touches a registered household needs a second person; undone, all stands as before', async () => {
  const [old = ''] = await someRegistered(world, [{ ...poor, members: family, surveyed_on: '2014-04-20' }])
  await sendCard(world, { instance_id: 'uuid:sons', surveyed_on: '2014-09-20', members: sons_family }, 2)
  await run()
  await assess()
  const before = await standing()
  expect(before.assessments).toHaveLength(2)
  const review_id = await onlyQuestion('part')
  const client = await world.as('li.guoqiang')
  const shown = await unwrap(client.api.match.reviews[':review_id'].$get({ param: { review_id } }))
  expect(shown.review).toMatchObject({ second: 'registered', answered_by_me: false })
  expect(shown.households).toMatchObject([
    { registered: false, members: 3, left: 0, cards: [{ instance_id: 'uuid:sons' }] },
    { registered: true, members: 2, other_questions: 0 },
  ])

  expect(await answer('li.guoqiang', review_id, 'accepted')).toMatchObject({ state: 'open', awaiting: true, links: 0 })
  const { answers: _, ...untouched } = await standing()
  expect(untouched).toEqual(Object.fromEntries(Object.entries(before).filter(([key]) => key !== 'answers')))
  expect(await code(answer('li.guoqiang', review_id, 'accepted'))).toBe('match_answer_given')
  expect((await waiting('li.guoqiang')).waiting).toBe(0)
  expect((await waiting('liu.xiaomei')).items).toMatchObject([{ review_id, answers: 1 }])

  expect(await answer('liu.xiaomei', review_id, 'accepted')).toMatchObject({ state: 'accepted', kept: old })
  // What rests on the two follows at once: one assessment, of the card that speaks now; one line on the register.
  expect(await assessed()).toEqual([{ household_id: old, household_size: 3 }])
  expect(await registered()).toEqual([{ household_id: old, status: 'registered' }])

  // Taking it back takes two as well (F58): the first asks, nothing changes, and the same person cannot agree with himself.
  const merged = await standing()
  expect(await answer('liu.xiaomei', review_id, 'open')).toMatchObject({ state: 'accepted', awaiting: true, links: 0 })
  expect(await standing()).toEqual(merged)
  expect(await decided('li.guoqiang')).toMatchObject([{ review_id, undo_asked: true }])
  expect(await code(answer('liu.xiaomei', review_id, 'open'))).toBe('match_answer_given')
  expect(await answer('li.guoqiang', review_id, 'open')).toMatchObject({ state: 'open', awaiting: false })
  expect(await standing()).toEqual(before)
  const { rows: history } = await sql<{ withdrawn: number }>`select count(*)::int as withdrawn from match_answer
    where withdrawn_at is not null`.execute(world.registry.app)
  expect(history).toEqual([{ withdrawn: 2 }])
})

test('where the registered household is the one that goes, its file counts for the other, and comes back', async () => {
  await sendCard(world, { ...poor, instance_id: 'uuid:first', surveyed_on: '2014-04-10', members: sons_family }, 2)
  await run()
  const [gone = ''] = await someRegistered(world, [{ ...poor, members: family, surveyed_on: '2014-04-20' }])
  await assess()
  const before = await standing()
  const review_id = await onlyQuestion('part')
  await answer('li.guoqiang', review_id, 'accepted')
  const { kept } = await answer('liu.xiaomei', review_id, 'accepted')
  expect(kept).not.toBe(gone)
  expect(await registered()).toEqual([{ household_id: kept, status: 'registered' }])
  expect(await assessed()).toMatchObject([{ household_id: kept }])
  const client = await world.as('zhong.wei')
  const file = (household_id: string) =>
    unwrap(client.api.register.households[':household_id'].$get({ param: { household_id }, query: {} }))
  expect((await file(kept ?? '')).file).toMatchObject({ status: 'registered', registered_on: '2014-10-08' })
  expect((await file(gone)).file).toBeNull()
  expect((await file(gone)).entries).toHaveLength(1)
  await answer('zhong.wei', review_id, 'open')
  await answer('chen.lihua', review_id, 'open')
  expect(await standing()).toEqual(before)
})

test('one person’s no is enough against a merger, but not against another person’s yes', async () => {
  await someRegistered(world, [{ ...poor, members: family, surveyed_on: '2014-04-20' }])
  await sendCard(world, { instance_id: 'uuid:sons', surveyed_on: '2014-09-20', members: sons_family }, 2)
  await run()
  const review_id = await onlyQuestion('part')
  expect(await answer('li.guoqiang', review_id, 'rejected')).toMatchObject({ state: 'rejected', awaiting: false })
  await answer('li.guoqiang', review_id, 'open')
  expect(await answer('li.guoqiang', review_id, 'accepted')).toMatchObject({ awaiting: true })
  expect(await answer('liu.xiaomei', review_id, 'rejected')).toMatchObject({ awaiting: true })
  expect(await answer('chen.lihua', review_id, 'rejected')).toMatchObject({ state: 'rejected' })
  expect((await registered()).length).toBe(1)
})

test('a question drawn for two is answered by two, blind; their agreement is told with its interval', async () => {
  const county = await world.as('zhong.wei')
  const wish = { area_code: world.county_code, accept: 10, review: 0, second_share: 1, why: 'how well do we agree?' }
  await unwrap(county.api.match.thresholds.$post({ json: wish }))
  await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
  await run()
  const review_id = await onlyQuestion('part')
  expect(await answer('li.guoqiang', review_id, 'rejected')).toMatchObject({ state: 'open', awaiting: true })
  const seen = JSON.stringify((await waiting('liu.xiaomei')).items)
  expect(seen).not.toContain('rejected')
  expect(await answer('liu.xiaomei', review_id, 'rejected')).toMatchObject({ state: 'rejected' })
  const shown = await unwrap(county.api.match.thresholds.$get({ query: { area_code: world.county_code } }))
  expect(shown.agreement).toMatchObject({ pairs: 1, agreed: 1, kappa: null, share: { estimate: 1 } })
  expect(shown.agreement?.share.lower).toBeCloseTo(0.2065, 4)
})

test('new thresholds are set by the county alone, are on record, and hold from the next run', async () => {
  const wish = { area_code: world.county_code, accept: 60, review: 0, second_share: 0.1, why: 'ask about everything' }
  const township = await world.as('li.guoqiang')
  expect((await township.api.match.thresholds.$post({ json: wish })).status).toBe(403)
  const county = await world.as('zhong.wei')
  expect(await code(unwrap(county.api.match.thresholds.$post({ json: { ...wish, review: 61 } })))).not.toBe('passed')
  await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await run()
  world.at('2014-05-02T08:00:00.000Z')
  const { setting_id } = await unwrap(county.api.match.thresholds.$post({ json: wish }))
  const show = () => unwrap(county.api.match.thresholds.$get({ query: { area_code: world.county_code } }))
  expect(await show()).toMatchObject({
    in_force: { accept: 60 },
    waits_for_run: true,
    history: [{ setting_id, set_at: '2014-05-02T08:00:00.000Z', why: wish.why }],
  })
  const { rows: events } = await sql`select detail from audit_event where action = 'match.set'`.execute(
    world.registry.app,
  )
  expect(events).toMatchObject([{ detail: { before: { accept: 10 }, after: { accept: 60 } } }])
  world.at('2014-05-03T08:00:00.000Z')
  await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-05-02', members: family_misspelt }, 2)
  expect(await run()).toMatchObject({ submissions_linked: 0, households_created: 1, reviews_opened: 1 })
  expect((await show()).waits_for_run).toBe(false)
  const review_id = await onlyQuestion('doubtful')
  // What the county has set, its townships see.
  const asked = await unwrap(township.api.match.reviews[':review_id'].$get({ param: { review_id } }))
  expect(asked.bands).toEqual({ accept: 60, review: 0 })
  const area_code = world.village_codes[0]?.slice(0, 9) ?? ''
  const seen = await unwrap(township.api.match.thresholds.$get({ query: { area_code } }))
  expect(seen).toMatchObject({ in_force: { accept: 60 }, waits_for_run: false })
  await answer('li.guoqiang', review_id, 'accepted')
  // The pair would have been linked at 10 bits: every threshold up to its own weight has it.
  const { curve, looked_at } = await show()
  expect(looked_at).toEqual({ asked: 1, check: 0 })
  expect(curve.find((point) => point.threshold === 10)).toMatchObject({ linked: 1, right: 1 })
  expect(curve.at(-1)).toMatchObject({ recall: { estimate: expect.any(Number) } })
})

test('an automatic link is checked: said wrong it is parted, taken back it stands again, and it is a label', async () => {
  await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
  await run()
  await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: family_misspelt }, 2)
  expect(await run()).toMatchObject({ submissions_linked: 1 })
  const client = await world.as('li.guoqiang')
  const draw = () => unwrap(client.api.match.checks.$post({ json: { area_code: world.county_code, links: 5 } }))
  expect(await code(draw())).toBe('outside_area')
  const officer = await world.as('chen.lihua')
  const drawn = () => unwrap(officer.api.match.checks.$post({ json: { area_code: world.county_code, links: 5 } }))
  expect(await drawn()).toEqual({ opened: 1 })
  expect(await drawn()).toEqual({ opened: 0 })
  const before = await standing()
  const review_id = await onlyQuestion('check')
  const shown = await unwrap(client.api.match.reviews[':review_id'].$get({ param: { review_id } }))
  expect(shown.left?.members).toHaveLength(5)
  expect(shown.right?.members).toHaveLength(5)
  expect(shown.pairs).toHaveLength(5)
  expect(await answer('li.guoqiang', review_id, 'rejected')).toMatchObject({ state: 'rejected', links: 6 })
  expect((await standing()).links).toHaveLength(6)
  await answer('li.guoqiang', review_id, 'open')
  expect(await standing()).toEqual(before)
  await answer('li.guoqiang', review_id, 'accepted')
  const labels = async (of: 'card' | 'member') =>
    await (await officer.api.match.labels.$get({ query: { area_code: world.county_code, of } })).text()
  expect(await labels('card')).toBe('left_id,right_id\nuuid:2,uuid:1\n')
  expect(await labels('member')).toBe(
    `left_id,right_id\n${[1, 2, 3, 4, 5].map((k) => `uuid:2#${k},uuid:1#${k}`).join('\n')}\n`,
  )
  const show = await unwrap(officer.api.match.thresholds.$get({ query: { area_code: world.county_code } }))
  expect(show).toMatchObject({ looked_at: { asked: 0, check: 1 }, universe: { asked: 0, check: 1 } })
})

const list = (records: [record_id: string, name: string, national_id: string | null][]) => ({
  register: 'vehicle' as const,
  county_code: world.county_code,
  records: records.map(([record_id, name, national_id]) => ({
    record_id,
    name,
    national_id,
    value: 9_000_000,
    detail: null,
    since: null,
  })),
})

test('a second run compares only who is new, with people and with lists alike', async () => {
  for (let k = 0; k < 12; k++) await sendCard(world, { instance_id: `uuid:${k}`, members: [{}, {}, {}] })
  // The family was visited by four surveyors: its members are compared with one another.
  for (const k of [1, 2, 3, 4]) await sendCard(world, { instance_id: `uuid:family${k}`, members: family })
  const client = await world.as('zhong.wei')
  const records = list([
    ['r1', '赖福生', family[0]?.national_id ?? null],
    ['r2', '赖福生', family[1]?.national_id ?? null],
    ['r3', '钟无人', '360781199001011235'],
  ])
  await unwrap(client.api.survey.registers.$post({ json: records }))
  const first = await run()
  expect(first).toMatchObject({ submissions: 16, records_linked: 1, records_left: 2 })
  expect(first.pairs_scored).toBeGreaterThanOrEqual(30)
  expect(first.records_scored).toBeGreaterThan(0)
  const links = await standing()
  expect(await run()).toMatchObject({ submissions: 0, pairs_scored: 0, records_scored: 0, records_left: 2 })
  expect(await standing()).toEqual(links)

  // One card more: it is compared with those who stand, and nobody else with anybody.
  await sendCard(world, { instance_id: 'uuid:again', members: [{ ...family[0] }, { ...family[1] }] }, 2)
  const third = await run()
  expect(third).toMatchObject({ submissions: 1, submissions_linked: 1, households_created: 0 })
  expect(third.pairs_scored).toBeGreaterThan(0)
  expect(third.pairs_scored).toBeLessThan(first.pairs_scored / 2)
  // Whom a record could not find may come later; then he is found.
  expect(third.records_left).toBe(2)
  const late = { name: '钟无人', relation: 'head', birth_date: '1990-01-01', sex: 'male' }
  await sendCard(world, { instance_id: 'uuid:late', members: [{ ...late, national_id: '360781199001011235' }] })
  const fourth = await run()
  expect(fourth).toMatchObject({ submissions: 1, households_created: 1, records_linked: 1, records_left: 1 })
  expect(await run()).toMatchObject({ pairs_scored: 0, records_scored: 0, records_left: 1 })
})

test('a list’s record taken from a person counts no more for the household’s assessment', async () => {
  await sendCard(world, { ...poor, instance_id: 'uuid:1', members: family })
  const client = await world.as('zhong.wei')
  await unwrap(client.api.survey.registers.$post({ json: list([['r1', '赖福生', family[0]?.national_id ?? null]]) }))
  await run()
  await assess()
  const current = async () => {
    const { rows } = await sql<{ verdict: string; vetoes: unknown[]; evidence: { registers: unknown[] } }>`
      select verdict, vetoes, evidence from assessment where superseded_at is null`.execute(world.registry.app)
    return rows
  }
  expect(await current()).toMatchObject([{ verdict: 'needs_verification', evidence: { registers: [{}] } }])
  const { rows } = await sql<{ link_id: string }>`select link_id from link where left_kind = 'record'`.execute(
    world.registry.app,
  )
  await unwrap(
    client.api.match.links[':link_id'].withdraw.$post({
      param: { link_id: rows[0]?.link_id ?? '' },
      json: { reason: 'another person of the same name' },
    }),
  )
  expect(await current()).toMatchObject([{ verdict: 'eligible', vetoes: [], evidence: { registers: [] } }])
  // A person has said no: the next run does not link it again.
  expect(await run()).toMatchObject({ records_linked: 0, records_left: 1 })
})

test('decisions that rest on one another are taken back in the opposite order, each to the letter', async () => {
  const second_son = { name: '赖长林', relation: 'child', birth_date: '1991-06-12', sex: 'male', national_id: '' }
  const second_wife = { name: '廖金莲', relation: 'child_in_law', birth_date: '1992-02-19', sex: 'female' }
  const both = [
    { ...second_son, national_id: numberOf('1991-06-12', '095') },
    { ...second_wife, national_id: numberOf('1992-02-19', '108') },
  ]
  await sendCard(world, { instance_id: 'uuid:a', surveyed_on: '2014-04-10', members: sons_family })
  await sendCard(world, {
    instance_id: 'uuid:b',
    surveyed_on: '2014-04-11',
    members: [
      { ...both[0], relation: 'head' },
      { ...both[1], relation: 'spouse' },
    ],
  })
  await run()
  await sendCard(world, { instance_id: 'uuid:c', surveyed_on: '2014-04-12', members: [...family, ...both] }, 2)
  await run()
  const { items } = await waiting('li.guoqiang')
  expect(items).toHaveLength(2)
  const states = [await standing()]
  for (const [index, item] of items.entries()) {
    world.at(`2014-05-0${2 + index}T08:00:00.000Z`)
    expect(item.second_drawn).toBe(false)
    expect(await answer('li.guoqiang', item.review_id, 'accepted')).toMatchObject({ state: 'accepted' })
    states.push(await standing())
  }
  expect(states[2]?.households).toMatchObject([
    { row: { state: 'active' } },
    { row: { state: 'merged' } },
    { row: { state: 'merged' } },
  ])
  const [first = '', second = ''] = items.map((item) => item.review_id)
  expect(await code(answer('li.guoqiang', first, 'open'))).toBe('match_review_built_on')
  expect(await standing()).toEqual(states[2])
  await answer('li.guoqiang', second, 'open')
  expect(await standing()).toEqual(states[1])
  await answer('li.guoqiang', first, 'open')
  expect(await standing()).toEqual(states[0])
})
