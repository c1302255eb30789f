// F48: a number whose other digits are region and birth date is not shown in part beside the birth date.
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someHouseholds } from '#test/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test('who is who shows a code for a number, equal for equal numbers, and no digit of it', async () => {
  const national_id = '36078119500315121X'
  const head = { name: '谢春生', national_id, birth_date: '1950-03-15', sex: 'male' }
  const [household_id = ''] = await someHouseholds(world, [{ members: [head] }])
  const { api } = await world.as('zhong.wei')
  const { persons } = await unwrap(api.match.households[':household_id'].$get({ param: { household_id } }))
  expect(persons).toMatchObject([
    { birth_date: '1950-03-15', national_id: expect.stringMatching(/^\*{14}[0-9A-F]{4}$/) },
  ])
  expect(JSON.stringify(persons)).not.toMatch(/121X/)
})
