// What a body may hold: JSON of a size, a depth and characters that can be stored, and no field that nobody knows.
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { DoorEnv } from './context.ts'
import { Problem } from './problems.ts'
import { readBody } from './read-body.ts'
import { strictly } from './strict.ts'

describe('no field that nobody knows', () => {
  const inner = z.object({ a: z.number() })
  const refuses = (schema: z.ZodType, value: unknown) => !strictly(schema).safeParse(value).success

  test.each<[string, z.ZodType, unknown, unknown]>([
    ['itself', inner, { a: 1 }, { a: 1, b: 2 }],
    ['in an object', z.object({ in: inner }), { in: { a: 1 } }, { in: { a: 1, b: 2 } }],
    ['in a list', z.array(inner), [{ a: 1 }], [{ a: 1 }, { a: 1, b: 2 }]],
    ['in a record', z.record(z.string(), inner), { x: { a: 1 } }, { x: { a: 1, b: 2 } }],
    ['in a union', z.union([z.string(), inner]), { a: 1 }, { a: 1, b: 2 }],
    ['where it may be missing', z.object({ in: inner.optional() }), {}, { in: { a: 1, b: 2 } }],
    ['where it may be null', inner.nullable(), null, { a: 1, b: 2 }],
    ['with a default', z.object({ in: inner.default({ a: 0 }) }), {}, { in: { a: 1, b: 2 } }],
    ['read-only', inner.readonly(), { a: 1 }, { a: 1, b: 2 }],
    ['before it is changed', inner.transform(({ a }) => a), { a: 1 }, { a: 1, b: 2 }],
  ])('%s', (_, schema, good, bad) => {
    expect(refuses(schema, good)).toBe(false)
    expect(refuses(schema, bad)).toBe(true)
    // Without it the field is dropped, and nobody is told.
    expect(schema.safeParse(bad).success).toBe(true)
  })

  test('what says itself what else it takes stays as it is', () => {
    expect(refuses(z.looseObject({ a: z.number() }), { a: 1, b: 2 })).toBe(false)
    expect(refuses(inner.catchall(z.string()), { a: 1, b: 'x' })).toBe(false)
    expect(refuses(inner.catchall(z.string()), { a: 1, b: 2 })).toBe(true)
    expect(strictly(z.object({ in: inner.default({ a: 7 }) })).parse({})).toEqual({ in: { a: 7 } })
  })
})

/** A door that reads bodies, for somebody who is signed in or nobody. */
function door(account_id: string | null) {
  const app = new Hono<DoorEnv>()
  app.use(async (c, next) => {
    c.set('actor', { account_id, name: null, role: 'public', area_code: null, scope: [] })
    await next()
  })
  app.use(readBody)
  app.all('*', async (c) => c.json(c.req.method === 'GET' ? 'read' : await c.req.json()))
  app.onError((error, c) =>
    error instanceof Problem ? c.json({ code: error.code, detail: error.extras.detail }, 400) : c.json('broken', 500),
  )
  return async (body: BodyInit | null, { method = 'POST', type = 'application/json', path = '/' } = {}) => {
    const answer = await app.request(path, { method, body, headers: { 'content-type': type } })
    return [answer.status, JSON.stringify(await answer.json())] as const
  }
}

describe('bodies', () => {
  const send = door('a1')

  test('JSON reaches the route as it was sent', async () => {
    expect(await send('{"a":[1,"\\u00e9\\ud83d\\ude00"]}')).toEqual([200, '{"a":[1,"é😀"]}'])
    expect(await send('1', { type: 'application/problem+json; charset=utf-8' })).toEqual([200, '1'])
  })

  test.each([
    ['no JSON', '{"a":', 'not JSON'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'not UTF-8'],
    ['a zero character', '"a\\u0000"', 'zero character'],
    ['one in a key', '{"a\\u0000":1}', 'zero character'],
    ['half of a character', '{"x":["\\ud83d"]}', 'lone surrogate'],
    ['the other half', '"\\uDE00"', 'lone surrogate'],
    ['61 levels', `${'['.repeat(61)}${']'.repeat(61)}`, 'more than 60 levels'],
    ['61 levels of either bracket', `${'[{"a":'.repeat(30)}[1]${'}]'.repeat(30)}`, 'more than 60 levels'],
  ])('%s is refused', async (_, body, detail) => {
    const [status, text] = await send(body)
    expect(status).toBe(400)
    expect(text).toContain('request_invalid')
    expect(text).toContain(detail)
  })

  test('60 levels are taken; brackets in texts and side by side are no depth', async () => {
    for (const body of [
      `${'['.repeat(60)}${']'.repeat(60)}`,
      JSON.stringify('['.repeat(100)),
      JSON.stringify(`\\"${'{'.repeat(100)}`),
      JSON.stringify(Array.from({ length: 200 }, () => ({ a: [] }))),
    ])
      expect((await send(body))[0]).toBe(200)
  })

  test('from nobody in particular 64,000 bytes, from who is signed in 12 million', async () => {
    const of = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`
    const stranger = door(null)
    expect((await stranger(of(64_000)))[0]).toBe(200)
    expect((await stranger(of(64_001)))[1]).toContain('body_too_large')
    expect((await send(of(64_001)))[0]).toBe(200)
    expect((await send(of(12_000_000)))[0]).toBe(200)
    expect((await send(of(12_000_001)))[1]).toContain('body_too_large')
  })

  test('other kinds of body are the routes’ own; an address with a zero character is nobody’s', async () => {
    expect(await send('{"a":1}', { type: 'text/plain' })).toEqual([200, '{"a":1}'])
    expect(await send('"\\u0000"', { type: 'application/jsonp' })).toEqual([200, '"\\u0000"'])
    expect((await send(null, { method: 'GET' }))[0]).toBe(200)
    expect((await send(null, { method: 'GET', path: '/?q=%00' }))[1]).toContain('zero character')
  })
})
