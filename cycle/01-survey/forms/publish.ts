import { createHash } from 'node:crypto'
import { problem } from '#door/problems.ts'
import type { Form } from '#engines/xforms/model.ts'
import { toXForm } from '#engines/xforms/write/xform.ts'
import { formOf as packForm } from '#packs/forms.ts'
import type { Pack } from '#packs/load.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { definitionOf, newestForm, putForm } from './store.ts'

/** A published form: its tree, and what clients download. */
export interface PublishedForm {
  form_id: string
  version: string
  state: StateOf<'form.state'>
  xform_md5: string
  form: Form
}

/**
 * Put every form of the pack into the registry, open for submissions. A form already there under the same version is
 * brought up to date (its text may have been mended; a change of questions takes a new version).
 */
export async function publishForms(tx: Tx, pack: Pack, now: string): Promise<void> {
  for (const form_id of pack.forms) {
    await storeForm(tx, packForm(pack, form_id), pack.form_sources[form_id] ?? '', now)
  }
}

/** Write one form; `xlsform` is its source as Markdown tables, from which the spreadsheet is made again. */
export async function storeForm(
  tx: Tx,
  form: Form,
  xlsform: string,
  now: string,
  owner_area: string | null = null,
  xform: string = toXForm(form),
): Promise<PublishedForm> {
  const row = {
    form_id: form.form_id,
    version: form.version ?? '',
    title: JSON.stringify(titleOf(form)),
    xlsform,
    xform,
    xform_md5: createHash('md5').update(xform).digest('hex'),
    definition: JSON.stringify(form),
    state: 'open' as const,
    published_at: now,
    owner_area,
  }
  await putForm(tx, row)
  return { form_id: row.form_id, version: row.version, state: row.state, xform_md5: row.xform_md5, form }
}

/** A form's title as written is one text for all languages; a form may hold several in one line. */
function titleOf(form: Form): { en: string; zh: string } {
  const chinese = /[\u3400-\u9fff].*$/.exec(form.title)?.[0]
  const english = chinese === undefined ? form.title : form.title.slice(0, -chinese.length)
  return { en: english.trim() || form.title, zh: (chinese ?? form.title).trim() }
}

// Keyed by the MD5 of the XForm: one content has one tree, whatever registry it came from.
const trees = new Map<string, Form>()

/**
 * A published form by id and version; without a version the one published last. Null when there is none.
 * The tree is parsed once for each content.
 */
export async function findForm(tx: ReadTx, form_id: string, version?: string): Promise<PublishedForm | null> {
  const found = await newestForm(tx, form_id, version)
  if (!found) return null
  let form = trees.get(found.xform_md5)
  if (!form) {
    const { definition } = await definitionOf(tx, found.form_id, found.version)
    form = definition as unknown as Form
    trees.set(found.xform_md5, form)
  }
  return { ...found, form }
}

/** As `findForm`. Throws `survey_unknown_form` when there is none. */
export async function formOf(tx: ReadTx, form_id: string, version?: string): Promise<PublishedForm> {
  const found = await findForm(tx, form_id, version)
  if (!found) throw problem('survey_unknown_form', { detail: `There is no form ${form_id} ${version ?? ''}.`.trim() })
  return found
}
