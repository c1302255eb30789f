import { createRoute, z } from '@hono/zod-openapi'
import { area } from '#door/area-rule.ts'
import { placeInCounty, placeOf } from '#door/area.ts'
import { answers, enter, guarded } from '#door/enter.ts'
import { permit } from '#door/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { transact } from '#registry/transaction.ts'
import { fieldsOf } from '#engines/xforms/fields.ts'
import { expected } from './cell.ts'
import { runImport } from './import-run.ts'
import { mappingSchema, suggestMapping, suggestRegisterMapping, registerFields, type Mapping } from './mapping.ts'
import { limitUpload } from './multipart.ts'
import { formOf } from './publish.ts'
import { receptionOf } from './reception.ts'
import { listBatches } from './store-imports.ts'
import { readTable } from './table.ts'

const file = z.instanceof(File).openapi({ type: 'string', format: 'binary' })
const bringSchema = z.object({
  file,
  kind: z.enum(['submissions', 'register']),
  register: z.string().optional(),
  mapping: z.string().optional().describe('JSON; without it the suggested mapping is used'),
  area_code: z.string(),
})
const previewSchema = z.object({ file, kind: z.enum(['submissions', 'register']).default('submissions') })

const problemSchema = z.object({
  row: z.number(),
  column: z.string(),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  got: z.string(),
  expects: z.enum(expected),
})

const bring = createRoute({
  method: 'post',
  path: '/api/survey/imports',
  ...guarded('survey.import', 'by hand', area.of('form.area_code')),
  middleware: [limitUpload, enter('survey.import', 'by hand', area.of('form.area_code'))] as const,
  request: { body: { content: { 'multipart/form-data': { schema: bringSchema } }, required: true } },
  responses: {
    200: answers(
      z.object({
        batch_id: z.string(),
        rows_read: z.number(),
        rows_accepted: z.number(),
        rows_known: z.number().describe('Rows that were here already in the same words'),
        rows_quarantined: z.number(),
        problems: z.array(problemSchema),
      }),
      'The good rows are in, the others in quarantine; what is wrong is told by row and column',
    ),
  },
})

const preview = createRoute({
  method: 'post',
  path: '/api/survey/imports/preview',
  ...guarded('survey.import', 'by hand', area.common),
  middleware: [limitUpload, enter('survey.import', 'by hand', area.common)] as const,
  request: { body: { content: { 'multipart/form-data': { schema: previewSchema } }, required: true } },
  responses: {
    200: answers(
      z.object({
        encoding: z.string(),
        sheets: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number() })),
        columns: z.array(z.string()),
        suggested_mapping: mappingSchema,
        rows: z.array(z.object({ row: z.number(), cells: z.record(z.string(), z.string()) })),
        fields: z.array(z.object({ field: z.string(), type: z.string(), labels: z.record(z.string(), z.string()) })),
      }),
      'What the file holds (first 20 rows), and which column seems to hold what',
    ),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/survey/imports',
  ...guarded('survey.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            batch_id: z.string(),
            area_code: z.string(),
            kind: z.string(),
            file_name: z.string(),
            rows_read: z.number(),
            rows_accepted: z.number(),
            rows_quarantined: z.number(),
            problems: z.array(problemSchema),
            imported_at: z.string(),
            account_name: z.unknown(),
          }),
        ),
      }),
      'Imports of an area, newest first',
    ),
  },
})

function mappingOf(text: string): Mapping {
  try {
    return mappingSchema.parse(JSON.parse(text))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw problem('request_invalid', { errors: [{ path: 'mapping', message }] })
  }
}

export const importRoutes = room()
  .openapi(bring, async (c) => {
    const { file: sent, kind, register, mapping, area_code } = c.req.valid('form')
    const bytes = new Uint8Array(await sent.arrayBuffer())
    // Read before the transaction: a large workbook takes seconds.
    const table = await readTable(bytes)
    const { registry, actor, pack } = c.var
    const done = await transact(registry, actor, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      permit(actor, 'survey.import', kind === 'register' ? place.county_code : area_code)
      const { form } = await formOf(tx, pack.card_form)
      const suggested = () =>
        kind === 'register'
          ? suggestRegisterMapping(table.sheets, registerFields(pack.currency.minor_units))
          : suggestMapping(table.sheets, fieldsOf(form))
      const used = mapping ? mappingOf(mapping) : suggested()
      const reception = await receptionOf(tx, c.var)
      return await runImport(tx, reception, {
        place,
        file_name: sent.name,
        bytes,
        table,
        mapping: used,
        kind,
        register,
      })
    })
    return c.json(done, 200)
  })
  .openapi(preview, async (c) => {
    const { file: sent, kind } = c.req.valid('form')
    const table = await readTable(new Uint8Array(await sent.arrayBuffer()))
    const { registry, actor, pack } = c.var
    const { form } = await transact(registry, actor, (tx) => formOf(tx, pack.card_form))
    const fields = fieldsOf(form)
    const [first] = table.sheets
    const register = kind === 'register'
    const of_register = registerFields(pack.currency.minor_units)
    const shown = register
      ? Object.values(of_register).map((field) => ({ target: field.name, field }))
      : [
          ...Object.values(fields.household).map((field) => ({ target: field.name, field })),
          ...Object.values(fields.lists['members'] ?? {}).map((field) => ({ target: `members.${field.name}`, field })),
        ]
    return c.json(
      {
        encoding: table.encoding,
        sheets: table.sheets.map(({ name, columns, rows }) => ({ name, columns, rows: rows.length })),
        columns: first?.columns ?? [],
        suggested_mapping: register
          ? suggestRegisterMapping(table.sheets, of_register)
          : suggestMapping(table.sheets, fields),
        rows: (first?.rows ?? []).slice(0, 20),
        fields: shown.map(({ target, field }) => ({ field: target, type: field.type, labels: field.labels })),
      },
      200,
    )
  })
  .openapi(list, async (c) => {
    const { area_code } = c.req.valid('query')
    permit(c.var.actor, 'survey.read', area_code)
    const items = await listBatches(c.var.tx, await placeOf(c.var.tx, area_code))
    return c.json(
      { items: items.map((item) => ({ ...item, problems: item.problems as z.infer<typeof problemSchema>[] })) },
      200,
    )
  })
