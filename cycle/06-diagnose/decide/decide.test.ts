import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { someRegistered } from '#test/steps/registered.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const poor = { wage_income: 100_000, business_income: 50_000, production_cost: 0, stated_cause: '11' }
const diagnosisOf = async (household_id: string) => {
  const client = await world.as('he.zhiyuan')
  const { current, history } = await unwrap(
    client.api.diagnose.households[':household_id'].$get({ param: { household_id }, query: {} }),
  )
  if (!current) throw new Error('no diagnosis')
  return { ...current, history }
}
const decide = async (
  login: string,
  household_id: string,
  json: { diagnosis_id: string; main_cause: string; reason: string },
) =>
  await unwrap(
    (await world.as(login)).api.diagnose.households[':household_id']['main-cause'].$post({
      param: { household_id },
      json,
    }),
  )
const code = async (call: Promise<unknown>) => {
  const failed = await call.then(
    () => null,
    (error: unknown) => error,
  )
  return failed instanceof CallFailed ? failed.problem.code : failed
}

test('a person decides with a reason; it stands until there is new evidence, also under other rules', async () => {
  const [household_id = ''] = await someRegistered(world, [poor])
  const before = await diagnosisOf(household_id)
  const choice = { diagnosis_id: before.diagnosis_id, main_cause: '07', reason: '入户核实：没有技术' }
  expect(await code(decide('zhong.wei', household_id, { ...choice, main_cause: '13' }))).toBe('diagnose_unknown_cause')
  expect(await code(decide('he.zhiyuan', household_id, choice))).toBe('not_permitted')
  await decide('li.guoqiang', household_id, choice)
  const after = await diagnosisOf(household_id)
  expect(after).toMatchObject({ main_cause: '07', sure: true, certainty: null, computed_cause: before.computed_cause })
  expect(after.decided_reason).toBe('入户核实：没有技术')
  expect(after.history.map((each) => each.diagnosis_id)).toEqual([after.diagnosis_id, before.diagnosis_id])
  // Who looked at the old one does not write over the new one.
  expect(await code(decide('zhong.wei', household_id, { ...choice, main_cause: '09' }))).toBe('already_done')
  const county = await world.as('zhong.wei')
  await world.registry.app
    .updateTable('diagnosis')
    .set({ pack_hash: 'older rules' })
    .where('diagnosis_id', '=', after.diagnosis_id)
    .execute()
  await unwrap(county.api.diagnose.run.$post({ json: { area_code: world.county_code } }))
  const again = await diagnosisOf(household_id)
  expect(again.diagnosis_id).not.toBe(after.diagnosis_id)
  expect(again).toMatchObject({ main_cause: '07', decided_reason: '入户核实：没有技术' })
})
