import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { countyOfHousehold, placeInCounty } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { today, yearOf } from '#door/day.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { fieldLabel } from '#packs/explain/field-label.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { countedFor, goingOn, incomeByYear, progressOf, standing } from './deliver.ts'
import { countDeliveries, householdsById, listDeliveries, plannedItems, storyOf } from './store.ts'
import { countDue, itemsDue } from './store-due.ts'
import { childrenOf, deliveredShares, latestYear, type SummaryRow } from './store-summary.ts'

const text = z.record(z.string(), z.string())
const year = z.coerce.number().int()
const latest = 'The latest with an agreed plan where not given'

const deliverySchema = z.object({
  delivery_id: z.string(),
  household_id: z.string(),
  item_id: z.string().nullable(),
  measure_code: z.string(),
  label: text,
  batch: z.string(),
  delivered_on: z.string(),
  quantity: z.number(),
  unit: z.string(),
  cost: z.number(),
  provider: z.string(),
  head_signed: z.boolean(),
  note: z.string().nullable(),
  reverses: z.string().nullable(),
  reversed: z.boolean(),
  recorded_at: z.string(),
})

const list = createRoute({
  method: 'get',
  path: '/api/deliver/deliveries',
  ...guarded('deliver.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      year: year.optional(),
      measure_code: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({
        items: z.array(deliverySchema.extend({ head_name: z.string(), area_code: z.string() })),
        total: z.number(),
        next: z.string().nullable(),
      }),
      'Deliveries, newest first, reversals among them',
    ),
  },
})

const show = createRoute({
  method: 'get',
  path: '/api/deliver/households/{household_id}',
  ...guarded('deliver.read', 'read', area.entity('household', 'param.household_id')),
  request: { params: z.object({ household_id: z.string() }) },
  responses: {
    200: answers(
      z.object({
        household_id: z.string(),
        area_code: z.string(),
        head_name: z.string(),
        items: z.array(
          z.object({
            plan_id: z.string(),
            item_id: z.string(),
            measure_code: z.string(),
            label: text,
            batch: z.string(),
            year: z.number(),
            state: z.string(),
            cost: z.number(),
            funded: z.boolean(),
            deliveries: z.number(),
            quantity: z.number(),
            given: z.number(),
            first_on: z.string().nullable(),
            last_on: z.string().nullable(),
            signed: z.boolean(),
            state_of_delivery: z.enum(['nothing_yet', 'begun', 'given']),
          }),
        ),
        outside_plan: z.array(z.string()).describe('Deliveries that stand in no agreed plan, by delivery_id'),
        deliveries: z.array(deliverySchema),
        income: z.array(
          z.object({
            year: z.number(),
            total: z.number(),
            per_person: z.number(),
            sources: z.array(z.object({ source: z.string(), label: text, amount: z.number() })),
          }),
        ),
        ledger: z.array(
          z.object({
            ledger_id: z.string(),
            year: z.number(),
            source: z.string(),
            amount: z.number(),
            paid_on: z.string().nullable(),
            payer: z.string().nullable(),
            evidence: z.string().nullable(),
            reverses: z.string().nullable(),
            recorded_at: z.string(),
          }),
        ),
        helpers: z.array(
          z.object({
            helper_id: z.string(),
            name: z.string(),
            unit: z.string(),
            valid_from: z.string(),
            valid_to: z.string().nullable(),
          }),
        ),
      }),
      'Planned and given, income by year, who is responsible',
    ),
  },
})

const due = createRoute({
  method: 'get',
  path: '/api/deliver/due',
  ...guarded('deliver.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      year: year.optional().describe('The latest in which something is due where not given'),
      measure_code: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(500),
      after: z.string().max(200).optional().describe('The `next` of the page before'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        year: z.number(),
        total: z.number().describe('Lines due of this year, of every measure'),
        by_measure: z.array(z.object({ measure_code: z.string(), label: text, count: z.number() })),
        years: z.array(z.object({ year: z.number(), count: z.number() })).describe('Years in which something is due'),
        items: z.array(
          z.object({
            plan_id: z.string(),
            item_id: z.string(),
            household_id: z.string(),
            head_name: z.string(),
            area_code: z.string(),
            measure_code: z.string(),
            label: text,
            unit: text,
            cost: z.number(),
          }),
        ),
        next: z.string().nullable(),
      }),
      'Funded items of which nothing was given yet',
    ),
  },
})

const figures = {
  planned: z.number(),
  delivered: z.number(),
  signed: z.number(),
  planned_cost: z.number(),
  given_cost: z.number(),
  outside_plan: z.number(),
  outside_cost: z.number(),
  /** Of planned items, the share with a delivery; null where nothing is planned. */
  delivered_share: z.number().nullable(),
}

const summary = createRoute({
  method: 'get',
  path: '/api/deliver/summary',
  ...guarded('deliver.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), year: year.optional().describe(latest) }) },
  responses: {
    200: answers(
      z.object({
        year: z.number(),
        total: z.object(figures),
        areas: z.array(z.object({ area_code: z.string(), name: text, ...figures })),
        batches: z.array(z.object({ batch: z.string(), ...figures })),
        measures: z.array(z.object({ measure_code: z.string(), batch: z.string(), label: text, ...figures })),
      }),
      'Planned and delivered by area, batch and measure',
    ),
  },
})

const labelOf = (pack: Pack, code: string) => pack.measures.find((measure) => measure.code === code)?.label ?? {}

const thisYear = (c: Entered): number => yearOf(today(c))

/** Rows added up. */
function totalOf(rows: readonly SummaryRow[]) {
  const sum = (of: (row: SummaryRow) => number) => rows.reduce((total, row) => total + of(row), 0)
  const planned = sum((row) => row.planned)
  const delivered = sum((row) => row.delivered)
  return {
    planned,
    delivered,
    signed: sum((row) => row.signed),
    planned_cost: sum((row) => row.planned_cost),
    given_cost: sum((row) => row.given_cost),
    outside_plan: sum((row) => row.outside_plan),
    outside_cost: sum((row) => row.outside_cost),
    delivered_share: planned === 0 ? null : delivered / planned,
  }
}

export const deliverReadRoutes = room()
  .openapi(list, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    permit(c.var.actor, 'deliver.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const { rows, total } = await overCounty(c, place.county_code, async () => ({
      rows: await listDeliveries(c.var.tx, place, page),
      total: await countDeliveries(c.var.tx, place, page),
    }))
    const items = rows.map((row) => ({ ...row, label: labelOf(c.var.pack, row.measure_code) }))
    const next = rows.length === page.limit ? (rows.at(-1)?.delivery_id ?? null) : null
    return c.json({ items, total, next }, 200)
  })
  .openapi(due, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    const { tx, actor, pack } = c.var
    permit(actor, 'deliver.read', area_code)
    const place = await placeInCounty(tx, area_code)
    const { of_year, listed, counts } = await overCounty(c, place.county_code, async () => {
      const counted = await countDue(tx, place)
      const wanted = page.year ?? counted[0]?.year ?? (await latestYear(tx, place)) ?? thisYear(c)
      return { of_year: wanted, counts: counted, listed: await itemsDue(tx, place, { ...page, year: wanted }) }
    })
    const items = listed.items.map((row) => {
      const measure = pack.measures.find((each) => each.code === row.measure_code)
      return { ...row, label: measure?.label ?? {}, unit: measure?.unit ?? {} }
    })
    const lines = (rows: typeof counts) => rows.reduce((sum, row) => sum + row.count, 0)
    const of_this = counts.filter((row) => row.year === of_year)
    const by_measure = of_this.map(({ measure_code, count }) => ({
      measure_code,
      label: labelOf(pack, measure_code),
      count,
    }))
    const years = [...Map.groupBy(counts, (row) => row.year)].map(([each, rows]) => ({
      year: each,
      count: lines(rows),
    }))
    return c.json({ year: of_year, total: lines(of_this), by_measure, years, items, next: listed.next }, 200)
  })
  .openapi(show, async (c) => {
    const { household_id } = c.req.valid('param')
    const { tx, actor, pack } = c.var
    const county_code = countyOfHousehold(household_id)
    const household = (await householdsById(tx, county_code, [household_id])).get(household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'deliver.read', household.area_code)
    const { story, planned } = await overCounty(c, county_code, async () => ({
      story: await storyOf(tx, household_id),
      planned: (await plannedItems(tx, county_code, [household_id])).get(household_id) ?? [],
    }))
    const counted = countedFor(planned, story.deliveries)
    const stands = standing(counted)
    const book = rulebookOf(pack)
    const reversed = new Set(story.deliveries.flatMap((each) => each.reverses ?? []))
    return c.json(
      {
        household_id,
        area_code: household.area_code,
        head_name: household.head_name,
        items: progressOf(goingOn(planned), counted).map((item) => ({
          ...item,
          label: labelOf(pack, item.measure_code),
        })),
        outside_plan: stands.filter((each) => each.item_id === null).map((each) => each.delivery_id),
        deliveries: story.deliveries.map((each) => ({
          ...each,
          label: labelOf(pack, each.measure_code),
          reversed: reversed.has(each.delivery_id),
        })),
        income: incomeByYear(story.income).map((each) => ({
          ...each,
          per_person: household.household_size > 0 ? Math.round(each.total / household.household_size) : each.total,
          sources: each.sources.map((of) => ({ ...of, label: fieldLabel(book, of.source) })),
        })),
        ledger: story.income,
        helpers: story.helpers,
      },
      200,
    )
  })
  .openapi(summary, async (c) => {
    const query = c.req.valid('query')
    const { tx, actor, pack } = c.var
    permit(actor, 'deliver.read', query.area_code)
    const place = await placeInCounty(tx, query.area_code)
    const of_year = query.year ?? (await latestYear(tx, place)) ?? thisYear(c)
    const children = await childrenOf(tx, place.area_code)
    const length = children[0]?.area_code.length ?? place.area_code.length
    const rows = await deliveredShares(tx, place, of_year, length)
    const by = (of: (row: SummaryRow) => string) => [...Map.groupBy(rows, of)]
    return c.json(
      {
        year: of_year,
        total: totalOf(rows),
        areas: by((row) => row.area_code).map(([area_code, own]) => ({
          area_code,
          name: children.find((child) => child.area_code === area_code)?.name ?? {},
          ...totalOf(own),
        })),
        batches: by((row) => row.batch).map(([batch, own]) => ({ batch, ...totalOf(own) })),
        measures: by((row) => row.measure_code).map(([measure_code, own]) => ({
          measure_code,
          batch: own[0]?.batch ?? '',
          label: labelOf(pack, measure_code),
          ...totalOf(own),
        })),
      },
      200,
    )
  })
