// One cell -> one answer, as the mapping says it is to be read. What is not certain is refused by name.
import { isDay, startOfDay } from '#door/day.ts'
import type { Field } from '#engines/xforms/answers/fields.ts'
import { readValue, type Value } from '#engines/xforms/answers/values.ts'
import type { CellKind } from './table.ts'
import known from '../imports/known-words.json' with { type: 'json' }
import { readingsOfDate, readingsOfNumber, serialDay, type DateOrder, type DecimalSign } from '../imports/written.ts'

// Words for kin and the like that lists use beside a form's own choices.
const known_values: Record<string, Record<string, string[]>> = known.values

export interface Cell {
  text: string
  kind: CellKind
}

/** How the texts of a list are to be read; what is not said stays a question. */
export interface Reading {
  decimal?: DecimalSign | undefined
  date_order?: DateOrder | undefined
  /** By target: what stands in the list -> the form's own answer. */
  values?: Record<string, Record<string, string>> | undefined
}

export const cellCodes = [
  'import_wrong_value',
  'import_decimal_open',
  'import_date_open',
  'import_number_rounded',
  'import_cell_error',
  'import_quote_open',
  'import_date_for_text',
] as const
export type CellCode = (typeof cellCodes)[number]

export type ReadCell = { value: Value } | { code: CellCode }

const yes = new Set(['yes', 'y', 'true', '1', '是', '有', '对', '√', '✓', 'v'])
const no = new Set(['no', 'n', 'false', '0', '否', '无', '没有', '×', 'x', '不是'])

/** A choice by its name or by its label in any language; the text itself where it is none. */
function choiceOf(field: Field, text: string): string {
  if (field.choices?.includes(text)) return text
  const wanted = text.toLowerCase()
  const by_name = field.choices?.find((name) => name.toLowerCase() === wanted)
  if (by_name !== undefined) return by_name
  const by_label = Object.entries(field.choice_labels ?? {}).find(([, labels]) =>
    Object.values(labels).some((label) => label.trim().toLowerCase() === wanted),
  )
  if (by_label) return by_label[0]
  const words = Object.hasOwn(known_values, field.name) ? (known_values[field.name] ?? {}) : {}
  const by_word = Object.entries(words).find(([name, said]) => said.includes(wanted) && field.choices?.includes(name))
  return by_word?.[0] ?? text
}

/** Several choices in one cell: by the separators people use, or by spaces where the answers are codes. */
function choicesOf(field: Field, text: string, values: Record<string, string>): string {
  const parts = /[;,、，；|/\n]/.test(text) ? text.split(/[;,、，；|/\n]+/) : [text]
  const named = (part: string) => choiceOf(field, values[part.trim()] ?? part.trim())
  const whole = parts.map(named)
  if (whole.every((part) => field.choices?.includes(part) ?? true)) return whole.filter(Boolean).join(' ')
  return parts
    .flatMap((part) => part.trim().split(/\s+/))
    .map(named)
    .join(' ')
}

const found = (value: Value | undefined): ReadCell => (value === undefined ? { code: 'import_wrong_value' } : { value })

function numberOf(field: Field, cell: Cell, text: string, reading: Reading): ReadCell {
  if (cell.kind === 'n') {
    // Excel gives 3 as 3.0 where a column was once decimal.
    return found(readValue(field, field.type === 'int' ? text.replace(/\.0+$/, '') : text))
  }
  if (cell.kind !== 't') return { code: 'import_wrong_value' }
  const { point, comma } = readingsOfNumber(field, text)
  const plain = (digits: string) => readValue(field, field.type === 'int' ? digits.replace(/\.0+$/, '') : digits)
  if (reading.decimal) {
    const chosen = reading.decimal === 'point' ? point : comma
    return chosen === undefined ? { code: 'import_wrong_value' } : found(plain(chosen))
  }
  if (point !== undefined && comma !== undefined && Number(point) !== Number(comma)) {
    return { code: 'import_decimal_open' }
  }
  const only = point ?? comma
  return only === undefined ? { code: 'import_wrong_value' } : found(plain(only))
}

function dateOf(field: Field, cell: Cell, text: string, reading: Reading): ReadCell {
  if (cell.kind === 'd') return found(readValue(field, text.replace(/[T ].*$/, '')))
  if (cell.kind === 'n' && !/^\d{8}$/.test(text)) return found(readValue(field, serialDay(text) ?? text))
  const { dmy, mdy } = readingsOfDate(text)
  if (dmy !== undefined && dmy === mdy) return found(readValue(field, dmy))
  if (reading.date_order) {
    const chosen = reading.date_order === 'dmy' ? dmy : mdy
    return chosen === undefined ? { code: 'import_wrong_value' } : found(readValue(field, chosen))
  }
  if (dmy !== undefined && mdy !== undefined) return { code: 'import_date_open' }
  return found(readValue(field, dmy ?? mdy ?? text))
}

/**
 * The answer a cell holds: choices by name, label or the mapping's own words, yes and no in words, dates and numbers as
 * `reading` says. Blank is null; a code says why there is no answer.
 */
export function readCell(field: Field, cell: Cell, reading: Reading, target = field.name): ReadCell {
  if (cell.text.trim() === '') return { value: null }
  if (cell.kind === 'e') return { code: 'import_cell_error' }
  if (cell.kind === 'q') return { code: 'import_quote_open' }
  if (cell.kind === 'r') return { code: 'import_number_rounded' }
  const values = reading.values?.[target] ?? {}
  const given = Object.hasOwn(values, cell.text.trim()) ? values[cell.text.trim()] : undefined
  if (given !== undefined && field.type !== 'choices') {
    return given === '' ? { value: null } : found(readValue(field, given))
  }
  const text = cell.text.normalize('NFKC').trim()
  switch (field.type) {
    case 'bool':
      return found(yes.has(text.toLowerCase()) ? true : no.has(text.toLowerCase()) ? false : undefined)
    case 'int':
    case 'decimal':
    case 'money':
      return numberOf(field, cell, text, reading)
    case 'date':
      return dateOf(field, cell, text, reading)
    case 'choice':
      return found(readValue(field, choiceOf(field, text)))
    case 'choices':
      return found(readValue(field, choicesOf(field, text, values)))
    case 'text':
      // 3.60781E+17 was an identity number before a spreadsheet made a number of it.
      if (/^\d(\.\d+)?E\+\d{2,}$/i.test(text)) return { code: 'import_number_rounded' }
      return cell.kind === 'd' ? { code: 'import_date_for_text' } : { value: cell.text.trim() }
    case 'datetime':
      // A workbook gives a moment as 2014-05-31 or 2014-05-31 08:00, a form wants the T and the hour.
      return found(readValue(field, isDay(text) ? startOfDay(text) : text.replace(/^([\d-]{10}) /, '$1T')))
    default:
      return found(readValue(field, text))
  }
}

/** What a cell of this question may hold, in a few words. */
export const expected = [
  'bool',
  'date',
  'int',
  'decimal',
  'money',
  'choice',
  'text',
  'area',
  'person',
  'household',
  'resolve',
] as const
export type Expected = (typeof expected)[number]

/** What a cell should hold, as a code that screens put into words. */
export function expectedOf(field: Field): Expected {
  if (field.choices && field.type !== 'bool') return 'choice'
  return expected.find((each) => each === field.type) ?? 'text'
}

export function expectation(field: Field): string {
  if (field.type === 'bool') return 'yes or no'
  if (field.type === 'date') return 'a date such as 2014-05-31'
  if (field.type === 'int') return 'a whole number'
  if (field.type === 'decimal') return 'a number'
  if (field.type === 'money') return 'an amount of money'
  if (field.choices) {
    const named = field.choices.slice(0, 8)
    return `one of ${named.join(', ')}${field.choices.length > 8 ? ', ...' : ''}`
  }
  return field.type
}
