// F43-F45, F49, F50: where a route acts is declared beside who may, and the door holds it to its word.
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { makeApp } from './app.ts'
import { openWorld, type World } from '#test/world.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { covers, ownScope, reachesNothing } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { readSettings } from '#door/settings.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const done = { 200: answers(z.object({ ok: z.boolean() }), 'done') }
const body = { body: takes(z.looseObject({})) }
const probe = room()
  .openapi(
    createRoute({
      method: 'post',
      path: '/probe/forgets',
      ...guarded('area.read', 'write', area.entity('household', 'json.household_id')),
      request: body,
      responses: done,
    }),
    async (c) => {
      await c.var.tx
        .insertInto('setting')
        .values({ key: 'probe', value: '1', updated_at: c.var.now })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: '2' }))
        .execute()
      const { looks } = c.req.valid('json')
      if (looks === 'covers') covers(c.var.actor, '360781')
      if (looks === 'nothing') reachesNothing(c.var.actor)
      if (looks === 'own') ownScope(c.var.actor)
      return c.json({ ok: true }, 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/probe/of',
      ...guarded('area.read', 'read', area.of('json.items[].area_code')),
      request: body,
      responses: done,
    }),
    (c) => c.json({ ok: true }, 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/probe/nation',
      ...guarded('area.read', 'read', area.nation),
      responses: done,
    }),
    (c) => c.json({ ok: true }, 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/probe/query',
      ...guarded('area.read', 'read', area.of('query.area_code')),
      responses: done,
    }),
    (c) => c.json({ ok: true }, 200),
  )

const ask = async (path: string, json?: unknown, login = 'zhong.wei') => {
  const { registry, pack } = world
  const settings = readSettings({ DOORSTEP_DEMO: '1' }, '/')
  const app = makeApp({ registry, settings, pack, clock: () => '2014-05-01T08:00:00.000Z' })
  app.route('/', probe)
  const headers = { authorization: `Bearer ${await world.token(login)}`, 'content-type': 'application/json' }
  const init = json === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(json) }
  const answer = await app.fetch(new Request(`http://doorstep${path}`, init))
  return `${answer.status} ${((await answer.json()) as { code?: string }).code ?? 'ok'}`
}
const written = async () =>
  (await world.registry.owner.selectFrom('setting').select('key').where('key', '=', 'probe').execute()).length

test('an act that did not look at the area it declared answers nothing and leaves nothing', async () => {
  expect(await ask('/probe/forgets', {})).toBe('500 internal_error')
  expect(await ask('/probe/forgets', { looks: 'own' })).toBe('500 internal_error')
  expect(await written()).toBe(0)
  expect(await ask('/probe/forgets', { looks: 'covers' })).toBe('200 ok')
  expect(await ask('/probe/forgets', { looks: 'nothing' })).toBe('200 ok')
})

test('an area code in the request is held against the actor’s own before the act begins', async () => {
  const of = (...codes: unknown[]) => ask('/probe/of', { items: codes.map((area_code) => ({ area_code })) })
  expect(await of('360781', '360781107')).toBe('200 ok')
  for (const foreign of ['36078', '360782', '44', '', '*', '%', 'CN', '3607 81'])
    expect(await of('360781', foreign), foreign).toBe('403 outside_area')
  // What is no text was not looked at, and so is not answered.
  expect(await of('360781', ['360782'])).toBe('500 internal_error')
  expect(await ask('/probe/of', { elsewhere: '360781' })).toBe('500 internal_error')
  expect(await ask('/probe/of', Object.create({ items: [{ area_code: '360781' }] }))).toBe('500 internal_error')
})

test('each of several values in an address is looked at', async () => {
  expect(await ask('/probe/query?area_code=360781')).toBe('200 ok')
  expect(await ask('/probe/query?area_code=360781&area_code=360782')).toBe('403 outside_area')
  expect(await ask('/probe/query')).toBe('500 internal_error')
})

test('what is the nation’s is for those whose area is the nation', async () => {
  expect(await ask('/probe/nation')).toBe('403 outside_area')
  expect(await ask('/probe/nation', undefined, 'hu.min')).toBe('403 outside_area')
  expect(await ask('/probe/nation', undefined, 'deng.kai')).toBe('200 ok')
})

test('a route that does not say where it acts does not build', () => {
  // @ts-expect-error the area rule is missing
  expect(() => guarded('area.read', 'read')).toThrow('does not say where it acts')
})
