// Header spellings: what people write at the top of a column -> the one key the builder knows.
import { own } from './names.ts'
import type { Row, Sheet } from './workbook.ts'

/** A column: key (`label`, `bind::odk:length`), language if the header carries one, and the header as written. */
export type Column = { key: string; language?: string; header: string }

const SURVEY: Record<string, string> = {
  relevance: 'relevant',
  'bind::relevant': 'relevant',
  'bind::required': 'required',
  'bind::constraint': 'constraint',
  'bind::calculate': 'calculation',
  'bind::readonly': 'readonly',
  'bind::jr:constraintmsg': 'constraint_message',
  'bind::jr:requiredmsg': 'required_message',
  'bind::jr:noapperrorstring': 'no_app_error_string',
  constraint_msg: 'constraint_message',
  constraining_message: 'constraint_message',
  required_msg: 'required_message',
  requiredmsg: 'required_message',
  noapperrorstring: 'no_app_error_string',
  read_only: 'readonly',
  calculate: 'calculation',
  caption: 'label',
  tag: 'name',
  value: 'name',
  command: 'type',
  'media::image': 'image',
  'media::big-image': 'big-image',
  'media::audio': 'audio',
  'media::video': 'video',
  big_image: 'big-image',
  count: 'repeat_count',
  'jr:count': 'repeat_count',
  'control::jr:count': 'repeat_count',
  'control::appearance': 'appearance',
  'control::rows': 'rows',
  'control::autoplay': 'autoplay',
  'bind::entities:saveto': 'save_to',
}
const CHOICES: Record<string, string> = {
  caption: 'label',
  value: 'name',
  image: 'image',
  'media::image': 'image',
  'media::big-image': 'big-image',
  'media::audio': 'audio',
  'media::video': 'video',
}
const SETTINGS: Record<string, string> = {
  id_string: 'form_id',
  set_form_id: 'form_id',
  form_title: 'title',
  set_form_title: 'title',
}
const ENTITIES: Record<string, string> = { dataset: 'list_name' }

const ALIASES: Record<string, Record<string, string>> = {
  survey: SURVEY,
  choices: CHOICES,
  external_choices: CHOICES,
  settings: SETTINGS,
  entities: ENTITIES,
}

const KNOWN: Record<string, readonly string[]> = {
  choices: ['list_name', 'name', 'label', 'image', 'audio', 'video', 'big-image'],
  external_choices: ['list_name', 'name', 'label'],
}

/** Columns that may be given once per language. */
export const TRANSLATABLE = new Set([
  'label',
  'hint',
  'guidance_hint',
  'image',
  'audio',
  'video',
  'big-image',
  'constraint_message',
  'required_message',
  'no_app_error_string',
])
const FAMILIES = new Set(['bind', 'control', 'body', 'instance', 'media', 'attribute'])

const snake = (text: string) => text.trim().toLowerCase().replaceAll(/\s+/g, '_')

/** What a header means in its sheet. `double` tells whether the sheet uses `::`, else a single colon also parts. */
export function columnOf(header: string, sheet: string, double: boolean): Column {
  const aliases = ALIASES[sheet] ?? {}
  const known = KNOWN[sheet]
  const whole = snake(header)
  const alias = own(aliases, whole)
  if (alias !== undefined) return { key: alias, header }
  const parts = header.includes('::') || double || whole.startsWith('jr:') ? header.split('::') : header.split(':')
  const tokens = parts.map((part) => part.trim())
  const first = snake(tokens[0] ?? '')
  if (FAMILIES.has(first) && tokens.length > 1) {
    const family = first === 'body' ? 'control' : first
    const second = tokens[1] ?? ''
    const key = own(aliases, `${family}::${second.toLowerCase()}`) ?? `${family}::${second}`
    return tokens.length > 2 ? { key, language: tokens.slice(2).join('::'), header } : { key, header }
  }
  const key = own(aliases, first) ?? first
  // Extra columns of the choices sheet become elements of the choice: their spelling is part of the form's expressions.
  if (known && !known.includes(key)) return { key: header.trim(), header }
  if (tokens.length > 1 && TRANSLATABLE.has(key)) return { key, language: tokens.slice(1).join('::'), header }
  return { key: tokens.length > 1 ? [key, ...tokens.slice(1)].join('::') : key, header }
}

/** One row with known keys: plain values, and per key the values by language. */
export type Cells = {
  row: number
  values: Record<string, string>
  texts: Record<string, Record<string, string>>
  header: Record<string, string>
}

/** Reads a sheet's columns once. Two headers for one column are reported by the builder. */
export function columnsOf(sheet: Sheet): Column[] {
  const double = sheet.headers.some((header) => header.includes('::'))
  return sheet.headers.map((header) => columnOf(header, sheet.name, double))
}

/** Marks the text of a column without a language. */
export const UNSPOKEN = ''

/** Applies the columns to a row. */
export function cellsOf(row: Row, columns: readonly Column[]): Cells {
  // Keys come from headers: records without a prototype hold any of them.
  const cells: Cells = {
    row: row.row,
    values: Object.create(null) as Cells['values'],
    texts: Object.create(null) as Cells['texts'],
    header: Object.create(null) as Cells['header'],
  }
  for (const column of columns) {
    const value = own(row.cells, column.header)
    if (value === undefined) continue
    cells.header[column.key] ??= column.header
    if (TRANSLATABLE.has(column.key)) {
      const texts = (cells.texts[column.key] ??= {})
      texts[column.language ?? UNSPOKEN] = value
    } else cells.values[column.key] = value
  }
  return cells
}
