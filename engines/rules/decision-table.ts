import { compileRule, isRefused } from './check/check.ts'
import { said } from './contradict/contradict.ts'
import { refuted } from './contradict/refute.ts'
import { findWitness } from './contradict/witness.ts'
import type { Goal } from './contradict/refute.ts'
import type { RuleSchema } from './schema.ts'
import type { Node } from './tree.ts'
import type { Search } from './contradict/witness.ts'

/**
 * A decision table: columns are rules (`household_size`, `walls`), each row says what each column must be and what the
 * table gives then. A cell is a value (`'pucca'`, `3`), a comparison (`< 5`, `>= 3 and < 8`, `in ['own', 'rent']`), or
 * `-` for anything. `first`: the first row that holds; `unique`: no two rows may hold at once, which is checked.
 * `otherwise` is given where no row holds; without it the rows must leave nothing out, which is checked too.
 */
export type DecisionTable = {
  columns: string[]
  rows: { when: string[]; give: string }[]
  hit: 'first' | 'unique'
  otherwise?: string
}

export type TableProblem = {
  code: 'table_shape' | 'table_cell' | 'table_overlap' | 'table_gap' | 'table_unreached'
  /** Rows counted from 1; none where the whole table is meant. */
  rows: number[]
  message: string
  hint: string
}

const COMPARISON = /^(?:<=|>=|==|!=|<|>|in\b)/

/** A row's condition as a rule. */
function conditionOf(columns: readonly string[], when: readonly string[]): string {
  const tests = columns.flatMap((column, at) => {
    const cell = when[at]!.trim()
    if (cell === '-' || cell === '') return []
    return cell
      .split(/\s+and\s+/)
      .map((part) => (COMPARISON.test(part) ? `(${column}) ${part}` : `(${column}) == ${part}`))
  })
  return tests.length === 0 ? 'true' : tests.join(' && ')
}

/** The table as a rule, for compileRule: the rows in order, then `otherwise` (or the last row, where none is left out). */
export function tableSource({ columns, rows, otherwise }: DecisionTable): string {
  const tested = otherwise === undefined ? rows.slice(0, -1) : rows
  const last = otherwise ?? rows.at(-1)?.give ?? 'false'
  return tested.reduceRight(
    (rest, { when, give }) => `(${conditionOf(columns, when)}) ? (${give}) : (${rest})`,
    `(${last})`,
  )
}

/**
 * What is wrong with a table over the form's bounds and choices: cells that are no rule, two rows that hold at once where
 * only one may, a case that no row covers, a row that is never reached. An overlap or a gap is told with a record that
 * shows it, or proved not to be; what is neither (rare) is told as not shown.
 */
export function checkTable(
  table: DecisionTable,
  schema: RuleSchema,
  search: Search = { reference_date: '2014-12-31' },
): TableProblem[] {
  const shape = table.rows.flatMap(({ when }, at): TableProblem[] =>
    when.length === table.columns.length
      ? []
      : [
          problem(
            'table_shape',
            [at + 1],
            `Row ${at + 1} has ${when.length} cells for ${table.columns.length} columns.`,
          ),
        ],
  )
  if (table.rows.length === 0) shape.push(problem('table_shape', [], 'The table has no rows.'))
  if (shape.length > 0) return shape
  const conditions: Node[] = []
  const cells = table.rows.flatMap(({ when }, at): TableProblem[] => {
    const source = conditionOf(table.columns, when)
    const rule = compileRule(source, schema, 'bool')
    if (!isRefused(rule)) {
      conditions.push(rule.root)
      return []
    }
    return rule.map(({ message, start, end }) =>
      problem('table_cell', [at + 1], `Row ${at + 1}, "${source.slice(start, end)}": ${message}`),
    )
  })
  if (cells.length > 0) return cells
  return [...gaps(table, conditions, schema, search), ...overlaps(table, conditions, schema, search)]
}

const HINTS: Record<TableProblem['code'], string> = {
  table_shape: 'Give each row one cell a column; - stands for anything.',
  table_cell: "A cell is a value, a comparison (< 5, >= 3 and < 8, in ['a', 'b']) or -.",
  table_overlap: 'Change one of the rows, or let the first that holds decide (hit: first).',
  table_gap: 'Add a row for it, or say what is given otherwise.',
  table_unreached: 'Take the row out, or put it before the rows that cover it.',
}
const problem = (code: TableProblem['code'], rows: number[], message: string): TableProblem => ({
  code,
  rows,
  message,
  hint: HINTS[code],
})

function gaps(table: DecisionTable, conditions: Node[], schema: RuleSchema, search: Search): TableProblem[] {
  if (table.otherwise !== undefined) return []
  const none = conditions.map((node): Goal => ({ node, truth: false }))
  if (refuted(none, schema)) return []
  const witness = findWitness(none, schema, search)
  const message = witness ? `No row holds for ${said(witness)}.` : 'It is not shown that some row always holds.'
  return [problem('table_gap', [], message)]
}

function overlaps(table: DecisionTable, conditions: Node[], schema: RuleSchema, search: Search): TableProblem[] {
  if (table.hit === 'first')
    return conditions.flatMap((node, at) => {
      const reached = [
        ...conditions.slice(0, at).map((each): Goal => ({ node: each, truth: false })),
        { node, truth: true },
      ]
      const message = `Row ${at + 1} is never reached: the rows before it cover it.`
      return refuted(reached, schema) ? [problem('table_unreached', [at + 1], message)] : []
    })
  return conditions.flatMap((a, at) =>
    conditions.slice(at + 1).flatMap((b, after): TableProblem[] => {
      const both = [a, b].map((node): Goal => ({ node, truth: true }))
      if (refuted(both, schema)) return []
      const rows = [at + 1, at + after + 2]
      const witness = findWitness(both, schema, search)
      const why = witness ? `both hold for ${said(witness)}` : 'are not shown to exclude each other'
      return [problem('table_overlap', rows, `Rows ${rows.join(' and ')} ${why}.`)]
    }),
  )
}
