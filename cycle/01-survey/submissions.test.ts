import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { submissionXml } from '#test/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const send = async (login: string, submissions: string[]) =>
  await unwrap((await world.as(login)).api.survey.submissions.$post({ json: { submissions } }))

const rows = async () =>
  await world.registry.app.selectFrom('submission').selectAll().orderBy('received_at').orderBy('instance_id').execute()

const surveyor = () => `surveyor.${world.village_codes[0]?.slice(9)}.1`

test('a submission is stored once, however often it is sent', async () => {
  const xml = submissionXml(world, { phone: '13800001234' })
  const first = await send(surveyor(), [xml, xml])
  expect(first).toMatchObject({ accepted: 1, duplicates: 1, quarantined: [] })
  expect(await send(surveyor(), [xml])).toMatchObject({ accepted: 0, duplicates: 1, quarantined: [] })
  const [row, ...others] = await rows()
  expect(others).toEqual([])
  expect(row).toMatchObject({ state: 'accepted', county_code: '360781', surveyed_on: '2014-04-20', problems: [] })
  expect(row?.answers).toMatchObject({ wage_income: 1_200_000, consent: true })
  expect(JSON.stringify(row?.answers)).not.toContain('13800001234')
})
