import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { text } from './shapes.ts'
import { childrenOf, countsOf, indicatorCountsOf } from './store-summary.ts'

const counts = {
  households: z.number(),
  assessed: z.number(),
  eligible: z.number(),
  not_eligible: z.number(),
  needs_verification: z.number(),
  to_verify: z.number(),
  confirmed_poor: z.number(),
  confirmed_not_poor: z.number(),
  follow_ups: z.number(),
}
type Counts = Record<keyof typeof counts, number>

const summary = createRoute({
  method: 'get',
  path: '/api/assess/summary',
  ...guarded('assess.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        area_code: z.string(),
        ...counts,
        indicators: z.array(
          z.object({
            code: z.string(),
            group: z.string(),
            label: text,
            met: z.number(),
            unmet: z.number(),
            unknown: z.number(),
          }),
        ),
        children: z.array(
          z.object({
            area_code: z.string(),
            name: text,
            level: z.string(),
            ...counts,
            unmet: z.record(z.string(), z.number()),
          }),
        ),
      }),
      'Verdicts of an area, what its households lack, and the same for each area below',
    ),
  },
})

const names = Object.keys(counts) as (keyof Counts)[]
const none = z.object(counts).parse(Object.fromEntries(names.map((name) => [name, 0])))

function add(sum: Counts, more: Counts): Counts {
  const total = { ...sum }
  for (const name of names) total[name] += more[name]
  return total
}

export const summaryRoutes = room().openapi(summary, async (c) => {
  const { area_code } = c.req.valid('query')
  const { tx, pack } = c.var
  permit(c.var.actor, 'assess.read', area_code)
  const place = await placeOf(tx, area_code)
  const below = await childrenOf(tx, area_code)
  const length = below[0]?.area_code.length ?? area_code.length
  const by_area = await countsOf(tx, place, length)
  const lacking = await indicatorCountsOf(tx, place, length)
  const whole = by_area.reduce<Counts>(add, none)
  const sum = (code: string, what: 'unmet' | 'unknown') =>
    lacking.filter((row) => row.code === code).reduce((all, row) => all + row[what], 0)
  return c.json(
    {
      area_code,
      ...whole,
      indicators: pack.indicators.map(({ code, group, label }) => {
        const unmet = sum(code, 'unmet')
        const unknown = sum(code, 'unknown')
        return { code, group, label, met: whole.assessed - unmet - unknown, unmet, unknown }
      }),
      children: below.map((child) => ({
        ...none,
        ...by_area.find((row) => row.area_code === child.area_code),
        ...child,
        unmet: Object.fromEntries(
          lacking.filter((row) => row.area_code === child.area_code).map((row) => [row.code, row.unmet]),
        ),
      })),
    },
    200,
  )
})
