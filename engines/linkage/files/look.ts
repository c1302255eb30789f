import type { DuckDBConnection } from '@duckdb/node-api'
import { comparerOf } from '../compare/comparers.ts'
import { LinkageError } from '../errors.ts'
import type { LinkageProblem } from '../errors.ts'
import type { OpenFile } from './files.ts'
import { columnsOf } from '../pairs/load.ts'
import { parseKey } from '../model/keys.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { nearest } from '../model/hints.ts'
import { prepareDate } from '../model/person-id.ts'
import { describe, readColumns, readRow } from '../session/read.ts'
import { quote } from '../session/text.ts'

/** A list as it was opened, with the name that a reader knows it by. */
export type NamedFile = OpenFile & { path: string }

/** So many values of a column are looked at. */
const LOOKED_AT = 1000
/** Reported from one in fifty up: a second way of writing dates, not the odd slip. */
const UNREAD = 0.02

/**
 * What can be seen before a run: columns that no list has, or one alone (a slip in the model, or a list with other names), values that
 * cannot be read as what the model takes them for, ids with blanks around them. Throws `linkage_missing_id` for ids of
 * blanks alone, `linkage_unreadable_file` for a column that holds lists or structures.
 */
export async function lookAt(
  connection: DuckDBConnection,
  files: readonly NamedFile[],
  model: LinkageModel,
  id_column: string,
): Promise<LinkageProblem[]> {
  const problems: LinkageProblem[] = []
  const nowhere = columnsOf(model).filter((column) => !files.some(({ columns }) => columns.includes(column)))
  if (nowhere.length > 0) problems.push(missing(files, model, nowhere))
  for (const [i, file] of files.entries()) {
    const absent = columnsOf(model).filter((column) => !nowhere.includes(column) && !file.columns.includes(column))
    if (absent.length > 0)
      problems.push(oneSided(file, i === 0 ? 'left' : 'right', [id_column, ...columnsOf(model)], absent))
  }
  for (const file of files) {
    await refuseNested(connection, file, [id_column, ...columnsOf(model)])
    problems.push(...(await looseIds(connection, file, id_column)))
    for (const reader of readers(model)) {
      if (file.columns.includes(reader.column)) problems.push(...(await illegible(connection, file, reader)))
    }
  }
  return problems
}

function missing(files: readonly NamedFile[], model: LinkageModel, columns: string[]): LinkageProblem {
  const idle = model.comparisons.filter((c) => c.columns.every((column) => columns.includes(column))).map((c) => c.name)
  const dead = model.blocking_rules.filter((rule) => rule.some((key) => columns.includes(parseKey(key).column)))
  const what = [
    ...(idle.length > 0 ? [`nothing is compared by ${idle.join(', ')}`] : []),
    ...(dead.length > 0 ? [`no pairs are made by ${dead.map((rule) => `[${rule.join(', ')}]`).join(' ')}`] : []),
  ].join(', ')
  const there = [...new Set(files.map((file) => `${file.path} has ${file.columns.join(', ')}`))].join('; ')
  const all = files.flatMap((file) => file.columns)
  const hints = columns.flatMap((column) => {
    const near = nearest(column, all)
    return near === null ? [] : [`${near} for ${column}`]
  })
  const meant = hints.length > 0 ? ` (did you mean ${hints.join(', ')}?)` : ''
  const message = `No list has a column ${columns.join(', ')}${meant}${what ? `: ${what}` : ''}. ${there}. Mend the model, or rename a column (--rename-left file_column=model_column).`
  return { code: 'linkage_missing_column', message, detail: { columns, comparisons: idle, rules: dead } }
}

/** A column of the other list alone: mostly it is called something else here. */
function oneSided(file: NamedFile, side: 'left' | 'right', known: string[], columns: string[]): LinkageProblem {
  const own = file.columns.filter((column) => !known.includes(column))
  const [column] = columns
  const message = `${file.path} has no column ${columns.join(', ')}, which the other list has: missing in every record of it. ${own.length > 0 ? `It has besides: ${own.join(', ')} ` : ''}(--rename-${side} its_column=${column}).`
  return { code: 'linkage_missing_column', message, detail: { path: file.path, columns } }
}

async function refuseNested(connection: DuckDBConnection, { path, relation }: NamedFile, wanted: string[]) {
  for (const { name, type } of await describe(connection, relation)) {
    if (!wanted.includes(name) || !/\[\d*\]$|^(STRUCT|MAP|UNION)/.test(type)) continue
    const message = `Column ${name} of ${path} holds several values in one (${type}): give it one value a record.`
    throw new LinkageError('linkage_unreadable_file', message, { path, column: name, type })
  }
}

async function looseIds(connection: DuckDBConnection, { path, relation }: NamedFile, id_column: string) {
  const id = `${quote(id_column)}::varchar`
  const row = await readRow(
    connection,
    `select (count(*) filter (trim(${id}) = ''))::double, (count(*) filter (trim(${id}) <> ''))::double, any_value(${id})
from ${relation} where ${id} <> trim(${id})`,
  )
  const [blank, loose] = [row.number(0), row.number(1)]
  if (blank > 0) {
    const message = `${blank} records of ${path} have blanks alone for ${id_column}.`
    throw new LinkageError('linkage_missing_id', message, { path, column: id_column, without_id: blank })
  }
  if (loose === 0) return []
  const message = `${loose} ids of ${path} begin or end with a blank, as "${row.text(2)}": they are taken as they stand.`
  return [{ code: 'linkage_blank_ids' as const, message, detail: { path, column: id_column, ids: loose } }]
}

type Reader = { column: string; as: string; reads: (value: string) => boolean }

/** Columns whose values must be read as something, and how. */
function readers(model: LinkageModel): Reader[] {
  return model.comparisons.flatMap((comparison: Comparison): Reader[] => {
    const { kind, columns } = comparison
    const [column, birth_column] = columns
    if (kind === 'person_id' && birth_column !== undefined) {
      return [{ column: birth_column, as: 'a date (1980-03-12)', reads: (value) => prepareDate(value) !== null }]
    }
    if ((kind !== 'date' && kind !== 'number') || column === undefined) return []
    const comparer = comparerOf(comparison)
    const as = kind === 'date' ? 'a date (1980-03-12)' : 'a number (1234.5)'
    return [{ column, as, reads: (value) => comparer.prepare([value]) !== null }]
  })
}

async function illegible(
  connection: DuckDBConnection,
  { path, relation }: NamedFile,
  { column, as, reads }: Reader,
): Promise<LinkageProblem[]> {
  const value = `${quote(column)}::varchar`
  const [found] = await readColumns(
    connection,
    `select ${value} from ${relation} where nullif(${value}, '') is not null limit ${LOOKED_AT}`,
  )
  const values = found.map(String)
  const unread = values.filter((each) => !reads(each))
  if (unread.length <= UNREAD * values.length) return []
  const message = `Of the first ${values.length} values of ${column} in ${path}, ${unread.length} cannot be read as ${as}, as "${unread[0]}": they count as missing${remedyOf(column, unread)}.`
  return [
    {
      code: 'linkage_unreadable_values',
      message,
      detail: { path, column, looked_at: values.length, unread: unread.length },
    },
  ]
}

/** What would read them: a part above 12 shows the order of day and month. */
function remedyOf(column: string, unread: readonly string[]): string {
  if (unread.every((value) => /[٠-٩۰-۹]/.test(value))) return ` (doorstep link: --plain ${column})`
  const parts = unread.flatMap((value) => {
    const found = /^\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*\d{4}\b/.exec(value)
    return found ? [[Number(found[1]), Number(found[2])] as const] : []
  })
  if (parts.length * 2 < unread.length) return ''
  const [dmy, mdy] = [parts.some(([first]) => first > 12), parts.some(([, second]) => second > 12)]
  if (dmy && mdy) return ', and day and month stand in both orders'
  return ` (doorstep link: --dates ${dmy ? 'dmy' : mdy ? 'mdy' : 'dmy or mdy, whichever it is'})`
}
