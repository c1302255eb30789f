import { describe, expect, test } from 'vitest'
import type { Entered, EnteredToWrite } from './context.ts'
import { answers, guarded } from './enter.ts'
import { area } from './permit/area-rule.ts'
import { room } from './room.ts'
import { createRoute } from './route.ts'
import { z } from '@hono/zod-openapi'

const route = { method: 'get', responses: { 200: answers(z.object({}), 'Nothing') } } as const
const read = createRoute({ ...route, path: '/read', ...guarded('area.read', 'read', area.own) })
const write = createRoute({ ...route, path: '/write', ...guarded('area.read', 'write', area.own) })

// Never called: each line marked must not compile, or the check of types fails.
export const types = [
  // @ts-expect-error a route says who may take it, and where
  () => createRoute({ ...route, path: '/open' }),
  // @ts-expect-error and at least one area
  () => guarded('area.read', 'read'),
  () => room().openapi(write, async (c) => c.json(await writes(c), 200)),
  () => room().openapi(read, async (c) => c.json(await reads(c), 200)),
  () => room().openapi(write, async (c) => c.json(await reads(c), 200)),
  // @ts-expect-error a route that reads has nothing that writes
  () => room().openapi(read, async (c) => c.json(await writes(c), 200)),
  // @ts-expect-error nor by itself
  () => room().openapi(read, async (c) => c.json(await c.var.tx.deleteFrom('setting').execute(), 200)),
]
async function reads(c: Entered) {
  return { count: (await c.var.tx.selectFrom('setting').select('key').execute()).length }
}
async function writes(c: EnteredToWrite) {
  return { count: (await c.var.tx.deleteFrom('setting').execute()).length }
}

describe('createRoute', () => {
  test('carries what the door and the tests of all routes read', () => {
    expect(read).toMatchObject({ 'x-action': 'area.read', 'x-mode': 'read', 'x-area': [area.own] })
  })
})
