// What a question asks of the lists it chooses from.
import type { ChoiceList, Form, FormProblem, Question } from '../model.ts'
import { own } from '../read/names.ts'

export type OnColumn = (code: FormProblem['code'], column: string, message: string, hint: string) => void

/** Problems of a select, rank or other question with choices. */
export function checkChoices(form: Form, item: Question, on: OnColumn): void {
  if (item.type === 'osm') return
  const name = item.choices ?? ''
  if (item.type === 'select_one_external') {
    checkExternal(form, item, on)
    return
  }
  if (item.or_other && item.choice_filter !== undefined)
    on(
      'form_conflicting_instance',
      'choice_filter',
      'A question with "or_other" cannot filter its choices.',
      'Add the choice "other" and a text question yourself, or leave the filter out.',
    )
  if (item.file !== undefined) {
    if (!/\.(csv|xml|geojson)$/.test(item.file))
      on('form_missing_list', 'type', `"${item.file}" is not a file of choices.`, 'Use a .csv, .xml or .geojson file.')
    return
  }
  const list = own(form.lists, name)
  if (list && item.type === 'select_multiple') checkParted(list, on)
  if (name.startsWith('${') || list || /\bsearch\(/.test(item.appearance ?? '')) return
  missing('choices', name, Object.keys(form.lists), on)
}

/** Chosen names are stored in one text, parted by spaces. */
function checkParted(list: ChoiceList, on: OnColumn): void {
  const parted = list.choices.find((choice) => /\s/.test(choice.name))
  if (parted)
    on(
      'form_invalid_choice',
      'type',
      `The choice "${parted.name}" of "${list.name}" (choices, row ${parted.row}) has a space in its name.`,
      'Answers with several choices are stored parted by spaces: write an underscore instead.',
    )
}

function checkExternal(form: Form, item: Question, on: OnColumn): void {
  const name = item.choices ?? ''
  if (!form.external_lists.includes(name)) missing('external_choices', name, form.external_lists, on)
  if (item.choice_filter === undefined)
    on(
      'form_missing_list',
      'choice_filter',
      'A select_one_external has no filter.',
      'Say in the "choice_filter" column which rows of external_choices are offered, e.g. state=${state}.',
    )
}

function missing(sheet: string, name: string, names: string[], on: OnColumn): void {
  const near = names.find((one) => one.toLowerCase() === name.toLowerCase())
  on(
    'form_missing_list',
    'type',
    name === '' ? 'The question names no choice list.' : `There is no choice list "${name}" on the ${sheet} sheet.`,
    near === undefined
      ? `Add rows with that list_name to the ${sheet} sheet, or correct the name after the type.`
      : `Did you mean "${near}"?`,
  )
}
