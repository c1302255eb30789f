// One rule, three evaluators, one answer: the pack's derived fields, indicators, signs, verdict and score over made
// households in JavaScript, DuckDB and PostgreSQL, each stage computed by the database itself.
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DIALECTS, quoteName, sqlLiteral, sqlType, type DialectName } from '#engines/rules/dialect.ts'
import type { FieldType, RuleRecord } from '#engines/rules/schema.ts'
import { toSql, type NamedRule } from '#engines/rules/sql.ts'
import { loadPack } from '#packs/load.ts'
import { judge, rulebookOf, standAt } from '#packs/rulebook.ts'
import type { Registry } from '#registry/open.ts'
import { testRegistry } from '#registry/testing.ts'
import { randomRecords } from '#test/records.ts'

const HOUSEHOLDS = 300
const { pack } = await loadPack(path.join(import.meta.dirname, '../../packs/china-2014'))
const book = rulebookOf(pack!)
const at = standAt(book, pack!.reference_date, '360781107')
const records = randomRecords(book, HOUSEHOLDS, 20_140_101)
const lists = ['members', 'registers'] as const

type Row = Record<string, unknown>
type RunSql = (statement: string) => Promise<Row[]>

/** The same county number in two counties: a join that left the county out would show. */
const keyed = (index: number) => ({ county_code: index % 2 ? '360781' : '360782', household_id: Math.floor(index / 2) })
const key: [string, FieldType][] = [
  ['county_code', { type: 'text' }],
  ['household_id', { type: 'int' }],
]

async function fill(run: RunSql, dialect: DialectName, table: string, columns: [string, FieldType][], rows: Row[]) {
  const d = DIALECTS[dialect]
  const typed = columns.map(([name, { type }]) => `${quoteName(name)} ${sqlType(type, d)}`)
  await run(`create temporary table ${table} (${typed.join(', ')})`)
  const values = rows.map(
    (row) => `(${columns.map(([name, { type }]) => sqlLiteral(row[name] ?? null, type, d)).join(', ')})`,
  )
  if (values.length > 0) await run(`insert into ${table} values ${values.join(', ')}`)
}

/** Everything by the database alone: answers go in, derived fields and states are added stage by stage. */
async function judgeInSql(run: RunSql, dialect: DialectName): Promise<Map<string, Row>> {
  const derived = new Set(book.pack.derived.map((each) => each.name))
  const own = Object.entries(book.compiled.schema.household).filter(([name]) => !derived.has(name))
  const present = lists.map((list): [string, FieldType] => [`${list}_present`, { type: 'bool' }])
  const rows = records.map((record, index) => ({
    ...record,
    ...keyed(index),
    ...Object.fromEntries(lists.map((list) => [`${list}_present`, Array.isArray(record[list])])),
  }))
  await fill(run, dialect, 'stage_0', [...key, ...own, ...present], rows)
  for (const list of lists) {
    const items = records.flatMap((record, index) =>
      ((record[list] ?? []) as RuleRecord[]).map((item) => ({ ...item, ...keyed(index) })),
    )
    await fill(run, dialect, list, [...key, ...Object.entries(book.compiled.schema.lists[list] ?? {})], items)
  }
  let stage = 0
  const add = async (rules: NamedRule[]) => {
    const statement = toSql(rules, dialect, {
      household_table: `stage_${stage}`,
      list_tables: Object.fromEntries(lists.map((list) => [list, { table: list, present: `${list}_present` }])),
      key: ['county_code', 'household_id'],
      parameters: at.params,
      reference_date: at.date,
    })
    const columns = rules.map(({ name }) => `r.${quoteName(name)}`).join(', ')
    await run(`create temporary table stage_${stage + 1} as select h.*, ${columns} from stage_${stage} h
      join (${statement}) r on r.county_code = h.county_code and r.household_id = h.household_id`)
    stage += 1
  }
  for (const { name, ready } of book.compiled.derived) await add([{ name, rule: ready.rule }])
  await add(
    Object.entries(book.compiled.indicators).map(([code, { met }]) => ({ name: `met_${code}`, rule: met.rule })),
  )
  await add([
    ...book.compiled.verdicts.map(({ code, ready }) => ({ name: `verdict_${code}`, rule: ready.rule })),
    ...Object.entries(book.compiled.vetoes).map(([code, { rule }]) => ({ name: `veto_${code}`, rule })),
    { name: 'score', rule: book.compiled.priority!.rule },
  ])
  const found = await run(`select * from stage_${stage}`)
  return new Map(found.map((row) => [`${String(row.county_code)}-${String(row.household_id)}`, row]))
}

/** What JavaScript says, in the columns of the last stage. */
function judgeInJs(record: RuleRecord): Row {
  const judged = judge(book, record, at)
  return {
    ...Object.fromEntries(book.pack.derived.map(({ name }) => [name, judged.complete[name] ?? null])),
    ...Object.fromEntries(
      judged.indicators.map(({ code, state }) => [`met_${code}`, state === 'unknown' ? null : state === 'met']),
    ),
    ...Object.fromEntries(judged.vetoes.map(({ code, state }) => [`veto_${code}`, state])),
    verdict: judged.verdict,
    score: judged.score,
  }
}

function differences(found: Map<string, Row>): unknown[] {
  return records.flatMap((record, index): unknown[] => {
    const { county_code, household_id } = keyed(index)
    const row = found.get(`${county_code}-${household_id}`)
    if (!row) return [{ index, missing: true }]
    const verdict = book.compiled.verdicts.find(({ code }) => row[`verdict_${code}`] === true)?.code
    return Object.entries(judgeInJs(record)).flatMap(([name, javascript]) => {
      const raw = name === 'verdict' ? verdict : row[name]
      // Whole numbers come as bigint or text, by driver.
      const database = typeof javascript === 'number' && raw !== null ? Number(raw) : raw
      return javascript === database ? [] : [{ index, name, javascript, database }]
    })
  })
}

let registry: Registry
beforeAll(async () => {
  registry = await testRegistry()
})
afterAll(() => registry.close())

test('the made households come out every way, so that agreement means something', () => {
  const judged = records.map(judgeInJs)
  expect(new Set(judged.map((row) => row.verdict))).toEqual(new Set(['eligible', 'not_eligible', 'needs_verification']))
  for (const { code } of book.pack.indicators)
    expect(new Set(judged.map((row) => row[`met_${code}`])), code).toEqual(new Set([true, false, null]))
  for (const { code } of book.pack.vetoes)
    expect(new Set(judged.map((row) => row[`veto_${code}`])), code).toEqual(new Set([true, false, null]))
  expect(Math.max(...records.map((record) => Number(record.household_size)))).toBe(14)
})

test('JavaScript and DuckDB agree on every household', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const found = await judgeInSql(
    async (statement) => (await connection.runAndReadAll(statement)).getRowObjectsJS(),
    'duckdb',
  )
  connection.closeSync()
  expect(found.size).toBe(HOUSEHOLDS)
  expect(differences(found)).toEqual([])
})

test('JavaScript and PostgreSQL agree on every household', async () => {
  const found = await registry.owner
    .connection()
    .execute((one) => judgeInSql(async (statement) => (await sql.raw<Row>(statement).execute(one)).rows, 'postgres'))
  expect(found.size).toBe(HOUSEHOLDS)
  expect(differences(found)).toEqual([])
})

test('the comparison notices a rule that is otherwise in the database', async () => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  const found = await judgeInSql(
    async (statement) =>
      (await connection.runAndReadAll(statement.replaceAll(String(at.params.income_line), '281000'))).getRowObjectsJS(),
    'duckdb',
  )
  connection.closeSync()
  expect(differences(found).length).toBeGreaterThan(0)
})
