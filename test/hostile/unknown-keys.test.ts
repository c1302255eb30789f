import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { mayRole, roles, type Action, type Role } from '#door/permit/roles.ts'
import { strictly } from '#door/strict.ts'
import { openWorld, type World } from '#test/world.ts'
import { routesOf, type Document, type Route } from './fuzz.ts'
import { fitting, type Schema } from './schema.ts'
import { seeded } from './random.ts'

let world: World
let document: Document
const people_of = new Map<Role, { token: string; area_code: string }>()
beforeAll(async () => {
  world = await openWorld()
  const people = await world.registry.app
    .selectFrom('account')
    .innerJoin('account_role', 'account_role.account_id', 'account.account_id')
    .select(['login', 'role', 'account_role.area_code'])
    .execute()
  for (const role of roles) {
    const one = people.find((each) => each.role === role)
    if (one) people_of.set(role, { token: await world.token(one.login), area_code: one.area_code })
  }
  document = (await (await world.request('/api/openapi.json')).json()) as Document
}, 120_000)
afterAll(async () => {
  await world.rollback()
  await world.close()
})

const bodyOf = (route: Route): Schema | undefined => route.operation.requestBody?.content?.['application/json']?.schema
const name = 'nobody_knows_this_key'

/** The same value once for each object in it that has named fields, with one key more there. */
function withOneMore(value: unknown, schema: Schema): unknown[] {
  const named = (schema.anyOf ?? schema.oneOf) ? undefined : schema.properties
  if (Array.isArray(value)) {
    return value.flatMap((each, at) =>
      withOneMore(each, schema.items ?? {}).map((changed) =>
        value.map((other, index) => (index === at ? changed : other)),
      ),
    )
  }
  if (typeof value !== 'object' || value === null || !named) return []
  const inner = Object.entries(value).flatMap(([key, part]) =>
    withOneMore(part, named[key] ?? {}).map((changed) => ({ ...value, [key]: changed })),
  )
  return [{ ...value, [name]: 1 }, ...inner]
}

test('every route with a body refuses a key it does not know, by name, wherever it stands', async () => {
  const schemas = document.components?.schemas ?? {}
  const random = seeded(1)
  const lax: string[] = []
  let tried = 0
  for (const route of routesOf(document)) {
    const schema = bodyOf(route)
    if (!schema) continue
    const action = (route.operation as { 'x-action'?: Action })['x-action']
    const role = action ? [...people_of.keys()].find((each) => mayRole(each, action)) : undefined
    const person = role && people_of.get(role)
    // Places are looked at before the body's keys: his own, so that it is the key that he is refused for.
    const place = [person?.area_code ?? world.county_code]
    const known = { schemas, values: { area_code: place, county_code: place } }
    const path = route.path.replaceAll(/\{(\w+)\}/g, '7b1c7d0e-58ec-4b5f-9d0a-3a1c7d4f0b11')
    for (const body of withOneMore(fitting(schema, 'body', known, random), schema)) {
      tried += 1
      const headers = {
        'content-type': 'application/json',
        ...(person ? { authorization: `Bearer ${person.token}` } : {}),
      }
      const answer = await world.request(path, { method: route.method, headers, body: JSON.stringify(body) })
      const text = await answer.text()
      const told = answer.status === 422 && text.includes('request_invalid') && text.includes(name)
      if (!told)
        lax.push(
          `${route.method} ${route.path} ${answer.status} ${JSON.stringify(body).slice(0, 150)} ${text.slice(0, 150)}`,
        )
    }
  }
  expect(lax).toEqual([])
  expect(tried).toBeGreaterThan(60)
}, 600_000)

test('objects inside lists, unions, defaults and records are strict too; those that say otherwise stay open', () => {
  const inner = z.object({ a: z.number() })
  const schema = strictly(
    z.object({
      list: z.array(inner).default([]),
      either: z.union([inner, z.string()]).optional(),
      by_name: z.record(z.string(), inner).optional(),
      open: z.looseObject({ a: z.number() }).optional(),
      anything: z.unknown(),
    }),
  )
  expect(schema.safeParse({ list: [{ a: 1 }], open: { a: 1, b: 2 }, anything: { x: 1 } }).success).toBe(true)
  for (const wrong of [
    { more: 1 },
    { list: [{ a: 1, b: 2 }] },
    { either: { a: 1, b: 2 } },
    { by_name: { x: { a: 1, b: 2 } } },
  ]) {
    expect(schema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
  }
})
