// Checks of save_to and of the entity declarations against the whole form.
import { allocateEntities } from '../write/entity-plan.ts'
import type { Form, FormProblem } from '../model.ts'
import { isName, NAME_HINT } from '../read/names.ts'
import type { Scope } from '../read/references.ts'

/** What stands in the way of writing the form's entities. */
export function checkEntities(form: Form, scope: Scope): FormProblem[] {
  const problems: FormProblem[] = []
  const add = (sheet: string, row: number, column: string, message: string, hint: string) =>
    problems.push({ code: 'form_invalid_entity', sheet, row, column, message, hint })
  const seen = new Map<string, number>()
  const names = form.entities.map((entity) => entity.list_name)
  for (const { item } of scope.placed) {
    if (item.save_to === undefined) continue
    const on = (message: string, hint: string) => add('survey', item.row, 'save_to', message, hint)
    const parts = item.save_to.split('#').map((part) => part.trim())
    const property = parts.at(-1) ?? ''
    const list = parts.length > 1 ? (parts[0] ?? '') : (names[0] ?? '')
    if (names.length === 0)
      on('save_to is used and there is no entities sheet.', 'Add an entities sheet with list_name and label.')
    else if (parts.length > 2) on('save_to has more than one "#".', 'Write list_name#property.')
    else if (parts.length === 1 && names.length > 1)
      on('There are several entity lists, and save_to names none.', `Write ${names[0]}#${property}.`)
    else if (!names.includes(list))
      on(`save_to names the list "${list}", which is not declared.`, `Use one of ${names.join(', ')}.`)
    else if (/^(name|label)$/i.test(property))
      on(`"${property}" is kept for the entity itself.`, 'Choose another property name.')
    else if (property.startsWith('__') || !isName(property)) on(`"${property}" cannot be a property name.`, NAME_HINT)
    else {
      const first = seen.get(`${list}#${property}`)
      if (first !== undefined)
        on(`The property "${property}" is already saved by row ${first}.`, 'Rename or remove one of them.')
      seen.set(`${list}#${property}`, item.row)
    }
  }
  for (const [at, entity] of form.entities.entries()) {
    if (names.indexOf(entity.list_name) !== at)
      add(
        'entities',
        entity.row,
        'list_name',
        `The list "${entity.list_name}" is declared twice.`,
        'Remove one of them.',
      )
  }
  if (problems.length > 0) return problems
  for (const found of allocateEntities(form, scope).problems) {
    add(found.sheet, found.row, found.sheet === 'survey' ? 'save_to' : 'list_name', found.message, found.hint)
  }
  return problems
}
