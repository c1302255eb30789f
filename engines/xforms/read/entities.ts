// The entities sheet: which lists of people or things a submission creates or updates.
import { cellsOf, columnsOf } from './columns.ts'
import type { EntityDeclaration, FormProblem } from '../model.ts'
import { isName, NAME_HINT } from './names.ts'
import type { Workbook } from './workbook.ts'

/** Reads the declarations. Source: https://getodk.github.io/xforms-spec/entities */
export function buildEntities(workbook: Workbook, problems: FormProblem[]): EntityDeclaration[] {
  const sheet = workbook.sheets['entities']
  if (!sheet) return []
  const columns = columnsOf(sheet)
  const declarations: EntityDeclaration[] = []
  for (const row of sheet.rows) {
    const { values, texts } = cellsOf(row, columns)
    const list_name = values['list_name'] ?? ''
    const label = texts['label'] ? Object.values(texts['label'])[0] : undefined
    const problem = (message: string, hint: string, column = 'list_name') =>
      problems.push({ code: 'form_invalid_entity', message, sheet: 'entities', row: row.row, column, hint })
    if (list_name.startsWith('__'))
      problem(`The list name "${list_name}" begins with two underscores.`, 'Those names are reserved; choose another.')
    else if (list_name.includes('.'))
      problem(`The list name "${list_name}" has a full stop.`, 'Use underscores instead.')
    else if (!isName(list_name)) problem(`"${list_name}" cannot name an entity list.`, NAME_HINT)
    const { entity_id, create_if, update_if } = values
    if (update_if !== undefined && entity_id === undefined)
      problem('update_if is given without entity_id.', 'Say which entity to update in entity_id.', 'entity_id')
    if (entity_id !== undefined && create_if !== undefined && update_if === undefined) {
      problem('entity_id and create_if are given without update_if.', 'Say in update_if when to update.', 'update_if')
    }
    if (entity_id === undefined && label === undefined)
      problem('A created entity needs a label.', 'Write an expression in the label column.', 'label')
    declarations.push({
      list_name,
      row: row.row,
      ...(label !== undefined && { label }),
      ...(entity_id !== undefined && { entity_id }),
      ...(create_if !== undefined && { create_if }),
      ...(update_if !== undefined && { update_if }),
    })
  }
  return declarations
}
