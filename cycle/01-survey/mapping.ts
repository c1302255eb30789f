import { z } from '@hono/zod-openapi'
import type { Field, Fields } from '#engines/xforms/fields.ts'
import type { TableSheet } from './table.ts'

/**
 * Which column holds what. A field is a question's name (`wage_income`) or, in the list of people, `members.name`.
 * `household_key` names the column that says which rows belong to one household; without it each row is a household of
 * one person. `members` is a second sheet with a row for each person.
 */
export const mappingSchema = z.object({
  sheet: z.string().optional(),
  columns: z.record(z.string(), z.string()),
  household_key: z.string().optional(),
  members: z
    .object({ sheet: z.string(), household_key: z.string(), columns: z.record(z.string(), z.string()) })
    .optional(),
  /** Answers for all households, by field, as a cell would hold them. */
  defaults: z.record(z.string(), z.string()).optional(),
})
export type Mapping = z.infer<typeof mappingSchema>

const register_columns = [
  ['record_id', 'text', '编号', 'Record number'],
  ['national_id', 'text', '身份证号', 'National ID'],
  ['name', 'text', '姓名', 'Name'],
  ['value', 'money', '金额', 'Value'],
  ['detail', 'text', '说明', 'Detail'],
  ['since', 'date', '日期', 'Since'],
] as const

/** Fields of a department's list; its money in the currency whose minor units these are (100 fen to the yuan). */
export const registerFields = (minor_units: number): Record<string, Field> =>
  Object.fromEntries(
    register_columns.map(([name, type, zh, en]) => [
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

// Names that offices give these columns, beside the form's own.
const known_as: Record<string, string> = {
  身份证: 'national_id',
  身份证号: 'national_id',
  身份证号码: 'national_id',
  公民身份号码: 'national_id',
  证件号码: 'national_id',
  idnumber: 'national_id',
  户主: 'name',
  户主姓名: 'name',
  户主名字: 'name',
  名字: 'name',
  车主: 'name',
  法定代表人: 'name',
  性别: 'sex',
  民族: 'ethnicity',
  出生日期: 'birth_date',
  出生年月: 'birth_date',
  与户主关系: 'relation',
  电话: 'phone',
  联系方式: 'phone',
  手机: 'phone',
  地区代码: 'area_code',
  行政区划代码: 'area_code',
  组代码: 'area_code',
  家庭住址: 'address',
  登记编号: 'record_id',
  车牌号: 'record_id',
  注册号: 'record_id',
  备注: 'detail',
  登记日期: 'since',
  金额: 'value',
  价值: 'value',
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

/** Column headings that tell rows of one household. */
const keys = new Set(
  ['户编号', '户号', '户码', '家庭编号', 'householdid', 'householdkey', 'householdno', 'household'].map(plain),
)

/** A proposal by heading: the question's name, or its label in any language, or what offices call it. */
export function suggestMapping(sheets: readonly TableSheet[], fields: Fields): Mapping {
  const [first, second] = sheets
  const members = fields.lists['members'] ?? {}
  const key = first && keyOf(first)
  const columns = first ? suggestColumns(first, fields.household, members) : {}
  const mapping: Mapping = {
    columns,
    ...(first?.name ? { sheet: first.name } : {}),
    ...(key ? { household_key: key } : {}),
  }
  const second_key = second && keyOf(second)
  if (second && second_key && key) {
    mapping.members = { sheet: second.name, household_key: second_key, columns: suggestColumns(second, {}, members) }
  }
  return mapping
}

/** As `suggestMapping`, for a department's list. */
export function suggestRegisterMapping(sheets: readonly TableSheet[], fields: Record<string, Field>): Mapping {
  const [first] = sheets
  return {
    columns: first ? suggestColumns(first, fields, {}) : {},
    ...(first?.name ? { sheet: first.name } : {}),
  }
}

const keyOf = (sheet: TableSheet): string | undefined => sheet.columns.find((column) => keys.has(plain(column)))

function suggestColumns(
  sheet: TableSheet,
  household: Record<string, Field>,
  members: Record<string, Field>,
): Record<string, string> {
  const targets = [
    ...Object.values(household).map((field) => ({ target: field.name, field })),
    ...Object.values(members).map((field) => ({ target: `members.${field.name}`, field })),
  ]
  const found: Record<string, string> = {}
  const taken = new Set<string>()
  for (const column of sheet.columns) {
    const heading = plain(column)
    const by_name = targets.find(({ target, field }) => [plain(target), plain(field.name)].includes(heading))
    const by_label = targets.find(({ field }) =>
      Object.values(field.labels).some(
        (label) => plain(label) === heading || plain(label.split(/[,，(（]/)[0] ?? '') === heading,
      ),
    )
    const other = known_as[column.trim()] ?? known_as[heading]
    const by_other = targets.find(({ field }) => field.name === other)
    const target = (by_name ?? by_label ?? by_other)?.target
    if (target === undefined || taken.has(target)) continue
    taken.add(target)
    found[column] = target
  }
  return found
}
