import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import type { Answers } from '#door/personal.ts'
import { room } from '#door/room.ts'
import { states } from '#registry/tables/states.ts'
import { designEvaluation, drawEvaluation, publishEvaluation, takeInspections } from './act.ts'
import { nonresponses } from './inspect.ts'
import { formRoutes } from './routes-form.ts'
import { readRoutes } from './routes-read.ts'
import { resultRoutes } from './routes-results.ts'
import { listEvaluations } from './store.ts'

const share = z.number().min(0).max(1)
const size = z.int().min(0).max(1_000_000)
const counts = z.object({ exited: z.number(), registered: z.number(), never_registered: z.number() })
const param = z.object({ evaluation_id: z.string() })

const design = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations',
  ...guarded('evaluate.design', 'write', area.of('json.area_code')),
  request: {
    body: takes(
      z.object({
        area_code: z.string(),
        year: z.int().min(2000).max(2100),
        design: z
          .object({
            sizes: z.object({ exited: size, registered: size, never_registered: size }).partial().optional(),
            half_width: z.number().gt(0).lt(1).optional(),
            expected: share.default(0.5),
            confidence: z
              .number()
              .gt(0)
              .max(0.999)
              .optional()
              .describe('The pack’s where it is left out; never below it'),
            thresholds: z
              .object({ incidence: share, wrong_exit: share, missed: share, recognition: share })
              .partial()
              .optional(),
            reference_date: z.iso.date().optional(),
          })
          .refine((value) => (value.sizes === undefined) !== (value.half_width === undefined), {
            message: 'give either sizes or half_width',
          }),
        seed_sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional()
          .describe('SHA-256, hex, of the seed (UTF-8). Without it a seed is made, told once and not kept.'),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({ evaluation_id: z.string(), seed_sha256: z.string(), seed: z.string().nullable() }),
      'The design is committed; the seed is asked for at the draw',
    ),
  },
})

const drawRoute = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations/{evaluation_id}/draw',
  ...guarded('evaluate.draw', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: {
    params: param,
    body: takes(
      z.object({
        seed: z.string().min(1),
        witness: z.object({ source: z.string().min(1), value: z.string().min(1) }).optional(),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({
        drawn: counts,
        frame_sha256: z.string(),
        populations: z.record(z.string(), z.object({ households: z.number(), people: z.number() })),
        inspectors: z.number(),
      }),
      'Households drawn in each stratum',
    ),
  },
})

const inspections = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations/{evaluation_id}/inspections',
  ...guarded('evaluate.inspect', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: {
    params: param,
    body: takes(
      z.object({
        inspections: z
          .array(
            z.object({
              household_id: z.string(),
              inspected_on: z.iso.date(),
              answers: z.record(z.string(), z.unknown()).optional(),
              nonresponse: z.enum(nonresponses).optional(),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({
        accepted: z.number(),
        refused: z.array(z.object({ household_id: z.string(), code: z.string(), detail: z.string().optional() })),
      }),
      'Inspections taken in; each household once',
    ),
  },
})

const publish = createRoute({
  method: 'post',
  path: '/api/evaluate/evaluations/{evaluation_id}/publish',
  ...guarded('evaluate.publish', 'write', area.entity('evaluation', 'param.evaluation_id')),
  request: { params: param },
  responses: { 200: answers(z.object({ published_at: z.string() }), 'Draw, seed and rates are open to officials') },
})

const list = createRoute({
  method: 'get',
  path: '/api/evaluate/evaluations',
  ...guarded('evaluate.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            evaluation_id: z.string(),
            area_code: z.string(),
            area_name: z.object({ en: z.string(), zh: z.string() }).nullable(),
            year: z.number(),
            state: z.enum(states['evaluation.state']),
            seed_sha256: z.string(),
            created_at: z.string(),
            drawn_at: z.string().nullable(),
            published_at: z.string().nullable(),
            closed_at: z.string().nullable(),
            decision: z.unknown(),
          }),
        ),
      }),
      'Evaluations of an area or around it; officials see those that are published',
    ),
  },
})

export const evaluateRoutes = room()
  .openapi(design, async (c) => c.json(await designEvaluation(c, c.req.valid('json')), 200))
  .openapi(drawRoute, async (c) => {
    const { seed, witness } = c.req.valid('json')
    return c.json(await drawEvaluation(c, c.req.valid('param').evaluation_id, seed, witness ?? null), 200)
  })
  .openapi(inspections, async (c) => {
    const given = c.req
      .valid('json')
      .inspections.map((each) => ({ ...each, answers: each.answers as Answers | undefined }))
    return c.json(await takeInspections(c, c.req.valid('param').evaluation_id, given), 200)
  })
  .openapi(publish, async (c) => c.json(await publishEvaluation(c, c.req.valid('param').evaluation_id), 200))
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'evaluate.read', area_code)
    return c.json({ items: await listEvaluations(c.var.tx, await placeInCounty(c.var.tx, area_code)) }, 200)
  })
  .route('/', resultRoutes)
  .route('/', readRoutes)
  .route('/', formRoutes)
