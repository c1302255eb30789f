// Every list over the database's own roles. Other tests share one connection that may do everything (registry/testing/pinned.ts):
// a query that the role for reading may not make is seen here alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mayRole, type Action, type Role } from '#door/permit/roles.ts'
import { openSession } from '#door/sign-in/sessions.ts'
import type { Registry } from '#registry/open.ts'
import { exampleOf, type Schema } from '#test/schema-example.ts'
import { placedRegistry, readPack, worldSettings } from '#test/world.ts'
import { makeApp } from './app.ts'

const now = '2015-12-20T08:00:00.000Z'
const people: [Role, string][] = [
  ['county_officer', 'zhong.wei'],
  ['township_officer', 'li.guoqiang'],
  ['administrator', 'deng.kai'],
  ['auditor', 'he.zhiyuan'],
  ['evaluator', 'sun.yifan'],
  ['inspector', 'zhao.ruixue'],
  ['province_analyst', 'hu.min'],
]
const own_places: Record<string, string> = { township_officer: '360781107' }
const named: Record<string, string> = { form_id: 'household_card', version: '2014.1', indicator_code: 'income' }

let registry: Registry
let app: ReturnType<typeof makeApp>
let folder: string
beforeAll(async () => {
  const pack = await readPack()
  registry = await placedRegistry(pack)
  folder = mkdtempSync(join(tmpdir(), 'doorstep-read-'))
  app = makeApp({ registry, settings: worldSettings(folder), pack, clock: () => now })
})
afterAll(async () => {
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
})

test('whatever a role may read, the database lets it read', async () => {
  const document = (await (await app.request('/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>
  }
  const denied: string[] = []
  let answered = 0
  for (const [role, login] of people) {
    const { account_id } = await registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
    const { token } = await openSession(registry, account_id, now)
    const area_code = own_places[role] ?? '360781'
    for (const [path, item] of Object.entries(document.paths)) {
      const route = item['get']
      if (!route || !mayRole(role, route['x-action'] as Action)) continue
      const parameters = (route['parameters'] ?? []) as {
        name: string
        in: string
        required?: boolean
        schema: Schema
      }[]
      const query = new URLSearchParams()
      let filled = path
      for (const { name, in: where, required, schema } of parameters) {
        const value = /^(area|county)_code$/.test(name)
          ? area_code
          : (named[name] ?? String(exampleOf({}, schema, new Map())))
        if (where === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value))
        if (where === 'query' && (required || name === 'area_code')) query.set(name, value)
      }
      const answer = await app.request(`${filled}?${query}`, { headers: { authorization: `Bearer ${token}` } })
      const text = answer.status < 400 ? '' : await answer.text()
      if (answer.status < 400) answered += 1
      // A refusal of the door says which role and action; one of the database says nothing.
      if (answer.status >= 500 || (text.includes('"not_permitted"') && !text.includes('"detail"')))
        denied.push(`${role} GET ${path}: ${answer.status} ${text.slice(0, 200)}`)
    }
  }
  expect(denied).toEqual([])
  expect(answered).toBeGreaterThan(100)
})
