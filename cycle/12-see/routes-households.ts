import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { countyOfHousehold, placeOf } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { answers, guarded } from '#door/enter.ts'
import { notMerged } from '#door/follow.ts'
import { recordLook } from '#door/look.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { codeOfHash } from '#registry/secrets/secrets.ts'
import { states } from '#registry/tables/states.ts'
import { list_stages, readCursor, stages, statuses, villageOf } from './see.ts'
import { namesOf } from './store.ts'
import {
  householdFiles,
  householdHead,
  incomeByYear,
  keptHousehold,
  listHouseholds,
  placeChain,
  searchHouseholds,
  statusAt,
  sort_keys,
  timelineOf,
} from './store-households.ts'

const name = z.object({ en: z.string(), zh: z.string() })

const lineSchema = z
  .object({
    household_id: z.string(),
    area_code: z.string(),
    village: name.nullable(),
    head_name: z.string(),
    household_size: z.number(),
    status: z.enum(statuses),
    verdict: z.enum(states['assessment.verdict']).nullable(),
    net_income_per_capita: z.number().nullable(),
    score: z.number().nullable(),
    unmet: z.array(z.string()),
    main_cause: z.string().nullable(),
    alerts_open: z.number(),
    registered_on: z.string().nullable(),
    exited_on: z.string().nullable(),
    surveyed_on: z.string().nullable(),
  })
  .openapi('HouseholdLine')

const list = createRoute({
  method: 'get',
  path: '/api/see/households',
  ...guarded('see.household', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      status: z.enum(statuses).optional().describe('Where the household stands now'),
      reached: z
        .enum(list_stages)
        .optional()
        .describe('A stage of the funnel the household has come to, now or before'),
      verdict: z.string().optional(),
      cause: z.string().optional().describe('Main cause in force'),
      sure: z.enum(['no']).optional().describe('Registered households whose main cause is not sure'),
      unmet: z.string().optional().describe('Code of an indicator that is not met'),
      alerts: z.enum(['open']).optional(),
      search: z
        .string()
        .max(200)
        .optional()
        .describe('Name, also by its sound; number or code of the household; ending of an ID'),
      sort: z.enum(sort_keys).default('household_id'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional().describe('`next` of the page before'),
    }),
  },
  responses: {
    200: answers(
      z.object({ total: z.number(), next: z.string().nullable(), items: z.array(lineSchema) }),
      'Households of an area, one page',
    ),
  },
})

const search = createRoute({
  method: 'get',
  path: '/api/see/search',
  ...guarded('see.household', 'read', area.of('query.area_code', { absent: 'own' })),
  request: {
    query: z.object({
      q: z.string().trim().min(1).max(200),
      area_code: z.string().optional().describe('The reader’s own area unless said'),
      limit: z.coerce.number().int().min(1).max(50).default(12),
    }),
  },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            household_id: z.string(),
            area_code: z.string(),
            village: name.nullable(),
            head_name: z.string(),
            household_size: z.number(),
            status: z.enum(statuses),
            member_name: z.string().nullable(),
            national_id: z.string().nullable().describe('Masked but for the last four characters'),
            by: z.enum(['household_id', 'household_code', 'name', 'id_ending']),
          }),
        ),
      }),
      'Households found by name, number or ending of an ID',
    ),
  },
})

const household_param = z.object({ household_id: z.string() })
const known_on = z.iso.datetime().optional().describe('As it was known at this time')

const head = createRoute({
  method: 'get',
  path: '/api/see/households/{household_id}',
  ...guarded('see.household', 'read', area.entity('household', 'param.household_id')),
  request: { params: household_param, query: z.object({ known_on }) },
  responses: {
    200: answers(
      lineSchema.omit({ village: true, unmet: true }).extend({
        place: z.array(z.object({ area_code: z.string(), level: z.string(), name })),
        appraisal_state: z.enum(states['appraisal.state']).nullable(),
        register_status: z.enum(states['register_household.status']).nullable(),
        household_attribute: z.string().nullable(),
        stated_cause: z.string().nullable(),
        plan_state: z.enum(states['plan.state']).nullable(),
        plan_year: z.number().nullable(),
        deliveries: z.number(),
        delivered_cost: z.number(),
        exit_state: z.enum(states['exit_case.state']).nullable(),
        inspected_on: z.string().nullable(),
        helper: z.string().nullable(),
        helper_unit: z.string().nullable(),
        follow_ups: z.number(),
        reviews: z.number(),
        joined: z
          .array(z.object({ household_id: z.string(), head_name: z.string(), changed_at: z.string() }))
          .describe('Households that were found to be this one: what was written for them counts here'),
        files: z
          .array(
            z.object({
              instance_id: z.string(),
              file_name: z.string(),
              content_type: z.string(),
              size: z.number(),
              received_at: z.string(),
            }),
          )
          .describe('Photos and files of its survey cards; opened by GET /api/survey/submissions/{}/files/{}'),
        no_card: z.boolean().describe('On the register, and no survey card stands for it any more'),
        lines: z
          .array(z.object({ year: z.number(), value: z.number() }))
          .describe('The line in and around these years'),
        stages: z.array(z.enum(stages)).describe('Stages reached, now or before'),
        income: z.array(
          z.object({
            year: z.number(),
            value: z.number().nullable(),
            line: z.number().nullable(),
            reference_date: z.string(),
            assessed_at: z.string(),
          }),
        ),
      }),
      'The head of the household file: who, where, and how far along the road',
    ),
  },
})

const timeline = createRoute({
  method: 'get',
  path: '/api/see/households/{household_id}/timeline',
  ...guarded('see.household', 'read', area.entity('household', 'param.household_id')),
  request: {
    params: household_param,
    query: z.object({ on: z.iso.date().optional().describe('As it was in the world on this day'), known_on }),
  },
  responses: {
    200: answers(
      z.object({
        events: z.array(
          z.object({
            kind: z.string(),
            happened_on: z.string(),
            recorded_at: z.string(),
            account_name: name.nullable(),
            subject_id: z.string(),
            detail: z.record(z.string(), z.unknown()),
            written_for: z.string().describe('The household it was written for, where that was merged into this one'),
            seen: z.boolean().describe('False where it had not happened, or was not known, at the time asked for'),
          }),
        ),
        status_then: z
          .enum(statuses)
          .nullable()
          .describe('Where it stood at `known_on` (now where that is left out); null where nothing was known'),
      }),
      'Everything that happened to the household, newest first',
    ),
  },
})

const missing = (household_id: string) => problem('not_found', { detail: `There is no household ${household_id}.` })

/** The household's row; throws `household_merged`, naming where to look, where it was merged into another. */
async function standing(c: Entered, household_id: string) {
  const kept = await keptHousehold(c.var.tx, household_id)
  if (!kept) throw missing(household_id)
  permit(c.var.actor, 'see.household', kept.area_code)
  notMerged([kept])
  // Those that went into it may have been surveyed in another village.
  return (await overCounty(c, countyOfHousehold(household_id), () => keptHousehold(c.var.tx, household_id))) ?? kept
}

/** The line at each year's end from the year before the first to the year after the last. */
function linesAround(years: readonly number[], lineOn: (day: string) => number | null) {
  if (years.length === 0) return []
  const first = Math.min(...years) - 1
  const length = Math.max(...years) + 2 - first
  return Array.from({ length }, (_, index) => first + index).flatMap((year) => {
    const value = lineOn(`${year}-12-31`)
    return value === null ? [] : [{ year, value }]
  })
}

export const householdRoutes = room()
  .openapi(list, async (c) => {
    const { area_code, after, alerts, ...query } = c.req.valid('query')
    const place = await placeOf(c.var.tx, area_code)
    permit(c.var.actor, 'see.household', area_code)
    const cursor = after === undefined ? null : readCursor(after)
    if (after !== undefined && cursor === null)
      throw problem('request_invalid', { detail: 'after: not a page of this list' })
    const wanted = { ...query, alerts: alerts === 'open', after: cursor }
    const page = await overCounty(c, place.county_code, () =>
      listHouseholds(c.var.tx, place, wanted, c.var.registry.keys),
    )
    const names = await namesOf(
      c.var.tx,
      page.items.map((item) => villageOf(c.var.pack.levels, item.area_code)),
    )
    const items = page.items.map((item) => ({
      ...item,
      village: names.get(villageOf(c.var.pack.levels, item.area_code)) ?? null,
    }))
    return c.json({ ...page, items }, 200)
  })
  .openapi(search, async (c) => {
    const { q, area_code, limit } = c.req.valid('query')
    const place = await placeOf(c.var.tx, area_code ?? c.var.actor.area_code ?? '')
    permit(c.var.actor, 'see.household', place.area_code)
    const rows = await searchHouseholds(c.var.tx, place, { text: q, limit, keys: c.var.registry.keys })
    const names = await namesOf(
      c.var.tx,
      rows.map((row) => villageOf(c.var.pack.levels, row.area_code)),
    )
    const items = rows.map(({ national_id_hash, status, ...row }) => ({
      ...row,
      status,
      national_id: national_id_hash === null ? null : codeOfHash(national_id_hash),
      village: names.get(villageOf(c.var.pack.levels, row.area_code)) ?? null,
    }))
    return c.json({ items }, 200)
  })
  .openapi(head, async (c) => {
    const { household_id } = c.req.valid('param')
    const { known_on: known } = c.req.valid('query')
    const kept = await standing(c, household_id)
    const county_code = countyOfHousehold(household_id)
    const found = await overCounty(c, county_code, () => householdHead(c.var.tx, household_id))
    if (!found) throw missing(household_id)
    recordLook(c, { county_code, household_id, action: 'see.household' })
    const place = await placeChain(c.var.tx, found.area_code)
    const lines = c.var.pack.parameters.find((parameter) => parameter.code === 'income_line')?.values ?? []
    const lineOn = (day: string): number | null => lines.findLast((value) => value.from <= day)?.value ?? null
    const points = await overCounty(c, county_code, () => incomeByYear(c.var.tx, household_id, known ?? null))
    const income = points.map((point) => ({
      ...point,
      line: lineOn(point.reference_date),
    }))
    const is: Record<(typeof stages)[number], boolean> = {
      households: true,
      assessed: found.verdict !== null,
      eligible: found.found_poor,
      appraised: found.appraisal_state !== null,
      registered: found.register_status !== null,
      diagnosed: found.diagnosed_at !== null,
      planned: found.plan_id !== null,
      helped: found.first_delivered_on !== null,
      exited: found.status === 'exited',
      inspected: found.inspected_on !== null,
    }
    return c.json(
      {
        ...found,
        joined: kept.joined,
        files: await overCounty(c, county_code, () => householdFiles(c.var.tx, household_id)),
        no_card: kept.state === 'gone',
        place,
        stages: stages.filter((stage) => is[stage]),
        income,
        lines: linesAround(
          income.map((point) => point.year),
          lineOn,
        ),
      },
      200,
    )
  })
  .openapi(timeline, async (c) => {
    const { household_id } = c.req.valid('param')
    const { on, known_on: known } = c.req.valid('query')
    await standing(c, household_id)
    const { all, status } = await overCounty(c, countyOfHousehold(household_id), async () => ({
      all: await timelineOf(c.var.tx, household_id, c.var.pack.time_zone),
      status: await statusAt(c.var.tx, household_id, known ?? c.var.now),
    }))
    const events = all.map((event) => ({
      ...event,
      seen: (on === undefined || event.happened_on <= on) && (known === undefined || event.recorded_at <= known),
    }))
    return c.json({ events, status_then: status }, 200)
  })
