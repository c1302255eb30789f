import { LinkageError } from './errors.ts'
import type { LinkageProblem } from './errors.ts'
import type { LinkageModel } from './model.ts'
import { parseKey } from './keys.ts'
import { openWriter, quote, readColumns } from './session.ts'
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
  const writer = await openWriter(
    session,
    `input_${side}`,
    Object.fromEntries(columns.map((c) => [c, 'text' as const])),
  )
  const present = new Set(columns.filter((column) => rows.some((row) => column in row)))
  if (rows.length > 0) writer.write(columns.map((column) => rows.map((row) => asText(row[column]))))
  writer.close()
  return present
}

async function loadRelation(session: Session, side: Side, relation: string, columns: string[]): Promise<Set<string>> {
  const described = await readColumns(
    session.connection,
    `select column_name from (describe select * from ${relation})`,
  )
  const present = new Set(described[0]!.map(String))
  const select = columns.map(
    (c) => `${present.has(c) ? `nullif(${quote(c)}::varchar, '')` : 'null::varchar'} as ${quote(c)}`,
  )
  await session.step(`input_${side}`, `select ${select.join(', ')} from ${relation}`)
  return present
}

/** Records of one side as lk_<side>(id, source_id, household, columns...): ids are 0.. in the order of the source ids. */
async function loadSide(session: Session, side: Side, input: LinkInput, model: LinkageModel, names: InputColumns) {
  const { id_column, household_column } = names
  const columns = columnsOf(model)
  const all = [...new Set([id_column, household_column, ...columns])]
  const present = isRelation(input)
    ? await loadRelation(session, side, input.relation, all)
    : await loadArray(session, side, input, all)
  const id = quote(id_column)
  const [counts] = await readColumns(
    session.connection,
    `select unnest([count(*), count(${id}), count(distinct ${id})])::double from lk_input_${side}`,
  )
  const [rows, with_id, distinct] = counts!.map(Number) as [number, number, number]
  if (rows === 0) throw new LinkageError('linkage_empty_side', `The ${side} side has no records.`, { side })
  if (with_id < rows) {
    const detail = { side, column: id_column, rows, without_id: rows - with_id }
    throw new LinkageError(
      'linkage_missing_id',
      `${rows - with_id} records of the ${side} side have no ${id_column}.`,
      detail,
    )
  }
  if (distinct < rows) {
    const sql = `select ${id} from lk_input_${side} group by 1 having count(*) > 1 order by 1 limit 5`
    const examples = (await readColumns(session.connection, sql))[0]!.map(String)
    const detail = { side, duplicates: rows - distinct, examples }
    throw new LinkageError(
      'linkage_duplicate_ids',
      `Ids of the ${side} side occur twice: ${examples.join(', ')}.`,
      detail,
    )
  }
  await session.step(
    side,
    `select (row_number() over (order by ${id}) - 1)::integer as id, ${id} as source_id,
  case when ${quote(household_column)} is not null then (dense_rank() over (order by ${quote(household_column)} nulls last) - 1)::integer end as household,
  ${quote(household_column)} as source_household, ${columns.map((c) => `${quote(c)} as ${quote(`c_${c}`)}`).join(', ')}
from lk_input_${side} order by id`,
  )
  const filled = (
    await readColumns(
      session.connection,
      `select count(household)::double, ${columns.map((c) => `count(${quote(`c_${c}`)})::double`).join(', ')} from lk_${side}`,
    )
  ).map((c) => Number(c[0]))
  const problems: LinkageProblem[] = columns.flatMap((column, i) => {
    if (filled[i + 1]! > 0) return []
    const code = present.has(column) ? 'linkage_empty_column' : 'linkage_missing_column'
    const message = `Column ${column} of the ${side} side ${present.has(column) ? 'holds no value' : 'is not there'}: nothing is compared by it.`
    return [{ code, message, detail: { side, column } }]
  })
  return { rows, households: filled[0]! > 0, problems }
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
