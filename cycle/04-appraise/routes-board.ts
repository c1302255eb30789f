import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { addDays, dayIn, daysBetween } from '#door/day.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { appraisalOn } from '#packs/in-force.ts'
import type { Appraisal } from '#packs/schema/schema.ts'
import { due_steps, noticeDays, noticeRole, states } from './appraise.ts'
import { boardSchema, dueSchema, noticeSchema, openableSchema, storySchema, type rulesSchema } from './schemas.ts'
import {
  cardsOf,
  countsOf,
  dueCountsOf,
  hangingOf,
  meetingsOf,
  noticesOf,
  objectionsOf,
  openableOf,
  storyOf,
  waitingOf,
} from './store-board.ts'

/** What a screen needs of the pack's rules to say beforehand what the meeting or the notice will come to. */
function rulesShown(rules: Appraisal): z.infer<typeof rulesSchema> {
  const { present_of_members, for_of_present, strictly_more, label } = rules.quorum
  return {
    quorum: { present_of_members: [...present_of_members], for_of_present: [...for_of_present], strictly_more, label },
    notice_roles: {
      first_notice: noticeRole(rules, 'first_notice'),
      second_notice: noticeRole(rules, 'second_notice'),
      announcement: noticeRole(rules, 'announcement'),
    },
    days: {
      first_notice: noticeDays(rules, 'first_notice'),
      second_notice: noticeDays(rules, 'second_notice'),
      announcement: noticeDays(rules, 'announcement'),
    },
  }
}

const board = createRoute({
  method: 'get',
  path: '/api/appraise/board',
  ...guarded('appraise.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), limit: z.coerce.number().int().min(1).max(500).default(100) }) },
  responses: {
    200: answers(boardSchema, 'The appraisal board of an area'),
  },
})

const due = createRoute({
  method: 'get',
  path: '/api/appraise/due',
  ...guarded('appraise.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      step: z.enum(due_steps),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
  },
  responses: { 200: answers(dueSchema, 'The cases that wait for one step, the most urgent first') },
})

const openable = createRoute({
  method: 'get',
  path: '/api/appraise/openable',
  ...guarded('appraise.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), limit: z.coerce.number().int().min(1).max(2000).default(500) }) },
  responses: { 200: answers(openableSchema, 'Households that can be opened for appraisal') },
})

const story = createRoute({
  method: 'get',
  path: '/api/appraise/households/{household_id}',
  ...guarded('appraise.read', 'read', area.entity('household', 'param.household_id')),
  request: { params: z.object({ household_id: z.string() }) },
  responses: {
    200: answers(storySchema, 'How this household was decided upon'),
  },
})

const notice = createRoute({
  method: 'get',
  path: '/api/appraise/notices/{notice_id}',
  ...guarded('appraise.read', 'read', area.of('query.area_code'), area.entity('notice', 'param.notice_id')),
  request: {
    params: z.object({ notice_id: z.string() }),
    query: z.object({ area_code: z.string().describe('Any area of the county that hung it') }),
  },
  responses: {
    200: answers(noticeSchema, 'A notice as it hangs: names, groups and sizes; no number, no need, no reason'),
  },
})

export const boardRoutes = room()
  .openapi(board, async (c) => {
    const { area_code, limit } = c.req.valid('query')
    const { tx, actor, now, pack } = c.var
    permit(actor, 'appraise.read', area_code)
    const place = await placeInCounty(tx, area_code)
    const { cards, counts, due_counts, waiting } = await overCounty(c, place.county_code, async () => ({
      cards: await cardsOf(tx, place, limit),
      due_counts: await dueCountsOf(tx, place),
      counts: await countsOf(tx, place),
      waiting: await waitingOf(tx, place),
    }))
    const today = dayIn(pack.time_zone, now)
    const rules = appraisalOn(pack, today)
    const answer_days = rules?.objection_answer_days.value ?? null
    const notices = (await noticesOf(tx, place)).map((notice) => ({
      ...notice,
      days_left: notice.closed_at === null ? Math.max(0, daysBetween(today, notice.closes_on)) : 0,
    }))
    return c.json(
      {
        waiting,
        due: due_counts,
        columns: states.map((state) => ({
          state,
          count: counts[state] ?? 0,
          cards: cards.filter((card) => card.state === state),
        })),
        meetings: await meetingsOf(tx, place),
        notices,
        objections: (await objectionsOf(tx, place)).map((objection) => ({
          ...objection,
          answer_by: answer_days === null ? null : addDays(dayIn(pack.time_zone, objection.recorded_at), answer_days),
        })),
        today,
        rules: rules && rulesShown(rules),
      },
      200,
    )
  })
  .openapi(due, async (c) => {
    const { area_code, step, limit } = c.req.valid('query')
    permit(c.var.actor, 'appraise.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const found = await overCounty(c, place.county_code, async () => ({
      total: (await dueCountsOf(c.var.tx, place))[step],
      items: await cardsOf(c.var.tx, place, limit, step),
    }))
    return c.json(found, 200)
  })
  .openapi(openable, async (c) => {
    const { area_code, limit } = c.req.valid('query')
    permit(c.var.actor, 'appraise.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const found = await overCounty(c, place.county_code, async () => ({
      total: await waitingOf(c.var.tx, place),
      items: await openableOf(c.var.tx, place, limit),
    }))
    return c.json(found, 200)
  })
  .openapi(notice, async (c) => {
    const { notice_id } = c.req.valid('param')
    const { tx, actor, pack, now } = c.var
    permit(actor, 'appraise.read', c.req.valid('query').area_code)
    const { county_code } = await placeInCounty(tx, c.req.valid('query').area_code)
    const found = await hangingOf(tx, county_code, notice_id)
    if (!found) throw problem('not_found', { detail: `There is no notice ${notice_id}.` })
    permit(actor, 'appraise.read', found.area_code)
    const today = dayIn(pack.time_zone, now)
    const answer_days = appraisalOn(pack, today)?.objection_answer_days.value ?? null
    const language = pack.public_language ?? pack.default_language
    return c.json({ ...found, answer_days, language, today }, 200)
  })
  .openapi(story, async (c) => {
    const { household_id } = c.req.valid('param')
    const household = await householdOf(c.var.tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'appraise.read', household.area_code)
    return c.json(await overCounty(c, household.county_code, () => storyOf(c.var.tx, household_id)), 200)
  })
