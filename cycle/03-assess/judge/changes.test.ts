import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { openAnswers, type Answers } from '#door/personal.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { someHouseholds, type Given } from '#test/steps/households.ts'
import { openWorld, unwrap, type Client, type World } from '#test/world.ts'
import { assessArea } from './run.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const summer = '2014-06-02T08:00:00.000Z'

/** The county's officer at the same registry, under other rules. */
const under = (rules: Pack, now = summer): Promise<Client> => world.under('zhong.wei', rules, now)
const officer = () => world.as('zhong.wei')
async function run(client: Client, json: { reference_date?: string } = {}) {
  return (await unwrap(client.api.assess.run.$post({ json: { area_code: world.county_code, ...json } }))).result
}
async function show(client: Client, household_id: string) {
  return unwrap(client.api.assess.households[':household_id'].$get({ param: { household_id }, query: {} }))
}

/** The same people again on another day, with these answers. */
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

const changedPack = (change: (pack: Pack) => Pack): Pack => ({ ...change(world.pack), pack_hash: 'f'.repeat(64) })

test('evidence: other answers of the household and of a member are named with both values', async () => {
  const [household_id] = await someHouseholds(world, [{ house_grade: 'D', members: [{}, { education: 'college' }] }])
  const client = await officer()
  await run(client)
  expect((await show(client, household_id!)).current!.changed).toBeNull()
  world.at(summer)
  const { answers } = await transactRead(world.registry, SYSTEM, (tx) =>
    tx.selectFrom('submission').select('answers').executeTakeFirstOrThrow(),
  )
  const people = openAnswers(world.registry.keys, world.pack.personal_fields, answers as Answers)['members'] as object[]
  // The form lists them in another order: they are the same people all the same.
  const members = [people[1], { ...people[0], medical_insurance: false }] as Given['members']
  await visitedAgain(household_id!, { house_grade: 'B', members: members as never, wage_income: 1_300_000 })
  expect(await run(client)).toMatchObject({ assessed: 1, unchanged: 0 })
  const { changed } = (await show(client, household_id!)).current!
  expect(changed).toMatchObject({ verdict: { before: 'eligible', after: 'eligible' }, complete: true })
  expect(changed!.states.map(({ code, before, after }) => [code, before, after])).toEqual([
    ['medical', 'met', 'unmet'],
    ['housing', 'unmet', 'met'],
  ])
  expect(changed!.states[1]!.because).toMatchObject([
    {
      kind: 'answer',
      name: 'house_grade',
      before: 'D',
      after: 'B',
      text: {
        en: 'Safety grade of the house they live in: D: the whole house is dangerous before, B: safe, small damage now',
        zh: '现住房的安全等级：原为D级：整体危险，现为B级：基本安全，有轻微损坏',
      },
    },
  ])
  expect(changed!.states[0]!.because).toMatchObject([
    { kind: 'answer', name: 'members[1].medical_insurance', before: true, after: false },
  ])
  // An answer that changed no state is told too.
  expect(changed!.because.map((each) => each.name).sort()).toEqual([
    'house_grade',
    'members[1].medical_insurance',
    'wage_income',
  ])
})

test('parameter: the line of a later year, with both dates and its source', async () => {
  const [household_id] = await someHouseholds(world, [
    { wage_income: 282_000, business_income: 100_000, members: [{}] },
  ])
  const client = await officer()
  await run(client)
  world.at(summer)
  expect(await run(client, { reference_date: '2015-12-31' })).toMatchObject({ assessed: 1 })
  const { changed } = (await show(client, household_id!)).current!
  expect(changed!.verdict).toEqual({ before: 'not_eligible', after: 'eligible' })
  expect(changed!.states).toMatchObject([
    {
      code: 'income',
      because: [
        {
          kind: 'parameter',
          name: 'income_line',
          text: {
            en: 'Poverty line: ¥2,800 from 2014-01-01 before, ¥2,855 from 2015-01-01 now; Line of 2015 in a local rule, 2,855 yuan',
          },
        },
        { kind: 'reference_date', before: '2014-12-31', after: '2015-12-31' },
      ],
    },
  ])
})

test('parameter: a figure of the same year set anew in the pack', async () => {
  const [household_id] = await someHouseholds(world, [
    { wage_income: 282_000, business_income: 100_000, members: [{}] },
  ])
  await run(await officer())
  const raised = changedPack((pack) => ({
    ...pack,
    parameters: pack.parameters.map((each) =>
      each.code === 'income_line' ? { ...each, values: each.values.map((one) => ({ ...one, value: 400_000 })) } : each,
    ),
  }))
  const client = await under(raised)
  expect(await run(client)).toMatchObject({ assessed: 1, eligible: 1 })
  const { changed } = (await show(client, household_id!)).current!
  expect(changed!.states.map((each) => [each.code, each.because.map((one) => [one.kind, one.name])])).toEqual([
    ['income', [['parameter', 'income_line']]],
  ])
})

test('pack version: a rule written anew is told with both texts, from what was kept', async () => {
  const [unsafe, well] = await someHouseholds(world, [{ house_grade: 'C' }, { members: [{}, {}] }])
  const client = await officer()
  await run(client)
  const lenient = changedPack((pack) => ({
    ...pack,
    indicators: pack.indicators.map((each) =>
      each.code === 'housing' ? { ...each, met: "house_grade in ['A', 'B', 'C']" } : each,
    ),
  }))
  const later = await under(lenient)
  expect(await run(later)).toMatchObject({ assessed: 2, unchanged: 0 })
  expect(await run(later)).toMatchObject({ assessed: 0, unchanged: 2 })
  const { current, history } = await show(later, unsafe!)
  expect(history.map((each) => each.pack_hash)).toEqual([lenient.pack_hash, world.pack.pack_hash])
  expect(current!.changed).toMatchObject({
    verdict: { before: 'eligible', after: 'not_eligible' },
    states: [
      {
        code: 'housing',
        because: [
          {
            kind: 'rule',
            name: 'indicators.housing',
            before: "house_grade in ['A', 'B']",
            after: "house_grade in ['A', 'B', 'C']",
          },
        ],
      },
    ],
  })
  // Assessed again under other rules, and nothing else came of it: the rule that changed is told, no state.
  expect((await show(later, well!)).current!.changed).toMatchObject({ states: [], because: [{ kind: 'rule' }] })
})

test('evidence: another department’s list, with the rows as they were read then', async () => {
  const members = [{ name: '谢春生', national_id: '36078119500315121X', birth_date: '1950-03-15', sex: 'male' }]
  const client = await officer()
  const vehicles = (value: number) =>
    unwrap(
      client.api.survey.registers.$post({
        json: {
          register: 'vehicle',
          county_code: world.county_code,
          records: [
            {
              record_id: 'v1',
              national_id: '36078119500315121X',
              name: '谢春生',
              value,
              detail: '小型轿车',
              since: '2013-01-01',
            },
          ],
        },
      }),
    )
  await vehicles(8_000_000)
  const [household_id] = await someHouseholds(world, [{ house_grade: 'D', members }])
  await run(client)
  world.at(summer)
  // Brought up to date in place: the row of then is known from what the assessment kept.
  await vehicles(100_000)
  expect(await run(client)).toMatchObject({ assessed: 1 })
  const { changed } = (await show(client, household_id!)).current!
  expect(changed).toMatchObject({
    verdict: { before: 'needs_verification', after: 'eligible' },
    states: [{ part: 'veto', code: 'car', before: 'holds', after: 'holds_not' }],
  })
  expect(changed!.states[0]!.because).toMatchObject([
    { kind: 'register', name: 'vehicle', before: [{ value: 8_000_000 }], after: [{ value: 100_000 }] },
  ])
  expect(JSON.stringify(changed)).not.toContain('36078119500315121X')
})

test('rules that change while a run goes on: it stops with a problem, and what stands is whole', async () => {
  const ids = await someHouseholds(world, [
    { house_grade: 'D' },
    { house_grade: 'C', members: [{}, {}] },
    { members: [{}, {}, {}] },
  ])
  const next = changedPack((pack) => ({ ...pack, vetoes: [] }))
  const by = { registry: world.registry, actor: SYSTEM, now: summer }
  const all = (pack: Pack, progress: () => Promise<void>) =>
    assessArea({ ...by, pack }, world.county_code, { reference_date: '2014-12-31', which: 'all', chunk: 1 }, progress)
  let seen = 0
  const overtaken = all(world.pack, async () => {
    seen += 1
    if (seen === 1) await all(next, async () => {})
  })
  await expect(overtaken).rejects.toMatchObject({ code: 'assess_rules_changed' })
  expect(seen).toBe(1)
  const rows = await transactRead(world.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('assessment')
      .select(['household_id', 'pack_hash', 'superseded_at'])
      .where('county_code', '=', world.county_code)
      .execute(),
  )
  const current = rows.filter((row) => row.superseded_at === null)
  expect(current.map((row) => row.household_id).sort()).toEqual([...ids].sort())
  expect(new Set(current.map((row) => row.pack_hash))).toEqual(new Set([next.pack_hash]))
  // What the stopped run wrote before is superseded, not lost: one household, by the older rules.
  expect(rows.filter((row) => row.superseded_at !== null).map((row) => row.pack_hash)).toEqual([world.pack.pack_hash])
  // Asked for again, the older rules go over everything once more.
  expect(await all(world.pack, async () => {})).toMatchObject({ assessed: 3, unchanged: 0 })
})

test('a run that nobody overtakes ends under the rules it began with', async () => {
  await someHouseholds(world, [{ house_grade: 'D' }, { members: [{}, {}] }])
  const by = { registry: world.registry, actor: SYSTEM, now: summer, pack: world.pack }
  await assessArea(
    by,
    world.county_code,
    { reference_date: '2014-12-31', which: 'all', chunk: 1 },
    // Published meanwhile: requests that follow read the new pack, this run keeps its own.
    async () => {
      by.pack = changedPack((pack) => pack)
    },
  )
  const rows = await transactRead(world.registry, SYSTEM, (tx) =>
    tx.selectFrom('assessment').select('pack_hash').where('county_code', '=', world.county_code).execute(),
  )
  expect(rows.map((row) => row.pack_hash)).toEqual([world.pack.pack_hash, world.pack.pack_hash])
})
