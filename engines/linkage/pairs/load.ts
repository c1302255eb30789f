import { LinkageError } from '../errors.ts'
import type { LinkageProblem } from '../errors.ts'
import type { LinkageModel } from '../model/model.ts'
import { parseKey } from '../model/keys.ts'
import { numbered } from '../compare/levels-sql.ts'
import { MOST_MEMBERS } from '../choose/support.ts'
import { textOf } from '../compare/values.ts'
import { describe, readNumber, readNumbers, readRow, readRows } from '../session/read.ts'
import { literal, quote } from '../session/text.ts'
import type { Session } from '../session/session.ts'

/** A record: named values, read as text (`textOf`). */
export type RecordRow = Readonly<Record<string, unknown>>
/** A DuckDB table, view or table function of the caller's connection: `people`, `read_parquet('x.parquet')`. */
export type Relation = { relation: string }
export type LinkInput = readonly RecordRow[] | Relation

export type InputColumns = { id_column: string; household_column: string }
export type Side = 'left' | 'right'

/** One side as it lies in lk_input_<side>. `ordered`: its rows stand in the order of their ids already; `integers`: columns of 32-bit integers. */
export type LoadedSide = {
  rows: number
  ordered: boolean
  integers: ReadonlySet<string>
  households: boolean
  problems: LinkageProblem[]
}

/** What was loaded: both sides (of deduplication the one side twice), and whether both carry a household. */
export type Loaded = Record<Side, LoadedSide> & { households: boolean; problems: LinkageProblem[] }

const isRelation = (input: LinkInput): input is Relation => !Array.isArray(input)

/** The columns that a model reads. Throws `linkage_bad_model` for two names that differ by case alone. */
export function columnsOf(model: LinkageModel): string[] {
  const keys = model.blocking_rules.flat().map((key) => parseKey(key).column)
  const columns = [...new Set([...model.comparisons.flatMap((c) => c.columns), ...keys])].sort()
  const twice = columns.find((column, i) => columns.findIndex((x) => x.toLowerCase() === column.toLowerCase()) < i)
  if (twice === undefined) return columns
  // DuckDB knows no case in names
  const message = `The model "${model.name}" cannot be used: it names the column "${twice}" in lower and upper case.`
  throw new LinkageError('linkage_bad_model', message, { column: twice })
}

async function loadArray(session: Session, side: Side, rows: readonly RecordRow[], columns: InputNames[]) {
  const types = Object.fromEntries(columns.map(({ as }) => [as, 'text' as const]))
  await session.fill(`copied_${side}`, 'the records given', types, async (writer) => {
    if (rows.length > 0) writer.write(columns.map(({ column }) => rows.map((row) => textOf(row[column]))))
  })
  return new Map(columns.flatMap(({ column }) => (rows.some((row) => column in row) ? [[column, 'VARCHAR']] : [])))
}

/** A column of the input and its name in lk_input_<side>. */
type InputNames = { column: string; as: string }

/** Types of 32-bit integers and less. */
const INTEGERS = /^U?(TINY|SMALL)INT$|^INTEGER$/

/** What may give other rows when it is read again, or the same in another order. */
const UNSTEADY =
  /\b(join|union|intersect|except|group|distinct|order|limit|offset|\w*sample|over|unnest|random\w*|\w*uuid\w*|with|qualify|(un)?pivot)\b/i

/**
 * Tables and Parquet files are read again, a column at a time, for less than it costs to copy them. Not so a view or a
 * query over several relations: places in it are the ids of the run, and a join gives its rows in another order each time.
 */
async function rereadable(session: Session, relation: string): Promise<boolean> {
  const named = /^[\w."]+$/.test(relation.trim())
  if (named) {
    const name = literal(
      relation
        .replaceAll('"', '')
        .trim()
        .replace(/^.*[.]/, '')
        .toLowerCase(),
    )
    const of = (kind: string) => `(select count(*) from duckdb_${kind}s() where lower(${kind}_name) = ${name})::double`
    const row = await readRow(session.connection, `select ${of('table')}, ${of('view')}`)
    return row.number(0) > 0 && row.number(1) === 0
  }
  const bare = relation.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '')
  const sources = bare.match(/\bfrom\b\s*(?!\s|\()\w*|\bread_\w+/gi) ?? []
  const parquet = sources.length > 0 && sources.every((source) => /read_parquet$/i.test(source))
  const one = bare.match(/\bread_parquet\b/gi)?.length === 1 && !/read_parquet\s*\([^()]*\)[^()]*,/i.test(bare)
  return parquet && one && !UNSTEADY.test(bare)
}

/** lk_input_<side>(source_id, source_household, c_<column>...): what is wanted of the caller's relation or records, as text. Types of its columns. */
async function openInput(
  session: Session,
  side: Side,
  input: LinkInput,
  columns: InputNames[],
): Promise<Map<string, string>> {
  if (!isRelation(input)) {
    const present = await loadArray(session, side, input, columns)
    await session.view(`input_${side}`, `select * from lk_copied_${side}`)
    return present
  }
  const described = await describe(session.connection, input.relation)
  const present = new Map(described.map(({ name, type }) => [name, type]))
  const text = (column: string) => (present.has(column) ? `nullif(${quote(column)}::varchar, '')` : 'null::varchar')
  const select = `select ${columns.map(({ column, as }) => `${text(column)} as ${quote(as)}`).join(', ')}
${columns.map(({ column }) => (INTEGERS.test(present.get(column) ?? '') ? `, ${quote(column)}::double as ${numbered(column)}` : '')).join('')} from ${input.relation}`
  const copied = !(await rereadable(session, input.relation))
  if (copied) await session.step(`copied_${side}`, select)
  await session.view(`input_${side}`, copied ? `select * from lk_copied_${side}` : select)
  return present
}

/**
 * Opens one side as lk_input_<side>, looks at it and numbers its households: lk_households_<side>(h, household), 0.. in
 * the order of their names.
 */
export async function loadSide(
  session: Session,
  side: Side,
  input: LinkInput,
  { model, id_column, household_column }: InputColumns & { model: LinkageModel },
): Promise<LoadedSide> {
  const columns = columnsOf(model)
  const present = await openInput(session, side, input, [
    { column: id_column, as: 'source_id' },
    { column: household_column, as: 'source_household' },
    ...columns.map((column) => ({ column, as: `c_${column}` })),
  ])
  const counts = columns.map((c) => `, count(${quote(`c_${c}`)})::double as ${quote(`c_${c}`)}`).join('')
  await session.step(
    `filled_${side}`,
    `select count(*)::double as n, count(source_id)::double as ids, count(source_household)::double as households${counts} from lk_input_${side}`,
  )
  const look = await readRow(session.connection, `select * from lk_filled_${side}`)
  const [rows, ids, households] = [look.number(0), look.number(1), look.number(2)]
  if (rows === 0) throw new LinkageError('linkage_empty_side', `The ${side} side has no records.`, { side })
  if (ids < rows) {
    const detail = { side, column: id_column, rows, without_id: rows - ids }
    throw new LinkageError(
      'linkage_missing_id',
      `${rows - ids} records of the ${side} side have no ${id_column}.`,
      detail,
    )
  }
  const ordered = await lookAtOrder(session, side, rows)
  await session.step(
    `households_${side}`,
    `select h, (row_number() over () - 1)::integer as household, members
from (select source_household as h, count(*)::integer as members from lk_input_${side} where source_household is not null group by 1 order by 1)`,
  )
  const crowded = await crowdedHouseholds(session, side)
  const problems: LinkageProblem[] = columns.flatMap((column, i) => {
    if (look.number(i + 3) > 0) return []
    const code = present.has(column) ? 'linkage_empty_column' : 'linkage_missing_column'
    const message = `Column ${column} of the ${side} side ${present.has(column) ? 'holds no value' : 'is not there'}: nothing is compared by it.`
    return [{ code, message, detail: { side, column } }]
  })
  const integers = new Set(columns.filter((column) => INTEGERS.test(present.get(column) ?? '')))
  return { rows, ordered, integers, households: households > 0, problems: [...problems, ...crowded] }
}

/** Households of more members than are compared with one another. */
async function crowdedHouseholds(session: Session, side: Side): Promise<LinkageProblem[]> {
  await session.step(
    `crowded_${side}`,
    `select h, members::double as members from lk_households_${side} where members > ${MOST_MEMBERS} order by members desc, h limit 5`,
  )
  return readRows(session.connection, `select h, members from lk_crowded_${side}`, (row): LinkageProblem => {
    const [household, members] = [row.text(0), row.number(1)]
    const message = `Household ${household} of the ${side} side has ${members} members: more than ${MOST_MEMBERS} are no household, and say nothing of one another.`
    return { code: 'linkage_crowded_household', message, detail: { side, household, members } }
  })
}

/** Whether the ids stand in order; throws `linkage_duplicate_ids`. Lists mostly come in order, which spares a sort. */
async function lookAtOrder(session: Session, side: Side, rows: number): Promise<boolean> {
  await session.step(
    `order_${side}`,
    `select count(*) filter (where source_id < before)::double as back, count(*) filter (where source_id = before)::double as again
from (select source_id, lag(source_id) over () as before from lk_input_${side})`,
  )
  const keeps = `select current_setting('preserve_insertion_order')::integer::double as keeps, * from lk_order_${side}`
  const [keeps_order, back, again] = await readNumbers(session.connection, keeps)
  const ordered = keeps_order === 1 && back === 0
  if (ordered && again === 0) return true
  await session.step(`distinct_${side}`, `select count(distinct source_id)::double as n from lk_input_${side}`)
  const distinct = await readNumber(session.connection, `select n from lk_distinct_${side}`)
  if (distinct < rows) await refuseDuplicates(session, side)
  return ordered
}

async function refuseDuplicates(session: Session, side: Side): Promise<never> {
  const sql = `select source_id, (count(*) - 1)::double from lk_input_${side} group by 1 having count(*) > 1 order by 1`
  const again = await readRows(session.connection, sql, (row) => ({ id: row.text(0), times: row.number(1) }))
  const examples = again.slice(0, 5).map(({ id }) => id)
  throw new LinkageError('linkage_duplicate_ids', `Ids of the ${side} side occur twice: ${examples.join(', ')}.`, {
    side,
    duplicates: again.reduce((sum, { times }) => sum + times, 0),
    examples,
  })
}

/** Opens both sides, or one for deduplication. Throws for empty sides, missing and duplicate ids; warns of empty columns. */
export async function loadRecords(
  session: Session,
  records: { left: LinkInput; right?: LinkInput },
  model: LinkageModel,
  names: InputColumns,
): Promise<Loaded> {
  const left = await loadSide(session, 'left', records.left, { model, ...names })
  if (!records.right) return { left, right: left, households: left.households, problems: left.problems }
  const right = await loadSide(session, 'right', records.right, { model, ...names })
  const households = left.households && right.households
  return { left, right, households, problems: [...left.problems, ...right.problems] }
}
