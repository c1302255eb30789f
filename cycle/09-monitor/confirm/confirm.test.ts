import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkDigit } from '#engines/linkage/model/national-id.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { CallFailed, openWorld, staged, unwrap, type World } from '#test/world.ts'

// A death, a birth, a move changes the file: dated, with evidence, taken back by another (F17).
let world: World
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const head = { name: '朱春生', sex: 'male', birth_date: '1975-03-15', national_id: '360781197503151210' }
const wife = { name: '杨桂英', sex: 'female', relation: 'spouse', birth_date: '1977-02-02' }
const son = { name: '朱小龙', sex: 'male', relation: 'child', birth_date: '2001-01-01' }
const father = { name: '朱福生', sex: 'male', relation: 'parent', birth_date: '1948-08-08' }
const family = [head, wife, son, father].map((each) => ({ relation: 'head', ...each }))
const proof = '死亡证明 2014-117 号'

const code = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )
const village = (at = 0) => world.as(`committee.${world.village_codes[at]?.slice(9)}`)
const township = () => world.as('li.guoqiang')
const county = () => world.as('zhong.wei')
type Who = Awaited<ReturnType<typeof village>>

async function tell(household_id: string, kind: string, happened_on: string, teller?: Who, detail = '村里都知道') {
  const change = { household_id, kind, happened_on, source: 'the household', detail }
  const told = await unwrap((teller ?? (await village())).api.monitor.changes.$post({ json: { changes: [change] } }))
  return told.change_ids[0] ?? ''
}
type Given = Parameters<Who['api']['monitor']['changes'][':change_id']['confirm']['$post']>[0]['json']
const confirm = async (change_id: string, json: Given, by?: Who) =>
  unwrap((by ?? (await township())).api.monitor.changes[':change_id'].confirm.$post({ param: { change_id }, json }))
const takeBack = async (change_id: string, by?: Who) =>
  unwrap(
    (by ?? (await county())).api.monitor.changes[':change_id']['take-back'].$post({
      param: { change_id },
      json: { reason: '误报，人在外地医院' },
    }),
  )
const file = async (household_id: string, query: { on?: string; known_on?: string } = {}) =>
  unwrap((await county()).api.register.households[':household_id'].$get({ param: { household_id }, query }))
const names = async (household_id: string, query: { on?: string; known_on?: string } = {}) =>
  (await file(household_id, query)).members.filter((each) => each.state === 'active').map((each) => each.name)
const personOf = async (household_id: string, name: string) =>
  (await file(household_id)).members.find((each) => each.name === name)?.person_id ?? ''
const size = async (household_id: string) =>
  (await unwrap((await county()).api.see.households[':household_id'].$get({ param: { household_id }, query: {} })))
    .household_size
const assessment = async (household_id: string) =>
  (await unwrap((await county()).api.assess.households[':household_id'].$get({ param: { household_id }, query: {} })))
    .current
const assess = async () => {
  await unwrap((await county()).api.assess.run.$post({ json: { area_code: world.county_code } }))
}
const match = async () => unwrap((await county()).api.match.run.$post({ json: { area_code: world.county_code } }))

/** Where the two ways of counting a household differ: the size that stands, and the members of today. */
async function differing() {
  const { rows } = await sql`
    select h.household_id, h.household_size, (select count(*)::int from household_members_at(h.county_code,
      h.household_id, 'infinity', 'infinity')) as members
    from household h where h.county_code = ${world.county_code} and h.state = 'active' and h.household_size <>
      (select count(*) from household_members_at(h.county_code, h.household_id, 'infinity', 'infinity'))`.execute(
    world.registry.app,
  )
  return rows
}

describe('in a family of four', () => {
  const begin = staged(async (world) => (await someHouseholds(world, [{ members: family }]))[0] ?? '')
  let household_id: string
  beforeEach(async () => ({ world, given: household_id } = await begin()))

  test('who told does not confirm, nor a role that the pack does not name, nor without saying who', async () => {
    const person_id = await personOf(household_id, father.name)
    const own = await tell(household_id, 'death', '2014-04-25', await township())
    expect(await code(confirm(own, { person_id, proof }))).toBe('same_person')
    expect(await code(confirm(own, { person_id, proof }, await village()))).toBe('not_permitted')
    expect(await code(confirm(own, { person_id, proof }, await village(1)))).toBe('not_found')
    expect(await code(confirm(own, { proof }, await county()))).toBe('monitor_who')
    expect(await code(confirm(own, { person_id: 'nobody', proof }, await county()))).toBe('monitor_not_a_member')
    const [other = ''] = await someHouseholds(world, [{}])
    const stranger = (await file(other)).members[0]?.person_id ?? ''
    expect(await code(confirm(own, { person_id: stranger, proof }, await county()))).toBe('monitor_not_a_member')
    expect(await size(household_id)).toBe(4)
    const illness = await tell(household_id, 'illness', '2014-04-25')
    expect(await code(confirm(illness, { person_id, proof }))).toBe('monitor_changes_nobody')
  })

  test('told twice, or confirmed twice at once: one takes effect', async () => {
    const person_id = await personOf(household_id, father.name)
    const first = await tell(household_id, 'death', '2014-04-25')
    const second = await tell(household_id, 'death', '2014-04-26', undefined, '昨天夜里')
    const twice = await Promise.all([
      code(confirm(first, { person_id, proof })),
      code(confirm(first, { person_id, proof }, await county())),
    ])
    expect(twice.sort()).toEqual(['already_done', 'done'])
    expect(await code(confirm(second, { person_id, proof }))).toBe('monitor_person_dead')
    expect(await size(household_id)).toBe(3)
    // The second is found not so, and waits no more.
    const waiting = async () =>
      (await unwrap((await county()).api.monitor.changes.$get({ query: { area_code: world.county_code } }))).items
    expect((await waiting()).map((each) => each.change_id)).toEqual([second])
    const refused = (await township()).api.monitor.changes[':change_id'].refuse.$post({
      param: { change_id: second },
      json: { proof: '与前一条为同一人' },
    })
    expect(await unwrap(refused)).toMatchObject({ household_size: 3, person_ids: [] })
    expect(await waiting()).toEqual([])
  })

  test('a birth makes a person, with his own row; a number that is somebody’s makes none', async () => {
    await assess()
    const change_id = await tell(household_id, 'birth', '2014-04-28')
    const child = { name: '朱小凤', relation: 'child', sex: 'female', birth_date: '2014-04-28' }
    const held = { ...child, national_id: head.national_id }
    expect(await code(confirm(change_id, { member: held, proof: '出生证明' }))).toBe('match_number_held')
    expect(await size(household_id)).toBe(4)
    expect(await confirm(change_id, { member: child, proof: '出生证明' })).toMatchObject({
      household_size: 5,
      assessed_again: 1,
    })
    expect(await names(household_id)).toContain(child.name)
    expect(await names(household_id, { on: '2014-04-27' })).not.toContain(child.name)
    expect(await assessment(household_id)).toMatchObject({ household_size: 5 })
    expect(await differing()).toEqual([])
    // The next card names the child: she is the same person, counted once.
    world.at('2015-05-01T08:00:00.000Z')
    await someHouseholds(world, [
      { members: [...family, child], household_code: household_id, surveyed_on: '2015-04-20' },
    ])
    const { rows } = await sql`select 1 from person where name = ${child.name}`.execute(world.registry.app)
    expect(rows).toHaveLength(1)
    expect(await size(household_id)).toBe(5)
    expect(await differing()).toEqual([])
  })

  test('a birth taken back leaves nobody behind', async () => {
    const change_id = await tell(household_id, 'birth', '2014-04-28')
    const child = { name: '朱小凤', relation: 'child', sex: 'female', birth_date: '2014-04-28' }
    await confirm(change_id, { member: child, proof: '出生证明' })
    expect(await takeBack(change_id)).toMatchObject({ household_size: 4 })
    expect(await names(household_id)).not.toContain(child.name)
    // It waits again, and may be confirmed once more.
    expect(await confirm(change_id, { member: child, proof: '出生证明补件' })).toMatchObject({ household_size: 5 })
  })

  test('who left is gone until a later card names him again; a card that came after is not overruled', async () => {
    const person_id = await personOf(household_id, son.name)
    const early = await tell(household_id, 'moved_out', '2014-04-01')
    expect(await code(confirm(early, { person_id, proof: '户口簿' }))).toBe('monitor_card_later')
    const change_id = await tell(household_id, 'moved_out', '2014-04-25')
    expect(await confirm(change_id, { person_id, proof: '户口簿' })).toMatchObject({ household_size: 3 })
    world.at('2015-05-01T08:00:00.000Z')
    await someHouseholds(world, [{ members: family, household_code: household_id, surveyed_on: '2015-04-20' }])
    expect(await size(household_id)).toBe(4)
    expect(await names(household_id)).toContain(son.name)
    expect(await names(household_id, { on: '2014-12-31' })).not.toContain(son.name)
    expect(await differing()).toEqual([])
  })
})

describe('in other families', () => {
  beforeEach(async () => {
    world = await openWorld()
  })

  test('a death changes size, members and assessment once it is confirmed, and comes back when it is taken back', async () => {
    const [household_id = ''] = await someHouseholds(world, [
      { members: family, wage_income: 700_000, business_income: 0 },
    ])
    await assess()
    const before = await assessment(household_id)
    expect(before).toMatchObject({ household_size: 4, net_income_per_capita: 150_000, verdict: 'eligible' })
    world.at('2014-07-01T08:00:00.000Z')
    const change_id = await tell(household_id, 'death', '2014-06-10')
    // Told is not so yet: nothing is attested by the telling.
    expect(await size(household_id)).toBe(4)
    const person_id = await personOf(household_id, father.name)
    const done = await confirm(change_id, { person_id, proof })
    expect(done).toMatchObject({ household_id, household_size: 3, assessed_again: 1, person_ids: [person_id] })
    expect(await size(household_id)).toBe(3)
    expect((await names(household_id)).toSorted()).toEqual([head.name, wife.name, son.name].toSorted())
    const now = await file(household_id)
    expect(now.members.find((each) => each.person_id === person_id)).toMatchObject({
      state: 'dead',
      gone_on: '2014-06-10',
    })
    const after = await assessment(household_id)
    expect(after).toMatchObject({ household_size: 3, net_income_per_capita: 200_000 })
    expect(after?.reference_date).toBe(before?.reference_date)
    expect(after?.changed?.because.map((each) => each.name)).toContain('household_size')
    // As it was on a day, and as it was known at a moment.
    expect(await names(household_id, { on: '2014-06-09' })).toContain(father.name)
    expect(await names(household_id, { on: '2014-06-10' })).not.toContain(father.name)
    expect(await names(household_id, { on: '2014-06-30', known_on: '2014-06-30T00:00:00.000Z' })).toContain(father.name)
    expect(await differing()).toEqual([])
    // The evidence stands in the family's story.
    const story = async () =>
      (
        await unwrap(
          (await county()).api.see.households[':household_id'].timeline.$get({ param: { household_id }, query: {} }),
        )
      ).events.filter((event) => event.kind.startsWith('monitor.') && event.kind !== 'monitor.alerted')
    expect((await story()).map((event) => event.kind).sort()).toEqual(['monitor.changed', 'monitor.confirmed'])
    expect((await story()).find((event) => event.kind === 'monitor.confirmed')).toMatchObject({
      happened_on: '2014-06-10',
      account_name: { en: 'Li Guoqiang' },
      detail: { effect: 'died', person: father.name, proof },
    })

    world.at('2014-08-01T08:00:00.000Z')
    expect(await code(takeBack(change_id, await township()))).toBe('same_person')
    expect(await code(takeBack(change_id, await village())), 'an office that may not confirm').toBe('not_permitted')
    // Nor is the village offered what it may not do.
    const offered = async (who: Who) => {
      const { changes } = await unwrap(who.api.monitor.households[':household_id'].$get({ param: { household_id } }))
      return changes.map((each) => each.mine)
    }
    expect([await offered(await village()), await offered(await township())]).toEqual([[false], [true]])
    expect(await takeBack(change_id)).toMatchObject({ household_size: 4, assessed_again: 1 })
    expect(await size(household_id)).toBe(4)
    expect(await names(household_id)).toContain(father.name)
    const again = await assessment(household_id)
    expect({ ...again, assessment_id: '', assessed_at: '', changed: null }).toEqual({
      ...before,
      assessment_id: '',
      assessed_at: '',
      changed: null,
    })
    // Between the two moments he was held to be dead.
    expect(await names(household_id, { known_on: '2014-07-15T00:00:00.000Z' })).not.toContain(father.name)
    expect(await code(takeBack(change_id))).toBe('already_done')
    expect((await story()).map((event) => event.kind)).toContain('monitor.taken_back')
    expect(await differing()).toEqual([])
  })

  test('the dead are nowhere alive: not by a move, not by a number, not by a later card', async () => {
    const old = { ...father, national_id: `36078119480808121${checkDigit('36078119480808121')}` }
    const members = [...family.slice(0, 3), old]
    const [household_id = '', other = ''] = await someHouseholds(world, [{ members }, {}])
    const change_id = await tell(household_id, 'death', '2014-04-25')
    const person_id = await personOf(household_id, old.name)
    await confirm(change_id, { person_id, proof })
    const came = await tell(other, 'moved_in', '2014-04-28')
    expect(await code(confirm(came, { person_id, relation: 'parent', proof: '户口簿' }))).toBe('monitor_person_dead')
    const anew = { ...old, relation: 'parent' }
    expect(await code(confirm(came, { member: anew, proof: '户口簿' }))).toBe('match_number_held')
    expect(await size(other)).toBe(1)
    // A card of another family, and a later card of his own, name him: he stays dead, and counts in neither.
    world.at('2015-05-01T08:00:00.000Z')
    const guest = { ...old, relation: 'parent' }
    const [third = ''] = await someHouseholds(world, [
      { members: [{ relation: 'head' }, guest], surveyed_on: '2015-04-20' },
    ])
    await someHouseholds(world, [{ members, household_code: household_id, surveyed_on: '2015-04-20' }])
    await match()
    expect(await size(third)).toBe(1)
    expect(await size(household_id)).toBe(3)
    const { rows } = await sql<{ state: string }>`select state from person where name = ${old.name}`.execute(
      world.registry.app,
    )
    expect(rows).toEqual([{ state: 'dead' }])
    // Nor is it passed over: the next look at the visits raises it, once for each card.
    const look = async () =>
      (await unwrap((await county()).api.monitor.run.$post({ json: { area_code: world.county_code } }))).result
    expect(await look()).toMatchObject({ by_rule: { dead_named: 2 } })
    expect(await look()).toMatchObject({ raised: 0 })
    expect(await differing()).toEqual([])
  })

  test('who moves from one household to another counts once', async () => {
    const [from = '', to = ''] = await someHouseholds(world, [{ members: family }, {}])
    const before = (await size(from)) + (await size(to))
    const person_id = await personOf(from, father.name)
    const change_id = await tell(to, 'moved_in', '2014-04-28')
    const done = await confirm(change_id, { person_id, relation: 'parent', proof: '户口簿' })
    expect(done.household_ids.toSorted()).toEqual([from, to].toSorted())
    expect([await size(from), await size(to)]).toEqual([3, 2])
    expect((await size(from)) + (await size(to))).toBe(before)
    expect(await names(from)).not.toContain(father.name)
    expect(await names(to)).toContain(father.name)
    expect(await names(from, { on: '2014-04-27' })).toContain(father.name)
    expect((await file(from)).members.find((each) => each.person_id === person_id)).toMatchObject({
      state: 'left',
      gone_on: '2014-04-28',
    })
    expect(await differing()).toEqual([])
    // What rules read of the new household is all that is known of him.
    await assess()
    expect(await assessment(to)).toMatchObject({ household_size: 2 })
    expect(await takeBack(change_id)).toMatchObject({ household_size: 1 })
    expect([await size(from), await size(to)]).toEqual([4, 1])
    expect(await names(from)).toContain(father.name)
    expect(await differing()).toEqual([])
  })

  test('where the last one dies nobody is left, and nothing breaks', async () => {
    const [alone = ''] = await someHouseholds(world, [{}])
    const one = (await file(alone)).members[0]?.person_id ?? ''
    await assess()
    expect(await confirm(await tell(alone, 'death', '2014-04-25'), { person_id: one, proof })).toMatchObject({
      household_size: 0,
      assessed_again: 1,
    })
    expect((await assessment(alone))?.household_size).toBe(0)
    expect(await differing()).toEqual([])
  })
})
