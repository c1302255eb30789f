// The choices sheet: lists of choices in the order of their first row.
import { cellsOf, columnsOf } from './columns.ts'
import type { Choice, ChoiceList, FormProblem } from './model.ts'
import type { Settings } from './settings.ts'
import { mediaFrom, textFrom } from './texts.ts'
import type { Workbook } from './workbook.ts'
import { isName } from './names.ts'

/** Reads the choice lists; problems: a choice without name, two choices of one name. */
export function buildChoices(
  workbook: Workbook,
  settings: Settings,
  problems: FormProblem[],
): Record<string, ChoiceList> {
  const lists: Record<string, ChoiceList> = {}
  const sheet = workbook.sheets['choices']
  if (!sheet) return lists
  const columns = columnsOf(sheet)
  const duplicates = /^(yes|true|true\(\))$/i.test(settings.others['allow_choice_duplicates'] ?? '')
  for (const row of sheet.rows) {
    const cells = cellsOf(row, columns)
    const { list_name, name, ...rest } = cells.values
    if (list_name === undefined) continue
    const problem = (code: FormProblem['code'], message: string, hint: string) =>
      problems.push({ code, message, sheet: 'choices', row: row.row, column: 'name', hint })
    if (name === undefined) {
      problem(
        'form_invalid_choice',
        `A choice of list "${list_name}" has no name.`,
        'Write the value to store in the "name" column.',
      )
      continue
    }
    const extra: Record<string, string> = {}
    for (const [key, value] of Object.entries(rest)) if (isName(key)) extra[key] = value
    const list = (lists[list_name] ??= { name: list_name, choices: [] })
    if (!duplicates && list.choices.some((choice) => choice.name === name)) {
      problem(
        'form_duplicate_choice',
        `List "${list_name}" has the choice "${name}" twice.`,
        'Rename or remove one, or set allow_choice_duplicates to yes in the settings.',
      )
    }
    const choice: Choice = {
      name,
      row: row.row,
      labels: textFrom(cells.texts['label'], settings.default_language),
      media: mediaFrom(cells, settings.default_language),
      extra,
    }
    list.choices.push(choice)
  }
  return lists
}
