// Undo to the letter, for further kinds of link (undo.test.ts has the first): what stands is compared row by row, in every table of every room.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { family, family_misspelt, person, sendCard, sons_family } from '#test/steps/families.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { dump, foldedAnew, linking, same } from '#test/steps/standing.ts'
import { thereAndBack } from '#test/steps/there-and-back.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

/** Longer than usual: every table is read many times over, and machines are shared. */
const wait = 120_000

let world: World
let acts: ReturnType<typeof linking>
beforeEach(async () => {
  world = await openWorld()
  acts = linking(world)
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

type Person = ReturnType<typeof person>
const [father, mother, son] = family as [Person, Person, Person]
const newborn = person('赖小宝', 'grandchild', '2014-02-11', '097')

test(
  'a card that made a household of its own, and took members of another with it',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await acts.run()
    await acts.assess()
    await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-09-20', members: sons_family }, 2)
    const before = await dump(world)
    await acts.run()
    await acts.assess()
    const after = await dump(world)
    expect(after['household']).toHaveLength(2)
    // Those who split off are the persons they were; they live elsewhere now, and a question asks about it.
    expect(after['person']).toHaveLength(5)
    expect(after['match_review']).toHaveLength(1)
    await thereAndBack(world, acts, 'uuid:2', before)
  },
  wait,
)

test(
  'a family that moved to another village, and one member who did',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await acts.run()
    await acts.assess()
    const there = `${world.village_codes[1]}001`
    await sendCard(world, {
      ...poor,
      instance_id: 'uuid:2',
      surveyed_on: '2015-04-26',
      area_code: there,
      members: family,
    })
    await sendCard(world, { ...poor, instance_id: 'uuid:3', surveyed_on: '2014-04-28', members: [{}, {}] }, 2)
    const before = await dump(world)
    await acts.run()
    await acts.assess()
    expect((await dump(world))['household']?.map((row) => row['area_code'])).toContain(there)
    await acts.withdraw(await acts.live('uuid:3'))
    await thereAndBack(world, acts, 'uuid:2', before)
  },
  wait,
)

test(
  'a record of another department’s list, and the card of the person it speaks of',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', members: [father, mother] })
    await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: family }, 2)
    await acts.run()
    await acts.assess()
    await acts.list([['r1', son.name, son.national_id]])
    await acts.assess()
    const before = await dump(world)
    await acts.run()
    await acts.assess()
    const with_record = await dump(world)
    expect(with_record['assessment']).toMatchObject([{ verdict: 'needs_verification' }])
    await thereAndBack(world, acts, 'vehicle:r1', before)
    await acts.restore(await acts.newest('vehicle:r1'))
    same(await dump(world), with_record)

    // No card names the son any more: what the list says of him counts for nobody, and comes back with his card.
    const card = await acts.live('uuid:2')
    await acts.withdraw(card)
    expect((await dump(world))['assessment']).toMatchObject([{ verdict: 'eligible', household_size: 2 }])
    await acts.restore(card)
    same(await dump(world), with_record)

    // The card is matched elsewhere in between: the record follows the person it speaks of.
    await acts.withdraw(await acts.live('uuid:2'))
    await acts.run()
    const { rows } = await sql<{ name: string; state: string }>`select p.name, p.state from link l
    join person p using (county_code, person_id) where l.left_kind = 'record' and l.withdrawn_at is null`.execute(
      world.registry.app,
    )
    expect(rows).toEqual([{ name: son.name, state: 'active' }])
  },
  wait,
)

/** Another three generations, and the family of one of them. */
const others = [
  person('谢长根', 'head', '1955-08-12', '113'),
  person('罗招娣', 'spouse', '1958-01-30', '126'),
  person('谢有田', 'child', '1983-06-21', '135'),
  person('宋春香', 'child_in_law', '1986-12-02', '148'),
]
const others_son = [
  { ...others[2], relation: 'head' },
  { ...others[3], relation: 'spouse' },
]

test(
  'decisions that have nothing to do with one another are taken back in any order, and taken again',
  async () => {
    await someRegistered(world, [{ ...poor, members: family, surveyed_on: '2014-04-20' }])
    await sendCard(world, { ...poor, instance_id: 'uuid:3', surveyed_on: '2014-04-20', members: others })
    await acts.run()
    await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-09-20', members: sons_family }, 2)
    await sendCard(world, { ...poor, instance_id: 'uuid:4', surveyed_on: '2014-09-20', members: others_son }, 2)
    await acts.run()
    await acts.assess()
    const { rows } = await sql<{ review_id: string }>`select review_id from match_review order by left_id`.execute(
      world.registry.app,
    )
    const [a = '', b = ''] = rows.map((row) => row.review_id)
    const none = await dump(world)
    // One of the two touches a registered household: two people say yes.
    expect(await acts.answer(a, 'accepted')).toMatchObject({ state: 'accepted' })
    const { rows: said } =
      await sql`select 1 from match_answer where review_id = ${a} and withdrawn_at is null`.execute(world.registry.app)
    expect(said).toHaveLength(2)
    const only_a = await dump(world)
    await acts.answer(b, 'accepted')
    const both = await dump(world)
    expect(both['household']?.filter((row) => row['state'] === 'merged')).toHaveLength(2)
    await acts.answer(a, 'open')
    const only_b = await dump(world)
    same(await foldedAnew(world), only_b)
    await acts.answer(b, 'open')
    same(await dump(world), none)
    await acts.answer(b, 'accepted')
    same(await dump(world), only_b)
    await acts.answer(a, 'accepted')
    same(await dump(world), both)
    await acts.answer(b, 'open')
    same(await dump(world), only_a)
    await acts.answer(a, 'open')
    same(await dump(world), none)
  },
  wait,
)

test(
  'an automatic link that a check finds wrong leaves nothing behind, and comes back with everything',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family.slice(0, 4) })
    await acts.run()
    await acts.assess()
    await sendCard(
      world,
      { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: [...family_misspelt, newborn] },
      2,
    )
    const before = await dump(world)
    await acts.run()
    await acts.assess()
    const county = await world.as('chen.lihua')
    await unwrap(county.api.match.checks.$post({ json: { area_code: world.county_code, links: 5 } }))
    const with_it = await dump(world)
    const review_id = String(with_it['match_review']?.[0]?.['review_id'])
    await acts.answer(review_id, 'rejected')
    const { match_answer: said, ...parted } = await dump(world)
    expect(said).toHaveLength(1)
    const { match_answer: _, ...rest } = before
    same(parted, rest)
    await acts.answer(review_id, 'open')
    same(await dump(world), with_it)
  },
  wait,
)
