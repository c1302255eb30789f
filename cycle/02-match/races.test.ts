// Who acts at the same time, twice, from elsewhere, or under another hat.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/appraisals.ts'
import { family, person, sendCard, sons_family } from '#test/families.ts'
import { submissionXml } from '#test/households.ts'
import { someRegistered } from '#test/registered.ts'
import { codeOf, linking } from '#test/standing.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import type { Progress } from '#door/jobs.ts'
import type { Actor } from '#door/permit.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { testRegistry } from '#registry/testing.ts'
import { matchArea } from './run.ts'
import { lockSerial, revisionOf } from './store-write.ts'

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

/** A run in which `meanwhile` happens after it has read and before it writes. */
async function runWhile(meanwhile: () => Promise<unknown>, area_code = world.county_code) {
  const { registry, pack, county_code } = world
  const actor: Actor = {
    account_id: null,
    name: null,
    role: 'county_officer',
    area_code: county_code,
    scope: [county_code],
  }
  let happened = false
  const progress: Progress = async () => {
    if (happened) return
    happened = true
    await meanwhile()
  }
  return await matchArea({ registry, pack, actor, now: '2014-05-01T09:00:00.000Z' }, area_code, progress)
}

const households = async () =>
  (
    await sql<{ household_id: string; state: string; cards: number }>`select household_id, state,
      (select count(*)::int from link l where l.household_id = h.household_id and l.left_kind = 'submission'
        and l.withdrawn_at is null) as cards
      from household h order by household_id`.execute(world.registry.app)
  ).rows

const onlyReview = async () =>
  (await sql<{ review_id: string }>`select review_id from match_review`.execute(world.registry.app)).rows[0]
    ?.review_id ?? ''

const decide = async (login: string, review_id: string, decision: 'accepted' | 'rejected') => {
  const client = await world.as(login)
  return await unwrap(client.api.match.reviews[':review_id'].$post({ param: { review_id }, json: { decision } }))
}

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
    const told = await runWhile(() => runWhile(async () => {}, of(there)), of(here))
    expect(told).toMatchObject({ submissions: 1, submissions_linked: 1, households_created: 0 })
    expect(await households()).toMatchObject([{ state: 'active', cards: 2 }])
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
    expect(await runWhile(() => acts.run())).toMatchObject({ submissions: 0, households_created: 0 })
    expect(await households()).toMatchObject([{ state: 'active', cards: 1 }])
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
    const told = await runWhile(() => acts.withdraw(card))
    // Both cards are new now, and of one household: not of the one that was withdrawn from.
    expect(told).toMatchObject({ submissions: 2, households_created: 1 })
    expect(await households()).toMatchObject([
      { state: 'gone', cards: 0 },
      { state: 'active', cards: 2 },
    ])
  },
  wait,
)

test(
  'households found to be one while a run is going are one for that run too',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
    await acts.run()
    await sendCard(world, { instance_id: 'uuid:3', surveyed_on: '2014-04-28', members: sons_family }, 2)
    const review_id = await onlyReview()
    await runWhile(() => acts.answer(review_id, 'accepted'))
    const [kept, gone] = await households()
    expect(kept).toMatchObject({ state: 'active' })
    expect(gone).toMatchObject({ state: 'merged', cards: 0 })
  },
  wait,
)

test(
  'a card taken from a list’s person while a run is going takes the record along',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', members: family })
    await acts.run()
    const [father] = family
    await acts.list([['r1', father?.name ?? '', father?.national_id ?? '']])
    const card = await acts.live('uuid:1')
    await runWhile(() => acts.withdraw(card))
    await acts.run()
    const { rows } = await sql`select p.state from link l join person p using (county_code, person_id)
    where l.left_kind = 'record' and l.withdrawn_at is null`.execute(world.registry.app)
    expect(rows).toEqual([{ state: 'active' }])
  },
  wait,
)

test(
  'of two who decide at once one decides, and the other is told',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
    await acts.run()
    const review_id = await onlyReview()
    const told = await Promise.all([
      codeOf(decide('li.guoqiang', review_id, 'accepted')),
      codeOf(decide('liu.xiaomei', review_id, 'rejected')),
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
    const review_id = await onlyReview()
    const township = world.village_codes[0]?.slice(0, 9) ?? ''
    await sql`insert into account_role (account_id, role, area_code)
    select account_id, 'township_officer', ${township} from account where login = 'chen.lihua'`.execute(
      world.registry.app,
    )
    expect(await decide('chen.lihua', review_id, 'accepted')).toMatchObject({ awaiting: true })
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

test(
  'a no to a card holds for what corrects it',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await acts.run()
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: family }, 2)
    await acts.run()
    await acts.withdraw(await acts.live('uuid:2'))
    const xml = submissionXml(world, { instance_id: 'uuid:2b', surveyed_on: '2014-04-26', members: family }).replace(
      '<orx:instanceID>',
      '<orx:deprecatedID>uuid:2</orx:deprecatedID><orx:instanceID>',
    )
    const surveyor = await world.as(`surveyor.${world.village_codes[0]?.slice(9)}.2`)
    await unwrap(surveyor.api.survey.submissions.$post({ json: { submissions: [xml] } }))
    expect(await acts.run()).toMatchObject({ submissions: 1, submissions_linked: 0, households_created: 1 })
    expect(await households()).toMatchObject([{ cards: 1 }, { cards: 1 }])
  },
  wait,
)

test(
  'a question about a card that is linked nowhere waits for nobody, and waits again when it is',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
    await acts.run()
    const county = await world.as('zhong.wei')
    const list = () => unwrap(county.api.match.reviews.$get({ query: { area_code: world.county_code, state: 'open' } }))
    expect(await list()).toMatchObject({ left: 1, waiting: 1, items: [{}] })
    const link_id = await acts.live('uuid:2')
    await acts.withdraw(link_id)
    expect(await list()).toMatchObject({ left: 0, waiting: 0, items: [], counts: { resting: 1 } })
    await acts.restore(link_id)
    expect(await list()).toMatchObject({ left: 1, waiting: 1, items: [{}] })
  },
  wait,
)

test(
  'one person on two departments’ lists, and a card that is sent twice',
  async () => {
    const [father, mother] = family
    await sendCard(world, { instance_id: 'uuid:1', members: family })
    await acts.run()
    const county = await world.as('zhong.wei')
    for (const register of ['vehicle', 'business'] as const) {
      const records = [father, mother].map((each, index) => ({
        record_id: `r${index}`,
        name: each?.name ?? '',
        national_id: each?.national_id ?? '',
        value: null,
        detail: null,
        since: null,
      }))
      const json = { register, county_code: world.county_code, records }
      await unwrap(county.api.survey.registers.$post({ json }))
    }
    await acts.run()
    await acts.withdraw(await acts.live('vehicle:r0'))
    await acts.run()
    const { rows } = await sql<{ left_id: string }>`select left_id from link where left_kind = 'record'
    and withdrawn_at is null order by 1`.execute(world.registry.app)
    expect(rows.map((row) => row.left_id)).toEqual(['business:r0', 'business:r1', 'vehicle:r1'])
    await expect(sendCard(world, { instance_id: 'uuid:1', members: family })).rejects.toThrow('not accepted')
    await acts.run()
    expect(await households()).toMatchObject([{ cards: 1 }])
  },
  wait,
)

test(
  'thresholds that change leave the questions that were put, and what was decided',
  async () => {
    const head = person('邱发明', 'head', '1971-09-30', '071')
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
    await acts.run()
    const county = await world.as('zhong.wei')
    const wish = { area_code: world.county_code, accept: 25, review: 20, second_share: 1, why: 'ask about less' }
    await unwrap(county.api.match.thresholds.$post({ json: wish }))
    await sendCard(world, { instance_id: 'uuid:3', surveyed_on: '2014-04-27', members: [head] })
    await acts.run()
    const review_id = await onlyReview()
    // Put when one answer was enough: it still is.
    expect(await decide('li.guoqiang', review_id, 'accepted')).toMatchObject({ state: 'accepted', awaiting: false })
  },
  wait,
)

test(
  'a model learnt by an earlier version, which asked otherwise, is not weighed by',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', members: family })
    await acts.run()
    await sql`update match_run set model = jsonb_set(model::jsonb, '{comparisons,0,levels}',
      (select jsonb_agg(level order by n desc) from jsonb_array_elements(model::jsonb #> '{comparisons,0,levels}')
        with ordinality as x (level, n)))`.execute(world.registry.app)
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-06-01', members: family })
    expect(await acts.run()).toMatchObject({ submissions: 1, submissions_linked: 1 })
    expect(await households()).toMatchObject([{ state: 'active', cards: 2 }])
  },
  wait,
)
