import { readFileSync } from 'node:fs'
import { openSession } from '#door/sign-in/sessions.ts'
import { readSettings } from '#door/settings.ts'
import { expect, test } from 'vitest'
import { loadPack } from '#packs/load.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { makeApp } from '#server/app.ts'
import { makeClient, unwrap } from '#server/client.ts'
import { root } from '../house.ts'
import { countPoor, realInput, runRealInput } from './real-input.ts'

const file = realInput()
if (file === null) console.warn('The real household survey (../shared/reference) is not here: its test is skipped.')

test.skipIf(file === null)(
  'a real survey of 2,988 households is imported and assessed; an ODK form is published and filled',
  async () => {
    const registry = await testRegistry()
    try {
      const outcome = await runRealInput(registry)
      const counted = countPoor(readFileSync(file ?? '', 'utf8'))
      expect(outcome).toMatchObject({ rows_read: 9557, rows_accepted: 9557, rows_quarantined: 0 })
      expect(outcome).toMatchObject({ households: counted.households, eligible: counted.poor, reviews_opened: 0 })
      expect(outcome.assessed).toBe(outcome.eligible + outcome.not_eligible + outcome.needs_verification)
      expect(outcome.form).toMatchObject({ form_id: 'hh_bench', accepted: 20, read_back: 20 })
      // The poorer the survey's own class, the more of it we call poor.
      const share = (name: string) => (outcome.by_class[name]?.poor ?? 0) / (outcome.by_class[name]?.households ?? 1)
      expect(share('1')).toBeGreaterThan(share('2'))
      expect(share('2')).toBeGreaterThan(share('4'))
    } finally {
      await registry.close()
    }
  },
  120_000,
)

test.skipIf(file === null)(
  'the same survey by the other method, in Spanish, through the same door: verdicts, counts by region, search',
  async () => {
    const registry = await testRegistry()
    try {
      const outcome = await runRealInput(registry, () => {}, 'costa-rica-pmt')
      // test/second-country.long.test.ts holds that these are the regression's own predictions.
      expect(outcome).toMatchObject({ rows_accepted: 9557, eligible: 611, not_eligible: 2377, needs_verification: 0 })
      const { pack } = await loadPack(`${root}packs/costa-rica-pmt`)
      const settings = readSettings({ DOORSTEP_DEMO: '0' }, root)
      const app = makeApp({ registry, settings, pack: pack!, clock: () => '2014-08-01T12:00:00.000Z' })
      const officer = await registry.app
        .selectFrom('account')
        .select('account_id')
        .where('login', '=', 'ana.mora')
        .executeTakeFirstOrThrow()
      const { token } = await openSession(registry, officer.account_id, '2014-08-01T12:00:00.000Z')
      const { api } = makeClient('http://doorstep', { token, wait: true, fetch: (request) => app.fetch(request) })

      const found = await unwrap(api.areas.$get({ query: { search: 'pacífico' } }))
      expect(found.areas.map((area) => area.area_code)).toEqual(['CR03', 'CR0301', 'CR0302'])
      // Codes of two, four and six characters: no country's lengths are in the code.
      for (const [area_code, children] of [
        ['CR', 6],
        ['CR03', 2],
      ] as const) {
        const overview = await unwrap(api.see.overview.$get({ query: { area_code } }))
        const counted = overview.children.map((child) => child.households)
        expect(counted).toHaveLength(children)
        expect(Math.min(...counted)).toBeGreaterThan(0)
        expect(counted.reduce((a, b) => a + b, 0)).toBe(
          overview.funnel.find((step) => step.step === 'households')?.count,
        )
      }
    } finally {
      await registry.close()
    }
  },
  240_000,
)
