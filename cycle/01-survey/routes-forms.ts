import { createRoute, z } from '@hono/zod-openapi'
import { area } from '#door/area-rule.ts'
import { answers, enter, guarded, takes } from '#door/enter.ts'
import { holdNation } from '#door/hold.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit, NATION } from '#registry/audit.ts'
import { transact } from '#registry/transaction.ts'
import { fieldsOf } from '#engines/xforms/fields.ts'
import type { Item } from '#engines/xforms/model.ts'
import { limitUpload } from './multipart.ts'
import { md5 } from './openrosa.ts'
import { formOf, storeForm } from './publish.ts'
import { fileCounts, insertFormFile, listForms, readForm, setFormState } from './store-forms.ts'
import { readUpload, toXlsx } from './xlsform.ts'

const xlsx_type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const words = z.object({ en: z.string(), zh: z.string() })

const list = createRoute({
  method: 'get',
  path: '/api/survey/forms',
  ...guarded('survey.form', 'read', area.common),
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            form_id: z.string(),
            version: z.string(),
            title: words,
            state: z.string(),
            published_at: z.string(),
            xform_md5: z.string(),
            files: z.number(),
          }),
        ),
      }),
      'Every version of every form',
    ),
  },
})

const version_path = z.object({ form_id: z.string(), version: z.string() })

const show = createRoute({
  method: 'get',
  path: '/api/survey/forms/{form_id}/{version}',
  ...guarded('survey.form', 'read', area.common),
  request: { params: version_path },
  responses: {
    200: answers(
      z.object({
        form_id: z.string(),
        version: z.string(),
        title: words,
        state: z.string(),
        groups: z.array(
          z.object({
            name: z.string(),
            list: z.boolean(),
            labels: z.record(z.string(), z.string()),
            fields: z.array(z.string()),
          }),
        ),
        fields: z.record(z.string(), z.unknown()),
        lists: z.record(z.string(), z.record(z.string(), z.unknown())),
      }),
      'The questions of a form, in groups as a person meets them, with labels and choices in every language',
    ),
  },
})

const download = createRoute({
  method: 'get',
  path: '/api/survey/forms/{form_id}/{version}/xlsform',
  ...guarded('survey.form', 'read', area.common),
  request: { params: version_path },
  responses: {
    200: { content: { [xlsx_type]: { schema: z.any() } }, description: 'The form as an XLSForm workbook' },
  },
})

const publish = createRoute({
  method: 'post',
  path: '/api/survey/forms',
  ...guarded('survey.publish_form', 'by hand', area.common),
  middleware: [limitUpload, enter('survey.publish_form', 'by hand', area.common)] as const,
  request: {
    body: {
      content: {
        'multipart/form-data': {
          schema: z.object({
            file: z.instanceof(File).openapi({ type: 'string', format: 'binary' }),
            files: z
              .union([z.instanceof(File), z.array(z.instanceof(File))])
              .optional()
              .openapi({ type: 'array', items: { type: 'string', format: 'binary' } }),
          }),
        },
      },
      required: true,
    },
  },
  responses: {
    200: answers(
      z.object({
        form_id: z.string(),
        version: z.string(),
        xform_md5: z.string(),
        remarks: z
          .array(z.object({ path: z.string(), row: z.number(), message: z.string() }))
          .describe('What was mended while the form was read'),
      }),
      'The form is published and on the list of every device',
    ),
  },
})

const change = createRoute({
  method: 'post',
  path: '/api/survey/forms/{form_id}/{version}/state',
  ...guarded('survey.publish_form', 'write', area.common),
  request: {
    params: version_path,
    body: takes(z.object({ state: z.enum(['open', 'closed', 'withdrawn']) })),
  },
  responses: {
    200: answers(z.object({ state: z.string() }), 'Open, closed (no longer listed) or withdrawn (refused)'),
  },
})

export const formRoutes = room()
  .openapi(list, async (c) => {
    const counts = await fileCounts(c.var.tx)
    const items = (await listForms(c.var.tx)).map((form) => ({
      ...form,
      title: form.title as { en: string; zh: string },
      files: counts.get(`${form.form_id}\n${form.version}`) ?? 0,
    }))
    return c.json({ items }, 200)
  })
  .openapi(show, async (c) => {
    const { form_id, version } = c.req.valid('param')
    const { form, state } = await formOf(c.var.tx, form_id, version)
    const title = (await readForm(c.var.tx, form_id, version))?.title as { en: string; zh: string }
    const { household, lists } = fieldsOf(form)
    return c.json({ form_id, version, title, state, groups: groupsOf(form.items), fields: household, lists }, 200)
  })
  .openapi(download, async (c) => {
    const { form_id, version } = c.req.valid('param')
    const form = await readForm(c.var.tx, form_id, version)
    if (!form) throw problem('survey_unknown_form')
    const bytes = toXlsx(form.xlsform)
    return c.body(new Uint8Array(bytes), 200, {
      'Content-Type': xlsx_type,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`${form_id}-${version}.xlsx`)}`,
    })
  })
  .openapi(publish, async (c) => {
    const { file, files = [] } = c.req.valid('form')
    const beside = Array.isArray(files) ? files : [files]
    const upload = readUpload(
      new Uint8Array(await file.arrayBuffer()),
      file.name,
      beside.map((each) => each.name),
    )
    const { form } = upload
    if (!form) {
      const errors = upload.problems.map((each) => ({ ...place(each), message: `${each.message} ${each.hint}` }))
      throw problem('survey_form_invalid', { errors })
    }
    // A form without a version gets the minute of its publication, as Collect needs one to see that it changed.
    form.version ??= c.var.now.replaceAll(/\D/g, '').slice(0, 12)
    const { version } = form
    const published = await transact(c.var.registry, c.var.actor, async (tx) => {
      await holdNation(tx)
      const before = await readForm(tx, form.form_id, version)
      if (before && before.xlsform !== upload.source) {
        throw problem('survey_form_exists', { detail: `Form ${form.form_id}, version ${version}.` })
      }
      const stored = await storeForm(tx, form, upload.source, c.var.now)
      for (const each of beside) {
        const bytes = Buffer.from(await each.arrayBuffer())
        const content_type = each.type || 'application/octet-stream'
        await insertFormFile(tx, {
          form_id: form.form_id,
          version,
          file_name: each.name,
          content_type,
          md5: md5(bytes),
          bytes,
        })
      }
      const detail = { version, xform_md5: stored.xform_md5 }
      await audit(tx, {
        county_code: NATION,
        action: 'survey.publish_form',
        subject_kind: 'form',
        subject_id: form.form_id,
        detail,
      })
      return stored
    })
    const remarks = form.remarks.map((each) => ({ ...place(each), message: each.message }))
    return c.json({ form_id: published.form_id, version, xform_md5: published.xform_md5, remarks }, 200)
  })
  .openapi(change, async (c) => {
    const { form_id, version } = c.req.valid('param')
    const { state } = c.req.valid('json')
    await formOf(c.var.tx, form_id, version)
    await setFormState(c.var.tx, form_id, version, state)
    const detail = { version, state }
    await audit(c.var.tx, {
      county_code: NATION,
      action: 'survey.form_state',
      subject_kind: 'form',
      subject_id: form_id,
      detail,
    })
    return c.json({ state }, 200)
  })

/** Where in the workbook: the cell's column as `survey.relevant`, and its row. */
const place = ({ sheet, row, column }: { sheet: string; row: number; column?: string }) => ({
  path: column === undefined ? sheet : `${sheet}.${column}`,
  row,
})

interface ShownGroup {
  name: string
  list: boolean
  labels: Record<string, string>
  fields: string[]
}

/** Groups of the first level with the names of all questions in them; questions outside stand in groups of their own. */
function groupsOf(items: readonly Item[]): ShownGroup[] {
  const names = (item: Item): string[] => (item.kind === 'question' ? [item.name] : item.items.flatMap(names))
  return items
    .filter((item) => item.kind !== 'question' || !['note', 'calculate'].includes(item.type))
    .map((item) => ({ name: item.name, list: item.kind === 'repeat', labels: item.labels, fields: names(item) }))
}
