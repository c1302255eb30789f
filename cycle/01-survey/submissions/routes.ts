import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { maskAnswers, type Answers } from '#door/personal.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import type { Keys } from '#registry/secrets/secrets.ts'
import type { Entry } from '#engines/xforms/answers/submission.ts'
import { states } from '#registry/tables/states.ts'
import { acceptSubmissions } from '../receive/accept.ts'
import { filesNamed } from '../files/media.ts'
import { formOf } from '../forms/publish.ts'
import { personalFields } from '../forms/personal-fields.ts'
import { hidden, lastName } from '../receive/read.ts'
import { auditOutcomes, receptionOf } from '../receive/reception.ts'
import { countSubmissions, listSubmissions, readSubmission } from './store-read.ts'

const submit = createRoute({
  method: 'post',
  path: '/api/survey/submissions',
  ...guarded('survey.submit', 'write', area.entity('submission', 'json.submissions[]')),
  request: { body: takes(z.object({ submissions: z.array(z.string()).min(1).max(2000) })) },
  responses: {
    200: answers(
      z.object({
        accepted: z.number(),
        duplicates: z.number(),
        quarantined: z.array(
          z.object({ index: z.number(), code: z.string(), message: z.string(), quarantine_id: z.string() }),
        ),
        instance_ids: z.array(z.string().nullable()).describe('One for each submission, in order; null if quarantined'),
      }),
      'What became of each submission (XForms XML). Nothing that was sent is dropped',
    ),
  },
})

const submissionSchema = z
  .object({
    instance_id: z.string(),
    county_code: z.string(),
    area_code: z.string(),
    form_id: z.string(),
    form_version: z.string(),
    household_code: z.string().nullable(),
    state: z.enum(states['submission.state']),
    problem_code: z.string().nullable(),
    surveyor_name: z.string().nullable(),
    surveyed_on: z.string().nullable(),
    received_at: z.string(),
  })
  .openapi('Submission')

const list = createRoute({
  method: 'get',
  path: '/api/survey/submissions',
  ...guarded('survey.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      state: z
        .enum(['kept', 'accepted', 'quarantined', 'superseded', 'rejected'])
        .optional()
        .describe('kept: accepted or superseded, what the campaign counts as surveyed'),
      form_id: z.string().optional(),
      with_problems: z.enum(['true', 'false']).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional().describe('The `next` of the page before'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          submissionSchema.extend({
            area_name: z.object({ en: z.string(), zh: z.string() }).nullable(),
            problems: z.number(),
            head_name: z.string().nullable(),
            members: z.number().nullable(),
          }),
        ),
        counts: z.record(z.string(), z.number()),
        next: z.string().optional(),
      }),
      'Submissions of an area, newest first, and how many are in each state',
    ),
  },
})

export const answerProblemSchema = z.object({
  code: z.string(),
  path: z.string(),
  got: z.string(),
  expected: z.string(),
})

const show = createRoute({
  method: 'get',
  path: '/api/survey/submissions/{instance_id}',
  ...guarded('survey.read', 'read', area.entity('submission', 'param.instance_id')),
  request: { params: z.object({ instance_id: z.string() }) },
  responses: {
    200: answers(
      submissionSchema.extend({
        answers: z.record(z.string(), z.unknown()).describe('Personal numbers masked'),
        answers_extra: z.record(z.string(), z.string()),
        problems: z.array(answerProblemSchema),
        files: z.array(
          z.object({
            file_name: z.string(),
            content_type: z.string(),
            size: z.number(),
            sha256: z.string(),
            received_at: z.string(),
          }),
        ),
        files_named: z
          .array(z.object({ path: z.string(), file_name: z.string(), received: z.boolean() }))
          .describe('Files that the answers name; not received until their bytes come'),
        xml_sha256: z.string(),
        device_id: z.string().nullable(),
        corrects: z.string().nullable(),
        corrected_by: z.string().nullable(),
      }),
      'One submission: answers, what is doubtful in them, files',
    ),
  },
})

export const submissionRoutes = room()
  .openapi(submit, async (c) => {
    const { submissions } = c.req.valid('json')
    const reception = await receptionOf(c.var.tx, c.var)
    const outcomes = await acceptSubmissions(
      c.var.tx,
      reception,
      submissions.map((xml) => ({ xml: Buffer.from(xml), source: 'bulk' })),
    )
    await auditOutcomes(c.var.tx, reception, outcomes)
    return c.json(
      {
        accepted: outcomes.filter((outcome) => outcome.state === 'accepted').length,
        duplicates: outcomes.filter((outcome) => outcome.state === 'duplicate').length,
        quarantined: outcomes.flatMap((outcome, index) =>
          outcome.state === 'quarantined'
            ? [{ index, code: outcome.code, message: outcome.message, quarantine_id: outcome.quarantine_id }]
            : [],
        ),
        instance_ids: outcomes.map((outcome) => (outcome.state === 'quarantined' ? null : outcome.instance_id)),
      },
      200,
    )
  })
  .openapi(list, async (c) => {
    const { area_code, with_problems, ...wish } = c.req.valid('query')
    permit(c.var.actor, 'survey.read', area_code)
    const place = await placeOf(c.var.tx, area_code)
    const page = await listSubmissions(c.var.tx, place, { ...wish, with_problems: with_problems === 'true' })
    return c.json({ ...page, counts: await countSubmissions(c.var.tx, place) }, 200)
  })
  .openapi(show, async (c) => {
    const { instance_id } = c.req.valid('param')
    const found = await readSubmission(c.var.tx, instance_id)
    if (!found) throw problem('not_found', { detail: `There is no submission ${instance_id}.` })
    permit(c.var.actor, 'survey.read', found.area_code)
    const { keys } = c.var.registry
    const { form } = await formOf(c.var.tx, found.form_id, found.form_version)
    const fields = personalFields(c.var.pack, form)
    const answers = found.answers as Answers
    const come = new Set(found.files.map((file) => file.file_name))
    const files_named = filesNamed(form, found.answers as Entry).map((named) => ({
      ...named,
      received: come.has(named.file_name),
    }))
    const { xml_sealed: _sealed, account_id: _account, deprecated_id, answers_extra, ...shown } = found
    return c.json(
      {
        ...shown,
        files_named,
        corrects: deprecated_id,
        // What came in before its form declared it personal lies here unsealed; it is masked all the same.
        answers: maskAnswers(keys, fields, answers),
        answers_extra: maskExtra(keys, (answers_extra ?? {}) as Record<string, string>),
        // Of what was refused before this rule held, an ending may be kept: it is shown no more.
        problems: (found.problems as z.infer<typeof answerProblemSchema>[]).map((each) =>
          fields.includes(lastName(each.path)) ? { ...each, got: hidden(each.got) } : each,
        ),
      },
      200,
    )
  })

/** Extra answers by path, as text; those of personal fields are sealed and come masked. */
function maskExtra(keys: Keys, extra: Record<string, string>): Record<string, string> {
  const sealed = Object.keys(extra).filter((path) => extra[path]?.startsWith('v1.'))
  return maskAnswers(keys, sealed, extra) as Record<string, string>
}
