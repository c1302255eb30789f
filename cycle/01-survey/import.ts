// Rows of a table -> households as submissions, or lines of a department's list; what cannot be read is told by row
// and column.
import { createHash } from 'node:crypto'
import type { Field, Fields } from '#engines/xforms/fields.ts'
import type { Form } from '#engines/xforms/model.ts'
import { toSubmissionXml, type Answers, type Entry } from '#engines/xforms/submission.ts'
import { expectation, expectedOf, readCell, type Expected } from './cell.ts'
import { instanceIdFrom } from './accept.ts'
import type { Mapping } from './mapping.ts'
import type { RecordGiven } from './register-records.ts'
import type { TableRow, TableSheet } from './table.ts'

export interface RowProblem {
  row: number
  column: string
  code: 'import_wrong_value' | 'import_missing_value' | 'import_no_household' | 'import_refused'
  message: string
  hint: string
  /** What stood in the cell. */
  got: string
  expects: Expected
}

/** A household of the table: its rows, and either its submission or what is wrong. */
export interface Gathered {
  rows: TableRow[]
  xml?: Buffer
  problems: RowProblem[]
}

function readInto(
  entry: Entry,
  fields: Record<string, Field>,
  row: TableRow,
  targets: readonly (readonly [column: string, field: string])[],
  problems: RowProblem[],
): void {
  for (const [column, name] of targets) {
    const field = fields[name]
    const written = row.cells[column] ?? ''
    // The first row of a household that says something counts; the others repeat it or are blank.
    if (!field || written === '' || (entry[name] !== undefined && entry[name] !== null)) continue
    const value = readCell(field, written)
    if (value !== undefined) entry[name] = value
    else {
      const got = written.slice(0, 60)
      problems.push({
        row: row.row,
        column,
        code: 'import_wrong_value',
        message: `"${got}" is not an answer to "${name}".`,
        hint: `Write ${expectation(field)}.`,
        got,
        expects: expectedOf(field),
      })
    }
  }
}

/** Column and field pairs of a mapping, those of the list of people apart. */
function targetsOf(columns: Record<string, string>) {
  const pairs = Object.entries(columns).filter(([, target]) => target !== '')
  return {
    household: pairs.filter(([, target]) => !target.startsWith('members.')),
    members: pairs
      .filter(([, target]) => target.startsWith('members.'))
      .map(([column, target]): [string, string] => [column, target.slice('members.'.length)]),
  }
}

/** Rows by household, in the order of the table. A blank key goes on with the household above. */
function grouped(rows: readonly TableRow[], key: string | undefined): Map<string, TableRow[]> {
  const groups = new Map<string, TableRow[]>()
  let last = ''
  rows.forEach((row, index) => {
    if (key === undefined) groups.set(String(index), [row])
    else {
      last = row.cells[key] || last
      groups.set(last, [...(groups.get(last) ?? []), row])
    }
  })
  return groups
}

/** The households of a table, each as the submission a device would have sent. */
export function gatherHouseholds(
  sheets: readonly TableSheet[],
  mapping: Mapping,
  form: Form,
  fields: Fields,
): Gathered[] {
  const sheet = sheets.find((each) => each.name === mapping.sheet) ?? sheets[0]
  if (!sheet) return []
  const people = fields.lists['members'] ?? {}
  const targets = targetsOf(mapping.columns)
  const second = mapping.members && sheets.find((each) => each.name === mapping.members?.sheet)
  const second_targets = mapping.members ? targetsOf(mapping.members.columns).members : []
  const second_rows = second && mapping.members ? grouped(second.rows, mapping.members.household_key) : undefined
  const gathered: Gathered[] = []
  const keys = new Set<string>()
  for (const [key, rows] of grouped(sheet.rows, mapping.household_key)) {
    keys.add(key)
    const problems: RowProblem[] = []
    const answers: Entry = {}
    for (const row of rows) readInto(answers, fields.household, row, targets.household, problems)
    const defaults: TableRow = { row: rows[0]?.row ?? 0, cells: mapping.defaults ?? {} }
    const default_targets = Object.keys(defaults.cells).map((name) => [name, name] as const)
    readInto(answers, fields.household, defaults, default_targets, problems)
    const lists = [
      ...rows.map((row) => ({ row, targets: targets.members })),
      ...(second_rows?.get(key) ?? []).map((row) => ({ row, targets: second_targets })),
    ]
    const members = lists.flatMap(({ row, targets: of_row }) => {
      const person: Entry = {}
      readInto(person, people, row, of_row, problems)
      return Object.values(person).some((value) => value !== null) ? [person] : []
    })
    answers['members'] = members
    if ('household_size' in fields.household) answers['household_size'] ??= members.length
    const first = rows[0]
    if (first && (answers['area_code'] ?? null) === null && 'area_code' in fields.household) {
      problems.push({
        row: first.row,
        column: columnOf(mapping, 'area_code'),
        code: 'import_missing_value',
        message: 'The household has no area code.',
        hint: 'Fill in the code of the villagers’ group, or give one for all rows.',
        got: '',
        expects: 'area',
      })
    }
    gathered.push({
      rows: [...rows, ...(second_rows?.get(key) ?? [])],
      problems,
      ...(problems.length > 0 ? {} : { xml: render(form, answers) }),
    })
  }
  for (const [key, rows] of second_rows ?? []) {
    if (keys.has(key)) continue
    const problems = rows.map(({ row }): RowProblem => ({
      row,
      column: mapping.members?.household_key ?? '',
      code: 'import_no_household',
      message: `No household "${key}" stands in the other sheet.`,
      hint: 'Add the household, or correct the key.',
      got: key,
      expects: 'household',
    }))
    gathered.push({ rows, problems })
  }
  return gathered
}

const columnOf = (mapping: Mapping, field: string): string =>
  Object.entries(mapping.columns).find(([, target]) => target === field)?.[0] ?? field

/** The instanceID is made of the answers: the same household in the same words is one submission, whatever the file. */
function render(form: Form, answers: Entry): Buffer {
  const blank = toSubmissionXml(form, answers as Answers, { instance_id: '' })
  const instance_id = instanceIdFrom(createHash('sha256').update(blank).digest('hex'))
  return Buffer.from(toSubmissionXml(form, answers as Answers, { instance_id }))
}

export interface GatheredRecord {
  row: TableRow
  record?: RecordGiven
  problems: RowProblem[]
}

/** The lines of a department's list, whose columns `fields` are. A line without a number of its own is numbered by its content. */
export function gatherRecords(
  sheets: readonly TableSheet[],
  mapping: Mapping,
  fields: Record<string, Field>,
): GatheredRecord[] {
  const sheet = sheets.find((each) => each.name === mapping.sheet) ?? sheets[0]
  const targets = targetsOf(mapping.columns).household
  return (sheet?.rows ?? []).map((row) => {
    const problems: RowProblem[] = []
    const entry: Entry = {}
    readInto(entry, fields, row, targets, problems)
    const text = (field: string): string | null => (typeof entry[field] === 'string' ? entry[field] : null)
    if (text('national_id') === null && text('name') === null) {
      const column = columnOf(mapping, 'national_id')
      const message = 'The line names nobody.'
      problems.push({
        row: row.row,
        column,
        code: 'import_missing_value',
        message,
        hint: 'Give a number or a name.',
        got: '',
        expects: 'person',
      })
    }
    if (problems.length > 0) return { row, problems }
    const content = createHash('sha256').update(JSON.stringify(row.cells)).digest('hex').slice(0, 24)
    const record: RecordGiven = {
      record_id: text('record_id') ?? content,
      national_id: text('national_id'),
      name: text('name'),
      value: typeof entry['value'] === 'number' ? entry['value'] : null,
      detail: text('detail'),
      since: text('since'),
    }
    return { row, record, problems }
  })
}
