import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { readSettings } from '#door/settings.ts'
import { makeApp } from '#server/app.ts'
import { openWorld, type World } from './world.ts'
import { readSettingsCode } from '#cycle/01-survey/receive/device.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.rollback())
afterAll(() => world.close())

/** A key made by a request that names another server as its host. */
async function keyFrom(environment: Record<string, string>) {
  const settings = readSettings({ DOORSTEP_DEMO: '1', ...environment }, '/')
  const app = makeApp({ registry: world.registry, settings, pack: world.pack, clock: () => '2014-05-01T08:00:00.000Z' })
  const village = world.village_codes[0] ?? ''
  const answer = await app.request('http://evil.example/api/survey/devices', {
    method: 'POST',
    headers: {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'content-type': 'application/json',
      authorization: `Bearer ${await world.token(`surveyor.${village.slice(9)}.1`)}`,
    },
    body: JSON.stringify({ label: 'Tablet', area_code: village }),
  })
  expect(answer.status).toBe(200)
  const text = await answer.text()
  expect(text).not.toContain('evil.example')
  return JSON.parse(text) as { key: string; server_url: string | null; qr: string | null }
}

test('the address a device is shown comes from the settings, whatever host a request names', async () => {
  const made = await keyFrom({ DOORSTEP_PUBLIC_URL: 'https://register.example/office/' })
  expect(made.server_url).toBe(`https://register.example/office/v1/key/${made.key}`)
  expect(readSettingsCode(made.qr ?? '')).toMatchObject({
    general: { server_url: made.server_url, form_update_mode: 'match_exactly' },
    admin: {},
  })
})

test('where the settings do not say it, nothing is shown that no phone can open', async () => {
  expect(await keyFrom({})).toMatchObject({ server_url: null, qr: null })
})
