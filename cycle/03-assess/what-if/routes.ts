import type { Entered } from '#door/context.ts'
import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { loadRecords } from '#cycle/record.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { maskAnswers, type Answers } from '#door/personal.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import { transactRead } from '#registry/transaction.ts'
import { states } from '#registry/tables/states.ts'
import { assessRecord } from '../judge/assess.ts'
import { indicatorSchema, indicatorsShown, jobAnswer, text } from '../shapes.ts'
import { draftOf } from '../workbench/store.ts'
import { changedBookAside, RULE_KINDS, describeChanges } from './changes.ts'
import { whatIf } from './run.ts'

const changesSchema = z
  .object({
    parameters: z
      .record(z.string(), z.union([z.number(), z.string().max(40)]))
      .default({})
      .describe('By code, in the unit the parameter declares: an amount of money in its main unit'),
    rules: z
      .array(z.object({ kind: z.enum(RULE_KINDS), code: z.string().default(''), source: z.string().max(10_000) }))
      .max(200)
      .default([]),
    files: z
      .record(z.string(), z.string().max(500_000))
      .default({})
      .describe('Rule files of a draft by name (`rules/indicators.yaml`), in place of those in force'),
    draft_id: z.string().optional().describe('A draft of the workbench, in place of the files it changes'),
  })
  .default({ parameters: {}, rules: [], files: {} })

const ask = createRoute({
  method: 'post',
  path: '/api/what-if',
  ...guarded('assess.what_if', 'by hand', area.of('json.area_code')),
  request: {
    body: takes(z.object({ area_code: z.string(), changes: changesSchema, reference_date: z.iso.date().optional() })),
  },
  responses: {
    200: answers(jobAnswer, 'A job: whom the changed rules would find poor and whom no longer; nothing is written'),
  },
})

const sideSchema = z.object({
  verdict: z.enum(states['assessment.verdict']),
  score: z.number().nullable(),
  net_income_per_capita: z.number().nullable(),
  indicators: z.array(indicatorSchema),
  vetoes: z.array(z.object({ code: z.string(), label: text })),
})

const toldSchema = z.object({
  kind: z.string(),
  code: z.string(),
  label: text,
  unit: z.string().nullable(),
  before: z.union([z.string(), z.number()]).nullable(),
  after: z.union([z.string(), z.number()]).nullable(),
})

const householdSchema = z.object({
  household_id: z.string(),
  area_code: z.string(),
  reference_date: z.string(),
  answers: z.record(z.string(), z.unknown()).describe('As they stand, personal numbers masked'),
  changed: z.array(toldSchema),
  before: sideSchema,
  after: sideSchema,
})

const show = createRoute({
  method: 'get',
  path: '/api/what-if/household',
  ...guarded('assess.what_if', 'read', area.entity('household', 'query.household_id')),
  request: { query: z.object({ household_id: z.string(), reference_date: z.iso.date().optional() }) },
  responses: { 200: answers(householdSchema, 'One household under the rules in force, to begin from') },
})

const household = createRoute({
  method: 'post',
  path: '/api/what-if/household',
  ...guarded('assess.what_if', 'read', area.entity('household', 'json.household_id')),
  request: {
    body: takes(
      z.object({
        household_id: z.string(),
        answers: z
          .record(z.string(), z.unknown())
          .default({})
          .describe('Answers as they would be; the rest as they are'),
        changes: changesSchema,
        reference_date: z.iso.date().optional(),
      }),
    ),
  },
  responses: { 200: answers(householdSchema, 'One household before and after, each indicator with its reason') },
})

type Changes = z.infer<typeof changesSchema>

/** A draft of the workbench is its changed rule files; what is given beside it is laid over them. */
function withDraft({ draft_id, ...given }: Changes, draft: { files: Record<string, string> } | undefined) {
  if (draft_id === undefined) return given
  if (!draft) throw problem('not_found', { detail: `There is no draft ${draft_id}.` })
  const rules = Object.entries(draft.files).filter(([name]) => name.startsWith('rules/'))
  return { ...given, files: { ...Object.fromEntries(rules), ...given.files } }
}

interface Wanted {
  household_id: string
  answers: Record<string, unknown>
  changes: Changes
  reference_date: string | undefined
}

async function judged(c: Entered, wanted: Wanted): Promise<z.infer<typeof householdSchema>> {
  const { tx, pack, actor, registry } = c.var
  const { household_id } = wanted
  const found = await householdOf(tx, household_id)
  if (!found) throw problem('not_found', { detail: `There is no household ${household_id}.` })
  permit(actor, 'assess.what_if', found.area_code)
  const place = await placeInCounty(tx, found.area_code)
  const [row] = await loadRecords(tx, place, { household_ids: [household_id] })
  if (!row) throw problem('not_found', { detail: `Household ${household_id} has no answers in force.` })
  const before = rulebookOf(pack)
  const { draft_id } = wanted.changes
  const draft = draft_id === undefined ? undefined : await draftOf(tx, draft_id)
  const after = await changedBookAside(before, withDraft(wanted.changes, draft), c.var.signal)
  const reference_date = wanted.reference_date ?? pack.reference_date
  const unknown = Object.keys(wanted.answers).filter((name) => !(name in row.record) && !before.fields.household[name])
  if (unknown.length > 0) {
    const errors = unknown.map((name) => ({ path: `answers.${name}`, message: 'The card has no such field.' }))
    throw problem('request_invalid', { detail: `The card has no field ${unknown.join(', ')}.`, errors })
  }
  const side = (book: typeof before, record: Record<string, unknown>) => {
    const assessed = assessRecord(book, { ...row, record }, reference_date)
    const { verdict, score, net_income_per_capita, indicators, vetoes } = assessed
    const labels = book.pack.vetoes
    return {
      verdict,
      score,
      net_income_per_capita,
      indicators: indicatorsShown(book.pack, indicators as never),
      vetoes: vetoes.map(({ code }) => ({ code, label: labels.find((each) => each.code === code)?.label ?? {} })),
    }
  }
  const { registers: _, ...own } = row.record
  return {
    household_id,
    area_code: found.area_code,
    reference_date,
    answers: maskAnswers(registry.keys, pack.personal_fields, own as Answers),
    changed: describeChanges(before, after, (book) => standAt(book, reference_date, found.area_code).params),
    before: side(before, row.record),
    after: side(after, { ...row.record, ...wanted.answers }),
  }
}

export const whatIfRoutes = room()
  .openapi(ask, async (c) => {
    const { area_code, changes, reference_date } = c.req.valid('json')
    permit(c.var.actor, 'assess.what_if', area_code)
    const before = rulebookOf(c.var.pack)
    // Refused at once, before a job begins: a rule that does not compile, a figure nobody reads.
    const { draft_id } = changes
    const draft =
      draft_id === undefined
        ? undefined
        : await transactRead(c.var.registry, c.var.actor, (tx) => draftOf(tx, draft_id))
    const after = await changedBookAside(before, withDraft(changes, draft), c.var.signal)
    const asked = { area_code, before, after, reference_date: reference_date ?? c.var.pack.reference_date }
    const job = await runJob(c, { kind: 'what_if', area_code, input: { changes } }, (progress) =>
      whatIf(c, asked, progress),
    )
    return c.json(job, 200)
  })
  .openapi(show, async (c) => {
    const { household_id, reference_date } = c.req.valid('query')
    const changes = { parameters: {}, rules: [], files: {} }
    return c.json(await judged(c, { household_id, answers: {}, changes, reference_date }), 200)
  })
  .openapi(household, async (c) => {
    const { household_id, answers: given, changes, reference_date } = c.req.valid('json')
    return c.json(await judged(c, { household_id, answers: given, changes, reference_date }), 200)
  })
