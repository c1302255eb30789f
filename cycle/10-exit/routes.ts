import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { today, yearOf } from '#door/day.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { answerLabel } from '#packs/explain/field-label.ts'
import { exitNoticeDays, exitOn } from '#packs/in-force.ts'
import { rulebookOf, type Rulebook } from '#packs/rulebook.ts'
import { takeSteps } from './act.ts'
import { inOrder, kinds, states, type Checks } from './exit.ts'
import { areaExitRoutes } from './routes-areas.ts'
import { checkArea, checkPage, type Checked } from './run.ts'
import { casesOfHousehold, countCases, countRegistered, listCases, registeredAfter, stepsOfHousehold } from './store.ts'

const text = z.record(z.string(), z.string())
const jobAnswer = z.object({ job_id: z.string(), state: z.string(), result: z.unknown() })
const year = z.coerce.number().int().min(2000).max(2100)

const finding = z.object({
  code: z.string(),
  label: text,
  state: z.boolean().nullable(),
  reason: text,
  missing: z.array(z.string()),
  missing_labels: z.array(text),
})
const checksSchema = z.object({
  year: z.number(),
  reference_date: z.string(),
  criteria: z.array(finding),
  stops: z.array(finding),
  support: z.array(finding),
})

const check = createRoute({
  method: 'post',
  path: '/api/exit/check',
  ...guarded('exit.check', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string(), year })) },
  responses: { 200: answers(jobAnswer, 'A job that checks every registered household of the area') },
})

const candidateSchema = z.object({
  household_id: z.string(),
  area_code: z.string(),
  head_name: z.string(),
  household_size: z.number(),
  exit_id: z.string().nullable(),
  exit_state: z.string().nullable(),
  outcome: z.enum(['all_met', 'not_met', 'unknown']),
  checks: checksSchema,
})

const candidates = createRoute({
  method: 'get',
  path: '/api/exit/candidates',
  ...guarded('exit.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      year,
      criterion: z.string().optional().describe('Only those whom this criterion, stop or support keeps on the list'),
      outcome: z.enum(['all_met', 'not_met', 'unknown']).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({ registered: z.number(), items: z.array(candidateSchema), next: z.string().nullable() }),
      'Registered households, each with its criteria as they stand now',
    ),
  },
})

const steps = createRoute({
  method: 'post',
  path: '/api/exit/steps',
  ...guarded('exit.read', 'write', area.entity('exit_case', 'json.cases[].exit_id')),
  request: {
    body: takes(
      z.object({
        kind: z.enum(kinds),
        happened_on: z.iso.date(),
        cases: z
          .array(z.object({ exit_id: z.string(), detail: z.record(z.string(), z.unknown()).optional() }))
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({
        done: z.number(),
        refused: z.array(z.object({ exit_id: z.string(), code: z.string(), detail: z.string().optional() })),
      }),
      'How many steps were taken, and which were not',
    ),
  },
})

const caseSchema = z.object({
  exit_id: z.string(),
  household_id: z.string(),
  area_code: z.string(),
  year: z.number(),
  state: z.enum(states),
  state_since: z.string(),
  consent: z.boolean().nullable(),
  notice_from: z.string().nullable(),
  notice_to: z.string().nullable(),
  exited_on: z.string().nullable(),
  open_objections: z.number(),
  stopped_reason: z.string().nullable(),
  head_name: z.string(),
  household_size: z.number(),
})

const cases = createRoute({
  method: 'get',
  path: '/api/exit/cases',
  ...guarded('exit.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      state: z.enum(states).optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({
        items: z.array(caseSchema),
        counts: z.record(z.string(), z.number()),
        notice_days: z.number().nullable(),
        next: z.string().nullable(),
      }),
      'Exit cases of an area',
    ),
  },
})

const story = createRoute({
  method: 'get',
  path: '/api/exit/households/{household_id}',
  ...guarded('exit.read', 'read', area.entity('household', 'param.household_id')),
  request: { params: z.object({ household_id: z.string() }) },
  responses: {
    200: answers(
      z.object({
        household_id: z.string(),
        head_name: z.string(),
        area_code: z.string(),
        cases: z.array(
          caseSchema.omit({ head_name: true, household_size: true }).extend({
            checks: checksSchema,
            opened_at: z.string(),
            closed_at: z.string().nullable(),
            held: z
              .boolean()
              .describe('It waits: its household was found to be one with another that has one of its own'),
            steps: z.array(
              z.object({
                step_id: z.string(),
                kind: z.string(),
                happened_on: z.string(),
                detail: z.record(z.string(), z.unknown()),
                recorded_at: z.string(),
                account_id: z.string(),
              }),
            ),
          }),
        ),
      }),
      'Every exit case of a household with its steps',
    ),
  },
})

const criteria = createRoute({
  method: 'get',
  path: '/api/exit/criteria/{household_id}',
  ...guarded('exit.read', 'read', area.entity('household', 'param.household_id')),
  request: { params: z.object({ household_id: z.string() }), query: z.object({ year: year.optional() }) },
  responses: {
    200: answers(
      z.object({ outcome: z.string(), checks: checksSchema }),
      'The criteria of a registered household as they stand now',
    ),
  },
})

const shown =
  (book: Rulebook) =>
  ({ assessment_id: _, instance_id: __, checks, ...rest }: Checked) => ({ ...rest, checks: labelled(book, checks) })

export const exitRoutes = room()
  .openapi(check, async (c) => {
    const { area_code, year: wanted } = c.req.valid('json')
    permit(c.var.actor, 'exit.check', area_code)
    return c.json(
      await runJob(c, { kind: 'exit', area_code }, (progress) => checkArea(c, area_code, wanted, progress)),
      200,
    )
  })
  .openapi(candidates, async (c) => {
    const { area_code, year: wanted, criterion, outcome, limit, after } = c.req.valid('query')
    const { tx, actor } = c.var
    permit(actor, 'exit.read', area_code)
    const place = await placeInCounty(tx, area_code)
    const items: Checked[] = []
    let from = after ?? ''
    let more = true
    // Judged as the page is read: what stands here is never older than the register.
    while (more && items.length < limit) {
      const due = await registeredAfter(tx, place, { after: from, limit: 200 })
      more = due.length === 200
      for (const each of await checkPage(c.var, place, wanted, due)) {
        if (items.length === limit) {
          more = true
          break
        }
        from = each.household_id
        if (outcome && each.outcome !== outcome) continue
        if (criterion && !keeps(each.checks, criterion)) continue
        items.push(each)
      }
      if (items.length < limit) from = due.at(-1)?.household_id ?? from
    }
    return c.json(
      {
        registered: await countRegistered(tx, place),
        items: items.map(shown(rulebookOf(c.var.pack))),
        next: more ? from : null,
      },
      200,
    )
  })
  .openapi(steps, async (c) => c.json(await takeSteps(c, c.req.valid('json')), 200))
  .openapi(cases, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    const { tx, actor, pack } = c.var
    permit(actor, 'exit.read', area_code)
    const place = await placeInCounty(tx, area_code)
    const { items, counts } = await overCounty(c, place.county_code, async () => ({
      items: await listCases(tx, place, page),
      counts: await countCases(tx, place),
    }))
    const next = items.length === page.limit ? (items.at(-1)?.exit_id ?? null) : null
    return c.json({ items, counts, notice_days: exitNoticeDays(exitOn(pack, today(c)), 'household'), next }, 200)
  })
  .openapi(story, async (c) => {
    const { household_id } = c.req.valid('param')
    const { tx, actor } = c.var
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'exit.read', household.area_code)
    const { steps, found } = await overCounty(c, household.county_code, async () => ({
      steps: await stepsOfHousehold(tx, household_id),
      found: await casesOfHousehold(tx, household_id),
    }))
    const taken = inOrder(steps)
    const book = rulebookOf(c.var.pack)
    return c.json(
      {
        household_id,
        head_name: household.head_name,
        area_code: household.area_code,
        cases: found.map((each) => ({
          exit_id: each.exit_id,
          // As it was opened; it counts for the household asked about.
          household_id: each.household_id,
          area_code: each.area_code,
          year: each.year,
          state: each.state,
          state_since: each.state_since,
          consent: each.consent,
          notice_from: each.notice_from,
          notice_to: each.notice_to,
          exited_on: each.exited_on,
          open_objections: each.open_objections,
          stopped_reason: each.stopped_reason,
          opened_at: each.opened_at,
          closed_at: each.closed_at,
          held: each.held,
          checks: labelled(book, each.checks),
          steps: taken.filter((step) => step.exit_id === each.exit_id).map(({ exit_id: _, ...step }) => step),
        })),
      },
      200,
    )
  })
  .openapi(criteria, async (c) => {
    const { household_id } = c.req.valid('param')
    const { tx, actor } = c.var
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'exit.read', household.area_code)
    const wanted = c.req.valid('query').year ?? yearOf(today(c))
    const place = await placeInCounty(tx, household.area_code)
    const [checked] = await overCounty(c, place.county_code, async () => {
      const due = await registeredAfter(tx, place, { after: '', limit: 1, household_ids: [household_id] })
      return await checkPage(c.var, place, wanted, due)
    })
    if (!checked)
      throw problem('wrong_state', { detail: `Household ${household_id} is not on the list, or has exited.` })
    return c.json({ outcome: checked.outcome, checks: labelled(rulebookOf(c.var.pack), checked.checks) }, 200)
  })
  .route('/', areaExitRoutes)

/** The checks with what the missing answers are called. */
function labelled(book: Rulebook, checks: Checks) {
  const of = (list: Checks['criteria']) =>
    list.map((each) => ({ ...each, missing_labels: each.missing.map((path) => answerLabel(book, path)) }))
  return { ...checks, criteria: of(checks.criteria), stops: of(checks.stops), support: of(checks.support) }
}

function keeps(checks: Checks, code: string): boolean {
  return (
    [...checks.criteria, ...checks.support].some((each) => each.code === code && each.state !== true) ||
    checks.stops.some((each) => each.code === code && each.state !== false)
  )
}
