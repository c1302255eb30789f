import { afterAll, afterEach, expect, test } from 'vitest'
import { openWorld, type World } from '#test/world.ts'
import { findForm } from './publish.ts'

let world: World | undefined
afterEach(async () => world?.rollback())
afterAll(async () => world?.close())

test('the pack’s forms and areas are there, each area under its county', async () => {
  world = await openWorld()
  const { app } = world.registry
  const forms = await app
    .selectFrom('form')
    .select(['form_id', 'version', 'title', 'state'])
    .orderBy('form_id')
    .execute()
  expect(forms.map((form) => [form.form_id, form.state])).toEqual([
    ['household_card', 'open'],
    ['household_inspection', 'open'],
  ])
  expect(forms[0]?.title).toEqual({ en: 'Household card', zh: '入户调查表' })
  const counties = await app
    .selectFrom('area')
    .select(['level', 'county_code'])
    .distinct()
    .where('level', 'in', ['nation', 'county', 'group'])
    .orderBy('level')
    .execute()
  expect(counties).toEqual([
    { level: 'county', county_code: '360781' },
    { level: 'group', county_code: '360781' },
    { level: 'nation', county_code: null },
  ])
})

test('a form is found by version, or the one published last', async () => {
  world = await openWorld()
  const latest = await findForm(world.registry.app as never, 'household_card')
  expect(latest?.form.lists).toHaveProperty('house_grade')
  expect(await findForm(world.registry.app as never, 'household_card', latest?.version)).toEqual(latest)
  expect(await findForm(world.registry.app as never, 'household_card', '1999')).toBeNull()
})
