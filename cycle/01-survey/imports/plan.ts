// A mapping laid over the sheets of a file: which column, by number, fills which answer. What does not fit is told.
import type { Fields } from '#engines/xforms/answers/fields.ts'
import type { TableSheet } from '../sheets/table.ts'
import { listsOf, targetOf, type Mapping, type Target } from './mapping.ts'

export interface Pair {
  column: number
  /** As the mapping writes it. */
  name: string
  target: Target
}

/** A sheet with a row for each entry of a list, and the sheets that refer to it. */
export interface ListPlan {
  list: string
  sheet: number
  parent_key: number
  own_key: number | null
  pairs: Pair[]
  inner: ListPlan[]
}

export interface Plan {
  /** The household sheet; -1 where the file has none. */
  sheet: number
  key: number | null
  identity: number | null
  household: Pair[]
  /** Lists whose entries have a row each in the household sheet. */
  long: { list: string; pairs: Pair[] }[]
  /** Lists whose entries stand side by side, in their order. */
  wide: { list: string; pairs: Pair[] }[]
  lists: ListPlan[]
  /** Sheets, columns and questions that the mapping names and that are not there, or are named twice. */
  faults: Fault[]
}

export const faultCodes = ['no_sheet', 'no_column', 'no_question', 'named_twice', 'no_columns'] as const
export interface Fault {
  code: (typeof faultCodes)[number]
  sheet: string
  name: string
}

export function planOf(sheets: readonly TableSheet[], mapping: Mapping, fields: Fields): Plan {
  const faults: Fault[] = []
  const at = sheetAt(sheets, mapping.sheet)
  const sheet = sheets[at]
  const plan: Plan = {
    sheet: at,
    key: null,
    identity: null,
    household: [],
    long: [],
    wide: [],
    lists: [],
    faults,
  }
  if (!sheet) {
    if (mapping.sheet !== undefined) faults.push({ code: 'no_sheet', sheet: mapping.sheet, name: mapping.sheet })
    return plan
  }
  const columnAt = (of: TableSheet, name: string | undefined): number | null => {
    if (name === undefined || name === '') return null
    const found = of.columns.indexOf(name)
    if (found >= 0) return found
    faults.push({ code: 'no_column', sheet: of.name, name })
    return null
  }
  const pairsOf = (of: TableSheet, columns: Record<string, string>): Pair[] => {
    const taken = new Set<string>()
    return Object.entries(columns).flatMap(([column, name]): Pair[] => {
      if (name === '') return []
      const number = columnAt(of, column)
      const target = targetOf(name, fields)
      if (target === null) faults.push({ code: 'no_question', sheet: of.name, name })
      if (taken.has(name)) faults.push({ code: 'named_twice', sheet: of.name, name })
      taken.add(name)
      return number === null || target === null ? [] : [{ column: number, name, target }]
    })
  }
  const pairs = pairsOf(sheet, mapping.columns)
  plan.key = columnAt(sheet, mapping.household_key)
  plan.identity = columnAt(sheet, mapping.identity) ?? plan.key
  plan.household = pairs.filter(({ target }) => target.list === '')
  const in_lists = pairs.filter(({ target }) => target.list !== '')
  for (const [list, some] of Map.groupBy(in_lists, ({ target }) => target.list)) {
    const places = [...Map.groupBy(some, ({ target }) => target.index)].sort(([a], [b]) => a - b)
    for (const [index, each] of places) (index === 0 ? plan.long : plan.wide).push({ list, pairs: each })
  }
  const listed = listsOf(mapping).flatMap((of): ListPlan[] => {
    const number = sheets.findIndex((each) => each.name === of.sheet)
    const from = sheets[number]
    if (!from || number === at) {
      faults.push({ code: 'no_sheet', sheet: of.sheet, name: of.sheet })
      return []
    }
    if (!Object.hasOwn(fields.lists, of.list)) faults.push({ code: 'no_question', sheet: of.sheet, name: of.list })
    const parent_key = columnAt(from, of.parent_key)
    if (parent_key === null) return []
    const inner = pairsOf(from, of.columns).filter(({ name, target }) => {
      if (target.list === of.list) return true
      faults.push({ code: 'no_question', sheet: of.sheet, name })
      return false
    })
    return [{ list: of.list, sheet: number, parent_key, own_key: columnAt(from, of.own_key), pairs: inner, inner: [] }]
  })
  for (const each of listed) {
    const above = listed.find((other) => other.list === each.list.split('.').slice(0, -1).join('.'))
    if (each.list.includes('.') && above) above.inner.push(each)
    else plan.lists.push(each)
  }
  if (Object.values(mapping.columns).every((name) => name === ''))
    faults.push({ code: 'no_columns', sheet: sheet.name, name: '' })
  return plan
}

function sheetAt(sheets: readonly TableSheet[], name: string | undefined): number {
  if (name !== undefined) return sheets.findIndex((sheet) => sheet.name === name)
  const filled = sheets.findIndex((sheet) => sheet.rows.length > 0 && !sheet.hidden)
  return filled < 0 ? sheets.findIndex((sheet) => sheet.rows.length > 0) : filled
}

/** The lists of the form that a plan fills. */
export function listsFilled(plan: Plan): Set<string> {
  const below = (lists: readonly ListPlan[]): ListPlan[] => lists.flatMap((list) => [list, ...below(list.inner)])
  const with_columns = below(plan.lists).filter((list) => list.pairs.length > 0)
  return new Set([...plan.long, ...plan.wide, ...with_columns].map((each) => each.list))
}
