// Undo in any order: what stands follows from the entries that stand, whatever was done and undone on the way.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { family, family_misspelt, numberOf, person, sendCard, sons_family } from '#test/steps/families.ts'
import { codeOf, dump, foldedAnew, linking, same, type Dump, type Row } from '#test/steps/standing.ts'
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

type Person = ReturnType<typeof person>
const [father, mother, son, wife, grandson] = family as [Person, Person, Person, Person, Person]
const newborn = person('赖小宝', 'grandchild', '2014-02-11', '097')
const stranger = person('邱发明', 'head', '1971-09-30', '071')

/** Numbers from 0 up to 1 that are the same in every run. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** A hamlet with everything in it: cards twice, families split and joined, numbers lent, lists. */
async function hamlet() {
  const second_son = person('赖长林', 'child', '1991-06-12', '095')
  const second_wife = person('廖金莲', 'child_in_law', '1992-02-19', '108')
  const cards: [string, string, Row[]][] = [
    ['uuid:a', '2014-04-10', sons_family],
    [
      'uuid:b',
      '2014-04-11',
      [
        { ...second_son, relation: 'head' },
        { ...second_wife, relation: 'spouse' },
      ],
    ],
    ['uuid:n', '2014-04-12', [{ ...stranger, national_id: mother.national_id }, {}]],
  ]
  for (const [instance_id, surveyed_on, members] of cards)
    await sendCard(world, { ...poor, instance_id, surveyed_on, members } as never)
  await acts.run()
  const later: [string, string, Row[]][] = [
    ['uuid:c', '2014-04-20', [...family, second_son, second_wife]],
    ['uuid:d', '2014-04-21', [...family_misspelt, newborn]],
    ['uuid:e', '2014-04-22', [{ ...stranger, national_id: numberOf(stranger.birth_date, '071') }]],
    ['uuid:f', '2014-04-23', [{ ...son, relation: 'head' }, wife]],
  ]
  for (const [instance_id, surveyed_on, members] of later)
    await sendCard(world, { ...poor, instance_id, surveyed_on, members } as never, 2)
  await acts.list([
    ['r1', father.name, father.national_id],
    ['r2', wife.name, wife.national_id],
    ['r3', grandson.name, grandson.national_id],
  ])
  await acts.run()
  await acts.assess()
}

interface Step {
  name: string
  take(): Promise<unknown>
}

/** All that people can do now. */
async function steps(): Promise<{ decide: Step[]; forward: Step[]; back: Step[] }> {
  const { rows: reviews } = await sql<{ review_id: string; state: string }>`select review_id, state from match_review
    order by left_id, right_household_id`.execute(world.registry.app)
  const { rows: links } = await sql<{ link_id: string; left_id: string; apart: string | null }>`
    select link_id, left_id, evidence ->> 'apart_from' as apart from link
    where withdrawn_at is null order by left_kind, left_id`.execute(world.registry.app)
  const { rows: gone } = await sql<{ link_id: string; left_id: string }>`select link_id, left_id from link l
    where withdrawn_with = link_id and not exists (select 1 from link n where n.evidence ->> 'restores' = l.link_id)
    order by left_kind, left_id, withdrawn_at, link_id`.execute(world.registry.app)
  const open = reviews.filter((each) => each.state === 'open' || each.state === 'unsure')
  return {
    decide: [
      ...open.flatMap(({ review_id }): Step[] => [
        { name: `accept ${review_id}`, take: () => acts.answer(review_id, 'accepted') },
        { name: `reject ${review_id}`, take: () => acts.answer(review_id, 'rejected') },
      ]),
    ],
    forward: links.map(({ link_id, left_id }) => ({ name: `withdraw ${left_id}`, take: () => acts.withdraw(link_id) })),
    back: [
      ...reviews
        .filter((each) => !open.includes(each))
        .map(({ review_id }): Step => ({ name: `reopen ${review_id}`, take: () => acts.answer(review_id, 'open') })),
      ...gone.map(({ link_id, left_id }): Step => ({ name: `restore ${left_id}`, take: () => acts.restore(link_id) })),
    ],
  }
}

const refusals = ['match_review_stale', 'match_review_built_on', 'match_link_only', 'match_link_stands']

const seeds = (process.env['SEEDS'] ?? '1,2,3').split(',').map(Number)
for (const seed of seeds) {
  test(
    `whatever the order, the same entries make the same registry; all taken back, all is as it was (${seed})`,
    async () => {
      await hamlet()
      const random = chance(seed)
      const base = await dump(world)
      same(await foldedAnew(world), base)
      const seen = new Map<string, Dump>()
      /** What the entries that stand say: links, and how questions were decided. */
      const look = async () => {
        const now = await dump(world)
        const { rows: decided } = await sql`select review_id, state from match_review order by 1`.execute(
          world.registry.app,
        )
        const entries = JSON.stringify([now['link'], decided])
        const { rows: answers } =
          await sql`select 1 from match_answer a join match_review r using (county_code, review_id)
        where a.withdrawn_at is null and r.state in ('open', 'unsure')`.execute(world.registry.app)
        expect(answers).toEqual([])
        same(now, seen.get(entries) ?? now)
        seen.set(entries, now)
        return now
      }
      await look()
      const taken: string[] = []
      const take = async (step: Step) => {
        const told = await codeOf(step.take())
        if (told !== 'passed') {
          expect(refusals, `${taken.join('; ')}; ${step.name}: ${told}`).toContain(told)
          return false
        }
        taken.push(step.name)
        return true
      }
      for (let n = 0; n < 18; n++) {
        const { decide, forward, back } = await steps()
        const kind = random()
        const some = kind < 0.25 && back.length > 0 ? back : kind < 0.65 && decide.length > 0 ? decide : forward
        const step = some[Math.floor(random() * some.length)]
        if (!step || !(await take(step))) continue
        const now = await look()
        same(await foldedAnew(world), now)
      }
      // Back, in an order of chance; what is refused because something rests on it comes later.
      for (let { back } = await steps(); back.length > 0; { back } = await steps()) {
        const shuffled = back.map((step) => ({ step, at: random() })).toSorted((a, b) => a.at - b.at)
        let moved = false
        for (const { step } of shuffled) {
          moved = await take(step)
          if (moved) break
        }
        expect(moved, `stuck after ${taken.join('; ')}`).toBe(true)
        await look()
      }
      same(await dump(world), base)
      expect(taken.length).toBeGreaterThan(10)
    },
    wait,
  )
}
