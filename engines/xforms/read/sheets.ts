// Which sheets and columns must be there.
import { columnsOf } from './columns.ts'
import type { FormProblem } from '../model.ts'
import type { Workbook } from './workbook.ts'

export function missingSheet(workbook: Workbook): FormProblem {
  const names = Object.keys(workbook.sheets).join(', ')
  return {
    code: 'form_missing_sheet',
    message: `There is no sheet named "survey"${names === '' ? '' : ` (found: ${names})`}.`,
    sheet: 'survey',
    row: 0,
    hint: 'Rename the sheet that holds the questions to "survey".',
  }
}

const ENTITY_COLUMNS = new Set(['list_name', 'label', 'entity_id', 'create_if', 'update_if', 'repeat'])

/** Checks the headers of every sheet: required ones, two that mean the same, and unknown ones where none may be. */
export function checkColumns(workbook: Workbook): FormProblem[] {
  const problems: FormProblem[] = []
  const need = (sheet: string, keys: string[]) => {
    const found = workbook.sheets[sheet]
    if (!found || (found.headers.length === 0 && found.rows.length === 0)) return
    const have = new Set(columnsOf(found).map((column) => column.key))
    for (const key of keys.filter((key) => !have.has(key))) {
      problems.push({
        code: 'form_missing_column',
        sheet,
        row: 1,
        column: key,
        message: `The ${sheet} sheet has no column "${key}".`,
        hint: `Name one column "${key}"; the first filled row must hold the column names.`,
      })
    }
  }
  need('survey', ['type'])
  need('choices', ['list_name', 'name'])
  for (const sheet of ['survey', 'choices']) {
    const found = workbook.sheets[sheet]
    if (!found) continue
    const seen = new Map<string, string>()
    for (const column of columnsOf(found)) {
      const key = `${column.key}::${column.language ?? ''}`
      const other = seen.get(key)
      if (other !== undefined) {
        problems.push({
          code: 'form_duplicate_column',
          sheet,
          row: 1,
          column: column.header,
          message: `The columns "${other}" and "${column.header}" mean the same.`,
          hint: 'Rename or remove one of them.',
        })
      }
      seen.set(key, column.header)
    }
  }
  const entities = workbook.sheets['entities']
  for (const column of entities ? columnsOf(entities) : []) {
    if (ENTITY_COLUMNS.has(column.key)) continue
    problems.push({
      code: 'form_unknown_column',
      sheet: 'entities',
      row: 1,
      column: column.header,
      message: `The entities sheet has no column "${column.header}".`,
      hint: `Use ${[...ENTITY_COLUMNS].slice(0, 5).join(', ')}.`,
    })
  }
  return problems
}
