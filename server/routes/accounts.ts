import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { longest } from '#door/sign-in/password-rules.ts'
import { ownScope } from '#door/permit/permit.ts'
import { roles } from '#door/permit/roles.ts'
import { room } from '#door/room.ts'
import { changeRoles, disable, enable, invite, reset } from '#server/accounts/act.ts'
import { listAccounts } from '#server/accounts/store.ts'
import { wordsSchema } from './session.ts'

const roleSchema = z.object({ role: z.enum(roles).exclude(['public']), area_code: z.string() })
const by_id = z.object({ account_id: z.uuid() })
const the_account = area.entity('account', 'param.account_id')
const code = {
  code: z.string().nullable().describe('Shown this once: the person sets a password with it'),
  code_until: z.string().nullable(),
}

const list = createRoute({
  method: 'get',
  path: '/api/accounts',
  // The role for reading may see neither passwords nor codes, so not whether there is one either.
  ...guarded('account.read', 'write', area.own),
  responses: {
    200: answers(
      z.object({
        accounts: z.array(
          z.object({
            account_id: z.string(),
            login: z.string(),
            name: wordsSchema,
            disabled_at: z.string().nullable(),
            demo: z.boolean(),
            has_password: z.boolean(),
            code_until: z.string().nullable().describe('A code that was handed out waits until then'),
            last_seen_at: z.string().nullable(),
            roles: z.array(
              z.object({
                role: z.string(),
                area_code: z.string(),
                area_name: wordsSchema.nullable(),
                level: z.string().nullable(),
              }),
            ),
            manageable: z.boolean().describe('Every role of it lies in the asker’s area'),
          }),
        ),
        role_levels: z.record(z.string(), z.array(z.string())).describe('Where each role can be held'),
      }),
      'Accounts with a role in the asker’s area',
    ),
  },
})

const create = createRoute({
  method: 'post',
  path: '/api/accounts',
  ...guarded('account.manage', 'write', area.of('json.roles[].area_code')),
  request: {
    body: takes(
      z.object({
        login: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,63}$/),
        name: wordsSchema,
        password: z.string().max(longest).optional().describe('Without it a code is handed out'),
        roles: z.array(roleSchema).min(1).max(50),
      }),
    ),
  },
  responses: { 200: answers(z.object({ account_id: z.string(), ...code }), 'The account is made') },
})

const change = createRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/roles',
  ...guarded('account.manage', 'write', the_account, area.of('json.give[].area_code', { absent: 'own' })),
  request: {
    params: by_id,
    body: takes(
      z.object({
        give: z.array(roleSchema).max(50).default([]),
        take: z
          .array(z.object({ role: z.string(), area_code: z.string() }))
          .max(50)
          .default([]),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({ roles: z.array(z.object({ role: z.string(), area_code: z.string() })) }),
      'The roles it holds now',
    ),
  },
})

const close = createRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/disable',
  ...guarded('account.manage', 'write', the_account),
  request: { params: by_id },
  responses: { 200: answers(z.object({ disabled: z.boolean() }), 'The account can no longer sign in') },
})

const open = createRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/enable',
  ...guarded('account.manage', 'write', the_account),
  request: { params: by_id },
  responses: { 200: answers(z.object({ enabled: z.boolean() }), 'The account can sign in again') },
})

const renew = createRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/reset',
  ...guarded('account.manage', 'write', the_account),
  request: { params: by_id },
  responses: { 200: answers(z.object(code), 'The password is gone; the code sets a new one') },
})

export const accountRoutes = room()
  .openapi(list, async (c) => {
    const scope = ownScope(c.var.actor)
    const inside = (area_code: string) => scope.some((code) => code === '*' || area_code.startsWith(code))
    const accounts = (await listAccounts(c.var.tx, scope)).map((account) => ({
      ...account,
      manageable: account.roles.every((each) => inside(each.area_code)),
      // What somebody holds elsewhere is not told here, only that the account is not this area's alone.
      roles: account.roles.filter((each) => inside(each.area_code)),
    }))
    return c.json({ accounts, role_levels: { ...c.var.pack.role_levels } }, 200)
  })
  .openapi(create, async (c) => c.json(await invite(c, c.req.valid('json')), 200))
  .openapi(change, async (c) => c.json(await changeRoles(c, c.req.valid('param').account_id, c.req.valid('json')), 200))
  .openapi(close, async (c) => c.json(await disable(c, c.req.valid('param').account_id), 200))
  .openapi(open, async (c) => c.json(await enable(c, c.req.valid('param').account_id), 200))
  .openapi(renew, async (c) => c.json(await reset(c, c.req.valid('param').account_id), 200))
