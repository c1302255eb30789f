import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { diagnose } from '#cycle/06-diagnose/diagnose.ts'
import { evaluator } from '#engines/rules/run/evaluate.ts'
import { openDuck, rowsOf, type Duck } from '#synthetic/duck.ts'
import { generateNation } from '#synthetic/nation.ts'
import { recordsOf, runJavaScript } from './compare-javascript.ts'
import { countRules } from './count.ts'
import { extraRules } from './extra-rules.ts'
import { measure, type Measured } from './measure.ts'
import { loadBook } from './tables.ts'

const HOUSEHOLDS = 3000
const { book, at } = await loadBook()
let root: string
let duck: Duck
let found: Measured

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'bench-nation-'))
  const dir = path.join(root, 'nation')
  const small = { base_households: 1500, cache_dir: path.join(root, 'base'), partition_households: 1000 }
  const counties = ['360781', '522401', '532501', '621102']
  await generateNation({ book, households: HOUSEHOLDS, seed: 2, out_dir: dir, counties, ...small })
  const options = { dir, out_dir: path.join(root, 'results'), households: HOUSEHOLDS, threads: 2 }
  found = await measure(options)
  duck = await openDuck()
  for (const table of ['households', 'members', 'registers']) {
    await duck.connection.run(`create table ${table} as from read_parquet('${path.join(dir, table)}/*.parquet')`)
  }
  for (const table of ['assess', 'diagnose']) {
    await duck.connection.run(
      `create table ${table} as from read_parquet('${path.join(root, 'results', table)}/*.parquet')`,
    )
  }
})

afterAll(async () => {
  duck.close()
  await rm(root, { recursive: true, force: true })
})

test('asks as much as a national campaign does: 25 rules and 50 distinct member aggregates at least', () => {
  const counted = countRules(book, extraRules(book))
  expect(counted.rules_assess + counted.rules_diagnose).toBeGreaterThanOrEqual(25)
  expect(counted.member_aggregates).toBeGreaterThanOrEqual(50)
  expect(found).toMatchObject({ ...counted, households: HOUSEHOLDS, counties: 4 })
})

test('the verdicts of the measured run are those of the evaluator, household by household', async () => {
  const { verdicts } = await runJavaScript(duck, book, at, HOUSEHOLDS)
  const rows = await rowsOf<{ household_id: number; verdict: string }>(
    duck,
    'select household_id, verdict from assess order by household_id',
  )
  expect(rows.map(({ household_id, verdict }) => [household_id, verdict])).toEqual(verdicts)
  const counts = Object.fromEntries(Object.keys(found.verdicts).map((code) => [code, 0]))
  for (const [, verdict] of verdicts) counts[verdict]!++
  expect(found.verdicts).toEqual(counts)
  expect(Object.values(counts).every((n) => n > 100)).toBe(true)
})

test('the main causes are those that the room diagnose computes, for the eligible alone', async () => {
  const rows = await rowsOf<{ household_id: number; main_cause: string | null }>(
    duck,
    'from diagnose order by household_id',
  )
  const records = await recordsOf(duck, HOUSEHOLDS)
  const expected = rows.map(({ household_id }) => {
    const known = {
      county_code: '',
      household_id: '',
      area_code: '',
      head_name: '',
      surveyed_on: '',
      evidence_sha256: '',
    }
    const record = records.get(household_id)!
    return diagnose(book, { ...known, instance_id: '', record }, at.date).computed_cause
  })
  expect(rows.map((row) => row.main_cause)).toEqual(expected)
  expect(rows.length).toBe(found.verdicts['eligible'])
  expect(Object.values(found.main_causes).reduce((a, b) => a + b, 0)).toBe(rows.length)
  expect(new Set(expected).size).toBeGreaterThan(6)
})

test("the analysts' questions have the same answer in the statement and in the evaluator", async () => {
  const records = await recordsOf(duck, 600)
  const rows = await rowsOf<Record<string, unknown>>(
    duck,
    'select * from assess where household_id <= 600 order by household_id',
  )
  const differences: unknown[] = []
  const seen = new Set<string>()
  for (const { name, rule } of extraRules(book)) {
    const run = evaluator(rule)
    for (const row of rows) {
      const { value } = run(records.get(row['household_id'] as number)!, at.params, at.date)
      const database = typeof value === 'number' ? Number(row[name]) : row[name]
      if (database !== value) differences.push({ name, household: row['household_id'], value, database })
      if (value !== null && value !== 0 && value !== false) seen.add(name)
    }
  }
  expect(differences).toEqual([])
  // Nearly every question finds somebody among 600 households, so the comparison says something.
  expect(seen.size).toBeGreaterThan(extraRules(book).length * 0.8)
})
