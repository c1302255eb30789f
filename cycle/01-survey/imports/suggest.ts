// A proposal by headings: what a file of Kobo, ODK Central, a statistical office or a county clerk seems to hold.
import type { Field, Fields } from '#engines/xforms/answers/fields.ts'
import type { TableSheet } from '../sheets/table.ts'
import known from './known-words.json' with { type: 'json' }
import type { ListMapping, Mapping } from './mapping.ts'

export const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

const known_columns = new Map(Object.entries(known.columns).map(([written, field]) => [plain(written), field]))
const keys = new Set(known.keys.map(plain))
const metadata = new Set(known.metadata)

/** Columns that Kobo and ODK add to every export: about the sending, not about the household. */
export const isMetadata = (column: string): boolean => metadata.has(column.toLowerCase())

const withName = (sheet: TableSheet, ...names: string[]): string | undefined => {
  for (const name of names) {
    const found = sheet.columns.find((column) => column.toLowerCase() === name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Column that refers to the row above in a sheet of people: Kobo's and Central's own names. */
const parentKey = (sheet: TableSheet) => withName(sheet, '_parent_index', 'parent_key')
const ownKey = (sheet: TableSheet) => withName(sheet, '_index', 'key')
const keyOf = (sheet: TableSheet): string | undefined =>
  sheet.columns.find((column) => keys.has(plain(column))) ?? ownKey(sheet)

/** The column two sheets share by name whose values in the second stand in the first most often. */
function sharedKey(first: TableSheet, other: TableSheet): string | undefined {
  const found = first.columns.flatMap((column, index) => {
    const at = other.columns.indexOf(column)
    if (at < 0 || column.startsWith('#')) return []
    const known = new Set(first.rows.map((row) => row.texts[index] ?? '').filter((text) => text !== ''))
    const some = other.rows.slice(0, 1000).map((row) => row.texts[at] ?? '')
    // A key tells households apart; the area they share does not.
    const apart = known.size / Math.max(1, first.rows.length)
    return [{ column, hits: apart > 0.5 ? some.filter((text) => known.has(text)).length : 0 }]
  })
  const best = found.sort((a, b) => b.hits - a.hits)[0]
  return best && best.hits > 0 ? best.column : undefined
}

/** The sheets that hold something, and the proposal for them. */
export function suggestMapping(all: readonly TableSheet[], fields: Fields): Mapping {
  const sheets = all.filter((sheet) => sheet.rows.length > 0)
  const visible = sheets.filter((sheet) => !sheet.hidden)
  const first = visible.find((sheet) => parentKey(sheet) === undefined) ?? visible[0] ?? sheets[0]
  if (!first) return { columns: {} }
  const proposed = suggestColumns(first, fields, '')
  const others = sheets.filter((sheet) => sheet !== first)
  const joined = others.some((sheet) => parentKey(sheet) !== undefined)
  const shared = others.map((sheet) => sharedKey(first, sheet)).find((each) => each !== undefined)
  const key = joined ? (ownKey(first) ?? keyOf(first)) : (shared ?? keyOf(first))
  // A list's own number of a household is no number of ours: it joins rows, and is an answer only by its very name.
  const columns = Object.fromEntries(Object.entries(proposed).filter(([column, to]) => column !== key || to === key))
  const lists = key === undefined ? [] : sheets.flatMap((sheet) => (sheet === first ? [] : listFor(sheet, fields, key)))
  const identity = withName(first, '_uuid', '_id', 'key')
  return {
    columns,
    ...(first.name ? { sheet: first.name } : {}),
    ...(key === undefined ? {} : { household_key: key }),
    ...(identity !== undefined && identity !== key && key !== undefined ? { identity } : {}),
    ...(lists.length > 0 ? { lists } : {}),
  }
}

/** As `suggestMapping`, for a department's list. */
export function suggestRegisterMapping(all: readonly TableSheet[], fields: Fields): Mapping {
  const first = all.find((sheet) => sheet.rows.length > 0 && !sheet.hidden) ?? all[0]
  return {
    columns: first ? suggestColumns(first, fields, '') : {},
    ...(first?.name ? { sheet: first.name } : {}),
  }
}

/** A further sheet as a list of the form: by its name, else by the list whose questions it holds most of. */
function listFor(sheet: TableSheet, fields: Fields, household_key: string): ListMapping[] {
  const parent = parentKey(sheet) ?? sheet.columns.find((column) => column === household_key) ?? keyOf(sheet)
  if (parent === undefined) return []
  const names = Object.keys(fields.lists)
  const told = plain(sheet.name)
  const by_name = names.find((list) => told.endsWith(plain(list.split('.').at(-1) ?? list)))
  const counted = names
    .map((list) => ({ list, count: Object.keys(suggestColumns(sheet, only(fields, list), list)).length }))
    .sort((a, b) => b.count - a.count)[0]
  const list = by_name ?? (counted && counted.count > 0 ? counted.list : undefined)
  if (list === undefined) return []
  const own_key = ownKey(sheet)
  const columns = suggestColumns(sheet, only(fields, list), list)
  return [{ list, sheet: sheet.name, parent_key: parent, columns, ...(own_key === undefined ? {} : { own_key }) }]
}

const only = (fields: Fields, list: string): Fields => ({
  household: {},
  lists: { [list]: fields.lists[list] ?? {} },
})

interface Candidate {
  target: string
  field: Field
}

/** Column -> target for one sheet. `list` is the list the sheet's rows belong to; '' for households. */
function suggestColumns(sheet: TableSheet, fields: Fields, list: string): Record<string, string> {
  const household = Object.values(fields.household).map((field): Candidate => ({ target: field.name, field }))
  const people = Object.entries(fields.lists)
    .filter(([name]) => list !== '' || !name.includes('.'))
    .map(([name, inner]) => ({
      name,
      inner: Object.values(inner).map((field): Candidate => ({ target: `${name}.${field.name}`, field })),
    }))
  const all = [...household, ...people.flatMap((each) => each.inner)]
  const taken = new Set<string>()
  const pairs: [string, string][] = []
  const take = (column: string, target: string | undefined) => {
    if (target === undefined || taken.has(target)) return false
    taken.add(target)
    pairs.push([column, target])
    return true
  }
  for (const column of sheet.columns) {
    if (isMetadata(column) && !all.some(({ field }) => field.name === column)) continue
    const direct = find(column, all)
    if (direct && take(column, direct.target)) continue
    if (take(column, sideBySide(column, people))) continue
    take(column, splitChoice(column, all, people))
  }
  return Object.fromEntries(pairs)
}

/** `dwelling/roof`, `cover-area_code`, `members:name`: the last part is the question, what stands before it its group. */
function lastPart(column: string): string {
  return column.split(/[/:]|(?<=\w)-(?=\w)|\.(?=\w)/).at(-1) ?? column
}

function find(column: string, candidates: readonly Candidate[]): Candidate | undefined {
  const heading = plain(column)
  const exact = candidates.find(({ target, field }) => target === column || field.name === column)
  if (exact) return exact
  const by_name = candidates.find(({ target, field }) => [plain(target), plain(field.name)].includes(heading))
  if (by_name) return by_name
  const part = lastPart(column)
  const by_part = part === column ? undefined : candidates.find(({ field }) => field.name === part)
  if (by_part) return by_part
  const by_label = candidates.find(({ field }) =>
    Object.values(field.labels).some(
      (label) => plain(label) === heading || plain(label.split(/[,，(（]/)[0] ?? '') === heading,
    ),
  )
  if (by_label) return by_label
  const other = known_columns.get(heading)
  return candidates.find(({ field }) => field.name === other)
}

/** `member1_name`, `members_2_age`, `members[1]/name`, `name_1`, `成员1姓名`: people beside one another in one row. */
function sideBySide(column: string, lists: readonly { name: string; inner: Candidate[] }[]): string | undefined {
  const before = /^(.*?)[\s_./-]*\[?(\d{1,2})\]?[\s_./-]*(?:\w+\/)?([^\d\s_./-].*)$/.exec(column)
  const after = /^(.*?\D)[\s_./-]*\[?(\d{1,2})\]?$/.exec(column)
  for (const { name, inner } of lists) {
    if (before) {
      const [, head = '', index = '', rest = ''] = before
      const known_head = [name, name.replace(/s$/, ''), '成员', 'person', 'hhm', 'hh_member', 'p', 'm', ''].map(plain)
      const found = known_head.includes(plain(head)) ? find(rest, inner) : undefined
      if (found && Number(index) > 0) return `${name}[${Number(index)}].${found.field.name}`
    }
    if (after) {
      const found = find((after[1] ?? '').replace(/[\s_./-]+$/, ''), inner)
      if (found && Number(after[2]) > 0) return `${name}[${Number(after[2])}].${found.field.name}`
    }
  }
  return undefined
}

/** `assets/tv` beside or in place of `assets`: one column of 0 and 1 for each choice. */
function splitChoice(
  column: string,
  candidates: readonly Candidate[],
  lists: readonly { name: string; inner: Candidate[] }[],
): string | undefined {
  const at = Math.max(column.lastIndexOf('/'), column.lastIndexOf('.'), column.lastIndexOf(':'))
  if (at < 1) return undefined
  const choice = column.slice(at + 1)
  const question = column.slice(0, at)
  const found = find(
    question,
    candidates.filter(({ field }) => field.type === 'choices'),
  )
  const named = (field: Field) => {
    if (field.choices?.includes(choice)) return choice
    const wanted = plain(choice)
    return Object.entries(field.choice_labels ?? {}).find(([, labels]) =>
      Object.values(labels).some((label) => plain(label) === wanted),
    )?.[0]
  }
  if (found) {
    const name = named(found.field)
    return name === undefined ? undefined : `${found.target}#${name}`
  }
  const beside = sideBySide(question, lists)
  if (beside === undefined) return undefined
  const inner = lists.flatMap((each) => each.inner).find(({ field }) => beside.endsWith(`.${field.name}`))
  const name = inner && inner.field.type === 'choices' ? named(inner.field) : undefined
  return name === undefined ? undefined : `${beside}#${name}`
}
