import { unwrap } from '#server/client.ts'
import { someHouseholds, type Given } from './households.ts'
import type { World } from '../world.ts'

/**
 * Households of the world's first village that went the whole way, from the survey to the register and the diagnosis,
 * each step by the person whose it is. Their answers must make them poor. Returns household_ids in the order given; the
 * clock then stands at 2014-10-08.
 */
export async function someRegistered(world: World, given: readonly Given[]): Promise<string[]> {
  const household_ids = await someHouseholds(world, given)
  await register(world, household_ids)
  return household_ids
}

async function register(world: World, household_ids: string[]): Promise<void> {
  const village = world.village_codes[0] ?? ''
  const county = await world.as('zhong.wei')
  const committee = await world.as(`committee.${village.slice(9)}`)
  const township = await world.as('li.guoqiang')
  const appraise = committee.api.appraise
  await unwrap(county.api.assess.run.$post({ json: { area_code: village } }))
  world.at('2014-07-10T02:00:00.000Z')
  const { opened } = await unwrap(appraise.open.$post({ json: { area_code: village, household_ids } }))
  if (opened !== household_ids.length) throw new Error(`${opened} of ${household_ids.length} households are eligible`)
  world.at('2014-07-15T08:00:00.000Z')
  const votes = household_ids.map((household_id) => ({
    household_id,
    votes_for: 30,
    votes_against: 0,
    votes_abstain: 0,
  }))
  const meeting = { area_code: village, held_on: '2014-07-15', present: 30, entitled: 36, chair: '朱主任' }
  await unwrap(appraise.meetings.$post({ json: { ...meeting, minutes: '逐户评议。', votes } }))
  const review = (client: typeof committee, level: 'village' | 'township' | 'county') =>
    unwrap(
      client.api.appraise.reviews.$post({
        json: {
          level,
          decisions: household_ids.map((household_id) => ({ household_id, decision: 'approved', reason: '情况属实' })),
        },
      }),
    )
  const hang = async (
    client: typeof committee,
    area_code: string,
    stage: 'first_notice' | 'second_notice',
    days: Days,
  ) => {
    world.at(`${days.from}T02:00:00.000Z`)
    const posted = { area_code, stage, place: '公告栏', posted_on: days.from }
    const { notice_id } = await unwrap(client.api.appraise.notices.$post({ json: { ...posted, household_ids } }))
    world.at(`${days.to}T02:00:00.000Z`)
    await unwrap(
      client.api.appraise.notices[':notice_id'].close.$post({ param: { notice_id }, json: { closed_on: days.to } }),
    )
  }
  await review(committee, 'village')
  await hang(committee, village, 'first_notice', { from: '2014-07-18', to: '2014-07-26' })
  await review(township, 'township')
  await hang(township, village, 'second_notice', { from: '2014-08-08', to: '2014-08-16' })
  await review(await world.as('chen.lihua'), 'county')
  world.at('2014-10-08T02:00:00.000Z')
  await unwrap(county.api.register.enter.$post({ json: { area_code: village, valid_from: '2014-10-08' } }))
  await unwrap(county.api.diagnose.run.$post({ json: { area_code: village } }))
}

interface Days {
  from: string
  to: string
}
