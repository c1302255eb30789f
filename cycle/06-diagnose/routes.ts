import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { asKnownOn } from '#cycle/known.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import { compareWords } from './compare.ts'
import { decideRoutes } from './decide/routes.ts'
import { diagnoseArea } from './run.ts'
import { basisOf, causesOf, diagnosesOf, dueIn, totalsOf } from './store.ts'

const text = z.record(z.string(), z.string())

const run = createRoute({
  method: 'post',
  path: '/api/diagnose/run',
  ...guarded('diagnose.run', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string() })) },
  responses: {
    200: answers(
      z.object({ job_id: z.string(), state: z.string(), result: z.unknown() }),
      'A job that ranks the causes of every registered household',
    ),
  },
})

const causeSchema = z.object({
  code: z.string(),
  label: text,
  plain: text,
  state: z.string(),
  closes_share: z.number(),
  closes_income: z.number().nullable(),
  closes_indicators: z.array(z.string()),
  reason: text,
  missing: z.array(z.string()),
})

const rank = z.enum(['main', 'other', 'unknown', 'no'])
const comparedSchema = z.object({
  code: z.string(),
  label: text,
  plain: text,
  computed: rank,
  stated: z.enum(['main', 'other', 'no']),
  evidence: z.array(text).describe('What the answers show for it, or against it where it is not computed'),
  ask: z.array(z.object({ field: z.string(), label: text, who: text.nullable() })),
})

const diagnosisSchema = z.object({
  diagnosis_id: z.string(),
  diagnosed_at: z.string(),
  superseded_at: z.string().nullable(),
  income_shortfall: z.number().nullable(),
  unmet_indicators: z.array(z.string()),
  main_cause: z
    .string()
    .nullable()
    .describe('By the evidence and the surveyor’s word together, where the pack joins them'),
  computed_cause: z.string().nullable().describe('By the evidence alone'),
  certainty: z.number().nullable().describe('Probability that the main cause is right; null where nothing is joined'),
  sure: z.boolean().nullable().describe('Whether the pack calls that sure; a person looks at the others'),
  other_causes: z.array(z.string()),
  causes: z.array(causeSchema),
  stated_cause: z.string().nullable(),
  stated_other_causes: z.array(z.string()).nullable(),
  agrees: z.boolean().nullable(),
  decided_reason: z.string().nullable().describe('Why a person decided the main cause; null where none did'),
})

const show = createRoute({
  method: 'get',
  path: '/api/diagnose/households/{household_id}',
  ...guarded('diagnose.read', 'read', area.entity('household', 'param.household_id')),
  request: {
    params: z.object({ household_id: z.string() }),
    query: z.object({ known_on: z.iso.datetime({ offset: true }).optional().describe('As it was known at this time') }),
  },
  responses: {
    200: answers(
      z.object({
        current: diagnosisSchema.nullable(),
        history: z.array(diagnosisSchema),
        compared: z
          .array(comparedSchema)
          .describe(
            'The diagnosis in force: each cause as the answers show it and as the surveyor said, with evidence',
          ),
      }),
      'The causes in force, ranked, beside the surveyor’s word, and those before',
    ),
  },
})

const summary = createRoute({
  method: 'get',
  path: '/api/diagnose/summary',
  ...guarded('diagnose.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        registered: z.number(),
        diagnosed: z.number(),
        due: z.number().describe('Registered, with a survey card, and not diagnosed'),
        without_cause: z.number().describe('Diagnosed, and no cause of the pack is supported by the evidence'),
        compared: z.number().describe('Households with both a computed and a stated main cause'),
        agree: z.number(),
        unsure: z.number().describe('Households whose main cause is not sure: a person looks at them'),
        causes: z.array(
          z.object({
            code: z.string(),
            label: text,
            plain: text,
            main: z.number(),
            other: z.number(),
            stated: z.number(),
            agree: z.number().describe('Computed and stated main cause alike'),
          }),
        ),
      }),
      'Registered households by cause',
    ),
  },
})

export const diagnoseRoutes = room()
  .openapi(run, async (c) => {
    const { area_code } = c.req.valid('json')
    permit(c.var.actor, 'diagnose.run', area_code)
    return c.json(
      await runJob(c, { kind: 'diagnose', area_code }, (progress) => diagnoseArea(c, area_code, progress)),
      200,
    )
  })
  .openapi(show, async (c) => {
    const { household_id } = c.req.valid('param')
    const household = await householdOf(c.var.tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'diagnose.read', household.area_code)
    const rows = await overCounty(c, household.county_code, () => diagnosesOf(c.var.tx, household_id))
    const history = asKnownOn(rows, (row) => row.diagnosed_at, c.req.valid('query').known_on).map((row) => ({
      ...row,
      causes: (row.causes as unknown as z.infer<typeof causeSchema>[]).map((cause) => {
        const told = c.var.pack.causes.find((each) => each.code === cause.code)
        return { ...cause, label: told?.label ?? {}, plain: told?.plain ?? {} }
      }),
    }))
    const current = history.find((row) => row.superseded_at === null) ?? null
    const basis =
      current &&
      (await overCounty(c, household.county_code, () => basisOf(c.var.tx, household.county_code, current.diagnosis_id)))
    const book = rulebookOf(c.var.pack)
    const compared = basis
      ? compareWords(book, current, basis.record, standAt(book, basis.reference_date, basis.area_code))
      : []
    return c.json({ current, history, compared }, 200)
  })
  .openapi(summary, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'diagnose.read', area_code)
    const place = await placeOf(c.var.tx, area_code)
    const totals = { ...(await totalsOf(c.var.tx, place)), due: await dueIn(c.var.tx, place) }
    const rows = await causesOf(c.var.tx, place)
    const causes = rows.map((row) => {
      const told = c.var.pack.causes.find((cause) => cause.code === row.code)
      return { ...row, label: told?.label ?? {}, plain: told?.plain ?? {} }
    })
    return c.json({ ...totals, causes }, 200)
  })
  .route('/', decideRoutes)
