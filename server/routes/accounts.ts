import { randomUUID } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import { area } from '#door/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { hashPassword } from '#door/passwords.ts'
import { ownScope, permit } from '#door/permit.ts'
import { problem } from '#door/problems.ts'
import { roles } from '#door/roles.ts'
import { room } from '#door/room.ts'
import { audit, NATION } from '#registry/audit.ts'
import { wordsSchema } from './session.ts'

const roleSchema = z.object({ role: z.enum(roles), area_code: z.string() })

const list = createRoute({
  method: 'get',
  path: '/api/accounts',
  ...guarded('account.read', 'read', area.own),
  responses: {
    200: answers(
      z.object({
        accounts: z.array(
          z.object({
            account_id: z.string(),
            login: z.string(),
            name: wordsSchema,
            role: z.string(),
            area_code: z.string(),
            disabled_at: z.string().nullable(),
          }),
        ),
      }),
      'Accounts with their roles',
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
        password: z.string().min(12),
        roles: z.array(roleSchema).min(1),
      }),
    ),
  },
  responses: { 200: answers(z.object({ account_id: z.string() }), 'The account is made') },
})

const disable = createRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/disable',
  ...guarded('account.manage', 'write', area.entity('account', 'param.account_id')),
  request: { params: z.object({ account_id: z.uuid() }) },
  responses: { 200: answers(z.object({ disabled: z.boolean() }), 'The account can no longer sign in') },
})

export const accountRoutes = room()
  .openapi(list, async (c) => {
    const own = ownScope(c.var.actor)
    const accounts = await c.var.tx
      .selectFrom('account')
      .innerJoin('account_role', 'account_role.account_id', 'account.account_id')
      .select(['account.account_id', 'login', 'name', 'role', 'area_code', 'disabled_at'])
      .where((where) =>
        own.includes('*') ? where.lit(true) : where.or(own.map((code) => where('area_code', 'like', `${code}%`))),
      )
      .orderBy('login')
      .orderBy('role')
      .execute()
    return c.json({ accounts }, 200)
  })
  .openapi(create, async (c) => {
    const input = c.req.valid('json')
    const { tx, actor, now } = c.var
    for (const each of input.roles) permit(actor, 'account.manage', each.area_code)
    // An evaluator holds no office in the area evaluated.
    const offices = input.roles.filter((each) => !['evaluator', 'inspector', 'auditor'].includes(each.role))
    const independent = input.roles.filter((each) => ['evaluator', 'inspector'].includes(each.role))
    const clash = independent.find((one) =>
      offices.some(
        (office) => one.area_code.startsWith(office.area_code) || office.area_code.startsWith(one.area_code),
      ),
    )
    if (clash) {
      throw problem('same_person', {
        detail: `Nobody evaluates an area in which he holds an office (${clash.role} of ${clash.area_code}).`,
      })
    }
    const account_id = randomUUID()
    await tx
      .insertInto('account')
      .values({
        account_id,
        login: input.login,
        name: JSON.stringify(input.name),
        password_hash: await hashPassword(input.password),
        disabled_at: null,
        created_at: now,
      })
      .execute()
    await tx
      .insertInto('account_role')
      .values(input.roles.map((each) => ({ ...each, account_id, granted_by: actor.account_id, granted_at: now })))
      .execute()
    await audit(tx, {
      county_code: NATION,
      action: 'account.create',
      subject_kind: 'account',
      subject_id: account_id,
      detail: { login: input.login, roles: input.roles },
    })
    return c.json({ account_id }, 200)
  })
  .openapi(disable, async (c) => {
    const { account_id } = c.req.valid('param')
    const held = await c.var.tx
      .selectFrom('account_role')
      .select('area_code')
      .where('account_id', '=', account_id)
      .execute()
    if (held.length === 0) throw problem('not_found', { detail: `There is no account ${account_id}.` })
    for (const { area_code } of held) permit(c.var.actor, 'account.manage', area_code)
    const changed = await c.var.tx
      .updateTable('account')
      .set({ disabled_at: c.var.now })
      .where('account_id', '=', account_id)
      .where('disabled_at', 'is', null)
      .executeTakeFirst()
    await audit(c.var.tx, {
      county_code: NATION,
      action: 'account.disable',
      subject_kind: 'account',
      subject_id: account_id,
    })
    return c.json({ disabled: changed.numUpdatedRows > 0n }, 200)
  })
