// The choices sheet: lists of choices in the order of their first row.
import { cellsOf, columnsOf } from './columns.ts'
import type { Choice, ChoiceList, FormProblem } from '../model.ts'
import type { Settings } from './settings.ts'
import { mediaFrom, textFrom } from './texts.ts'
import type { Workbook } from './workbook.ts'
import { isName, isTaken } from './names.ts'

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
  // Lists of ten thousand villages are common: names are looked up, not searched for.
  const names = new Map<string, Set<string>>()
  for (const row of sheet.rows) {
    const cells = cellsOf(row, columns)
    const { list_name, name, ...rest } = cells.values
    if (list_name === undefined) continue
    if (isTaken(list_name)) {
      problems.push({
        code: 'form_reserved_name',
        sheet: 'choices',
        row: row.row,
        column: 'list_name',
        message: `"${list_name}" cannot name a list.`,
        hint: 'Choose another name.',
      })
      continue
    }
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
    const seen = names.get(list_name) ?? new Set<string>()
    names.set(list_name, seen)
    if (!duplicates && seen.has(name)) {
      problem(
        'form_duplicate_choice',
        `List "${list_name}" has the choice "${name}" twice.`,
        'Rename or remove one, or set allow_choice_duplicates to yes in the settings.',
      )
    }
    seen.add(name)
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

/** Names of the lists on the external_choices sheet, which select_one_external asks of. */
export function externalLists(workbook: Workbook): string[] {
  const sheet = workbook.sheets['external_choices']
  if (!sheet) return []
  const columns = columnsOf(sheet)
  const names = sheet.rows.map((row) => cellsOf(row, columns).values['list_name'])
  return [...new Set(names.filter((name) => name !== undefined))]
}
