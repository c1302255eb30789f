import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { newToken, tokenHash } from '#door/sign-in/passwords.ts'
import { holdArea } from '#door/hold.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit } from '#registry/audit/audit.ts'
import { settingsCode } from '../receive/device.ts'
import { homeCounty } from '../submissions/store.ts'
import { insertDevice, listDevices, liveDevice, readDevice, revokeDevice } from './store.ts'

const add = createRoute({
  method: 'post',
  path: '/api/survey/devices',
  ...guarded('survey.device', 'write', area.of('json.area_code')),
  request: { body: takes(z.object({ label: z.string().trim().min(1).max(100), area_code: z.string() })) },
  responses: {
    200: answers(
      z.object({
        device_id: z.string(),
        key: z.string(),
        server_url: z.string().nullable().describe('Null where the settings do not say how devices reach this server'),
        qr: z.string().nullable(),
      }),
      'A key for a field device, shown this once: its address, and the settings that ODK Collect scans as a QR code',
    ),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/survey/devices',
  // Device keys are hidden from the role that only reads.
  ...guarded('survey.device', 'write', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            device_id: z.string(),
            label: z.string(),
            area_code: z.string(),
            area_name: z.unknown(),
            account_name: z.unknown(),
            created_at: z.string(),
            last_seen_at: z.string().nullable(),
            revoked_at: z.string().nullable(),
          }),
        ),
      }),
      'The device keys of an area',
    ),
  },
})

const revoke = createRoute({
  method: 'post',
  path: '/api/survey/devices/{device_id}/revoke',
  ...guarded('survey.device', 'write', area.entity('device', 'param.device_id')),
  request: { params: z.object({ device_id: z.string() }) },
  responses: { 200: answers(z.object({ revoked_at: z.string() }), 'The key opens nothing any more') },
})

export const deviceRoutes = room()
  .openapi(add, async (c) => {
    const { label, area_code } = c.req.valid('json')
    const { tx, actor, now } = c.var
    const place = await placeOf(tx, area_code)
    permit(actor, 'survey.device', area_code)
    if (actor.account_id === null) throw problem('sign_in_required')
    await holdArea(tx, area_code)
    if (await liveDevice(tx, { account_id: actor.account_id, area_code, label })) {
      throw problem('survey_device_exists', { detail: `A device called "${label}" has a key for ${area_code}.` })
    }
    // Hexadecimal: a key stands in an address, where a device may change the case or cut at a dash when typed by hand.
    const key = Buffer.from(newToken(), 'base64url').toString('hex')
    const device_id = tokenHash(key)
    await insertDevice(tx, { key_hash: device_id, account_id: actor.account_id, area_code, label, created_at: now })
    // Never from the request: whoever asks could name another server, and 127.0.0.1 is no address for a phone.
    const { public_url } = c.var.settings
    const server_url = public_url === undefined ? null : `${public_url.replace(/\/$/, '')}/v1/key/${key}`
    await audit(tx, {
      county_code: place.county_code ?? (await homeCounty(tx, actor.area_code)),
      action: 'survey.device',
      subject_kind: 'device',
      subject_id: device_id,
      detail: { label, area_code },
    })
    const qr = server_url === null ? null : settingsCode({ server_url, name: label })
    return c.json({ device_id, key, server_url, qr }, 200)
  })
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'survey.device', area_code)
    const place = await placeOf(c.var.tx, area_code)
    return c.json({ items: await listDevices(c.var.tx, place.prefix) }, 200)
  })
  .openapi(revoke, async (c) => {
    const { device_id } = c.req.valid('param')
    const { tx, now } = c.var
    const named = await readDevice(tx, device_id)
    if (!named) throw problem('not_found')
    await holdArea(tx, named.area_code)
    const device = (await readDevice(tx, device_id)) ?? named
    permit(c.var.actor, 'survey.device', device.area_code)
    if (device.revoked_at !== null) return c.json({ revoked_at: device.revoked_at }, 200)
    await revokeDevice(tx, device_id, now)
    await audit(tx, {
      county_code: await homeCounty(tx, device.area_code),
      action: 'survey.device_revoke',
      subject_kind: 'device',
      subject_id: device_id,
    })
    return c.json({ revoked_at: now }, 200)
  })
