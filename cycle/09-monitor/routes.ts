import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { countyOfHousehold, placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { states } from '#registry/tables/states.ts'
import { takeOn, tellChanges } from './act.ts'
import { isItsOffice, memberChangeOf } from './confirm/confirm.ts'
import { changeKinds } from './monitor.ts'
import { confirmRoutes } from './confirm/routes.ts'
import { monitorArea } from './run.ts'
import { changesOf, countAlerts, householdsById, listAlerts, namesOf } from './store.ts'
import { confirmedOf } from './confirm/store.ts'
import { escalationsOf } from './store-escalate.ts'
import { deadlinesOf, nameIn, toldAlerts } from './tell.ts'

const text = z.record(z.string(), z.string())
const household_id = z.string().regex(/^\S+-\d+$/, 'a household number: the county, a dash, the serial')

const changes = createRoute({
  method: 'post',
  path: '/api/monitor/changes',
  ...guarded('monitor.record', 'write', area.entity('household', 'json.changes[].household_id')),
  request: {
    body: takes(
      z.object({
        changes: z
          .array(
            z.object({
              household_id,
              kind: z.string(),
              happened_on: z.iso.date(),
              detail: z.union([z.string(), z.record(z.string(), z.unknown())]).default(''),
              source: z.string().min(1).describe('Who told: the household, a neighbour, a department'),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({
        recorded: z.number(),
        duplicates: z.number(),
        raised: z.number(),
        change_ids: z.array(z.string()),
        alert_ids: z.array(z.string()),
      }),
      'Changes on record, with the alerts they raised',
    ),
  },
})

const run = createRoute({
  method: 'post',
  path: '/api/monitor/run',
  ...guarded('monitor.run', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string() })) },
  responses: {
    200: answers(
      z.object({ job_id: z.string(), state: z.string(), result: z.unknown() }),
      'A job that holds the latest visit of every household beside the visit before',
    ),
  },
})

const alertSchema = z.object({
  alert_id: z.string(),
  household_id: z.string(),
  head_name: z.string(),
  area_code: z.string(),
  register_status: z.enum(states['register_household.status']).nullable(),
  rule_code: z.string(),
  label: text,
  plain: text,
  severity: z.enum(states['alert.severity']),
  state: z.enum(states['alert.state']),
  raised_at: z.string(),
  due_on: z.string(),
  days_left: z.number().nullable().describe('Days until somebody must have called; negative when late; null when done'),
  escalated: z
    .array(z.object({ role: z.string(), escalated_at: z.string() }))
    .describe('Offices it went up to because nobody called within its days'),
  mine: z.boolean().describe('The asker may take it on'),
  evidence: z.object({
    surveyed_on: z.string().nullable(),
    previous_surveyed_on: z.string().nullable(),
    facts: z.array(z.object({ field: z.string(), label: text, now: text, before: text })),
    change_id: z.string().nullable(),
    kind: z.string().nullable(),
    happened_on: z.string().nullable(),
  }),
  handled_at: z.string().nullable(),
  handled_by: text.nullable(),
  action: z.string().nullable(),
})

const alerts = createRoute({
  method: 'get',
  path: '/api/monitor/alerts',
  ...guarded('monitor.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      state: z.enum(states['alert.state']).optional(),
      severity: z.enum(states['alert.severity']).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        counts: z.array(z.object({ state: z.string(), severity: z.string(), count: z.number() })),
        next: z.string().nullable(),
        items: z.array(alertSchema),
      }),
      'Alerts, the most pressing first',
    ),
  },
})

const handle = createRoute({
  method: 'post',
  path: '/api/monitor/alerts/{alert_id}',
  ...guarded('monitor.act', 'write', area.entity('alert', 'param.alert_id')),
  request: {
    params: z.object({ alert_id: z.string() }),
    body: takes(z.object({ state: z.enum(['visited', 'helped', 'dismissed']), action: z.string().min(3) })),
  },
  responses: {
    200: answers(z.object({ alert_id: z.string(), state: z.enum(states['alert.state']) }), 'What was done about it'),
  },
})

const show = createRoute({
  method: 'get',
  path: '/api/monitor/households/{household_id}',
  ...guarded('monitor.read', 'read', area.entity('household', 'param.household_id')),
  request: { params: z.object({ household_id }) },
  responses: {
    200: answers(
      z.object({
        household_id: z.string(),
        area_code: z.string(),
        head_name: z.string(),
        alerts: z.array(alertSchema),
        changes: z.array(
          z.object({
            change_id: z.string(),
            kind: z.string(),
            happened_on: z.string(),
            detail: z.unknown(),
            source: z.string(),
            recorded_at: z.string(),
            told_by: text.nullable(),
            effect: z
              .enum(['died', 'left', 'joined'])
              .nullable()
              .describe('What it does to the household once confirmed; null where it does nothing'),
            mine: z.boolean().describe('The asker’s office may confirm it, and take back what was confirmed'),
            settled: z
              .array(
                z.object({
                  household_id: z.string(),
                  effect: z.enum(states['household_change.effect']),
                  person: z.string().nullable(),
                  proof: z.string(),
                  confirmed_at: z.string(),
                  confirmed_by: text.nullable(),
                  taken_back_at: z.string().nullable(),
                  taken_back_by: text.nullable(),
                  taken_back_reason: z.string().nullable(),
                }),
              )
              .describe('What was confirmed or refused of it, taken back or not, oldest first'),
          }),
        ),
        kinds: z.array(z.string()).describe('Kinds of change that can be told'),
      }),
      'Changes and alerts of one household',
    ),
  },
})

export const monitorRoutes = room()
  .openapi(changes, async (c) => c.json(await tellChanges(c, c.req.valid('json').changes), 200))
  .openapi(run, async (c) => {
    const { area_code } = c.req.valid('json')
    permit(c.var.actor, 'monitor.run', area_code)
    return c.json(
      await runJob(c, { kind: 'monitor', area_code }, (progress) => monitorArea(c, area_code, progress)),
      200,
    )
  })
  .openapi(alerts, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    const { tx, actor, pack, now } = c.var
    permit(actor, 'monitor.read', area_code)
    const place = await placeInCounty(tx, area_code)
    const { counts, rows, went_up } = await overCounty(c, place.county_code, async () => {
      const found = await listAlerts(tx, place, page, deadlinesOf(pack))
      const ids = found.map((each) => each.alert_id)
      return {
        counts: await countAlerts(tx, place),
        rows: found,
        went_up: await escalationsOf(tx, place.county_code, ids),
      }
    })
    const total = counts
      .filter((each) => page.state === undefined || each.state === page.state)
      .filter((each) => page.severity === undefined || each.severity === page.severity)
      .reduce((sum, each) => sum + each.count, 0)
    const next = rows.length === page.limit ? (rows.at(-1)?.alert_id ?? null) : null
    return c.json({ total, counts, next, items: await toldAlerts(tx, { pack, now, actor }, rows, went_up) }, 200)
  })
  .openapi(handle, async (c) => c.json(await takeOn(c, c.req.valid('param').alert_id, c.req.valid('json')), 200))
  .openapi(show, async (c) => {
    const { household_id: id } = c.req.valid('param')
    const { tx, actor, pack, now } = c.var
    const household = (await householdsById(tx, countyOfHousehold(id), [id])).get(id)
    if (!household) throw problem('not_found', { detail: `There is no household ${id}.` })
    permit(actor, 'monitor.read', household.area_code)
    const place = await placeInCounty(tx, household.area_code)
    const { rows, went_up, told, settled } = await overCounty(c, place.county_code, async () => {
      const changed = await changesOf(tx, id)
      const change_ids = changed.map((each) => each.change_id)
      const found = await listAlerts(tx, place, { household_id: id, limit: 500 }, deadlinesOf(pack))
      const ids = found.map((each) => each.alert_id)
      return {
        rows: found,
        went_up: await escalationsOf(tx, place.county_code, ids),
        told: changed,
        settled: await confirmedOf(tx, place.county_code, change_ids),
      }
    })
    const names = await namesOf(tx, [
      ...told.map((each) => each.account_id),
      ...settled.flatMap((each) => [each.confirmed_by, each.taken_back_by]),
    ])
    return c.json(
      {
        ...household,
        alerts: await toldAlerts(tx, { pack, now, actor }, rows, went_up),
        changes: told.map((each) => ({
          ...each,
          told_by: nameIn(names, each.account_id),
          effect: memberChangeOf(pack, each.kind, each.happened_on)?.effect ?? null,
          mine: isItsOffice(actor.role, memberChangeOf(pack, each.kind, each.happened_on)),
          settled: settled
            .filter((one) => one.change_id === each.change_id)
            .map((one) => ({
              ...one,
              effect: one.effect,
              confirmed_by: nameIn(names, one.confirmed_by),
              taken_back_by: nameIn(names, one.taken_back_by),
            })),
        })),
        kinds: changeKinds(pack),
      },
      200,
    )
  })
  .route('/', confirmRoutes)
