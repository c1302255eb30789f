// Spring 2017: households found poor in the look-back are on their way, each village at another step, so that a
// newcomer finds every column of the board alive.
import { hangNotice, openAll } from './named.ts'
import { committeeOf, unwrap, type Stage } from './stage.ts'
import { trulyPoor, type Knowledge } from './knowledge.ts'

const stops = ['applied', 'appraised', 'first_notice', 'township_review', 'second_notice', 'county_review'] as const

export async function spring(stage: Stage, knowledge: Knowledge): Promise<void> {
  let index = 0
  // Where there are fewer villages than steps, they stand at steps that lie apart.
  const apart = Math.max(1, stops.length / stage.village_codes.length)
  for (const village of stage.village_codes) {
    stage.at('2017-05-10T02:00:00Z')
    const committee = await stage.as(committeeOf(village))
    const household_ids = await openAll(committee, village)
    if (household_ids.length === 0) continue
    await walk(stage, knowledge, village, household_ids, stops[Math.floor(index * apart) % stops.length] ?? 'applied')
    index += 1
  }
}

async function walk(
  stage: Stage,
  knowledge: Knowledge,
  village: string,
  household_ids: readonly string[],
  stop: (typeof stops)[number],
): Promise<void> {
  if (stop === 'applied') return
  const committee = await stage.as(committeeOf(village))
  const township = await stage.as('li.guoqiang')
  const present = 41
  stage.at('2017-05-16T07:30:00Z')
  const { passed } = await unwrap(
    committee.api.appraise.meetings.$post({
      json: {
        area_code: village,
        held_on: '2017-05-16',
        present,
        entitled: 48,
        chair: '村民代表会议主持人',
        minutes: '动态调整评议会：逐户评议，举手表决，当场计票。',
        votes: household_ids.map((household_id) => {
          const votes_for = trulyPoor(knowledge, household_id) ? 37 : 15
          return { household_id, votes_for, votes_against: present - votes_for, votes_abstain: 0 }
        }),
      },
    }),
  )
  if (passed === 0 || stop === 'appraised') return
  const standing = async (state: string) => {
    const board = await unwrap(committee.api.appraise.board.$get({ query: { area_code: village, limit: '500' } }))
    return (board.columns.find((column) => column.state === state)?.cards ?? []).map((card) => card.household_id)
  }
  const approve = async (client: typeof committee, level: 'village' | 'township', reason: string) => {
    const due = await standing(level === 'village' ? 'appraised' : 'township_review')
    const decisions = due.map((household_id) => ({ household_id, decision: 'approved' as const, reason }))
    await unwrap(client.api.appraise.reviews.$post({ json: { level, decisions } }))
  }
  const notice = async (client: typeof committee, notice_stage: 'first_notice' | 'second_notice', posted_on: string) =>
    hangNotice(client, { area_code: village, stage: notice_stage, place: '村委会公告栏', posted_on })
  const close = async (client: typeof committee, notice_id: string, closed_on: string) => {
    stage.at(`${closed_on}T02:00:00Z`)
    await unwrap(client.api.appraise.notices[':notice_id'].close.$post({ param: { notice_id }, json: { closed_on } }))
  }
  await approve(committee, 'village', '入户核对，情况属实')
  const first_on = stop === 'first_notice' ? '2017-06-17' : '2017-05-20'
  stage.at(`${first_on}T01:00:00Z`)
  const first = await notice(committee, 'first_notice', first_on)
  if (stop === 'first_notice') return
  await close(committee, first.notice_id, '2017-05-28')
  if (stop === 'township_review') return
  await approve(township, 'township', '乡镇审核，材料齐全')
  const second_on = stop === 'second_notice' ? '2017-06-16' : '2017-06-02'
  stage.at(`${second_on}T01:00:00Z`)
  const second = await notice(township, 'second_notice', second_on)
  if (stop === 'second_notice') return
  await close(township, second.notice_id, '2017-06-10')
}
