import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { states } from '#registry/tables/states.ts'
import { mappingSchema } from './mapping.ts'
import { listMappings, putMapping, removeMapping } from './store.ts'

const name = z.string().trim().min(1).max(100)
const kind = z.enum(states['import_mapping.kind'])

const list = createRoute({
  method: 'get',
  path: '/api/survey/imports/mappings',
  ...guarded('survey.import', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            area_code: z.string(),
            name: z.string(),
            kind: z.enum(states['import_mapping.kind']),
            mapping: mappingSchema,
            saved_at: z.string(),
            account_name: z.unknown(),
          }),
        ),
      }),
      'Saved mappings of a place',
    ),
  },
})

const save = createRoute({
  method: 'put',
  path: '/api/survey/imports/mappings',
  ...guarded('survey.import', 'write', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), name, kind, mapping: mappingSchema })) },
  responses: { 200: answers(z.object({ name: z.string() }), 'The mapping is kept; one of the same name is replaced') },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/survey/imports/mappings',
  ...guarded('survey.import', 'write', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string(), name }) },
  responses: { 200: answers(z.object({ name: z.string() }), 'The mapping is gone; what came in by it stays') },
})

export const mappingRoutes = room()
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'survey.import', area_code)
    const items = await listMappings(c.var.tx, await placeInCounty(c.var.tx, area_code))
    return c.json({ items: items.map((item) => ({ ...item, mapping: mappingSchema.parse(item.mapping) })) }, 200)
  })
  .openapi(save, async (c) => {
    const { area_code, mapping, ...about } = c.req.valid('json')
    const { tx, actor, now } = c.var
    const place = await placeInCounty(tx, area_code)
    permit(actor, 'survey.import', area_code)
    const { county_code } = place
    const { account_id } = actor
    const text = JSON.stringify(mapping)
    await putMapping(tx, { county_code, area_code, ...about, mapping: text, saved_at: now, account_id })
    await audit(tx, {
      county_code,
      action: 'survey.save_mapping',
      subject_kind: 'import_mapping',
      subject_id: about.name,
      detail: { area_code, kind: about.kind, sha256: auditDigest([[text]]) },
    })
    return c.json({ name: about.name }, 200)
  })
  .openapi(remove, async (c) => {
    const { area_code, name: gone } = c.req.valid('query')
    const { tx, actor } = c.var
    const place = await placeInCounty(tx, area_code)
    permit(actor, 'survey.import', area_code)
    if ((await removeMapping(tx, place, gone)) === 0) {
      throw problem('not_found', { detail: `There is no saved mapping "${gone}".` })
    }
    await audit(tx, {
      county_code: place.county_code,
      action: 'survey.remove_mapping',
      subject_kind: 'import_mapping',
      subject_id: gone,
      detail: { area_code },
    })
    return c.json({ name: gone }, 200)
  })
