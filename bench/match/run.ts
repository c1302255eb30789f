// A day's cards against a county that is matched already: compared with those they can meet, and with everyone. Prints
// time and rows read of both, one after the other, three times.
//   node bench/match/run.ts [persons, 50000] [people in the batch, 200]
import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matchArea, type RunResult } from '#cycle/02-match/run/run.ts'
import type { Actor } from '#door/permit/permit.ts'
import { formOf } from '#packs/forms.ts'
import { generate } from '#synthetic/country/generate.ts'
import { submissionsOf } from '#synthetic/country/submissions.ts'
import { openWorld, unwrap } from '#test/world.ts'

const [persons = 50_000, batch = 200] = process.argv.slice(2).map(Number)
/** People on a made card, about. */
const people_a_card = 3.4

const world = await openWorld('2014-07-01T08:00:00.000Z')
const folder = await mkdtemp(join(tmpdir(), 'bench-match-'))
const { registry, pack, county_code } = world
await registry.pools.owner.query('grant maintain on all tables in schema doorstep to doorstep_app')
const actor: Actor = {
  account_id: null,
  name: null,
  role: 'county_officer',
  area_code: county_code,
  scope: [county_code],
}
const match = (whole: boolean) =>
  matchArea({ registry, pack, actor, now: '2014-07-02T08:00:00.000Z', whole }, county_code, async () => {})
const statement = (text: string) => sql.raw(text).execute(registry.app)

async function send(submissions: string[]): Promise<void> {
  const officer = await world.as('zhong.wei')
  for (let start = 0; start < submissions.length; start += 500) {
    await unwrap(officer.api.survey.submissions.$post({ json: { submissions: submissions.slice(start, start + 500) } }))
  }
}

/** Rows that this transaction has read so far, by scans of tables and by index: those with people in them, and all. */
async function rowsRead(): Promise<{ people: number; all: number }> {
  const { rows } = await sql<{ people: number; all: number }>`
    select sum(n) filter (where relname in ('person', 'household'))::float8 as people, sum(n)::float8 as all
    from (select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as n from pg_stat_xact_user_tables
      where schemaname = 'doorstep') as read`.execute(registry.app)
  return rows[0] ?? { people: 0, all: 0 }
}

const seconds = (since: number): number => (performance.now() - since) / 1000

try {
  const groups = await registry.app
    .selectFrom('area')
    .select(['area_code', 'parent_code'])
    .where('level', '=', 'group')
    .where('county_code', '=', county_code)
    .orderBy('area_code')
    .execute()
  const areas = groups.map((group) => ({ group_code: group.area_code, village_code: group.parent_code ?? '' }))
  const cards: string[] = []
  const households = Math.ceil((persons + batch) / people_a_card)
  await generate({ households, seed: 31, out_dir: folder, areas })
  for await (const each of submissionsOf(folder, formOf(pack, pack.card_form))) cards.push(each.xml)
  const few = Math.ceil(batch / people_a_card)
  const started = performance.now()
  await send(cards.slice(few))
  console.log(`${cards.length - few} cards sent in ${seconds(started).toFixed(0)} s`)
  const first = performance.now()
  const made = await match(false)
  console.log(`first run: ${made.persons_created} persons in ${seconds(first).toFixed(0)} s`)
  await send(cards.slice(0, 1))
  const keyed = performance.now()
  await match(false)
  console.log(`keys for everybody, once: ${seconds(keyed).toFixed(1)} s`)
  await send(cards.slice(1, few))
  // As the server does by itself within minutes: without it nobody knows how large the tables are.
  await statement('analyze')
  const ratios: number[] = []
  for (let turn = 0; turn < 3; turn++) {
    const told: { seconds: number; people: number; all: number; result: RunResult }[] = []
    for (const whole of [true, false]) {
      await statement('savepoint once')
      const before = await rowsRead()
      const since = performance.now()
      const result = await match(whole)
      const took = seconds(since)
      const after = await rowsRead()
      told.push({ seconds: took, people: after.people - before.people, all: after.all - before.all, result })
      await statement('rollback to savepoint once')
    }
    const [all, near] = told as [(typeof told)[0], (typeof told)[0]]
    if (JSON.stringify(all.result) !== JSON.stringify(near.result)) throw new Error('the two do not say the same')
    ratios.push(all.seconds / near.seconds)
    const line = (each: (typeof told)[0]) =>
      `${each.seconds.toFixed(2)} s, ${each.people} rows of persons and households, ${each.all} of all tables`
    console.log(`${few - 1} cards. Everyone: ${line(all)}. By key: ${line(near)}.`)
  }
  console.log(`median ratio of times: ${ratios.toSorted((a, b) => a - b)[1]?.toFixed(1)}`)
} finally {
  await world.rollback()
  await world.close()
  await rm(folder, { recursive: true, force: true })
}
