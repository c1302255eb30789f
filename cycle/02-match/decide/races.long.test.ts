// Who acts at the same time or twice, further: races.test.ts has the first of it.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { family, person, sendCard, sons_family } from '#test/steps/families.ts'
import { submissionXml } from '#test/steps/households.ts'
import { racing } from '#test/steps/racing.ts'
import { linking } from '#test/steps/standing.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

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
  'households found to be one while a run is going are one for that run too',
  async () => {
    await sendCard(world, { instance_id: 'uuid:1', surveyed_on: '2014-04-20', members: family })
    await sendCard(world, { instance_id: 'uuid:2', surveyed_on: '2014-04-26', members: sons_family }, 2)
    await acts.run()
    await sendCard(world, { instance_id: 'uuid:3', surveyed_on: '2014-04-28', members: sons_family }, 2)
    const review_id = await race.onlyReview()
    await race.runWhile(() => acts.answer(review_id, 'accepted'))
    const [kept, gone] = await race.households()
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
    await race.runWhile(() => acts.withdraw(card))
    await acts.run()
    const { rows } = await sql`select p.state from link l join person p using (county_code, person_id)
    where l.left_kind = 'record' and l.withdrawn_at is null`.execute(world.registry.app)
    expect(rows).toEqual([{ state: 'active' }])
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
    expect(await race.households()).toMatchObject([{ cards: 1 }, { cards: 1 }])
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
    expect(await race.households()).toMatchObject([{ cards: 1 }])
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
    const review_id = await race.onlyReview()
    // Put when one answer was enough: it still is.
    expect(await race.decide('li.guoqiang', review_id, 'accepted')).toMatchObject({
      state: 'accepted',
      awaiting: false,
    })
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
    expect(await race.households()).toMatchObject([{ state: 'active', cards: 2 }])
  },
  wait,
)
