// The form as a typed tree that can be written to JSON: what the spreadsheet says, with spellings settled.

/** Text by language. `default` holds text given without a language; see `textIn`. */
export type Text = Record<string, string>

/** Logic of an item, as written in the form: `${name}` references stand. Messages are texts by language. */
export type Bind = {
  relevant?: string
  constraint?: string
  constraint_message?: Text
  required?: string
  required_message?: Text
  readonly?: string
  calculation?: string
  default?: string
  no_app_error_string?: Text
  /** Further attributes of the bind, from `bind::` columns. */
  extra?: Record<string, string>
}

export type Media = Partial<Record<'image' | 'audio' | 'video' | 'big-image', Text>>

type Common = {
  name: string
  /** Row of the survey sheet, for messages. */
  row: number
  labels: Text
  hints: Text
  guidance: Text
  media: Media
  bind: Bind
  appearance?: string
  parameters: Record<string, string>
  /** Attributes of the body element and of the instance node, from `body::` and `instance::` columns. */
  control?: Record<string, string>
  instance?: Record<string, string>
  /** Entity property this answer is saved to. */
  save_to?: string
}

export type Question = Common & {
  kind: 'question'
  /** Canonical type: `integer`, `select_one`, `geopoint`, ... (the keys of `QUESTION_TYPES`). */
  type: string
  /** Name of the choice list, of the file's stem, or `${repeat}` for a choice of repeat entries. */
  choices?: string
  /** File the choices come from, e.g. `villages.csv`. */
  file?: string
  choice_filter?: string
  or_other?: boolean
  /** Names of the questions whose change sets this one. */
  trigger?: string[]
  /** Unit of the number, e.g. `mu`, `kg`, `CNY`. */
  unit?: string
  /** 100 = money in hundredths: answers are kept as integer minor units. */
  minor_units?: number
}
export type Group = Common & { kind: 'group'; items: Item[] }
export type Repeat = Common & { kind: 'repeat'; items: Item[]; repeat_count?: string }
export type Item = Question | Group | Repeat

export type Choice = { name: string; row: number; labels: Text; media: Media; extra: Record<string, string> }
export type ChoiceList = { name: string; choices: Choice[] }

/** An instance the form reads besides its own: an external file, by name. */
export type EntityDeclaration = {
  list_name: string
  row: number
  label?: string
  entity_id?: string
  create_if?: string
  update_if?: string
}

export type Form = {
  form_id: string
  title: string
  version?: string
  /** Name of the root element of a submission. */
  root_name: string
  default_language: string
  languages: string[]
  items: Item[]
  lists: Record<string, ChoiceList>
  /** Names of the lists of the external_choices sheet. */
  external_lists: string[]
  entities: EntityDeclaration[]
  /** Other settings as written: instance_name, style, public_key, submission_url, ... */
  settings: Record<string, string>
  /** What was mended while the form was read; it stands in nobody's way, but whoever wrote the form should know. */
  remarks: FormRemark[]
}

export type FormRemark = {
  code: 'form_quotes_straightened'
  message: string
  sheet: string
  row: number
  column: string
}

/** What is wrong with a form, where, and what to do. `row` is the spreadsheet's row number (headers are row 1). */
export type FormProblem = {
  code: FormProblemCode
  message: string
  sheet: string
  row: number
  column?: string
  hint: string
}

export type FormProblemCode =
  | 'form_missing_sheet'
  | 'form_missing_column'
  | 'form_duplicate_column'
  | 'form_unknown_column'
  | 'form_missing_name'
  | 'form_invalid_name'
  | 'form_duplicate_name'
  | 'form_reserved_name'
  | 'form_ambiguous_name'
  | 'form_missing_type'
  | 'form_unknown_type'
  | 'form_unknown_reference'
  | 'form_ambiguous_reference'
  | 'form_invalid_reference'
  | 'form_missing_list'
  | 'form_missing_label'
  | 'form_missing_calculation'
  | 'form_duplicate_choice'
  | 'form_invalid_choice'
  | 'form_unbalanced_group'
  | 'form_invalid_parameter'
  | 'form_invalid_trigger'
  | 'form_invalid_expression'
  | 'form_invalid_setting'
  | 'form_invalid_entity'
  | 'form_conflicting_instance'
  | 'form_unsupported'

/** The text to show: in the language asked for, else without language, else in any language there is. */
export function textIn(text: Text, language?: string): string | undefined {
  return (language === undefined ? undefined : text[language]) ?? text['default'] ?? Object.values(text)[0]
}

/** An item with where it stands: `path` are the names from the root's child down to itself. */
export type Placed = { item: Item; path: string[]; parents: (Group | Repeat)[] }

/** All items in the order of the form, containers before what they contain. */
export function placedItems(form: Pick<Form, 'items'>): Placed[] {
  const placed: Placed[] = []
  const walk = (items: Item[], parents: (Group | Repeat)[]) => {
    for (const item of items) {
      placed.push({ item, path: [...parents.map((parent) => parent.name), item.name], parents })
      if (item.kind !== 'question') walk(item.items, [...parents, item])
    }
  }
  walk(form.items, [])
  return placed
}
