// The `table-list` appearance is XLSForm's, no client knows it: it stands for a field list whose first row shows the
// choices and whose questions show none. https://xlsform.org/en/#appearance
import type { FormProblem, Group, Item, Question, Repeat } from '../model.ts'

const HEADER = 'reserved_name_for_field_list_labels_'
const LABEL = 'generated_table_list_label_'

/** True for the questions made here, which hold no answer. */
export function isTableHeader(name: string): boolean {
  return name.startsWith(HEADER) || name.startsWith(LABEL)
}

const blank = (row: number) => ({ row, hints: {}, guidance: {}, media: {}, bind: {}, parameters: {} })

/**
 * Writes the table-lists of a form out, in place. Only a group whose first question is a select can be one, and all its
 * selects share one list: the problems are those that do not.
 */
export function unrollTableLists(items: Item[]): FormProblem[] {
  return items.flatMap((item) => {
    if (item.kind === 'question') return []
    const problems = /\btable-list\b/.test(item.appearance ?? '') ? unroll(item) : []
    return [...problems, ...unrollTableLists(item.items)]
  })
}

function unroll(group: Group | Repeat): FormProblem[] {
  const selects = group.items.filter(
    (item): item is Question => item.kind === 'question' && /^select_(one|multiple)$/.test(item.type),
  )
  const [first] = selects
  if (!first) return []
  const problems = selects
    .filter((select) => select.choices !== first.choices)
    .map((select): FormProblem => ({
      code: 'form_missing_list',
      sheet: 'survey',
      row: select.row,
      column: 'type',
      message: `A table-list shows one list: "${first.choices}", not "${select.choices}".`,
      hint: 'Use the same list in every row of the table, or move the question out of the group.',
    }))
  group.appearance = group.appearance?.replace(/\btable-list\b/, 'field-list')
  const header: Question = {
    ...blank(first.row),
    kind: 'question',
    type: first.type,
    name: `${HEADER}${first.row}`,
    labels: { default: ' ' },
    appearance: 'label',
    ...(first.choices !== undefined && { choices: first.choices }),
    ...(first.choice_filter !== undefined && { choice_filter: first.choice_filter }),
  }
  for (const select of selects) select.appearance = 'list-nolabel'
  group.items.splice(group.items.indexOf(first), 0, header)
  if (Object.keys(group.labels).length === 0) return problems
  group.items.unshift({
    ...blank(group.row),
    kind: 'question',
    type: 'note',
    name: `${LABEL}${group.row}`,
    labels: group.labels,
  })
  group.labels = {}
  return problems
}
