// One row -> the answers of one entry: cells read one by one, columns of 0 and 1 put together.
import type { Field } from '#engines/xforms/answers/fields.ts'
import type { Entry } from '#engines/xforms/answers/submission.ts'
import { cellCodes, expectation, expectedOf, readCell, type Cell, type Expected, type Reading } from './cell.ts'
import type { Pair } from '../imports/plan.ts'

export const rowCodes = [
  ...cellCodes,
  'import_missing_value',
  'import_no_household',
  'import_no_people',
  'import_refused',
  'import_key_blank',
  'import_key_twice',
  'import_differs',
  'import_split_differs',
  'import_row_slipped',
  'import_unknown_area',
  'import_outside_area',
] as const
export type RowCode = (typeof rowCodes)[number]

interface CellProblem {
  column: number
  told: { code: RowCode; message: string; hint: string; got: string; expects: Expected }
}

export interface RowRead {
  /** By question; blank cells leave it out. */
  entry: Entry
  problems: CellProblem[]
  /** The columns each answer came from. */
  from: Map<string, number[]>
}

const reasons: Record<(typeof cellCodes)[number], string> = {
  import_wrong_value: 'is not an answer to',
  import_decimal_open: 'may be a whole number or one with decimals, in',
  import_date_open: 'may be two different days, in',
  import_number_rounded: 'has lost its last digits in a spreadsheet, in',
  import_cell_error: 'is an error of the spreadsheet, in',
  import_quote_open: 'took in the cells after it, as a quote was not closed, in',
  import_date_for_text: 'was turned into a date by the spreadsheet, in',
}

// A column of one choice holds 1 or 0, as Kobo and Central write it.
const ticked: Field = { name: 'ticked', type: 'bool', labels: {}, required: false }

/** Read the cells of a row that `pairs` name. */
export function readRow(cellAt: (column: number) => Cell, pairs: readonly Pair[], reading: Reading): RowRead {
  const read: RowRead = { entry: {}, problems: [], from: new Map() }
  const fail = (column: number, field: Field, code: (typeof cellCodes)[number], cell: Cell) => {
    const got = cell.text.slice(0, 60)
    const message = `"${got}" ${reasons[code]} "${field.name}".`
    const hint = `Write ${expectation(field)}.`
    read.problems.push({ column, told: { code, message, hint, got, expects: expectedOf(field) } })
  }
  const ticks = new Map<string, { field: Field; chosen: string[]; columns: number[] }>()
  for (const { column, name, target } of pairs) {
    const cell = cellAt(column)
    if (cell.text.trim() === '') continue
    const { field, choice } = target
    if (choice !== undefined) {
      const answer = readCell(ticked, cell, {})
      if ('code' in answer) {
        fail(column, field, answer.code, cell)
        continue
      }
      const all = ticks.get(field.name) ?? { field, chosen: [], columns: [] }
      if (answer.value === true) all.chosen.push(choice)
      all.columns.push(column)
      ticks.set(field.name, all)
      continue
    }
    const answer = readCell(field, cell, reading, name.replace(/\[\d+\]/, ''))
    if ('code' in answer) fail(column, field, answer.code, cell)
    else if (answer.value !== null) {
      read.entry[field.name] = answer.value
      read.from.set(field.name, [...(read.from.get(field.name) ?? []), column])
    }
  }
  for (const [name, { field, chosen, columns }] of ticks) {
    const before = read.entry[name]
    const order = (names: readonly string[]) => [...names].sort((a, b) => at(field, a) - at(field, b))
    if (!Array.isArray(before)) {
      if (chosen.length > 0) read.entry[name] = order(chosen)
    } else if (order(before as string[]).join(' ') !== order(chosen).join(' ')) {
      const [column = -1] = columns
      const message = `The columns of single choices do not agree with "${name}".`
      const hint = 'Leave out one of the two in the mapping.'
      read.problems.push({
        column,
        told: { code: 'import_split_differs', message, hint, got: chosen.join(' '), expects: 'choice' },
      })
    }
    read.from.set(name, [...(read.from.get(name) ?? []), ...columns])
  }
  return read
}

const at = (field: Field, choice: string): number => field.choices?.indexOf(choice) ?? 0
