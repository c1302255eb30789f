import { LinkageError } from './errors.ts'
import type { LinkageProblem } from './errors.ts'
import type { LinkageModel } from './model.ts'
import { parseKey } from './keys.ts'
import { quote, readColumns } from './session.ts'
import type { Session } from './session.ts'

/** A record: named values, read as text. Numbers, bigints and booleans are written out; null, undefined and '' missing. */
export type RecordRow = Readonly<Record<string, unknown>>
/** A DuckDB table, view or table function of the caller's connection: `people`, `read_parquet('x.parquet')`. */
export type Relation = { relation: string }
export type LinkInput = readonly RecordRow[] | Relation

export type InputColumns = { id_column: string; household_column: string }
export type Side = 'left' | 'right'

/** What was loaded: counts, and which sides carry a household. */
export type Loaded = { counts: Record<Side, number>; households: boolean; problems: LinkageProblem[] }

const isRelation = (input: LinkInput): input is Relation => !Array.isArray(input)

function asText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The columns that a model reads. */
export function columnsOf(model: LinkageModel): string[] {
  const keys = model.blocking_rules.flat().map((key) => parseKey(key).column)
  return [...new Set([...model.comparisons.flatMap((c) => c.columns), ...keys])].sort()
}

async function loadArray(
  session: Session,
  side: Side,
  rows: readonly RecordRow[],
  columns: string[],
): Promise<Set<string>> {
  const types = Object.fromEntries(columns.map((c) => [c, 'text' as const]))
  await session.fill(`input_${side}`, 'the records given', types, async (writer) => {
    if (rows.length > 0) writer.write(columns.map((column) => rows.map((row) => asText(row[column]))))
  })
  return new Set(columns.filter((column) => rows.some((row) => column in row)))
}

/** The columns wanted of one side as text, from the caller's relation or from the records given. */
async function openSide(session: Session, side: Side, input: LinkInput, columns: string[]) {
  if (!isRelation(input)) {
    const present = await loadArray(session, side, input, columns)
    return { present, from: `lk_input_${side}`, text: (column: string) => quote(column) }
  }
  const described = await readColumns(
    session.connection,
    `select column_name from (describe select * from ${input.relation})`,
  )
  const present = new Set(described[0]!.map(String))
  const text = (column: string) => (present.has(column) ? `nullif(${quote(column)}::varchar, '')` : 'null::varchar')
  return { present, from: input.relation, text }
}

/**
 * Records of one side as lk_<side>(id, source_id, household, source_household, columns...): ids are 0.. in the order of
 * the source ids, households 0.. in the order of theirs.
 */
export async function loadSide(
  session: Session,
  side: Side,
  input: LinkInput,
  model: LinkageModel,
  names: InputColumns,
) {
  const { id_column, household_column } = names
  const columns = columnsOf(model)
  const { present, from, text } = await openSide(session, side, input, [
    ...new Set([id_column, household_column, ...columns]),
  ])
  const [id, household] = [text(id_column), text(household_column)]
  await session.step(
    `households_${side}`,
    `select h, (row_number() over () - 1)::integer as household
from (select distinct ${household} as h from ${from} where ${household} is not null order by h)`,
  )
  const rows = await session.step(
    side,
    `select a.* exclude (source_household), h.household, a.source_household
from (select (row_number() over () - 1)::integer as id, * from (
  select ${id} as source_id, ${household} as source_household${columns.map((c) => `, ${text(c)} as ${quote(`c_${c}`)}`).join('')}
  from ${from} order by source_id nulls first)) a
left join lk_households_${side} h on h.h = a.source_household`,
  )
  for (const table of [`households_${side}`, `input_${side}`]) await session.drop(table)
  if (rows === 0) throw new LinkageError('linkage_empty_side', `The ${side} side has no records.`, { side })
  await session.step(
    `filled_${side}`,
    `select count(source_id)::double as ids, count(household)::double as households${columns.map((c) => `, count(${quote(`c_${c}`)})::double as ${quote(`c_${c}`)}`).join('')} from lk_${side}`,
  )
  const filled = (await readColumns(session.connection, `select * from lk_filled_${side}`)).map((c) => Number(c[0]))
  if (filled[0]! < rows) {
    const detail = { side, column: id_column, rows, without_id: rows - filled[0]! }
    throw new LinkageError(
      'linkage_missing_id',
      `${rows - filled[0]!} records of the ${side} side have no ${id_column}.`,
      detail,
    )
  }
  await refuseDuplicates(session, side)
  const problems: LinkageProblem[] = columns.flatMap((column, i) => {
    if (filled[i + 2]! > 0) return []
    const code = present.has(column) ? 'linkage_empty_column' : 'linkage_missing_column'
    const message = `Column ${column} of the ${side} side ${present.has(column) ? 'holds no value' : 'is not there'}: nothing is compared by it.`
    return [{ code, message, detail: { side, column } }]
  })
  return { rows, households: filled[1]! > 0, problems }
}

async function refuseDuplicates(session: Session, side: Side): Promise<void> {
  // ids stand in the order of the source ids: equal ones are neighbours
  await session.step(
    `duplicates_${side}`,
    `select b.source_id from lk_${side} a join lk_${side} b on b.id = a.id + 1 where a.source_id = b.source_id`,
  )
  const [again] = await readColumns(session.connection, `select source_id from lk_duplicates_${side} order by 1`)
  if (again!.length === 0) return
  const examples = [...new Set(again!.map(String))].slice(0, 5)
  const detail = { side, duplicates: again!.length, examples }
  throw new LinkageError(
    'linkage_duplicate_ids',
    `Ids of the ${side} side occur twice: ${examples.join(', ')}.`,
    detail,
  )
}

/** Loads both sides, or one for deduplication. Throws for empty sides, missing and duplicate ids; warns of empty columns. */
export async function loadRecords(
  session: Session,
  records: { left: LinkInput; right?: LinkInput },
  model: LinkageModel,
  names: InputColumns,
): Promise<Loaded> {
  const left = await loadSide(session, 'left', records.left, model, names)
  if (!records.right) {
    return { counts: { left: left.rows, right: left.rows }, households: left.households, problems: left.problems }
  }
  const right = await loadSide(session, 'right', records.right, model, names)
  return {
    counts: { left: left.rows, right: right.rows },
    households: left.households && right.households,
    problems: [...left.problems, ...right.problems],
  }
}
