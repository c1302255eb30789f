import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { sql } from 'kysely'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { wordsSchema } from './session.ts'

const areaSchema = z
  .object({
    area_code: z.string(),
    parent_code: z.string().nullable(),
    level: z.string(),
    name: wordsSchema,
    longitude: z.number().nullable(),
    latitude: z.number().nullable(),
    population: z.number().nullable(),
    county_code: z.string().nullable().describe('Whose register holds it; null above the level that keeps registers'),
  })
  .openapi('Area')

const columns = [
  'area_code',
  'parent_code',
  'level',
  'name',
  'longitude',
  'latitude',
  'population',
  'county_code',
] as const

const show = createRoute({
  method: 'get',
  path: '/api/areas/{area_code}',
  ...guarded('area.read', 'read', area.public),
  request: { params: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({ area: areaSchema, ancestors: z.array(areaSchema), children: z.array(areaSchema) }),
      'An area, those above it from the nation down, and those directly below it',
    ),
  },
})

const find = createRoute({
  method: 'get',
  path: '/api/areas',
  ...guarded('area.read', 'read', area.public),
  request: {
    query: z.object({
      search: z.string().optional(),
      within: z.string().optional().describe('Only areas below this one'),
      level: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(50),
    }),
  },
  responses: { 200: answers(z.object({ areas: z.array(areaSchema) }), 'Areas by name, code, level') },
})

export const areaRoutes = room()
  .openapi(show, async (c) => {
    const { area_code } = c.req.valid('param')
    const { tx } = c.var
    const area = await tx.selectFrom('area').select(columns).where('area_code', '=', area_code).executeTakeFirst()
    if (!area) throw problem('not_found', { detail: `There is no area ${area_code}.` })
    const ancestors = await tx
      .withRecursive('above', (db) =>
        db
          .selectFrom('area')
          .select(columns)
          .where('area_code', '=', area.parent_code ?? '')
          .unionAll(
            db
              .selectFrom('area')
              .innerJoin('above', 'above.parent_code', 'area.area_code')
              .select(columns.map((column) => `area.${column}` as const)),
          ),
      )
      .selectFrom('above')
      .selectAll()
      .execute()
    const children = await tx
      .selectFrom('area')
      .select(columns)
      .where('parent_code', '=', area_code)
      .where('valid_to', 'is', null)
      .orderBy('area_code')
      .execute()
    return c.json({ area, ancestors: ancestors.reverse(), children }, 200)
  })
  .openapi(find, async (c) => {
    const { search, within, level, limit } = c.req.valid('query')
    let query = c.var.tx.selectFrom('area').select(columns).where('valid_to', 'is', null)
    if (search) {
      query = query.where((where) =>
        where.or([
          where('area_code', '^@', search),
          ...c.var.pack.languages.map((language) => sql<boolean>`name ->> ${language} ilike ${`%${search}%`}`),
        ]),
      )
    }
    if (within) query = query.where('area_code', '^@', within)
    if (level) query = query.where('level', '=', level as 'village')
    return c.json({ areas: await query.orderBy('area_code').limit(limit).execute() }, 200)
  })
