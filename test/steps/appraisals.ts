// Walks households through the appraisal with the people whose task each step is.
import { dueFor, openAll } from '#synthetic/journey/named.ts'
import { someHouseholds, type Given } from './households.ts'
import { unwrap, type World } from '../world.ts'

export { openAll }

/** Poor by income and by need: eligible under the 2014 rules. */
export const poor: Given = {
  wage_income: 100_000,
  business_income: 50_000,
  production_cost: 0,
  food_shortage: 'often',
  protein_weekly: false,
  seasonal_clothing: false,
  house_grade: 'C',
}

type Person = Awaited<ReturnType<World['as']>>
type Decision = 'approved' | 'returned' | 'rejected'
type Stage = 'first_notice' | 'second_notice' | 'announcement'

/** The code of the problem a call ends in; 'passed' where it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'passed'
  } catch (error) {
    return (error as { problem?: { code: string } }).problem?.code ?? String(error)
  }
}

/** The steps of the appraisal in the world's first village, from 20 June on. */
export function appraisals(world: World) {
  const village = () => world.village_codes[0] ?? ''
  const committee = () => world.as(`committee.${village().slice(9)}`)
  const township = () => world.as('li.guoqiang')
  const county = () => world.as('chen.lihua')

  async function assess(reference_date = '2014-12-31') {
    const client = await world.as('zhong.wei')
    return unwrap(client.api.assess.run.$post({ json: { area_code: world.county_code, reference_date } }))
  }

  /** Poor households of the first village, assessed and opened. */
  async function opened(count: number, given: Given = {}): Promise<string[]> {
    const ids = await someHouseholds(
      world,
      Array.from({ length: count }, () => ({ ...poor, ...given })),
    )
    await assess()
    const client = await committee()
    const { length } = await openAll(client, village())
    if (length !== count) throw new Error(`${length} of ${count} households were opened`)
    return ids
  }

  async function meet(household_ids: string[], more: Record<string, unknown> = {}, votes_for = 25, votes_against = 3) {
    const client = await committee()
    const votes = household_ids.map((household_id) => ({ household_id, votes_for, votes_against, votes_abstain: 0 }))
    return unwrap(
      client.api.appraise.meetings.$post({
        json: {
          area_code: village(),
          held_on: '2014-06-20',
          present: 30,
          entitled: 40,
          chair: '朱春生',
          minutes: '逐户评议，举手表决。',
          votes,
          ...more,
        },
      }),
    )
  }

  async function review(
    client: Person,
    level: 'village' | 'township' | 'county',
    household_ids: string[],
    decision: Decision = 'approved',
  ) {
    const decisions = household_ids.map((household_id) => ({ household_id, decision, reason: '入户核实' }))
    return unwrap(client.api.appraise.reviews.$post({ json: { level, decisions } }))
  }

  /** Hangs a notice for these households, or for all who wait for it. */
  async function post(client: Person, stage: Stage, posted_on: string, named?: string[]) {
    const household_ids = named ?? (stage === 'announcement' ? [] : await dueFor(client, village(), stage))
    const json = { area_code: village(), stage, place: '村委会公告栏', posted_on, household_ids }
    return unwrap(client.api.appraise.notices.$post({ json }))
  }

  async function close(client: Person, notice_id: string, closed_on: string) {
    return unwrap(client.api.appraise.notices[':notice_id'].close.$post({ param: { notice_id }, json: { closed_on } }))
  }

  async function object(household_id: string, notice_id: string, more: Record<string, unknown> = {}) {
    const client = await committee()
    const json = { household_id, notice_id, made_on: '2014-06-23', statement: '这户有楼房。', ...more }
    return unwrap(client.api.appraise.objections.$post({ json }))
  }

  async function resolve(objection_id: string, state: 'upheld' | 'dismissed') {
    const client = await township()
    const json = { state, resolution: '入户复查。' }
    return unwrap(client.api.appraise.objections[':objection_id'].resolve.$post({ param: { objection_id }, json }))
  }

  async function stateOf(household_id: string): Promise<string> {
    const client = await county()
    const story = await unwrap(client.api.appraise.households[':household_id'].$get({ param: { household_id } }))
    return story.cases[0]?.state ?? 'none'
  }

  /** Carry open cases to the first notice, posted on 22 June. */
  async function toFirstNotice(household_ids: string[], year = '2014'): Promise<string> {
    await meet(household_ids, { held_on: `${year}-06-20` })
    await review(await committee(), 'village', household_ids)
    world.at(`${year}-06-22T02:00:00.000Z`)
    return (await post(await committee(), 'first_notice', `${year}-06-22`)).notice_id
  }

  /** Carry open cases to the township's review, on 29 June. */
  async function toTownship(household_ids: string[], year = '2014'): Promise<void> {
    const notice_id = await toFirstNotice(household_ids, year)
    world.at(`${year}-06-29T02:00:00.000Z`)
    await close(await committee(), notice_id, `${year}-06-29`)
  }

  /** Carry open cases to the county's review, on 8 July. */
  async function toCounty(household_ids: string[], year = '2014'): Promise<void> {
    await toTownship(household_ids, year)
    await review(await township(), 'township', household_ids)
    world.at(`${year}-07-01T02:00:00.000Z`)
    const { notice_id } = await post(await township(), 'second_notice', `${year}-07-01`)
    world.at(`${year}-07-08T02:00:00.000Z`)
    await close(await township(), notice_id, `${year}-07-08`)
  }

  /** Carry open cases to the county's approval, on 8 July. */
  async function toApproved(household_ids: string[], year = '2014'): Promise<void> {
    await toCounty(household_ids, year)
    await review(await county(), 'county', household_ids)
  }

  function account(login: string) {
    return world.registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
  }

  function giveRole(account_id: string, role: string, area_code: string) {
    return world.registry.app
      .insertInto('account_role')
      .values({ account_id, role, area_code, granted_at: '2014-01-01T00:00:00.000Z', granted_by: null })
      .execute()
  }

  return {
    village,
    committee,
    township,
    county,
    assess,
    opened,
    meet,
    review,
    post,
    close,
    object,
    resolve,
    stateOf,
    toFirstNotice,
    toTownship,
    toCounty,
    toApproved,
    account,
    giveRole,
  }
}
