import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { room } from '#door/room.ts'
import { states } from '#registry/tables/states.ts'
import { decideEvaluation, estimateEvaluation, makeAppeals, settleAppeal } from './results.ts'

const param = z.object({ evaluation_id: z.string() })
const path = '/api/evaluate/evaluations/{evaluation_id}'

const estimated = z.object({
  measure: z.string(),
  numerator: z.number(),
  denominator: z.number(),
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  method: z.string(),
  threshold: z.number().nullable(),
  result: z.enum(states['evaluation_estimate.result']).nullable(),
  detail: z.record(z.string(), z.unknown()),
})

const estimate = createRoute({
  method: 'post',
  path: `${path}/estimate`,
  ...guarded('evaluate.estimate', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: {
    params: param,
    body: {
      ...takes(
        z.object({
          without_the_rest: z.boolean().default(false).describe('Households not visited count as nonresponse'),
        }),
      ),
      required: false,
    },
  },
  responses: {
    200: answers(
      z.object({
        inspected: z.number(),
        not_visited: z.number(),
        upheld: z.number(),
        results: z.array(
          z.object({
            basis: z.enum(states['evaluation_estimate.basis']),
            overall: z.string(),
            estimates: z.array(estimated),
          }),
        ),
      }),
      'Every rate with its interval, as found and after appeals',
    ),
  },
})

const appeals = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations/{evaluation_id}/appeals',
  ...guarded('evaluate.appeal', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: {
    params: param,
    body: takes(
      z.object({
        appeals: z
          .array(z.object({ household_id: z.string(), statement: z.string().min(1), evidence: z.string().optional() }))
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: { 200: answers(z.object({ appeal_ids: z.array(z.string()) }), 'The appeals wait for the evaluator') },
})

const settle = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations/{evaluation_id}/appeals/{appeal_id}',
  ...guarded('evaluate.decide', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: {
    params: param.extend({ appeal_id: z.string() }),
    body: takes(z.object({ state: z.enum(['upheld', 'dismissed']), reason: z.string().min(1) })),
  },
  responses: {
    200: answers(z.object({ state: z.enum(states['appeal.state']), overall: z.string() }), 'The appeal is settled'),
  },
})

const decide = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations/{evaluation_id}/decide',
  ...guarded('evaluate.decide', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: { params: param, body: { ...takes(z.object({ note: z.string().optional() })), required: false } },
  responses: {
    200: answers(
      z.object({
        overall: z.enum(['passed', 'failed', 'not_shown']),
        as_found: z.enum(['passed', 'failed', 'not_shown']),
        measures: z.record(z.string(), z.string()),
        note: z.string().nullable(),
      }),
      'What the intervals show against the limits; the evaluation is closed',
    ),
  },
})

export const resultRoutes = room()
  .openapi(estimate, async (c) => {
    const { without_the_rest = false } = c.req.valid('json') ?? {}
    return c.json(await estimateEvaluation(c, c.req.valid('param').evaluation_id, without_the_rest), 200)
  })
  .openapi(appeals, async (c) =>
    c.json(await makeAppeals(c, c.req.valid('param').evaluation_id, c.req.valid('json').appeals), 200),
  )
  .openapi(settle, async (c) => {
    const { evaluation_id, appeal_id } = c.req.valid('param')
    return c.json(await settleAppeal(c, evaluation_id, appeal_id, c.req.valid('json')), 200)
  })
  .openapi(decide, async (c) =>
    c.json(await decideEvaluation(c, c.req.valid('param').evaluation_id, c.req.valid('json')?.note ?? null), 200),
  )
