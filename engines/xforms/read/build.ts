// Spreadsheet rows -> form tree. Collects every problem it can find rather than stopping at the first.
import type { Cells } from './columns.ts'
import { cellsOf, columnsOf } from './columns.ts'
import { checkForm } from '../check/check.ts'
import { buildChoices, externalLists } from './choices.ts'
import { buildEntities } from './entities.ts'
import type { Bind, ChoiceList, Form, FormProblem, FormRemark, Group, Item, Question, Repeat, Text } from '../model.ts'
import { checkParameters, parseParameters } from './parameters.ts'
import { straighten } from './quotes.ts'
import { brokenReferences, isReferenceList, referencedNames } from './references.ts'
import { checkColumns, missingSheet } from './sheets.ts'
import type { BuildOptions } from './settings.ts'
import { buildSettings } from './settings.ts'
import { unrollTableLists } from './tablelist.ts'
import { mediaFrom, textFrom } from './texts.ts'
import { parseType, QUESTION_TYPES } from './types.ts'
import type { Workbook } from './workbook.ts'

function family(cells: Cells, prefix: string): Record<string, string> | undefined {
  const entries = Object.entries(cells.values)
    .filter(([key]) => key.startsWith(`${prefix}::`))
    .map(([key, value]) => [key.slice(prefix.length + 2), value] as const)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const BINDS = ['relevant', 'constraint', 'required', 'readonly', 'calculation', 'default'] as const
const MESSAGES = ['constraint_message', 'required_message', 'no_app_error_string'] as const

function bindFrom(cells: Cells, language: string): Bind {
  const bind: Bind = {}
  for (const key of BINDS) if (cells.values[key] !== undefined) bind[key] = cells.values[key]
  for (const key of MESSAGES) if (cells.texts[key]) bind[key] = textFrom(cells.texts[key], language)
  const extra = family(cells, 'bind')
  if (extra) bind.extra = extra
  return bind
}

function commonFrom(cells: Cells, language: string) {
  const control = family(cells, 'control')
  const values = cells.values
  for (const key of ['rows', 'autoplay', 'intent'] as const) if (values[key] && control) control[key] ??= values[key]
  const small = {
    ...(values['rows'] && { rows: values['rows'] }),
    ...(values['autoplay'] && { autoplay: values['autoplay'] }),
  }
  const merged = control ?? (Object.keys(small).length > 0 ? small : undefined)
  const instance = family(cells, 'instance')
  return {
    name: values['name'] ?? '',
    row: cells.row,
    labels: textFrom(cells.texts['label'], language),
    hints: textFrom(cells.texts['hint'], language),
    guidance: textFrom(cells.texts['guidance_hint'], language),
    media: mediaFrom(cells, language),
    bind: bindFrom(cells, language),
    parameters: {} as Record<string, string>,
    ...(values['appearance'] !== undefined && { appearance: values['appearance'] }),
    ...(merged && { control: merged }),
    ...(instance && { instance }),
    ...(values['save_to'] !== undefined && { save_to: values['save_to'] }),
  }
}

type Open = {
  of: 'group' | 'repeat' | 'loop'
  item: Group | Repeat | undefined
  items: Item[]
  row: number
  loop?: string
}

/**
 * Builds the form from its sheets. `form` is absent when a problem stands in the way; problems are in sheet order.
 * Source of the columns: https://xlsform.org/en/ref-table/.
 */
export function buildForm(written: Workbook, options: BuildOptions = {}): { form?: Form; problems: FormProblem[] } {
  const problems: FormProblem[] = []
  if (!written.sheets['survey']) return { problems: [missingSheet(written)] }
  const remarks: FormRemark[] = []
  const workbook = mended(written, remarks)
  const survey = workbook.sheets['survey'] ?? written.sheets['survey']
  problems.push(...checkColumns(workbook))
  const settings = buildSettings(workbook, options, problems)
  const language = settings.default_language
  const lists = buildChoices(workbook, settings, problems)
  const columns = columnsOf(survey)
  const items: Item[] = []
  const open: Open[] = []
  const report = (code: FormProblem['code'], row: number, message: string, hint: string, column?: string) =>
    problems.push({ code, message, sheet: 'survey', row, hint, ...(column !== undefined && { column }) })
  const into = () => open.at(-1)?.items ?? items

  const begin = (cells: Cells, of: Open['of'], list: string | undefined) => {
    const common = commonFrom(cells, language)
    if (common.name === '') {
      report(
        'form_missing_name',
        cells.row,
        `The ${of} has no name.`,
        'Give it a short name in the "name" column.',
        'name',
      )
    }
    if (common.save_to !== undefined) {
      report(
        'form_invalid_entity',
        cells.row,
        'A group or repeat cannot be saved as an entity property.',
        'Move save_to to a question.',
        'save_to',
      )
    }
    // An app that fills a whole group: https://docs.getodk.org/launch-apps-from-collect/
    if (cells.values['intent'] !== undefined) common.control = { ...common.control, intent: cells.values['intent'] }
    const item: Group | Repeat =
      of === 'repeat' ? { ...common, kind: 'repeat', items: [] } : { ...common, kind: 'group', items: [] }
    if (item.kind === 'repeat' && cells.values['repeat_count'] !== undefined)
      item.repeat_count = cells.values['repeat_count']
    into().push(item)
    open.push({ of, item, items: item.items, row: cells.row, ...(of === 'loop' && { loop: list ?? '' }) })
  }
  const end = (cells: Cells, of: Open['of']) => {
    const last = open.pop()
    if (cells.values['save_to'] !== undefined) {
      report(
        'form_invalid_entity',
        cells.row,
        `"end ${of}" cannot be saved as an entity property.`,
        'Move save_to to a question.',
        'save_to',
      )
    }
    if (!last || last.of !== of) {
      const what = last ? `the ${last.of} begun in row ${last.row} is still open` : 'nothing is open'
      report(
        'form_unbalanced_group',
        cells.row,
        `"end ${of}" here, but ${what}.`,
        `Add or remove a "begin ${of}" or "end ${of}" row.`,
        'type',
      )
      return
    }
    if (last.loop !== undefined && last.item) unrollLoop(last.item, lists[last.loop]?.choices ?? [])
  }

  const question = (cells: Cells, type: string, list: string | undefined, or_other: boolean | undefined) => {
    const item: Question = { ...commonFrom(cells, language), kind: 'question', type }
    const { values } = cells
    if (item.name === '' && type === 'audit') item.name = 'audit'
    if (item.name === '' && !(type === 'note')) {
      report(
        'form_missing_name',
        cells.row,
        `The ${type} question has no name.`,
        'Give it a short name in the "name" column.',
        'name',
      )
    }
    if (item.name === '') item.name = `generated_note_name_${cells.row}`
    if (list !== undefined) item.choices = list
    if (type.endsWith('_from_file') && list !== undefined) {
      item.file = list
      item.choices = list.replace(/\.[^.]*$/, '')
    }
    if (or_other) item.or_other = true
    if (values['choice_filter'] !== undefined) item.choice_filter = values['choice_filter']
    if (values['trigger'] !== undefined) {
      item.trigger = referencedNames(values['trigger'])
      if (!isReferenceList(values['trigger']) || brokenReferences(values['trigger']).length > 0)
        report(
          'form_invalid_trigger',
          cells.row,
          `The trigger is "${values['trigger']}".`,
          'Write ${name} of a question; part several by commas.',
          'trigger',
        )
    }
    if (values['unit'] !== undefined) item.unit = values['unit']
    if (values['minor_units'] !== undefined) {
      const units = Number(values['minor_units'])
      if (Number.isInteger(units) && units > 0) item.minor_units = units
      else
        report(
          'form_invalid_parameter',
          cells.row,
          `minor_units is "${values['minor_units']}".`,
          'Write a whole number such as 100.',
          'minor_units',
        )
    }
    if (values['parameters'] !== undefined) {
      const parsed = parseParameters(values['parameters'])
      if (parsed) item.parameters = parsed
      else
        report(
          'form_invalid_parameter',
          cells.row,
          'The parameters cannot be read.',
          'Write key1=value1 key2=value2.',
          'parameters',
        )
    }
    for (const found of checkParameters(item, lists))
      report('form_invalid_parameter', cells.row, found.message, found.hint, 'parameters')
    into().push(item)
    if (or_other) {
      into().push(otherQuestion(item))
      addOther(lists[item.choices ?? ''])
    }
  }

  for (const row of survey.rows) {
    const cells = cellsOf(row, columns)
    if (/^(yes|true)$/i.test(cells.values['disabled'] ?? '')) continue
    const written = cells.values['type']
    if (written === undefined) {
      const filled = cells.values['name'] ?? cells.texts['label']
      if (filled)
        report(
          'form_missing_type',
          row.row,
          'The row has a name or label and no type.',
          'Write a question type in the "type" column, e.g. text.',
          'type',
        )
      continue
    }
    const parsed = parseType(written)
    if (!parsed) {
      report('form_unknown_type', row.row, `"${written}" is not a question type.`, typeHint(written), 'type')
      continue
    }
    if (parsed.kind === 'begin') begin(cells, parsed.of, parsed.list)
    else if (parsed.kind === 'end') end(cells, parsed.of)
    else question(cells, parsed.type, parsed.list, parsed.or_other)
  }
  for (const left of open) {
    report(
      'form_unbalanced_group',
      left.row,
      `The ${left.of} begun here is never ended.`,
      `Add a row with type "end ${left.of}".`,
      'type',
    )
  }
  problems.push(...unrollTableLists(items))
  const form: Form = {
    form_id: settings.form_id,
    title: settings.title,
    ...(settings.version !== undefined && { version: settings.version }),
    root_name: settings.root_name,
    default_language: language,
    languages: [],
    items,
    lists,
    external_lists: externalLists(workbook),
    entities: buildEntities(workbook, problems),
    settings: settings.others,
    remarks,
  }
  form.languages = languagesOf(form)
  problems.push(...checkForm(form))
  return problems.length === 0 ? { form, problems } : { problems }
}

const mended = (workbook: Workbook, remarks: FormRemark[]): Workbook => ({
  sheets: Object.fromEntries(
    Object.entries(workbook.sheets).map(([name, sheet]) => [
      name,
      { ...sheet, rows: straighten(sheet, columnsOf(sheet), remarks) },
    ]),
  ),
})

/** "or_other" asks for the words behind "other" in a text question of its own. */
function otherQuestion(of: Question): Question {
  const languages = Object.keys(of.labels)
  return {
    kind: 'question',
    type: 'text',
    name: `${of.name}_other`,
    row: of.row,
    labels: Object.fromEntries(
      (languages.length > 0 ? languages : ['default']).map((language) => [language, 'Specify other.']),
    ),
    hints: {},
    guidance: {},
    media: {},
    parameters: {},
    bind: { relevant: `selected(../${of.name}, 'other')` },
  }
}

/** The choice that "or_other" adds to its list, once. */
function addOther(list: ChoiceList | undefined): void {
  if (!list || list.choices.some((choice) => choice.name === 'other')) return
  const languages = new Set(list.choices.flatMap((choice) => Object.keys(choice.labels)))
  const labels = Object.fromEntries([...languages].map((language) => [language, 'Other']))
  list.choices.push({ name: 'other', row: list.choices.at(-1)?.row ?? 0, labels, media: {}, extra: {} })
}

/** A loop over a choice list is one group per choice, each with the questions of the loop. */
function unrollLoop(loop: Group | Repeat, choices: { name: string; labels: Text; row: number }[]): void {
  const inner = loop.items
  const fill = (text: string, name: string, label: string) =>
    text.replaceAll('%(name)s', name).replaceAll('%(label)s', label)
  loop.items = choices.map((choice) => {
    const copy = (item: Item): Item => {
      const labels = Object.fromEntries(
        Object.entries(item.labels).map(([language, text]) => [
          language,
          fill(text, choice.name, choice.labels[language] ?? Object.values(choice.labels)[0] ?? ''),
        ]),
      )
      return item.kind === 'question' ? { ...item, labels } : { ...item, labels, items: item.items.map(copy) }
    }
    return {
      kind: 'group',
      name: choice.name,
      row: loop.row,
      labels: choice.labels,
      hints: {},
      guidance: {},
      media: {},
      bind: {},
      parameters: {},
      items: inner.map(copy),
    }
  })
}

function typeHint(written: string): string {
  const stem = written.toLowerCase().split(/[\s_]/)[0] ?? ''
  const near = Object.keys(QUESTION_TYPES).filter(
    (type) => stem !== '' && type.toLowerCase().startsWith(stem.slice(0, 4)),
  )
  return near.length > 0
    ? `Did you mean ${near.join(' or ')}?`
    : 'See the list of types in the documentation, e.g. text, integer, select_one list.'
}

function languagesOf(form: Form): string[] {
  const seen = new Set<string>()
  const add = (...texts: (Text | undefined)[]) => {
    for (const text of texts) for (const language of Object.keys(text ?? {})) seen.add(language)
  }
  const walk = (items: Item[]) => {
    for (const item of items) {
      add(item.labels, item.hints, item.guidance, ...Object.values(item.media))
      add(item.bind.constraint_message, item.bind.required_message)
      if (item.kind !== 'question') walk(item.items)
    }
  }
  walk(form.items)
  for (const list of Object.values(form.lists))
    for (const choice of list.choices) add(choice.labels, ...Object.values(choice.media))
  // `default` is no language where others are spoken; it only marks text without one.
  if (seen.size > 1) seen.delete('default')
  return seen.size === 0 ? [form.default_language] : [...seen]
}
