import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { ownScope, permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { verifyAudit } from '#registry/audit/verify.ts'

const eventSchema = z
  .object({
    county_code: z.string(),
    sequence: z.number(),
    recorded_at: z.string().describe('When it was written down, by the clock of the machine'),
    acted_at: z.string().nullable().describe('When it was done, where that is another time: in a demonstration'),
    account_id: z.string().nullable(),
    account_name: z.record(z.string(), z.string()).nullable(),
    role: z.string(),
    action: z.string(),
    subject_kind: z.string(),
    subject_id: z.string(),
    household_id: z.string().nullable(),
    detail: z.unknown(),
    hash: z.string(),
  })
  .openapi('AuditEvent')

const list = createRoute({
  method: 'get',
  path: '/api/audit',
  ...guarded('audit.read', 'read', area.of('query.county_code')),
  request: {
    query: z.object({
      county_code: z.string(),
      household_id: z.string().optional(),
      action: z.string().optional(),
      before: z.coerce.number().int().optional().describe('Only events with a smaller sequence number'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: { 200: answers(z.object({ events: z.array(eventSchema) }), 'Audit events of a county, newest first') },
})

const verify = createRoute({
  method: 'post',
  path: '/api/audit/verify',
  ...guarded('audit.verify', 'read', area.of('query.county_code', { absent: 'own' })),
  request: { query: z.object({ county_code: z.string().optional() }) },
  responses: {
    200: answers(
      z.object({
        events: z.number(),
        counties: z.number(),
        problems: z.array(z.unknown()),
        verified: z.boolean(),
      }),
      'Whether every event is there, unchanged and in its order',
    ),
  },
})

export const auditRoutes = room()
  .openapi(list, async (c) => {
    const { county_code, household_id, action, before, limit } = c.req.valid('query')
    permit(c.var.actor, 'audit.read', county_code)
    let query = c.var.tx
      .selectFrom('audit_event')
      .leftJoin('account', 'account.account_id', 'audit_event.account_id')
      .select([
        'audit_event.county_code',
        'sequence',
        'recorded_at',
        'acted_at',
        'audit_event.account_id',
        'account.name as account_name',
        'role',
        'action',
        'subject_kind',
        'subject_id',
        'household_id',
        'detail',
        'hash',
      ])
      .where('audit_event.county_code', '=', county_code)
    if (household_id) query = query.where('household_id', '=', household_id)
    if (action) query = query.where('action', '=', action)
    if (before) query = query.where('sequence', '<', before)
    return c.json({ events: await query.orderBy('sequence', 'desc').limit(limit).execute() }, 200)
  })
  .openapi(verify, async (c) => {
    const { county_code } = c.req.valid('query')
    const chains = county_code ? [county_code] : await ownChains(c.var.tx, ownScope(c.var.actor))
    const reports = await Promise.all(chains.map((chain) => verifyAudit(c.var.registry, chain)))
    const problems = reports.flatMap((report) => report.problems)
    const sum = (of: 'events' | 'counties') => reports.reduce((total, report) => total + report[of], 0)
    return c.json({ events: sum('events'), counties: sum('counties'), problems, verified: problems.length === 0 }, 200)
  })

/** The chains of an area: of its counties; for the nation one entry that stands for all of them. */
async function ownChains(tx: ReadTx, scope: readonly string[]): Promise<(string | undefined)[]> {
  if (scope.includes('*')) return [undefined]
  const rows = await tx
    .selectFrom('area')
    .select('county_code')
    .distinct()
    .where('county_code', 'is not', null)
    .where((where) => where.or(scope.map((code) => where('area_code', '^@', code))))
    .execute()
  return rows.map((row) => row.county_code ?? undefined)
}
