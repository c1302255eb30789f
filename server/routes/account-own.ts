// What everybody may do to his own account: the password, and the sessions that are open.
import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { tokenOf } from '#door/sign-in/find-actor.ts'
import { longest, mustBeStrong } from '#door/sign-in/password-rules.ts'
import { hashPassword } from '#door/sign-in/passwords.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { checkPassword, trySecret } from '#door/sign-in/sign-in.ts'
import { steadyIso } from '#door/steady.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import { sameSecret } from '#registry/secrets/secrets.ts'
import { SYSTEM, transact, type Tx } from '#registry/transaction.ts'
import { codeHash } from '#server/accounts/act.ts'
import { codeOf, endSession, endSessions, sessionsOf, setPassword, useCode } from '#server/accounts/store.ts'
import { enterAs, giveToken, tokenSchema, wordsSchema } from './session.ts'

const password = z.string().max(longest)

const sessions = createRoute({
  method: 'get',
  path: '/api/account/sessions',
  // Sessions are hidden from the role that only reads.
  ...guarded('account.own', 'write', area.account),
  responses: {
    200: answers(
      z.object({
        sessions: z.array(
          z.object({
            session_id: z.string(),
            this_one: z.boolean().describe('The session that asks'),
            role: z.string(),
            area_code: z.string(),
            area_name: wordsSchema.nullable(),
            user_agent: z.string().nullable(),
            expires_at: z.string(),
          }),
        ),
        can_change_password: z.boolean(),
      }),
      'Where the asker is signed in',
    ),
  },
})

const end = createRoute({
  method: 'delete',
  path: '/api/account/sessions/{session_id}',
  ...guarded('account.own', 'write', area.account),
  request: { params: z.object({ session_id: z.string().length(16) }) },
  responses: { 200: answers(z.object({ ended: z.boolean() }), 'That session is closed') },
})

const endAll = createRoute({
  method: 'post',
  path: '/api/account/sign-out-everywhere',
  ...guarded('account.own', 'write', area.account),
  responses: { 200: answers(z.object({ ended: z.number() }), 'Every session is closed, this one too') },
})

const change = createRoute({
  method: 'post',
  path: '/api/account/password',
  ...guarded('account.own', 'by hand', area.account),
  request: { body: takes(z.object({ old_password: password, password })) },
  responses: { 200: answers(tokenSchema, 'The new password holds; all other sessions are closed') },
})

const useOnce = createRoute({
  method: 'post',
  path: '/api/account/code',
  ...guarded('account.code', 'by hand', area.public),
  request: { body: takes(z.object({ login: z.string().min(1).max(64), code: z.string().min(1).max(64), password })) },
  responses: { 200: answers(tokenSchema, 'The code is used up, the password holds, and a session is open') },
})

const told = (tx: Tx, action: string, account_id: string): Promise<void> =>
  audit(tx, { county_code: NATION, action, subject_kind: 'account', subject_id: account_id })

export const ownAccountRoutes = room()
  .openapi(sessions, async (c) => {
    const { tx, actor } = c.var
    const account_id = actor.account_id ?? ''
    const account = await tx
      .selectFrom('account')
      .select('password_hash')
      .where('account_id', '=', account_id)
      .executeTakeFirst()
    const open = await sessionsOf(tx, account_id, steadyIso(), tokenOf(c))
    return c.json({ sessions: open, can_change_password: typeof account?.password_hash === 'string' }, 200)
  })
  .openapi(end, async (c) => {
    const ended = await endSession(c.var.tx, c.var.actor.account_id ?? '', c.req.valid('param').session_id)
    if (!ended) throw problem('not_found', { detail: 'You have no such session.' })
    return c.json({ ended }, 200)
  })
  .openapi(endAll, async (c) => {
    const account_id = c.var.actor.account_id ?? ''
    const ended = await endSessions(c.var.tx, account_id)
    await told(c.var.tx, 'account.sign_out_everywhere', account_id)
    return c.json({ ended }, 200)
  })
  .openapi(change, async (c) => {
    const { registry, actor, now } = c.var
    const input = c.req.valid('json')
    const account_id = actor.account_id ?? ''
    const { login } = await registry.app
      .selectFrom('account')
      .select('login')
      .where('account_id', '=', account_id)
      .executeTakeFirstOrThrow()
    await checkPassword(c, 'password', login, input.old_password)
    mustBeStrong(input.password, { login, names: Object.values(actor.name ?? {}) })
    if (input.password === input.old_password)
      throw problem('password_weak', { errors: [{ path: 'password', message: 'same' }] })
    const password_hash = await hashPassword(input.password)
    await transact(registry, actor, async (tx) => {
      await setPassword(tx, account_id, password_hash, now)
      await told(tx, 'account.password', account_id)
    })
    const as = actor.area_code === null ? undefined : { role: actor.role, area_code: actor.area_code }
    return c.json(giveToken(c, await enterAs(c, 'password', account_id, as)), 200)
  })
  .openapi(useOnce, async (c) => {
    const { registry, now } = c.var
    const input = c.req.valid('json')
    const code_hash = codeHash(input.code)
    const found = await transact(registry, SYSTEM, (tx) => codeOf(tx, input.login, steadyIso()))
    const right = async (of: typeof found) => of?.code_hash != null && sameSecret(of.code_hash, code_hash)
    const account = await trySecret(c, 'code', input.login, found, right, 'code_wrong')
    // Refused before the code is used up.
    mustBeStrong(input.password, { login: input.login, names: Object.values({ ...account.name }) })
    const password_hash = await hashPassword(input.password)
    await transact(registry, SYSTEM, async (tx) => {
      if (!(await useCode(tx, account.account_id, code_hash))) throw problem('code_wrong')
      await setPassword(tx, account.account_id, password_hash, now)
      await told(tx, 'account.code_used', account.account_id)
    })
    return c.json(giveToken(c, await enterAs(c, 'code', account.account_id)), 200)
  })
