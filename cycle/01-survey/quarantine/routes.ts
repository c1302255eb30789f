import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { maskAnswers, sealAnswers, type Answers } from '#door/personal.ts'
import { catalogue, problem, type ProblemCode } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit } from '#registry/audit/audit.ts'
import { numberCode, type Keys } from '#registry/secrets/secrets.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { answersOf } from '#engines/xforms/answers/submission.ts'
import { keepFiles } from '../files/send.ts'
import { keptRows } from '../imports/refused.ts'
import { listsOf } from '../imports/mapping.ts'
import type { Part } from '../receive/multipart.ts'
import { personalFields } from '../forms/personal-fields.ts'
import { findForm } from '../forms/publish.ts'
import { mends, parseLeniently } from '../receive/read.ts'
import type { Reception } from '../receive/accept.ts'
import { receptionOf } from '../receive/reception.ts'
import { acceptAgain, type Mending } from './resolve.ts'
import { batchOf, takeRows } from './resolve-rows.ts'
import { openBytes } from '../receive/seal.ts'
import {
  closeQuarantine,
  countQuarantine,
  listQuarantine,
  holdQuarantine,
  readQuarantine,
  waitingFiles,
} from './store.ts'

const words = z.object({ en: z.string(), zh: z.string() })

const itemSchema = z
  .object({
    quarantine_id: z.string(),
    county_code: z.string(),
    area_code: z.string(),
    received_at: z.string(),
    source: z.string(),
    content_type: z.string(),
    problem: z.looseObject({ code: z.string(), message: z.string() }),
    title: words.describe('What happened, by the code'),
    action: words.describe('What to do'),
    resolved_at: z.string().nullable(),
    resolution: z.string().nullable(),
  })
  .openapi('QuarantineItem')

type Told = z.infer<typeof itemSchema>['problem']

/** A stored problem with the words of its code. */
function told(stored: unknown): { problem: Told; title: z.infer<typeof words>; action: z.infer<typeof words> } {
  const about = stored as Told
  const { title, action } = catalogue[about.code as ProblemCode]
  return { problem: about, title, action }
}

const list = createRoute({
  method: 'get',
  path: '/api/survey/quarantine',
  ...guarded('survey.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      resolved: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional(),
      batch_id: z.string().optional().describe('Only what one import left behind'),
    }),
  },
  responses: {
    200: answers(
      z.object({ items: z.array(itemSchema), left: z.number(), next: z.string().optional() }),
      'What could not be read or placed, oldest first, and how many wait',
    ),
  },
})

const show = createRoute({
  method: 'get',
  path: '/api/survey/quarantine/{quarantine_id}',
  ...guarded('survey.resolve', 'read', area.entity('quarantine', 'param.quarantine_id')),
  request: { params: z.object({ quarantine_id: z.string() }) },
  responses: {
    200: answers(
      itemSchema.extend({
        size: z.number(),
        answers: z
          .record(z.string(), z.unknown())
          .nullable()
          .describe('As far as they can be read; personal numbers masked'),
        form: z.object({ form_id: z.string(), version: z.string() }).nullable(),
        mended: z.array(z.enum(mends)).describe('What had to be set right to read it at all'),
        rows: z
          .array(z.object({ sheet: z.string(), row: z.number(), cells: z.record(z.string(), z.string()) }))
          .describe('Of a list: its rows, personal numbers masked'),
        columns: z.record(z.string(), z.string()).describe('Of a list: column -> question'),
      }),
      'One item with what can be read of it',
    ),
  },
})

const resolve = createRoute({
  method: 'post',
  path: '/api/survey/quarantine/{quarantine_id}/resolve',
  ...guarded('survey.resolve', 'write', area.entity('quarantine', 'param.quarantine_id')),
  request: {
    params: z.object({ quarantine_id: z.string() }),
    body: takes(
      z.object({
        resolution: z.enum(['retry', 'correct', 'reject']).describe('Try as it is, correct and accept, or reject'),
        answers: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('With `correct`: answers by path (`members[2].birth_date`), money in minor units'),
        written: z
          .record(z.string(), z.string().max(20_000))
          .optional()
          .describe('As `answers`, as a person writes them'),
        xml: z.string().max(2_000_000).optional().describe('With `correct`: the whole text, mended by hand'),
        cells: z
          .array(z.object({ index: z.number().int().min(0), column: z.string(), text: z.string().max(20_000) }))
          .max(2000)
          .optional()
          .describe('With `correct`, of a list: cells by row of the item, from 0'),
        note: z.string().max(1000).optional(),
      }),
    ),
  },
  responses: {
    200: answers(z.object({ resolution: z.string(), instance_id: z.string().nullable() }), 'The item is dealt with'),
  },
})

export const quarantineRoutes = room()
  .openapi(list, async (c) => {
    const { area_code, resolved, limit, after, batch_id } = c.req.valid('query')
    permit(c.var.actor, 'survey.read', area_code)
    const place = await placeOf(c.var.tx, area_code)
    const page = await listQuarantine(c.var.tx, place, { resolved: resolved === 'true', limit, after, batch_id })
    const items = page.items.map((item) => ({ ...item, ...told(item.problem) }))
    return c.json({ ...page, items, left: await countQuarantine(c.var.tx, place, batch_id) }, 200)
  })
  .openapi(show, async (c) => {
    const { tx, actor, registry, pack } = c.var
    const item = await readQuarantine(tx, c.req.valid('param').quarantine_id)
    if (!item) throw problem('not_found')
    permit(actor, 'survey.resolve', item.area_code)
    const bytes = openBytes(registry.keys, 'quarantine.bytes', item.bytes_sealed)
    const list =
      item.content_type === 'application/json'
        ? await shownRows(tx, registry.keys, pack.personal_fields, item, bytes)
        : null
    const { instance, mended } = parseLeniently(bytes)
    const found = instance.ok
      ? ((await findForm(tx, instance.form_id, instance.version)) ?? (await findForm(tx, instance.form_id)))
      : null
    const read = instance.ok && found ? (answersOf(found.form, instance).answers as Answers) : null
    const { bytes_sealed: _sealed, bytes_sha256: _sha, account_id: _sender, resolved_by: _by, ...shown } = item
    return c.json(
      {
        ...shown,
        ...told(item.problem),
        size: bytes.length,
        answers: read === null || !found ? null : maskRaw(registry.keys, personalFields(pack, found.form), read),
        form: found ? { form_id: found.form_id, version: found.version } : null,
        mended: list === null && instance.ok ? mended : [],
        rows: list?.rows ?? [],
        columns: list?.columns ?? {},
      },
      200,
    )
  })
  .openapi(resolve, async (c) => {
    const { resolution, note, cells = [], ...mending } = c.req.valid('json')
    const { tx, actor, registry, now } = c.var
    const { quarantine_id } = c.req.valid('param')
    const item = await holdQuarantine(tx, quarantine_id)
    if (!item) throw problem('not_found')
    permit(actor, 'survey.resolve', item.area_code)
    if (item.resolved_at !== null) throw problem('already_done')
    if (resolution === 'reject' && !note?.trim()) {
      throw problem('request_invalid', { errors: [{ path: 'note', message: 'Say why it is rejected.' }] })
    }
    const waiting = await waitingFiles(tx, item.county_code, quarantine_id)
    let instance_id: string | null = null
    if (resolution !== 'reject') {
      const reception = await receptionOf(tx, c.var)
      const open = (sealed: Buffer) => openBytes(registry.keys, 'quarantine.bytes', sealed)
      const bytes = open(item.bytes_sealed)
      if (item.content_type === 'application/json') {
        await takeRows(tx, reception, item, bytes, resolution === 'correct' ? cells : [])
      } else
        instance_id = await takeXml(
          tx,
          reception,
          bytes,
          resolution === 'correct' ? mending : undefined,
          waiting.map((file) => {
            const file_name = (file.problem as { file_name?: string }).file_name ?? file.quarantine_id
            return { name: file_name, file_name, content_type: file.content_type, bytes: open(file.bytes_sealed) }
          }),
        )
    }
    const said = note?.trim() ? `${resolution}: ${note.trim()}` : resolution
    const ids = [quarantine_id, ...waiting.map((file) => file.quarantine_id)]
    await closeQuarantine(tx, item.county_code, ids, {
      resolved_at: now,
      resolved_by: actor.account_id,
      resolution: said,
    })
    await audit(tx, {
      county_code: item.county_code,
      action: 'survey.resolve',
      subject_kind: 'quarantine',
      subject_id: quarantine_id,
      detail: {
        resolution,
        instance_id,
        fields: [
          ...Object.keys({ ...mending.answers, ...mending.written }),
          ...cells.map((cell) => cell.column),
          ...(mending.xml === undefined ? [] : ['xml']),
        ],
      },
    })
    return c.json({ resolution, instance_id }, 200)
  })

async function takeXml(tx: Tx, reception: Reception, bytes: Buffer, mending: Mending | undefined, parts: Part[]) {
  const outcome = await acceptAgain(tx, reception, bytes, mending)
  await keepFiles(tx, reception, outcome, parts)
  return outcome.instance_id
}

/** The rows of a list's item as a person mends them: personal numbers masked, each column with its question. */
async function shownRows(
  tx: ReadTx,
  keys: Keys,
  personal: readonly string[],
  item: { county_code: string; problem: unknown },
  bytes: Uint8Array,
) {
  const batch = await batchOf(tx, item)
  const mapping = batch?.mapping
  const columns = mapping
    ? (Object.assign({}, mapping.columns, ...listsOf(mapping).map((list) => list.columns)) as Record<string, string>)
    : {}
  const isPersonal = (column: string) => {
    const target = Object.hasOwn(columns, column) ? (columns[column] ?? '') : ''
    return personal.includes(target.replace(/#.*$/, '').split('.').at(-1) ?? '')
  }
  const rows = keptRows(bytes, mapping?.sheet).map(({ sheet, row, cells }) => ({
    sheet,
    row,
    cells: Object.fromEntries(
      Object.entries(cells).map(([column, text]) => [
        column,
        isPersonal(column) && text !== '' ? numberCode(keys, text) : text,
      ]),
    ),
  }))
  return { rows, columns }
}

/** Masked by way of sealing: what a person wrote must never be taken for a sealed value. */
const maskRaw = (keys: Keys, fields: readonly string[], read: Answers): Answers =>
  maskAnswers(keys, fields, sealAnswers(keys, fields, read))
