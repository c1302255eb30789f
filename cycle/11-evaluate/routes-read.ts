import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { covers } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { states } from '#registry/tables/states.ts'
import { readEvaluation } from './act.ts'
import { blinded, frameText, readFrame, rerun, sizesOf } from './draw.ts'
import { frameOf, ownHouseholds, unitsOf } from './store.ts'
import { appealsOf, estimatesOf } from './store-results.ts'

const param = z.object({ evaluation_id: z.string() })

const show = createRoute({
  method: 'get',
  path: '/api/evaluate/evaluations/{evaluation_id}',
  ...guarded('evaluate.read', 'read', area.entity('evaluation', 'param.evaluation_id')),
  request: { params: param },
  responses: {
    200: answers(
      z.object({
        evaluation_id: z.string(),
        area_code: z.string(),
        year: z.number(),
        state: z.enum(states['evaluation.state']),
        design: z.object({
          sizes: z.record(z.string(), z.number()).optional(),
          half_width: z.number().optional(),
          expected: z.number(),
          confidence: z.number(),
          thresholds: z.record(z.string(), z.number()),
          reference_date: z.string(),
        }),
        seed_sha256: z.string(),
        seed: z.string().nullable().describe('Only once published'),
        witness: z.object({ source: z.string(), value: z.string() }).nullable(),
        frame_sha256: z.string().nullable(),
        populations: z.record(z.string(), z.object({ households: z.number(), people: z.number() })).nullable(),
        created_at: z.string(),
        drawn_at: z.string().nullable(),
        published_at: z.string().nullable(),
        closed_at: z.string().nullable(),
        progress: z.array(z.object({ stratum: z.string(), drawn: z.number(), inspected: z.number() })),
        estimates: z.array(
          z.object({
            basis: z.enum(states['evaluation_estimate.basis']),
            measure: z.string(),
            numerator: z.number(),
            denominator: z.number(),
            estimate: z.number().nullable(),
            low: z.number().nullable(),
            high: z.number().nullable(),
            confidence: z.number(),
            method: z.string(),
            threshold: z.number().nullable(),
            result: z.enum(states['evaluation_estimate.result']).nullable(),
            detail: z.record(z.string(), z.unknown()),
            recorded_at: z.string(),
          }),
        ),
        appeals: z.array(
          z.object({
            appeal_id: z.string(),
            household_id: z.string(),
            statement: z.string(),
            evidence: z.string().nullable(),
            state: z.enum(states['appeal.state']),
            made_at: z.string(),
            decided_at: z.string().nullable(),
            reason: z.string().nullable(),
          }),
        ),
        decision: z
          .object({
            overall: z.string(),
            as_found: z.string(),
            measures: z.record(z.string(), z.string()),
            note: z.string().nullable(),
          })
          .nullable(),
      }),
      'One evaluation, as far as the asker may see it',
    ),
  },
})

const unitSchema = z.object({
  household_id: z.string(),
  area_code: z.string(),
  group_name: z.record(z.string(), z.string()).nullable(),
  head_name: z.string(),
  inspected_on: z.string().nullable(),
  nonresponse: z.enum(states['inspection.nonresponse']).nullable(),
  /** Absent from an inspector's list: he must not know why a household was drawn. */
  stratum: z.string().optional(),
  people: z.number().optional(),
  draw_order: z.number().optional(),
  inspector_id: z.string().nullable().optional(),
  found_poor: z.boolean().nullable().optional(),
  found_criteria: z.array(z.string()).nullable().optional(),
})

const units = createRoute({
  method: 'get',
  path: '/api/evaluate/evaluations/{evaluation_id}/units',
  ...guarded('evaluate.read', 'read', area.entity('evaluation', 'param.evaluation_id')),
  request: { params: param },
  responses: {
    200: answers(
      z.object({ blind: z.boolean(), items: z.array(unitSchema) }),
      'Drawn households: blind and his own for an inspector, whole for the evaluator, published for officials',
    ),
  },
})

const again = createRoute({
  method: 'get',
  path: '/api/evaluate/evaluations/{evaluation_id}/rerun',
  ...guarded('evaluate.read', 'read', area.entity('evaluation', 'param.evaluation_id')),
  request: { params: param },
  responses: {
    200: answers(
      z.object({
        seed_equal: z.boolean(),
        frame_equal: z.boolean(),
        draw_equal: z.boolean(),
        equal: z.boolean(),
        drawn: z.number(),
        differences: z.array(z.string()),
      }),
      'The draw made again from the seed and the frame, and whether it is the same',
    ),
  },
})

const frame = createRoute({
  method: 'get',
  path: '/api/evaluate/evaluations/{evaluation_id}/frame',
  ...guarded('evaluate.read', 'read', area.entity('evaluation', 'param.evaluation_id')),
  request: { params: param },
  responses: {
    200: answers(
      z.object({
        frame: z.string(),
        frame_sha256: z.string().describe('Of the whole frame, households named'),
        blinded: z.boolean().describe('Households of the own area alone, under identifiers made for this evaluation'),
      }),
      'The frame as drawn from: one line a household, `household_id stratum people`, sorted; its SHA-256 is of this text',
    ),
  },
})

export const readRoutes = room()
  .openapi(show, async (c) => {
    const { tx, actor } = c.var
    const found = await readEvaluation(c, c.req.valid('param').evaluation_id)
    const { county_code, evaluation_id } = found
    const inspector_id = actor.role === 'inspector' ? (actor.account_id ?? '') : undefined
    const drawn = await unitsOf(tx, county_code, evaluation_id, { inspector_id })
    // An inspector's progress is not told by stratum: its sizes would give the blind list away.
    const by = inspector_id === undefined ? Map.groupBy(drawn, (unit) => unit.stratum) : new Map([['all', drawn]])
    const shown = found.published_at !== null
    const { sizes, half_width, ...rest } = found.design
    return c.json(
      {
        evaluation_id,
        area_code: found.area_code,
        year: found.year,
        state: found.state,
        design: {
          ...rest,
          thresholds: { ...rest.thresholds },
          ...(sizes ? { sizes: { ...sizes } } : {}),
          ...(half_width === undefined ? {} : { half_width }),
        },
        seed_sha256: found.seed_sha256,
        seed: shown ? found.seed : null,
        witness: shown ? found.witness : null,
        frame_sha256: found.frame_sha256,
        populations: found.populations,
        created_at: found.created_at,
        drawn_at: found.drawn_at,
        published_at: found.published_at,
        closed_at: found.closed_at,
        progress: [...by].map(([stratum, list]) => ({
          stratum,
          drawn: list.length,
          inspected: list.filter((unit) => unit.inspected_on !== null).length,
        })),
        estimates: await estimatesOf(tx, county_code, evaluation_id),
        appeals: (await appealsOf(tx, county_code, evaluation_id)).map((row) => ({
          appeal_id: row.appeal_id,
          household_id: row.household_id,
          statement: row.statement,
          evidence: row.evidence,
          state: row.state,
          made_at: row.made_at,
          decided_at: row.decided_at,
          reason: row.reason,
        })),
        decision: found.decision,
      },
      200,
    )
  })
  .openapi(units, async (c) => {
    const { tx, actor } = c.var
    const found = await readEvaluation(c, c.req.valid('param').evaluation_id)
    const blind = actor.role === 'inspector'
    const rows = await unitsOf(tx, found.county_code, found.evaluation_id, {
      inspector_id: blind ? (actor.account_id ?? '') : undefined,
    })
    const items = rows.map((row) => {
      const seen = {
        household_id: row.household_id,
        area_code: row.area_code,
        group_name: row.group_name ? { ...row.group_name } : null,
        head_name: row.head_name,
        inspected_on: row.inspected_on,
        nonresponse: row.nonresponse,
      }
      if (blind) return seen
      const { stratum, people, draw_order, inspector_id, found_poor, found_criteria } = row
      return { ...seen, stratum, people, draw_order, inspector_id, found_poor, found_criteria }
    })
    return c.json({ blind, items }, 200)
  })
  .openapi(again, async (c) => {
    const { tx } = c.var
    const found = await readEvaluation(c, c.req.valid('param').evaluation_id)
    const text = await frameOf(tx, found.county_code, found.evaluation_id)
    const { role } = c.var.actor
    const mayRepeat = role !== 'inspector' && (found.published_at !== null || ['evaluator', 'auditor'].includes(role))
    if (!mayRepeat || text === null || found.seed === null || found.frame_sha256 === null || !found.populations) {
      throw problem('wrong_state', { detail: 'The draw can be repeated once it is published.' })
    }
    const drawn = await unitsOf(tx, found.county_code, found.evaluation_id)
    return c.json(
      rerun({
        frame: text,
        frame_sha256: found.frame_sha256,
        seed: found.seed,
        seed_sha256: found.seed_sha256,
        witness: found.witness,
        sizes: sizesOf(found.design, found.populations),
        units: drawn,
        partial: !covers(c.var.actor, found.area_code),
      }),
      200,
    )
  })
  .openapi(frame, async (c) => {
    const { actor, tx, registry } = c.var
    const found = await readEvaluation(c, c.req.valid('param').evaluation_id)
    // Whoever inspects must not know how a household was classed, then or now.
    if (actor.role === 'inspector') throw problem('not_permitted', { detail: 'The frame is not for inspectors.' })
    const text = await frameOf(tx, found.county_code, found.evaluation_id)
    if (found.published_at === null || text === null) {
      throw problem('wrong_state', { detail: 'The frame is open once the draw is published.' })
    }
    const frame_sha256 = found.frame_sha256 ?? ''
    const whole = ['evaluator', 'auditor'].includes(actor.role) && covers(actor, found.area_code)
    if (whole) return c.json({ frame: text, frame_sha256, blinded: false }, 200)
    const own = await ownHouseholds(tx, found.county_code)
    const key = registry.keys.derive(`evaluation-frame:${found.evaluation_id}`)
    const rows = readFrame(text).filter((row) => own.has(row.household_id))
    return c.json({ frame: frameText(blinded(rows, key)), frame_sha256, blinded: true }, 200)
  })
