// Places of measures, and how the year's money and places were shared out.
import { z } from '@hono/zod-openapi'
import { today, yearOf } from '#door/day.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { createRoute } from '#door/route.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { listPlaces, lotOf, placesGiven, savePlaces, wholeByArea } from './store.ts'
import { latestBudget } from '../store-plans.ts'
import { servedOf } from './served.ts'

const year = z.int().min(2000).max(2100)
const text = z.record(z.string(), z.string())

const enterPlaces = createRoute({
  method: 'post',
  path: '/api/prescribe/places',
  ...guarded('prescribe.budget', 'write', area.of('json.places[].area_code')),
  request: {
    body: takes(
      z.object({
        places: z
          .array(
            z.object({
              area_code: z.string(),
              year,
              measure_code: z.string(),
              places: z.int().min(0).max(10_000_000).describe('How many can have the measure in the year'),
              source: z.string().min(1).describe('Who says that there are so many'),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: { 200: answers(z.object({ saved: z.number() }), 'Places on record; the next run shares them out') },
})

const placesRoute = createRoute({
  method: 'get',
  path: '/api/prescribe/places',
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
        measures: z.array(z.object({ measure_code: z.string(), label: text })),
        items: z.array(
          z.object({
            place_id: z.string(),
            area_code: z.string(),
            area_name: text.nullable(),
            measure_code: z.string(),
            label: text,
            places: z.number(),
            asked: z.number().describe('Plans of the area that hold the measure'),
            given: z.number().describe('Those of them that have a place'),
            source: z.string(),
          }),
        ),
      }),
      'Places of measures beside what plans ask for and were given in the same area',
    ),
  },
})

const sharingRoute = createRoute({
  method: 'get',
  path: '/api/prescribe/sharing',
  ...guarded('prescribe.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), year: z.coerce.number().int() }) },
  responses: {
    200: answers(
      z.object({
        year: z.number(),
        rule: text.nullable().describe('What the pack says; null where it says nothing'),
        lot: z
          .object({ seed: z.string(), drawn_at: z.string() })
          .nullable()
          .describe('Decides between equals: sha256 of the seed, a space and the household_id, the lower first'),
        plans: z.number(),
        whole: z.number().describe('Plans of which every measure is paid'),
        compared: z.array(
          z.object({ area_code: z.string(), area_name: text.nullable(), plans: z.number(), whole: z.number() }),
        ),
      }),
      'How many plans are paid whole, by the areas that the pack holds against one another, the least served first',
    ),
  },
})

export const sharingRoutes = room()
  .openapi(enterPlaces, async (c) => {
    const { places } = c.req.valid('json')
    const { tx, actor, now, pack } = c.var
    const measures = new Set(pack.measures.map((measure) => measure.code))
    const unknown = places.filter((each) => !measures.has(each.measure_code))
    if (unknown.length > 0) {
      throw problem('prescribe_unknown_measure', {
        detail: `The pack's measures are ${[...measures].join(', ')}.`,
        errors: unknown.map((each) => ({ path: each.area_code, message: each.measure_code })),
      })
    }
    const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
    for (const area_code of new Set(places.map((each) => each.area_code))) {
      permit(actor, 'prescribe.budget', area_code)
      await placeInCounty(tx, area_code)
    }
    await savePlaces(tx, { county_code, now, account_id: actor.account_id }, places)
    await audit(tx, {
      county_code,
      action: 'prescribe.places',
      subject_kind: 'measure_place',
      subject_id: county_code,
      detail: {
        places: places.slice(0, 200),
        digest: auditDigest(places.map((each) => [each.area_code, each.year, each.measure_code, each.places])),
      },
    })
    return c.json({ saved: places.length }, 200)
  })
  .openapi(placesRoute, async (c) => {
    const query = c.req.valid('query')
    permit(c.var.actor, 'prescribe.read', query.area_code)
    const { tx, pack } = c.var
    const place = await placeInCounty(tx, query.area_code)
    const for_year = query.year ?? (await latestBudget(tx, place)) ?? yearOf(today(c))
    const labels = new Map(pack.measures.map((each) => [each.code, each.label]))
    const given = await placesGiven(tx, place, for_year)
    const items = (await listPlaces(tx, place, for_year)).map((each) => {
      const there = given.filter(
        (one) => one.measure_code === each.measure_code && one.area_code.startsWith(each.area_code),
      )
      return {
        ...each,
        label: labels.get(each.measure_code) ?? {},
        asked: there.reduce((sum, one) => sum + one.asked, 0),
        given: there.reduce((sum, one) => sum + one.given, 0),
      }
    })
    const measures = pack.measures.map((each) => ({ measure_code: each.code, label: each.label }))
    return c.json({ year: for_year, measures, items }, 200)
  })
  .openapi(sharingRoute, async (c) => {
    const query = c.req.valid('query')
    permit(c.var.actor, 'prescribe.read', query.area_code)
    const { tx, pack } = c.var
    const place = await placeInCounty(tx, query.area_code)
    const compared = await servedOf(tx, place, {
      areas: await wholeByArea(tx, place, query.year),
      level: pack.sharing?.compare ?? null,
    })
    const sum = (of: readonly number[]) => of.reduce((total, each) => total + each, 0)
    return c.json(
      {
        year: query.year,
        rule: pack.sharing?.plain ?? null,
        lot: await overCounty(c, place.county_code, () => lotOf(tx, place.county_code, query.year)),
        plans: sum(compared.map((each) => each.plans)),
        whole: sum(compared.map((each) => each.whole)),
        compared,
      },
      200,
    )
  })
