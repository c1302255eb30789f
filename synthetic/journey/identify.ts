// 2014, summer: who is poor. Rules first, then people: verification at home, the village meeting, notices, objections,
// township and county; then the register.
import { know, trulyPoor, type Knowledge } from './knowledge.ts'
import { hangNotice, openAll } from './named.ts'
import { committeeOf, pieces, resultOf, unwrap, type Stage } from './stage.ts'

export interface AssessResult {
  assessed: number
  eligible: number
  not_eligible: number
  needs_verification: number
}

export async function assess(stage: Stage, reference_date: string): Promise<AssessResult> {
  stage.say(`Assessing every household at ${reference_date}`)
  const client = await stage.as('zhong.wei')
  return resultOf<AssessResult>(
    await unwrap(client.api.assess.run.$post({ json: { area_code: stage.county_code, reference_date } })),
  )
}

/**
 * Officers visit the households that the rules could not tell. A visit is right 92 times in 100 (our assumption).
 * `leave` stay open.
 */
export async function verify(stage: Stage, knowledge: Knowledge, leave: number): Promise<number> {
  const chance = stage.chance('verification')
  let decided = 0
  let after: string | undefined
  for (let turn = 0; ; turn += 1) {
    const client = await stage.as(turn % 2 === 0 ? 'li.guoqiang' : 'liu.xiaomei')
    const page = await unwrap(
      client.api.assess.verifications.$get({
        query: { area_code: stage.township, state: 'open', limit: '500', ...(after ? { after } : {}) },
      }),
    )
    const items = page.items.slice(0, Math.max(0, page.total - leave))
    if (items.length === 0) return decided
    const decisions = items.map((item) => {
      const poor = trulyPoor(knowledge, item.household_id) ?? false
      const says = chance.uniform() < 0.92 ? poor : !poor
      return {
        verification_id: item.verification_id,
        decision: says ? ('confirmed_poor' as const) : ('confirmed_not_poor' as const),
        note: says ? '入户核实，确有困难' : '入户核实，不符合标准',
      }
    })
    await unwrap(client.api.assess.verifications.$post({ json: { decisions } }))
    decided += decisions.length
    after = items.at(-1)?.household_id
    stage.say('Verification at home', decided, decided + page.total - items.length)
  }
}

export interface AppraisalDays {
  opened: string
  meeting: string
  first_notice: string
  first_closed: string
  township: string
  second_notice: string
  second_closed: string
  county: string
}

export const summer_2014: AppraisalDays = {
  opened: '2014-07-10',
  meeting: '2014-07-15',
  first_notice: '2014-07-18',
  first_closed: '2014-07-26',
  township: '2014-08-05',
  second_notice: '2014-08-08',
  second_closed: '2014-08-16',
  county: '2014-08-28',
}

/** One round of appraisal in every village, from the application to the county's approval. */
export async function appraise(stage: Stage, knowledge: Knowledge, days: AppraisalDays): Promise<void> {
  let done = 0
  for (const village of stage.village_codes) {
    await appraiseVillage(stage, knowledge, village, days)
    done += 1
    stage.say('Village meetings, notices and reviews', done, stage.village_codes.length)
  }
}

async function appraiseVillage(
  stage: Stage,
  knowledge: Knowledge,
  village: string,
  days: AppraisalDays,
): Promise<void> {
  const committee = await stage.as(committeeOf(village))
  const township = await stage.as(Number(village.slice(-2)) % 2 === 0 ? 'li.guoqiang' : 'liu.xiaomei')
  const county = await stage.as('chen.lihua')
  const chance = stage.chance(`appraisal ${village} ${days.meeting}`)

  stage.at(`${days.opened}T02:00:00Z`)
  const household_ids = await openAll(committee, village)
  if (household_ids.length === 0) return

  stage.at(`${days.meeting}T07:30:00Z`)
  const entitled = 36 + chance.below(20)
  const present = Math.ceil(entitled * (0.72 + 0.24 * chance.uniform()))
  const votes = household_ids.map((household_id) => {
    // Neighbours mostly know: about nine in ten are for a household that is poor, one in six for one that is not.
    const share = trulyPoor(knowledge, household_id) ? 0.72 + 0.28 * chance.uniform() : 0.08 + 0.5 * chance.uniform()
    const votes_for = Math.round(present * share)
    const votes_abstain = chance.below(Math.max(1, Math.ceil((present - votes_for) / 3)))
    return { household_id, votes_for, votes_against: present - votes_for - votes_abstain, votes_abstain }
  })
  await unwrap(
    committee.api.appraise.meetings.$post({
      json: {
        area_code: village,
        held_on: days.meeting,
        present,
        entitled,
        chair: '村民代表会议主持人',
        minutes: `到会代表${present}人，应到${entitled}人。逐户评议，举手表决，当场计票。`,
        votes,
      },
    }),
  )
  const passed = await inState(stage, village, 'appraised')
  if (passed.length === 0) return
  await review(committee, 'village', passed, '入户核对，情况属实')

  stage.at(`${days.first_notice}T01:00:00Z`)
  const board = { area_code: village, place: '村委会公告栏' }
  const first = await hangNotice(committee, { ...board, stage: 'first_notice', posted_on: days.first_notice })
  await objections(stage, knowledge, village, first.notice_id, passed, days.first_notice)
  stage.at(`${days.first_closed}T01:00:00Z`)
  await unwrap(
    committee.api.appraise.notices[':notice_id'].close.$post({
      param: { notice_id: first.notice_id },
      json: { closed_on: days.first_closed },
    }),
  )

  stage.at(`${days.township}T03:00:00Z`)
  const reviewed = await inState(stage, village, 'township_review')
  if (reviewed.length === 0) return
  await review(township, 'township', reviewed, '乡镇审核，材料齐全')
  stage.at(`${days.second_notice}T01:00:00Z`)
  const second = await hangNotice(township, { ...board, stage: 'second_notice', posted_on: days.second_notice })
  stage.at(`${days.second_closed}T01:00:00Z`)
  await unwrap(
    township.api.appraise.notices[':notice_id'].close.$post({
      param: { notice_id: second.notice_id },
      json: { closed_on: days.second_closed },
    }),
  )

  stage.at(`${days.county}T03:00:00Z`)
  const final = await inState(stage, village, 'county_review')
  await review(county, 'county', final, '县级复核，比对无异常')
}

/** Households of a village at one step, as the board shows them. */
async function inState(stage: Stage, village: string, state: string): Promise<string[]> {
  const client = await stage.as(committeeOf(village))
  const board = await unwrap(client.api.appraise.board.$get({ query: { area_code: village, limit: '500' } }))
  return (board.columns.find((column) => column.state === state)?.cards ?? []).map((card) => card.household_id)
}

type Client = Awaited<ReturnType<Stage['as']>>

async function review(
  client: Client,
  level: 'village' | 'township' | 'county',
  household_ids: readonly string[],
  reason: string,
): Promise<void> {
  for (const batch of pieces(household_ids, 1000)) {
    await unwrap(
      client.api.appraise.reviews.$post({
        json: {
          level,
          decisions: batch.map((household_id) => ({ household_id, decision: 'approved' as const, reason })),
        },
      }),
    )
  }
}

/** Some neighbours object: mostly, though not only, to households that are not poor. */
async function objections(
  stage: Stage,
  knowledge: Knowledge,
  village: string,
  notice_id: string,
  household_ids: readonly string[],
  posted_on: string,
): Promise<void> {
  const chance = stage.chance(`objections ${village} ${posted_on}`)
  const committee = await stage.as(committeeOf(village))
  const township = await stage.as('li.guoqiang')
  for (const household_id of household_ids) {
    const poor = trulyPoor(knowledge, household_id) ?? false
    if (chance.uniform() >= (poor ? 0.004 : 0.12)) continue
    stage.at(`${posted_on}T09:00:00Z`)
    const { objection_id } = await unwrap(
      committee.api.appraise.objections.$post({
        json: {
          household_id,
          notice_id,
          made_on: posted_on,
          ...(chance.uniform() < 0.5 ? {} : { made_by: '村民' }),
          statement: '这户人家条件不差，请再核实。',
        },
      }),
    )
    const upheld = chance.uniform() < (poor ? 0.1 : 0.85)
    await unwrap(
      township.api.appraise.objections[':objection_id'].resolve.$post({
        param: { objection_id },
        json: {
          state: upheld ? 'upheld' : 'dismissed',
          resolution: upheld ? '入户复查，收入和住房达标，予以剔除。' : '入户复查，确属困难，维持评议结果。',
        },
      }),
    )
  }
}

/** The approved households enter the register. */
export async function register(stage: Stage, valid_from: string): Promise<number> {
  stage.say('Entering the register')
  const client = await stage.as('zeng.jianping')
  const job = await unwrap(client.api.register.enter.$post({ json: { area_code: stage.county_code, valid_from } }))
  return resultOf<{ registered: number }>(job).registered
}

export { know }
