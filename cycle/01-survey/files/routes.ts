import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit } from '#registry/audit/audit.ts'
import { fileHeaders } from './headers.ts'
import { openFile } from './send.ts'
import { openBytes } from '../receive/seal.ts'
import { readQuarantine } from '../quarantine/store.ts'

const bytes = { 'application/octet-stream': { schema: z.any() } }

const file = createRoute({
  method: 'get',
  path: '/api/survey/submissions/{instance_id}/files/{file_name}',
  ...guarded('survey.file', 'write', area.entity('submission', 'param.instance_id')),
  request: { params: z.object({ instance_id: z.string(), file_name: z.string() }) },
  responses: { 200: { content: bytes, description: 'A photo or file as it was sent; each look is recorded' } },
})

const kept = createRoute({
  method: 'get',
  path: '/api/survey/quarantine/{quarantine_id}/bytes',
  ...guarded('survey.resolve', 'write', area.entity('quarantine', 'param.quarantine_id')),
  request: { params: z.object({ quarantine_id: z.string() }) },
  responses: { 200: { content: bytes, description: 'What lies in quarantine, byte for byte; each look is recorded' } },
})

export const fileRoutes = room()
  .openapi(file, async (c) => {
    const { instance_id, file_name } = c.req.valid('param')
    const { tx, actor, registry } = c.var
    const found = await openFile(tx, registry.keys, instance_id, file_name)
    if (!found) throw problem('not_found', { detail: `There is no file ${file_name} of ${instance_id}.` })
    permit(actor, 'survey.file', found.area_code)
    await audit(tx, {
      county_code: found.county_code,
      action: 'survey.open_file',
      subject_kind: 'submission',
      subject_id: instance_id,
      detail: { file_name, sha256: found.sha256 },
    })
    return c.body(new Uint8Array(found.bytes), 200, fileHeaders(file_name, found.bytes))
  })
  .openapi(kept, async (c) => {
    const { quarantine_id } = c.req.valid('param')
    const { tx, actor, registry } = c.var
    const item = await readQuarantine(tx, quarantine_id)
    if (!item) throw problem('not_found')
    permit(actor, 'survey.resolve', item.area_code)
    const opened = openBytes(registry.keys, 'quarantine.bytes', item.bytes_sealed)
    await audit(tx, {
      county_code: item.county_code,
      action: 'survey.open_quarantine',
      subject_kind: 'quarantine',
      subject_id: quarantine_id,
      detail: { sha256: item.bytes_sha256 },
    })
    const ending = item.content_type === 'application/json' ? 'json' : 'xml'
    const headers = fileHeaders(`${quarantine_id}.${ending}`, opened)
    return c.body(new Uint8Array(opened), 200, headers)
  })
