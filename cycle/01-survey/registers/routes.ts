import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { receptionOf } from '../receive/reception.ts'
import { registerRows } from './records.ts'
import { countRecords, upsertRecords } from './store.ts'

const recordSchema = z.object({
  record_id: z.string().min(1).max(200),
  national_id: z.string().max(40).nullable(),
  name: z.string().max(200).nullable(),
  value: z.number().int().nullable().describe('Minor units of money'),
  detail: z.string().max(2000).nullable(),
  since: z.iso.date().nullable(),
})

const send = createRoute({
  method: 'post',
  path: '/api/survey/registers',
  ...guarded('survey.import', 'write', area.of('json.county_code')),
  request: {
    body: takes(
      z.object({ register: z.string(), county_code: z.string(), records: z.array(recordSchema).min(1).max(2000) }),
    ),
  },
  responses: {
    200: answers(
      z.object({ accepted: z.number(), unchanged: z.number() }),
      'Lines of another department’s list, kept; those sent before and the same are left as they are',
    ),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/survey/registers',
  ...guarded('survey.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        registers: z.array(z.string()).describe('Those the pack knows'),
        items: z.array(z.object({ register: z.string(), records: z.number(), imported_at: z.string().nullable() })),
      }),
      'The departments’ lists of a county',
    ),
  },
})

export const registerRoutes = room()
  .openapi(send, async (c) => {
    const { register, county_code, records } = c.req.valid('json')
    const { tx, pack, actor } = c.var
    const place = await placeInCounty(tx, county_code)
    permit(actor, 'survey.import', place.county_code)
    if (!pack.registers.includes(register)) {
      const known = pack.registers.join(', ')
      throw problem('request_invalid', { detail: `"${register}" is no register of the pack: ${known}.` })
    }
    const reception = await receptionOf(tx, c.var)
    const rows = registerRows(reception, { county_code: place.county_code, register, batch_id: null }, records)
    const accepted = await upsertRecords(tx, rows)
    if (accepted > 0) {
      await audit(tx, {
        county_code: place.county_code,
        action: 'survey.import_register',
        subject_kind: 'register',
        subject_id: register,
        detail: {
          count: accepted,
          sha256: auditDigest(
            rows.map((row) => [row.record_id, row.national_id_hash, row.name, row.value, row.detail]),
          ),
        },
      })
    }
    return c.json({ accepted, unchanged: records.length - accepted }, 200)
  })
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'survey.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const items = await countRecords(c.var.tx, place.county_code)
    return c.json({ registers: c.var.pack.registers, items }, 200)
  })
