import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import type { Entered } from '#door/context.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, guardedAfter, takes } from '#door/enter.ts'
import { holdNation } from '#door/hold.ts'
import { ownScope, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import { transact, type ReadTx } from '#registry/transaction.ts'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import type { Form, Item } from '#engines/xforms/model.ts'
import { states } from '#registry/tables/states.ts'
import { limitUpload } from '../receive/multipart.ts'
import { md5 } from '../receive/openrosa.ts'
import { formOf, storeForm } from './publish.ts'
import { openForm, writeForm } from '../sheets/open-table.ts'
import { fileCounts, formInSight, insertFormFile, listForms, ownerOf, readForm, setFormState } from './store.ts'

const xlsx_type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const words = z.object({ en: z.string(), zh: z.string() })

const list = createRoute({
  method: 'get',
  path: '/api/survey/forms',
  ...guarded('survey.form', 'read', area.own),
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            form_id: z.string(),
            version: z.string(),
            title: words,
            state: z.enum(states['form.state']),
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
  ...guarded('survey.form', 'read', area.own),
  request: { params: version_path },
  responses: {
    200: answers(
      z.object({
        form_id: z.string(),
        version: z.string(),
        title: words,
        state: z.enum(states['form.state']),
        groups: z.array(
          z.object({
            name: z.string(),
            list: z.boolean(),
            labels: z.record(z.string(), z.string()),
            fields: z.array(z.string()),
          }),
        ),
        entities: z.array(z.string()).describe('Entity lists the form writes to; this server does not keep them yet'),
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
  ...guarded('survey.form', 'read', area.own),
  request: { params: version_path },
  responses: {
    200: { content: { [xlsx_type]: { schema: z.any() } }, description: 'The form as an XLSForm workbook' },
  },
})

const publish = createRoute({
  method: 'post',
  path: '/api/survey/forms',
  ...guardedAfter(limitUpload, 'survey.publish_form', 'by hand', area.entity('form', 'form.file')),
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
        entities: z.array(z.string()).describe('Entity lists the form writes to; this server does not keep them yet'),
      }),
      'The form is published and on the list of every device',
    ),
  },
})

const change = createRoute({
  method: 'post',
  path: '/api/survey/forms/{form_id}/{version}/state',
  ...guarded('survey.publish_form', 'write', area.entity('form', 'param.form_id')),
  request: {
    params: version_path,
    body: takes(z.object({ state: z.enum(states['form.state']) })),
  },
  responses: {
    200: answers(
      z.object({ state: z.enum(states['form.state']) }),
      'Open, closed (no longer listed) or withdrawn (refused)',
    ),
  },
})

/** Whose the form is or will be; throws `outside_area` where it is another office's. A new one is the publisher's. */
async function mustOwn(c: Entered, tx: ReadTx, form_id: string): Promise<string | null> {
  const { actor } = c.var
  const owner = await ownerOf(tx, form_id)
  const own = actor.scope.includes('*') ? null : actor.area_code
  const area_code = owner === undefined ? own : owner
  permit(actor, 'survey.publish_form', area_code ?? NATION)
  return area_code
}

/** A form that the reader's area sees; another's is not there for him. */
async function formInReach(c: Entered, form_id: string, version: string) {
  const form = await readForm(c.var.tx, form_id, version)
  if (!form || !formInSight(form.owner_area, ownScope(c.var.actor))) throw problem('survey_unknown_form')
  return form
}

export const formRoutes = room()
  .openapi(list, async (c) => {
    const counts = await fileCounts(c.var.tx)
    const items = (await listForms(c.var.tx, ownScope(c.var.actor))).map((form) => ({
      ...form,
      title: form.title as { en: string; zh: string },
      files: counts.get(`${form.form_id}\n${form.version}`) ?? 0,
    }))
    return c.json({ items }, 200)
  })
  .openapi(show, async (c) => {
    const { form_id, version } = c.req.valid('param')
    const { form, state } = await formOf(c.var.tx, form_id, version)
    const title = (await formInReach(c, form_id, version)).title as { en: string; zh: string }
    const { household, lists } = fieldsOf(form)
    return c.json(
      {
        form_id,
        version,
        title,
        state,
        groups: groupsOf(form.items),
        entities: entitiesOf(form),
        fields: household,
        lists,
      },
      200,
    )
  })
  .openapi(download, async (c) => {
    const { form_id, version } = c.req.valid('param')
    const form = await formInReach(c, form_id, version)
    const bytes = await writeForm(form.xlsform, c.var.signal)
    return c.body(new Uint8Array(bytes), 200, {
      'Content-Type': xlsx_type,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`${form_id}-${version}.xlsx`)}`,
    })
  })
  .openapi(publish, async (c) => {
    const { file, files = [] } = c.req.valid('form')
    const beside = Array.isArray(files) ? files : [files]
    const upload = await openForm(
      new Uint8Array(await file.arrayBuffer()),
      file.name,
      beside.map((each) => each.name),
      // A form without a version gets the minute of its publication, as Collect needs one to see that it changed.
      c.var.now.replaceAll(/\D/g, '').slice(0, 12),
      c.var.signal,
    )
    const { form, xform } = upload
    if (!form) {
      const errors = upload.problems.map((each) => ({ ...place(each), message: `${each.message} ${each.hint}` }))
      throw problem('survey_form_invalid', { errors })
    }
    const { version = '' } = form
    const published = await transact(c.var.registry, c.var.actor, async (tx) => {
      await holdNation(tx)
      const owner_area = await mustOwn(c, tx, form.form_id)
      const before = await readForm(tx, form.form_id, version)
      if (before && before.xlsform !== upload.source) {
        throw problem('survey_form_exists', { detail: `Form ${form.form_id}, version ${version}.` })
      }
      const stored = await storeForm(tx, form, upload.source, c.var.now, owner_area, xform)
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
    const { form_id, xform_md5 } = published
    return c.json({ form_id, version, xform_md5, remarks, entities: entitiesOf(form) }, 200)
  })
  .openapi(change, async (c) => {
    const { form_id, version } = c.req.valid('param')
    const { state } = c.req.valid('json')
    await mustOwn(c, c.var.tx, form_id)
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

const entitiesOf = (form: Form): string[] => [...new Set((form.entities ?? []).map((each) => each.list_name))]

/**
 * Groups as a person meets them: those of the first level, and every list, wherever it stands, by its whole name
 * (`members.jobs`); questions outside stand in groups of their own.
 */
function groupsOf(items: readonly Item[], list = ''): ShownGroup[] {
  return items
    .filter((item) => item.kind !== 'question' || !['note', 'calculate'].includes(item.type))
    .flatMap((item) => {
      if (item.kind === 'question') return [{ name: item.name, list: false, labels: item.labels, fields: [item.name] }]
      const is_list = item.kind === 'repeat'
      const name = is_list && list !== '' ? `${list}.${item.name}` : item.name
      const own = { name, list: is_list, labels: item.labels, fields: questionsOf(item.items) }
      return [...(own.fields.length > 0 || is_list ? [own] : []), ...listsIn(item.items, is_list ? name : list)]
    })
}

/** Names of the questions among these items and in the groups below, but not in lists of their own. */
const questionsOf = (items: readonly Item[]): string[] =>
  items.flatMap((item) =>
    item.kind === 'question' ? [item.name] : item.kind === 'group' ? questionsOf(item.items) : [],
  )

/** The lists among these items and in the groups below, each with those within it. */
const listsIn = (items: readonly Item[], list: string): ShownGroup[] =>
  items.flatMap((item) =>
    item.kind === 'repeat' ? groupsOf([item], list) : item.kind === 'group' ? listsIn(item.items, list) : [],
  )
