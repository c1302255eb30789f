// A what-if tells the cause the room diagnose would compute from the evidence alone: under the changed rules for who enters, under those in
// force for who leaves.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { comparePartition } from '#cycle/03-assess/what-if/store-compare.ts'
import { writeEvidence } from '#cycle/03-assess/what-if/store.ts'
import { changedBook, no_changes } from '#cycle/03-assess/what-if/changes.ts'
import { openDuck, partitionsIn } from '#registry/copies/analytics.ts'
import { takenFields } from '#cycle/03-assess/what-if/fields.ts'
import { diagnose } from '#cycle/06-diagnose/diagnose.ts'
import { loadPack } from '#packs/load.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { randomRecords } from './records/records.ts'

const { pack } = await loadPack(path.join(import.meta.dirname, '../packs/china-2014'))
const folder = mkdtempSync(path.join(tmpdir(), 'doorstep-what-if-causes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the main cause of who enters or leaves is the one the room diagnose computes', async () => {
  const before = rulebookOf(pack!)
  const source = "house_grade in ['A', 'B', 'C', 'D']"
  const rules = [{ kind: 'indicator' as const, code: 'housing', source }]
  const after = changedBook(before, { ...no_changes, parameters: { income_line: 3500 }, rules })
  const rows = randomRecords(before, 1500, 77).map((record, index) => ({
    county_code: '360781',
    household_id: `360781-${index}`,
    area_code: '360781107201001',
    head_name: '',
    instance_id: '',
    surveyed_on: null,
    evidence_sha256: '',
    record: record as Record<string, unknown>,
  }))
  const fields = takenFields([before, after])
  await writeEvidence(path.join(folder, 'all'), 'all', {
    fields,
    batches: (async function* () {
      yield rows
    })(),
  })
  const duck = await openDuck()
  try {
    const [partition] = partitionsIn(path.join(folder, 'all'), Object.keys(fields.lists))
    const question = { before, after, fields, date: '2014-12-31', prefix: '', area_length: 6 }
    const { moved } = await comparePartition(duck, partition!, question, 1500)
    expect(moved.filter((each) => each.change === 'entering').length).toBeGreaterThan(30)
    expect(moved.filter((each) => each.change === 'leaving').length).toBeGreaterThan(5)
    const told = moved.map((each) => [each.household_id, each.main_cause])
    const expected = moved.map((each) => {
      const row = rows.find((household) => household.household_id === each.household_id)!
      return [row.household_id, diagnose(each.change === 'entering' ? after : before, row, '2014-12-31').computed_cause]
    })
    expect(told).toEqual(expected)
    expect(new Set(told.map(([, cause]) => cause)).size).toBeGreaterThan(4)
  } finally {
    duck.close()
  }
})
