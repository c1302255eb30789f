// Households on the register that were helped and are no longer poor: what the exit and the evaluation begin with.
import { someHouseholds, type Given } from './households.ts'
import { someRegistered } from './registered.ts'
import { unwrap, type World } from '../world.ts'

/** Poor by income alone. */
export const poor: Given = { wage_income: 100_000, business_income: 50_000, production_cost: 0 }

/** A head of household who stays the same person over all visits; `order` tells one family from the next. */
export const headOf = (order: number): Given =>
  ({
    name: `朱${['春生', '发明', '志华', '长林', '福生', '国平'][order % 6]}`,
    sex: 'male',
    birth_date: `19${60 + (order % 30)}-03-15`,
    national_id: null,
  }) as Given

/**
 * One registered family for each of `later`: poor in 2014, planned for, helped as planned in 2015, and visited again in
 * November 2015 with the answers given. The clock then stands at 2015-12-20. Returns household_ids in order.
 */
export async function someHelped(world: World, later: readonly Given[]): Promise<string[]> {
  const members = later.map((_, order) => [headOf(order)])
  const household_ids = await someRegistered(
    world,
    later.map((_, order) => ({ ...poor, members: members[order] ?? [] })),
  )
  await help(world, household_ids)
  world.at('2015-11-20T08:00:00.000Z')
  const again = await someHouseholds(
    world,
    later.map((given, order) => ({
      ...given,
      members: given['members'] ?? members[order] ?? [],
      surveyed_on: '2015-11-18',
      household_code: household_ids[order] ?? '',
    })),
  )
  if (again.join() !== household_ids.join()) throw new Error('a later visit was not linked to its household')
  world.at('2015-12-20T08:00:00.000Z')
  return household_ids
}

/** Plans of 2015 made, agreed, approved and delivered, in every batch that has a measure. */
async function help(world: World, household_ids: readonly string[]): Promise<void> {
  const county = await world.as('zhong.wei')
  const village = world.village_codes[0] ?? ''
  const committee = await world.as(`committee.${village.slice(9)}`)
  const area_code = world.county_code
  await unwrap(county.api.prescribe.run.$post({ json: { area_code, year: 2015 } }))
  const { items: plans } = await unwrap(
    county.api.prescribe.plans.$get({ query: { area_code, year: '2015', limit: '2000' } }),
  )
  const plan_ids = plans.filter((plan) => household_ids.includes(plan.household_id)).map((plan) => plan.plan_id)
  await unwrap(
    committee.api.prescribe.plans.agree.$post({
      json: { plan_ids, agreed_on: '2014-10-08', responsible_person: '刘建国' },
    }),
  )
  const approver = await world.as('chen.lihua')
  await unwrap(approver.api.prescribe.plans.approve.$post({ json: { plan_ids } }))
  world.at('2015-06-30T08:00:00.000Z')
  for (const household_id of household_ids) {
    const { current } = await unwrap(
      county.api.prescribe.households[':household_id'].$get({ param: { household_id }, query: {} }),
    )
    if (!current) throw new Error(`${household_id} has no plan`)
    const deliveries = current.items
      .filter((item) => item.funded)
      .map((item) => ({
        household_id,
        plan_id: current.plan_id,
        item_id: item.item_id,
        measure_code: item.measure_code,
        delivered_on: '2015-06-15',
        quantity: 1,
        unit: 'household',
        cost: item.cost,
        provider: '叶坪乡政府',
        head_signed: true,
      }))
    if (deliveries.length > 0) await unwrap(committee.api.deliver.deliveries.$post({ json: { deliveries } }))
  }
}
