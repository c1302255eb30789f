import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import { buildForm } from '#engines/xforms/form.ts'
import { readMarkdown } from '#engines/xforms/read/markdown.ts'
import { answersOf, parseSubmission } from '#engines/xforms/answers/submission.ts'
import { generate } from './country/generate.ts'
import { followUp, followUpAnswers, inspect, type FollowUpResult } from './life.ts'
import { answersIn, submissionsOf } from './country/submissions.ts'
import { trueHouseholds, trueSubmissions, type TrueHousehold } from './truth/truth.ts'

let out_dir: string
let before: TrueHousehold[]
let poor: TrueHousehold[]
let helped: string[]
let year: FollowUpResult

async function formOf(form_id: string) {
  const text = await readFile(new URL(`../packs/china-2014/forms/${form_id}.md`, import.meta.url), 'utf8')
  return buildForm(readMarkdown(text), { form_id }).form!
}

const measure = {
  measure_code: 'forest_ranger',
  income_gain_fen: 1_000_000,
  indicators: ['housing', 'medical', 'education', 'food', 'clothing', 'water'],
  delivered: true,
}

beforeAll(async () => {
  out_dir = await mkdtemp(join(tmpdir(), 'life-'))
  await generate({ households: 1500, seed: 4, out_dir })
  before = await trueHouseholds(out_dir)
  poor = before.filter((household) => household.true_poor)
  helped = poor.filter((_, i) => i % 2 === 0).map((household) => household.true_household_id)
  year = await followUp({
    out_dir,
    year: 2015,
    seed: 9,
    helped: helped.map((true_household_id) => ({ true_household_id, measures: [measure] })),
    visit: poor.map(({ true_household_id }) => ({ true_household_id, household_code: 'K-1' })),
  })
})

afterAll(() => rm(out_dir, { recursive: true, force: true }))

test('a submission written as XML reads back as the same answers', async () => {
  const form = await formOf('household_card')
  const expected = new Map<string, Record<string, unknown>>()
  for await (const { row, answers } of answersIn(out_dir, { limit: 40 })) expected.set(row.instance_id, answers)
  let seen = 0
  for await (const { instance_id, xml } of submissionsOf(out_dir, form, { limit: 40 })) {
    const parsed = parseSubmission(xml)
    if (!parsed.ok) throw new Error(parsed.problem.message)
    expect(parsed.instance_id).toBe(instance_id)
    const read = answersOf(form, parsed)
    expect(read.problems).toEqual([])
    const made = expected.get(instance_id)!
    for (const [name, value] of Object.entries(read.answers)) {
      if (name === 'location' || name === 'household_size') continue
      expect([name, value]).toEqual([name, made[name] ?? null])
    }
    seen++
  }
  expect(seen).toBe(40)
})

test('every submission is about a household that is there', async () => {
  const ids = new Set(before.map((household) => household.true_household_id))
  const truth = await trueSubmissions(out_dir)
  expect(truth.size).toBeGreaterThan(1480)
  for (const { true_household_id } of truth.values()) expect(ids.has(true_household_id)).toBe(true)
})

test('help lifts most of those it reaches, far more than rise without it, and some fall', async () => {
  const after = new Map(
    (await trueHouseholds(out_dir, 2015)).map((household) => [household.true_household_id, household]),
  )
  const rate = (list: TrueHousehold[]) =>
    list.filter((household) => !after.get(household.true_household_id)!.true_poor).length / list.length
  const reached = new Set(helped)
  const with_help = rate(poor.filter((household) => reached.has(household.true_household_id)))
  const without = rate(poor.filter((household) => !reached.has(household.true_household_id)))
  expect(with_help).toBeGreaterThan(0.65)
  expect(with_help).toBeLessThan(1)
  expect(without).toBeLessThan(0.45)
  expect(year.fell).toBeGreaterThan(0)
  expect(year.poor_before).toBe(poor.length)
  expect(year.poor_now).toBe(year.poor_before + year.fell - year.rose)
})

test('slips add up to what came true, and nothing is paid for what was not delivered', async () => {
  const sums = new Map<string, number>()
  for (const fact of year.ledger) {
    expect(fact.amount_fen % 100).toBe(0)
    expect(fact.paid_on).toMatch(/^2015-\d\d-\d\d$/)
    sums.set(fact.true_household_id, (sums.get(fact.true_household_id) ?? 0) + fact.amount_fen)
  }
  for (const sum of sums.values()) expect(sum).toBeLessThanOrEqual(1_500_000)
  expect(sums.size).toBeGreaterThan(helped.length * 0.75)
  const { ledger } = await followUp({
    out_dir,
    year: 2016,
    seed: 9,
    helped: [{ true_household_id: helped[0]!, measures: [{ ...measure, delivered: false }] }],
  })
  expect(ledger).toEqual([])
})

test('the follow-up visits the households asked for and writes their code', async () => {
  let seen = 0
  for await (const { row, answers } of followUpAnswers(out_dir, 2)) {
    expect(row['round']).toBe(2)
    expect(answers['household_code']).toBe('K-1')
    expect(String(answers['surveyed_on'])).toMatch(/^2015-1[01]-/)
    expect((answers['members'] as unknown[]).length).toBeGreaterThan(0)
    seen++
  }
  expect(seen).toBe(poor.length)
})

test('an inspection answers its form, is close to the truth, and tells no status', async () => {
  const form = await formOf('household_inspection')
  const asked = poor.slice(0, 60).map((household) => household.true_household_id)
  const found = await inspect({ out_dir, year: 2014, true_household_ids: asked })
  expect(found.map((each) => each.true_household_id)).toEqual([...asked].sort())
  const { household, lists } = fieldsOf(form)
  const names = new Set([...Object.keys(household), ...Object.keys(lists)])
  for (const { answers } of found) {
    for (const name of Object.keys(answers)) expect([name, names.has(name)]).toEqual([name, true])
    expect(Object.keys(answers).filter((name) => /true|poor|cause/.test(name))).toEqual([])
  }
  const again = await inspect({ out_dir, year: 2014, true_household_ids: asked })
  expect(again).toEqual(found)
})
