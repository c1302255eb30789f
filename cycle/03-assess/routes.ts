import { createRoute, z } from '@hono/zod-openapi'
import { loadRecords } from '#cycle/record.ts'
import { placeInCounty } from '#door/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs.ts'
import { mustDiffer, permit } from '#door/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { explain } from '#engines/rules/explain.ts'
import { complete, rulebookOf, standAt } from '#packs/rulebook.ts'
import { auditMany } from '#registry/audit.ts'
import { assessArea } from './run.ts'
import {
  assessmentsOf,
  countOf,
  decideVerification,
  followUps,
  householdOf,
  verifications,
  verificationsById,
} from './store.ts'
import { rulesRoutes } from './routes-rules.ts'

const text = z.record(z.string(), z.string())
export const jobAnswer = z.object({ job_id: z.string(), state: z.string(), result: z.unknown() })
const day = z.iso.date()

const run = createRoute({
  method: 'post',
  path: '/api/assess/run',
  ...guarded('assess.run', 'by hand'),
  request: {
    body: takes(
      z.object({
        area_code: z.string(),
        reference_date: day.optional(),
        which: z.enum(['all', 'new_evidence']).default('all'),
      }),
    ),
  },
  responses: { 200: answers(jobAnswer, 'A job that assesses every household of the area') },
})

const indicatorSchema = z.object({
  code: z.string(),
  group: z.string(),
  label: text,
  plain: text,
  state: z.string(),
  applies: z.boolean().nullable(),
  reason: text,
  missing: z.array(z.string()),
  parameters: z.array(z.object({ name: z.string(), value: z.unknown(), from: z.string(), source: z.string() })),
  source: z.unknown(),
})

const assessmentSchema = z.object({
  assessment_id: z.string(),
  instance_id: z.string(),
  pack_hash: z.string(),
  reference_date: z.string(),
  assessed_at: z.string(),
  superseded_at: z.string().nullable(),
  verdict: z.string(),
  household_size: z.number().nullable(),
  net_income_per_capita: z.number().nullable(),
  score: z.number().nullable(),
  indicators: z.array(indicatorSchema),
  vetoes: z.array(z.object({ code: z.string(), label: text, reason: text })),
})

const show = createRoute({
  method: 'get',
  path: '/api/assess/households/{household_id}',
  ...guarded('assess.read', 'read'),
  request: {
    params: z.object({ household_id: z.string() }),
    query: z.object({ known_on: z.iso.datetime().optional().describe('As it was known at this time') }),
  },
  responses: {
    200: answers(
      z.object({ current: assessmentSchema.nullable(), history: z.array(assessmentSchema) }),
      'The assessment in force and those before it',
    ),
  },
})

const why = createRoute({
  method: 'get',
  path: '/api/assess/households/{household_id}/why/{indicator_code}',
  ...guarded('assess.read', 'read'),
  request: { params: z.object({ household_id: z.string(), indicator_code: z.string() }) },
  responses: {
    200: answers(
      z.object({ rule: z.string(), explanation: z.unknown() }),
      'Each clause of the rule, with the values that decided it',
    ),
  },
})

const listQuery = z.object({
  area_code: z.string(),
  state: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.string().optional(),
})

const followUpList = createRoute({
  method: 'get',
  path: '/api/assess/follow-ups',
  ...guarded('assess.read', 'read'),
  request: { query: listQuery },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        items: z.array(
          z.object({
            follow_up_id: z.string(),
            household_id: z.string(),
            area_code: z.string(),
            head_name: z.string(),
            fields: z.unknown(),
            reason: z.unknown(),
            state: z.string(),
            created_at: z.string(),
          }),
        ),
      }),
      'Answers still to be asked for',
    ),
  },
})

const verificationList = createRoute({
  method: 'get',
  path: '/api/assess/verifications',
  ...guarded('assess.read', 'read'),
  request: { query: listQuery },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        items: z.array(
          z.object({
            verification_id: z.string(),
            household_id: z.string(),
            area_code: z.string(),
            head_name: z.string(),
            household_size: z.number(),
            net_income_per_capita: z.number().nullable(),
            score: z.number().nullable(),
            reasons: z.unknown(),
            state: z.string(),
            created_at: z.string(),
            decided_at: z.string().nullable(),
            note: z.string().nullable(),
          }),
        ),
      }),
      'Households a person must look at before anything is decided',
    ),
  },
})

const verify = createRoute({
  method: 'post',
  path: '/api/assess/verifications',
  ...guarded('assess.verify', 'write'),
  request: {
    body: takes(
      z.object({
        decisions: z
          .array(
            z.object({
              verification_id: z.string(),
              household_id: z.string(),
              decision: z.enum(['confirmed_poor', 'confirmed_not_poor']),
              note: z.string().min(1),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: { 200: answers(z.object({ decided: z.number() }), 'Decided by a person, with a note') },
})

export const assessRoutes = room()
  .openapi(run, async (c) => {
    const { area_code, reference_date, which } = c.req.valid('json')
    permit(c.var.actor, 'assess.run', area_code)
    const on = reference_date ?? c.var.pack.reference_date
    const job = await runJob(c, { kind: 'assess', area_code }, (progress) =>
      assessArea(c, area_code, on, which, progress),
    )
    return c.json(job, 200)
  })
  .openapi(show, async (c) => {
    const { household_id } = c.req.valid('param')
    const { known_on } = c.req.valid('query')
    const household = await householdOf(c.var.tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'assess.read', household.area_code)
    const { pack } = c.var
    const rows = await assessmentsOf(c.var.tx, household.county_code, household_id)
    const history = rows
      .filter((row) => known_on === undefined || row.assessed_at <= known_on)
      .map((row) => ({
        ...row,
        indicators: (row.indicators as unknown as z.infer<typeof indicatorSchema>[]).map((each) => {
          const told = pack.indicators.find((indicator) => indicator.code === each.code)
          return { ...each, label: told?.label ?? {}, plain: told?.plain ?? {} }
        }),
        vetoes: (row.vetoes as unknown as { code: string; reason: Record<string, string> }[]).map((sign) => ({
          ...sign,
          label: pack.vetoes.find((veto) => veto.code === sign.code)?.label ?? {},
        })),
      }))
    const current =
      history.find((row) => row.superseded_at === null || (known_on !== undefined && row.superseded_at > known_on)) ??
      null
    return c.json({ current, history }, 200)
  })
  .openapi(why, async (c) => {
    const { household_id, indicator_code } = c.req.valid('param')
    const household = await householdOf(c.var.tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'assess.read', household.area_code)
    const book = rulebookOf(c.var.pack)
    const rule = book.compiled.indicators[indicator_code]?.met.rule
    if (!rule) throw problem('not_found', { detail: `The pack has no indicator ${indicator_code}.` })
    const place = await placeInCounty(c.var.tx, household.area_code)
    const [record] = await loadRecords(c.var.tx, place, { household_ids: [household_id] })
    if (!record) throw problem('not_found', { detail: `Household ${household_id} has no survey.` })
    const [current] = await assessmentsOf(c.var.tx, household.county_code, household_id)
    const at = standAt(book, current?.reference_date ?? c.var.pack.reference_date, household.area_code)
    const explanation = explain(rule, complete(book, record.record, at), at.params, at.date)
    return c.json({ rule: rule.source, explanation }, 200)
  })
  .openapi(followUpList, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    permit(c.var.actor, 'assess.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const { count } = await countOf(c.var.tx, 'follow_up', place, page.state ?? 'open')
    return c.json({ total: count, items: await followUps(c.var.tx, place, page) }, 200)
  })
  .openapi(verificationList, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    permit(c.var.actor, 'assess.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const { count } = await countOf(c.var.tx, 'verification', place, page.state ?? 'open')
    return c.json({ total: count, items: await verifications(c.var.tx, place, page) }, 200)
  })
  .openapi(verify, async (c) => {
    const { decisions } = c.req.valid('json')
    const { tx, actor, now } = c.var
    const place = await placeInCounty(tx, actor.area_code ?? '')
    const known = await verificationsById(
      tx,
      place.county_code,
      decisions.map((each) => each.verification_id),
    )
    for (const decision of decisions) {
      const found = known.find((each) => each.verification_id === decision.verification_id)
      if (!found) throw problem('not_found', { detail: `There is no verification ${decision.verification_id}.` })
      permit(actor, 'assess.verify', found.area_code)
      mustDiffer(actor, [found.surveyed_by], 'verification')
      if (found.state !== 'open')
        throw problem('already_done', { detail: `Household ${found.household_id} is ${found.state}.` })
      await decideVerification(tx, place.county_code, {
        verification_id: decision.verification_id,
        state: decision.decision,
        note: decision.note,
        now,
        account_id: actor.account_id,
      })
    }
    await auditMany(
      tx,
      decisions.map((decision) => ({
        county_code: place.county_code,
        action: 'assess.verify',
        subject_kind: 'verification',
        subject_id: decision.verification_id,
        household_id: known.find((each) => each.verification_id === decision.verification_id)?.household_id ?? null,
        detail: { decision: decision.decision, note: decision.note },
      })),
    )
    return c.json({ decided: decisions.length }, 200)
  })
  .route('/', rulesRoutes)
