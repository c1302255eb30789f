import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { asKnownOn } from '#cycle/known.ts'
import { cardChanges, recordOf, registerEvidence, sinceCard, type KeptEvidence } from '#cycle/record.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import type { Answers } from '#door/personal.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { decidingSentences, explainWords, ruleOf } from '#packs/explain/explain.ts'
import { complete, indicatorsOf, rulebookOf, standAt, withStates } from '#packs/rulebook.ts'
import { states } from '#registry/tables/states.ts'
import { assessArea } from './judge/run.ts'
import { figuresRoutes } from './rulebook/routes-figures.ts'
import { rulesRoutes } from './rulebook/routes.ts'
import { summaryRoutes } from './routes-summary.ts'
import { taskRoutes } from './tasks/routes.ts'
import { versionRoutes } from './workbench/routes-versions.ts'
import { draftRoutes } from './workbench/routes.ts'
import { whatIfRoutes } from './what-if/routes.ts'
import { changesOf } from './judge/changed.ts'
import { changeSchema, indicatorSchema, indicatorsShown, jobAnswer, text, vetoesShown, vetoSchema } from './shapes.ts'
import { assessmentsOf, submissionOf } from './judge/store.ts'
import { explanationSchema, explainShown, saidSchema } from './judge/why.ts'

const run = createRoute({
  method: 'post',
  path: '/api/assess/run',
  ...guarded('assess.run', 'by hand', area.of('json.area_code')),
  request: {
    body: takes(
      z.object({
        area_code: z.string(),
        reference_date: z.iso.date().optional(),
        which: z.enum(['all', 'new_evidence']).default('all'),
      }),
    ),
  },
  responses: { 200: answers(jobAnswer, 'A job that assesses every household of the area') },
})

const assessmentSchema = z.object({
  assessment_id: z.string(),
  instance_id: z.string(),
  pack_hash: z.string(),
  reference_date: z.string(),
  assessed_at: z.string(),
  superseded_at: z.string().nullable(),
  verdict: z.enum(states['assessment.verdict']),
  household_size: z.number().nullable(),
  net_income_per_capita: z.number().nullable(),
  score: z.number().nullable(),
  indicators: z.array(indicatorSchema),
  vetoes: z.array(vetoSchema),
  changed: changeSchema.nullable().describe('What is other than in the assessment before, and why; null for the first'),
})

const show = createRoute({
  method: 'get',
  path: '/api/assess/households/{household_id}',
  ...guarded('assess.read', 'read', area.entity('household', 'param.household_id')),
  request: {
    params: z.object({ household_id: z.string() }),
    query: z.object({ known_on: z.iso.datetime({ offset: true }).optional().describe('As it was known at this time') }),
  },
  responses: {
    200: answers(
      z.object({ current: assessmentSchema.nullable(), history: z.array(assessmentSchema) }),
      'The assessment in force and all of them, newest first',
    ),
  },
})

const why = createRoute({
  method: 'get',
  path: '/api/assess/households/{household_id}/why/{indicator_code}',
  ...guarded('assess.read', 'read', area.entity('household', 'param.household_id')),
  request: {
    params: z.object({ household_id: z.string(), indicator_code: z.string() }),
    query: z.object({
      part: z
        .enum(['indicators', 'vetoes', 'causes', 'exit', 'stops', 'verdicts'])
        .default('indicators')
        .describe('The chapter that the code is of'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        rule: z.string(),
        reference_date: z.string(),
        explanation: explanationSchema,
        said: saidSchema.describe('The same clauses in sentences, with the members, figures and sources'),
        deciding: z.array(text).describe('The sentences that decided, each once'),
        members: z.array(z.string()).describe('Names in the form’s order, for members[n]'),
        evidence_changed: z.boolean().describe('Another department’s list has changed since'),
        pack_changed: z.boolean().describe('The rules have changed since'),
      }),
      'Each clause of the rule over the answers of the assessment in force, with the values that decided it',
    ),
  },
})

export const assessRoutes = room()
  .openapi(run, async (c) => {
    const { area_code, reference_date, which } = c.req.valid('json')
    permit(c.var.actor, 'assess.run', area_code)
    const on = reference_date ?? c.var.pack.reference_date
    const job = await runJob(c, { kind: 'assess', area_code }, (progress) =>
      assessArea(c.var, area_code, { reference_date: on, which }, progress),
    )
    return c.json(job, 200)
  })
  .openapi(show, async (c) => {
    const { household_id } = c.req.valid('param')
    const household = await householdOf(c.var.tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'assess.read', household.area_code)
    const { pack } = c.var
    const rows = await assessmentsOf(c.var.tx, household.county_code, household_id)
    const known = asKnownOn(rows, (row) => row.assessed_at, c.req.valid('query').known_on)
    const changes = await changesOf(c.var.tx, rulebookOf(pack), known)
    const history = known.map(({ evidence: _, ...row }, index) => ({
      ...row,
      indicators: indicatorsShown(pack, row.indicators),
      vetoes: vetoesShown(rulebookOf(pack), row.vetoes),
      changed: changes[index] ?? null,
    }))
    return c.json({ current: history.find((row) => row.superseded_at === null) ?? null, history }, 200)
  })
  .openapi(why, async (c) => {
    const { household_id, indicator_code } = c.req.valid('param')
    const { part } = c.req.valid('query')
    const { tx, pack } = c.var
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'assess.read', household.area_code)
    const { county_code } = household
    const book = rulebookOf(pack)
    const rule = ruleOf(book, part, indicator_code)?.rule
    if (!rule) throw problem('not_found', { detail: `The pack has no rule ${indicator_code} among its ${part}.` })
    const [current] = await assessmentsOf(tx, county_code, household_id)
    const submission = current && (await submissionOf(tx, county_code, current.instance_id))
    if (!submission) throw problem('not_found', { detail: `Household ${household_id} is not assessed yet.` })
    const evidence = await registerEvidence(tx, county_code, [household_id])
    const changes = await cardChanges(tx, county_code, [household_id])
    const card = submission.answers as Answers
    const { record, evidence_sha256 } = recordOf({
      ...household,
      ...submission,
      answers: card,
      registers: evidence === null ? null : (evidence.get(household_id) ?? []),
      changes: changes.get(household_id) ?? [],
    })
    // What was read then, where it was kept: a list brought up to date since explains nothing of this assessment.
    const kept = current.evidence as KeptEvidence | null
    const made_of = kept === null ? record : { ...sinceCard(card, kept.changes ?? []), registers: kept.registers }
    const at = standAt(book, current.reference_date, current.area_code)
    const members = Array.isArray(made_of.members) ? (made_of.members as { name?: unknown }[]) : []
    const whole = complete(book, made_of, at)
    const asked = withStates(book, whole, indicatorsOf(book, whole, at))
    const said = explainWords(book, rule, asked, at, { names: true })
    return c.json(
      {
        rule: rule.source,
        reference_date: at.date,
        explanation: explainShown(rule, asked, at, pack.personal_fields),
        said,
        deciding: decidingSentences(said),
        members: members.map((member) => String(member.name ?? '')),
        evidence_changed: evidence_sha256 !== current.evidence_sha256,
        pack_changed: pack.pack_hash !== current.pack_hash,
      },
      200,
    )
  })
  .route('/', figuresRoutes)
  .route('/', taskRoutes)
  .route('/', summaryRoutes)
  .route('/', rulesRoutes)
  .route('/', versionRoutes)
  .route('/', draftRoutes)
  .route('/', whatIfRoutes)
