import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { auditMany } from '#registry/audit/audit.ts'
import { states } from '#registry/tables/states.ts'
import { endNotice, postNotice } from './act-notices.ts'
import { holdMeeting, reviewCases } from './act.ts'
import { boardRoutes } from './routes-board.ts'
import { objectionRoutes } from './routes-objections.ts'
import { openCases } from './store.ts'

const day = z.iso.date()
const count = z.int().min(0)
const households = z.array(z.string()).min(1).max(2000)

const open = createRoute({
  method: 'post',
  path: '/api/appraise/open',
  ...guarded('appraise.open', 'write', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), household_ids: households })) },
  responses: {
    200: answers(
      z.object({ opened: z.number(), household_ids: z.array(z.string()) }),
      'Cases opened for households that are eligible or were confirmed poor',
    ),
  },
})

const meet = createRoute({
  method: 'post',
  path: '/api/appraise/meetings',
  ...guarded(
    'appraise.meet',
    'write',
    area.of('json.area_code'),
    area.entity('household', 'json.votes[].household_id'),
  ),
  request: {
    body: takes(
      z.object({
        area_code: z.string(),
        held_on: day,
        present: count,
        entitled: z.int().min(1),
        chair: z.string().min(1),
        minutes: z.string().min(1),
        votes: z
          .array(
            z.object({
              household_id: z.string(),
              votes_for: count,
              votes_against: count,
              votes_abstain: count,
              note: z.string().optional(),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: {
    200: answers(z.object({ meeting_id: z.string(), passed: z.number(), failed: z.number() }), 'The meeting on record'),
  },
})

const review = createRoute({
  method: 'post',
  path: '/api/appraise/reviews',
  ...guarded('appraise.read', 'write', area.entity('household', 'json.decisions[].household_id')),
  request: {
    body: takes(
      z.object({
        level: z.enum(states['review.level']),
        decisions: z
          .array(
            z.object({
              household_id: z.string(),
              decision: z.enum(states['review.decision']),
              reason: z.string().min(1),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({ approved: z.number(), returned: z.number(), rejected: z.number() }),
      'Reviewed at one level, by a person who took no earlier step',
    ),
  },
})

const post = createRoute({
  method: 'post',
  path: '/api/appraise/notices',
  ...guarded('appraise.notice', 'write', area.of('json.area_code')),
  request: {
    body: takes(
      z.object({
        area_code: z.string(),
        stage: z.enum(states['public_notice.stage']),
        place: z.string().min(1),
        posted_on: day,
        household_ids: households,
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({ notice_id: z.string(), households: z.number(), closes_on: z.string() }),
      'The notice hangs',
    ),
  },
})

const close = createRoute({
  method: 'post',
  path: '/api/appraise/notices/{notice_id}/close',
  ...guarded('appraise.notice', 'write', area.entity('notice', 'param.notice_id')),
  request: { params: z.object({ notice_id: z.string() }), body: takes(z.object({ closed_on: day })) },
  responses: { 200: answers(z.object({ passed: z.number(), rejected: z.number() }), 'The notice is over') },
})

export const appraiseRoutes = room()
  .openapi(open, async (c) => {
    const { area_code, household_ids } = c.req.valid('json')
    const { tx, actor, now } = c.var
    permit(actor, 'appraise.open', area_code)
    const place = await placeInCounty(tx, area_code)
    const by = { now, account_id: actor.account_id, household_ids }
    const opened = await overCounty(c, place.county_code, () => openCases(tx, place, by))
    await auditMany(
      tx,
      opened.map((household_id) => ({
        county_code: place.county_code,
        action: 'appraise.open',
        subject_kind: 'household',
        subject_id: household_id,
        household_id,
      })),
    )
    return c.json({ opened: opened.length, household_ids: opened }, 200)
  })
  .openapi(meet, async (c) => c.json(await holdMeeting(c, c.req.valid('json')), 200))
  .openapi(review, async (c) => c.json(await reviewCases(c, c.req.valid('json')), 200))
  .openapi(post, async (c) => c.json(await postNotice(c, c.req.valid('json')), 200))
  .openapi(close, async (c) =>
    c.json(await endNotice(c, c.req.valid('param').notice_id, c.req.valid('json').closed_on), 200),
  )
  .route('/', objectionRoutes)
  .route('/', boardRoutes)
