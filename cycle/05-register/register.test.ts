import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAnswers, type Answers } from '#door/personal.ts'
import { numberCode } from '#registry/secrets/secrets.ts'
import { appraisals, codeOf, poor } from '#test/steps/appraisals.ts'
import { someHouseholds, submissionXml, type Given } from '#test/steps/households.ts'
import { openWorld, staged, unwrap, type World } from '#test/world.ts'

let world: World
let steps: ReturnType<typeof appraisals>

const now = '2014-06-20T02:00:00.000Z'
function beginAnew() {
  beforeEach(async () => {
    world = await openWorld(now)
    steps = appraisals(world)
  })
}
afterEach(async () => {
  await world.rollback()
})
afterAll(async () => {
  await world.close()
})

const phone = '13907970001'

/** Households approved on 2014-07-08. */
const approved = (count: number) => approvedIn(world, count)
async function approvedIn(world: World, count: number): Promise<string[]> {
  const ids = await appraisals(world).opened(count, { phone })
  await appraisals(world).toApproved(ids)
  return ids
}

/** One household approved, once for all tests of a group. */
const oneApproved = staged((world) => approvedIn(world, 1), now)
let ids: string[]
function beginApproved() {
  beforeEach(async () => {
    ;({ world, given: ids } = await oneApproved())
    steps = appraisals(world)
  })
}

async function enter(valid_from = '2014-07-08') {
  const client = await world.as('zeng.jianping')
  const job = await unwrap(client.api.register.enter.$post({ json: { area_code: world.county_code, valid_from } }))
  return job.result as { registered: number }
}

async function refresh() {
  const client = await world.as('zeng.jianping')
  const job = await unwrap(client.api.register.refresh.$post({ json: { area_code: world.county_code } }))
  return job.result as { updated: number }
}

async function fileOf(household_id: string, query: { on?: string; known_on?: string } = {}) {
  const client = await world.as('chen.lihua')
  return unwrap(client.api.register.households[':household_id'].$get({ param: { household_id }, query }))
}

async function strikeOff(household_id: string, valid_from: string, reason = '全家已迁出本县。') {
  const client = await world.as('zeng.jianping')
  return unwrap(
    client.api.register.households[':household_id'].deregister.$post({
      param: { household_id },
      json: { valid_from, reason },
    }),
  )
}

/** A second visit to the same people, by their handbook's number, matched. */
async function visitAgain(household_id: string, changes: Given) {
  const before = await world.registry.app
    .selectFrom('household')
    .innerJoin('submission', 'submission.instance_id', 'household.current_instance_id')
    .select('submission.answers')
    .where('household.county_code', '=', world.county_code)
    .where('household_id', '=', household_id)
    .executeTakeFirstOrThrow()
  const answers = openAnswers(world.registry.keys, world.pack.personal_fields, before.answers as Answers) as Given
  const surveyor = await world.as(`surveyor.${steps.village().slice(9)}.1`)
  const xml = submissionXml(world, { ...answers, household_code: household_id, ...changes })
  const sent = await unwrap(surveyor.api.survey.submissions.$post({ json: { submissions: [xml] } }))
  expect(sent.accepted).toBe(1)
  const client = await world.as('zhong.wei')
  await unwrap(client.api.match.run.$post({ json: { area_code: world.county_code } }))
}

describe('entering', () => {
  beginAnew()

  test('approved households enter once, from the day given', async () => {
    const [one = '', two = ''] = await approved(2)
    expect(await enter()).toEqual({ registered: 2 })
    expect(await enter()).toEqual({ registered: 0 })
    const answer = await fileOf(one)
    expect(answer.file).toMatchObject({ status: 'registered', registered_on: '2014-07-08', status_on: '2014-07-08' })
    expect(answer.entries.map((entry) => [entry.kind, entry.changed, entry.seen])).toEqual([['registered', [], true]])
    const client = await world.as('li.guoqiang')
    const list = await unwrap(
      client.api.register.households.$get({ query: { area_code: steps.village(), status: 'registered' } }),
    )
    expect(list.total).toBe(2)
    expect(list.items.map((item) => item.household_id)).toEqual([one, two].sort())
  })

  test('nobody enters a household that was not approved, and no day that has not come', async () => {
    const ids = await steps.opened(1)
    await steps.toCounty(ids)
    expect(await enter()).toEqual({ registered: 0 })
    expect(await codeOf(enter('2014-07-09'))).toBe('day_in_future')
    expect(await codeOf(fileOf('360781-9999999'))).toBe('not_found')
  })

  test('the county alone enters', async () => {
    const json = { area_code: world.county_code, valid_from: '2014-06-20' }
    const client = await world.as('li.guoqiang')
    expect(await codeOf(unwrap(client.api.register.enter.$post({ json })))).toBe('not_permitted')
  })

  test('pages of the register follow one another', async () => {
    const ids = await approved(3)
    await enter()
    const client = await world.as('zeng.jianping')
    const page = (after?: string) =>
      unwrap(client.api.register.households.$get({ query: { area_code: world.county_code, limit: '2', after } }))
    const first = await page()
    expect(first).toMatchObject({ total: 3, next: [...ids].sort()[1] })
    expect(first.carried[0]).toMatchObject({
      name: 'household_attribute',
      label: { en: 'Kind of household' },
      choices: { general: { en: 'Ordinary household' } },
    })
    const second = await page(first.next ?? '')
    expect(second).toMatchObject({ total: 3, next: null })
    expect([...first.items, ...second.items].map((item) => item.household_id)).toEqual([...ids].sort())
    const found = await unwrap(
      client.api.register.households.$get({
        query: { area_code: world.county_code, search: (ids[0] ?? '').slice(-4) },
      }),
    )
    expect(found.items.map((item) => item.household_id)).toEqual([ids[0]])
  })
})

describe('later surveys', () => {
  beginAnew()

  test('are carried into the file once, with the fields that changed', async () => {
    const [one = '', two = ''] = await approved(2)
    await enter()
    expect(await refresh()).toMatchObject({ checked: 2, updated: 0 })
    world.at('2015-05-10T02:00:00.000Z')
    await visitAgain(one, { surveyed_on: '2015-05-01', pigs: 4, house_grade: 'B' })
    expect(await refresh()).toMatchObject({ checked: 2, updated: 1 })
    expect(await refresh()).toMatchObject({ updated: 0 })
    const { file, entries } = await fileOf(one)
    expect(file).toMatchObject({ status: 'registered', registered_on: '2014-07-08' })
    expect(file?.answers).toMatchObject({ pigs: 4, house_grade: 'B' })
    expect(entries[1]).toMatchObject({ kind: 'updated', valid_from: '2015-05-01', source_kind: 'submission' })
    // Sealed anew with each submission, the numbers of members and phone are still the same.
    expect(entries[1]?.changed).toEqual(['house_grade', 'household_code', 'pigs', 'surveyed_on'])
    expect((await fileOf(two)).entries).toHaveLength(1)
  })
})

describe('personal numbers', () => {
  beginAnew()

  test('nobody reveals a person of another household or another township', async () => {
    const [one = '', two = ''] = await someHouseholds(world, [poor, poor])
    const theirs = await fileOf(two)
    const client = await world.as('zeng.jianping')
    const json = { person_id: theirs.members[0]?.person_id ?? '', reason: '核对身份证号码' }
    const call = client.api.register.households[':household_id'].reveal.$post({ param: { household_id: one }, json })
    expect(await codeOf(unwrap(call))).toBe('not_found')
  })
})

describe('of one approved household', () => {
  beginApproved()

  describe('later surveys', () => {
    test('a survey older than the registration is carried in once too', async () => {
      const [one = ''] = ids
      await enter()
      world.at('2014-08-01T02:00:00.000Z')
      await visitAgain(one, { surveyed_on: '2014-06-30', pigs: 2 })
      expect(await refresh()).toMatchObject({ updated: 1 })
      expect(await refresh()).toMatchObject({ updated: 0 })
      const { file, entries } = await fileOf(one)
      expect(entries[1]).toMatchObject({ kind: 'updated', valid_from: '2014-07-08' })
      expect(file?.answers).toMatchObject({ pigs: 2 })
    })

    test('the file is shown as it was on a day, and as it was known then', async () => {
      const [one = ''] = ids
      await enter()
      world.at('2015-05-10T02:00:00.000Z')
      await visitAgain(one, { surveyed_on: '2015-05-01', pigs: 4 })
      await refresh()
      const pigs = async (query: { on?: string; known_on?: string }) => (await fileOf(one, query)).file?.answers?.pigs
      expect(await pigs({})).toBe(4)
      expect(await pigs({ on: '2015-04-30' })).toBe(0)
      expect(await pigs({ on: '2015-05-01' })).toBe(4)
      expect(await pigs({ on: '2015-05-01', known_on: '2015-05-05T00:00:00Z' })).toBe(0)
      const before = await fileOf(one, { on: '2014-07-01' })
      expect(before.file).toBeNull()
      expect(before.entries.map((entry) => entry.seen)).toEqual([false, false])
    })
  })

  describe('leaving and coming back', () => {
    test('struck off on the very day on which it was entered', async () => {
      const [one = ''] = ids
      await enter()
      const on = (await fileOf(one)).file?.status_on ?? ''
      await strikeOff(one, on)
      expect((await fileOf(one)).file).toMatchObject({ status: 'deregistered', registered_on: on, status_on: on })
    })

    test('struck off, appraised anew, returned; the first day stays', async () => {
      const [one = ''] = ids
      await enter()
      expect(await codeOf(strikeOff(one, '2014-07-01'))).toBe('day_before_step')
      world.at('2014-12-01T02:00:00.000Z')
      await strikeOff(one, '2014-11-30')
      expect(await codeOf(strikeOff(one, '2014-11-30'))).toBe('wrong_state')
      expect((await fileOf(one)).file).toMatchObject({ status: 'deregistered', status_on: '2014-11-30' })
      expect(await enter('2014-12-01')).toEqual({ registered: 0 })
      await steps.assess('2015-12-31')
      const clerk = await steps.committee()
      await unwrap(clerk.api.appraise.open.$post({ json: { area_code: steps.village(), household_ids: ids } }))
      world.at('2015-06-20T02:00:00.000Z')
      await steps.toApproved(ids, '2015')
      expect(await enter('2015-07-08')).toEqual({ registered: 1 })
      expect(await enter('2015-07-08')).toEqual({ registered: 0 })
      const { file, entries } = await fileOf(one)
      expect(file).toMatchObject({ status: 'registered', registered_on: '2014-07-08', status_on: '2015-07-08' })
      expect(entries.map((entry) => entry.kind)).toEqual(['registered', 'deregistered', 'returned'])
      expect((await fileOf(one, { on: '2015-01-01' })).file).toMatchObject({ status: 'deregistered' })
    })
  })

  describe('personal numbers', () => {
    test('stand nowhere in clear, and are shown to a role that says why, which leaves its mark', async () => {
      const [one = ''] = ids
      await enter()
      const client = await world.as('zeng.jianping')
      const param = { household_id: one }
      const { members, ...answer } = await fileOf(one)
      const { person_id, national_id_code } = members[0] ?? { person_id: '', national_id_code: '' }
      const reveal = (person: typeof client, reason: string) =>
        unwrap(person.api.register.households[':household_id'].reveal.$post({ param, json: { person_id, reason } }))
      expect(await codeOf(reveal(await steps.committee(), '核对身份证号码'))).toBe('not_permitted')
      expect(await codeOf(reveal(client, '    '))).toBe('request_invalid')
      const { national_id } = await reveal(client, '核对身份证号码')
      expect(national_id).toMatch(/^360781\d{11}[\dX]$/)
      expect(national_id_code).toBe(numberCode(world.registry.keys, national_id ?? ''))
      const told = await world.registry.app
        .selectFrom('audit_event')
        .select(['action', 'account_id', 'household_id', 'detail'])
        .where('county_code', '=', world.county_code)
        .where('action', '=', 'register.reveal')
        .execute()
      const { account_id } = await steps.account('zeng.jianping')
      expect(told).toEqual([
        {
          action: 'register.reveal',
          account_id,
          household_id: one,
          detail: { reason: '核对身份证号码', field: 'national_id' },
        },
      ])
      const list = await unwrap(client.api.register.households.$get({ query: { area_code: world.county_code } }))
      const board = await unwrap(client.api.appraise.board.$get({ query: { area_code: world.county_code } }))
      const story = await unwrap(client.api.appraise.households[':household_id'].$get({ param }))
      const stored = await world.registry.app.selectFrom('register_entry').select('data').execute()
      const audited = await world.registry.app.selectFrom('audit_event').select('detail').execute()
      const shown = JSON.stringify({ answer, members, list, board, story, stored, audited })
      expect(shown).not.toContain(national_id)
      expect(shown).not.toContain(phone)
      // Equal numbers have equal codes; of the number itself no part stands beside a birth date (F48).
      expect(JSON.stringify(answer.file?.answers)).toContain(`"${national_id_code}"`)
      expect(JSON.stringify({ answer, members })).not.toContain(national_id?.slice(-4))
    })
  })
})
