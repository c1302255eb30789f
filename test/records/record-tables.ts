// Household records as tables of a database, for comparing what it says with what JavaScript says.
import { DIALECTS, quoteName, sqlLiteral, sqlType, type DialectName } from '#engines/rules/sql/dialect.ts'
import type { FieldType, RuleRecord } from '#engines/rules/schema.ts'
import type { NationTables } from '#packs/nation.ts'
import type { Rulebook } from '#packs/rulebook.ts'

export type Row = Record<string, unknown>
export type RunSql = (statement: string) => Promise<Row[]>

/** The same number in two counties: a join that left the county out would show. */
export const keyed = (index: number) => ({
  county_code: index % 2 ? '360781' : '360782',
  household_id: Math.floor(index / 2),
})

/** Whose row it is: what `keyed` made, as one text. */
export const rowKey = (row: Row): string => `${String(row.county_code)}-${String(row.household_id)}`

/**
 * Fills temporary tables `households`, `members` and `registers` with the records, and says how to read them. A
 * household lives in a township of the county of its key, or where `areaOf` says.
 */
export async function fillTables(
  run: RunSql,
  dialect: DialectName,
  book: Rulebook,
  records: RuleRecord[],
  areaOf: (record: RuleRecord, index: number) => unknown = (_, index) => `${keyed(index).county_code}107`,
): Promise<NationTables> {
  const key: [string, FieldType][] = [
    ['county_code', { type: 'text' }],
    ['household_id', { type: 'int' }],
  ]
  const lists = Object.keys(book.compiled.schema.lists)
  const derived = new Set(book.pack.derived.map((each) => each.name))
  const own = Object.entries(book.compiled.schema.household).filter(
    ([name]) => !derived.has(name) && name !== 'area_code',
  )
  const present = lists.map((list): [string, FieldType] => [`${list}_present`, { type: 'bool' }])
  await fill(
    run,
    dialect,
    'households',
    [...key, ['area_code', { type: 'text' }], ...own, ...present],
    [
      ...records.map((record, index) => ({
        ...record,
        ...keyed(index),
        area_code: areaOf(record, index),
        ...Object.fromEntries(lists.map((list) => [`${list}_present`, Array.isArray(record[list])])),
      })),
    ],
  )
  for (const list of lists) {
    const items = records.flatMap((record, index) =>
      ((record[list] ?? []) as RuleRecord[]).map((item) => ({ ...item, ...keyed(index) })),
    )
    await fill(run, dialect, list, [...key, ...Object.entries(book.compiled.schema.lists[list] ?? {})], items)
  }
  return {
    household_table: 'households',
    list_tables: Object.fromEntries(lists.map((list) => [list, { table: list, present: `${list}_present` }])),
    key: ['county_code', 'household_id'],
  }
}

async function fill(run: RunSql, dialect: DialectName, table: string, columns: [string, FieldType][], rows: Row[]) {
  const d = DIALECTS[dialect]
  const typed = columns.map(([name, { type }]) => `${quoteName(name)} ${sqlType(type, d)}`)
  await run(`create temporary table ${quoteName(table)} (${typed.join(', ')})`)
  if (rows.length === 0) return
  if (dialect === 'duckdb') {
    // As JSON: DuckDB takes six times as long over as many literals.
    const types = Object.fromEntries(columns.map(([name, { type }]) => [name, sqlType(type, d)]))
    const given = [rows, [types]].map((each) => `'${JSON.stringify(each).replaceAll("'", "''")}'`)
    await run(`insert into ${quoteName(table)} select unnest(from_json(${given.join(', ')}), recursive := true)`)
    return
  }
  const values = rows.map(
    (row) => `(${columns.map(([name, { type }]) => sqlLiteral(row[name] ?? null, type, d)).join(', ')})`,
  )
  await run(`insert into ${quoteName(table)} values ${values.join(', ')}`)
}
