import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { today, yearOf } from '#door/day.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { agree, approve } from './act.ts'
import { budgetOf, paidFrom } from './share/fund.ts'
import { planRoutes } from './routes-plans.ts'
import { sharingRoutes } from './share/routes.ts'
import { wishRoutes } from './wishes/routes.ts'
import { prescribeArea } from './run.ts'
import { saveBudgets } from './store.ts'
import { latestBudget, listBudgets, plannedByArea } from './store-plans.ts'

const year = z.int().min(2000).max(2100)
const plan_ids = z.array(z.string()).min(1).max(2000)

const run = createRoute({
  method: 'post',
  path: '/api/prescribe/run',
  ...guarded('prescribe.plan', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), year })) },
  responses: {
    200: answers(
      z.object({ job_id: z.string(), state: z.string(), result: z.unknown() }),
      'A job that plans measures for every registered household and shares out the budgets',
    ),
  },
})

const enterBudgets = createRoute({
  method: 'post',
  path: '/api/prescribe/budgets',
  ...guarded('prescribe.budget', 'write', area.of('json.budgets[].area_code')),
  request: {
    body: takes(
      z.object({
        budgets: z
          .array(
            z.object({
              area_code: z.string(),
              year,
              batch: z.string(),
              amount: z.int().min(0).describe('Minor units for the year'),
              source: z.string().min(1).describe('Where the money comes from'),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: { 200: answers(z.object({ saved: z.number() }), 'Budgets on record; the next run shares them out') },
})

const budgetSchema = z.object({
  budget_id: z.string(),
  area_code: z.string(),
  area_name: z.unknown(),
  year: z.number(),
  batch: z.string(),
  amount: z.number(),
  source: z.string(),
  items: z.number(),
  planned: z.number(),
  funded: z.number(),
})

const budgets = createRoute({
  method: 'get',
  path: '/api/prescribe/budgets',
  ...guarded('prescribe.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      year: z.coerce.number().int().optional().describe('The latest with a budget where not given'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        year: z.number(),
        batches: z.array(z.string()).describe('Batches of the pack that a budget can be for'),
        items: z.array(budgetSchema),
        /** Planned money of batches that no budget covers: nothing limits it. */
        without_budget: z.array(z.object({ batch: z.string(), items: z.number(), planned: z.number() })),
      }),
      'Budgets beside what is planned and funded from them',
    ),
  },
})

const agreeRoute = createRoute({
  method: 'post',
  path: '/api/prescribe/plans/agree',
  ...guarded('prescribe.agree', 'write', area.entity('plan', 'json.plan_ids[]')),
  request: {
    body: takes(z.object({ plan_ids, agreed_on: z.iso.date(), responsible_person: z.string().min(1).optional() })),
  },
  responses: { 200: answers(z.object({ agreed: z.number() }), 'The households agree to their plans') },
})

const approveRoute = createRoute({
  method: 'post',
  path: '/api/prescribe/plans/approve',
  ...guarded('prescribe.approve', 'write', area.entity('plan', 'json.plan_ids[]')),
  request: { body: takes(z.object({ plan_ids })) },
  responses: {
    200: answers(z.object({ approved: z.number() }), 'Approved by somebody who neither planned nor agreed'),
  },
})

export const prescribeRoutes = room()
  .openapi(run, async (c) => {
    const body = c.req.valid('json')
    permit(c.var.actor, 'prescribe.plan', body.area_code)
    const job = { kind: 'prescribe', area_code: body.area_code }
    return c.json(await runJob(c, job, (progress) => prescribeArea(c, body.area_code, body.year, progress)), 200)
  })
  .openapi(enterBudgets, async (c) => {
    const body = c.req.valid('json')
    const { tx, actor, now, pack } = c.var
    const batches = new Set(pack.measures.map((measure) => measure.batch))
    const unknown = body.budgets.filter((each) => !batches.has(each.batch))
    if (unknown.length > 0) {
      throw problem('prescribe_unknown_batch', {
        detail: `The pack's batches are ${[...batches].join(', ')}.`,
        errors: unknown.map((each) => ({ path: each.area_code, message: each.batch })),
      })
    }
    const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
    for (const area_code of new Set(body.budgets.map((each) => each.area_code))) {
      permit(actor, 'prescribe.budget', area_code)
      await placeInCounty(tx, area_code)
    }
    await saveBudgets(tx, { county_code, now, account_id: actor.account_id }, body.budgets)
    await audit(tx, {
      county_code,
      action: 'prescribe.budget',
      subject_kind: 'measure_budget',
      subject_id: county_code,
      detail: {
        budgets: body.budgets.slice(0, 200),
        digest: auditDigest(body.budgets.map((each) => [each.area_code, each.year, each.batch, each.amount])),
      },
    })
    return c.json({ saved: body.budgets.length }, 200)
  })
  .openapi(budgets, async (c) => {
    const query = c.req.valid('query')
    permit(c.var.actor, 'prescribe.read', query.area_code)
    const place = await placeInCounty(c.var.tx, query.area_code)
    const this_year = yearOf(today(c))
    const for_year = query.year ?? (await latestBudget(c.var.tx, place)) ?? this_year
    const rows = await listBudgets(c.var.tx, place, for_year)
    const parts = await plannedByArea(c.var.tx, place, for_year)
    const paid = paidFrom(
      rows,
      parts.map((part) => ({ ...part, amount: part.funded })),
    )
    // Below the county what passes a budget is paid from above; the county's own is all that a promise can pass.
    const most = (amount: number) => (place.prefix === place.county_code ? Infinity : amount)
    const items = rows.map((row) => ({
      ...row,
      items: 0,
      planned: 0,
      funded: Math.min(paid[row.budget_id] ?? 0, most(row.amount)),
    }))
    const rest = new Map<string, { batch: string; items: number; planned: number }>()
    for (const part of parts) {
      const budget = items.find((each) => each.budget_id === budgetOf(items, part)?.budget_id)
      const into = budget ?? rest.get(part.batch) ?? { batch: part.batch, items: 0, planned: 0 }
      into.items += part.items
      into.planned += part.planned
      if (!budget) rest.set(part.batch, into)
    }
    const batches = [...new Set(c.var.pack.measures.map((measure) => measure.batch))]
    return c.json({ year: for_year, batches, items, without_budget: [...rest.values()] }, 200)
  })
  .openapi(agreeRoute, async (c) => c.json({ agreed: await agree(c, c.req.valid('json')) }, 200))
  .openapi(approveRoute, async (c) => c.json({ approved: await approve(c, c.req.valid('json').plan_ids) }, 200))
  .route('/', planRoutes)
  .route('/', sharingRoutes)
  .route('/', wishRoutes)
