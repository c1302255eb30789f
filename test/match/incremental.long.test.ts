// A few new cards compared with those they can meet, and with everyone in the county: the same links, the same questions.
import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { matchArea, type RunResult } from '#cycle/02-match/run/run.ts'
import { keyEverybody } from '#cycle/02-match/store/keys.ts'
import { knownOf } from '#cycle/02-match/store/load.ts'
import type { Actor } from '#door/permit/permit.ts'
import { formOf } from '#packs/forms.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { generate } from '#synthetic/country/generate.ts'
import { submissionsOf } from '#synthetic/country/submissions.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

/** Longer than usual: every table is read many times over, and machines are shared. */
const wait = 120_000

let world: World
let folder: string
let cards: string[]

beforeAll(async () => {
  world = await openWorld('2014-07-01T08:00:00.000Z')
  folder = await mkdtemp(join(tmpdir(), 'match-incremental-'))
  const groups = await world.registry.app
    .selectFrom('area')
    .select(['area_code', 'parent_code'])
    .where('level', '=', 'group')
    .where('county_code', '=', world.county_code)
    .orderBy('area_code')
    .limit(6)
    .execute()
  const areas = groups.map((group) => ({ group_code: group.area_code, village_code: group.parent_code ?? '' }))
  await generate({ households: 260, seed: 23, out_dir: folder, areas })
  cards = []
  for await (const each of submissionsOf(folder, formOf(world.pack, world.pack.card_form))) cards.push(each.xml)
  await send(cards.slice(0, 150))
  await match(false)
})

afterAll(async () => {
  await world.rollback()
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

async function send(submissions: string[]): Promise<void> {
  const officer = await world.as('zhong.wei')
  const sent = await unwrap(officer.api.survey.submissions.$post({ json: { submissions } }))
  expect(sent.accepted).toBe(submissions.length)
}

/** A run; `whole`: compared with everyone, as if nobody could be looked up. */
function match(whole: boolean): Promise<RunResult> {
  const { registry, pack, county_code } = world
  const actor: Actor = {
    account_id: null,
    name: null,
    role: 'county_officer',
    area_code: county_code,
    scope: [county_code],
  }
  const by = { registry, pack, actor, now: '2014-07-02T08:00:00.000Z', whole }
  return matchArea(by, county_code, async () => {})
}

/** Numbers from 0 up to 1 that are the same in every run. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** The card as somebody else wrote it down: names, dates and numbers with slips, the telephone left out, a new name. */
function writtenAgain(xml: string, random: () => number): string {
  const slip = (text: string, share: number, change: (value: string) => string, tag: string) =>
    text.replace(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'), (all, value: string) =>
      random() < share ? `<${tag}>${change(value)}</${tag}>` : all,
    )
  let text = xml.replace(/uuid:[0-9a-f-]+/, `uuid:${randomUUID()}`)
  text = slip(text, 0.2, (name) => name.slice(0, -1) + '明', 'name')
  text = slip(text, 0.2, (date) => `${date.slice(0, 8)}${date.endsWith('1') ? '02' : '01'}`, 'birth_date')
  text = slip(text, 0.3, () => '', 'national_id')
  return slip(text, 0.5, (phone) => phone.slice(0, -1) + String((Number(phone.at(-1)) + 1) % 10), 'phone')
}

interface Told {
  links: Record<string, unknown>[]
  reviews: Record<string, unknown>[]
}

/** Links and questions by what they say: persons who are new are called by their first card. */
async function told(): Promise<Told> {
  const { rows: links } = await sql<Record<string, unknown>>`
    select left_kind, left_id, household_id, method, band, round(match_weight::numeric, 6)::float8 as weight,
      case when person_id is not null
        then min(left_id) filter (where left_kind = 'member') over (partition by county_code, person_id) end as person
    from link where withdrawn_at is null order by left_kind, left_id`.execute(world.registry.app)
  const { rows: reviews } = await sql<Record<string, unknown>>`
    select left_id, right_household_id, evidence ->> 'kind' as kind, round(match_weight::numeric, 6)::float8 as weight
    from match_review order by left_id, right_household_id`.execute(world.registry.app)
  return { links, reviews }
}

const mark = (statement: string) => sql.raw(statement).execute(world.registry.app)

test(
  'the same links either way, batch after batch, with lists of other departments',
  async () => {
    const random = chance(7)
    const lists = cards.flatMap((xml, index) => {
      const name = /<name>([^<]+)<\/name>/.exec(xml)?.[1]
      const national_id = /<national_id>([^<]+)<\/national_id>/.exec(xml)?.[1]
      if (!name || !national_id || random() > 0.25) return []
      return [
        {
          record_id: `r${index}`,
          name: random() < 0.3 ? name.slice(0, -1) + '民' : name,
          national_id,
          value: null,
          detail: null,
          since: null,
        },
      ]
    })
    const officer = await world.as('zhong.wei')
    const json = { register: 'vehicle' as const, county_code: world.county_code, records: lists }
    await unwrap(officer.api.survey.registers.$post({ json }))
    let found = 0
    for (let batch = 0; batch < 2; batch++) {
      const again = Array.from({ length: 20 }, () => writtenAgain(cards[Math.floor(random() * 150)] ?? '', random))
      await send([...cards.slice(150 + batch * 25, 175 + batch * 25), ...again])
      await mark('savepoint either_way')
      const all = await match(true)
      const by_all = await told()
      await mark('rollback to savepoint either_way')
      const few = await match(false)
      const by_few = await told()
      expect(by_few.links).toEqual(by_all.links)
      expect(by_few.reviews).toEqual(by_all.reviews)
      expect(few).toEqual(all)
      expect(few.pairs_scored).toBeGreaterThan(40)
      found += few.submissions_linked
    }
    expect(found).toBeGreaterThan(20)
  },
  wait,
)

test(
  'keys are those of who stands: kept with every change, nothing else',
  async () => {
    const keys = async () =>
      (await sql`select * from match_key order by key, person_id, slot`.execute(world.registry.app)).rows
    const kept = await keys()
    expect(kept.length).toBeGreaterThan(1000)
    const { registry, pack, county_code } = world
    const opening = { keys: registry.keys, scheme: pack.national_id, county_code, card_form: pack.card_form }
    await mark('savepoint anew')
    await transact(registry, SYSTEM, async (tx) =>
      keyEverybody(tx, opening, (await knownOf(tx, opening, new Set())).households),
    )
    const anew = await keys()
    await mark('rollback to savepoint anew')
    expect(anew).toEqual(kept)
  },
  wait,
)
