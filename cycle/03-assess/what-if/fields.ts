// Which answers a what-if takes out of the registry, and in which form. Pure.
import { createHash } from 'node:crypto'
import { dateNumber } from '#engines/rules/run/dates.ts'
import { DIALECTS, sqlType } from '#engines/rules/sql/dialect.ts'
import type { FieldKind, RuleRecord } from '#engines/rules/schema.ts'
import type { Ready } from '#packs/compile.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import { isObject } from '../workbench/plain-object.ts'

export interface TakenField {
  name: string
  type: FieldKind
  /** A personal number: only whether there is one is taken, as rules may only ask that. */
  presence: boolean
}

export interface TakenFields {
  household: TakenField[]
  lists: Record<string, TakenField[]>
}

/** Changes whenever the same evidence would be written otherwise. */
const FORM = 1

/**
 * Fields that rules may read: every number, date, yes-or-no and choice of the card, so that a changed rule finds them
 * too; texts (names, remarks) only where a rule of one of the books reads them. Derived fields are worked out later.
 */
export function takenFields(books: readonly Rulebook[]): TakenFields {
  const [first] = books
  if (!first) throw new Error('a book is needed')
  const read = readTexts(books)
  const derived = new Set(books.flatMap((book) => book.pack.derived.map((each) => each.name)))
  const { schema } = first.compiled
  const personal = new Set(first.pack.personal_fields)
  const taken = (list: string, types: Record<string, { type: FieldKind }>): TakenField[] =>
    Object.entries(types)
      .filter(([name, { type }]) => type !== 'text' || personal.has(name) || read.has(`${list}.${name}`))
      .map(([name, { type }]) => ({ name, type, presence: personal.has(name) }))
  // The form asks for the area too; where a household lies is the registry's word.
  const own = Object.entries(schema.household).filter(([name]) => !derived.has(name) && name !== 'area_code')
  return {
    household: taken('', Object.fromEntries(own)),
    lists: Object.fromEntries(Object.entries(schema.lists).map(([list, types]) => [list, taken(list, types)])),
  }
}

function readTexts(books: readonly Rulebook[]): Set<string> {
  const read = new Set<string>()
  const see = (ready: Ready | null) => {
    for (const name of ready?.rule.fields ?? []) read.add(`.${name}`)
    for (const [list, names] of Object.entries(ready?.rule.lists ?? {}))
      for (const name of names) read.add(`${list}.${name}`)
  }
  for (const { compiled } of books) {
    compiled.derived.forEach((each) => see(each.ready))
    Object.values(compiled.indicators).forEach((each) => [each.met, each.applies].forEach(see))
    compiled.verdicts.forEach((each) => see(each.ready))
    see(compiled.priority)
    Object.values(compiled.vetoes).forEach(see)
    Object.values(compiled.causes).forEach((each) => [each.rule, each.closes.income, each.closes.expense].forEach(see))
  }
  return read
}

/** Names the form in which evidence was taken: the same fields of the same kinds give the same text. */
export const formOfTaken = (fields: TakenFields): string =>
  createHash('sha256')
    .update(JSON.stringify([FORM, fields]))
    .digest('hex')
    .slice(0, 12)

/** The answers of one record that are taken, each of its kind or null: what the evaluator would not read is not there. */
export function takeRecord(record: RuleRecord, fields: TakenFields): RuleRecord {
  const lists = Object.entries(fields.lists).flatMap(([list, own]): [string, unknown][] => {
    const items = record[list]
    if (!Array.isArray(items)) return [[list, null]]
    return [[list, items.map((item: unknown) => takeFields(isObject(item) ? item : {}, own))]]
  })
  return { ...takeFields(record, fields.household), ...Object.fromEntries(lists) }
}

const takeFields = (record: RuleRecord, fields: TakenField[]): RuleRecord =>
  Object.fromEntries(fields.map(({ name, type, presence }) => [name, take(record[name], type, presence)]))

function take(value: unknown, type: FieldKind, presence: boolean): unknown {
  switch (type) {
    case 'int':
    case 'money':
      return Number.isSafeInteger(value) ? value : null
    case 'decimal':
      return Number.isFinite(value) ? value : null
    case 'bool':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return dateNumber(value) === undefined ? null : value
    case 'choices':
      return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null
    default:
      return typeof value === 'string' ? (presence ? '*' : value) : null
  }
}

/** DuckDB's type of a taken field. */
export const duckType = (type: FieldKind): string => sqlType(type, DIALECTS.duckdb)
