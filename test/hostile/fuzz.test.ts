import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { poor } from '#test/steps/appraisals.ts'
import { someRegistered } from '#test/steps/registered.ts'
import { openWorld, type World } from '#test/world.ts'
import { fuzz, routesOf, type Document } from './fuzz.ts'
import { pick } from './random.ts'

// `npm run check:fuzz` sends ten thousand; every run of the tests sends a few to each route.
const count = Number(process.env['FUZZ'] ?? 600)
const seed = Number(process.env['SEED'] ?? 20261130)
const only = process.env['ONLY'] ? new RegExp(process.env['ONLY']) : undefined

let world: World
let document: Document
const tokens: (string | null)[] = []
beforeAll(async () => {
  world = await openWorld()
  await someRegistered(world, [poor, poor])
  const logins = ['zhong.wei', 'committee.001', 'analyst', 'admin', 'evaluator', 'inspector', 'auditor', 'township']
  const accounts = await world.registry.app.selectFrom('account').select('login').orderBy('login').execute()
  const known = accounts.map((each) => each.login)
  const others = ['surveyor.001.1', 'committee.001', 'zhong.wei']
  const one_each = known.filter((login) => !/^(?:surveyor|committee)\./.test(login))
  for (const login of new Set([...one_each, ...others, ...logins])) {
    if (known.includes(login)) tokens.push(await world.token(login))
  }
  tokens.push(null)
  document = (await (await world.request('/api/openapi.json')).json()) as Document
}, 120_000)
afterAll(async () => {
  await world.rollback()
  await world.close()
})

test(`${count} odd requests to every route: no answer is 5xx`, async () => {
  const { registry, village_codes, county_code } = world
  const column = async (table: 'household' | 'register_entry' | 'submission' | 'form' | 'account', name: string) => {
    const rows = await registry.owner.selectFrom(table).selectAll().limit(5).execute()
    return rows.map((row) => (row as Record<string, unknown>)[name]).filter((value) => value !== undefined)
  }
  const values = {
    area_code: [county_code, ...village_codes.slice(0, 2), '36', 'CN'],
    county_code: [county_code],
    household_id: await column('household', 'household_id'),
    form_id: await column('form', 'form_id'),
    version: await column('form', 'version'),
    instance_id: await column('submission', 'instance_id'),
    login: ['zhong.wei', 'new.person'],
    role: ['county_officer', 'village_committee', 'auditor'],
    account_id: await column('account', 'account_id'),
    year: [2014, 2015],
    language: ['en', 'zh'],
  }
  // What was not foreseen is logged with its request; here it stands in the failures.
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const found = await fuzz(document, values, { seed, count, ...(only ? { only } : {}) }, async (request, random) => {
    const token = pick(random, tokens)
    const headers = { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) }
    const init = { method: request.method, headers, ...(request.body === undefined ? {} : { body: request.body }) }
    let answer: Response
    try {
      answer = await world.request(request.path, init)
    } catch (error) {
      // Headers that no HTTP client can send are refused by Request itself.
      if (error instanceof TypeError && /ByteString|Invalid/.test(error.message)) return { status: 400, text: '' }
      throw error
    }
    return { status: answer.status, text: await answer.text() }
  })
  const reasons = logged.mock.calls.map((call) =>
    call
      .map((each) => (each instanceof Error ? (each.stack ?? '').slice(0, 700) : String(each).slice(0, 200)))
      .join(' '),
  )
  logged.mockRestore()
  console.log(`seed ${seed}: ${found.requests} requests to ${found.routes} routes: ${JSON.stringify(found.answers)}`)
  const told = found.failures.map(
    ({ request, status, text }) =>
      `${status} ${request.kind} ${request.method} ${request.path.slice(0, 200)} ${String(request.body ?? '').slice(0, 200)} -> ${text.slice(0, 250)}`,
  )
  if (told.length > 0) console.log([...told, ...reasons.slice(0, Number(process.env['REASONS'] ?? 10))].join('\n\n'))
  expect(found.failed).toBe(0)
  // Not everything is turned away at the door: a part of the requests is served.
  expect(found.answers['2xx'] ?? 0).toBeGreaterThan(count / 50)
}, 3_600_000)

test('every route is in the document that the requests are made from', () => {
  const documented = new Set(
    routesOf(document).map(({ method, path }) => `${method} ${path.replaceAll(/\{(.+?)\}/g, ':$1')}`),
  )
  const missing = world.routes.filter((route) => / \/api\//.test(route) && !documented.has(route))
  // The document itself, its page and the sign of life.
  expect(missing.filter((route) => !/\/api\/(?:health|openapi\.json|docs)/.test(route))).toEqual([])
})
