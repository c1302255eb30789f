import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { HouseholdRecord } from '#cycle/record.ts'
import { loadPack } from '#packs/load.ts'
import { complete, rulebookOf, standAt, type Rulebook } from '#packs/rulebook.ts'
import { randomRecords } from '#test/records/records.ts'
import { assessRecord } from '../judge/assess.ts'
import { comparePartition } from './store-compare.ts'
import { dropOlder, writeEvidence } from './store.ts'
import { changedBook, no_changes, describeChanges, type Changes } from './changes.ts'
import { openDuck, partitionsIn } from '#registry/copies/analytics.ts'
import { takenFields, takeRecord } from './fields.ts'
import { snapshotWhatIf } from './snapshot.ts'
import { makeTally } from './add-up.ts'

const { pack } = await loadPack(path.join(import.meta.dirname, '../../../packs/china-2014'))
const book = rulebookOf(pack!)
const folder = mkdtempSync(path.join(tmpdir(), 'doorstep-what-if-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const change = (given: Partial<Changes>) => changedBook(book, { ...no_changes, ...given })
const failure = (given: Partial<Changes>) => {
  try {
    change(given)
  } catch (error) {
    return error as { code: string; extras: { detail: string; errors: Record<string, unknown>[] } }
  }
  throw new Error('nothing failed')
}

/** Households of ten groups in two villages, with answers, members and lists missing, and signs that speak against. */
const households = (count: number): HouseholdRecord[] =>
  randomRecords(book, count, 20_140_501).map((record, index) => ({
    county_code: '360781',
    household_id: `360781-${String(index).padStart(7, '0')}`,
    area_code: `36078110720${1 + (index % 2)}00${1 + (index % 5)}`,
    head_name: 'x',
    instance_id: 'uuid:1',
    surveyed_on: null,
    evidence_sha256: 'e',
    record: { ...record, ...(index % 15 === 0 ? { house_grade: 'C' } : {}) },
  }))

async function compare(before: Rulebook, after: Rulebook, name: string, rows: HouseholdRecord[]) {
  const fields = takenFields([before, after])
  const target = path.join(folder, name)
  await writeEvidence(target, 'all', {
    fields,
    batches: (async function* () {
      yield rows
    })(),
  })
  const duck = await openDuck()
  try {
    const [partition] = partitionsIn(target, Object.keys(fields.lists))
    const question = { before, after, fields, date: '2014-12-31', prefix: '360781107', area_length: 12 }
    const found = await comparePartition(duck, partition!, question, 1000)
    const verdicts = await duck.rows<Record<string, string>>(
      'select county_code, household_id, before, after, change from wi_compared order by household_id',
    )
    return { found, verdicts }
  } finally {
    duck.close()
  }
}

test('every household has the verdict the room gives it, before and after, its indicators too', async () => {
  const after = change({
    parameters: { income_line: 4000 },
    rules: [{ kind: 'indicator', code: 'housing', source: "house_grade in ['A', 'B', 'C']" }],
  })
  const rows = households(600)
  const { found, verdicts } = await compare(book, after, 'same', rows)
  const judged = rows.map((row) => ({
    was: assessRecord(book, row, '2014-12-31'),
    is: assessRecord(after, row, '2014-12-31'),
  }))
  const differ = judged.filter(
    ({ was, is }, i) => verdicts[i]?.before !== was.verdict || verdicts[i]?.after !== is.verdict,
  )
  expect(verdicts).toHaveLength(600)
  expect(differ).toEqual([])
  const entering = judged.filter(({ was, is }) => is.verdict === 'eligible' && was.verdict !== 'eligible')
  const leaving = judged.filter(({ was, is }) => was.verdict === 'eligible' && is.verdict !== 'eligible')
  expect(entering.length).toBeGreaterThan(20)
  expect(leaving.length).toBeGreaterThan(0)
  expect(found.moved).toHaveLength(entering.length + leaving.length)
  for (const moved of found.moved) {
    const { was, is } = judged.find((each) => each.was.household_id === moved.household_id)!
    expect([...moved.unmet_before].sort()).toEqual([...was.unmet_indicators].sort())
    expect([...moved.unmet_after].sort()).toEqual([...is.unmet_indicators].sort())
    expect([...moved.unknown_after].sort()).toEqual([...is.unknown_indicators].sort())
    expect([...moved.signs_after].sort()).toEqual(is.vetoes.map((sign) => sign.code).sort())
  }
  const tally = makeTally(book, after)
  tally.add(found)
  const totals = tally.totals(9)
  expect(totals).toMatchObject({
    households: 600,
    entering: { households: entering.length },
    leaving: { households: leaving.length },
  })
  const people = rows.map((row) => (Array.isArray(row.record.members) ? row.record.members.length : 0))
  expect(totals.people).toBe(people.reduce((a, b) => a + b, 0))
  expect(totals.areas.map((each) => each.area_code)).toEqual(['360781107'])
  expect(tally.totals(12).areas.reduce((sum, each) => sum + each.after.eligible, 0)).toBe(totals.after.eligible)
  expect(totals.causes.reduce((sum, each) => sum + each.households, 0)).toBe(found.moved.length)
  for (const by of ['sex', 'age'] as const) {
    const sum = totals.groups.filter((each) => each.by === by).reduce((all, each) => all + each.after, 0)
    expect(sum, by).toBe(totals.after.people)
  }
  // The need in money: what the income of those found poor lacks to the line, household by household.
  const need = (rules: Rulebook, which: 'was' | 'is') => {
    const at = standAt(rules, '2014-12-31', '360781107')
    return judged.reduce((sum, each, index) => {
      const { net_income, household_size } = complete(rules, rows[index]!.record, at)
      if (each[which].verdict !== 'eligible' || typeof net_income !== 'number' || typeof household_size !== 'number')
        return sum
      return sum + Math.max(0, Number(at.params.income_line) * household_size - net_income)
    }, 0)
  }
  expect(totals.before.gap).toBe(need(book, 'was'))
  expect(totals.after.gap).toBe(need(after, 'is'))
  expect(totals.after.gap).toBeGreaterThan(totals.before.gap)
})

test('nothing changed, nobody moves', async () => {
  const { found } = await compare(book, change({ parameters: { income_line: 2800 } }), 'none', households(100))
  expect(found.flows.filter((row) => row.before !== row.after)).toEqual([])
  expect([found.moved, found.causes]).toEqual([[], []])
})

test('an area with a line of its own is asked by its own line, before and after', async () => {
  const copy = structuredClone(pack!)
  const line = copy.parameters.find((each) => each.code === 'income_line')!
  line.values.push({ ...line.values.find((each) => each.from === '2014-01-01')!, area: '360781107202', value: 500_000 })
  const local = rulebookOf(copy)
  const rows = households(200)
  const { verdicts } = await compare(
    local,
    changedBook(local, { ...no_changes, parameters: { income_line: 1000 } }),
    'local',
    rows,
  )
  const here = rows.map((row) => assessRecord(local, row, '2014-12-31').verdict)
  expect(verdicts.map((row) => row.before)).toEqual(here)
  expect(here).not.toEqual(rows.map((row) => assessRecord(book, row, '2014-12-31').verdict))
})

test('names and numbers of people stay behind, unless a rule reads a name', () => {
  const record = {
    household_size: 1,
    members: [{ name: '朱春生', national_id: 'v1.sealed', phone: 'v1.p', sex: 'male' }],
  }
  const taken = (rules: Rulebook) => JSON.stringify(takeRecord(record, takenFields([book, rules])))
  expect(taken(book)).not.toMatch(/朱春生|sealed/)
  expect(taken(book)).toContain('"national_id":"*"')
  const source = 'members.all(m, has(m.name) && has(m.national_id))'
  expect(taken(change({ rules: [{ kind: 'indicator', code: 'food', source }] }))).toContain('朱春生')
})

test('a figure is given in its own unit, and one that does not fit is refused by name', () => {
  const told = describeChanges(
    book,
    change({ parameters: { income_line: '4000' } }),
    (each) => standAt(each, '2014-12-31', '36').params,
  )
  expect(told).toMatchObject([{ kind: 'parameter', code: 'income_line', unit: 'yuan', before: 2800, after: 4000 }])
  const typo = failure({ parameters: { incomeline: 4000 } })
  expect([typo.code, typo.extras.errors[0]]).toMatchObject(['whatif_unknown_parameter', { hint: 'income_line' }])
  for (const bad of ['4,000', 'much', '', '0.001', 'Infinity', '1e99']) {
    expect(failure({ parameters: { income_line: bad } }).code, bad).toBe('whatif_bad_value')
  }
})

test('a rule that does not hold water is refused with its place, its reason and what may be meant', () => {
  const bad = failure({ rules: [{ kind: 'indicator', code: 'housing', source: "house_grde == 'A'" }] })
  expect(bad.code).toBe('whatif_bad_rule')
  expect(bad.extras.errors[0]).toMatchObject({
    path: 'indicator:housing',
    reason: 'rule_unknown_field',
    start: 0,
    end: 10,
    text: 'house_grde',
    hint: 'Did you mean house_grade?',
  })
  expect(failure({ rules: [{ kind: 'indicator', code: 'housing', source: 'household_size' }] }).code).toBe(
    'whatif_bad_rule',
  )
  const none = failure({ rules: [{ kind: 'indicator', code: 'house', source: 'true' }] })
  expect([none.code, none.extras.detail]).toEqual(['whatif_unknown_rule', expect.stringContaining('housing')])
  // Good by itself, and wrong for a rule that reads it.
  const knock = failure({ rules: [{ kind: 'derived', code: 'net_income', source: 'household_size > 1' }] })
  expect([knock.code, knock.extras.detail]).toEqual(['whatif_bad_rule', expect.stringContaining('net_income')])
})

test('whole rule files of a draft stand for those in force', () => {
  const draft = `verdicts:
  - { code: eligible, label: { en: Poor }, plain: { en: p }, rule: '!met_housing', valid_from: '2014-01-01', source: &s { title: { en: t }, date: '2014-01-01', confidence: assumption } }
  - { code: not_eligible, label: { en: Not poor }, plain: { en: p }, rule: met_housing, valid_from: '2014-01-01', source: *s }
`
  const told = describeChanges(book, change({ files: { 'rules/verdict.yaml': draft } }), () => ({}))
  expect(told.map((each) => [each.kind, each.code, each.after])).toEqual([
    ['verdict', 'eligible', '!met_housing'],
    ['verdict', 'not_eligible', 'met_housing'],
    ['verdict', 'needs_verification', null],
    ['priority', 'priority', null],
  ])
  expect(failure({ files: { 'rules/verdict.yaml': 'verdicts: [' } }).code).toBe('whatif_bad_file')
  expect(failure({ files: { 'rules/verdict.yaml': 'verdicts: 3' } }).code).toBe('whatif_bad_file')
  expect(failure({ files: { '../pack.yaml': 'x: 1' } }).code).toBe('whatif_bad_file')
})

test('a snapshot of a nation whose people are keyed by household alone gives the same, by area', async () => {
  const after = change({ parameters: { income_line: 4000 } })
  const rows = households(300)
  const { found } = await compare(book, after, 'nation', rows)
  const target = path.join(folder, 'nation')
  const duck = await openDuck()
  for (const list of ['members', 'registers']) {
    const file = path.join(target, list, 'all.parquet')
    await duck.run(`copy (select * exclude (county_code) from '${file}') to '${file}.made' (format parquet)`)
    renameSync(`${file}.made`, file)
  }
  duck.close()
  const asked = (area_code: string) =>
    snapshotWhatIf(target, { area_code, before: book, after, reference_date: '2014-12-31' }, () => {})
  const told = await asked('360781')
  const entering = found.moved.filter((each) => each.change === 'entering').length
  expect(told).toMatchObject({ level: 'county', counties: 1, households: 300, entering: { households: entering } })
  expect(told.villages.map((each) => each.area_code)).toEqual(['360781107201', '360781107202'])
  expect(told.areas.map((each) => [each.area_code, each.name?.zh])).toEqual([['360781107', '叶坪镇']])
  // A village is counted with its own people alone.
  const village = await asked('360781107201')
  const people = rows.map(({ record }, i) => (i % 2 === 0 && Array.isArray(record.members) ? record.members.length : 0))
  expect(village).toMatchObject({ households: 150, people: people.reduce((a, b) => a + b, 0), level: 'village' })
  expect((await asked('CN')).entering).toEqual(told.entering)
  expect((await asked('11')).households).toBe(0)
  await expect(asked('999999')).rejects.toMatchObject({ code: 'not_found' })
  const nowhere = { area_code: 'CN', before: book, after, reference_date: '2014-12-31' }
  await expect(snapshotWhatIf(folder, nowhere, () => {})).rejects.toMatchObject({ code: 'whatif_no_snapshot' })
})

test('another country, without an income or a line, is asked alike and told no sum of money', async () => {
  const other = await loadPack(path.join(import.meta.dirname, '../../../packs/costa-rica-2014'))
  const there = rulebookOf(other.pack!)
  const indicator = there.pack.indicators[0]!
  const rules = [{ kind: 'indicator' as const, code: indicator.code, source: 'false' }]
  const after = changedBook(there, { ...no_changes, rules })
  const answered = randomRecords(there, 60, 3)
  const rows = households(60).map((row, index) => ({ ...row, area_code: '360781107001', record: answered[index]! }))
  const { found, verdicts } = await compare(there, after, 'other', rows)
  const judged = (rules_of: Rulebook) => rows.map((row) => assessRecord(rules_of, row, '2014-12-31').verdict)
  expect(verdicts.map((row) => row.before)).toEqual(judged(there))
  expect(verdicts.map((row) => row.after)).toEqual(judged(after))
  expect(found.flows.reduce((sum, row) => sum + row.gap_before + row.gap_after, 0)).toBe(0)
})

test('the newest states of a county’s evidence are kept, and what another run is writing', () => {
  const here = path.join(folder, 'kept', '360781')
  for (const [index, name] of ['a', 'b', 'c', 'd', 'e.making'].entries()) {
    mkdirSync(path.join(here, name), { recursive: true })
    utimesSync(path.join(here, name), 1000 + index, 1000 + index)
  }
  dropOlder(path.join(folder, 'kept'), '360781')
  expect(readdirSync(here).sort()).toEqual(['b', 'c', 'd', 'e.making'])
})
