import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { madeGroups } from './areas.ts'
import { openDuck, rowsOf } from '../duck.ts'
import { generate, tableGlob, type Manifest } from './generate.ts'
import { SURNAMES, surnameShares } from './names.ts'

let root: string
let first: Manifest
const made = (name: string) => join(root, name)

async function rows<T>(sql: string): Promise<T[]> {
  const duck = await openDuck()
  try {
    return await rowsOf<T>(duck, sql)
  } finally {
    duck.close()
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'synthetic-'))
  first = await generate({ households: 400, seed: 7, out_dir: made('a') })
})

afterAll(() => rm(root, { recursive: true, force: true }))

const digests = (manifest: Manifest) => Object.entries(manifest.files).map(([name, file]) => [name, file.sha256])

test('the same seed gives the same bytes with one thread or two, another seed other bytes', async () => {
  const again = await generate({ households: 400, seed: 7, out_dir: made('b'), threads: 1 })
  const other = await generate({ households: 400, seed: 8, out_dir: made('c') })
  expect(digests(again)).toEqual(digests(first))
  for (const [name, file] of Object.entries(other.files)) expect(file.sha256).not.toBe(first.files[name]!.sha256)
})

test('a nation is made county by county, with ids that are unique over all of it', async () => {
  const areas = [...madeGroups('360781107', 3, 12), ...madeGroups('522401100', 2, 8)]
  const manifest = await generate({ households: 300, seed: 3, out_dir: made('two'), areas })
  expect(manifest.partitions).toBe(2)
  const [ids] = await rows<{ people: string; numbers: string; households: string; counties: string }>(
    `select count(*) as people, count(distinct national_id) as numbers, count(distinct true_household_id) as households,
       count(distinct left(national_id, 6)) as counties
     from read_parquet('${await tableGlob(made('two'), 'truth', 'persons')}')`,
  )
  expect(ids).toEqual({
    people: String(manifest.people),
    numbers: String(manifest.people),
    households: '300',
    counties: '2',
  })
})

test('true ID numbers are of the unassigned region 999, hold the birth date and sex, and end in the right check character', async () => {
  const people = await rows<{ national_id: string; birth_date: string; sex: string }>(
    `select national_id, strftime(birth_date, '%Y%m%d') as birth_date, sex from '${made('a')}/truth/persons.parquet'`,
  )
  expect(people.length).toBe(first.people)
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  for (const { national_id, birth_date, sex } of people) {
    const sum = weights.reduce((total, weight, i) => total + weight * Number(national_id[i]), 0)
    expect(national_id).toMatch(/^999\d{14}[\dX]$/)
    expect(national_id.slice(6, 14)).toBe(birth_date)
    expect(Number(national_id[16]) % 2).toBe(sex === 'male' ? 1 : 0)
    expect(national_id[17]).toBe('10X98765432'[sum % 11])
  }
})

test('every row of the world has its truth, and the truth names no household that is not there', async () => {
  const at = made('a')
  const [counts] = await rows<Record<string, string>>(`select
    (select count(*) from '${at}/world/submissions.parquet' s anti join '${at}/truth/submission_truth.parquet' t using (instance_id)) as a,
    (select count(*) from '${at}/world/members.parquet' m anti join '${at}/truth/member_truth.parquet' t using (instance_id, position)) as b,
    (select count(*) from '${at}/world/members.parquet' m anti join '${at}/world/submissions.parquet' t using (instance_id)) as c,
    (select count(*) from '${at}/world/registers.parquet' r anti join '${at}/truth/register_truth.parquet' t using (record_id)) as d,
    (select count(*) from '${at}/truth/register_truth.parquet' r anti join '${at}/truth/persons.parquet' p using (true_person_id)) as e,
    (select count(*) from '${at}/truth/persons.parquet' p anti join '${at}/truth/households.parquet' h using (true_household_id)) as f,
    (select count(*) from '${at}/truth/submission_truth.parquet' t anti join '${at}/truth/households.parquet' h using (true_household_id)) as g,
    (select count(*) from (select instance_id from '${at}/world/submissions.parquet' group by 1 having count(*) > 1)) as h,
    (select count(*) from (select instance_id, household_size from '${at}/world/submissions.parquet') s
       join (select instance_id, count(*) as n from '${at}/world/members.parquet' group by 1) m using (instance_id)
       where s.household_size <> m.n) as i`)
  expect(Object.values(counts!)).toEqual(Array(9).fill('0'))
})

test('what institutions see carries no true id, kind of visit or verdict', async () => {
  expect((await readdir(join(made('a'), 'world'))).sort()).toEqual([
    'members.parquet',
    'registers.parquet',
    'submissions.parquet',
  ])
  for (const table of ['submissions', 'members', 'registers']) {
    const columns = await rows<{ column_name: string }>(`describe select * from '${made('a')}/world/${table}.parquet'`)
    expect(columns.length).toBeGreaterThan(7)
    for (const { column_name } of columns) expect(column_name).not.toMatch(/true|kind|strategic|^hard_|^v$|^hh$|^pp$/)
  }
})

test('surnames are weighed by the two published shares', () => {
  const shares = surnameShares()
  const sum = (n: number) => shares.slice(0, n).reduce((a, b) => a + b, 0)
  expect(new Set(SURNAMES).size).toBe(SURNAMES.length)
  expect(sum(5)).toBeCloseTo(0.318, 9)
  expect(sum(100)).toBeCloseTo(0.864, 9)
  expect(sum(SURNAMES.length)).toBeCloseTo(1, 9)
})
