import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { openWorld, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.rollback())
afterAll(() => world.close())

const json = { 'content-type': 'application/json' }

test('health answers 200 with JSON once the app stands', async () => {
  const answer = await world.request('/api/health')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ state: 'ready', demo: true })
})

test('a path that is not there is a problem in the reader’s language', async () => {
  const answer = await world.request('/api/nothing', { headers: { 'accept-language': 'zh-CN' } })
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await answer.json()).toMatchObject({ code: 'not_found', title: '未找到' })
})

test('a body that is no JSON, and one that does not fit, say what is wrong and where', async () => {
  const broken = await world.request('/api/session', { method: 'POST', body: '{', headers: json })
  expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([422, 'request_invalid'])
  const empty = await world.request('/api/session', { method: 'POST', body: '{}', headers: json })
  const told = (await empty.json()) as { code: string; errors: { path: string }[] }
  expect(told.code).toBe('request_invalid')
  expect(told.errors.map((error) => error.path).sort()).toEqual(['login', 'password'])
})

test('a cookie alone changes nothing: another site cannot act in a reader’s name', async () => {
  const cookie = `doorstep_session=${await world.token('zhong.wei')}`
  const path = '/api/audit/verify'
  const foreign = await world.request(path, { method: 'POST', headers: { cookie } })
  expect(((await foreign.json()) as { code: string }).code).toBe('cross_site_request')
  const own = await world.request(path, { method: 'POST', headers: { cookie, 'x-doorstep': '1' } })
  expect(own.status).not.toBe(403)
})

test('pages and the API’s own page load nothing from elsewhere', async () => {
  const answer = await world.request('/api/docs')
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(await answer.text()).not.toMatch(/https?:\/\//)
})

test('the eleventh wrong password within a minute waits', async () => {
  const attempt = () =>
    world.request('/api/session', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ login: 'nobody.at.all', password: 'wrong password' }),
    })
  const codes: string[] = []
  for (let tries = 0; tries < 11; tries += 1) codes.push(((await (await attempt()).json()) as { code: string }).code)
  expect(codes.slice(0, 10).every((code) => code === 'sign_in_failed')).toBe(true)
  expect(codes[10]).toBe('too_many_requests')
})
