import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import type { Fields } from '#engines/xforms/answers/fields.ts'
import { buildForm } from '#engines/xforms/form.ts'
import type { Form } from '#engines/xforms/form.ts'
import { readMarkdown } from '#engines/xforms/read/markdown.ts'
import type { Pack, PackProblem } from './schema/schema.ts'

const built_of = new WeakMap<Pack['form_sources'], Map<string, { source: string; form: Form }>>()

/**
 * One form of the pack, built once (20 ms). Throws an Error when the pack has no form of that name or the form has
 * problems.
 */
export function formOf(pack: Pack, form_id: string): Form {
  const known = built_of.get(pack.form_sources) ?? new Map<string, { source: string; form: Form }>()
  built_of.set(pack.form_sources, known)
  const source = pack.form_sources[form_id]
  const found = known.get(form_id)
  if (found && found.source === source) return found.form
  const { form, problems } = tryForm(pack, form_id)
  if (form && source !== undefined) {
    known.set(form_id, { source, form })
    return form
  }
  throw new Error(`${pack.id}: form ${form_id}: ${problems.map((each) => each.message).join(' ')}`)
}

/** Builds one form; problems are the pack's, with the row of the sheet in `at`. */
export function tryForm(pack: Pack, form_id: string): { form?: Form; problems: PackProblem[] } {
  const file = `forms/${form_id}.md`
  const source = pack.form_sources[form_id]
  if (source === undefined) {
    return { problems: [{ code: 'pack_missing_file', file, message: `The pack has no form ${form_id}.` }] }
  }
  const built = buildForm(readMarkdown(source), { form_id })
  const problems = built.problems.map(({ sheet, row, message, hint }) => {
    return { code: 'pack_bad_form' as const, file, at: `${sheet} row ${row}`, message, hint }
  })
  return built.form ? { form: built.form, problems } : { problems }
}

/** The pack's household card, built. Throws like formOf. */
export const cardForm = (pack: Pack): Form => formOf(pack, pack.card_form)

const fields_of = new WeakMap<Pack['form_sources'], Map<string, Fields>>()

/**
 * Fields of the pack's household card: what rules read. Made once for packs that share their forms, as one with other
 * rules does. Throws like formOf.
 */
export function cardFields(pack: Pack): Fields {
  const known = fields_of.get(pack.form_sources) ?? new Map<string, Fields>()
  fields_of.set(pack.form_sources, known)
  const fields = known.get(pack.card_form) ?? fieldsOf(cardForm(pack))
  known.set(pack.card_form, fields)
  return fields
}
