import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { states } from '#registry/tables/states.ts'
import { reviewRoutes } from './decide/routes-reviews.ts'
import { thresholdRoutes } from './decide/routes-thresholds.ts'
import { matchArea } from './run/run.ts'
import { householdById, personsById, storyOfLinks, summaryOf } from './store/read.ts'
import { countReviews } from './store/review.ts'

const jobAnswer = z.object({ job_id: z.string(), state: z.string(), result: z.unknown() })

const run = createRoute({
  method: 'post',
  path: '/api/match/run',
  ...guarded('match.run', 'by hand', area.of('json.area_code')),
  request: { body: takes(z.object({ area_code: z.string() })) },
  responses: { 200: answers(jobAnswer, 'A job that links every new submission of the area, and other registers') },
})

const household = createRoute({
  method: 'get',
  path: '/api/match/households/{household_id}',
  ...guarded('match.read', 'read', area.entity('household', 'param.household_id')),
  request: { params: z.object({ household_id: z.string() }) },
  responses: {
    200: answers(
      z.object({
        household: z.object({
          county_code: z.string(),
          household_id: z.string(),
          area_code: z.string(),
          head_name: z.string(),
          household_size: z.number(),
          first_instance_id: z.string(),
          current_instance_id: z.string(),
          surveyed_on: z.string().nullable(),
          state: z.enum(states['household.state']),
          merged_into: z.string().nullable(),
        }),
        persons: z.array(
          z.object({
            person_id: z.string(),
            name: z.string(),
            relation: z.string().nullable(),
            sex: z.string().nullable(),
            birth_date: z.string().nullable(),
            national_id: z.string().nullable(),
            national_id_valid: z.boolean().nullable(),
            state: z.enum(states['person.state']),
          }),
        ),
        links: z.array(
          z.object({
            link_id: z.string(),
            left_kind: z.enum(states['link.left_kind']),
            left_id: z.string(),
            person_id: z.string().nullable(),
            person_name: z.string().nullable(),
            method: z.enum(states['link.method']),
            band: z.enum(states['link.band']),
            match_weight: z.number().nullable(),
            match_probability: z.number().nullable(),
            evidence: z.record(z.string(), z.unknown()),
            surveyed_on: z.string().nullable(),
            linked_at: z.string(),
            withdrawn_at: z.string().nullable(),
            withdrawn_reason: z.string().nullable(),
            restorable: z
              .boolean()
              .describe('Withdrawn by itself: POST /api/match/links/{link_id}/restore takes that back'),
          }),
        ),
      }),
      'The household, its persons with masked numbers, and every link, withdrawn ones too',
    ),
  },
})

const counted = z.object({ state: z.string(), count: z.number() })

const summary = createRoute({
  method: 'get',
  path: '/api/match/summary',
  ...guarded('match.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        links: z.array(z.object({ left_kind: z.string(), method: z.string(), band: z.string(), count: z.number() })),
        households: z.array(counted),
        persons: z.array(counted.extend({ with_valid_number: z.number() })),
        reviews: z.record(z.string(), z.number()),
        runs: z.array(
          z.object({ run_id: z.string(), started_at: z.string(), counts: z.record(z.string(), z.number()) }),
        ),
      }),
      'Who is who in an area, by how and how surely it is known',
    ),
  },
})

export const matchRoutes = room()
  .openapi(run, async (c) => {
    const { area_code } = c.req.valid('json')
    permit(c.var.actor, 'match.run', area_code)
    const answer = await runJob(c, { kind: 'match', area_code }, (progress) => matchArea(c.var, area_code, progress))
    return c.json(answer, 200)
  })
  .openapi(household, async (c) => {
    const { household_id } = c.req.valid('param')
    const found = await householdById(c.var.tx, household_id)
    if (!found) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(c.var.actor, 'match.read', found.area_code)
    const persons = await personsById(c.var.tx, found.county_code, household_id)
    const links = await storyOfLinks(c.var.tx, found.county_code, household_id)
    return c.json({ household: found, persons, links }, 200)
  })
  .openapi(summary, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'match.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    return c.json({ ...(await summaryOf(c.var.tx, place)), reviews: await countReviews(c.var.tx, place) }, 200)
  })
  .route('/', reviewRoutes)
  .route('/', thresholdRoutes)
