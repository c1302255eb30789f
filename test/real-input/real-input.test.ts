import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkPack } from '#packs/check/check.ts'
import { loadPack } from '#packs/load.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { root } from '../house.ts'
import { countPoor, realInput, runRealInput, someOf } from './real-input.ts'

const file = realInput()
if (file === null) console.warn('The real household survey (../shared/reference) is not here: its test is skipped.')

test('the second pack is in order', async () => {
  const { pack, problems } = await loadPack(`${root}packs/costa-rica-2014`)
  expect(problems).toEqual([])
  expect(pack && checkPack(pack)).toEqual([])
})

test.skipIf(file === null)(
  'one in twenty households of a real survey are imported and assessed; an ODK form is published and filled',
  async () => {
    const registry = await testRegistry()
    try {
      const text = someOf(readFileSync(file ?? '', 'utf8'), 20)
      const outcome = await runRealInput(registry, () => {}, 'costa-rica-2014', text)
      const counted = countPoor(text)
      expect(counted.households).toBe(150)
      expect(counted.poor).toBeGreaterThan(5)
      expect(outcome).toMatchObject({ households: counted.households, eligible: counted.poor, rows_quarantined: 0 })
      expect(outcome.form).toMatchObject({ form_id: 'hh_bench', accepted: 20, read_back: 20 })
    } finally {
      await registry.close()
    }
  },
  120_000,
)
