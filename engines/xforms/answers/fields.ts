// The flat view of a form that rules, tables and imports work with: groups disappear, a repeat becomes a list.
import type { Form, FormProblem, Item, Question, Text } from '../model.ts'
import { bindType } from '../write/binds.ts'
import { isTableHeader } from '../read/tablelist.ts'

export type FieldKind =
  | 'int'
  | 'decimal'
  | 'money'
  | 'text'
  | 'bool'
  | 'date'
  | 'datetime'
  | 'choice'
  | 'choices'
  | 'geopoint'
  | 'media'

/** One answer: its type for rules, its texts for screens. `relevant` is the condition as the form writes it. */
export type Field = {
  name: string
  type: FieldKind
  unit?: string
  minor_units?: number
  /** Values a choice may take, in the form's order. */
  choices?: string[]
  choice_labels?: Record<string, Text>
  labels: Text
  required: boolean
  relevant?: string
}

export type Fields = { household: Record<string, Field>; lists: Record<string, Record<string, Field>> }

const KINDS: Record<string, FieldKind> = {
  integer: 'int',
  decimal: 'decimal',
  date: 'date',
  dateTime: 'datetime',
  start: 'datetime',
  end: 'datetime',
  today: 'date',
  select_one: 'choice',
  select_one_from_file: 'choice',
  select_one_external: 'choice',
  select_multiple: 'choices',
  select_multiple_from_file: 'choices',
  rank: 'choices',
  geopoint: 'geopoint',
  'start-geopoint': 'geopoint',
  'background-geopoint': 'geopoint',
  image: 'media',
  audio: 'media',
  video: 'media',
  file: 'media',
  osm: 'media',
  'background-audio': 'media',
}

// A note or a calculation that only shows something holds no answer; the audit log is a file of its own.
const SILENT = new Set(['note', 'audit', 'csv-external', 'xml-external'])

/** Names of the choices of a question's list; undefined where they come from a file or a repeat. */
export function choiceNames(form: Form, question: Question): string[] | undefined {
  if (question.choices === undefined || question.file !== undefined) return undefined
  return form.lists[question.choices]?.choices.map((choice) => choice.name)
}

/** True for a select_one with exactly the choices yes and no. */
export function isYesNo(names: readonly string[] | undefined): boolean {
  return names?.length === 2 && names.includes('yes') && names.includes('no')
}

/** The type an answer of this question has. */
export function kindOf(form: Form, question: Question): FieldKind {
  if (question.type === 'select_one' && isYesNo(choiceNames(form, question))) return 'bool'
  const kind =
    KINDS[question.type] ?? (question.type === 'range' ? (bindType(question) === 'int' ? 'int' : 'decimal') : 'text')
  const calculated = question.type === 'calculate' || question.type === 'hidden'
  if (question.minor_units !== undefined && (kind === 'int' || kind === 'decimal' || calculated)) return 'money'
  // XLSForm gives a calculate no type; `bind::type` is how a form says that it is a number.
  const declared = calculated ? question.bind.extra?.['type'] : undefined
  if (declared === 'int' || declared === 'integer') return 'int'
  if (declared === 'decimal' || declared === 'date') return declared
  return kind
}

/** True when the item holds no answer. */
export function isSilent(item: Item): boolean {
  return item.kind === 'question' && (SILENT.has(item.type) || isTableHeader(item.name))
}

/** The field of one question. */
export function fieldOf(form: Form, question: Question): Field {
  const type = kindOf(form, question)
  const list = question.file === undefined && question.choices !== undefined ? form.lists[question.choices] : undefined
  const field: Field = {
    name: question.name,
    type,
    labels: question.labels,
    required: /^(yes|true|true\(\))$/i.test(question.bind.required ?? ''),
  }
  if (question.unit !== undefined) field.unit = question.unit
  if (type === 'money') field.minor_units = question.minor_units
  if ((type === 'choice' || type === 'choices') && list) {
    field.choices = list.choices.map((choice) => choice.name)
    field.choice_labels = Object.fromEntries(list.choices.map((choice) => [choice.name, choice.labels]))
  }
  if (question.bind.relevant !== undefined) field.relevant = question.bind.relevant
  return field
}

/** Walks questions with the name of the list they belong to; a repeat inside a repeat is a list `outer.inner`. */
function walk(
  items: Item[],
  list: string | undefined,
  see: (question: Question, list: string | undefined) => void,
  enter: (list: string, row: number) => void,
): void {
  for (const item of items) {
    if (item.kind === 'question') {
      if (!isSilent(item)) see(item, list)
    } else if (item.kind === 'group') walk(item.items, list, see, enter)
    else {
      const name = list === undefined ? item.name : `${list}.${item.name}`
      enter(name, item.row)
      walk(item.items, name, see, enter)
    }
  }
}

/** Fields by name, household level and lists apart. Call `fieldProblems` first: of two fields of one name the first stays. */
export function fieldsOf(form: Form): Fields {
  const fields: Fields = { household: {}, lists: {} }
  walk(
    form.items,
    undefined,
    (question, list) => {
      const into = list === undefined ? fields.household : (fields.lists[list] ??= {})
      into[question.name] ??= fieldOf(form, question)
    },
    (list) => {
      fields.lists[list] ??= {}
    },
  )
  return fields
}

/** Names that flattening would make ambiguous: twice at household level, twice in a list, or a list named as a field. */
export function fieldProblems(form: Form): FormProblem[] {
  const problems: FormProblem[] = []
  const seen = new Map<string, number>()
  const check = (name: string, list: string | undefined, row: number) => {
    const key = `${list ?? ''}/${name}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, row)
    else {
      const where = list === undefined ? 'outside repeats' : `in the repeat "${list}"`
      problems.push({
        code: 'form_ambiguous_name',
        sheet: 'survey',
        row,
        column: 'name',
        message: `The name "${name}" is used twice ${where} (first in row ${first}).`,
        hint: `Groups do not set names apart in data: rename one, e.g. "${name}_2".`,
      })
    }
  }
  walk(
    form.items,
    undefined,
    (question, list) => check(question.name, list, question.row),
    (list, row) => {
      const dot = list.lastIndexOf('.')
      check(list.slice(dot + 1), dot < 0 ? undefined : list.slice(0, dot), row)
    },
  )
  return problems
}
