// Which answers of a form are personal: what the pack names, and what the form itself declares, question by question.
import type { Form, Item, Question } from '#engines/xforms/model.ts'
import type { Pack } from '#packs/load.ts'

// XLSForm's own kinds that hold a number of a person or of his telephone.
const types = new Set(['phonenumber', 'phone number', 'subscriberid', 'simserial', 'email', 'username'])

/**
 * Declared in the workbook: a column `bind::doorstep:personal` that says yes, or `personal` among the words of
 * `appearance` (`numbers personal`), which other tools leave alone.
 */
function declared({ bind, appearance = '', type }: Question): boolean {
  const said = Object.entries(bind.extra ?? {}).some(
    ([name, value]) => /(^|:)personal$/.test(name) && /^(yes|1|true(\(\))?)$/i.test(value.trim()),
  )
  return said || appearance.split(/\s+/).includes('personal') || types.has(type)
}

const names = (items: readonly Item[]): string[] =>
  items.flatMap((item) => {
    if (item.kind !== 'question') return names(item.items)
    return declared(item) ? [item.name] : []
  })

const known = new WeakMap<Form, readonly string[]>()

/** Names of the form's personal fields: sealed when they come in, masked wherever they are shown. */
export function personalFields(pack: Pack, form: Form): readonly string[] {
  const own = known.get(form) ?? names(form.items)
  known.set(form, own)
  return own.length === 0 ? pack.personal_fields : [...new Set([...pack.personal_fields, ...own])]
}
