import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPack } from '#packs/load.ts'
import { rulebookOf, type Rulebook } from '#packs/rulebook.ts'
import { openDuck, rowsOf } from './duck.ts'
import { generateNation, readNation, type NationManifest, type NationOptions } from './nation.ts'
import { baseWorld, loadBase } from './nation-base.ts'

const COUNTIES = ['360781', '360782', '522401', '532501', '621102', '130101', '140105']
let root: string
let book: Rulebook
let made: NationManifest
const at = (...names: string[]) => path.join(root, ...names)

function make(name: string, own: Partial<NationOptions> = {}): Promise<NationManifest> {
  const options = { book, households: 20_000, seed: 5, counties: COUNTIES, base_households: 3000 }
  return generateNation({ ...options, partition_households: 8000, out_dir: at(name), cache_dir: at('base'), ...own })
}

async function digests(name: string): Promise<Record<string, string>> {
  const files = (await readdir(at(name), { recursive: true })).filter((file) => file.endsWith('.parquet')).sort()
  const entries = files.map(async (file) => {
    const bytes = await readFile(at(name, file))
    return [file, createHash('sha256').update(bytes).digest('hex')]
  })
  return Object.fromEntries(await Promise.all(entries)) as Record<string, string>
}

async function one<T>(sql: string): Promise<T> {
  const duck = await openDuck()
  try {
    return (await rowsOf<T>(duck, sql))[0]!
  } finally {
    duck.close()
  }
}

const table = (name: string, from = 'nation') => `read_parquet('${at(from, name)}/*.parquet')`

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'nation-'))
  const { pack } = await loadPack(path.join(import.meta.dirname, '../packs/china-2014'))
  book = rulebookOf(pack!)
  made = await make('nation')
})

afterAll(() => rm(root, { recursive: true, force: true }))

test('the same seed gives the same bytes with one thread or two, another seed other bytes', async () => {
  await make('again', { threads: 1 })
  const first = await digests('nation')
  expect(Object.keys(first)).toHaveLength(3 * made.partitions.length)
  expect(await digests('again')).toEqual(first)
  await make('other', { seed: 6 })
  const other = await digests('other')
  for (const [file, digest] of Object.entries(first)) expect(other[file]).not.toBe(digest)
})

test('partitions hold whole counties and ids without a gap, as the manifest says', async () => {
  expect(await readNation(at('nation'))).toEqual(made)
  expect(made).toMatchObject({ households: 20_000, counties: COUNTIES.length, seed: 5 })
  expect(made.partitions.length).toBe(3)
  let next = 1
  for (const part of made.partitions) {
    expect(part.first_household).toBe(next)
    next += part.households
    const found = await one<Record<string, number>>(
      `select count(*)::integer as households, min(household_id)::integer as first, max(household_id)::integer as last,
         count(distinct household_id)::integer as ids, count(distinct county_code)::integer as counties,
         count(*) filter (where left(area_code, 6) <> county_code)::integer as astray
       from read_parquet('${at('nation', 'households', part.file)}')`,
    )
    const { households, counties, first_household } = part
    expect(found).toEqual({ households, ids: households, counties, first: first_household, last: next - 1, astray: 0 })
  }
  expect(next).toBe(20_001)
  const spread = await one<{ n: number }>(
    `select count(*)::integer as n from (select county_code from read_parquet('${at('nation', 'households')}/*.parquet', filename = true)
       group by 1 having count(distinct filename) > 1)`,
  )
  expect(spread.n).toBe(0)
})

test('household_size is the number of members, who lie in the order of households; entries belong to households', async () => {
  const found = await one<Record<string, number>>(
    `select (select count(*) from ${table('households')} h left join (select household_id, count(*) as n from ${table('members')} group by 1) m
         using (household_id) where h.household_size is distinct from m.n)::integer as wrong_size,
       (select count(*) from (select household_id < lag(household_id) over (order by file_row_number) as back
         from read_parquet('${at('nation', 'members', '00000.parquet')}', file_row_number = true)) where back)::integer as out_of_order,
       (select count(*) from ${table('registers')} r anti join ${table('households')} h using (household_id))::integer as strays,
       (select count(*) from ${table('members')})::integer as persons, (select count(*) from ${table('registers')})::integer as entries`,
  )
  expect(found).toMatchObject({ wrong_size: 0, out_of_order: 0, strays: 0, persons: made.persons })
  expect(found['entries']).toBe(made.partitions.reduce((sum, part) => sum + part.register_entries, 0))
  expect(found['entries']).toBeGreaterThan(400)
})

test('shares and means stay near those of the base; missing answers stay missing', async () => {
  const world = await baseWorld({ households: 3000, seed: 5, cache_dir: at('base') })
  const duck = await openDuck()
  try {
    await loadBase(duck, world, book)
    const household = `avg(wage_income)::double as wage, avg((wage_income is null)::integer)::double as wage_missing,
      avg(household_size)::double as size, avg((house_grade in ('C', 'D'))::integer)::double as bad_house,
      avg((not water_safe)::integer)::double as water, avg((not protein_weekly)::integer)::double as protein`
    const member = `avg(date_sub('year', birth_date, date '2014-12-31'))::double as age,
      avg((health <> 'healthy')::integer)::double as ill, avg((disability <> 'none')::integer)::double as disabled`
    const rows = async (households: string, members: string) => ({
      ...(await rowsOf<Record<string, number>>(duck, `select ${household} from ${households}`))[0]!,
      ...(await rowsOf<Record<string, number>>(duck, `select ${member} from ${members}`))[0]!,
    })
    const base = await rows('base_households', 'base_members')
    const nation = await rows(table('households'), table('members'))
    expect(Object.keys(base)).toHaveLength(9)
    for (const [name, value] of Object.entries(base)) {
      expect(value, name).toBeGreaterThan(0)
      // Forty villages drawn from ten: the means of the draws differ from the base's by some hundredths.
      expect(Math.abs(nation[name]! / value - 1), `${name}: ${value} became ${nation[name]}`).toBeLessThan(0.25)
    }
  } finally {
    duck.close()
  }
})

test('money is moved by at most 15 %, whole yuan, and a birth date within the year of its age', async () => {
  const world = await baseWorld({ households: 3000, seed: 5, cache_dir: at('base') })
  const duck = await openDuck()
  try {
    await loadBase(duck, world, book)
    // Which row was drawn is not written down, so this asks for lives (age, school, work) that the base does not have.
    const [found] = await rowsOf<Record<string, number>>(
      duck,
      `with drawn as (select first(h.wage_income) as wage, h.household_id from ${table('households')} h group by 2)
       select (select count(*) from drawn where wage % 100 <> 0)::integer as odd,
         (select count(*) from drawn where wage > (select max(wage_income) from base_households) * 1.151)::integer as above,
         (select count(distinct wage) from drawn)::integer as wages, (select count(distinct wage_income) from base_households)::integer as base_wages,
         (select count(*) from (select distinct date_sub('year', birth_date, date '2014-12-31') as age, schooling, education, labour_capacity
            from ${table('members')}) m anti join (select date_sub('year', birth_date, date '2014-12-31') as age, schooling::varchar as schooling,
            education::varchar as education, labour_capacity::varchar as labour_capacity from base_members) b
            on m.age is not distinct from b.age and m.schooling is not distinct from b.schooling
              and m.education is not distinct from b.education and m.labour_capacity is not distinct from b.labour_capacity)::integer as new_lives,
         (select count(distinct birth_date) from ${table('members')})::integer as days,
         (select count(distinct birth_date) from base_members)::integer as base_days`,
    )
    expect(found).toMatchObject({ odd: 0, above: 0, new_lives: 0 })
    expect(found!['wages']).toBeGreaterThan(2 * found!['base_wages']!)
    expect(found!['days']).toBeGreaterThan(1.5 * found!['base_days']!)
  } finally {
    duck.close()
  }
})

test('refuses what is no number of households', async () => {
  await expect(make('none', { households: 0 })).rejects.toThrow(RangeError)
})
