// Against a countryside whose truth is known: what the room takes for one household or one person, and what really is.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formOf } from '#packs/forms.ts'
import { openDuck, quote, rowsOf } from '#synthetic/duck.ts'
import { generate, tableGlob } from '#synthetic/country/generate.ts'
import { submissionsOf } from '#synthetic/country/submissions.ts'
import { trueSubmissions } from '#synthetic/truth/truth.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

let world: World
let folder: string

beforeAll(async () => {
  world = await openWorld('2014-07-01T08:00:00.000Z')
  folder = await mkdtemp(join(tmpdir(), 'match-truth-'))
  const groups = await world.registry.app
    .selectFrom('area')
    .select(['area_code', 'parent_code'])
    .where('level', '=', 'group')
    .where('county_code', '=', world.county_code)
    .orderBy('area_code')
    .limit(10)
    .execute()
  const areas = groups.map((group) => ({ group_code: group.area_code, village_code: group.parent_code ?? '' }))
  await generate({ households: 400, seed: 11, out_dir: folder, areas })
  const officer = await world.as('zhong.wei')
  const submissions: string[] = []
  for await (const each of submissionsOf(folder, formOf(world.pack, world.pack.card_form))) submissions.push(each.xml)
  await unwrap(officer.api.survey.submissions.$post({ json: { submissions } }))
  await unwrap(officer.api.match.run.$post({ json: { area_code: world.county_code } }))
})

afterAll(async () => {
  await world.rollback()
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every two entries that have the same name. */
function pairs(entries: Iterable<readonly [entry: string, name: string]>): Set<string> {
  const by_name = Map.groupBy(entries, ([, name]) => name)
  return new Set(
    [...by_name.values()].flatMap((some) => {
      const sorted = some.map(([entry]) => entry).toSorted()
      return sorted.flatMap((a, i) => sorted.slice(i + 1).map((b) => `${a} ${b}`))
    }),
  )
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)

const linked = (left_kind: 'submission' | 'member') =>
  world.registry.app
    .selectFrom('link')
    .select(['left_id', 'household_id', 'person_id'])
    .where('left_kind', '=', left_kind)
    .where('withdrawn_at', 'is', null)
    .execute()

test('no two households are taken for one; those seen twice are found, or a person is asked', async () => {
  const links = await linked('submission')
  const truth = await trueSubmissions(folder)
  const made = pairs(links.map((link) => [link.left_id, link.household_id ?? ''] as const))
  const real = pairs(links.map((link) => [link.left_id, truth.get(link.left_id)?.true_household_id ?? ''] as const))
  expect(real.size).toBeGreaterThan(5)
  expect([...made].filter((pair) => !real.has(pair))).toEqual([])
  const household_of = new Map(links.map((link) => [link.left_id, link.household_id]))
  const officer = await world.as('zhong.wei')
  const { items } = await unwrap(officer.api.match.reviews.$get({ query: { area_code: world.county_code } }))
  const asked = new Set(items.map((item) => [item.left_household_id, item.right_household_id].toSorted().join(' ')))
  const missed = [...real].filter((pair) => {
    const households = pair.split(' ').map((instance_id) => household_of.get(instance_id))
    return households[0] !== households[1] && !asked.has(households.toSorted().join(' '))
  })
  expect(share(missed.length, real.size)).toBeLessThan(0.05)
})

test('persons on several cards are one, and nobody else', async () => {
  const links = await linked('member')
  const duck = await openDuck()
  const rows = await rowsOf<{ key: string; true_person_id: string }>(
    duck,
    `select instance_id || '#' || position::varchar as key, true_person_id
     from read_parquet(${quote(await tableGlob(folder, 'truth', 'member_truth'))})`,
  )
  duck.close()
  const truth = new Map(rows.map((row) => [row.key, row.true_person_id]))
  const made = pairs(links.map((link) => [link.left_id, link.person_id ?? ''] as const))
  const real = pairs(links.map((link) => [link.left_id, truth.get(link.left_id) ?? ''] as const))
  const right = [...made].filter((pair) => real.has(pair)).length
  expect(real.size).toBeGreaterThan(20)
  expect(share(right, made.size)).toBeGreaterThan(0.99)
  expect(share(right, real.size)).toBeGreaterThan(0.95)
})
