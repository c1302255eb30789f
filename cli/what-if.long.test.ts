import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeEvidence } from '#cycle/03-assess/what-if/store.ts'
import { takenFields } from '#cycle/03-assess/what-if/fields.ts'
import { loadPack } from '#packs/load.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { randomRecords } from '#test/records/records.ts'
import { root } from './open.ts'
import { spawned, typed } from './testkit.ts'

// The real command line over a small snapshot: no server, no registry.
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doorstep-cli-what-if-'))
  const { pack } = await loadPack(join(root, 'packs/china-2014'))
  const book = rulebookOf(pack!)
  const rows = randomRecords(book, 200, 5).map((record, index) => ({
    county_code: '360781',
    household_id: `360781-${index}`,
    area_code: '360781107201001',
    record,
  }))
  await writeEvidence(join(folder, 'nation'), 'all', {
    fields: takenFields([book]),
    batches: (async function* () {
      yield rows
    })(),
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const asked = (...words: string[]) => [...words, '--area', '36', '--snapshot', join(folder, 'nation')]
const doorstep = (...words: string[]) => typed(asked(...words))

test('whatif over a snapshot: one JSON object, or a page a person reads', async () => {
  const { code, out } = spawned(asked('--json', 'whatif', '--set', 'income_line=4000'), folder)
  expect(code).toBe(0)
  const found = JSON.parse(out)
  expect(found).toMatchObject({ area_code: '36', households: 200, changed: [{ code: 'income_line', after: 4000 }] })
  expect(found.entering.households).toBeGreaterThan(0)
  const told = await doorstep('whatif', '--set', 'income_line=4000')
  expect(told.out).toContain(`in ${found.entering.households} households would be found poor`)
  expect(told.out).toMatch(/^3607 Ganzhou +200 /m)
})

test('what cannot be asked is told with the nearest name, or the place in the rule', async () => {
  const typo = await doorstep('whatif', '--set', 'incomeline=4000')
  expect([typo.code, typo.err]).toEqual([65, expect.stringContaining('Did you mean income_line?')])
  const rule = await doorstep('whatif', '--rule', "indicator:housing=house_grde == 'A'")
  expect([rule.code, rule.err]).toEqual([65, expect.stringContaining('indicator:housing at 1')])
  expect((await doorstep('whatif', '--set', 'income_line=much')).err).toContain('whatif_bad_value')
  expect((await doorstep('whatif', '--rule', 'housing')).err).toContain('whatif_unknown_rule')
})

test('the rule files of a pack in a folder stand for those in force', async () => {
  const { code, out } = await doorstep('--json', 'whatif', '--pack', join(root, 'packs/china-2014'))
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ changed: [], entering: { households: 0 }, leaving: { households: 0 } })
})
