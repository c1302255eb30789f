// The first half of the life: who is who, assessment, appraisal, register.
import { sql } from 'kysely'
import { seen } from './count.ts'
import { committee, familyOf, instanceOf, second_surveyor } from './people.ts'
import { county_code, named } from './say.ts'
import type { Acting, Stage, Step, Village } from './stage.ts'

export function earlyLife(stage: Stage, { call }: Acting): Step[] {
  const { registry } = stage
  const match = (village: Village) =>
    call('zhong.wei', 'POST /api/match/run', { json: { area_code: village.code } }).then(() => {})
  const submit = (login: string, submissions: string[]) =>
    call(login, 'POST /api/survey/submissions', { json: { submissions } }).then(() => {})
  const review = (login: string, level: string, village: Village) =>
    call(login, 'POST /api/appraise/reviews', {
      json: {
        level,
        decisions: (village.lists['poor'] ?? []).map((household_id) => ({
          household_id,
          decision: 'approved',
          reason: '情况属实',
        })),
      },
    }).then(() => {})
  const votes = (village: Village) =>
    (village.lists['poor'] ?? []).map((household_id) => ({
      household_id,
      votes_for: 30,
      votes_against: 0,
      votes_abstain: 0,
    }))

  const who: Step[] = [
    // One answer decides a question from here on, whichever questions chance would have drawn for two.
    {
      route: 'POST /api/match/thresholds',
      as: 'zhong.wei',
      send: (village) => ({
        json: {
          area_code: county_code,
          accept: 10,
          review: 0,
          second_share: 0,
          why: `Too many wrong links in ${village.code}.`,
        },
      }),
    },
    {
      route: 'POST /api/match/run',
      as: 'zhong.wei',
      send: (village) => ({ json: { area_code: village.code } }),
      after: async (_answers, village) => {
        const rows = await seen(
          registry,
          sql<{ household_id: string; instance: string }>`select household_id, current_instance_id as instance
            from household where county_code = ${county_code} and area_code ^@ ${village.code}`,
        )
        for (const { household_id, instance } of rows)
          village.ids[instance.slice(instanceOf(village, '').length)] = household_id
        village.lists['poor'] = ['leaves', 'struck', 'doubted', 'stays'].map((name) => village.ids[name] ?? '')
      },
    },
    {
      route: 'POST /api/match/reviews/:review_id',
      as: 'li.guoqiang',
      before: async (village) => {
        await submit(second_surveyor(village), [
          familyOf(stage, village, 'first', 'blurred'),
          familyOf(stage, village, 'second', 'part'),
        ])
        await match(village)
        const found = await seen(
          registry,
          sql<{ review_id: string }>`select review_id from match_review where county_code = ${county_code}
            and area_code ^@ ${village.code} and state = 'open' order by review_id`,
        )
        village.ids['review_id'] = found[0]?.review_id ?? ''
      },
      send: (village) => ({
        params: { review_id: village.ids['review_id'] ?? '' },
        json: { decision: 'accepted', note: '同一户' },
      }),
    },
    {
      route: 'POST /api/match/checks',
      as: 'zhong.wei',
      send: (village) => ({ json: { area_code: village.code, links: 5 } }),
    },
    {
      route: 'POST /api/match/links/:link_id/withdraw',
      as: 'li.guoqiang',
      before: async (village) => {
        const rows = await seen(
          registry,
          sql<{ link_id: string }>`select link_id from link where county_code = ${county_code}
            and left_kind = 'submission' and withdrawn_at is null
            and left_id = ${instanceOf(village, 'first-blurred')}`,
        )
        village.ids['link_id'] = rows[0]?.link_id ?? ''
      },
      send: (village) => ({ params: { link_id: village.ids['link_id'] ?? '' }, json: { reason: '并非同一户' } }),
    },
    {
      route: 'POST /api/match/links/:link_id/restore',
      as: 'li.guoqiang',
      send: (village) => ({ params: { link_id: village.ids['link_id'] ?? '' }, json: { reason: '确为同一户' } }),
    },
  ]

  const appraisal: Step[] = [
    {
      route: 'POST /api/assess/run',
      as: 'zhong.wei',
      send: (village) => ({ json: { area_code: village.code } }),
    },
    {
      route: 'POST /api/assess/verifications',
      as: 'li.guoqiang',
      before: async (village) => {
        const rows = await seen(
          registry,
          sql<{ verification_id: string }>`select verification_id from verification where county_code = ${county_code}
            and household_id = ${village.ids['doubted'] ?? ''} and state = 'open'`,
        )
        village.ids['verification_id'] = rows[0]?.verification_id ?? ''
      },
      send: (village) => ({
        json: {
          decisions: [
            { verification_id: village.ids['verification_id'], decision: 'confirmed_poor', note: '房屋是借住的。' },
          ],
        },
      }),
    },
    {
      route: 'POST /api/appraise/open',
      as: committee,
      at: '2014-07-10T02:00:00.000Z',
      send: (village) => ({ json: { area_code: village.code, household_ids: village.lists['poor'] } }),
    },
    {
      route: 'POST /api/appraise/meetings',
      as: committee,
      at: '2014-07-15T08:00:00.000Z',
      send: (village) => ({
        json: {
          area_code: village.code,
          held_on: '2014-07-15',
          present: 30,
          entitled: 36,
          chair: '朱主任',
          minutes: '逐户评议。',
          votes: votes(village),
        },
      }),
    },
    {
      route: 'POST /api/appraise/reviews',
      as: committee,
      // Who has reviewed may not review again; the house says so with 403.
      told: [403],
      send: (village) => ({
        json: {
          level: 'village',
          decisions: votes(village).map(({ household_id }) => ({
            household_id,
            decision: 'approved',
            reason: '情况属实',
          })),
        },
      }),
    },
    {
      route: 'POST /api/appraise/notices',
      as: committee,
      at: '2014-07-18T02:00:00.000Z',
      send: (village) => ({
        json: {
          area_code: village.code,
          stage: 'first_notice',
          place: '公告栏',
          posted_on: '2014-07-18',
          household_ids: village.lists['poor'],
        },
      }),
      after: (answers, village) => {
        village.ids['notice_id'] = named(answers, 'notice_id')
      },
    },
    {
      route: 'POST /api/appraise/objections',
      as: committee,
      at: '2014-07-20T02:00:00.000Z',
      send: (village) => ({
        json: {
          household_id: village.ids['doubted'],
          notice_id: village.ids['notice_id'],
          made_on: '2014-07-20',
          statement: '这户有楼房。',
        },
      }),
      after: (answers, village) => {
        village.ids['objection_id'] = named(answers, 'objection_id')
      },
    },
    {
      route: 'POST /api/appraise/objections/:objection_id/resolve',
      as: 'li.guoqiang',
      send: (village) => ({
        params: { objection_id: village.ids['objection_id'] ?? '' },
        json: { state: 'dismissed', resolution: '入户复查，系借住。' },
      }),
    },
    {
      route: 'POST /api/appraise/notices/:notice_id/close',
      as: committee,
      at: '2014-07-26T02:00:00.000Z',
      send: (village) => ({ params: { notice_id: village.ids['notice_id'] ?? '' }, json: { closed_on: '2014-07-26' } }),
    },
    // The second notice and the announcement are the same routes at other steps, where other things could be twice.
    {
      route: 'POST /api/appraise/reviews',
      as: 'li.guoqiang',
      told: [403],
      send: (village) => ({
        json: {
          level: 'township',
          decisions: votes(village).map(({ household_id }) => ({
            household_id,
            decision: 'approved',
            reason: '情况属实',
          })),
        },
      }),
    },
    {
      route: 'POST /api/appraise/notices',
      as: 'li.guoqiang',
      at: '2014-08-08T02:00:00.000Z',
      send: (village) => ({
        json: {
          area_code: village.code,
          stage: 'second_notice',
          place: '公告栏',
          posted_on: '2014-08-08',
          household_ids: village.lists['poor'],
        },
      }),
      after: (answers, village) => {
        village.ids['notice_id'] = named(answers, 'notice_id')
      },
    },
    {
      route: 'POST /api/appraise/notices',
      as: 'chen.lihua',
      at: '2014-08-16T02:00:00.000Z',
      before: async (village) => {
        const params = { notice_id: village.ids['notice_id'] ?? '' }
        const json = { closed_on: '2014-08-16' }
        await call('li.guoqiang', 'POST /api/appraise/notices/:notice_id/close', { params, json })
        await review('chen.lihua', 'county', village)
      },
      send: (village) => ({
        json: {
          area_code: village.code,
          stage: 'announcement',
          place: '公告栏',
          posted_on: '2014-08-16',
          household_ids: village.lists['poor'],
        },
      }),
    },
    {
      route: 'POST /api/register/enter',
      as: 'zhong.wei',
      at: '2014-10-08T02:00:00.000Z',
      send: (village) => ({ json: { area_code: village.code, valid_from: '2014-10-08' } }),
    },
    {
      route: 'POST /api/register/households/:household_id/reveal',
      as: 'li.guoqiang',
      quiet: 'a look, recorded as often as it was taken',
      before: async (village) => {
        const rows = await seen(
          registry,
          sql<{ person_id: string }>`select person_id from person where county_code = ${county_code}
            and household_id = ${village.ids['stays'] ?? ''}`,
        )
        village.ids['person_id'] = rows[0]?.person_id ?? ''
      },
      send: (village) => ({
        params: { household_id: village.ids['stays'] ?? '' },
        json: { person_id: village.ids['person_id'], reason: '核对户籍底册' },
      }),
    },
    {
      route: 'POST /api/diagnose/run',
      as: 'zhong.wei',
      send: (village) => ({ json: { area_code: village.code } }),
      after: async (_answers, village) => {
        const [found] = await seen(
          registry,
          sql<{ household_id: string; diagnosis_id: string }>`select household_id, diagnosis_id from diagnosis
            where county_code = ${county_code} and area_code ^@ ${village.code} and superseded_at is null
            order by household_id limit 1`,
        )
        village.ids['diagnosed_household'] = found?.household_id ?? ''
        village.ids['diagnosis_id'] = found?.diagnosis_id ?? ''
      },
    },
    {
      route: 'POST /api/diagnose/households/:household_id/main-cause',
      as: 'zhong.wei',
      send: (village) => ({
        params: { household_id: village.ids['diagnosed_household'] ?? '' },
        json: { diagnosis_id: village.ids['diagnosis_id'], main_cause: '07', reason: '入户核实' },
      }),
    },
  ]
  return [...who, ...appraisal]
}
