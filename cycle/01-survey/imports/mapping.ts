// Which column holds what, and how it is to be read: what a person agrees to before a list comes in.
import { z } from '@hono/zod-openapi'
import type { Field, Fields } from '#engines/xforms/answers/fields.ts'
import { encodings } from '../sheets/csv.ts'
import { dateOrders, decimalSigns } from './written.ts'

/** What becomes of a row without a household key: refused, part of the household above, or a household of its own. */
export const blankKeys = ['refuse', 'above', 'own'] as const
/** What becomes of a household whose rows contradict one another: refused, or the first row counts. */
export const differings = ['refuse', 'first'] as const
/** What becomes of a household that came before under its key with other answers. */
export const earliers = ['replace', 'keep', 'both'] as const

const text = z.string().max(400)
const columns = z.record(text, text)

/** What becomes of a household for which the list names nobody. */
export const noPeople = ['refuse', 'accept'] as const

/**
 * A target is a question (`wage_income`), a question of a list (`members.name`, one row a person), the same with its
 * place where people stand side by side (`members[2].name`), or one choice of a question that takes several
 * (`assets#tv`, a column of 0 and 1). `household_key` names the column that tells rows of one household; without it each
 * row is a household. `lists` are sheets with a row for each person, joined by `parent_key`.
 */
export const mappingSchema = z.object({
  sheet: text.optional(),
  columns,
  household_key: text.optional(),
  identity: text.optional().describe('Column that tells a household of this list in later imports; else household_key'),
  lists: z
    .array(
      z.object({
        list: text,
        sheet: text,
        parent_key: text.describe('Column that holds the key of the row above'),
        own_key: text.optional().describe('Column that lists within this list refer to'),
        columns,
      }),
    )
    .max(40)
    .optional(),
  members: z
    .object({ sheet: text, household_key: text, columns })
    .optional()
    .describe('Short for a list `members` whose parent_key is household_key'),
  defaults: columns.optional().describe('Answers for all households, by question, as a cell would hold them'),
  values: z.record(text, z.record(z.string().max(2000), text)).optional(),
  encoding: z.enum(encodings).optional(),
  decimal: z.enum(decimalSigns).optional(),
  date_order: z.enum(dateOrders).optional(),
  blank_key: z.enum(blankKeys).optional(),
  differing: z.enum(differings).optional(),
  earlier: z.enum(earliers).optional(),
  no_people: z.enum(noPeople).optional(),
  without_lists: z.array(text).max(40).optional().describe('Lists of the form that this file is known not to hold'),
})
export type Mapping = z.infer<typeof mappingSchema>
export type ListMapping = NonNullable<Mapping['lists']>[number]

/** The list sheets of a mapping, the short form for people included. */
export function listsOf(mapping: Mapping): ListMapping[] {
  const { members, lists = [] } = mapping
  if (!members) return lists
  return [
    ...lists,
    { list: 'members', sheet: members.sheet, parent_key: members.household_key, columns: members.columns },
  ]
}

/** A target taken apart. `list` is '' for questions of the household. */
export interface Target {
  list: string
  /** Place in the list, from 1, where entries stand side by side; 0 otherwise. */
  index: number
  field: Field
  choice?: string
}

const own = <T>(record: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** Take a target apart; null where the form has no such question. */
export function targetOf(target: string, fields: Fields): Target | null {
  const [path = '', choice] = target.split('#')
  const dot = path.lastIndexOf('.')
  const list_part = dot < 0 ? '' : path.slice(0, dot)
  const found = /^(.*?)(?:\[(\d{1,3})\])?$/.exec(list_part)
  const list = found?.[1] ?? ''
  const index = Number(found?.[2] ?? 0)
  const known = list === '' ? fields.household : own(fields.lists, list)
  const field = known && own(known, path.slice(dot + 1))
  if (!field || (list === '' && index > 0)) return null
  if (choice !== undefined && (field.type !== 'choices' || (field.choices && !field.choices.includes(choice))))
    return null
  return { list, index, field, ...(choice === undefined ? {} : { choice }) }
}

const register_columns = [
  ['record_id', 'text', '编号', 'Record number'],
  ['national_id', 'text', '身份证号', 'National ID'],
  ['name', 'text', '姓名', 'Name'],
  ['value', 'money', '金额', 'Value'],
  ['detail', 'text', '说明', 'Detail'],
  ['since', 'date', '日期', 'Since'],
] as const

/** Fields of a department's list; its money in the currency whose minor units these are (100 fen to the yuan). */
export function registerFields(minor_units: number): Fields {
  const household = Object.fromEntries(
    register_columns.map(([name, type, zh, en]): [string, Field] => [
      name,
      {
        name,
        type,
        labels: { 'English (en)': en, 'Chinese (zh)': zh },
        required: false,
        ...(type === 'money' ? { minor_units } : {}),
      },
    ]),
  )
  return { household, lists: {} }
}

/** Every target of a form with its field, as screens offer them. */
export function targetsOf(fields: Fields): { target: string; list: string; field: Field }[] {
  return [
    ...Object.values(fields.household).map((field) => ({ target: field.name, list: '', field })),
    ...Object.entries(fields.lists).flatMap(([list, inner]) =>
      Object.values(inner).map((field) => ({ target: `${list}.${field.name}`, list, field })),
    ),
  ]
}
