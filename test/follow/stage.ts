// Four households of one township with rows in every room, each at another point of the road, that may turn out to be
// one another: same children under four heads.
import { evaluating, exitHousehold } from '../steps/evaluating.ts'
import { headOf, someHelped } from '../steps/exiting.ts'
import { family } from '../steps/families.ts'
import { unwrap, type World } from '../world.ts'

const [, , ...young] = family

/** The children of one family under another head: a person must say whose they are. */
export const lodged = (order: number) => [{ ...headOf(order), relation: 'head' }, ...young]

/** Helped, watched, named a helper: what every household on the list has. */
export async function helped(world: World, count: number): Promise<string[]> {
  const ids = await someHelped(
    world,
    Array.from({ length: count }, (_, order) => ({ members: lodged(order) })),
  )
  const county = await world.as('zhong.wei')
  const village = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  const json = {
    helpers: ids.map((household_id) => ({ household_id, name: '刘建国', unit: '县农业局', valid_from: '2015-01-05' })),
  }
  await unwrap(village.api.deliver.helpers.$post({ json }))
  const income = { year: 2015, source: 'wage_income', amount: 900_000 }
  await unwrap(
    village.api.deliver.income.$post({ json: { entries: ids.map((household_id) => ({ household_id, ...income })) } }),
  )
  const change = { kind: 'debt', happened_on: '2015-12-01', detail: '盖房借款', source: '村委会' }
  await unwrap(
    village.api.monitor.changes.$post({ json: { changes: ids.map((household_id) => ({ household_id, ...change })) } }),
  )
  // What is worked out is up to date: nothing but a decision can change it.
  const area_code = world.county_code
  await unwrap(county.api.assess.run.$post({ json: { area_code, reference_date: '2015-12-20' } }))
  await unwrap(county.api.register.refresh.$post({ json: { area_code } }))
  await unwrap(county.api.diagnose.run.$post({ json: { area_code } }))
  await unwrap(county.api.exit.check.$post({ json: { area_code, year: 2016 } }))
  return ids
}

/** An announcement hangs and somebody objects to each household on it. */
export async function objectedTo(world: World, household_ids: readonly string[]): Promise<string> {
  const county = await world.as('zhong.wei')
  const village = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
  const { notice_id } = await unwrap(
    county.api.appraise.notices.$post({
      json: {
        area_code: world.village_codes[0] ?? '',
        stage: 'announcement',
        place: '县政府网站',
        posted_on: '2015-12-20',
        household_ids: [...household_ids],
      },
    }),
  )
  for (const household_id of household_ids) {
    const json = { household_id, notice_id, made_on: '2015-12-20', statement: '这户有楼房。' }
    await unwrap(village.api.appraise.objections.$post({ json }))
  }
  return notice_id
}

export const deregister = async (world: World, household_id: string) =>
  await unwrap(
    (await world.as('zhong.wei')).api.register.households[':household_id'].deregister.$post({
      param: { household_id },
      json: { valid_from: '2015-12-20', reason: '不符合条件' },
    }),
  )

/**
 * By number, from the oldest: one about to leave the list, one struck off, one that has left the list, one as the
 * first. All were drawn for an inspection that is published, and one has appealed. The clock stands in January 2016.
 */
export async function fourHouseholds(world: World): Promise<string[]> {
  const ids = (await helped(world, 4)).toSorted()
  const [first = '', second = '', third = ''] = ids
  await objectedTo(world, ids)
  await deregister(world, second)
  const { design, draw, inspectAll, estimate, publish } = evaluating(world)
  const evaluation_id = await design()
  await draw(evaluation_id)
  await exitHousehold(world, third)
  await inspectAll(evaluation_id, { [first]: { food_shortage: 'often' } })
  await estimate(evaluation_id)
  await publish(evaluation_id)
  const county = await world.as('zhong.wei')
  await unwrap(
    county.api.evaluate.evaluations[':evaluation_id'].appeals.$post({
      param: { evaluation_id },
      json: { appeals: [{ household_id: first, statement: '当日外出，粮食在亲戚家。', evidence: '邻居证明' }] },
    }),
  )
  return ids
}
