import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { checkAreaExit, decideArea, proposeAreaExit } from './areas.ts'
import { listAreaExits } from './store-areas.ts'

const text = z.record(z.string(), z.string())
const year = z.coerce.number().int().min(2000).max(2100)

const checksSchema = z.object({
  year: z.number(),
  figures: z.record(z.string(), z.union([z.number(), z.string()]).nullable()),
  criteria: z.array(
    z.object({ code: z.string(), label: text, state: z.boolean().nullable(), missing: z.array(z.string()) }),
  ),
})

const propose = createRoute({
  method: 'post',
  path: '/api/exit/areas',
  ...guarded('exit.propose_area', 'write', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), year })) },
  responses: {
    200: answers(
      z.object({
        area_exit_id: z.string(),
        area_code: z.string(),
        level: z.string(),
        year: z.number(),
        checks: checksSchema,
        all_met: z.boolean(),
        state: z.string(),
        decide_from: z.string(),
      }),
      'A proposal: all criteria are met; the notice hangs until decide_from',
    ),
  },
})

const figures = createRoute({
  method: 'get',
  path: '/api/exit/areas/check',
  ...guarded('exit.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), year }) },
  responses: {
    200: answers(
      z.object({ level: z.string(), checks: checksSchema, all_met: z.boolean().nullable() }),
      'The figures of a village or county against the criteria, now',
    ),
  },
})

const decide = createRoute({
  method: 'post',
  path: '/api/exit/areas/{area_exit_id}',
  ...guarded('exit.approve_area', 'write', area.entity('area_exit', 'param.area_exit_id')),
  request: {
    params: z.object({ area_exit_id: z.string() }),
    body: takes(z.object({ state: z.enum(['approved', 'refused']), reason: z.string().min(1) })),
  },
  responses: { 200: answers(z.object({ area_exit_id: z.string(), state: z.string() }), 'The decision') },
})

const list = createRoute({
  method: 'get',
  path: '/api/exit/areas',
  ...guarded('exit.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            area_exit_id: z.string(),
            area_code: z.string(),
            name: text,
            level: z.string(),
            year: z.number(),
            checks: checksSchema,
            state: z.string(),
            proposed_at: z.string(),
            decided_at: z.string().nullable(),
            reason: z.string().nullable(),
          }),
        ),
      }),
      'Proposals that villages and the county leave the list',
    ),
  },
})

export const areaExitRoutes = room()
  .openapi(figures, async (c) => {
    const { area_code, year: wanted } = c.req.valid('query')
    permit(c.var.actor, 'exit.read', area_code)
    const { level, checks, all_met } = await checkAreaExit(c, area_code, wanted)
    return c.json({ level, checks, all_met }, 200)
  })
  .openapi(propose, async (c) => {
    const { area_code, year: wanted } = c.req.valid('json')
    return c.json(await proposeAreaExit(c, area_code, wanted), 200)
  })
  .openapi(decide, async (c) => {
    const { area_exit_id } = c.req.valid('param')
    return c.json(await decideArea(c, area_exit_id, c.req.valid('json')), 200)
  })
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'exit.read', area_code)
    const rows = await listAreaExits(c.var.tx, await placeInCounty(c.var.tx, area_code))
    const items = rows.map(({ county_code: _, proposed_by: __, decided_by: ___, all_met: ____, ...row }) => ({
      ...row,
    }))
    return c.json({ items }, 200)
  })
