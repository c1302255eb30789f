import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { room } from '#door/room.ts'
import { deliver, recordIncome, reverseDelivery, reverseIncome, setHelpers } from './act.ts'
import { deliverReadRoutes } from './routes-read.ts'

const household_id = z.string().regex(/^\S+-\d+$/, 'a household number: the county, a dash, the serial')
const day = z.iso.date()
const reason = z.string().min(3)
const confirm = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .optional()
  .describe('Why the line is right although the answer `deliver_unusual` asked about it; recorded with it')

const deliveries = createRoute({
  method: 'post',
  path: '/api/deliver/deliveries',
  ...guarded('deliver.record', 'write', area.entity('household', 'json.deliveries[].household_id')),
  request: {
    body: takes(
      z.object({
        deliveries: z
          .array(
            z.object({
              household_id,
              plan_id: z.string().optional(),
              item_id: z.string().optional(),
              measure_code: z.string(),
              delivered_on: day,
              quantity: z.number().positive(),
              unit: z.string().min(1),
              cost: z.int().min(0).describe('Minor units'),
              provider: z.string().min(1),
              head_signed: z.boolean(),
              note: z.string().optional(),
              confirm,
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
        recorded: z.number(),
        duplicates: z.number().describe('Lines that stand word for word already; not recorded again'),
        delivery_ids: z.array(z.string()),
        warnings: z.array(
          z.object({ index: z.number(), household_id: z.string(), code: z.enum(['not_in_plan', 'not_funded']) }),
        ),
      }),
      'What was given, on record; help outside the plan is recorded and marked',
    ),
  },
})

const reverse = createRoute({
  method: 'post',
  path: '/api/deliver/deliveries/{delivery_id}/reverse',
  ...guarded('deliver.record', 'write', area.entity('delivery', 'param.delivery_id')),
  request: { params: z.object({ delivery_id: z.string() }), body: takes(z.object({ reason })) },
  responses: { 200: answers(z.object({ delivery_id: z.string() }), 'Undone by an entry of its own; both stay') },
})

const income = createRoute({
  method: 'post',
  path: '/api/deliver/income',
  ...guarded('deliver.record', 'write', area.entity('household', 'json.entries[].household_id')),
  request: {
    body: takes(
      z.object({
        entries: z
          .array(
            z.object({
              household_id,
              year: z.int().min(2000).max(2100),
              source: z.string().min(1),
              amount: z.int().describe('Minor units'),
              paid_on: day.optional(),
              payer: z.string().optional(),
              evidence: z.string().optional(),
              confirm,
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({ recorded: z.number(), duplicates: z.number(), ledger_ids: z.array(z.string()) }),
      'Income on the ledger',
    ),
  },
})

const reverseEntry = createRoute({
  method: 'post',
  path: '/api/deliver/income/{ledger_id}/reverse',
  ...guarded('deliver.record', 'write', area.entity('income', 'param.ledger_id')),
  request: { params: z.object({ ledger_id: z.string() }), body: takes(z.object({ reason })) },
  responses: { 200: answers(z.object({ ledger_id: z.string() }), 'Undone by an entry of the opposite amount') },
})

const helpers = createRoute({
  method: 'post',
  path: '/api/deliver/helpers',
  ...guarded('deliver.record', 'write', area.entity('household', 'json.helpers[].household_id')),
  request: {
    body: takes(
      z.object({
        helpers: z
          .array(z.object({ household_id, name: z.string().min(1), unit: z.string().min(1), valid_from: day }))
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: { 200: answers(z.object({ named: z.number() }), 'Who is responsible for each household') },
})

export const deliverRoutes = room()
  .openapi(deliveries, async (c) => c.json(await deliver(c, c.req.valid('json').deliveries), 200))
  .openapi(reverse, async (c) =>
    c.json(await reverseDelivery(c, c.req.valid('param').delivery_id, c.req.valid('json').reason), 200),
  )
  .openapi(income, async (c) => c.json(await recordIncome(c, c.req.valid('json').entries), 200))
  .openapi(reverseEntry, async (c) =>
    c.json(await reverseIncome(c, c.req.valid('param').ledger_id, c.req.valid('json').reason), 200),
  )
  .openapi(helpers, async (c) => c.json(await setHelpers(c, c.req.valid('json').helpers), 200))
  .route('/', deliverReadRoutes)
