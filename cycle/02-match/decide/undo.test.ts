// Undo to the letter (further kinds of link: undo.long.test.ts): what stands is compared row by row, in every table of every room.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { family, family_misspelt, person, sendCard, sons_family } from '#test/steps/families.ts'
import { codeOf, dump, linking, same } from '#test/steps/standing.ts'
import { thereAndBack } from '#test/steps/there-and-back.ts'
import { openWorld, type World } from '#test/world.ts'

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

const newborn = person('赖小宝', 'grandchild', '2014-02-11', '097')

test(
  'a card linked without asking: its people, its numbers and what rests on it go and come back',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family.slice(0, 4) })
    await acts.run()
    await acts.assess()
    // The card that comes brings a person, a number for somebody who had none, and other words for all of them.
    await sendCard(
      world,
      { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: [...family_misspelt, newborn] },
      2,
    )
    const before = await dump(world)
    await acts.run()
    await acts.assess()
    expect((await dump(world))['person']).toHaveLength(6)
    await thereAndBack(world, acts, 'uuid:2', before)
  },
  wait,
)

test(
  'a member told apart from a person is that person again',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: family }, 2)
    await acts.run()
    await acts.assess()
    const before = await dump(world)
    const link_id = await acts.live('uuid:2#3')
    await acts.withdraw(link_id)
    const apart = await dump(world)
    expect(apart['person']).toHaveLength(6)
    await acts.restore(link_id)
    same(await dump(world), before)
    await acts.withdraw(await acts.live('uuid:2#3'))
    // Taken back from the other side too: the link that made him a person of his own is withdrawn.
    await acts.withdraw(await acts.live('uuid:2#3'))
    same(await dump(world), before)
  },
  wait,
)

test(
  'a link withdrawn by a decision comes back with the decision alone, and nothing stands twice',
  async () => {
    await sendCard(world, { ...poor, instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { ...poor, instance_id: 'uuid:2', surveyed_on: '2014-09-20', members: sons_family }, 2)
    await acts.run()
    await acts.assess()
    const first = await acts.live('uuid:2')
    expect(await codeOf(acts.restore(first))).toBe('match_link_stands')
    const { rows } = await sql<{ review_id: string }>`select review_id from match_review`.execute(world.registry.app)
    await acts.answer(rows[0]?.review_id ?? '', 'accepted')
    expect(await codeOf(acts.restore(first))).toBe('match_link_decided')
    // The card is withdrawn, the run puts it elsewhere: the first place is not given back beside the second.
    await acts.answer(rows[0]?.review_id ?? '', 'open')
    const again = await acts.live('uuid:2')
    await acts.withdraw(again)
    await acts.run()
    expect(await codeOf(acts.restore(again))).toBe('match_review_stale')
  },
  wait,
)
