// F48: a number whose other digits are region and birth date is not shown in part beside the birth date.
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test('who is who shows a code for a number, equal for equal numbers, and no digit of it', async () => {
  const national_id = '36078119500315121X'
  const head = { name: '谢春生', national_id, birth_date: '1950-03-15', sex: 'male' }
  const [household_id = ''] = await someHouseholds(world, [{ members: [head] }])
  const { api } = await world.as('zhong.wei')
  const { persons } = await unwrap(api.match.households[':household_id'].$get({ param: { household_id } }))
  expect(persons).toMatchObject([{ birth_date: '1950-03-15', national_id: expect.stringMatching(/^#[0-9A-F]{4}$/) }])
  expect(JSON.stringify(persons)).not.toMatch(/121X/)
})

/** What a path or a query may name, of this one household. */
function named(name: string, ids: Record<string, string>): string | undefined {
  return ids[name] ?? ids[name.replace(/^(left|right)_/, '')]
}

test('no answer of any route holds the ending of a number: register, file, submission, search, workbench', async () => {
  const national_id = '36078119500315121X'
  const head = { name: '谢春生', national_id, birth_date: '1950-03-15', sex: 'male', relation: 'head' }
  const [household_id = ''] = await someHouseholds(world, [{ members: [head] }])
  const { items } = await unwrap(
    (await world.as('zhong.wei')).api.survey.submissions.$get({ query: { area_code: world.county_code } }),
  )
  const ids: Record<string, string> = {
    household_id,
    instance_id: items[0]?.instance_id ?? '',
    area_code: world.county_code,
    county_code: world.county_code,
    q: '谢春生',
  }
  const { paths } = (await (await world.request('/api/openapi.json')).json()) as {
    paths: Record<string, { get?: { parameters?: { name: string; in: string; required?: boolean }[] } }>
  }
  const headers = { authorization: `Bearer ${await world.token('zhong.wei')}` }
  let with_the_head = 0
  for (const [path, { get }] of Object.entries(paths)) {
    const parameters = get?.parameters ?? []
    if (!get || parameters.some((each) => each.required && named(each.name, ids) === undefined)) continue
    const query = parameters.flatMap(({ name, in: place }) =>
      place === 'query' && named(name, ids) !== undefined ? [[name, named(name, ids) ?? '']] : [],
    )
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named(name, ids) ?? ''))
    const answer = await world.request(`${address}?${new URLSearchParams(query)}`, { headers })
    const text = await answer.text()
    if (text.includes('1950-03-15')) with_the_head++
    expect(text, address).not.toMatch(/121X/i)
  }
  // Those that show the birth date: the register's file, who is who, the submission.
  expect(with_the_head).toBeGreaterThanOrEqual(3)
})

test('no table holds a number in clear, nor the ending that with region and birth date is the number', async () => {
  const national_id = '36078119500315121X'
  const head = { name: '谢春生', national_id, birth_date: '1950-03-15', sex: 'male', relation: 'head' }
  const [household_id = ''] = await someHouseholds(world, [{ members: [head] }])
  const holding = await transact(world.registry, SYSTEM, async (tx) => {
    const { rows: tables } = await sql<{ name: string }>`select relname as name from pg_class
      where relnamespace = 'doorstep'::regnamespace and relkind in ('r', 'p') and has_table_privilege(oid, 'select')
      `.execute(tx)
    const met: string[] = []
    for (const { name } of tables) {
      const { rows } = await sql<{ text: string }>`select to_jsonb(t)::text as text from ${sql.table(name)} t`.execute(
        tx,
      )
      if (rows.some((row) => row.text.includes('1950-03-15'))) met.push(name)
      expect(
        rows.filter((row) => /121X/i.test(row.text)),
        name,
      ).toEqual([])
    }
    return met
  })
  expect(holding, 'the rows of this household were looked at').toContain('person')
  const { api } = await world.as('zhong.wei')
  const found = await unwrap(api.see.search.$get({ query: { q: '121X', area_code: world.county_code } }))
  expect(JSON.stringify(found)).toContain(household_id)
})
