import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuck, quote, rowsOf } from '../duck.ts'
import { generateLists, type Lists } from './lists.ts'

let dir: string
/** As often wrong as usual, by two threads: what most tests look at. */
let usual: Lists
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'doorstep-lists-'))
  usual = await make('usual', 1)
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const make = (name: string, errors: number, threads = 2) =>
  generateLists({ people: 20_000, seed: 4, errors, threads, out_dir: join(dir, name) })

async function ask(sql: string): Promise<Record<string, number>> {
  const duck = await openDuck()
  try {
    return (await rowsOf<Record<string, number>>(duck, sql))[0]!
  } finally {
    duck.close()
  }
}

const same = (lists: Lists) =>
  ask(`select avg((r.name = s.name)::int) as name, avg((r.national_id = s.national_id)::int) as national_id,
    avg((r.birth_date = s.birth_date)::int) as birth_date, avg((r.area_code = s.area_code)::int) as area_code
  from read_parquet(${quote(lists.truth_file)}) t
  join read_parquet(${quote(lists.register_file)}) r on r.record_id = t.left_id
  join read_parquet(${quote(lists.survey_file)}) s on s.record_id = t.right_id`)

test('about as many people as asked, each once, nine in ten on both lists', async () => {
  const lists = usual
  expect(lists.register / 20_000).toBeGreaterThan(0.95)
  expect(lists.register / 20_000).toBeLessThan(1.05)
  expect(lists.pairs / lists.register).toBeGreaterThan(0.89)
  expect(lists.pairs / lists.register).toBeLessThan(0.95)
  for (const file of [lists.register_file, lists.survey_file]) {
    const row = await ask(
      `select count(*)::int as n, count(distinct record_id)::int as ids, count(name)::int as names from read_parquet(${quote(file)})`,
    )
    expect(row.ids).toBe(row.n)
    expect(row.names).toBe(row.n)
  }
  const numbers = await ask(
    `select count(*)::int as n, count(distinct national_id)::int as ids from read_parquet(${quote(lists.register_file)}) where national_id is not null`,
  )
  expect(numbers.ids).toBe(numbers.n)
})

test('slips grow with the error rate, and none are made at zero but moves and the register’s own', async () => {
  const [none, some, many] = await Promise.all(
    [make('none', 0), usual, make('many', 3)].map(async (lists) => same(await lists)),
  )
  for (const field of ['name', 'national_id', 'birth_date'] as const) {
    expect(none![field], field).toBeGreaterThan(0.99)
    expect(some![field], field).toBeLessThan(none![field]!)
    expect(1 - many![field]!, field).toBeGreaterThan(2 * (1 - some![field]!))
  }
})

test('harder lists hold the errors of the field, and truth of the same people', async () => {
  const plain = usual
  const hard = await generateLists({ people: 20_000, seed: 4, harder: true, threads: 2, out_dir: join(dir, 'hard') })
  expect(hard.register).toBe(plain.register)
  const told = (lists: Lists) =>
    ask(`select count(*) filter (position('·' in r.name) > 0)::int as dotted,
      count(*) filter (position('·' in r.name) > 0 and r.name <> s.name)::int as dot_lost,
      count(*) filter (position('□' in s.name) > 0)::int as box,
      count(*) filter (regexp_matches(s.name, '[a-z]'))::int as pinyin,
      count(*) filter (regexp_matches(s.name, '毛毛|小宝|大妹|狗娃|幺妹|二娃'))::int as milk,
      count(*) filter (r.household_id like '%W')::int as at_parents,
      count(*) filter (year(s.birth_date) = year(r.birth_date) + 1 and r.national_id = s.national_id)::int as late,
      count(*) filter (s.national_id in (select national_id from read_parquet(${quote(lists.register_file)}) x
        where x.record_id <> r.record_id and x.birth_date = s.birth_date and x.household_id = r.household_id))::int as carried,
      (select count(*) from (select household_id from read_parquet(${quote(lists.register_file)})
        group by household_id, birth_date having count(*) > 1))::int as twins,
      (select count(*) from (select phone from read_parquet(${quote(lists.register_file)}) where phone is not null
        group by phone having count(distinct household_id) > 1))::int as cadres
    from read_parquet(${quote(lists.truth_file)}) t
    join read_parquet(${quote(lists.register_file)}) r on r.record_id = t.left_id
    join read_parquet(${quote(lists.survey_file)}) s on s.record_id = t.right_id`)
  const [none, some] = [await told(plain), await told(hard)]
  for (const field of Object.keys(some)) expect(some[field], field).toBeGreaterThan(none[field]! + 5)
})

test('the same seed gives the same rows with one thread or two', async () => {
  const [one, two] = [await make('t1', 1, 1), usual]
  for (const file of ['register_file', 'survey_file', 'truth_file'] as const) {
    const row = await ask(`select (select count(*) from (select * from read_parquet(${quote(one[file])}) except all
      select * from read_parquet(${quote(two[file])})))::int as gone`)
    expect(row.gone, file).toBe(0)
    expect(one.register).toBe(two.register)
  }
})
