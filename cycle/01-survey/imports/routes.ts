import { createHash, randomUUID } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty, placeOf } from '#door/permit/area.ts'
import type { DoorVariables } from '#door/context.ts'
import { answers, guarded, guardedAfter } from '#door/enter.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { transact, type ReadTx } from '#registry/transaction.ts'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import { states } from '#registry/tables/states.ts'
import { mappingSchema, registerFields, targetsOf, type Mapping } from './mapping.ts'
import { lookAhead, mayBegin, most_problems, runImport, type ImportAsked, type LookedAt } from './run.ts'
import { batchSchema, doneSchema, previewAnswer } from './schemas.ts'
import { suggestMapping, suggestRegisterMapping } from './suggest.ts'
import { limitUpload } from '../receive/multipart.ts'
import { formOf } from '../forms/publish.ts'
import { receptionOf } from '../receive/reception.ts'
import { listBatches, listMappings } from './store.ts'
import { openTable } from '../sheets/open-table.ts'
import type { Table } from '../sheets/table.ts'

const bringSchema = z.object({
  file: z.instanceof(File).openapi({ type: 'string', format: 'binary' }),
  kind: z.enum(states['import_batch.kind']),
  area_code: z.string(),
  register: z.string().max(100).optional(),
  form_id: z.string().max(200).optional().describe('Default: the household card'),
  source: z.string().max(100).optional().describe('Name of the list; default: the name of the saved mapping'),
  mapping: z.string().max(500_000).optional().describe('JSON; without it the saved or the suggested one is used'),
  mapping_name: z.string().max(100).optional().describe('A saved mapping'),
})
type Sent = z.infer<typeof bringSchema>

const preview = createRoute({
  method: 'post',
  path: '/api/survey/imports/preview',
  ...guardedAfter(limitUpload, 'survey.import', 'by hand', area.of('form.area_code')),
  request: { body: { content: { 'multipart/form-data': { schema: bringSchema } }, required: true } },
  responses: {
    200: answers(previewAnswer, 'What an import of this file would do, to the last cell, and what is still open'),
  },
})

const bring = createRoute({
  method: 'post',
  path: '/api/survey/imports',
  ...guardedAfter(limitUpload, 'survey.import', 'by hand', area.of('form.area_code')),
  request: {
    body: {
      content: {
        'multipart/form-data': {
          schema: bringSchema.extend({ fingerprint: z.string().max(100).optional().describe('Of the preview') }),
        },
      },
      required: true,
    },
  },
  responses: {
    200: answers(
      z.object({
        job_id: z.string(),
        state: z.enum(['running', 'done', 'failed']),
        result: doneSchema.nullable(),
      }),
      'The import runs; with `Prefer: wait` the answer waits for its result',
    ),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/survey/imports',
  ...guarded('survey.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: { 200: answers(z.object({ items: z.array(batchSchema) }), 'Imports of an area, newest first') },
})

function parseMapping(text: string): Mapping {
  try {
    return mappingSchema.parse(JSON.parse(text))
  } catch (error) {
    const message = error instanceof Error ? error.message.slice(0, 500) : String(error)
    throw problem('request_invalid', { errors: [{ path: 'mapping', message }] })
  }
}

type Door = Pick<DoorVariables, 'registry' | 'pack' | 'actor' | 'now' | 'signal'>

/** What was sent, looked at: read before the transaction, as a large workbook takes seconds. */
async function look(door: Door, sent: Sent): Promise<{ asked: ImportAsked; looked: LookedAt; suggested: boolean }> {
  const bytes = new Uint8Array(await sent.file.arrayBuffer())
  const given = sent.mapping === undefined ? undefined : parseMapping(sent.mapping)
  const table = await openTable(bytes, given?.encoding, door.signal)
  return await transact(door.registry, door.actor, async (tx) => {
    const place = await placeInCounty(tx, sent.area_code)
    permit(door.actor, 'survey.import', sent.kind === 'register' ? place.county_code : sent.area_code)
    const form = await formOf(tx, sent.form_id ?? door.pack.card_form)
    const saved = given ?? (await savedMapping(tx, place, sent.mapping_name))
    const asked: ImportAsked = {
      place,
      file_name: sent.file.name,
      file_sha256: createHash('sha256').update(bytes).digest('hex'),
      table: saved?.encoding && !given ? await openTable(bytes, saved.encoding, door.signal) : table,
      mapping: saved ?? suggestFor(door, sent, table, form.form),
      kind: sent.kind,
      source: sent.source ?? sent.mapping_name ?? '',
      register: sent.register ?? '',
      form,
    }
    const looked = await lookAhead(tx, await receptionOf(tx, door), asked)
    return { asked, looked, suggested: saved === undefined }
  })
}

function suggestFor(door: Door, sent: Sent, table: Table, form: Parameters<typeof fieldsOf>[0]): Mapping {
  if (sent.kind === 'submissions') return suggestMapping(table.sheets, fieldsOf(form))
  return suggestRegisterMapping(table.sheets, registerFields(door.pack.currency.minor_units))
}

async function savedMapping(tx: ReadTx, place: ImportAsked['place'], name: string | undefined) {
  if (name === undefined || name === '') return undefined
  const found = (await listMappings(tx, place)).find((each) => each.name === name)
  if (!found) throw problem('not_found', { detail: `There is no saved mapping "${name}".` })
  return mappingSchema.parse(found.mapping)
}

export const importRoutes = room()
  .openapi(preview, async (c) => {
    const sent = c.req.valid('form')
    const { asked, looked, suggested } = await look(c.var, sent)
    const { account, problems, mapping, questions, households, people, known, changed, fingerprint } = looked
    const fields =
      sent.kind === 'register' ? registerFields(c.var.pack.currency.minor_units) : fieldsOf(asked.form.form)
    return c.json(
      {
        fingerprint,
        encoding: asked.table.encoding,
        mapping,
        suggested,
        ...account,
        households,
        people,
        known,
        changed,
        questions,
        problems: problems.slice(0, 200),
        problem_count: problems.length,
        unknown_values: looked.unknown_values,
        fields: targetsOf(fields).map(({ target, list, field }) => ({
          target,
          list,
          type: field.type,
          labels: field.labels,
          ...(field.minor_units === undefined ? {} : { minor_units: field.minor_units }),
          ...(field.choices === undefined ? {} : { choices: field.choices }),
          ...(field.choice_labels === undefined ? {} : { choice_labels: field.choice_labels }),
        })),
      },
      200,
    )
  })
  .openapi(bring, async (c) => {
    const { fingerprint, ...sent } = c.req.valid('form')
    const { asked, looked } = await look(c.var, sent)
    mayBegin(looked, fingerprint)
    const { registry, actor } = c.var
    const batch_id = randomUUID()
    const reception = await transact(registry, actor, (tx) => receptionOf(tx, c.var))
    const job = { kind: 'import', area_code: asked.place.area_code, input: { batch_id } }
    const { job_id, state, result } = await runJob(c, job, (progress) =>
      runImport({ registry, actor }, reception, asked, looked, batch_id, progress),
    )
    return c.json({ job_id, state, result: result === null ? null : doneSchema.parse(result) }, 200)
  })
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'survey.read', area_code)
    const items = await listBatches(c.var.tx, await placeOf(c.var.tx, area_code))
    return c.json(
      {
        items: items.map((item) => ({
          ...item,
          problems: (Array.isArray(item.problems) ? item.problems : []).slice(0, most_problems) as Record<
            string,
            never
          >[],
        })),
      },
      200,
    )
  })
