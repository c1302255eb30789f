// Sentences made from the pack's templates: 'The house is dangerous (grade {house_grade}).' + the household's answers.
import type { Field, Fields } from '#engines/xforms/answers/fields.ts'
import { frameOf } from './frames.ts'
import { textIn, type Pack, type Text } from '../schema/schema.ts'

export interface Wording {
  pack: Pack
  fields: Fields
}

/** A template in every language of the pack, its `{field}` filled with the record's values as people say them. */
export function sentence(
  template: Text,
  record: Record<string, unknown>,
  wording: Wording,
  params: Record<string, unknown> = {},
): Text {
  return Object.fromEntries(
    wording.pack.languages.map((language) => [
      language,
      textIn(template, language, wording.pack.default_language).replaceAll(/\{([\w.]+)\}/g, (_, name: string) =>
        sayValue(name, valueOf(name, record, params), language, wording),
      ),
    ]),
  )
}

/** `{field}` is an answer or derived field, `{params.name}` a parameter in force. */
const valueOf = (name: string, record: Record<string, unknown>, params: Record<string, unknown>): unknown =>
  name.startsWith(PARAMS) ? params[name.slice(PARAMS.length)] : record[name]
const PARAMS = 'params.'

/** One value in one language: choices by their label, money in the pack's currency, yes and no in words. */
export function sayValue(name: string, value: unknown, language: string, { pack, fields }: Wording): string {
  if (value === null || value === undefined) return frameOf(pack, language, 'not_known')
  const field = fields.household[name]
  const kind =
    field?.type ??
    pack.derived.find((each) => each.name === name)?.type ??
    pack.parameters.find((each) => `${PARAMS}${each.code}` === name)?.type
  if (typeof value === 'boolean') return frameOf(pack, language, value ? 'yes' : 'no')
  if (kind === 'money' && typeof value === 'number') return sayMoney(value, language, pack)
  if (typeof value === 'number') return formatOf(language).format(value)
  if (Array.isArray(value))
    return value.map((each) => labelOf(field, String(each), language)).join(frameOf(pack, language, 'list'))
  return labelOf(field, String(value), language)
}

/** Minor units as money of the pack: 280000 fen -> ¥2,800. */
export function sayMoney(minor: number, language: string, pack: Pack): string {
  // One fen below the line must not read as the line itself.
  const digits = minor % pack.currency.minor_units === 0 ? 0 : 2
  return formatOf(language, pack.currency.code, digits).format(minor / pack.currency.minor_units)
}

const formats = new Map<string, Intl.NumberFormat>()

/** Making a NumberFormat takes 23 microseconds, judging a whole household 47 (bench/assess-township): each is made once. */
function formatOf(language: string, currency?: string, digits = 0): Intl.NumberFormat {
  const key = `${language} ${currency} ${digits}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(
      language,
      currency === undefined
        ? {}
        : { style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: digits },
    )
    formats.set(key, format)
  }
  return format
}

function labelOf(field: Field | undefined, choice: string, language: string): string {
  const labels = field?.choice_labels?.[choice]
  return labels ? (inLanguage(labels, language) ?? choice) : choice
}

/** A form names its languages as XLSForm does: `Chinese (zh)`. Any language rather than none. */
function inLanguage(labels: Record<string, string>, language: string): string | undefined {
  const named = Object.entries(labels).find(([name]) => name === language || name.endsWith(`(${language})`))
  return named?.[1] ?? Object.values(labels)[0]
}

/** What a field asks, in the pack's languages; the field's own name where nobody gave it words. */
export function fieldText(name: string, list: string | null, { pack, fields }: Wording): Text {
  const field = list === null ? fields.household[name] : fields.lists[list]?.[name]
  const derived = list === null ? pack.derived.find((each) => each.name === name) : undefined
  if (derived) return derived.label
  return Object.fromEntries(
    pack.languages.map((language) => [language, (field && inLanguage(field.labels, language)) || name]),
  )
}
