import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { roles } from '#door/permit/roles.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { failedSecret } from '#door/sign-in/sign-in.ts'
import { enterAs as openAs, giveToken, tokenSchema, wordsSchema } from './session.ts'

const personSchema = z.object({
  login: z.string(),
  name: wordsSchema,
  role: z.string(),
  area_code: z.string(),
  level: z.string(),
  area_name: wordsSchema,
})

const people = createRoute({
  method: 'get',
  path: '/api/demo/people',
  ...guarded('session.read', 'by hand', area.public),
  responses: { 200: answers(z.object({ people: z.array(personSchema) }), 'The people of the demo township, by role') },
})

const enterAs = createRoute({
  method: 'post',
  path: '/api/demo/session',
  ...guarded('session.open', 'by hand', area.public),
  request: {
    body: takes(z.object({ login: z.string(), role: z.string().optional(), area_code: z.string().optional() })),
  },
  responses: { 200: answers(tokenSchema, 'A session without a password; only where the demo is on') },
})

export const demoRoutes = room()
  .openapi(people, async (c) => {
    if (!c.var.settings.demo) return c.json({ people: [] }, 200)
    const found = await c.var.registry.app
      .selectFrom('account')
      .innerJoin('account_role', 'account_role.account_id', 'account.account_id')
      .innerJoin('area', 'area.area_code', 'account_role.area_code')
      .select([
        'account.login',
        'account.name',
        'account_role.role',
        'account_role.area_code',
        'area.level',
        'area.name as area_name',
      ])
      .where('account.disabled_at', 'is', null)
      .where('account.demo', '=', true)
      .orderBy('account.login')
      .execute()
    // By role, in the campaign's own order: from the door to the auditor.
    const place = (role: string) => roles.findIndex((each) => each === role)
    return c.json({ people: found.toSorted((a, b) => place(a.role) - place(b.role)) }, 200)
  })
  .openapi(enterAs, async (c) => {
    const { login, role, area_code } = c.req.valid('json')
    const account = c.var.settings.demo
      ? await c.var.registry.app
          .selectFrom('account')
          .select('account_id')
          .where('login', '=', login)
          .where('disabled_at', 'is', null)
          .where('demo', '=', true)
          .executeTakeFirst()
      : undefined
    if (!account) await failedSecret(c, 'demo')
    if (!account) throw problem('not_found', { detail: `No demo person has the login ${login}.` })
    const wanted = role && area_code ? { role, area_code } : undefined
    return c.json(giveToken(c, await openAs(c, 'demo', account.account_id, wanted)), 200)
  })
