import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { addressOf } from '#door/sign-in/address.ts'
import type { DoorEnv } from '#door/context.ts'
import { area } from '#door/permit/area-rule.ts'
import { today } from '#door/day.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { room } from '#door/room.ts'
import { actions, mayRole, type Action } from '#door/permit/roles.ts'
import { sessionCookie } from '#door/sign-in/same-site.ts'
import { closeSession, openSession, rolesOf } from '#door/sign-in/sessions.ts'
import { checkPassword } from '#door/sign-in/sign-in.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'

export const wordsSchema = z.object({ en: z.string(), zh: z.string() })

const roleSchema = z.object({
  role: z.string(),
  area_code: z.string(),
  level: z.string(),
  area_name: wordsSchema,
})

const sessionSchema = z
  .object({
    account_id: z.string().nullable(),
    name: wordsSchema.nullable(),
    role: z.string(),
    area_code: z.string().nullable(),
    scope: z.array(z.string()),
    roles: z.array(roleSchema).describe('Every role this person holds, to change between'),
    actions: z.array(z.string()).describe('What this role may do; screens hide what is not here'),
    demo: z.boolean(),
    now: z.string().describe('The time of the request; the demo’s clock stands in its own year'),
    today: z.string().describe('The day of the request where the campaign is, YYYY-MM-DD'),
  })
  .openapi('Session')

const wanted = z.object({ role: z.string(), area_code: z.string() })

/** The session as the browser sees it. */
export async function describeSession(c: Context<DoorEnv>) {
  const { actor, registry, settings } = c.var
  const held = actor.account_id ? await rolesOf(registry, actor.account_id) : []
  return {
    account_id: actor.account_id,
    name: actor.name,
    role: actor.role,
    area_code: actor.area_code,
    scope: actor.scope,
    roles: held.map((each) => ({ ...each, area_name: each.area_name })),
    actions: (Object.keys(actions) as Action[]).filter((action) => mayRole(actor.role, action)),
    demo: settings.demo,
    now: c.var.now,
    today: today(c),
  }
}

/** Hand the session's token to the browser (cookie) and to machines (body). */
export function giveToken(c: Context<DoorEnv>, opened: { token: string; expires_at: string }) {
  setCookie(c, sessionCookie, opened.token, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: c.var.settings.secure_cookies,
    path: '/',
    expires: new Date(opened.expires_at),
  })
  return { token: opened.token, expires_at: opened.expires_at }
}

/** Open a session for somebody who has shown who he is, and record that he came in. */
export async function enterAs(
  c: Context<DoorEnv>,
  door: string,
  account_id: string,
  as?: { role: string; area_code: string },
): Promise<{ token: string; expires_at: string }> {
  const opened = await openSession(c.var.registry, account_id, c.var.now, as, c.req.header('user-agent'))
  await transact(c.var.registry, { ...SYSTEM, account_id }, (tx) =>
    audit(tx, {
      county_code: NATION,
      action: 'session.open',
      subject_kind: 'account',
      subject_id: account_id,
      detail: { door, address: addressOf(c) },
    }),
  )
  return opened
}

export const tokenSchema = z.object({ token: z.string(), expires_at: z.string() })

const show = createRoute({
  method: 'get',
  path: '/api/session',
  ...guarded('session.read', 'by hand', area.public),
  responses: { 200: answers(sessionSchema, 'Who is signed in, in which role') },
})

const signIn = createRoute({
  method: 'post',
  path: '/api/session',
  ...guarded('session.open', 'by hand', area.public),
  request: {
    body: takes(
      z.object({ login: z.string().min(1).max(200), password: z.string().min(1).max(1000), as: wanted.optional() }),
    ),
  },
  responses: { 200: answers(tokenSchema, 'A session; the token is shown once') },
})

const changeRole = createRoute({
  method: 'put',
  path: '/api/session',
  ...guarded('session.change', 'by hand', area.account),
  request: { body: takes(wanted) },
  responses: { 200: answers(tokenSchema, 'A new session in another role of the same person') },
})

const signOut = createRoute({
  method: 'delete',
  path: '/api/session',
  ...guarded('session.close', 'by hand', area.public),
  responses: { 200: answers(z.object({ signed_out: z.boolean() }), 'The session is closed') },
})

function tokenOf(c: Context<DoorEnv>): string | undefined {
  return /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? getCookie(c, sessionCookie)
}

export const sessionRoutes = room()
  .openapi(show, async (c) => c.json(await describeSession(c), 200))
  .openapi(signIn, async (c) => {
    const { login, password, as } = c.req.valid('json')
    const account_id = await checkPassword(c, 'password', login, password)
    return c.json(giveToken(c, await enterAs(c, 'password', account_id, as)), 200)
  })
  .openapi(changeRole, async (c) => {
    const { actor, registry, now } = c.var
    const opened = await openSession(
      registry,
      actor.account_id ?? '',
      now,
      c.req.valid('json'),
      c.req.header('user-agent'),
    )
    const old = tokenOf(c)
    if (old) await closeSession(registry, old)
    return c.json(giveToken(c, opened), 200)
  })
  .openapi(signOut, async (c) => {
    const token = tokenOf(c)
    if (token) await closeSession(c.var.registry, token)
    deleteCookie(c, sessionCookie, { path: '/' })
    return c.json({ signed_out: token !== undefined }, 200)
  })
