// Who acts at the same time, twice, from elsewhere, or under another hat.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { family, sendCard, sons_family } from '#test/steps/families.ts'
import { racing } from '#test/steps/racing.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { codeOf, linking } from '#test/steps/standing.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { lockSerial, revisionOf } from '../store/write.ts'

/** Longer than usual: every table is read many times over, and machines are shared. */
const wait = 120_000

let world: World
let acts: ReturnType<typeof linking>
let race: ReturnType<typeof racing>
beforeEach(async () => {
  world = await openWorld()
  acts = linking(world)
  race = racing(world)
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test(
  'writers of one county take turns: every one gets a number of its own',
  async () => {
    const registry = await testRegistry()
    try {
      const turns = await Promise.all(
        Array.from({ length: 12 }, () =>
          transact(registry, SYSTEM, async (tx) => (await lockSerial(tx, '360781')).revision),
        ),
      )
      expect(turns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
      expect(await transact(registry, SYSTEM, (tx) => revisionOf(tx, '360781'))).toBe(12)
    } finally {
      await registry.close()
    }
  },
  wait,
)

test(
  'a run begun while another runs finds what that one wrote: a family at two places is one household',
  async () => {
    const [here, there] = [`${world.village_codes[0]}001`, `${world.village_codes[1]}001`]
    await sendCard(world, { instance_id: 'uuid:here', area_code: here, surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:there', area_code: there, surveyed_on: '2014-04-22', members: family })
    const of = (area_code: string) => area_code.slice(0, 12)
    const told = await race.runWhile(() => race.runWhile(async () => {}, of(there)), of(here))
    expect(told).toMatchObject({ submissions: 1, submissions_linked: 1, households_created: 0 })
    expect(await race.households()).toMatchObject([{ state: 'active', cards: 2 }])
    const { rows: runs } = await sql`select finished_at from match_run where finished_at is null`.execute(
      world.registry.app,
    )
    expect(runs).toEqual([])
  },
  wait,
)

test(
  'two runs over the same cards link each card once',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', members: family })
    expect(await race.runWhile(() => acts.run())).toMatchObject({ submissions: 0, households_created: 0 })
    expect(await race.households()).toMatchObject([{ state: 'active', cards: 1 }])
  },
  wait,
)

test(
  'a link withdrawn while a run is going is withdrawn for that run too',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await acts.run()
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: family }, 2)
    const card = await acts.live('uuid:1')
    const told = await race.runWhile(() => acts.withdraw(card))
    // Both cards are new now, and of one household: not of the one that was withdrawn from.
    expect(told).toMatchObject({ submissions: 2, households_created: 1 })
    expect(await race.households()).toMatchObject([
      { state: 'gone', cards: 0 },
      { state: 'active', cards: 2 },
    ])
  },
  wait,
)

test(
  'of two who decide at once one decides, and the other is told',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
    await acts.run()
    const review_id = await race.onlyReview()
    const told = await Promise.all([
      codeOf(race.decide('li.guoqiang', review_id, 'accepted')),
      codeOf(race.decide('liu.xiaomei', review_id, 'rejected')),
    ])
    expect(told.toSorted()).toEqual(['match_review_decided', 'passed'])
  },
  wait,
)

test(
  'one person is one person under every hat: the second yes is another’s',
  async () => {
    await someRegistered(world, [{ ...poor, members: family, surveyed_on: '2014-04-20' }])
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-09-20', members: sons_family }, 2)
    await acts.run()
    const review_id = await race.onlyReview()
    const township = world.village_codes[0]?.slice(0, 9) ?? ''
    await sql`insert into account_role (account_id, role, area_code)
    select account_id, 'township_officer', ${township} from account where login = 'chen.lihua'`.execute(
      world.registry.app,
    )
    expect(await race.decide('chen.lihua', review_id, 'accepted')).toMatchObject({ awaiting: true })
    const again = await world.as('chen.lihua', { role: 'township_officer', area_code: township })
    const json = { decision: 'accepted' as const }
    expect(await codeOf(unwrap(again.api.match.reviews[':review_id'].$post({ param: { review_id }, json })))).toBe(
      'match_answer_given',
    )
    // Nor by taking it back and saying it again: one answer of one person stands.
    await unwrap(again.api.match.reviews[':review_id'].$post({ param: { review_id }, json: { decision: 'open' } }))
    expect(await unwrap(again.api.match.reviews[':review_id'].$post({ param: { review_id }, json }))).toMatchObject({
      awaiting: true,
    })
  },
  wait,
)

test(
  'who surveyed a card does not decide on it, where its household counts for another either',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await acts.run()
    const { rows } = await sql<{
      account_id: string
    }>`select account_id from account where login = 'chen.lihua'`.execute(world.registry.app)
    await sql`update submission set account_id = ${rows[0]?.account_id} where instance_id = 'uuid:1'`.execute(
      world.registry.app,
    )
    const link_id = await acts.live('uuid:1')
    const own = await world.as('chen.lihua')
    const json = { reason: 'mine' }
    expect(await codeOf(unwrap(own.api.match.links[':link_id'].withdraw.$post({ param: { link_id }, json })))).toBe(
      'same_person',
    )
    await acts.withdraw(link_id)
    expect(await codeOf(unwrap(own.api.match.links[':link_id'].restore.$post({ param: { link_id }, json })))).toBe(
      'same_person',
    )
  },
  wait,
)

test(
  'an officer of another township neither sees, withdraws nor restores a link',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await acts.run()
    const link_id = await acts.live('uuid:1')
    const { rows } = await sql<{ area_code: string }>`select area_code from area where level = 'township'
    and county_code = ${world.county_code} and area_code <> ${world.village_codes[0]?.slice(0, 9) ?? ''}
    order by 1 limit 1`.execute(world.registry.app)
    const area_code = rows[0]?.area_code ?? ''
    await sql`insert into account_role (account_id, role, area_code)
    select account_id, 'township_officer', ${area_code} from account where login = 'li.guoqiang'`.execute(
      world.registry.app,
    )
    const elsewhere = await world.as('li.guoqiang', { role: 'township_officer', area_code })
    const json = { reason: 'not mine to say' }
    const { links } = elsewhere.api.match
    expect(await codeOf(unwrap(links[':link_id'].withdraw.$post({ param: { link_id }, json })))).toBe('not_found')
    await acts.withdraw(link_id)
    expect(await codeOf(unwrap(links[':link_id'].restore.$post({ param: { link_id }, json })))).toBe('not_found')
    const village = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
    const own = village.api.match.links
    expect(await codeOf(unwrap(own[':link_id'].restore.$post({ param: { link_id }, json })))).toBe('not_permitted')
  },
  wait,
)
