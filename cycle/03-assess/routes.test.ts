import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { openAnswers, type Answers } from '#door/personal.ts'
import { someHouseholds, submissionXml, type Given } from '#test/steps/households.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import type { RunResult } from './judge/run.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const by_income: Given = { wage_income: 100_000, business_income: 0, members: [{}] }
const by_house: Given = { house_grade: 'D' }
const unknown: Given = { protein_weekly: null, members: [{}, { medical_insurance: null }] }
const with_car: Given = { house_grade: 'D', assets: ['car'] }
const well: Given = {}

async function run(body: { area_code?: string; reference_date?: string } = {}): Promise<RunResult> {
  const county = await world.as('zhong.wei')
  const answer = await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code, ...body } }))
  return answer.result as unknown as RunResult
}
const show = async (household_id: string, known_on?: string) => {
  const county = await world.as('zhong.wei')
  return unwrap(
    county.api.assess.households[':household_id'].$get({
      param: { household_id },
      query: known_on ? { known_on } : {},
    }),
  )
}
const verifications = async (login = 'li.guoqiang', state?: 'open' | 'confirmed_poor') => {
  const client = await world.as(login)
  const query = { area_code: '360781107', ...(state ? { state } : {}) }
  return unwrap(client.api.assess.verifications.$get({ query }))
}
const decide = async (
  login: string,
  verification_id: string,
  decision: 'confirmed_poor' | 'confirmed_not_poor' | 'undo' = 'confirmed_poor',
) => {
  const client = await world.as(login)
  const decisions = [{ verification_id, decision, note: 'Visited; the car is the son-in-law’s.' }]
  return unwrap(client.api.assess.verifications.$post({ json: { decisions } }))
}
const followUps = async (state: 'open' | 'done' | 'dropped' = 'open') => {
  const client = await world.as('li.guoqiang')
  return unwrap(client.api.assess['follow-ups'].$get({ query: { area_code: '360781107', state } }))
}
const failure = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )
const audited = () =>
  transactRead(world.registry, SYSTEM, (tx) =>
    tx.selectFrom('audit_event').select(['action', 'detail', 'account_id']).orderBy('sequence').execute(),
  )

/** The household is visited again: the same people, on another day, with these answers. */
async function visitedAgain(household_id: string, given: Given): Promise<void> {
  const { answers: sealed } = await transactRead(world.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('household')
      .innerJoin('submission', (join) =>
        join
          .onRef('submission.county_code', '=', 'household.county_code')
          .onRef('submission.instance_id', '=', 'household.current_instance_id'),
      )
      .select(['submission.answers'])
      .where('household.county_code', '=', world.county_code)
      .where('household.household_id', '=', household_id)
      .executeTakeFirstOrThrow(),
  )
  const answers = openAnswers(world.registry.keys, world.pack.personal_fields, sealed as Answers)
  const again = { ...answers, surveyed_on: '2014-06-01', household_code: household_id, ...given } as Given
  expect(await someHouseholds(world, [again])).toEqual([household_id])
}

test('each household is judged for its own reason, and what is doubtful waits for a person', async () => {
  const [poor, unsafe, asked, car, rich] = await someHouseholds(world, [by_income, by_house, unknown, with_car, well])
  expect(await run()).toEqual({
    assessed: 5,
    unchanged: 0,
    eligible: 2,
    not_eligible: 1,
    needs_verification: 2,
    follow_ups: 1,
  })
  const income = (await show(poor!)).current!
  expect(income).toMatchObject({ verdict: 'eligible', net_income_per_capita: 0, reference_date: '2014-12-31' })
  expect(income.indicators.find((each) => each.code === 'income')).toMatchObject({
    state: 'unmet',
    label: { zh: '收入达到标准' },
    reason: { en: 'Income per person is ¥0, below the line of ¥2,800.' },
    parameters: [{ name: 'income_line', value: 280_000, from: '2014-01-01' }],
    source: { confidence: 'V' },
  })
  expect((await show(unsafe!)).current!.indicators.find((each) => each.code === 'housing')!.state).toBe('unmet')
  expect((await show(rich!)).current).toMatchObject({ verdict: 'not_eligible', vetoes: [], score: 0 })
  const { items, total } = await verifications()
  expect([total, items.map((item) => item.household_id).sort()]).toEqual([2, [asked!, car!].sort()])
  expect(items.find((item) => item.household_id === car)!.vetoes).toMatchObject([
    { code: 'car', label: { en: 'A car' }, evidence: { said: [{ field: 'assets', value: ['car'] }] } },
  ])
  const visits = await followUps()
  expect(visits.items).toMatchObject([
    { household_id: asked, fields: ['protein_weekly', 'members[1].medical_insurance'], state: 'open' },
  ])
  const [protein, insurance] = visits.items[0]!.ask
  expect(protein).toMatchObject({ who: null, label: { zh: expect.stringMatching(/蛋白质|肉/) } })
  expect(insurance!.who).toBe(visits.items[0]!.members[1])
  expect(visits.items[0]!.reason.map((each) => each.indicator)).toEqual(['food', 'medical'])
})

test('run again, nothing changes and nothing is written', async () => {
  const [household_id] = await someHouseholds(world, [unknown, well])
  await run()
  const before = [await show(household_id!), await verifications(), await audited()]
  expect((await audited()).filter((event) => event.action === 'assess.run')).toHaveLength(1)
  expect(await run()).toMatchObject({ assessed: 0, unchanged: 2, follow_ups: 0 })
  expect([await show(household_id!), await verifications(), await audited()]).toEqual(before)
})

test('new answers give a new assessment; the old one stays and is what was known then', async () => {
  const [household_id] = await someHouseholds(world, [unknown])
  await run()
  expect((await followUps()).total).toBe(1)
  world.at('2014-06-02T08:00:00.000Z')
  await visitedAgain(household_id!, { protein_weekly: true, wage_income: 50_000, business_income: 0 })
  expect((await show(household_id!)).current!.verdict).toBe('needs_verification')
  expect(await run()).toMatchObject({ assessed: 1, eligible: 1 })
  const { current, history } = await show(household_id!)
  expect(current).toMatchObject({ verdict: 'eligible', superseded_at: null })
  expect(history.map((each) => [each.verdict, each.superseded_at])).toEqual([
    ['eligible', null],
    ['needs_verification', '2014-06-02T08:00:00.000Z'],
  ])
  for (const instant of ['2014-06-02T07:59:59Z', '2014-06-02T15:59:59+08:00']) {
    const then = await show(household_id!, instant)
    expect(then.current, instant).toMatchObject({ verdict: 'needs_verification', superseded_at: null })
    expect(then.history).toHaveLength(1)
  }
  expect((await show(household_id!, '2014-06-02T08:00:00Z')).current!.verdict).toBe('eligible')
  expect((await show(household_id!, '2014-04-01T00:00:00Z')).current).toBeNull()
  // The verification's grounds are gone; of the two answers asked for, one is still missing.
  expect((await verifications()).total).toBe(0)
  expect((await followUps()).items.map((each) => each.fields)).toEqual([['members[1].medical_insurance']])
  expect((await followUps('dropped')).total).toBe(1)
})

test('a follow-up that was answered is done, not dropped', async () => {
  const [household_id] = await someHouseholds(world, [{ protein_weekly: null, members: [{}] }])
  await run()
  world.at('2014-06-02T08:00:00.000Z')
  await visitedAgain(household_id!, { protein_weekly: true })
  await run()
  expect([(await followUps()).total, (await followUps('dropped')).total]).toEqual([0, 0])
  expect((await followUps('done')).items).toMatchObject([{ household_id, done_at: '2014-06-02T08:00:00.000Z' }])
})

test('a later line judges the same answers again; which new_evidence does not', async () => {
  const [household_id] = await someHouseholds(world, [
    { wage_income: 282_000, business_income: 100_000, members: [{}] },
  ])
  await run()
  expect((await show(household_id!)).current!.verdict).toBe('not_eligible')
  const county = await world.as('zhong.wei')
  const json = { area_code: world.county_code, reference_date: '2015-12-31' }
  const left = await unwrap(county.api.assess.run.$post({ json: { ...json, which: 'new_evidence' } }))
  expect(left.result).toMatchObject({ assessed: 0, unchanged: 1 })
  expect(await run(json)).toMatchObject({ assessed: 1, eligible: 1 })
})

test('who surveyed may not verify, an officer may, once, and takes it back within two minutes alone', async () => {
  // The township officer himself went to the first household.
  const own = await world.as('li.guoqiang')
  await unwrap(own.api.survey.submissions.$post({ json: { submissions: [submissionXml(world, with_car)] } }))
  const county = await world.as('zhong.wei')
  await unwrap(county.api.match.run.$post({ json: { area_code: world.county_code } }))
  await run()
  const [item] = (await verifications()).items
  const id = item!.verification_id
  expect(item!.mine).toBe(true)
  expect((await verifications('liu.xiaomei')).items[0]!.mine).toBe(false)
  expect(await failure(decide('li.guoqiang', id))).toBe('same_person')
  expect(await failure(decide(`surveyor.${world.village_codes[0]!.slice(9)}.1`, id))).toBe('not_permitted')
  expect((await verifications()).total).toBe(1)

  expect(await decide('liu.xiaomei', id)).toEqual({ decided: 1 })
  expect(await failure(decide('zhong.wei', id))).toBe('already_done')
  expect((await verifications('liu.xiaomei', 'confirmed_poor')).items[0]).toMatchObject({
    note: 'Visited; the car is the son-in-law’s.',
    decided_at: '2014-05-01T08:00:00.000Z',
  })
  world.at('2014-05-01T08:01:30.000Z')
  expect(await failure(decide('zhong.wei', id, 'undo'))).toBe('assess_undo_too_late')
  expect(await decide('liu.xiaomei', id, 'undo')).toEqual({ decided: 1 })
  expect((await verifications()).items[0]).toMatchObject({ state: 'open', note: null, decided_at: null })
  await decide('liu.xiaomei', id, 'confirmed_not_poor')
  world.at('2014-05-01T08:05:00.000Z')
  expect(await failure(decide('liu.xiaomei', id, 'undo'))).toBe('assess_undo_too_late')

  const events = (await audited()).filter((event) => event.action === 'assess.verify')
  expect(events.map((event) => event.detail)).toEqual([
    { state: 'confirmed_poor' },
    { state: 'open' },
    { state: 'confirmed_not_poor' },
  ])
  // A person's word stands as long as the evidence does.
  expect(await run()).toMatchObject({ assessed: 0, unchanged: 1 })
})

test('all decisions of a request are taken or none', async () => {
  await someHouseholds(world, [with_car, { ...with_car, members: [{}, {}] }])
  await run()
  const ids = (await verifications()).items.map((item) => item.verification_id)
  const client = await world.as('liu.xiaomei')
  const send = (wanted: string[]) =>
    failure(
      unwrap(
        client.api.assess.verifications.$post({
          json: {
            decisions: wanted.map((verification_id) => ({ verification_id, decision: 'confirmed_poor', note: 'x' })),
          },
        }),
      ),
    )
  expect(await send([ids[0]!, 'nobody'])).toBe('not_found')
  expect(await send([ids[0]!, ids[0]!])).toBe('request_invalid')
  expect((await verifications()).total).toBe(2)
  expect(await send(ids)).toBe('nothing failed')
  expect((await verifications()).total).toBe(0)
})

test('a village sees its own list alone, and a person outside the county none', async () => {
  await someHouseholds(world, [with_car])
  await run()
  const list = async (login: string, area_code: string) => {
    const client = await world.as(login)
    return unwrap(client.api.assess.verifications.$get({ query: { area_code } }))
  }
  const [first, second] = world.village_codes as [string, string]
  expect((await list(`committee.${first.slice(9)}`, first)).total).toBe(1)
  expect((await list(`committee.${second.slice(9)}`, second)).total).toBe(0)
  expect(await failure(list(`committee.${second.slice(9)}`, first))).toBe('outside_area')
  expect(await failure(list('wang.jing', 'CN'))).toBe('above_county')
})

test('pages of a list leave nothing out', async () => {
  const ids = await someHouseholds(
    world,
    Array.from({ length: 5 }, (_, index) => ({ ...with_car, members: Array.from({ length: index + 1 }, () => ({})) })),
  )
  await run()
  const client = await world.as('li.guoqiang')
  const seen: string[] = []
  for (let after: string | undefined; ;) {
    const query = { area_code: '360781107', limit: '2', ...(after ? { after } : {}) }
    const page = await unwrap(client.api.assess.verifications.$get({ query }))
    expect(page.total).toBe(5)
    seen.push(...page.items.map((item) => item.household_id))
    if (page.next === null) break
    after = page.next
  }
  expect(seen).toEqual([...ids].sort())
})

test('the explanation names the clauses, the answers and the people', async () => {
  const [household_id] = await someHouseholds(world, [unknown])
  await run()
  const county = await world.as('zhong.wei')
  const param = { household_id: household_id!, indicator_code: 'medical' }
  const told = await unwrap(
    county.api.assess.households[':household_id'].why[':indicator_code'].$get({ param, query: {} }),
  )
  expect(told).toMatchObject({ reference_date: '2014-12-31', evidence_changed: false, pack_changed: false })
  expect(told.explanation).toMatchObject({ kind: 'all', state: 'unknown', missing: ['members[1].medical_insurance'] })
  expect(told.explanation.clauses[0]).toMatchObject({ item: { list: 'members', index: 1 }, state: 'unknown' })
  expect(told.members).toHaveLength(2)
  expect(told.deciding).toMatchObject([{ en: expect.stringMatching(/Not known: Covered by medical insurance\?$/) }])
  const sign = county.api.assess.households[':household_id'].why[':indicator_code'].$get({
    param: { household_id: household_id!, indicator_code: 'car' },
    query: { part: 'vetoes' },
  })
  expect((await unwrap(sign)).said.state).toBe('unknown')
  const wrong = county.api.assess.households[':household_id'].why[':indicator_code'].$get({
    param: { ...param, indicator_code: 'happiness' },
    query: {},
  })
  expect(await failure(unwrap(wrong))).toBe('not_found')
})

test('an explanation is of the answers that were assessed, not of those that came after', async () => {
  const [household_id] = await someHouseholds(world, [by_house])
  await run()
  world.at('2014-06-02T08:00:00.000Z')
  await visitedAgain(household_id!, { house_grade: 'A' })
  const county = await world.as('zhong.wei')
  const param = { household_id: household_id!, indicator_code: 'housing' }
  const told = await unwrap(
    county.api.assess.households[':household_id'].why[':indicator_code'].$get({ param, query: {} }),
  )
  expect(told.explanation.state).toBe('false')
  expect(told.explanation.values).toEqual([{ field: 'house_grade', value: 'D' }])
})

test('another department’s list is a sign with its source', async () => {
  const members = [{ name: '谢春生', national_id: '36078119500315121X', birth_date: '1950-03-15', sex: 'male' }]
  const county = await world.as('zhong.wei')
  await unwrap(
    county.api.survey.registers.$post({
      json: {
        register: 'vehicle',
        county_code: world.county_code,
        records: [
          {
            record_id: 'v1',
            national_id: '36078119500315121X',
            name: '谢春生',
            value: 8_000_000,
            detail: '小型轿车',
            since: '2013-01-01',
          },
        ],
      },
    }),
  )
  const [household_id] = await someHouseholds(world, [{ ...by_house, members }])
  await run()
  const { current } = await show(household_id!)
  expect(current).toMatchObject({ verdict: 'needs_verification' })
  expect(current!.vetoes.map(({ code, evidence }) => [code, evidence])).toEqual([
    ['car', { said: [], registers: [{ register: 'vehicle', name: '谢春生', value: 8_000_000, detail: '小型轿车' }] }],
  ])
  expect(JSON.stringify(current)).not.toContain('36078119500315121X')
})

test('the summary adds up, above and below', async () => {
  const second = `${world.village_codes[1]}001`
  await someHouseholds(world, [by_income, by_house, unknown, { ...well, area_code: second }])
  const of = async (login: string, area_code: string) => {
    const client = await world.as(login)
    return unwrap(client.api.assess.summary.$get({ query: { area_code } }))
  }
  const before = await of('li.guoqiang', '360781107')
  expect(before).toMatchObject({ households: 4, assessed: 0, eligible: 0 })
  await run()
  const township = await of('li.guoqiang', '360781107')
  expect(township).toMatchObject({
    households: 4,
    assessed: 4,
    eligible: 2,
    not_eligible: 1,
    needs_verification: 1,
    to_verify: 1,
    follow_ups: 1,
  })
  const lacking = Object.fromEntries(
    township.indicators.map((each) => [each.code, [each.met, each.unmet, each.unknown]]),
  )
  expect(lacking).toMatchObject({ income: [3, 1, 0], housing: [3, 1, 0], food: [3, 0, 1], medical: [3, 0, 1] })
  const child = (index: number) => township.children.find((each) => each.area_code === world.village_codes[index])!
  expect(child(0)).toMatchObject({ households: 3, eligible: 2, unmet: { income: 1, housing: 1 } })
  expect(child(1)).toMatchObject({ households: 1, not_eligible: 1, unmet: {} })
  expect(child(2)).toMatchObject({ households: 0 })
  for (const [login, area_code] of [
    ['zhong.wei', '360781'],
    ['hu.min', '36'],
    ['wang.jing', 'CN'],
    ['committee.' + world.village_codes[0]!.slice(9), world.village_codes[0]!],
  ] as const) {
    const found = await of(login, area_code)
    expect(
      found.children.reduce((sum, each) => sum + each.households, 0),
      area_code,
    ).toBe(found.households)
  }
  expect((await of('wang.jing', 'CN')).eligible).toBe(2)
  const group = await of('li.guoqiang', second)
  expect(group).toMatchObject({ households: 1, children: [] })
})

test('nobody without the right to assess starts a run, and above the county there is none', async () => {
  for (const login of ['li.guoqiang', 'he.zhiyuan', 'wang.jing']) {
    const client = await world.as(login)
    const answer = client.api.assess.run.$post({ json: { area_code: world.county_code } })
    expect(await failure(unwrap(answer)), login).toBe('not_permitted')
  }
  const county = await world.as('zhong.wei')
  expect(await failure(unwrap(county.api.assess.run.$post({ json: { area_code: '360782' } })))).toBe('outside_area')
  const nobody = world.client.api.assess.summary.$get({ query: { area_code: '360781107' } })
  expect(await failure(unwrap(nobody))).toBe('sign_in_required')
})
