import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { householdRoutes } from './routes-households.ts'
import { openRoutes } from './open/routes.ts'
import {
  childCodeLength,
  coveredBy,
  no_counts,
  ratesOf,
  stages,
  total,
  villageLength,
  villageOf,
  type Counts,
} from './see.ts'
import { byYear, causesByChild, childrenOf, countsByChild, coverageOf, submissionsIn } from './store.ts'
import { roadFor } from './road.ts'
import { roadNumbers } from './store-road.ts'

const name = z.object({ en: z.string(), zh: z.string() })
const rate = z.number().nullable()
const countShape = Object.fromEntries(Object.keys(no_counts).map((key) => [key, z.number()])) as Record<
  keyof Counts,
  z.ZodNumber
>
const area_query = z.object({ area_code: z.string() })

const overview = createRoute({
  method: 'get',
  path: '/api/see/overview',
  ...guarded('see.read', 'read', area.of('query.area_code')),
  request: { query: area_query },
  responses: {
    200: answers(
      z.object({
        area_code: z.string(),
        level: z.string(),
        funnel: z.array(z.object({ step: z.string(), count: z.number(), href: z.string() })),
        counts: z.object(countShape),
        rates: z.record(z.string(), rate),
        coverage: z
          .object({ level: z.string(), surveyed: z.number(), areas: z.number() })
          .nullable()
          .describe('What the rates speak of: areas of that level with a surveyed household, of all there are'),
        children: z.array(
          z.object({
            ...countShape,
            area_code: z.string(),
            level: z.string(),
            name,
            incidence: rate,
            main_cause: z.string().nullable(),
          }),
        ),
        causes: z.array(z.object({ cause: z.string(), households: z.number() })),
        by_year: z.array(
          z.object({
            year: z.number(),
            registered: z.number(),
            helped: z.number(),
            delivered_cost: z.number(),
            exited: z.number(),
            alerts: z.number(),
          }),
        ),
      }),
      'Where the campaign stands in an area: the funnel, rates, the areas below it, causes, years',
    ),
  },
})

const map = createRoute({
  method: 'get',
  path: '/api/see/map',
  ...guarded('see.read', 'read', area.of('query.area_code')),
  request: { query: area_query },
  responses: {
    200: answers(
      z.object({
        type: z.literal('FeatureCollection'),
        features: z.array(
          z.object({
            type: z.literal('Feature'),
            geometry: z.unknown(),
            properties: z.object({
              code: z.string(),
              name,
              made: z.boolean().describe('A made outline, not a surveyed one'),
              households: z.number(),
              people: z.number(),
              registered: z.number(),
              exited: z.number(),
              incidence: rate,
            }),
          }),
        ),
      }),
      'GeoJSON of the villages of an area, with their counts',
    ),
  },
})

const road = createRoute({
  method: 'get',
  path: '/api/road',
  ...guarded('see.read', 'read', area.of('query.area_code')),
  request: { query: area_query },
  responses: {
    200: answers(
      z.object({
        steps: z.array(
          z.object({
            step: z.string(),
            count: z.number(),
            href: z.string().optional().describe('The list that holds exactly `count`'),
            waiting: z.number().optional().describe('Sum of the desks'),
            desks: z.array(z.object({ key: z.string(), count: z.number(), href: z.string() })),
          }),
        ),
      }),
      'What stands at each of the twelve steps, and what waits for this reader’s decision',
    ),
  },
})

/** The shapes a pack brings: outlines of villages by their code. */
const shapesSchema = z.object({
  features: z.array(
    z.object({
      properties: z.looseObject({ area_code: z.string(), made: z.boolean().optional() }),
      geometry: z.unknown(),
    }),
  ),
})

export const seeRoutes = room()
  .openapi(overview, async (c) => {
    const { area_code } = c.req.valid('query')
    const { tx, pack } = c.var
    const place = await placeOf(tx, area_code)
    permit(c.var.actor, 'see.read', area_code)
    const below = childCodeLength(pack.levels, place.level)
    const rows = await overCounty(c, place.county_code, () => countsByChild(tx, place, below))
    const counts = total(rows)
    const unit = coveredBy(pack.levels, place.level)
    const coverage = unit && (await overCounty(c, place.county_code, () => coverageOf(tx, place, unit)))
    const causes = await causesByChild(tx, place, below)
    const by_child = new Map(rows.map((row) => [row.area_code, row]))
    const main = new Map<string, string>()
    // Ordered by number, so the first cause of an area is its main one.
    for (const row of causes) if (!main.has(row.area_code)) main.set(row.area_code, row.cause)
    const children = (await childrenOf(tx, place)).map((child) => {
      const own = by_child.get(child.area_code) ?? { ...no_counts, area_code: child.area_code }
      return {
        ...own,
        level: child.level,
        name: child.name,
        incidence: ratesOf(own).incidence,
        main_cause: main.get(child.area_code) ?? null,
      }
    })
    const sums = new Map<string, number>()
    for (const row of causes) sums.set(row.cause, (sums.get(row.cause) ?? 0) + row.households)
    const list = (stage: string) => `/households?area=${area_code}${stage === 'households' ? '' : `&reached=${stage}`}`
    return c.json(
      {
        area_code,
        level: place.level,
        funnel: [
          {
            step: 'surveyed',
            count: await submissionsIn(tx, place),
            href: `/survey/submissions?area=${area_code}&state=kept`,
          },
          ...stages.map((stage) => ({ step: stage, count: counts[stage], href: list(stage) })),
        ],
        counts,
        rates: ratesOf(counts),
        coverage,
        children,
        causes: [...sums]
          .map(([cause, households]) => ({ cause, households }))
          .sort((a, b) => b.households - a.households),
        by_year: await byYear(tx, place),
      },
      200,
    )
  })
  .openapi(map, async (c) => {
    const { area_code } = c.req.valid('query')
    const { tx, pack } = c.var
    const place = await placeOf(tx, area_code)
    permit(c.var.actor, 'see.read', area_code)
    // The map is of villages, whatever level it is asked for.
    const village = villageOf(pack.levels, area_code)
    const length = villageLength(pack.levels)
    const rows = await overCounty(c, place.county_code, () => countsByChild(tx, place, length))
    const counts = new Map(rows.map((row) => [row.area_code, row]))
    const shapes = shapesSchema.parse(pack.village_shapes ? JSON.parse(pack.village_shapes) : { features: [] })
    const inside = shapes.features.filter(
      ({ properties }) => place.level === 'nation' || properties.area_code.startsWith(village),
    )
    const features = inside.map(({ properties, geometry }) => {
      const own = counts.get(properties.area_code) ?? no_counts
      return {
        type: 'Feature' as const,
        geometry,
        properties: {
          code: properties.area_code,
          name: { en: String(properties['name_en'] ?? ''), zh: String(properties['name_zh'] ?? '') },
          made: properties.made ?? false,
          households: own.households,
          people: own.people,
          registered: own.registered,
          exited: own.exited,
          incidence: ratesOf(own).incidence,
        },
      }
    })
    return c.json({ type: 'FeatureCollection' as const, features }, 200)
  })
  .openapi(road, async (c) => {
    const { area_code } = c.req.valid('query')
    const place = await placeOf(c.var.tx, area_code)
    permit(c.var.actor, 'see.read', area_code)
    const { tx, actor, pack } = c.var
    const numbers = await overCounty(c, place.county_code, () => roadNumbers(tx, place, actor.account_id))
    const by = (notice: string) => pack.appraisal?.steps.find((each) => each.code === notice)?.by ?? null
    const notices = { first_notice: by('first_notice'), second_notice: by('second_notice') }
    const steps = roadFor(actor.role, numbers, notices, place.county_code !== null)
    return c.json({ steps }, 200)
  })
  .route('/', householdRoutes)
  .route('/', openRoutes)
